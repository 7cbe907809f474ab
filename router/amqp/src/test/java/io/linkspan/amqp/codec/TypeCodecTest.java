// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("AMQP 1.0 part 1: types")
class TypeCodecTest {
    private static final String BITS_128 = "123456789abcdef00fedcba987654321";

    /** Values with the encoding that ours takes: the shortest. */
    static Stream<Arguments> shortest() {
        return Stream.of(
                Arguments.of("40", null),
                Arguments.of("41", true),
                Arguments.of("42", false),
                Arguments.of("5000", new UnsignedByte(0)),
                Arguments.of("50ff", new UnsignedByte(255)),
                Arguments.of("60ffff", new UnsignedShort(65_535)),
                Arguments.of("43", new UnsignedInteger(0)),
                Arguments.of("5201", new UnsignedInteger(1)),
                Arguments.of("52ff", new UnsignedInteger(255)),
                Arguments.of("7000000100", new UnsignedInteger(256)),
                Arguments.of("70ffffffff", new UnsignedInteger(0xffff_ffffL)),
                Arguments.of("44", new UnsignedLong(0)),
                Arguments.of("53ff", new UnsignedLong(255)),
                Arguments.of("800000000000000100", new UnsignedLong(256)),
                Arguments.of("80ffffffffffffffff", new UnsignedLong(-1)),
                Arguments.of("5180", (byte) -128),
                Arguments.of("618000", (short) -32_768),
                Arguments.of("5480", -128),
                Arguments.of("547f", 127),
                Arguments.of("7100000080", 128),
                Arguments.of("71ffffff7f", -129),
                Arguments.of("5580", -128L),
                Arguments.of("557f", 127L),
                Arguments.of("810000000000000080", 128L),
                Arguments.of("723fc00000", 1.5f),
                Arguments.of("823ff8000000000000", 1.5d),
                Arguments.of("7412345678", new Decimal(32, 0, 0x12345678L)),
                Arguments.of("84123456789abcdef0", new Decimal(64, 0, 0x123456789abcdef0L)),
                Arguments.of("94" + BITS_128, new Decimal(128, 0x123456789abcdef0L, 0x0fedcba987654321L)),
                Arguments.of("7300000041", new Char('A')),
                Arguments.of("730010ffff", new Char(0x10ffff)),
                Arguments.of("830000000131ab5ac0", new Timestamp(0x0131ab5ac0L)),
                Arguments.of("83ffffffffffffffff", new Timestamp(-1)),
                Arguments.of("98" + BITS_128, new UUID(0x123456789abcdef0L, 0x0fedcba987654321L)),
                Arguments.of("a000", new Binary(new byte[0])),
                Arguments.of("a003010203", new Binary(new byte[] {1, 2, 3})),
                Arguments.of("a100", ""),
                Arguments.of("a103e282ac", "\u20ac"),
                Arguments.of("a308616d71703a666f6f", new Symbol("amqp:foo")),
                Arguments.of("45", List.of()),
                Arguments.of("c0050243a10161", List.of(new UnsignedInteger(0), "a")),
                Arguments.of("c003024041", Arrays.asList(null, true)),
                Arguments.of("c10100", Map.of()),
                Arguments.of("c10602a101615201", Map.of("a", new UnsignedInteger(1))),
                Arguments.of("00532445", new Described(new UnsignedLong(0x24), List.of())),
                Arguments.of("00a30161a10162", new Described(new Symbol("a"), "b")),
                Arguments.of("e00702a30161026262", AmqpArray.ofSymbols(List.of(new Symbol("a"), new Symbol("bb")))),
                Arguments.of("e0020070", new AmqpArray(FormatCode.UINT, null, List.of())),
                Arguments.of(
                        "e0020343",
                        new AmqpArray(FormatCode.UINT0, null, Collections.nCopies(3, new UnsignedInteger(0)))),
                Arguments.of(
                        "e00701005377a10162", new AmqpArray(FormatCode.STR8, new UnsignedLong(0x77), List.of("b"))),
                Arguments.of(
                        "e01101d00000000b00000001a1056162636465",
                        new AmqpArray(FormatCode.LIST32, null, List.of(List.of("abcde")))));
    }

