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
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.Arguments;

/**
 * Every way of breaking a packet that chapter 6 of the bridge's specification lists and a decoder can see, with the code
 * it costs; null where the packet is right, or the server's to answer.
 */
public final class MalformedPackets {

    private MalformedPackets() {}

    private static final Bytes NONE = bytes();
    /** Level 5 flags and keep alive: what stands before the properties of a CONNECT. */
    private static final int CLEAN = 2;

    /** Rule, bytes of a first packet, code, and whether nothing is answered. */
    public static Stream<Arguments> firstPackets() {
        return Stream.of(
                silent("MQ-6-1 first packet is PINGREQ", Bytes.of(0xc0, 0), ReasonCode.PROTOCOL_ERROR),
                silent("MQ-6-1 first packet is PUBLISH", Bytes.of(0x30), ReasonCode.PROTOCOL_ERROR),
                silent("MQ-6-1 AUTH before CONNECT", Bytes.of(0xf0, 0), ReasonCode.PROTOCOL_ERROR),
                silent("MQ-6-11 flags in CONNECT", Bytes.of(0x11), ReasonCode.PROTOCOL_ERROR),
                silent(
                        "MQ-6-3 protocol name",
                        packet(0x10, bytes().s("MQTX").b(4, CLEAN).u2(0).s("c")),
                        ReasonCode.UNSUPPORTED_PROTOCOL_VERSION),
                refused("MQ-6-4 level 6", level("MQTT", 6), ReasonCode.UNSUPPORTED_PROTOCOL_VERSION),
                refused("MQ-6-4 level 3 with MQTT", level("MQTT", 3), ReasonCode.UNSUPPORTED_PROTOCOL_VERSION),
                refused("MQ-6-4 level 4 with MQIsdp", level("MQIsdp", 4), ReasonCode.UNSUPPORTED_PROTOCOL_VERSION),
                refused("MQ-6-4 level 5 with MQIsdp", level("MQIsdp", 5), ReasonCode.UNSUPPORTED_PROTOCOL_VERSION),
                refused("MQ-6-4 level of a bridge", level("MQTT", 0x84), ReasonCode.UNSUPPORTED_PROTOCOL_VERSION),
                refused(
                        "MQ-6-5 reserved flag",
                        v5Connect(CLEAN | 1, NONE, bytes().s("c")),
                        ReasonCode.MALFORMED_PACKET),
                refused(
                        "MQ-6-6 will QoS 3",
                        v5Connect(CLEAN | 0x1c, NONE, bytes().s("c").b(0).s("w").s("m")),
                        ReasonCode.MALFORMED_PACKET),
                refused("MQ-6-6 will QoS, no will", v5Connect(0x08, NONE, bytes().s("c")), ReasonCode.MALFORMED_PACKET),
                refused(
                        "MQ-6-6 will retain, no will",
                        v5Connect(0x20, NONE, bytes().s("c")),
                        ReasonCode.MALFORMED_PACKET),
                refused(
                        "MQ-6-6 v3 password without user name",
                        packet(0x10, bytes().s("MQTT").b(4, 0x42).u2(0).s("c").s("pw")),
                        ReasonCode.MALFORMED_PACKET),
                arguments(
                        "MQ-6-6 v5 password without user name",
                        v5Connect(0x42, NONE, bytes().s("c").s("pw")),
                        null,
                        false),
                silent("MQ-6-7 cut in the name", packet(0x10, bytes().u2(4).text("MQ")), ReasonCode.MALFORMED_PACKET),
                silent("MQ-6-7 nothing in it", packet(0x10, NONE), ReasonCode.MALFORMED_PACKET),
                refused(
                        "MQ-6-7 cut after the level",
                        packet(0x10, bytes().s("MQTT").b(5)),
                        ReasonCode.MALFORMED_PACKET),
                refused(
                        "MQ-6-7 cut in the keep alive",
                        packet(0x10, bytes().s("MQTT").b(4, 2, 0)),
                        ReasonCode.MALFORMED_PACKET),
                refused("MQ-6-7 no client id", v5Connect(CLEAN, NONE, NONE), ReasonCode.MALFORMED_PACKET),
                refused(
                        "MQ-6-7 client id beyond the end",
                        v5Connect(CLEAN, NONE, bytes().u2(9).text("c")),
                        ReasonCode.MALFORMED_PACKET),
                refused(
                        "MQ-6-7 bytes left over",
                        v5Connect(CLEAN, NONE, bytes().s("c").b(0)),
                        ReasonCode.MALFORMED_PACKET),
                refused("MQ-6-7 will missing", v5Connect(CLEAN | 4, NONE, bytes().s("c")), ReasonCode.MALFORMED_PACKET),
                silent("MQ-5-4 CONNECT too large", Bytes.of(0x10).var(70_000), ReasonCode.PACKET_TOO_LARGE),
                refused(
                        "MQ-6-22 twice",
                        connectWith(bytes().b(0x21).u2(1).b(0x21).u2(1)),
                        ReasonCode.PROTOCOL_ERROR),
                refused("MQ-6-22 not here", connectWith(bytes().b(0x23).u2(1)), ReasonCode.PROTOCOL_ERROR),
                refused("MQ-6-22 server's", connectWith(bytes().b(0x12).s("x")), ReasonCode.PROTOCOL_ERROR),
                refused("MQ-6-22 in a will", willWith(bytes().b(0x23).u2(1)), ReasonCode.PROTOCOL_ERROR),
                refused("MQ-6-22 twice in a will", willWith(bytes().b(1, 1, 1, 1)), ReasonCode.PROTOCOL_ERROR),
                refused("MQ-6-23 unknown", connectWith(bytes().b(0x7e, 0)), ReasonCode.MALFORMED_PACKET),
                refused("MQ-6-23 id of two bytes", connectWith(bytes().b(0x91, 0)), ReasonCode.MALFORMED_PACKET),
                refused(
                        "MQ-6-23 properties beyond the end",
                        packet(
                                0x10,
                                bytes().s("MQTT").b(5, 2).u2(0).var(90).b(0x21).u2(1)),
                        ReasonCode.MALFORMED_PACKET),
                refused("MQ-6-23 value cut", connectWith(bytes().b(0x11, 0, 0)), ReasonCode.MALFORMED_PACKET),
                refused("MQ-6-23 text cut", connectWith(bytes().b(0x15).u2(9).text("M")), ReasonCode.MALFORMED_PACKET),
                refused("MQ-6-23 pair cut", connectWith(bytes().b(0x26).s("k")), ReasonCode.MALFORMED_PACKET),
                refused("MQ-6-23 not 0 or 1", connectWith(bytes().b(0x17, 2)), ReasonCode.PROTOCOL_ERROR),
                refused("MQ-6-24 receive maximum 0", connectWith(bytes().b(0x21).u2(0)), ReasonCode.PROTOCOL_ERROR),
                refused(
                        "MQ-6-24 maximum packet size 0",
                        connectWith(bytes().b(0x27).u4(0)),
                        ReasonCode.PROTOCOL_ERROR),
                refused(
                        "MQ-6-25 data without method",
                        connectWith(bytes().b(0x16).s("x")),
                        ReasonCode.PROTOCOL_ERROR),
                refused("MQ-6-26 in a will", willWith(bytes().b(0x08).s("r/+")), ReasonCode.PROTOCOL_ERROR),
                refused(
                        "MQ-6-33 control character in client id",
                        connect(V5_0, "c\u0001", NONE),
                        ReasonCode.CLIENT_IDENTIFIER_NOT_VALID),
                refused(
                        "MQ-6-33 non-character in client id",
                        connect(V3_1_1, "c\uffff", NONE),
                        ReasonCode.MALFORMED_PACKET),
                refused(
                        "MQ-6-33 control character in user name",
                        v5Connect(CLEAN | 0x80, NONE, bytes().s("c").s("u\u0085")),
                        ReasonCode.MALFORMED_PACKET),
                refused("MQ-6-14 U+0000 in client id", connect(V5_0, "a\0b", NONE), ReasonCode.MALFORMED_PACKET),
                refused(
                        "MQ-6-14 surrogate in client id",
                        v5Connect(CLEAN, NONE, bytes().u2(3).b(0xed, 0xa0, 0x80)),
                        ReasonCode.MALFORMED_PACKET),
                refused("MQ-6-39 user properties", connectWith(userProperties(1_001)), ReasonCode.QUOTA_EXCEEDED),
                arguments("MQ-6-39 at the limit", connectWith(userProperties(1_000)), null, false),
                refused("MQ-6-45 wildcard in will topic", willTo("a/#"), ReasonCode.TOPIC_NAME_INVALID),
                refused("MQ-6-45 empty will topic", willTo(""), ReasonCode.TOPIC_NAME_INVALID),
                refused("MQ-6-45 U+0000 in will topic", willTo("a\0"), ReasonCode.MALFORMED_PACKET));
    }

