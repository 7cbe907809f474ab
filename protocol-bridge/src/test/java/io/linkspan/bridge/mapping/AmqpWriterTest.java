// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.codec.Binary;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.amqp.codec.Timestamp;
import io.linkspan.amqp.codec.UnsignedByte;
import io.linkspan.amqp.codec.UnsignedInteger;
import io.linkspan.bridge.codec.Bytes;
import io.linkspan.bridge.topic.TopicEscape;
import io.linkspan.bridge.topic.TopicMapping;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** MQ-2-1: each row of the table from MQTT to AMQP. */
class AmqpWriterTest {

    private static final long NOW = 1_700_000_000_123L;
    private static final UUID ID = UUID.fromString("01234567-89ab-cdef-0123-456789abcdef");

    @Test
    @DisplayName("MQ-2-1 Payload, topic, QoS 0, arrival time; MQ-2-2 nothing else for a publication of MQTT 3")
    void plainMessage() {
        Map<Integer, @Nullable Object> message = write(MappingOptions.DEFAULT, "a/b", 0, false, Bytes.bytes(), "x");
        assertThat(message).containsOnlyKeys(0x70, 0x72, 0x73, 0x75);
        assertThat(header(message)).containsExactly(false);
        assertThat(annotations(message)).containsExactly(Map.entry(new Symbol("x-opt-mqtt-qos"), new UnsignedByte(0)));
        assertThat(properties(message))
                .containsExactly(null, null, "a.b", null, null, null, null, null, null, new Timestamp(NOW));
        assertThat(message.get(0x75)).isEqualTo(binary("x"));
    }

    @Test
    @DisplayName("MQ-2-1 QoS 1 and 2 are durable, with the QoS as an annotation")
    void qosIsDurability() {
        for (int qos = 1; qos <= 2; qos++) {
            Map<Integer, @Nullable Object> message = write(MappingOptions.DEFAULT, "t", qos, false, Bytes.bytes(), "x");
            assertThat(header(message)).containsExactly(true);
            assertThat(annotations(message)).containsEntry(new Symbol("x-opt-mqtt-qos"), new UnsignedByte(qos));
        }
    }

    @Test
    @DisplayName("MQ-2-1 RETAIN is an annotation, true only")
    void retain() {
        assertThat(annotations(write(MappingOptions.DEFAULT, "t", 0, true, Bytes.bytes(), "x")))
                .containsEntry(new Symbol("x-opt-retain-message"), true);
    }

    @Test
    @DisplayName("MQ-2-1 An empty payload is one empty data section")
    void emptyPayload() {
        assertThat(write(MappingOptions.DEFAULT, "t", 0, false, Bytes.bytes(), "")
                        .get(0x75))
                .isEqualTo(binary(""));
    }

    @Test
    @DisplayName("MQ-2-1 Payload Format Indicator is an annotation; with mqttTextBody a string body")
    void payloadFormat() {
        Bytes properties = Bytes.of(1, 1);
        Map<Integer, @Nullable Object> data = write(MappingOptions.DEFAULT, "t", 0, false, properties, "é");
        assertThat(annotations(data)).containsEntry(new Symbol("x-opt-mqtt-payload-format"), new UnsignedByte(1));
        assertThat(data.get(0x75)).isEqualTo(binary("é"));
        MappingOptions text = new MappingOptions(true, false, false, false, false, true, false);
        assertThat(write(text, "t", 0, false, properties, "é").get(0x77)).isEqualTo("é");
        String longText = "x".repeat(300);
        assertThat(write(text, "t", 0, false, properties, longText).get(0x77)).isEqualTo(longText);
        assertThat(write(text, "t", 0, false, Bytes.of(1, 0), "é")).containsKey(0x75);
        assertThat(write(text, "t", 0, false, Bytes.bytes(), "é")).containsKey(0x75);
        assertThat(writeBytes(text, properties, new byte[] {(byte) 0xff})).containsKey(0x75);
    }

    @Test
    @DisplayName("MQ-2-1 Message Expiry Interval is ttl and absolute-expiry-time")
    void expiry() {
        Map<Integer, @Nullable Object> message = write("t", 60, Bytes.of(2).u4(60));
        assertThat(header(message)).containsExactly(false, null, new UnsignedInteger(60_000));
        assertThat(properties(message).get(8)).isEqualTo(new Timestamp(NOW + 60_000));
        Map<Integer, @Nullable Object> atOnce = write("t", 0, Bytes.of(2).u4(0));
        assertThat(header(atOnce)).containsExactly(false, null, new UnsignedInteger(0));
        assertThat(properties(atOnce).get(8)).isEqualTo(new Timestamp(NOW));
        Map<Integer, @Nullable Object> longest =
                write("t", 0xffffffffL, Bytes.of(2).u4(0xffffffffL));
        assertThat(header(longest).get(2)).hasToString("4294967295");
        assertThat(properties(longest).get(8)).isEqualTo(new Timestamp(NOW + 4_294_967_295_000L));
    }

