// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.mapping;

import static io.linkspan.bridge.mapping.Sections.sections;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linkspan.amqp.codec.AmqpArray;
import io.linkspan.amqp.codec.Binary;
import io.linkspan.amqp.codec.Char;
import io.linkspan.amqp.codec.Decimal;
import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.MalformedException;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.amqp.codec.Timestamp;
import io.linkspan.amqp.codec.UnsignedByte;
import io.linkspan.amqp.codec.UnsignedInteger;
import io.linkspan.amqp.codec.UnsignedLong;
import io.linkspan.bridge.codec.Bytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** MQ-2-4: each row of the table from AMQP to MQTT. */
class AmqpReaderTest {

    private static final long NOW = 1_700_000_000_000L;
    private static final UUID ID = UUID.fromString("01234567-89ab-cdef-0123-456789abcdef");
    private static final MappingOptions METADATA = new MappingOptions(false, false, false, false, false, true, true);
    private static final MappingOptions NO_JSON = new MappingOptions(false, false, false, false, false, false, false);

    private MappingOptions options = MappingOptions.DEFAULT;

    @Test
    @DisplayName("MQ-2-4 Data sections are the payload, concatenated")
    void data() {
        assertThat(payload(sections().section(Names.DATA, binary("abc")))).isEqualTo("abc");
        Sections three = sections().section(Names.DATA, binary("a")).section(Names.DATA, binary("b"));
        assertThat(payload(three.section(Names.DATA, binary("c")))).isEqualTo("abc");
        assertThat(payload(sections().section(Names.DATA, binary("")))).isEmpty();
        assertThat(indicator(sections().section(Names.DATA, binary("a")))).isEmpty();
    }

    @ParameterizedTest(name = "{0} is {1}")
    @DisplayName("MQ-2-4 A scalar body is its text, with indicator 1")
    @MethodSource("scalars")
    void scalarBody(Object value, String text) {
        Sections message = sections().section(Names.VALUE, value);
        assertThat(payload(message)).isEqualTo(text);
        assertThat(indicator(message)).isEqualTo("0101");
    }

    static Stream<Arguments> scalars() {
        return Stream.of(
                Arguments.of("héllo", "héllo"),
                Arguments.of("x".repeat(300), "x".repeat(300)),
                Arguments.of(new Symbol("sym"), "sym"),
                Arguments.of(new Char(0x1f600), "\ud83d\ude00"),
                Arguments.of(42, "42"),
                Arguments.of(-7L, "-7"),
                Arguments.of(new UnsignedByte(200), "200"),
                Arguments.of(new UnsignedLong(-1), "18446744073709551615"),
                Arguments.of(1.5, "1.5"),
                Arguments.of(true, "true"),
                Arguments.of(ID, ID.toString()),
                Arguments.of(new Timestamp(1_000), "1970-01-01T00:00:01Z"),
                Arguments.of(new Described(new Symbol("x:y"), "inner"), "inner"),
                Arguments.of(new Decimal(32, 0, 0x3200000aL), "1.0"));
    }

    @Test
    @DisplayName("MQ-2-4 A binary body is the payload, a null or no body an empty one")
    void binaryAndEmptyBodies() {
        assertThat(payload(sections().section(Names.VALUE, binary("a\0b")))).isEqualTo("a\0b");
        assertThat(payload(sections().section(Names.VALUE, new Described(new Symbol("x:y"), binary("q")))))
                .isEqualTo("q");
        assertThat(payload(sections().section(Names.VALUE, null))).isEmpty();
        assertThat(payload(sections().section(Names.VALUE, new Described(new Symbol("x:y"), null))))
                .isEmpty();
        assertThat(payload(sections().header(true))).isEmpty();
        assertThat(payload(sections())).isEmpty();
    }