    /** Rule, version of the connection, bytes after its CONNECT, code. */
    public static Stream<Arguments> laterPackets() {
        return Stream.of(fixedHeaders(), publishes(), subscribes(), others()).flatMap(rows -> rows);
    }

    private static Stream<Arguments> fixedHeaders() {
        return Stream.of(
                v5("MQ-6-2 second CONNECT", connect(V5_0), ReasonCode.PROTOCOL_ERROR),
                v3("MQ-6-2 second CONNECT v3", connect(V3_1_1), ReasonCode.PROTOCOL_ERROR),
                v5("MQ-6-8 five bytes", Bytes.of(0x30, 0xff, 0xff, 0xff, 0xff, 1), ReasonCode.MALFORMED_PACKET),
                v5("MQ-6-8 longer than needed", Bytes.of(0xc0, 0x80, 0x00), ReasonCode.MALFORMED_PACKET),
                v5("MQ-6-9 too large", Bytes.of(0x30).var(10_000_000), ReasonCode.PACKET_TOO_LARGE),
                v3("MQ-6-9 too large v3", Bytes.of(0x82).var(10_000_000), ReasonCode.PACKET_TOO_LARGE),
                v5("SUBSCRIBE over the held limit", Bytes.of(0x82).var(1 << 20), ReasonCode.QUOTA_EXCEEDED),
                v5("MQ-6-10 type 0", Bytes.of(0x00, 0), ReasonCode.MALFORMED_PACKET),
                v3("MQ-6-10 type 15", Bytes.of(0xf0, 0), ReasonCode.PROTOCOL_ERROR),
                v5("MQ-6-10 CONNACK", Bytes.of(0x20, 2, 0, 0), ReasonCode.PROTOCOL_ERROR),
                v5("MQ-6-10 SUBACK", Bytes.of(0x90, 3, 0, 1, 0), ReasonCode.PROTOCOL_ERROR),
                v5("MQ-6-10 UNSUBACK", Bytes.of(0xb0, 2, 0, 1), ReasonCode.PROTOCOL_ERROR),
                v5("MQ-6-10 PINGRESP", Bytes.of(0xd0, 0), ReasonCode.PROTOCOL_ERROR),
                v5("MQ-6-11 PUBREL flags", Bytes.of(0x60, 2, 0, 1), ReasonCode.MALFORMED_PACKET),
                v5("MQ-6-11 SUBSCRIBE flags", Bytes.of(0x80, 6, 0, 1), ReasonCode.MALFORMED_PACKET),
                v5("MQ-6-11 UNSUBSCRIBE flags", Bytes.of(0xa3, 6, 0, 1), ReasonCode.MALFORMED_PACKET),
                v5("MQ-6-11 PUBACK flags", Bytes.of(0x41, 2, 0, 1), ReasonCode.MALFORMED_PACKET),
                v5("MQ-6-11 PUBREC flags", Bytes.of(0x52, 2, 0, 1), ReasonCode.MALFORMED_PACKET),
                v5("MQ-6-11 PUBCOMP flags", Bytes.of(0x74, 2, 0, 1), ReasonCode.MALFORMED_PACKET),
                v5("MQ-6-11 PINGREQ flags", Bytes.of(0xc8, 0), ReasonCode.MALFORMED_PACKET),
                v5("MQ-6-11 DISCONNECT flags", Bytes.of(0xe1, 0), ReasonCode.MALFORMED_PACKET),
                v5("MQ-6-11 AUTH flags", Bytes.of(0xf1, 0), ReasonCode.MALFORMED_PACKET),
                v3("MQ-6-11 SUBSCRIBE flags v3", Bytes.of(0x80), ReasonCode.MALFORMED_PACKET),
                v5("MQ-6-12 QoS 3", Bytes.of(0x36), ReasonCode.MALFORMED_PACKET),
                v5("MQ-6-13 QoS 0 with DUP", Bytes.of(0x38), ReasonCode.MALFORMED_PACKET),
                v5("MQ-6-31 PINGREQ with a body", Bytes.of(0xc0, 1), ReasonCode.MALFORMED_PACKET));
    }

