// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.codec;

import static io.linkspan.bridge.codec.Bytes.bytes;
import static io.linkspan.bridge.codec.Bytes.connect;
import static io.linkspan.bridge.codec.Bytes.packet;
import static io.linkspan.bridge.codec.Bytes.publish;
import static io.linkspan.bridge.codec.Bytes.subscribe;
import static io.linkspan.bridge.codec.MqttVersion.V3_1;
import static io.linkspan.bridge.codec.MqttVersion.V3_1_1;
import static io.linkspan.bridge.codec.MqttVersion.V5_0;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a decoder makes of legal packets, however they are cut. */
class PacketDecoderTest {

    private static final Bytes NONE = bytes();

    @ParameterizedTest
    @EnumSource(MqttVersion.class)
    void connectOfEachVersionIsRead(MqttVersion version) {
        try (DecoderFixture fixture = new DecoderFixture()) {
            fixture.send(connect(version, "dev-1", NONE));
            assertThat(fixture.handler.events).containsExactly("CONNECT " + version.label() + " dev-1");
            assertThat(fixture.decoder.version()).isEqualTo(version);
        }
    }

    @Test
    void everyFieldOfConnectIsRead() {
        Bytes properties = bytes().b(0x11)
                .u4(120)
                .b(0x21)
                .u2(7)
                .b(0x27)
                .u4(4_000)
                .b(0x22)
                .u2(9)
                .b(0x19, 1, 0x17, 0);
        Bytes willProperties = bytes().b(1, 1).b(0x18).u4(5).b(0x03).s("text/plain");
        Bytes body = bytes().s("MQTT")
                .b(5, 0xc0 | 0x20 | 0x08 | 0x04)
                .u2(300)
                .props(properties)
                .s("c");
        body.props(willProperties).s("w/t").s("gone").s("bob").s("secret");
        try (DecoderFixture fixture = new DecoderFixture()) {
            fixture.send(packet(0x10, body));
            ConnectPacket connect = Objects.requireNonNull(fixture.handler.connect);
            assertThat(connect.cleanStart()).isFalse();
            assertThat(connect.keepAliveSeconds()).isEqualTo(300);
            assertThat(connect.sessionExpirySeconds()).isEqualTo(120);
            assertThat(connect.receiveMaximum()).isEqualTo(7);
            assertThat(connect.maximumPacketSize()).isEqualTo(4_000);
            assertThat(connect.topicAliasMaximum()).isEqualTo(9);
            assertThat(connect.requestResponseInformation()).isTrue();
            assertThat(connect.requestProblemInformation()).isFalse();
            assertThat(connect.userName()).isEqualTo("bob");
            assertThat(connect.password()).asString().isEqualTo("secret");
            WillPacket will = Objects.requireNonNull(connect.will());
            assertThat(will.topic().name()).isEqualTo("w/t");
            assertThat(will.qos()).isEqualTo(1);
            assertThat(will.retain()).isTrue();
            assertThat(will.delaySeconds()).isEqualTo(5);
            assertThat(will.properties())
                    .isEqualTo(bytes().b(1, 1).b(0x03).s("text/plain").array());
            assertThat(will.payload()).asString().isEqualTo("gone");
        }
    }

    @Test
    void packetsOfAllKindsAreRead() {
        try (DecoderFixture fixture = DecoderFixture.connected(V5_0)) {
            fixture.send(publish(V5_0, 0, "a/b", 0, NONE, bytes().text("x")))
                    .send(publish(V5_0, 0x0b, "a", 7, bytes().b(1, 1), bytes().text("y")))
                    .send(bytes().b(0x40, 2).u2(9))
                    .send(bytes().b(0x50, 3).u2(9).b(0x97))
                    .send(bytes().b(0x62, 4).u2(9).b(0x92, 0))
                    .send(bytes().b(0x70, 2).u2(9))
                    .send(subscribe(
                            V5_0,
                            3,
                            bytes().b(0x0b).var(300),
                            bytes().s("a/#").b(1).s("+").b(0x2e)))
                    .send(packet(0xa2, bytes().u2(4).b(0).s("a/#").s("")))
                    .send(bytes().b(0xc0, 0))
                    .send(packet(0xf0, bytes().b(0x19).props(bytes().b(0x15).s("M"))))
                    .send(packet(0xe0, bytes().b(4).props(bytes().b(0x11).u4(8))));
            assertThat(fixture.handler.events)
                    .containsExactly(
                            "PUBLISH a/b q0 id0 x",
                            "PUBLISH a q1 dup retain id7 p0101 y",
                            "PUBACK 9 SUCCESS",
                            "PUBREC 9 QUOTA_EXCEEDED",
                            "PUBREL 9 PACKET_IDENTIFIER_NOT_FOUND",
                            "PUBCOMP 9 SUCCESS",
                            "SUBSCRIBE 3 300 a/#:q10 +:q2nr2",
                            "UNSUBSCRIBE 4 a/# ",
                            "PINGREQ",
                            "AUTH RE_AUTHENTICATE",
                            "DISCONNECT DISCONNECT_WITH_WILL 8");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 7, 64, 1_000})
    @DisplayName("MQ-6-35 One byte at a time or many packets in one segment: as if normal")
    void packetsAreFoundHoweverTheyAreCut(int pieceSize) {
        Bytes all = bytes();
        for (int i = 1; i < 40; i++) {
            all.add(publish(V3_1_1, 2, "t/" + i % 7, i, NONE, bytes().text("x".repeat(i * 5))));
            all.add(subscribe(V3_1_1, i, "f/" + i, 1)).b(0xc0, 0);
        }
        try (DecoderFixture whole = DecoderFixture.connected(V3_1_1);
                DecoderFixture cut = DecoderFixture.connected(V3_1_1)) {
            whole.send(all);
            cut.sendInPieces(all, pieceSize);
            assertThat(whole.handler.events).hasSize(3 * 39).noneMatch(event -> event.startsWith("VIOLATION"));
            assertThat(cut.handler.events).isEqualTo(whole.handler.events);
            assertThat(cut.decoder.heldBytes()).isZero();
        }
    }

