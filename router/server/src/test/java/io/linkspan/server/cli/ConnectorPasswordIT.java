// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.linkspan.management.config.ConfigurationReader;
import io.linkspan.management.config.RouterConfiguration;
import io.linkspan.management.config.Surroundings;
import io.linkspan.management.json.Json;
import io.linkspan.server.RouterServer;
import io.linkspan.server.log.Log;
import io.vertx.proton.ProtonServerOptions;
import java.time.Clock;
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

    private final Log log = new Log(Clock.systemUTC(), () -> {});

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

    private RouterServer router(String credentials) throws Exception {
        String text = "router {\n mode: standalone\n id: Router.A\n}\n"
                + "log {\n module: DEFAULT\n enable: trace+\n outputFile: /dev/null\n}\n"
                + "listener {\n name: all\n host: 127.0.0.1\n port: 0\n}\n"
                + "connector {\n name: out\n host: 127.0.0.1\n port: " + peer.port() + "\n role: route-container\n"
                + credentials + "}\n";
        RouterConfiguration configuration = ConfigurationReader.read(
                        "router.conf", text, Surroundings.of(Map.of("BOBS_PASSWORD", "secret")))
                .configuration()
                .orElseThrow();
        assertThat(log.apply(configuration.logs())).isEmpty();
        return RouterServer.start(configuration, log, "0.1.0");
    }

    private static Map<?, ?> row(RouterServer router, String type, String attribute, String value) {
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

    private boolean logged(String text) {
        return log.entries().stream().anyMatch(entry -> entry.text().contains(text));
    }

    @Test
    @DisplayName("CON-02, SAS: a connector gives its name and password to a peer that wants them")
    void theRightPasswordGetsIn() throws Exception {
        RouterServer router = router(" saslUsername: bob\n saslPassword: env:BOBS_PASSWORD\n");
        try {
            await().atMost(LIMIT).until(() -> logged("Connection Opened: dir=out"));
            Map<?, ?> connector = row(router, "connector", "name", "out");
            assertThat(connector.get("connectionStatus")).isEqualTo("SUCCESS");
            assertThat(connector.get("saslUsername")).isEqualTo("bob");
            assertThat(connector.get("saslPassword")).isEqualTo("*******");
            Map<?, ?> connection = row(router, "connection", "dir", "out");
            assertThat(connection.get("sasl")).isEqualTo("PLAIN");
            assertThat(connection.get("user")).isEqualTo("bob");
            assertThat(connection.get("isAuthenticated")).isEqualTo(true);
            assertThat(logged("@sasl-init(65) [mechanism=:PLAIN, initial-response=*******]"))
                    .isTrue();
            assertThat(logged("secret")).as("the password in the log").isFalse();
        } finally {
            router.stop();
        }
        assertThat(router.unexpectedExceptions()).isZero();
    }

    @Test
    @DisplayName("CON-02, SAS: a wrong password is refused, shown, and tried again as often as any failure")
    void aWrongPasswordIsRefused() throws Exception {
        RouterServer router = router(" saslUsername: bob\n saslPassword: pass:guess\n");
        try {
            await().atMost(LIMIT)
                    .until(() -> log.entries().stream()
                                    .filter(entry -> entry.text().contains("failed: "))
                                    .count()
                            >= 2);
            Map<?, ?> connector = row(router, "connector", "name", "out");
            assertThat(connector.get("connectionStatus")).isIn("FAILED", "CONNECTING");
            assertThat(String.valueOf(connector.get("connectionMsg")))
                    .endsWith("failed: amqp:unauthorized-access: SASL authentication failed");
            assertThat(logged("Connection Opened: dir=out")).isFalse();
            assertThat(logged("guess")).as("the password in the log").isFalse();
        } finally {
            router.stop();
        }
        assertThat(router.unexpectedExceptions()).isZero();
    }
}