    /** Longer encodings of the same values: read as well, written short. */
    static Stream<Arguments> longer() {
        return Stream.of(
                Arguments.of("5601", true),
                Arguments.of("5600", false),
                Arguments.of("7000000000", new UnsignedInteger(0)),
                Arguments.of("5200", new UnsignedInteger(0)),
                Arguments.of("800000000000000024", new UnsignedLong(0x24)),
                Arguments.of("7100000001", 1),
                Arguments.of("810000000000000001", 1L),
                Arguments.of("b00000000101", new Binary(new byte[] {1})),
                Arguments.of("b10000000161", "a"),
                Arguments.of("b30000000161", new Symbol("a")),
                Arguments.of("c00100", List.of()),
                Arguments.of("d00000000400000000", List.of()),
                Arguments.of("d000000006000000024341", List.of(new UnsignedInteger(0), true)),
                Arguments.of("d100000006000000024041", Collections.singletonMap(null, true)),
                Arguments.of(
                        "f000000006000000015007", new AmqpArray(FormatCode.UBYTE, null, List.of(new UnsignedByte(7)))));
    }

    @ParameterizedTest
    @MethodSource("shortest")
    void eachTypeIsReadAndWrittenInItsShortestForm(String hex, @Nullable Object value) {
        assertThat(decode(hex)).isEqualTo(value);
        assertThat(encode(value)).isEqualTo(hex);
    }

    @ParameterizedTest
    @MethodSource("longer")
    void longerFormsAreReadAndWrittenShort(String hex, Object value) {
        assertThat(decode(hex)).isEqualTo(value);
        assertThat(encode(value).length()).isLessThan(hex.length());
        assertThat(decode(encode(value))).isEqualTo(value);
    }

    @ParameterizedTest
    @MethodSource({"shortest", "longer"})
    void skippingAndCheckingEndWhereReadingEnds(String hex, @Nullable Object value) {
        ByteBuf buf = bytes("ff" + hex + "ff");
        assertThat(TypeDecoder.skip(buf, 1)).isEqualTo(1 + hex.length() / 2);
        assertThat(TypeDecoder.validate(buf, 1, buf.writerIndex())).isEqualTo(1 + hex.length() / 2);
        buf.readerIndex(1);
        assertThat(TypeDecoder.readValue(buf)).isEqualTo(value);
        assertThat(buf.readableBytes()).isEqualTo(1);
    }

    @ParameterizedTest
    @MethodSource({"shortest", "longer"})
    void aValueCutAtAnyOctetIsMalformed(String hex, @Nullable Object value) {
        for (int octets = 0; octets < hex.length() / 2; octets++) {
            ByteBuf cut = bytes(hex.substring(0, octets * 2));
            int end = octets;
            assertThatThrownBy(() -> TypeDecoder.readValue(cut)).isInstanceOf(MalformedException.class);
            assertThatThrownBy(() -> TypeDecoder.skip(cut, 0)).isInstanceOf(MalformedException.class);
            assertThatThrownBy(() -> TypeDecoder.validate(cut, 0, end)).isInstanceOf(MalformedException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "01", // No such code.
                "46",
                "57ff",
                "5602", // Neither true nor false.
                "7300110000", // Beyond Unicode.
                "a102c328", // Not UTF-8.
                "a103eda080", // A surrogate.
                "a301e9", // Not ASCII.
                "c0030140", // Size beyond the end.
                "c0020340", // Three elements in one octet.
                "c003014140", // Elements end before the list does.
                "c00401a103", // The last element ends behind the list.
                "d0000000050000ffff40",
                "d0ffffffff0000000140",
                "c1020140", // Odd number of entries.
                "e00100", // Array without a constructor.
                "e00201a1", // Array element without octets.
                "f0000000050001000043", // 65,536 empty elements, one more than allowed.
                "e0020157", // Array of an unknown type.
                "e006010000532445", // Described descriptor of an array.
                "000053244545", // Described descriptor.
                "e0080100532400532445" // Elements described twice.
            })
    void contradictionsAreMalformed(String hex) {
        ByteBuf buf = bytes(hex);
        assertThatThrownBy(() -> decode(hex)).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> TypeDecoder.validate(buf, 0, buf.writerIndex()))
                .isInstanceOf(MalformedException.class);
    }

