// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.linkspan.amqp.codec.Binary;
import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.amqp.codec.UnsignedByte;
import io.linkspan.amqp.codec.UnsignedInteger;
import io.linkspan.amqp.codec.UnsignedShort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Connectors of a whole router, against a container that the test plays and against a second router. */
class ConnectorIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String QUIET = "log {\n module: DEFAULT\n enable: info+\n outputFile: /dev/null\n}\n";

    @SuppressWarnings("NullAway.Init") // set before each test
    private ServerSocket container;

    @BeforeEach
    void listen() throws IOException {
        container = server();
    }

    @AfterEach
    void close() throws IOException {
        container.close();
    }

    private static ServerSocket server() throws IOException {
        ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        server.setSoTimeout(AmqpSocket.LIMIT_MS);
        return server;
    }

    private static AmqpSocket accept(ServerSocket server) throws IOException {
        return new AmqpSocket(server.accept());
    }

    private static String router(int port, String more) {
        return QUIET + "router {\n mode: standalone\n id: Router.B\n}\n"
                + "connector {\n name: out\n host: 127.0.0.1\n port: " + port + "\n" + more + "\n}\n"
                + "listener {\n name: in\n host: 127.0.0.1\n port: 0\n}\n";
    }

    @Test
    @DisplayName("CON-01, CON-02, SAS: a connector authenticates as anonymous@HOST and opens with the router's id")
    void connectorAuthenticatesAndOpens() throws Exception {
        try (Routers.Running router = Routers.start(router(container.getLocalPort(), "role: route-container"));
                AmqpSocket peer = accept(container)) {
            AmqpSocket.Frame init = peer.acceptSasl("PLAIN", "ANONYMOUS");
            assertThat(init.field(0)).isEqualTo(new Symbol("ANONYMOUS"));
            assertThat(new String(((Binary) Objects.requireNonNull(init.field(1))).octets(), StandardCharsets.UTF_8))
                    .startsWith("anonymous@");
            peer.send(1, AmqpSocket.OUTCOME, new UnsignedByte(0));
            assertThat(peer.header()).isEqualTo(AmqpSocket.AMQP);
            peer.sendHex(AmqpSocket.AMQP);
            AmqpSocket.Frame open = peer.frame();
            assertThat(open.code()).isEqualTo(AmqpSocket.OPEN);
            assertThat(open.fields().subList(0, 5))
                    .isEqualTo(List.of(
                            "Router.B",
                            "127.0.0.1",
                            new UnsignedInteger(16384),
                            new UnsignedShort(32767),
                            new UnsignedInteger(8000)));
            assertThat(router.logged("Connection Opened")).isFalse();
            peer.send(0, AmqpSocket.OPEN, "Broker");
            await().atMost(LIMIT)
                    .until(() -> router.logged("Connection Opened: dir=out host=127.0.0.1:" + container.getLocalPort()
                            + " vhost= encrypted=no auth=ANONYMOUS user=(null) container_id=Broker"));
        }
    }

    @Test
    @DisplayName("CON-13: the peer's close is answered, and the connector comes again")
    void connectorComesAgainAfterTheConnectionEnded() throws Exception {
        try (Routers.Running router = Routers.start(router(container.getLocalPort(), ""))) {
            try (AmqpSocket peer = accept(container)) {
                peer.acceptAs("Broker", null);
                Described error = new Described(
                        new io.linkspan.amqp.codec.UnsignedLong(AmqpSocket.ERROR),
                        List.of(new Symbol("amqp:connection:forced"), "broker restarts"));
                peer.send(0, AmqpSocket.CLOSE, error);
                assertThat(peer.performative().code()).isEqualTo(AmqpSocket.CLOSE);
                assertThat(peer.ended()).isTrue();
            }
            try (AmqpSocket again = accept(container)) {
                again.acceptAs("Broker", null);
            }
            assertThat(router.logged("failed: amqp:connection:forced: broker restarts"))
                    .isTrue();
        }
    }

    @Test
    @DisplayName("SAS: a peer that wants a password is not offered one, and is tried again")
    void peerWithoutAnonymousIsLeft() throws Exception {
        try (Routers.Running router = Routers.start(router(container.getLocalPort(), ""));
                AmqpSocket peer = accept(container)) {
            peer.header();
            peer.sendHex(AmqpSocket.SASL);
            peer.send(
                    1, AmqpSocket.MECHANISMS, io.linkspan.amqp.codec.AmqpArray.ofSymbols(List.of(new Symbol("PLAIN"))));
            assertThat(peer.ended()).isTrue();
            await().atMost(LIMIT)
                    .until(() -> router.logged("Connection to 127.0.0.1:" + container.getLocalPort() + " failed"));
        }
    }

    @Test
    @DisplayName("CON-06, CON-07: places told by the peer are tried when it is gone, each twice")
    void connectorLearnsOtherPlaces() throws Exception {
        try (ServerSocket second = server();
                Routers.Running router = Routers.start(router(container.getLocalPort(), ""))) {
            try (AmqpSocket peer = accept(container)) {
                peer.acceptAs(
                        "First",
                        Map.of(
                                new Symbol("failover-server-list"),
                                List.of(Map.of(
                                        new Symbol("network-host"),
                                        "127.0.0.1",
                                        new Symbol("port"),
                                        String.valueOf(second.getLocalPort())))));
                await().atMost(LIMIT).until(() -> router.logged("container_id=First"));
                container.close();
            }
            try (AmqpSocket peer = accept(second)) {
                AmqpSocket.Frame open = peer.acceptAs("Second", null);
                assertThat(open.field(1))
                        .as("CON-06: hostname stays the configured one")
                        .isEqualTo("127.0.0.1");
                await().atMost(LIMIT).until(() -> router.logged("container_id=Second"));
            }
            assertThat(router.log().entries().stream()
                            .filter(entry -> entry.text().contains(" failed: Connection refused"))
                            .count())
                    .as("attempts on the first place after it was gone")
                    .isEqualTo(2);
        }
    }

    @Test
    @DisplayName("a second router is a peer like any: opened, lost when it stops, found again when it is back")
    void connectorKeepsItsConnectionToASecondRouter() throws Exception {
        String first = QUIET + "router {\n id: Router.A\n}\nlistener {\n name: a\n host: 127.0.0.1\n port: %d\n"
                + " authenticatePeer: yes\n saslMechanisms: ANONYMOUS\n role: route-container\n}\n";
        Routers.Running a = Routers.start(String.format(java.util.Locale.ROOT, first, 0));
        int port = a.port("a");
        try (Routers.Running b = Routers.start(router(port, "role: route-container"))) {
            try (a) {
                await().atMost(LIMIT).until(() -> b.logged("container_id=Router.A"));
                await().atMost(LIMIT).until(() -> a.logged("container_id=Router.B"));
                assertThat(a.logged("dir=in host=127.0.0.1")).isTrue();
            }
            await().atMost(LIMIT).until(() -> b.logged("failed: amqp:connection:forced: Router is shutting down"));
            try (Routers.Running back = Routers.start(String.format(java.util.Locale.ROOT, first, port))) {
                await().atMost(LIMIT).until(() -> back.logged("container_id=Router.B"));
            }
        }
    }
}
