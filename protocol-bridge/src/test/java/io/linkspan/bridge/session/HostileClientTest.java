// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import static io.linkspan.bridge.codec.Bytes.bytes;
import static io.linkspan.bridge.codec.Bytes.connect;
import static io.linkspan.bridge.codec.Bytes.packet;
import static io.linkspan.bridge.codec.Bytes.publish;
import static io.linkspan.bridge.codec.Bytes.subscribe;
import static io.linkspan.bridge.codec.MqttVersion.V3_1;
import static io.linkspan.bridge.codec.MqttVersion.V3_1_1;
import static io.linkspan.bridge.codec.MqttVersion.V5_0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.linkspan.bridge.DropCause;
import io.linkspan.bridge.MqttLimits;
import io.linkspan.bridge.codec.Bytes;
import io.linkspan.bridge.codec.MalformedPackets;
import io.linkspan.bridge.codec.MqttVersion;
import io.linkspan.bridge.codec.PacketWriter;
import io.linkspan.bridge.codec.ReasonCode;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Chapter 6 at the connection: what a client gets for each thing it must not do, and that the other connections do not
 * notice. Every case is sent whole and byte by byte.
 */
class HostileClientTest {

    private static final Bytes NONE = bytes();
    private static final String CLOSED = "CLOSED";

    /** The limits that the table of the decoder is made for, and few subscriptions. */
    private static final MqttLimits LIMITS =
            new MqttLimits(3, 10, 10_000_000, 60, false, 2, 5, 1_000, 200, 10, 64 << 10, 0, 1_024, 1_000, 60);

    private final Network network =
            new Network(new Settings().limits(LIMITS).validatesPayloads().make());
    private MqttPeer bystander;
    private AmqpPeer.Receiver receiver;

    @BeforeEach
    void othersAreConnected() {
        bystander = network.client(V5_0, "bystander").subscribe("quiet/#", 0);
        receiver = network.amqp().receiver("quiet.amqp", 100);
    }

    @AfterEach
    void nothingIsLeftOver() {
        network.close();
    }

    private void nobodyNoticed(int others) {
        assertThat(bystander.isClosed()).isFalse();
        bystander.publish("quiet/amqp", 1, 7, "still here");
        assertThat(bystander.takeEvents()).containsExactly("PUBLISH quiet/amqp q0 still here", "PUBACK 7");
        assertThat(receiver.texts()).endsWith("still here");
        assertThat(network.core.connections()).hasSize(2 + others);
    }

    private void expect(MqttPeer peer, List<String> answers) {
        List<String> events = peer.takeEvents();
        assertThat(events).hasSameSizeAs(answers);
        for (int i = 0; i < answers.size(); i++) {
            assertThat(events.get(i)).startsWith(answers.get(i));
        }
        boolean ends = answers.contains(CLOSED);
        assertThat(peer.isClosed()).isEqualTo(ends);
        assertThat(peer.send(Bytes.of(0xc0, 0)).takeEvents()).isEqualTo(ends ? List.of() : List.of("PINGRESP"));
        nobodyNoticed(ends ? 0 : 1);
        peer.wire.cut();
    }

    private static String hex(int code) {
        return String.format(Locale.ROOT, "0x%02x", code);
    }

    // ---- what the decoder sees -----------------------------------------------------------------------------------

