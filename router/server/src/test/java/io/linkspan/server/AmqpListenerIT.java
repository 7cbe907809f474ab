// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.linkspan.amqp.codec.Binary;
import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.amqp.codec.TypeEncoder;
import io.linkspan.amqp.codec.UnsignedInteger;
import io.linkspan.amqp.codec.UnsignedLong;
import io.linkspan.server.log.LogEntry;
import io.linkspan.server.log.LogModule;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Times and traces of a listener's connections, on real sockets. */
class AmqpListenerIT {
    private static final String LISTENER = """
            listener {
                name: in
                host: 127.0.0.1
                port: 0
                authenticatePeer: no
                idleTimeoutSeconds: 1
                initialHandshakeTimeoutSeconds: 1
            }
            log {
                module: DEFAULT
                enable: info+
                outputFile: /dev/null
            }
            """;

    private static AmqpSocket opened(int port, Object... idleTimeOut) throws Exception {
        AmqpSocket peer = AmqpSocket.connect(port);
        peer.sendHex(AmqpSocket.AMQP);
        peer.send(
                0, AmqpSocket.OPEN, "client", "localhost", null, null, idleTimeOut.length == 0 ? null : idleTimeOut[0]);
        assertThat(peer.header()).isEqualTo(AmqpSocket.AMQP);
        assertThat(peer.performative().field(4))
                .as("half of idleTimeoutSeconds")
                .isEqualTo(new UnsignedInteger(500));
        return peer;
    }

    @Test
    @DisplayName("CON-08: a peer that says nothing for idleTimeoutSeconds is closed with the reason")
    void silentPeerIsClosed() throws Exception {
        try (Routers.Running router = Routers.start(LISTENER);
                AmqpSocket peer = opened(router.port("in"))) {
            AmqpSocket.Frame close = peer.performative();
            assertThat(close.code()).isEqualTo(AmqpSocket.CLOSE);
            assertThat(close.error())
                    .isEqualTo(List.of(new Symbol("amqp:resource-limit-exceeded"), "local-idle-timeout expired"));
            assertThat(peer.ended()).isTrue();
        }
    }

    @Test
    @DisplayName("CON-08: empty frames keep the connection alive in both directions")
    void emptyFramesKeepTheConnection() throws Exception {
        try (Routers.Running router = Routers.start(LISTENER);
                AmqpSocket peer = opened(router.port("in"), new UnsignedInteger(600))) {
            for (int i = 0; i < 8; i++) { // Each comes after half of our limit, so this is longer than the router's.
                assertThat(peer.frame().code()).isEqualTo(-1);
                peer.sendHex("0000000802000000");
            }
            peer.send(0, AmqpSocket.CLOSE);
            assertThat(peer.performative().code()).isEqualTo(AmqpSocket.CLOSE);
        }
    }