    @Test
    void aKeyThatComesTwiceKeepsItsLastValue() {
        assertThat(decode("c1050440414042")).isEqualTo(Collections.singletonMap(null, false));
    }

    @Test
    void emptyElementsAreAllowedUpToTheirLimitAndTakeNoMemory() {
        AmqpArray array = Objects.requireNonNull((AmqpArray) decode("f0000000050000ffff43"));
        assertThat(array.elements()).hasSize(TypeDecoder.MAX_EMPTY_ELEMENTS);
        assertThat(array.elements().get(0)).isSameAs(array.elements().get(65_534));
    }

    @Test
    void valuesNestToTheDepthLimitAndNotOneDeeper() {
        String atTheLimit = encode(nested(TypeDecoder.MAX_DEPTH));
        assertThat(encode(decode(atTheLimit))).isEqualTo(atTheLimit);
        ByteBuf tooDeep = bytes(encode(nested(TypeDecoder.MAX_DEPTH + 1)));
        assertThatThrownBy(() -> TypeDecoder.validate(tooDeep, 0, tooDeep.writerIndex()))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("32");
        assertThatThrownBy(() -> TypeDecoder.readValue(tooDeep))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("32");
    }

    @Test
    void descriptorsChainToTheDepthLimitAndNotOneFurther() {
        String atTheLimit = "005301".repeat(TypeDecoder.MAX_DEPTH - 1) + "40";
        assertThat(TypeDecoder.skip(bytes(atTheLimit), 0)).isEqualTo(atTheLimit.length() / 2);
        assertThat(encode(decode(atTheLimit))).isEqualTo(atTheLimit);
        String beyond = "005301" + atTheLimit;
        assertThatThrownBy(() -> TypeDecoder.skip(bytes(beyond), 0)).isInstanceOf(MalformedException.class);
        assertThatThrownBy(() -> decode(beyond)).isInstanceOf(MalformedException.class);
    }

    @Test
    void textOfListsAndMapsTurnsWideBeyond255Octets() {
        assertThat(encode("x".repeat(255))).startsWith("a1ff");
        assertThat(encode("x".repeat(256))).startsWith("b100000100");
        assertThat(encode("\u20ac".repeat(86))).startsWith("b100000102");
        assertThat(encode(new Symbol("x".repeat(256)))).startsWith("b300000100");
        assertThat(encode(new Binary(new byte[256]))).startsWith("b000000100");
        assertThat(encode(List.of("x".repeat(252)))).startsWith("c0ff01a1fc");
        assertThat(encode(List.of("x".repeat(253)))).startsWith("d00000010300000001a1fd");
        assertThat(encode(Collections.nCopies(254, null))).startsWith("c0fffe40");
        assertThat(encode(Collections.nCopies(255, null))).startsWith("d000000103000000ff40");
        assertThat(encode(Map.of(new Symbol("k"), "x".repeat(249)))).startsWith("c1ff02");
        assertThat(encode(Map.of(new Symbol("k"), "x".repeat(250)))).startsWith("d100000103" + "00000002");
    }

    @Test
    void arraysKeepTheirFormatUntilAnElementDoesNotFit() {
        Symbol longName = new Symbol("x".repeat(256));
        assertThat(encode(new AmqpArray(FormatCode.SYM32, null, List.of(new Symbol("a")))))
                .isEqualTo("e00701b30000000161");
        assertThat(encode(AmqpArray.ofSymbols(List.of(longName)))).startsWith("f00000010900000001b300000100");
        assertThat(decode(encode(AmqpArray.ofSymbols(List.of(longName)))))
                .isEqualTo(new AmqpArray(FormatCode.SYM32, null, List.of(longName)));
        assertThat(encode(new AmqpArray(FormatCode.SMALLUINT, null, List.of(new UnsignedInteger(256)))))
                .isEqualTo("e006017000000100");
        assertThat(encode(new AmqpArray(FormatCode.UINT0, null, List.of(new UnsignedInteger(1)))))
                .isEqualTo("e006017000000001");
        assertThat(encode(new AmqpArray(FormatCode.SMALLINT, null, List.of(-129))))
                .isEqualTo("e0060171ffffff7f");
        assertThat(encode(new AmqpArray(FormatCode.TRUE, null, List.of(true, false))))
                .isEqualTo("e00402560100");
        assertThat(encode(new AmqpArray(FormatCode.LIST8, null, List.of(List.of()))))
                .isEqualTo("e00a01d00000000400000000");
    }