    @Test
    @DisplayName("MQ-2-4 Maps, lists and sequences are JSON")
    void jsonBody() {
        Map<Object, @Nullable Object> map = new LinkedHashMap<>();
        map.put("t", "a\"\\\n\u0001é");
        map.put(new Symbol("n"), 1);
        map.put(7, Arrays.asList(null, true, 2.5, Double.NaN, new Binary(new byte[] {1, 2}), ID, new Timestamp(0)));
        map.put("a", new AmqpArray(0x71, null, List.of(1, 2)));
        map.put("d", new Described(new Symbol("x"), Map.of("k", new Decimal(64, 0, 0x31c0000000000005L))));
        Sections message = sections().section(Names.VALUE, map);
        assertThat(payload(message))
                .isEqualTo("{\"t\":\"a\\\"\\\\\\n\\u0001é\",\"n\":1,"
                        + "\"7\":[null,true,2.5,\"NaN\",\"AQI=\",\"" + ID + "\",\"1970-01-01T00:00:00Z\"],"
                        + "\"a\":[1,2],\"d\":{\"k\":5}}");
        assertThat(properties(message)).isEqualTo(hex(Bytes.of(3).s("application/json")));
        Sections list = sections().section(Names.VALUE, List.of(1, "x"));
        assertThat(payload(list)).isEqualTo("[1,\"x\"]");
        Sections sequences =
                sections().section(Names.SEQUENCE, List.of(1, List.of(2))).section(Names.SEQUENCE, List.of("z"));
        assertThat(payload(sequences)).isEqualTo("[1,[2],\"z\"]");
        assertThat(payload(sections().section(Names.SEQUENCE, List.of()))).isEqualTo("[]");
        assertThat(properties(sequences)).isEqualTo(hex(Bytes.of(3).s("application/json")));
    }

    @Test
    @DisplayName("MQ-2-4 Without bodyAsJson the AMQP encoding")
    void amqpEncodedBody() {
        options = NO_JSON;
        Sections body = sections().section(Names.VALUE, List.of(1, 2));
        String encoded = ByteBufUtil.hexDump(body.bytes());
        Sections message =
                sections().header(true).section(Names.VALUE, List.of(1, 2)).section(Names.FOOTER, Map.of());
        assertThat(hex(Bytes.bytes().raw(payloadBytes(message)))).isEqualTo(encoded);
        assertThat(properties(message)).isEqualTo(hex(Bytes.of(3).s("message/vnd.rabbitmq.amqp")));
    }

    @Test
    @DisplayName("MQ-2-4 QoS: annotation, settled, durable")
    void qos() {
        assertThat(read(sections().header(true), false).qos()).isEqualTo(1);
        assertThat(read(sections(), false).qos()).isEqualTo(1);
        assertThat(read(sections().header((Object) null), false).qos()).isEqualTo(1);
        assertThat(read(sections().header(false), false).qos()).isZero();
        assertThat(read(sections().header(true), true).qos()).isZero();
        UnsignedByte two = new UnsignedByte(2);
        assertThat(read(sections().header(false).annotations("x-opt-mqtt-qos", two), true)
                        .qos())
                .isEqualTo(2);
        UnsignedByte zero = new UnsignedByte(0);
        assertThat(read(sections().header(true).annotations("x-opt-mqtt-qos", zero), false)
                        .qos())
                .isZero();
        UnsignedByte three = new UnsignedByte(3);
        assertThat(read(sections().annotations("x-opt-mqtt-qos", three), false).qos())
                .isEqualTo(1);
    }

    @Test
    @DisplayName("MQ-2-4 Expiry: remaining seconds, rounded up, at least 1")
    void expiry() {
        assertThat(read(sections().header(null, null, new UnsignedInteger(1_500)), false)
                        .expirySeconds())
                .isEqualTo(2);
        assertThat(read(sections().header(null, null, new UnsignedInteger(0)), false)
                        .expirySeconds())
                .isEqualTo(1);
        assertThat(read(sections().header(true), false).expirySeconds()).isEqualTo(MqttMessage.NO_EXPIRY);
        AmqpReader absolute = read(sections().property(8, new Timestamp(NOW + 3_001)), false);
        assertThat(absolute.expirySeconds()).isEqualTo(4);
        assertThat(absolute.isExpired()).isFalse();
        assertThat(read(sections().property(8, new Timestamp(NOW)), false).isExpired())
                .isTrue();
        assertThat(read(sections().property(8, new Timestamp(NOW + 1)), false).expirySeconds())
                .isEqualTo(1);
    }