    private static Stream<Arguments> publishes() {
        Bytes payload = bytes().text("x");
        return Stream.of(
                v5("MQ-6-14 +", publish(V5_0, 0, "a/+", 0, NONE, payload), ReasonCode.TOPIC_NAME_INVALID),
                v5("MQ-6-14 #", publish(V5_0, 0, "a#b", 0, NONE, payload), ReasonCode.TOPIC_NAME_INVALID),
                v3("MQ-6-14 # v3", publish(V3_1_1, 0, "#", 0, NONE, payload), ReasonCode.TOPIC_NAME_INVALID),
                v5("MQ-6-14 U+0000", publish(V5_0, 0, "a\0", 0, NONE, payload), ReasonCode.MALFORMED_PACKET),
                v5("MQ-6-14 not UTF-8", topicBytes(0xc3, 0x28), ReasonCode.MALFORMED_PACKET),
                v5("MQ-6-14 too long form", topicBytes(0xc0, 0xaf), ReasonCode.MALFORMED_PACKET),
                v5("MQ-6-14 surrogate", topicBytes(0xed, 0xbf, 0xbf), ReasonCode.MALFORMED_PACKET),
                v5("MQ-6-14 above U+10FFFF", topicBytes(0xf4, 0x90, 0x80, 0x80), ReasonCode.MALFORMED_PACKET),
                v5("MQ-6-15 no topic, no alias", publish(V5_0, 0, "", 0, NONE, payload), ReasonCode.PROTOCOL_ERROR),
                v3("MQ-6-15 no topic v3", publish(V3_1_1, 0, "", 0, NONE, payload), ReasonCode.PROTOCOL_ERROR),
                v5("MQ-6-16 alias 0", alias("t", 0), ReasonCode.TOPIC_ALIAS_INVALID),
                v5("MQ-6-16 alias above the maximum", alias("t", 11), ReasonCode.TOPIC_ALIAS_INVALID),
                v5("MQ-6-16 alias at the maximum", alias("t", 10), null),
                v5("MQ-6-16 unknown alias", alias("", 3), ReasonCode.PROTOCOL_ERROR),
                v5("MQ-6-17 packet id 0", publish(V5_0, 2, "t", 0, NONE, payload), ReasonCode.PROTOCOL_ERROR),
                v3("MQ-6-17 packet id 0 v3", publish(V3_1, 2, "t", 0, NONE, payload), ReasonCode.PROTOCOL_ERROR),
                v5("PUBLISH without topic", Bytes.of(0x30, 1, 0), ReasonCode.MALFORMED_PACKET),
                v5("PUBLISH topic beyond the end", Bytes.of(0x30, 3, 0, 9, 0), ReasonCode.MALFORMED_PACKET),
                v5("PUBLISH without properties", packet(0x30, bytes().s("t")), ReasonCode.MALFORMED_PACKET),
                v5("MQ-6-22 twice", props(bytes().b(2).u4(1).b(2).u4(1)), ReasonCode.PROTOCOL_ERROR),
                v5("MQ-6-22 not here", props(bytes().b(0x11).u4(1)), ReasonCode.PROTOCOL_ERROR),
                v5("MQ-4-26 subscription id", props(bytes().b(0x0b, 1)), ReasonCode.PROTOCOL_ERROR),
                v5("MQ-6-23 indicator 2", props(bytes().b(1, 2)), ReasonCode.PROTOCOL_ERROR),
                v5("MQ-6-23 beyond the end", packet(0x30, bytes().s("t").b(9, 1, 1)), ReasonCode.MALFORMED_PACKET),
                v5("MQ-6-23 text not UTF-8", props(bytes().b(3).u2(1).b(0xff)), ReasonCode.MALFORMED_PACKET),
                v5("MQ-6-26 wildcard", props(bytes().b(8).s("a/#")), ReasonCode.PROTOCOL_ERROR),
                v5("MQ-6-26 empty", props(bytes().b(8).s("")), ReasonCode.PROTOCOL_ERROR),
                v5("MQ-6-33 control", publish(V5_0, 0, "a\u0007", 0, NONE, payload), ReasonCode.MALFORMED_PACKET),
                v5("MQ-6-33 U+009F", publish(V5_0, 0, "a\u009f", 0, NONE, payload), ReasonCode.MALFORMED_PACKET),
                v5("MQ-6-33 U+FFFF", publish(V5_0, 0, "a\uffff", 0, NONE, payload), ReasonCode.MALFORMED_PACKET),
                v5("MQ-1-16 U+FEFF is kept", publish(V5_0, 0, "\ufeffa", 0, NONE, payload), null),
                v5("MQ-6-37 200 levels", publish(V5_0, 0, "/".repeat(199), 0, NONE, payload), null),
                v5(
                        "MQ-6-37 201 levels",
                        publish(V5_0, 0, "/".repeat(200), 0, NONE, payload),
                        ReasonCode.TOPIC_NAME_INVALID),
                v5("MQ-6-37 65535 bytes", publish(V5_0, 0, "x".repeat(65_535), 0, NONE, payload), null),
                v5("MQ-6-39 user properties", props(userProperties(1_001)), ReasonCode.QUOTA_EXCEEDED),
                v5(
                        "large PUBLISH with properties beyond the end",
                        Bytes.of(0x30).var(200_000).s("t").var(199_999),
                        ReasonCode.MALFORMED_PACKET),
                v5(
                        "large PUBLISH with a header over the held limit",
                        Bytes.of(0x30).var(9_000_000).s("t").var(2_000_000),
                        ReasonCode.QUOTA_EXCEEDED),
                v5(
                        "large PUBLISH with a property length of five bytes",
                        Bytes.of(0x30).var(200_000).s("t").b(0xff, 0xff, 0xff, 0xff),
                        ReasonCode.MALFORMED_PACKET));
    }

