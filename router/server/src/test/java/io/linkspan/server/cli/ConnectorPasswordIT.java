// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.linkspan.management.json.Json;
import io.linkspan.server.Routers;
import io.vertx.proton.ProtonServerOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A connector to a peer that wants a name and a password: vertx-proton, which knows bob and his. */
class ConnectorPasswordIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @SuppressWarnings("NullAway.Init") // started before each test
    private ScriptedRouter peer;

    @BeforeEach
    void start() {
        peer = ScriptedRouter.start(new ProtonServerOptions(), PlainPassword::new);
    }

    @AfterEach
    void stop() {
        peer.close();
    }

    private Routers.Running router(String credentials) throws Exception {
        String text = "router {\n mode: standalone\n id: Router.A\n}\n"
                + "log {\n module: DEFAULT\n enable: trace+\n outputFile: /dev/null\n}\n"
                + "listener {\n name: all\n host: 127.0.0.1\n port: 0\n}\n"
                + "connector {\n name: out\n host: 127.0.0.1\n port: " + peer.port() + "\n role: route-container\n"
                + credentials + "}\n";
        return Routers.start(text, Map.of("BOBS_PASSWORD", "secret"));
    }

    private static Map<?, ?> row(Routers.Running router, String type, String attribute, String value) {
        ToolRun run = ToolRun.of(
                new Manage(), "qdmanage", "-b", "127.0.0.1:" + router.port("all"), "query", "--type=" + type);
        assertThat(run.code()).as(run.out()).isZero();
        return ((List<?>) Objects.requireNonNull(Json.parse(run.out())))
                .stream()
                        .map(row -> (Map<?, ?>) row)
                        .filter(row -> value.equals(row.get(attribute)))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("no " + value + " in " + run.out()));
    }

    @Test
    @DisplayName("CON-02, SAS: a connector gives its name and password to a peer that wants them")
    void theRightPasswordGetsIn() throws Exception {
        try (Routers.Running router = router(" saslUsername: bob\n saslPassword: env:BOBS_PASSWORD\n")) {
            await().atMost(LIMIT).until(() -> router.logged("Connection Opened: dir=out"));
            Map<?, ?> connector = row(router, "connector", "name", "out");
            assertThat(connector.get("connectionStatus")).isEqualTo("SUCCESS");
            assertThat(connector.get("saslUsername")).isEqualTo("bob");
            assertThat(connector.get("saslPassword")).isEqualTo("*******");
            Map<?, ?> connection = row(router, "connection", "dir", "out");
            assertThat(connection.get("sasl")).isEqualTo("PLAIN");
            assertThat(connection.get("user")).isEqualTo("bob");
            assertThat(connection.get("isAuthenticated")).isEqualTo(true);
            assertThat(router.logged("@sasl-init(65) [mechanism=:PLAIN, initial-response=*******]"))
                    .isTrue();
            assertThat(router.logged("secret")).as("the password in the log").isFalse();
        }
    }

    @Test
    @DisplayName("CON-02, SAS: a wrong password is refused, shown, and tried again as often as any failure")
    void aWrongPasswordIsRefused() throws Exception {
        try (Routers.Running router = router(" saslUsername: bob\n saslPassword: pass:guess\n")) {
            await().atMost(LIMIT)
                    .until(() -> router.log().entries().stream()
                                    .filter(entry -> entry.text().contains("failed: "))
                                    .count()
                            >= 2);
            Map<?, ?> connector = row(router, "connector", "name", "out");
            assertThat(connector.get("connectionStatus")).isIn("FAILED", "CONNECTING");
            assertThat(String.valueOf(connector.get("connectionMsg")))
                    .endsWith("failed: amqp:unauthorized-access: SASL authentication failed");
            assertThat(router.logged("Connection Opened: dir=out")).isFalse();
            assertThat(router.logged("guess")).as("the password in the log").isFalse();
        }
    }
}