    @Test
    @DisplayName("2.2 A ttl counts from the arrival: what is left of it, and over when nothing is")
    void ttlOfWhatHasWaited() {
        ByteBuf bytes =
                sections().header(null, null, new UnsignedInteger(2_500)).bytes();
        AmqpReader reader = new AmqpReader(options, replyTo -> null);
        reader.read(bytes, 0, bytes.writerIndex(), false, true, NOW - 600, NOW);
        assertThat(reader.isExpired()).isFalse();
        assertThat(reader.expirySeconds()).isEqualTo(2);
        reader.read(bytes, 0, bytes.writerIndex(), false, true, NOW - 2_499, NOW);
        assertThat(reader.isExpired()).isFalse();
        assertThat(reader.expirySeconds()).isEqualTo(1);
        reader.read(bytes, 0, bytes.writerIndex(), false, true, NOW - 2_500, NOW);
        assertThat(reader.isExpired()).isTrue();
        ByteBuf both = sections()
                .header(null, null, new UnsignedInteger(100))
                .property(8, new Timestamp(NOW + 5_000))
                .bytes();
        reader.read(both, 0, both.writerIndex(), false, true, NOW - 2_500, NOW);
        assertThat(reader.isExpired()).as("the absolute time says more").isFalse();
        assertThat(reader.expirySeconds()).isEqualTo(5);
    }