    private static Stream<Arguments> subscribes() {
        return Stream.of(
                v5("MQ-6-17 SUBSCRIBE id 0", subscribe(V5_0, 0, "a", 0), ReasonCode.PROTOCOL_ERROR),
                v5("MQ-6-17 UNSUBSCRIBE id 0", packet(0xa2, bytes().u2(0).b(0).s("a")), ReasonCode.PROTOCOL_ERROR),
                v5("MQ-6-18 no filter", subscribe(V5_0, 1, NONE, NONE), ReasonCode.PROTOCOL_ERROR),
                v5("MQ-6-18 no filter to leave", packet(0xa2, bytes().u2(1).b(0)), ReasonCode.PROTOCOL_ERROR),
                v3("MQ-6-18 no filter v3", packet(0x82, bytes().u2(1)), ReasonCode.PROTOCOL_ERROR),
                v3("MQ-6-19 empty filter v3", subscribe(V3_1_1, 1, "", 0), ReasonCode.PROTOCOL_ERROR),
                v3(
                        "MQ-6-19 filter not UTF-8 v3",
                        packet(0x82, bytes().u2(1).u2(1).b(0xff, 0)),
                        ReasonCode.MALFORMED_PACKET),
                v5("MQ-6-19 an empty filter is the server's to answer", subscribe(V5_0, 1, "", 0), null),
                v5("MQ-6-19 a# is the server's to answer", subscribe(V5_0, 1, "a#", 0), null),
                v5("MQ-6-20 QoS 3", subscribe(V5_0, 1, "a", 3), ReasonCode.MALFORMED_PACKET),
                v5("MQ-6-20 reserved bit 6", subscribe(V5_0, 1, "a", 0x40), ReasonCode.MALFORMED_PACKET),
                v5("MQ-6-20 reserved bit 7", subscribe(V5_0, 1, "a", 0x80), ReasonCode.MALFORMED_PACKET),
                v5("MQ-6-20 retain handling 3", subscribe(V5_0, 1, "a", 0x30), ReasonCode.MALFORMED_PACKET),
                v3("MQ-4-24 reserved bits v3", subscribe(V3_1_1, 1, "a", 4), ReasonCode.MALFORMED_PACKET),
                v5("MQ-4-26 id 0", subId(bytes().b(0x0b, 0)), ReasonCode.PROTOCOL_ERROR),
                v5("MQ-4-26 two ids", subId(bytes().b(0x0b, 1, 0x0b, 2)), ReasonCode.PROTOCOL_ERROR),
                v5("MQ-4-26 the largest id", subId(bytes().b(0x0b).var(268_435_455)), null),
                v5(
                        "MQ-6-23 id of five bytes",
                        subId(bytes().b(0x0b, 0xff, 0xff, 0xff, 0xff, 1)),
                        ReasonCode.MALFORMED_PACKET),
                v5("MQ-6-22 not in SUBSCRIBE", subId(bytes().b(1, 1)), ReasonCode.PROTOCOL_ERROR),
                v5(
                        "MQ-6-22 not in UNSUBSCRIBE",
                        packet(0xa2, bytes().u2(1).props(bytes().b(0x0b, 1)).s("a")),
                        ReasonCode.PROTOCOL_ERROR),
                v5("filter without options", packet(0x82, bytes().u2(1).b(0).s("a")), ReasonCode.MALFORMED_PACKET),
                v5(
                        "filter beyond the end",
                        packet(0x82, bytes().u2(1).b(0).u2(9).b(0)),
                        ReasonCode.MALFORMED_PACKET),
                v5("MQ-6-33 control in a filter", subscribe(V5_0, 1, "a\u0001", 0), ReasonCode.MALFORMED_PACKET));
    }