    @Test
    @DisplayName("MQ-2-1 Content Type is content-type if ASCII, else an annotation")
    void contentType() {
        assertThat(properties(write("t", -1, Bytes.of(3).s("text/plain"))).get(6))
                .isEqualTo(new Symbol("text/plain"));
        Map<Integer, @Nullable Object> other = write("t", -1, Bytes.of(3).s("tëxt"));
        assertThat(properties(other).get(6)).isNull();
        assertThat(annotations(other)).containsEntry(new Symbol("x-opt-mqtt-content-type"), "tëxt");
    }

    @Test
    @DisplayName("MQ-2-1 Response Topic is reply-to, translated")
    void responseTopic() {
        assertThat(properties(write("t", -1, Bytes.of(8).s("re/1.5/x"))).get(4)).isEqualTo("re.1%2E5.x");
    }

    @Test
    @DisplayName("MQ-2-1 Correlation Data is correlation-id: binary, or a uuid")
    void correlation() {
        assertThat(properties(write("t", -1, Bytes.of(9).u2(2).b(0, 0xff))).get(5))
                .isEqualTo(new Binary(new byte[] {0, (byte) 0xff}));
        assertThat(properties(write("t", -1, Bytes.of(9).s("urn:uuid:" + ID))).get(5))
                .isEqualTo(ID);
        String upper = "urn:uuid:01234567-89AB-CDEF-0123-456789ABCDEF";
        assertThat(properties(write("t", -1, Bytes.of(9).s(upper))).get(5)).isEqualTo(binary(upper));
        String wrong = "urn:uuid:0123456789ab-cdef-0123-4567-89abcdef0";
        assertThat(properties(write("t", -1, Bytes.of(9).s(wrong))).get(5)).isEqualTo(binary(wrong));
    }

    @Test
    @DisplayName("MQ-2-1 User properties are application properties; repeated ones go along as a list")
    void userProperties() {
        Bytes once = Bytes.of(0x26).s("k1").s("v1").b(0x26).s("é").s("");
        Map<Integer, @Nullable Object> message = write("t", -1, once);
        assertThat(application(message)).containsExactly(Map.entry("k1", "v1"), Map.entry("é", ""));
        assertThat(annotations(message)).containsOnlyKeys(new Symbol("x-opt-mqtt-qos"));
        Bytes twice = Bytes.of(0x26)
                .s("k")
                .s("1")
                .b(0x26)
                .s("l")
                .s("2")
                .b(0x26)
                .s("k")
                .s("3");
        Map<Integer, @Nullable Object> repeated = write("t", -1, twice);
        assertThat(application(repeated)).containsExactly(Map.entry("k", "1"), Map.entry("l", "2"));
        assertThat(annotations(repeated))
                .containsEntry(
                        new Symbol("x-opt-mqtt-user-properties"),
                        List.of(List.of("k", "1"), List.of("l", "2"), List.of("k", "3")));
    }

    @Test
    @DisplayName("MQ-2-1 User properties x-... as annotations, but none that routers or the bridge read")
    void userPropertiesAsAnnotations() {
        MappingOptions options = new MappingOptions(false, false, false, false, true, true, false);
        Bytes properties = Bytes.of(0x26)
                .s("x-a")
                .s("1")
                .b(0x26)
                .s("x-opt-qd.to")
                .s("2")
                .b(0x26)
                .s("x-é")
                .s("3");
        Map<Integer, @Nullable Object> message = write(options, "t", 0, false, properties, "x");
        assertThat(annotations(message)).containsEntry(new Symbol("x-a"), "1").hasSize(2);
        assertThat(application(message)).containsOnlyKeys("x-opt-qd.to", "x-é");
        assertThat(application(write("t", -1, properties))).containsOnlyKeys("x-a", "x-opt-qd.to", "x-é");
    }

    @Test
    @DisplayName("MQ-2-1 Client identifier, user and message identifier if they are asked for")
    void publisherFacts() {
        MappingOptions options = new MappingOptions(false, true, true, true, false, true, false);
        Map<Integer, @Nullable Object> message = write(options, "t", 1, false, Bytes.bytes(), "x");
        assertThat(annotations(message)).containsEntry(new Symbol("x-opt-mqtt-client-id"), "dev-1");
        assertThat(properties(message).get(0)).isEqualTo(ID);
        assertThat(properties(message).get(1)).isEqualTo(binary("bob"));
    }