    @Test
    @DisplayName("MQ-2-4 content-type is Content Type, an annotation before it")
    void contentType() {
        assertThat(properties(sections().property(6, new Symbol("text/x"))))
                .isEqualTo(hex(Bytes.of(3).s("text/x")));
        Sections annotated =
                sections().annotations("x-opt-mqtt-content-type", "té").property(6, new Symbol("x"));
        assertThat(properties(annotated)).isEqualTo(hex(Bytes.of(3).s("té")));
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("MQ-2-4 correlation-id is Correlation Data")
    @MethodSource("correlations")
    void correlation(Object id, String data) {
        assertThat(properties(sections().property(5, id)))
                .isEqualTo(hex(Bytes.of(9).s(data)));
    }

    static Stream<Arguments> correlations() {
        return Stream.of(
                Arguments.of(binary("a\0"), "a\0"),
                Arguments.of("é", "é"),
                Arguments.of(new UnsignedLong(77), "77"),
                Arguments.of(ID, "urn:uuid:" + ID));
    }

    @Test
    @DisplayName("MQ-2-4 reply-to is Response Topic; dropped if there is no topic for it")
    void replyTo() {
        assertThat(properties(sections().property(4, "a.b")))
                .isEqualTo(hex(Bytes.of(8).s("a/b")));
        assertThat(properties(sections().property(4, "none"))).isEmpty();
    }

    @Test
    @DisplayName("MQ-2-4 application-properties are user properties")
    void applicationProperties() {
        Sections message = sections()
                .application(
                        "s",
                        "v",
                        "y",
                        new Symbol("z"),
                        "n",
                        5,
                        "b",
                        false,
                        "0",
                        null,
                        "t",
                        new Timestamp(0),
                        "bin",
                        new Binary(new byte[1]),
                        "m",
                        Map.of(),
                        "u",
                        ID);
        Bytes expected = pair("s", "v")
                .add(pair("y", "z"))
                .add(pair("n", "5"))
                .add(pair("b", "false"))
                .add(pair("0", ""));
        expected.add(pair("t", "1970-01-01T00:00:00Z")).add(pair("u", ID.toString()));
        assertThat(properties(message)).isEqualTo(hex(expected));
        assertThat(read(message, false).droppedUserProperties()).isZero();
    }

    @Test
    @DisplayName("MQ-2-6 User properties that no peer may get are dropped one by one")
    void illegalUserProperties() {
        String tooLong = "x".repeat(65_536);
        Sections message = sections().application("a", "x\0y", "b", tooLong, "c\0", 1, "ok", "x".repeat(65_535));
        assertThat(properties(message)).isEqualTo(hex(pair("ok", "x".repeat(65_535))));
        assertThat(read(message, false).droppedUserProperties()).isEqualTo(3);
    }

    @Test
    @DisplayName("MQ-2-4 The ordered list replaces the application properties")
    void userPropertyList() {
        Sections message = sections()
                .annotations(
                        "x-opt-mqtt-user-properties", List.of(List.of("k", "1"), List.of("k", "2"), List.of("odd"), 7))
                .application("k", "1");
        assertThat(properties(message)).isEqualTo(hex(pair("k", "1").add(pair("k", "2"))));
        assertThat(read(message, false).droppedUserProperties()).isEqualTo(2);
    }

    @Test
    @DisplayName("MQ-2-4 amqpMetadata: what MQTT has no word for")
    void metadata() {
        options = METADATA;
        assertThat(properties(sections().property(0, ID))).isEqualTo(hex(pair("amqp-message-id", "urn:uuid:" + ID)));
        assertThat(properties(sections().property(0, "m1"))).isEqualTo(hex(pair("amqp-message-id", "m1")));
        assertThat(properties(sections().property(1, binary("bob")))).isEqualTo(hex(pair("amqp-user-id", "bob")));
        assertThat(properties(sections().property(2, "q"))).isEqualTo(hex(pair("amqp-to", "q")));
        assertThat(properties(sections().property(3, "s"))).isEqualTo(hex(pair("amqp-subject", "s")));
        assertThat(properties(sections().property(10, "g"))).isEqualTo(hex(pair("amqp-group-id", "g")));
        options = MappingOptions.DEFAULT;
        assertThat(properties(sections().property(3, "s"))).isEmpty();
    }

    @Test
    @DisplayName("MQ-2-4 Retain and topic annotations")
    void annotations() {
        assertThat(read(sections().annotations("x-opt-retain-message", true), false)
                        .retain())
                .isTrue();
        assertThat(read(sections().annotations("x-opt-retain", true), false).retain())
                .isTrue();
        assertThat(read(sections().annotations("x-opt-retain", false), false).retain())
                .isFalse();
        assertThat(read(sections().annotations("x-opt-mqtt-topic", "a.b/c"), false)
                        .topicAnnotation())
                .isEqualTo("a.b/c");
        assertThat(properties(sections().annotations("x-opt-mqtt-payload-format", new UnsignedByte(0))))
                .isEqualTo("0100");
    }

    @Test
    @DisplayName("MQ-2-1 Annotations x-... come back as user properties if they were written so")
    void annotationsOfTheUser() {
        options = new MappingOptions(false, false, false, false, true, true, false);
        Sections message = sections().annotations("x-a", "1", "x-opt-qd.trace", "no", "x-b", 2);
        assertThat(properties(message)).isEqualTo(hex(pair("x-a", "1").add(pair("x-b", "2"))));
        options = MappingOptions.DEFAULT;
        assertThat(properties(message)).isEmpty();
    }

    @Test
    @DisplayName("MQ-2-3 What Artemis writes for its MQTT clients is understood")
    void artemis() {
        Sections message = sections()
                .application(
                        "mqtt.content.type",
                        "text/x",
                        "mqtt.response.topic",
                        "re/x",
                        "mqtt.correlation.data",
                        binary("c"),
                        "mqtt.ordered.user.property.0.k",
                        "1",
                        "mqtt.ordered.user.property.1.k",
                        "2",
                        "mqtt.qos.level",
                        1,
                        "mqtt.message.retain",
                        true,
                        "other",
                        "o");
        Bytes expected = Bytes.of(3)
                .s("text/x")
                .b(8)
                .s("re/x")
                .b(9)
                .s("c")
                .add(pair("k", "1"))
                .add(pair("k", "2"));
        assertThat(properties(message)).isEqualTo(hex(expected.add(pair("other", "o"))));
        AmqpReader reader = read(message, true);
        assertThat(reader.qos()).isEqualTo(1);
        assertThat(reader.retain()).isTrue();
    }

    @Test
    @DisplayName("MQ-2-2 No properties for receivers before MQTT 5.0")
    void noPropertiesForEarlierVersions() {
        ByteBuf bytes = sections()
                .application("k", "v")
                .section(Names.VALUE, List.of(1))
                .bytes();
        AmqpReader reader = new AmqpReader(options, replyTo -> null);
        reader.read(bytes, 0, bytes.writerIndex(), false, false, NOW, NOW);
        assertThat(reader.properties().isReadable()).isFalse();
        assertThat(text(reader)).isEqualTo("[1]");
    }

    @Test
    void unreadableMessagesAreRefused() {
        for (String bytes : new String[] {
            "01",
            "005375",
            "005375a005",
            "00537540",
            "005370c1020141",
            "005379a000",
            "005377a10161005375a000",
            "005375a00161005377a10161",
            "005374c1030140a1",
            "005374c1040140a100",
            "005372c1060140a303782d6140",
            "00537640",
            "005376a100",
            "0080000000000000007fa000",
            "00a303666f6fa000"
        }) {
            ByteBuf message = Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(bytes));
            AmqpReader reader = new AmqpReader(options, replyTo -> null);
            assertThatThrownBy(() -> reader.read(message, 0, message.writerIndex(), false, true, NOW, NOW))
                    .as("%s", bytes)
                    .isInstanceOf(MalformedException.class);
        }
    }