    @Test
    @DisplayName("CON-09: no Open within initialHandshakeTimeoutSeconds ends the connection")
    void handshakeHasALimit() throws Exception {
        try (Routers.Running router = Routers.start(LISTENER);
                AmqpSocket peer = AmqpSocket.connect(router.port("in"))) {
            peer.sendHex(AmqpSocket.SASL);
            assertThat(peer.header()).isEqualTo(AmqpSocket.SASL);
            assertThat(peer.frame().code()).isEqualTo(AmqpSocket.MECHANISMS);
            assertThat(peer.ended()).isTrue();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> router.logged("amqp:not-allowed: Timeout waiting for initial handshake"));
        }
    }

    @Test
    @DisplayName("CON-09: bytes that never tell a protocol are not waited for longer than that")
    void firstBytesHaveTheSameLimit() throws Exception {
        try (Routers.Running router = Routers.start(LISTENER);
                AmqpSocket peer = AmqpSocket.connect(router.port("in"))) {
            peer.sendHex("414d51");
            assertThat(peer.ended()).isTrue();
        }
    }

    /** What qdmanage sent in the recorded run 07/56: open, begin, the attaches of its sender and of its receiver. */
    private static final List<String> QDMANAGE = List.of(
            "0000004902000000005310c03c0aa12461656536333937622d353830392d343661662d613433642d336263356331366363643536a10931323"
                    + "72e302e302e3140607fff404040404040",
            "0000001a02000000005311c00d044043707fffffff707fffffff",
            "0000007702000000005312c06a0ea13061656536333937622d353830392d343661662d613433642d336263356331366363643536"
                    + "2d246d616e6167656d656e74434250025000005328c00c0b4043404342404040404040005329c01407a10b246d616e6167656d656e"
                    + "7443404342404040404344404040",
            "0000008502000000005312c0780ea14961656536333937622d353830392d343661662d613433642d336263356331366363643536"
                    + "2d31333764613561622d376439382d346634322d613063342d34666662663539656262366252014150025000005328c00c0b40434043"
                    + "41404040404040005329c008074043404342404040404344404040");

    @Test
    @DisplayName("Connections and links are logged in the original's words (recorded run 07/56)")
    void connectionsAndLinksAreLoggedInTheOriginalsWords() throws Exception {
        try (Routers.Running router =
                Routers.start(LISTENER.replace("idleTimeoutSeconds: 1", "idleTimeoutSeconds: 60"))) {
            try (AmqpSocket tool = AmqpSocket.connect(router.port("in"))) {
                tool.sendHex(AmqpSocket.AMQP);
                for (String frame : QDMANAGE) {
                    tool.sendHex(frame);
                }
                tool.header();
                List<Integer> answers = new ArrayList<>();
                while (answers.stream()
                                .filter(code -> code == AmqpSocket.ATTACH)
                                .count()
                        < 2) {
                    answers.add(tool.performative().code());
                }
                tool.sendHex("0000001002000000005316c003024341"); // Detach of handle 0, closed.
                tool.sendHex("0000001002000000005316c003015201"); // Detach of handle 1, not closed.
                while (answers.stream()
                                .filter(code -> code == AmqpSocket.DETACH)
                                .count()
                        < 2) {
                    answers.add(tool.performative().code());
                }
            }
            await().atMost(Duration.ofSeconds(30)).until(() -> router.logged("Connection Closed"));
            assertThat(router.log().entries().stream()
                            .filter(entry -> entry.module() == LogModule.ROUTER_CORE)
                            .map(entry -> entry.text().replaceAll("\\[C\\d+\\](\\[L\\d+\\])?|127.0.0.1:\\d+", "*")))
                    .containsExactly(
                            "* Connection Opened: dir=in host=* vhost= encrypted=no auth=no user=anonymous"
                                    + " container_id=aee6397b-5809-46af-a43d-3bc5c16ccd56 props=",
                            "* Link attached: dir=in source={<none> expire:sess} target={$management expire:sess}",
                            "* Link attached: dir=out source={(dyn)<none> expire:sess} target={<none> expire:sess}",
                            "* Link closed: del=0 presett=0 psdrop=0 acc=0 rej=0 rel=0 mod=0 delay1=0 delay10=0 blocked=no",
                            "* Link detached: del=0 presett=0 psdrop=0 acc=0 rej=0 rel=0 mod=0 delay1=0 delay10=0 blocked=no",
                            "* Connection Closed");
        }
    }

    @Test
    void framesAreTracedWhileTheModuleSaysSoAndOfConnectionsThatWereThereBefore() throws Exception {
        try (Routers.Running router =
                        Routers.start(LISTENER.replace("idleTimeoutSeconds: 1", "idleTimeoutSeconds: 60"));
                AmqpSocket before = AmqpSocket.connect(router.port("in"))) {
            before.sendHex(AmqpSocket.AMQP);
            before.send(0, AmqpSocket.OPEN, "before");
            before.header();
            before.performative();
            assertThat(router.logged("@open(16)")).isFalse();
            trace(router, "trace+");
            session(before); // Behind its answers the change has come to the loop.
            session(before);
            assertThat(router.logged("]:0 -> @end(23) []")).isTrue();
            assertThat(router.logged("]:0 <- @begin(17) [next-outgoing-id=0, incoming-window=9, outgoing-window=9]"))
                    .isTrue();
            try (AmqpSocket after = AmqpSocket.connect(router.port("in"))) {
                after.sendHex(AmqpSocket.SASL);
                after.header();
                after.frame();
                after.send(1, AmqpSocket.INIT, new Symbol("ANONYMOUS"), new Binary(new byte[] {'p'}));
                after.frame();
                assertThat(router.logged("]:0 -> @sasl-mechanisms(64) [sasl-server-mechanisms=@PN_SYMBOL[:ANONYMOUS]]"))
                        .isTrue();
                assertThat(router.logged("]:0 <- @sasl-init(65) [mechanism=:ANONYMOUS, initial-response=*******]"))
                        .isTrue();
            }
            trace(router, "info+");
            session(before);
            before.send(0, AmqpSocket.CLOSE);
            assertThat(before.performative().code()).isEqualTo(AmqpSocket.CLOSE);
            assertThat(router.logged("@close(24)")).isFalse();
        }
    }

    @Test
    @DisplayName("messageLoggingComponents: the parts of a message that are named, while MESSAGE writes trace")
    void messagesAreLoggedAsTheListenerSays() throws Exception {
        String logged = LISTENER.replace("idleTimeoutSeconds: 1", "messageLoggingComponents: to,app-properties")
                .replace("enable: info+", "enable: trace+");
        try (Routers.Running router = Routers.start(logged);
                AmqpSocket peer = AmqpSocket.connect(router.port("in"))) {
            peer.sendHex(AmqpSocket.AMQP);
            peer.send(0, AmqpSocket.OPEN, "sender");
            peer.header();
            peer.performative();
            peer.send(
                    0, AmqpSocket.BEGIN, null, new UnsignedInteger(0), new UnsignedInteger(9), new UnsignedInteger(9));
            peer.performative();
            Described target = new Described(new UnsignedLong(0x29), List.of("$management"));
            peer.send(
                    0,
                    AmqpSocket.ATTACH,
                    "l",
                    new UnsignedInteger(0),
                    false,
                    null,
                    null,
                    null,
                    target,
                    null,
                    null,
                    new UnsignedInteger(0));
            assertThat(peer.performative().code()).isEqualTo(AmqpSocket.ATTACH);
            assertThat(peer.performative().code()).isEqualTo(AmqpSocket.FLOW);
            ByteBuf message = Unpooled.buffer();
            TypeEncoder.writeValue(
                    message,
                    new Described(
                            new UnsignedLong(0x73), Arrays.asList(null, null, "$management", "hidden", "nobody")));
            TypeEncoder.writeValue(message, new Described(new UnsignedLong(0x74), Map.of("operation", "QUERY")));
            TypeEncoder.writeValue(message, new Described(new UnsignedLong(0x77), "hidden too"));
            peer.transfer(message, new UnsignedInteger(0), new UnsignedInteger(0), new Binary(new byte[1]));
            AmqpSocket.Frame answer = peer.performative();
            while (answer.code() == AmqpSocket.FLOW) {
                answer = peer.performative();
            }
            assertThat(answer.code()).isEqualTo(AmqpSocket.DISPOSITION);
            assertThat(router.logged("]: Received Message{to='$management', app-properties={\"operation\"=\"QUERY\"}}"
                            + " on link 'l' (M0$management)"))
                    .isTrue();
            assertThat(router.log().entries())
                    .filteredOn(entry -> entry.module() == LogModule.MESSAGE)
                    .noneMatch(entry -> entry.text().contains("hidden"));
        }
    }

    @Test
    @DisplayName("protocolTrace of a listener: the frames of its connections, whatever PROTOCOL writes")
    void framesAreTracedAsTheListenerSays() throws Exception {
        String traced = LISTENER.replace("idleTimeoutSeconds: 1", "protocolTrace: yes");
        try (Routers.Running router = Routers.start(traced);
                AmqpSocket peer = AmqpSocket.connect(router.port("in"))) {
            peer.sendHex(AmqpSocket.AMQP);
            peer.send(0, AmqpSocket.OPEN, "traced");
            peer.header();
            peer.performative();
            session(peer);
            assertThat(router.log().entries())
                    .filteredOn(entry -> entry.module() == LogModule.PROTOCOL)
                    .extracting(LogEntry::text)
                    .anyMatch(line -> line.contains(":0 <- @open(16) [container-id=\"traced\""))
                    .anyMatch(line -> line.contains(":0 -> @end(23)"));
        }
    }

    private static void session(AmqpSocket peer) throws Exception {
        peer.send(0, AmqpSocket.BEGIN, null, new UnsignedInteger(0), new UnsignedInteger(9), new UnsignedInteger(9));
        assertThat(peer.performative().code()).isEqualTo(AmqpSocket.BEGIN);
        peer.send(0, AmqpSocket.END);
        assertThat(peer.performative().code()).isEqualTo(AmqpSocket.END);
    }

    private static void trace(Routers.Running router, String enable) {
        String text = "log {\n module: PROTOCOL\n enable: " + enable + "\n outputFile: /dev/null\n}\n";
        assertThat(router.log().apply(Routers.configuration(text).logs())).isEmpty();
    }
}