    private static Stream<Arguments> others() {
        return Stream.of(
                v5("PUBACK id 0", Bytes.of(0x40, 2, 0, 0), ReasonCode.PROTOCOL_ERROR),
                v5("PUBACK of one byte", Bytes.of(0x40, 1, 0), ReasonCode.MALFORMED_PACKET),
                v5("MQ-6-30 unknown code", Bytes.of(0x40, 3, 0, 1, 0x05), ReasonCode.PROTOCOL_ERROR),
                v5("MQ-6-30 code of another packet", Bytes.of(0x40, 3, 0, 1, 0x92), ReasonCode.PROTOCOL_ERROR),
                v5("MQ-6-30 PUBREL with a code of PUBREC", Bytes.of(0x62, 3, 0, 1, 0x97), ReasonCode.PROTOCOL_ERROR),
                v5("MQ-6-30 extra bytes", Bytes.of(0x40, 5, 0, 1, 0, 0, 9), ReasonCode.MALFORMED_PACKET),
                v3("MQ-6-30 extra bytes v3", Bytes.of(0x40, 3, 0, 1, 0), ReasonCode.MALFORMED_PACKET),
                v5("MQ-6-22 not in PUBACK", Bytes.of(0x40, 6, 0, 1, 0, 2, 1, 1), ReasonCode.PROTOCOL_ERROR),
                v5("MQ-6-32 unknown code", Bytes.of(0xe0, 1, 0x05), ReasonCode.MALFORMED_PACKET),
                v5("MQ-6-32 server-only code", Bytes.of(0xe0, 1, 0x8b), ReasonCode.PROTOCOL_ERROR),
                v5("MQ-6-32 extra bytes", Bytes.of(0xe0, 3, 0, 0, 9), ReasonCode.MALFORMED_PACKET),
                v5(
                        "MQ-6-22 server reference",
                        packet(0xe0, bytes().b(0).props(bytes().b(0x1c).s("x"))),
                        ReasonCode.PROTOCOL_ERROR),
                v3("DISCONNECT with a body v3", Bytes.of(0xe0, 1, 0), ReasonCode.MALFORMED_PACKET),
                v5("AUTH without reason", Bytes.of(0xf0, 0), null),
                v5("AUTH with an unknown reason", Bytes.of(0xf0, 2, 5, 0), ReasonCode.PROTOCOL_ERROR));
    }

