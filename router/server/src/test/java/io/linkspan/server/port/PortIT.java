// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.linkspan.server.loop.ScriptedEngine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("MQ-5-11: one port, protocols by first bytes")
class PortIT {
    private static final String ALL = "protocols: amqp, mqtt, http";

    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {"AMQPxyz,AMQP", "\u0010xyz,MQTT"})
    void firstBytesChooseTheEngineAndReachItWhole(String bytes, String protocol) throws Exception {
        try (PortFixture fixture = PortFixture.listener(ALL);
                Peer peer = Peer.connect(fixture.number())) {
            peer.send(bytes);
            assertThat(peer.read(bytes.length())).isEqualTo(bytes);
            assertThat(PortFixture.next(fixture.made)).isEqualTo(protocol);
            assertThat(fixture.refusals).isEmpty();
        }
    }

    @Test
    void protocolIsRecognisedOneByteAtATime() throws Exception {
        try (PortFixture fixture = PortFixture.listener(ALL);
                Peer peer = Peer.connect(fixture.number())) {
            for (char c : "AMQP".toCharArray()) {
                peer.send(String.valueOf(c));
            }
            assertThat(peer.read(4)).isEqualTo("AMQP");
            for (char c : "rest".toCharArray()) {
                assertThat(peer.send(String.valueOf(c)).read(1)).isEqualTo(String.valueOf(c));
            }
        }
    }

    @ParameterizedTest
    @DisplayName("MQ-5-34: what is not served is closed, and told apart")
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "protocols: amqp|\u0010abc|NOT_SERVED MQTT",
                "protocols: amqp|GET / HTTP/1.1|NOT_SERVED HTTP",
                "protocols: mqtt|AMQP0100|NOT_SERVED AMQP",
                "protocols: mqtt, amqp|GET / HTTP/1.1|NOT_SERVED HTTP",
                "protocols: mqtt, amqp|garbage|UNKNOWN_PROTOCOL unknown bytes",
                "http: yes|AMQP0100|NOT_SERVED AMQP",
                "http: yes|garbage|UNKNOWN_PROTOCOL unknown bytes"
            })
    void unservedProtocolIsClosedWithoutAByte(String listener, String bytes, String refusal) throws Exception {
        try (PortFixture fixture = PortFixture.listener(listener);
                Peer peer = Peer.connect(fixture.number())) {
            peer.send(bytes);
            assertThat(peer.readToEnd()).isIn("", "<reset>");
            assertThat(PortFixture.next(fixture.refusals)).isEqualTo(refusal);
            assertThat(fixture.port().refused(Refusal.valueOf(refusal.split(" ", 2)[0])))
                    .isEqualTo(1);
            assertThat(fixture.engines).isEmpty();
        }
    }

    @Test
    void tlsRecordOnAPortWithoutTlsIsToldApart() throws Exception {
        try (PortFixture fixture = PortFixture.listener(ALL);
                Peer peer = Peer.connect(fixture.number())) {
            peer.send(new byte[] {0x16, 3, 1, 0, 5});
            assertThat(peer.readToEnd()).isIn("", "<reset>");
            assertThat(PortFixture.next(fixture.refusals)).isEqualTo("TLS_NOT_OFFERED");
        }
    }

    @Test
    @DisplayName("garbage on a port that speaks AMQP alone is answered by the AMQP engine")
    void garbageIsAnsweredWhereOnlyAmqpCanBeMeant() throws Exception {
        try (PortFixture fixture = PortFixture.listener("protocols: amqp");
                Peer peer = Peer.connect(fixture.number())) {
            assertThat(peer.send("garbage").read(7)).isEqualTo("garbage");
            assertThat(PortFixture.next(fixture.made)).isEqualTo("AMQP");
        }
    }

    @Test
    void silentConnectionIsClosedAfterTheHandshakeTimeout() throws Exception {
        try (PortFixture fixture = PortFixture.listener(ALL + "\ninitialHandshakeTimeoutSeconds: 1");
                Peer silent = Peer.connect(fixture.number());
                Peer slow = Peer.connect(fixture.number())) {
            slow.send("AMQ");
            assertThat(silent.readToEnd()).isEmpty();
            assertThat(slow.readToEnd()).isEmpty();
            assertThat(PortFixture.next(fixture.refusals)).isEqualTo("SILENT");
            assertThat(PortFixture.next(fixture.refusals)).isEqualTo("SILENT");
            assertThat(fixture.port().refused(Refusal.SILENT)).isEqualTo(2);
        }
    }

    @Test
    void timeLimitEndsWithTheDecision() throws Exception {
        try (PortFixture fixture = PortFixture.listener(ALL + "\ninitialHandshakeTimeoutSeconds: 1");
                Peer decided = Peer.connect(fixture.number());
                Peer silent = Peer.connect(fixture.number())) {
            decided.send("AMQP").read(4);
            assertThat(silent.readToEnd()).isEmpty();
            assertThat(decided.send("still here").read(10)).isEqualTo("still here");
        }
    }

    @Test
    @DisplayName("POL-02: the connection beyond maxConnections is closed before any byte")
    void connectionBeyondTheLimitIsClosed() throws Exception {
        try (PortFixture fixture = PortFixture.open(
                "policy {\n maxConnections: 2\n}\nlistener {\n host: 127.0.0.1\n port: 0\n}\n", null)) {
            try (Peer first = Peer.connect(fixture.number());
                    Peer second = Peer.connect(fixture.number())) {
                first.send("AMQP").read(4);
                second.send("AMQP").read(4);
                try (Peer third = Peer.connect(fixture.number())) {
                    assertThat(third.readToEnd()).isEmpty();
                }
                assertThat(PortFixture.next(fixture.refusals)).isEqualTo("TOO_MANY 2 are open");
            }
            await().until(() -> {
                try (Peer again = Peer.connect(fixture.number())) {
                    return again.send("AMQP").readUpTo(4).equals("AMQP");
                }
            });
        }
    }

    @Test
    void failingEngineCostsItsConnectionAlone() throws Exception {
        try (PortFixture fixture = PortFixture.listener(ALL);
                Peer healthy = Peer.connect(fixture.number());
                Peer failing = Peer.connect(fixture.number())) {
            healthy.send("AMQP").read(4);
            failing.send("AMQP").read(4);
            failing.send("overflow");
            assertThat(failing.readToEnd()).isEmpty();
            assertThat(PortFixture.next(fixture.failures)).isInstanceOf(StackOverflowError.class);
            assertThat(fixture.loop().unexpectedExceptions()).isEqualTo(1);
            assertThat(healthy.send("fine").read(4)).isEqualTo("fine");
        }
    }

    @Test
    void orderlyCloseDeliversTheLastWordsThoughInputIsUnread() throws Exception {
        try (PortFixture fixture = PortFixture.listener(ALL);
                Peer peer = Peer.connect(fixture.number())) {
            peer.send("AMQP").read(4);
            peer.send("bye");
            peer.send(new byte[100_000]);
            assertThat(peer.readToEnd()).isEqualTo("goodbye");
            ScriptedEngine engine = PortFixture.next(fixture.engines);
            peer.hangUp();
            await().until(() -> engine.events.contains("closed"));
        }
    }

    @Test
    void shutdownReachesEveryEngine() throws Exception {
        try (PortFixture fixture = PortFixture.listener(ALL);
                Peer amqp = Peer.connect(fixture.number());
                Peer mqtt = Peer.connect(fixture.number())) {
            amqp.send("AMQP").read(4);
            mqtt.send("\u0010").read(1);
            fixture.loop().execute(() -> fixture.connections().shutdown());
            assertThat(amqp.readToEnd()).isEmpty();
            assertThat(mqtt.readToEnd()).isEmpty();
            amqp.hangUp();
            mqtt.hangUp();
            AtomicInteger open = new AtomicInteger(-1);
            await().until(() -> {
                fixture.loop()
                        .execute(() -> open.set(fixture.connections().open()
                                + fixture.connections().incoming()));
                return open.get() == 0;
            });
        }
    }

    @Test
    void portThatIsTakenFailsToOpen() throws Exception {
        try (PortFixture fixture = PortFixture.listener(ALL)) {
            assertThatThrownBy(() -> PortFixture.open(
                            "listener {\n host: 127.0.0.1\n port: " + fixture.number() + "\n}\n", null))
                    .hasMessageContaining("in use");
        }
    }

    @Test
    void closedPortRefusesNewConnectionsAndKeepsTheOldOnes() throws Exception {
        try (PortFixture fixture = PortFixture.listener(ALL);
                Peer peer = Peer.connect(fixture.number())) {
            peer.send("AMQP").read(4);
            int number = fixture.number();
            fixture.loop().execute(() -> fixture.port().stopListening());
            await().until(() -> {
                try (Peer late = Peer.connect(number)) {
                    return late.readUpTo(1).equals("never");
                } catch (IOException e) {
                    return true;
                }
            });
            assertThat(peer.send("alive").read(5)).isEqualTo("alive");
        }
    }

    @ParameterizedTest
    @DisplayName("socketAddressFamily is honoured")
    @CsvSource({"'',IPv4,127.0.0.1", "'',IPv6,::1", "'','',127.0.0.1", "'','',::1", "localhost,IPv4,127.0.0.1"})
    void listensOnTheFamilyAskedFor(String host, String family, String reachable) throws Exception {
        List<String> lines = new ArrayList<>(List.of("listener {", "port: 0"));
        if (!host.isEmpty()) {
            lines.add("host: " + host);
        }
        if (!family.isEmpty()) {
            lines.add("socketAddressFamily: " + family);
        }
        lines.add("}");
        try (PortFixture fixture = PortFixture.open(String.join("\n", lines) + "\n", null)) {
            assertThat(answers(reachable, fixture.number())).isTrue();
            if (family.equals("IPv4")) {
                assertThat(answers("::1", fixture.number())).isFalse();
            }
            if (family.equals("IPv6")) {
                assertThat(answers("127.0.0.1", fixture.number())).isFalse();
            }
        }
    }

    private static boolean answers(String address, int port) {
        try (Peer peer = Peer.connect(address, port)) {
            return peer.send("AMQP").readUpTo(4).equals("AMQP");
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void receiverThatReadsNothingStopsTheWriterAtTheHighWaterMark() throws Exception {
        try (PortFixture fixture = PortFixture.listener(ALL);
                Peer peer = Peer.connect(fixture.number())) {
            peer.send("AMQP").read(4);
            ScriptedEngine engine = PortFixture.next(fixture.engines);
            peer.send("flood 16777216");
            await().until(() -> engine.events.contains("writable false"));
            assertThat(engine.events).doesNotContain("writable true");
            peer.readBytes(16777216);
            await().until(() -> engine.events.contains("writable true"));
        }
    }
}