    @Test
    @DisplayName("MQ-2-1 Topic as an annotation only if the address does not say it")
    void lossyTopic() {
        TopicMapping none = new TopicMapping('.', '*', '#', TopicEscape.NONE, false, "");
        Fixture fixture = new Fixture(none, MappingOptions.DEFAULT);
        assertThat(annotations(fixture.write("a.b/c", 0, false, -1, Bytes.bytes(), utf8("x"))))
                .containsEntry(new Symbol("x-opt-mqtt-topic"), "a.b/c");
        assertThat(annotations(fixture.write("a/b", 0, false, -1, Bytes.bytes(), utf8("x"))))
                .hasSize(1);
    }

    @Test
    @DisplayName("MQ-2-1 Topic Alias is never forwarded")
    void hopPropertiesStay() {
        Map<Integer, @Nullable Object> message = write("t", -1, Bytes.of(0x23).u2(4));
        assertThat(message).containsOnlyKeys(0x70, 0x72, 0x73, 0x75);
        assertThat(annotations(message)).hasSize(1);
    }

    @Test
    void secondMessageOfATopicIsTheSameAsTheFirst() {
        Fixture fixture = new Fixture(TopicMapping.standard(), MappingOptions.DEFAULT);
        for (int qos = 0; qos <= 1; qos++) {
            for (boolean retain : new boolean[] {false, true}) {
                Map<Integer, @Nullable Object> first = fixture.write("a/b", qos, retain, -1, Bytes.bytes(), utf8("x"));
                assertThat(fixture.write("a/b", qos, retain, -1, Bytes.bytes(), utf8("x")))
                        .isEqualTo(first);
            }
        }
        assertThat(annotations(fixture.write("a/b", 1, true, -1, Bytes.bytes(), utf8("x"))))
                .hasSize(2);
        assertThat(annotations(fixture.write("a/b", 0, false, -1, Bytes.bytes(), utf8("x"))))
                .hasSize(1);
    }

    @Test
    @DisplayName("MQ-2-8 The part before a payload that comes later announces one data section")
    void prefixOfALargeMessage() {
        Fixture fixture = new Fixture(TopicMapping.standard(), MappingOptions.DEFAULT);
        fixture.point("big", 1, false, -1, Bytes.bytes(), new byte[300]);
        ByteBuf out = Unpooled.buffer();
        fixture.writer.writePrefix(fixture.message, out);
        out.writeZero(300);
        assertThat(Sections.decode(out).get(0x75)).isEqualTo(new Binary(new byte[300]));
    }

    private static Map<Integer, @Nullable Object> write(String topic, long expiry, Bytes properties) {
        return new Fixture(TopicMapping.standard(), MappingOptions.DEFAULT)
                .write(topic, 0, false, expiry, properties, utf8("x"));
    }

    private static Map<Integer, @Nullable Object> write(
            MappingOptions options, String topic, int qos, boolean retain, Bytes properties, String payload) {
        return new Fixture(TopicMapping.standard(), options).write(topic, qos, retain, -1, properties, utf8(payload));
    }

    private static Map<Integer, @Nullable Object> writeBytes(MappingOptions options, Bytes properties, byte[] payload) {
        return new Fixture(TopicMapping.standard(), options).write("t", 0, false, -1, properties, payload);
    }

    /** One publisher. */
    private static final class Fixture {
        final AmqpWriter writer;
        final MqttMessages messages;
        final MqttMessage message = new MqttMessage();

        Fixture(TopicMapping mapping, MappingOptions options) {
            writer = new AmqpWriter(options, () -> ID);
            messages = new MqttMessages(mapping);
        }

        void point(String topic, int qos, boolean retain, long expiry, Bytes properties, byte[] payload) {
            messages.point(message, topic, qos, retain, properties, payload);
            message.received(NOW, expiry);
        }

        Map<Integer, @Nullable Object> write(
                String topic, int qos, boolean retain, long expiry, Bytes properties, byte[] payload) {
            point(topic, qos, retain, expiry, properties, payload);
            ByteBuf out = Unpooled.buffer();
            writer.write(message, out);
            return Sections.decode(out);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Binary binary(String text) {
        return new Binary(utf8(text));
    }

    private static List<@Nullable Object> header(Map<Integer, @Nullable Object> message) {
        return new ArrayList<>((List<?>) Objects.requireNonNull(message.get(0x70)));
    }

    private static Map<Object, @Nullable Object> annotations(Map<Integer, @Nullable Object> message) {
        return new LinkedHashMap<>((Map<?, ?>) Objects.requireNonNull(message.get(0x72)));
    }

    private static List<@Nullable Object> properties(Map<Integer, @Nullable Object> message) {
        return new ArrayList<>((List<?>) Objects.requireNonNull(message.get(0x73)));
    }

    private static Map<Object, @Nullable Object> application(Map<Integer, @Nullable Object> message) {
        return new LinkedHashMap<>((Map<?, ?>) Objects.requireNonNull(message.get(0x74)));
    }
}