    @Test
    @DisplayName("MQ-2-8 A large publish is handed on in pieces and not held")
    void largePublishIsStreamed() {
        int size = 5_000_000;
        Bytes publish = publish(V5_0, 2, "big", 3, bytes().b(1, 0), bytes().raw(new byte[size]));
        try (DecoderFixture fixture = DecoderFixture.connected(V5_0)) {
            byte[] all = publish.add(bytes().b(0xc0, 0)).array();
            int most = 0;
            for (int i = 0; i < all.length; ) {
                int length = Math.min(all.length - i, i < 40 ? 1 : 50_000);
                fixture.send(bytes().raw(java.util.Arrays.copyOfRange(all, i, i + length)));
                most = Math.max(most, fixture.decoder.heldBytes());
                i += length;
            }
            assertThat(fixture.handler.events)
                    .containsExactly("START big q1 id3 p0100 " + size, "END " + size, "PINGREQ");
            assertThat(most).isLessThan(40);
        }
    }

    @Test
    void publishAtTheStreamingLimitIsWholeAndOneBeyondIsNot() {
        int header = 1 + 3 + 2 + 1;
        int atLimit = DecoderLimits.STREAM_ABOVE_BYTES - header;
        try (DecoderFixture fixture = DecoderFixture.connected(V3_1_1)) {
            fixture.send(publish(V3_1_1, 0, "t", 0, NONE, bytes().raw(new byte[atLimit])));
            assertThat(fixture.handler.events.get(0)).startsWith("PUBLISH t");
            fixture.send(publish(V3_1_1, 0, "t", 0, NONE, bytes().raw(new byte[atLimit + 1])));
            assertThat(fixture.handler.events.get(1)).isEqualTo("START t q0 id0 " + (atLimit + 1));
        }
    }

    @Test
    void topicAliasStandsForTheTopicItWasSetWith() {
        try (DecoderFixture fixture = DecoderFixture.connected(V5_0)) {
            for (int alias = 1; alias <= 10; alias++) {
                fixture.send(publish(V5_0, 0, "t/" + alias, 0, bytes().b(0x23).u2(alias), NONE));
            }
            fixture.handler.events.clear();
            fixture.send(publish(V5_0, 0, "", 0, bytes().b(0x23).u2(10), bytes().text("x")));
            fixture.send(publish(V5_0, 0, "new", 0, bytes().b(0x23).u2(10), bytes().text("y")));
            fixture.send(publish(V5_0, 0, "", 0, bytes().b(0x23).u2(10), bytes().text("z")));
            assertThat(fixture.handler.events)
                    .containsExactly(
                            "PUBLISH t/10 q0 id0 p23000a x",
                            "PUBLISH new q0 id0 p23000a y",
                            "PUBLISH new q0 id0 p23000a z");
        }
    }

    @Test
    void pausedDecoderHoldsWhatComesAndGoesOnInOrder() {
        try (DecoderFixture fixture = DecoderFixture.connected(V3_1)) {
            fixture.decoder.pause();
            Bytes two = publish(V3_1, 0, "a", 0, NONE, NONE).add(publish(V3_1, 0, "b", 0, NONE, NONE));
            fixture.sendInPieces(two.b(0xc0), 3);
            assertThat(fixture.handler.events).isEmpty();
            assertThat(fixture.decoder.heldBytes()).isEqualTo(two.size());
            fixture.decoder.resume();
            assertThat(fixture.handler.events).containsExactly("PUBLISH a q0 id0 ", "PUBLISH b q0 id0 ");
            fixture.send(Bytes.of(0));
            assertThat(fixture.handler.events).endsWith("PINGREQ");
            assertThat(fixture.decoder.heldBytes()).isZero();
        }
    }

    @Test
    @DisplayName("MQ-6-34 Half a packet is no sign of life")
    void onlyWholePacketsAndPiecesOfPayloadAreProgress() {
        try (DecoderFixture fixture = DecoderFixture.connected(V3_1_1)) {
            assertThat(fixture.decoder.takeProgress()).isTrue();
            fixture.send(Bytes.of(0xc0));
            assertThat(fixture.decoder.takeProgress()).isFalse();
            fixture.send(Bytes.of(0));
            assertThat(fixture.decoder.takeProgress()).isTrue();
            fixture.send(Bytes.of(0x30).var(400_000).s("t").b(1, 2));
            assertThat(fixture.decoder.takeProgress()).isTrue();
            fixture.send(Bytes.of(3));
            assertThat(fixture.decoder.takeProgress()).isTrue();
        }
    }

    @Test
    void nothingIsReadAfterAViolation() {
        try (DecoderFixture fixture = DecoderFixture.connected(V3_1_1)) {
            fixture.send(Bytes.of(0x00, 0x00, 0xc0, 0x00)).send(Bytes.of(0xc0, 0));
            assertThat(fixture.handler.events).containsExactly("VIOLATION MALFORMED_PACKET");
        }
    }
}