    static Stream<Arguments> refusedFirstPackets() {
        return MalformedPackets.firstPackets().filter(row -> row.get()[2] != null);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusedFirstPackets")
    void aBrokenFirstPacketIsRefused(String rule, Bytes bytes, ReasonCode code, boolean silent) {
        MqttVersion version = silent ? V3_1_1 : versionOfAnswer(bytes);
        List<String> answers = new ArrayList<>();
        if (!silent && version.isV5()) {
            answers.add("CONNACK 0 " + hex(code.code()));
        } else if (!silent && PacketWriter.returnCode(code) > 0) {
            answers.add("CONNACK 0 " + hex(PacketWriter.returnCode(code)));
        }
        answers.add(CLOSED);
        expect(network.peer().speaks(version).send(bytes), answers);
        expect(network.peer().speaks(version).sendSingly(bytes), answers);
        assertThat(network.bridge.counters().violations).isEqualTo(2);
        assertThat(network.bridge.counters().refused(code)).isEqualTo(2);
    }

    /** Answers are in MQTT 5.0 from level 5 on, if the name is that of a version with levels. */
    private static MqttVersion versionOfAnswer(Bytes connect) {
        ByteBuf in = connect.buf().skipBytes(1);
        int length = in.readByte();
        while (length < 0) {
            length = in.readByte();
        }
        int name = in.readUnsignedShort();
        int level = in.skipBytes(name).readUnsignedByte();
        return name == 4 && (level == 5 || level == 6) ? V5_0 : V3_1_1;
    }

    static Stream<Arguments> refusedLaterPackets() {
        return MalformedPackets.laterPackets().filter(row -> row.get()[3] != null);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("refusedLaterPackets")
    void aBrokenPacketEndsTheConnection(String rule, MqttVersion version, Bytes bytes, ReasonCode code) {
        List<String> answers = version.isV5() ? List.of("DISCONNECT " + hex(code.code()), CLOSED) : List.of(CLOSED);
        expect(network.client(version, "hostile").send(bytes), answers);
        expect(network.client(version, "hostile").sendSingly(bytes), answers);
        assertThat(network.bridge.counters().violations).isEqualTo(2);
    }

    // ---- what the connection answers -----------------------------------------------------------------------------

    static Stream<Arguments> laterCases() {
        Bytes text = bytes().b(1, 1);
        return Stream.of(
                row("MQ-6-2 second CONNECT, 3.1", V3_1, connect(V3_1), CLOSED),
                row(
                        "MQ-6-9 too large, as soon as the header is read",
                        V3_1,
                        Bytes.of(0x30).var(10_000_000),
                        CLOSED),
                row("MQ-6-10 CONNACK, v3", V3_1_1, Bytes.of(0x20, 2, 0, 0), CLOSED),
                row("MQ-6-10 type 0, v3", V3_1_1, Bytes.of(0, 0), CLOSED),
                row("MQ-6-12 QoS 3, v3", V3_1_1, Bytes.of(0x36), CLOSED),
                row("MQ-6-13 QoS 0 with DUP, v3", V3_1, Bytes.of(0x38), CLOSED),
                row("MQ-6-16 above the maximum", V5_0, alias(11), "DISCONNECT 0x94", CLOSED),
                row("MQ-6-19 a#", V5_0, subscribe(V5_0, 1, "a#", 0), "SUBACK 1 [0x8f]"),
                row("MQ-6-19 a/#/b", V5_0, subscribe(V5_0, 1, "a/#/b", 0), "SUBACK 1 [0x8f]"),
                row("MQ-6-19 a+/b", V5_0, subscribe(V5_0, 1, "a+/b", 0), "SUBACK 1 [0x8f]"),
                row("MQ-6-19 empty", V5_0, subscribe(V5_0, 1, "", 0), "SUBACK 1 [0x8f]"),
                row(
                        "MQ-6-19 one of three",
                        V5_0,
                        subscribe(
                                V5_0,
                                1,
                                NONE,
                                bytes().s("a").b(1).s("#a").b(1).s("b").b(0)),
                        "SUBACK 1 [1, 0x8f, 0]"),
                row("MQ-6-19 a#, v3.1.1", V3_1_1, subscribe(V3_1_1, 1, "a#", 1), "SUBACK 1 [0x80]"),
                row("MQ-4-27 a#, v3.1 has no failure", V3_1, subscribe(V3_1, 1, "a#", 1), "SUBACK 1 [1]"),
                row("MQ-6-19 leaving a#", V5_0, unsubscribe("a#"), "UNSUBACK 1 [0x8f]"),
                row("MQ-4-28 leaving what is not there", V5_0, unsubscribe("a"), "UNSUBACK 1 [0x11]"),
                row("MQ-6-20 QoS 3, v3", V3_1_1, subscribe(V3_1_1, 1, "a", 3), CLOSED),
                row("MQ-6-21 No Local on shared", V5_0, subscribe(V5_0, 1, "$share/g/a", 4), "DISCONNECT 0x82", CLOSED),
                row("MQ-6-27 no UTF-8", V5_0, publish(V5_0, 2, "t", 4, text, bytes().b(0xff)), "PUBACK 4 0x99"),
                row("MQ-6-27 no UTF-8, QoS 0", V5_0, publish(V5_0, 0, "t", 0, text, bytes().b(0xff))),
                row("MQ-6-28 PUBACK", V5_0, Bytes.of(0x40, 2, 0, 9)),
                row("MQ-6-28 PUBACK, v3", V3_1_1, Bytes.of(0x40, 2, 0, 9)),
                row("MQ-6-28 PUBCOMP", V5_0, Bytes.of(0x70, 2, 0, 9)),
                row("MQ-6-29 PUBREC", V5_0, Bytes.of(0x50, 2, 0, 9), "PUBREL 9 0x92"),
                row("MQ-6-29 PUBREC with a failure", V5_0, Bytes.of(0x50, 3, 0, 9, 0x80)),
                row("MQ-6-29 PUBREC, v3", V3_1_1, Bytes.of(0x50, 2, 0, 9), "PUBREL 9"),
                row("3.1 PUBREL of an unknown id", V5_0, Bytes.of(0x62, 2, 0, 9), "PUBCOMP 9 0x92"),
                row("3.1 PUBREL of an unknown id, v3", V3_1_1, Bytes.of(0x62, 2, 0, 9), "PUBCOMP 9"),
                row("MQ-6-31 PINGREQ with a body, v3", V3_1_1, Bytes.of(0xc0, 1, 0), CLOSED),
                row("MQ-6-32 goodbye with a will", V5_0, Bytes.of(0xe0, 1, 4), CLOSED),
                row(
                        "MQ-6-32 expiry raised from 0",
                        V5_0,
                        packet(0xe0, bytes().b(0).props(bytes().b(0x11).u4(5))),
                        "DISCONNECT 0x82",
                        CLOSED),
                row("MQ-6-33 control in a topic, v3", V3_1_1, publish(V3_1_1, 0, "a\u0001", 0, NONE, NONE), CLOSED),
                row("MQ-6-33 control in a filter, v3", V3_1, subscribe(V3_1, 1, "a\u007f", 0), CLOSED),
                row("MQ-6-37 200 levels", V5_0, subscribe(V5_0, 1, "+/".repeat(199) + "#", 0), "SUBACK 1 [0]"),
                row("MQ-6-37 201 levels", V5_0, subscribe(V5_0, 1, "+/".repeat(200) + "#", 0), "SUBACK 1 [0x97]"),
                row("MQ-6-37 201 levels, v3", V3_1_1, subscribe(V3_1_1, 1, "/".repeat(200), 0), "SUBACK 1 [0x80]"),
                row(
                        "MQ-6-37 201 levels in a topic, v3",
                        V3_1_1,
                        publish(V3_1_1, 0, "/".repeat(200), 0, NONE, NONE),
                        CLOSED),
                row(
                        "MQ-6-37 a topic of 65535 bytes",
                        V5_0,
                        publish(V5_0, 2, "x".repeat(65_535), 3, NONE, NONE),
                        "PUBACK 3 0x10"),
                row("MQ-6-38 maxSubscriptions", V5_0, six(V5_0), "SUBACK 1 [0, 0, 0, 0, 0, 0x97]"),
                row("MQ-6-38 maxSubscriptions, v3", V3_1_1, six(V3_1_1), "SUBACK 1 [0, 0, 0, 0, 0, 0x80]"),
                row("MQ-6-43 $share", V5_0, share(V5_0), "SUBACK 1 [0x8f, 0x8f, 0x8f, 0x8f, 0x8f, 0x8f]"),
                row("MQ-6-43 $share, v3", V3_1_1, share(V3_1_1), "SUBACK 1 [0x80, 0x80, 0x80, 0x80, 0x80, 0x80]"),
                row("MQ-1-19 $SYS", V5_0, publish(V5_0, 2, "$SYS/a", 4, NONE, NONE), "PUBACK 4 0x87"),
                row("MQ-1-19 $share", V5_0, publish(V5_0, 2, "$share/a/b", 4, NONE, NONE), "PUBACK 4 0x90"),
                row("MQ-1-19 $share, QoS 0", V5_0, publish(V5_0, 0, "$share/a/b", 0, NONE, NONE)),
                row("MQ-1-19 $SYS, v3", V3_1_1, publish(V3_1_1, 2, "$SYS/a", 4, NONE, NONE), "PUBACK 4"),
                row("QoS 2 is not served", V5_0, publish(V5_0, 4, "t", 4, NONE, NONE), "DISCONNECT 0x9b", CLOSED),
                row("QoS 2 is not served, v3", V3_1_1, publish(V3_1_1, 4, "t", 4, NONE, NONE), CLOSED),
                row("RETAIN is not served", V5_0, publish(V5_0, 1, "t", 0, NONE, NONE), "DISCONNECT 0x9a", CLOSED),
                row("AUTH that nobody began", V5_0, Bytes.of(0xf0, 0), "DISCONNECT 0x82", CLOSED));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("laterCases")
    void aConnectedClientIsAnswered(String rule, MqttVersion version, Bytes bytes, List<String> answers) {
        expect(network.client(version, "hostile").send(bytes), answers);
        expect(network.client(version, "hostile").sendSingly(bytes), answers);
    }

    static Stream<Arguments> firstCases() {
        return Stream.of(
                row("MQ-6-1 SUBSCRIBE first", V5_0, subscribe(V5_0, 1, "a", 0), CLOSED),
                row("MQ-6-1 DISCONNECT first", V3_1_1, Bytes.of(0xe0, 0), CLOSED),
                row("MQ-6-3 an AMQP header", V3_1_1, bytes().text("AMQP").b(0, 1, 0, 0), CLOSED),
                row("MQ-6-5 reserved flag, v3", V3_1_1, v3Connect(3, bytes().s("c")), CLOSED),
                row(
                        "MQ-6-6 will QoS 3, v3",
                        V3_1_1,
                        v3Connect(0x1e, bytes().s("c").s("t").s("m")),
                        CLOSED),
                row("MQ-6-6 will QoS, no will, v3", V3_1_1, v3Connect(0x0a, bytes().s("c")), CLOSED),
                row(
                        "MQ-6-7 bytes left over, v3",
                        V3_1_1,
                        v3Connect(2, bytes().s("c").b(0)),
                        CLOSED),
                row("MQ-6-33 control in the client id, v3", V3_1_1, v3Connect(2, bytes().s("c\u0001")), CLOSED),
                row(
                        "MQ-6-33 control in the user, v3",
                        V3_1_1,
                        v3Connect(0x82, bytes().s("c").s("u\u0001")),
                        CLOSED),
                row(
                        "MQ-6-45 wildcard in the will topic, v3",
                        V3_1_1,
                        v3Connect(6, bytes().s("c").s("a/+").s("m")),
                        CLOSED),
                row(
                        "MQ-6-45 empty will topic, v3",
                        V3_1_1,
                        v3Connect(6, bytes().s("c").s("").s("m")),
                        CLOSED),
                row("MQ-6-45 will to $SYS", V5_0, v5Will("$SYS/x"), "CONNACK 0 0x87", CLOSED),
                row("MQ-6-45 will to $share", V5_0, v5Will("$share/x/y"), "CONNACK 0 0x90", CLOSED),
                row("MQ-4-1 empty client id, not clean", V3_1_1, v3Connect(0, bytes().s("")), "CONNACK 0 0x02", CLOSED),
                row(
                        "MQ-4-1 empty client id, 3.1",
                        V3_1,
                        packet(0x10, bytes().s("MQIsdp").b(3, 2).u2(0).s("")),
                        "CONNACK 0 0x02",
                        CLOSED),
                row(
                        "MQ-5-17 unknown authentication method",
                        V5_0,
                        connect(V5_0, "c", bytes().b(0x15).s("X")),
                        "CONNACK 0 0x8c",
                        CLOSED),
                row("MQ-5-14 a user nobody knows", V5_0, v5User("u"), "CONNACK 0 0x86", CLOSED),
                row(
                        "MQ-5-14 a user nobody knows, v3",
                        V3_1_1,
                        v3Connect(0x82, bytes().s("c").s("u")),
                        "CONNACK 0 0x04",
                        CLOSED),
                row(
                        "a will of QoS 2 is not served",
                        V5_0,
                        packet(
                                0x10,
                                bytes().s("MQTT")
                                        .b(5, 0x16)
                                        .u2(0)
                                        .b(0)
                                        .s("c")
                                        .b(0)
                                        .s("t")
                                        .s("m")),
                        "CONNACK 0 0x9b",
                        CLOSED));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("firstCases")
    void aClientIsNotLetIn(String rule, MqttVersion version, Bytes bytes, List<String> answers) {
        expect(network.peer().speaks(version).send(bytes), answers);
        expect(network.peer().speaks(version).sendSingly(bytes), answers);
        assertThat(network.bridge.counters().connects).as("the bystander").isEqualTo(1);
    }

    private static Arguments row(String rule, MqttVersion version, Bytes bytes, String... answers) {
        return arguments(rule, version, bytes, List.of(answers));
    }

    private static Bytes alias(int alias) {
        return publish(V5_0, 0, "t", 0, bytes().b(0x23).u2(alias), NONE);
    }

    private static Bytes unsubscribe(String filter) {
        return packet(0xa2, bytes().u2(1).b(0).s(filter));
    }

    private static Bytes six(MqttVersion version) {
        Bytes filters = bytes();
        for (int i = 0; i < 6; i++) {
            filters.s("f/" + i).b(0);
        }
        return subscribe(version, 1, NONE, filters);
    }

    private static Bytes share(MqttVersion version) {
        Bytes filters = bytes();
        for (String filter : List.of("$share", "$share/", "$share/g", "$share//a", "$share/+/a", "$share/g/")) {
            filters.s(filter).b(0);
        }
        return subscribe(version, 1, NONE, filters);
    }

    private static Bytes v3Connect(int flags, Bytes payload) {
        return packet(0x10, bytes().s("MQTT").b(4, flags).u2(0).add(payload));
    }

    private static Bytes v5Will(String topic) {
        return packet(
                0x10, bytes().s("MQTT").b(5, 6).u2(0).b(0).s("c").b(0).s(topic).s("m"));
    }

    private static Bytes v5User(String user) {
        return packet(0x10, bytes().s("MQTT").b(5, 0x82).u2(0).b(0).s("c").s(user));
    }

    // ---- time, order, numbers ------------------------------------------------------------------------------------

    @Test
    @DisplayName("MQ-6-27 A payload that is not the text it says it is goes nowhere, and QoS 0 is counted")
    void aPayloadThatIsNoTextGoesNowhere() {
        Bytes text = bytes().b(1, 1);
        MqttPeer peer = network.client(V5_0, "hostile");
        peer.send(publish(V5_0, 0, "quiet/x", 0, text, bytes().b(0xc3)));
        peer.send(publish(V5_0, 2, "quiet/x", 1, text, bytes().b(0xed, 0xa0, 0x80)));
        assertThat(bystander.takeEvents()).isEmpty();
        assertThat(network.bridge.counters().dropped(DropCause.PAYLOAD_FORMAT)).isEqualTo(1);
        peer.send(publish(V5_0, 0, "quiet/x", 0, text, bytes().text("h\u00e9")));
        assertThat(bystander.takeEvents()).containsExactly("PUBLISH quiet/x q0 {01=1} h\u00e9");
    }

    @ParameterizedTest
    @MethodSource("versions")
    @DisplayName("MQ-6-34 Half a packet, then silence: kept until 1.5 keep alives, then 0x8D; v3 closed")
    void halfAPacketThenSilence(MqttVersion version) {
        MqttPeer peer = network.peer().send(connect(version, "c", NONE, 4));
        peer.takeEvents();
        peer.send(Bytes.of(0x30, 10, 0, 1));
        network.pass(5);
        assertThat(peer.takeEvents()).isEmpty();
        network.pass(3);
        expect(peer, version.isV5() ? List.of("DISCONNECT 0x8d", CLOSED) : List.of(CLOSED));
    }

    static Stream<MqttVersion> versions() {
        return Stream.of(V3_1, V3_1_1, V5_0);
    }

    @ParameterizedTest
    @MethodSource("versions")
    @DisplayName("MQ-6-35 One byte at a time, or all packets in one segment: as if normal")
    void segmentsDoNotMatter(MqttVersion version) {
        Bytes whole = connect(version, "c", NONE)
                .add(subscribe(version, 1, "t/+", 1))
                .add(publish(version, 0, "t/a", 0, NONE, bytes().text("one")))
                .add(publish(version, 2, "t/b", 5, NONE, bytes().text("two")))
                .add(Bytes.of(0xc0, 0))
                .add(Bytes.of(0x40, 2, 0, 1))
                .add(Bytes.of(0xe0, 0));
        MqttPeer fast = network.peer().speaks(version).send(whole);
        List<String> events = fast.takeEvents();
        assertThat(events.get(0)).startsWith("CONNACK 0 0x00");
        assertThat(events.subList(1, events.size()))
                .containsExactly(
                        "SUBACK 1 [1]", "PUBLISH t/a q0 one", "PUBLISH t/b q1 id1 two", "PINGRESP", "PUBACK 5", CLOSED);
        assertThat(network.peer().speaks(version).sendSingly(whole).takeEvents())
                .isEqualTo(events);
    }

    @Test
    @DisplayName("MQ-6-38 # of many clients: each gets its copy, and leaves nothing when it goes")
    void everybodyReadsEverything() {
        List<MqttPeer> readers = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            readers.add(network.client(V3_1_1, "r" + i).subscribe("#", 0));
        }
        network.client(V5_0, "w").publish("a/b", 0, 0, "x");
        for (MqttPeer reader : readers) {
            assertThat(reader.takeEvents()).containsExactly("PUBLISH a/b q0 x");
            reader.wire.cut();
        }
        nobodyNoticed(1);
    }

    @Test
    @DisplayName("MQ-6-36 More CONNECTs than a second's from one origin: 0x9F, v3 0x03; no growth, one log line")
    void tooManyConnects() {
        MqttBridge limited = network.bridge(Settings.connectRate(5).make());
        for (int i = 0; i < 5; i++) {
            network.client(limited, V5_0, "in" + i, NONE).wire.cut();
        }
        expect(network.peer(limited).send(connect(V5_0)), List.of("CONNACK 0 0x9f", CLOSED));
        expect(network.peer(limited).send(connect(V3_1_1)), List.of("CONNACK 0 0x03", CLOSED));
        for (int i = 0; i < 1_000; i++) {
            MqttPeer peer = network.peer(limited).send(connect(V3_1));
            assertThat(peer.takeEvents()).containsExactly("CONNACK 0 0x03", CLOSED);
        }
        assertThat(limited.counters().refused(ReasonCode.CONNECTION_RATE_EXCEEDED))
                .isEqualTo(1_002);
        assertThat(network.events.stream().filter(event -> event.startsWith("refused")))
                .hasSize(1);
        assertThat(limited.connectRate().originCount()).isEqualTo(1);
        network.pass(1);
        assertThat(network.client(limited, V5_0, "later", NONE).isClosed()).isFalse();
        nobodyNoticed(1);
    }

    @Test
    @DisplayName("MQ-6-33 strictUtf8 off: control characters and non-characters are accepted")
    void lenientText() {
        MqttPeer peer =
                network.client(network.bridge(new Settings().lenientUtf8().make()), V5_0, "c\u0001", NONE);
        peer.subscribe("a\u0007/\uffff", 0).publish("a\u0007/\uffff", 0, 0, "x");
        assertThat(peer.takeEvents()).containsExactly("PUBLISH a\u0007/\uffff q0 x");
        peer.send(publish(V5_0, 0, "a\0", 0, NONE, NONE));
        assertThat(peer.takeEvents().toString()).startsWith("[DISCONNECT 0x81");
    }
}