    @Test
    void arraysAndMapsNestInArrays() {
        AmqpArray inner = AmqpArray.ofSymbols(List.of(new Symbol("a")));
        AmqpArray arrays = new AmqpArray(FormatCode.ARRAY32, null, List.of(inner, inner));
        assertThat(decode(encode(arrays))).isEqualTo(arrays);
        AmqpArray maps = new AmqpArray(FormatCode.MAP32, new Symbol("m"), List.of(Map.of("k", 1)));
        assertThat(decode(encode(maps))).isEqualTo(maps);
    }

    @Test
    void valuesOfNoAmqpTypeAreABugOfTheCaller() {
        ByteBuf buf = Unpooled.buffer();
        assertThatThrownBy(() -> TypeEncoder.writeValue(buf, new Object()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.lang.Object");
        AmqpArray mixed = new AmqpArray(FormatCode.UINT, null, List.of("text"));
        assertThatThrownBy(() -> TypeEncoder.writeValue(buf, mixed)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theNumbersOfUnsignedTypesAreChecked() {
        assertThatThrownBy(() -> new UnsignedByte(256)).hasMessageContaining("256");
        assertThatThrownBy(() -> new UnsignedShort(65_536)).hasMessageContaining("65536");
        assertThatThrownBy(() -> new UnsignedInteger(1L << 32)).hasMessageContaining("4294967296");
        assertThatThrownBy(() -> new UnsignedInteger(-1)).hasMessageContaining("-1");
        assertThatThrownBy(() -> new Symbol("\u00e9")).isInstanceOf(IllegalArgumentException.class);
        assertThat(new UnsignedLong(-1)).hasToString("18446744073709551615");
        assertThat(UnsignedInteger.ofBits(-1)).hasToString("4294967295");
    }

    @Test
    void aRawValueIsPassedOnAsItCame() {
        ByteBuf buf = bytes("ff" + "d0000000060000000243" + "41" + "ff");
        RawValue raw = RawValue.copyOf(buf, 1, buf.writerIndex() - 1);
        assertThat(encode(List.of(raw))).isEqualTo("c00c01d000000006000000024341");
        assertThat(raw.decode()).isEqualTo(List.of(new UnsignedInteger(0), true));
        assertThat(raw)
                .isEqualTo(RawValue.copyOf(raw.buffer(), 0, raw.length()))
                .isNotEqualTo(RawValue.of(List.of()));
        assertThat(RawValue.copyOf(bytes("40"), 0, 1)).isEqualTo(RawValue.NULL);
        assertThat(RawValue.NULL.isNull()).isTrue();
        assertThatThrownBy(() -> RawValue.copyOf(buf, 1, buf.writerIndex())).isInstanceOf(MalformedException.class);
    }

    private static List<Object> nested(int depth) {
        List<Object> list = new ArrayList<>();
        if (depth > 2) {
            list.add(nested(depth - 1));
        } else {
            list.add(true);
        }
        return list;
    }

    private static @Nullable Object decode(String hex) {
        ByteBuf buf = bytes(hex);
        Object value = TypeDecoder.readValue(buf);
        assertThat(buf.isReadable()).isFalse();
        return value;
    }

    private static String encode(@Nullable Object value) {
        ByteBuf buf = Unpooled.buffer();
        TypeEncoder.writeValue(buf, value);
        return ByteBufUtil.hexDump(buf);
    }

    private static ByteBuf bytes(String hex) {
        return Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(hex));
    }
}