    private static Arguments silent(String rule, Bytes bytes, ReasonCode code) {
        return arguments(rule, bytes, code, true);
    }

    private static Arguments refused(String rule, Bytes bytes, ReasonCode code) {
        return arguments(rule, bytes, code, false);
    }

    private static Arguments v5(String rule, Bytes bytes, @Nullable ReasonCode code) {
        return arguments(rule, V5_0, bytes, code);
    }

    private static Arguments v3(String rule, Bytes bytes, @Nullable ReasonCode code) {
        return arguments(rule, V3_1_1, bytes, code);
    }

    private static Bytes level(String name, int level) {
        return packet(0x10, bytes().s(name).b(level, CLEAN).u2(0).b(0).s("c"));
    }

    private static Bytes v5Connect(int flags, Bytes properties, Bytes payload) {
        return packet(
                0x10, bytes().s("MQTT").b(5, flags).u2(0).props(properties).add(payload));
    }

    private static Bytes connectWith(Bytes properties) {
        return connect(V5_0, "c", properties);
    }

    private static Bytes willWith(Bytes properties) {
        return v5Connect(
                CLEAN | 4, NONE, bytes().s("c").props(properties).s("w").s("m"));
    }

    private static Bytes willTo(String topic) {
        return v5Connect(CLEAN | 4, NONE, bytes().s("c").b(0).s(topic).s("m"));
    }

    private static Bytes topicBytes(int... topic) {
        return packet(0x30, bytes().u2(topic.length).b(topic).b(0));
    }

    private static Bytes alias(String topic, int alias) {
        return publish(V5_0, 0, topic, 0, bytes().b(0x23).u2(alias), NONE);
    }

    private static Bytes props(Bytes properties) {
        return publish(V5_0, 0, "t", 0, properties, NONE);
    }

    private static Bytes subId(Bytes properties) {
        return subscribe(V5_0, 1, properties, bytes().s("a").b(0));
    }

    private static Bytes userProperties(int count) {
        Bytes properties = bytes();
        for (int i = 0; i < count; i++) {
            properties.b(0x26).s("k").s("v");
        }
        return properties;
    }
}