    @Test
    void everyTruncationIsReadOrRefused() {
        ByteBuf whole = sections()
                .header(true, null, new UnsignedInteger(9))
                .annotations(
                        "x-opt-mqtt-user-properties", List.of(List.of("a", "b")), "x-opt-mqtt-qos", new UnsignedByte(1))
                .property(5, ID)
                .application("k", 1, "l", "m")
                .section(Names.VALUE, Map.of("k", List.of(1, 2)))
                .bytes();
        AmqpReader reader = new AmqpReader(METADATA, replyTo -> null);
        int refused = 0;
        for (int end = 0; end < whole.writerIndex(); end++) {
            ByteBuf cut = whole.copy(0, end);
            try {
                reader.read(cut, 0, end, false, true, NOW, NOW);
            } catch (MalformedException expected) {
                refused++;
            }
        }
        assertThat(refused).isEqualTo(whole.writerIndex() - 5);
    }

    @Test
    @DisplayName("MQ-2-8 A message whose data section is announced can be passed on before it is all there")
    void prefix() {
        byte[] payload = new byte[1_000];
        ByteBuf whole = sections()
                .header(true)
                .property(6, new Symbol("x"))
                .section(Names.DATA, new Binary(payload))
                .bytes();
        AmqpReader reader = new AmqpReader(options, replyTo -> null);
        int dataAt = whole.writerIndex() - 1_000;
        for (int end = 0; end < whole.writerIndex(); end++) {
            boolean known = reader.readPrefix(whole.copy(0, end), 0, end, false, true, NOW, NOW);
            assertThat(known).isEqualTo(end >= dataAt);
        }
        assertThat(reader.payloadStart()).isEqualTo(dataAt);
        assertThat(reader.payloadLength()).isEqualTo(1_000);
        assertThat(ByteBufUtil.hexDump(reader.properties()))
                .isEqualTo(hex(Bytes.of(3).s("x")));
        ByteBuf value = sections().section(Names.VALUE, new Binary(payload)).bytes();
        assertThat(reader.readPrefix(value, 0, value.writerIndex(), false, true, NOW, NOW))
                .isFalse();
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("decimals")
    void decimalsAreWrittenOut(Decimal decimal, String text) {
        assertThat(BodyText.of(decimal)).isEqualTo(text);
    }

    static Stream<Arguments> decimals() {
        return Stream.of(
                Arguments.of(new Decimal(32, 0, 0xb2000001L), "-0.1"),
                Arguments.of(new Decimal(32, 0, 0x78000000L), "Infinity"),
                Arguments.of(new Decimal(32, 0, 0xf8000000L), "-Infinity"),
                Arguments.of(new Decimal(32, 0, 0x7c000000L), "NaN"),
                Arguments.of(new Decimal(32, 0, 0x6ca00000L | 0x18967fL), "9999999"),
                Arguments.of(new Decimal(64, 0, 0x31c0000000000000L + 123), "123"),
                Arguments.of(
                        new Decimal(128, 0x3040000000000000L, new BigInteger("18446744073709551615").longValue()),
                        "18446744073709551615"));
    }

    private AmqpReader read(Sections message, boolean settled) {
        ByteBuf bytes =
                Unpooled.buffer().writeZero(3).writeBytes(message.bytes().duplicate());
        AmqpReader reader =
                new AmqpReader(options, replyTo -> replyTo.equals("none") ? null : replyTo.replace('.', '/'));
        reader.read(bytes, 3, bytes.writerIndex(), settled, true, NOW, NOW);
        return reader;
    }

    private String payload(Sections message) {
        return text(read(message, false));
    }

    private byte[] payloadBytes(Sections message) {
        AmqpReader reader = read(message, false);
        return ByteBufUtil.getBytes(reader.payload(), reader.payloadStart(), reader.payloadLength());
    }

    private String properties(Sections message) {
        return ByteBufUtil.hexDump(read(message, false).properties());
    }

    private String indicator(Sections message) {
        return properties(message);
    }

    private static String text(AmqpReader reader) {
        return reader.payload().toString(reader.payloadStart(), reader.payloadLength(), StandardCharsets.UTF_8);
    }

    private static Bytes pair(String name, String value) {
        return Bytes.of(0x26).s(name).s(value);
    }

    private static String hex(Bytes bytes) {
        return ByteBufUtil.hexDump(bytes.array());
    }

    private static Binary binary(String text) {
        return new Binary(text.getBytes(StandardCharsets.UTF_8));
    }
}
