// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp.codec;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes AMQP 1.0 values (part 1), each in its shortest encoding. Takes the Java forms that {@link TypeDecoder} makes,
 * any {@link List} and {@link Map}, and {@link RawValue} as it is. Stateless.
 *
 * <p>A value of another class, a list nested in itself and the like are bugs of the caller
 * ({@link IllegalArgumentException}, {@link StackOverflowError}).
 */
public final class TypeEncoder {
    private TypeEncoder() {}

    /** Appends one value. */
    public static void writeValue(ByteBuf buf, @Nullable Object value) {
        if (value == null) {
            buf.writeByte(FormatCode.NULL);
        } else if (value instanceof RawValue raw) {
            raw.writeTo(buf);
        } else if (value instanceof Described described) {
            buf.writeByte(FormatCode.DESCRIBED);
            writeValue(buf, described.descriptor());
            writeValue(buf, described.value());
        } else if (value instanceof List<?> list) {
            writeList(buf, list);
        } else if (value instanceof Map<?, ?> map) {
            writeMap(buf, map);
        } else if (value instanceof AmqpArray array) {
            writeArray(buf, array);
        } else {
            int format = shortestFormat(value);
            buf.writeByte(format);
            writeBody(buf, format, value);
        }
    }

    /** Appends a list of the elements. */
    public static void writeList(ByteBuf buf, List<?> list) {
        if (list.isEmpty()) {
            buf.writeByte(FormatCode.LIST0);
            return;
        }
        int start = beginCompound(buf, FormatCode.LIST32);
        for (Object element : list) {
            writeValue(buf, element);
        }
        endCompound(buf, start, list.size(), true);
    }

    private static void writeMap(ByteBuf buf, Map<?, ?> map) {
        int start = beginCompound(buf, FormatCode.MAP32);
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            writeValue(buf, entry.getKey());
            writeValue(buf, entry.getValue());
        }
        endCompound(buf, start, map.size() * 2, true);
    }

    /**
     * Begins a list32, map32 or array32 whose size is not known yet.
     *
     * @return where it begins, for {@link #endCompound}
     */
    public static int beginCompound(ByteBuf buf, int format32) {
        int start = buf.writerIndex();
        buf.writeByte(format32);
        buf.writeLong(0);
        return start;
    }

    /** Fills in size and count; takes the short form when it fits and {@code shrink} says so. */
    public static void endCompound(ByteBuf buf, int start, int count, boolean shrink) {
        int bodyStart = start + 9;
        int body = buf.writerIndex() - bodyStart;
        if (shrink && body <= 254 && count <= 255) {
            buf.setByte(start, buf.getByte(start) - 0x10);
            buf.setByte(start + 1, body + 1);
            buf.setByte(start + 2, count);
            for (int i = 0; i < body; i++) {
                buf.setByte(start + 3 + i, buf.getByte(bodyStart + i));
            }
            buf.writerIndex(start + 3 + body);
        } else {
            buf.setInt(start + 1, body + 4);
            buf.setInt(start + 5, count);
        }
    }

    private static void writeArray(ByteBuf buf, AmqpArray array) {
        int format = arrayFormat(array);
        int start = beginCompound(buf, FormatCode.ARRAY32);
        if (array.descriptor() != null) {
            buf.writeByte(FormatCode.DESCRIBED);
            writeValue(buf, array.descriptor());
        }
        buf.writeByte(format);
        for (Object element : array.elements()) {
            writeBody(buf, format, element);
        }
        endCompound(buf, start, array.elements().size(), true);
    }

    /** The array's own format, or the wide one of the same type when an element does not fit. */
    private static int arrayFormat(AmqpArray array) {
        int format = array.format();
        int wide =
                switch (format) {
                    case FormatCode.TRUE, FormatCode.FALSE -> FormatCode.BOOLEAN;
                    case FormatCode.UINT0, FormatCode.SMALLUINT -> FormatCode.UINT;
                    case FormatCode.ULONG0, FormatCode.SMALLULONG -> FormatCode.ULONG;
                    case FormatCode.SMALLINT -> FormatCode.INT;
                    case FormatCode.SMALLLONG -> FormatCode.LONG;
                    case FormatCode.VBIN8 -> FormatCode.VBIN32;
                    case FormatCode.STR8 -> FormatCode.STR32;
                    case FormatCode.SYM8 -> FormatCode.SYM32;
                    case FormatCode.LIST0, FormatCode.LIST8 -> FormatCode.LIST32;
                    case FormatCode.MAP8 -> FormatCode.MAP32;
                    case FormatCode.ARRAY8 -> FormatCode.ARRAY32;
                    default -> format;
                };
        if (wide != format) {
            for (Object element : array.elements()) {
                if (!fits(format, element)) {
                    return wide;
                }
            }
        }
        return format;
    }

    private static boolean fits(int format, @Nullable Object element) {
        return switch (format) {
            case FormatCode.TRUE -> Boolean.TRUE.equals(element);
            case FormatCode.FALSE -> Boolean.FALSE.equals(element);
            case FormatCode.UINT0 -> cast(UnsignedInteger.class, element).value() == 0;
            case FormatCode.SMALLUINT -> cast(UnsignedInteger.class, element).value() <= 0xff;
            case FormatCode.ULONG0 -> cast(UnsignedLong.class, element).bits() == 0;
            case FormatCode.SMALLULONG ->
                isOctet(cast(UnsignedLong.class, element).bits());
            case FormatCode.SMALLINT -> isSignedOctet(cast(Integer.class, element));
            case FormatCode.SMALLLONG -> isSignedOctet(cast(Long.class, element));
            case FormatCode.VBIN8 -> cast(Binary.class, element).length() <= 0xff;
            case FormatCode.STR8 -> utf8(cast(String.class, element)).length <= 0xff;
            case FormatCode.SYM8 -> cast(Symbol.class, element).text().length() <= 0xff;
            case FormatCode.LIST0 -> cast(List.class, element).isEmpty();
            // How long the elements of a compound are is only known when written.
            default -> false;
        };
    }

    private static int shortestFormat(Object value) {
        if (value instanceof Boolean flag) {
            return flag ? FormatCode.TRUE : FormatCode.FALSE;
        } else if (value instanceof String text) {
            return text.length() <= 0xff && utf8(text).length <= 0xff ? FormatCode.STR8 : FormatCode.STR32;
        } else if (value instanceof Symbol symbol) {
            return symbol.text().length() <= 0xff ? FormatCode.SYM8 : FormatCode.SYM32;
        } else if (value instanceof Binary binary) {
            return binary.length() <= 0xff ? FormatCode.VBIN8 : FormatCode.VBIN32;
        } else if (value instanceof UnsignedInteger number) {
            return number.value() == 0
                    ? FormatCode.UINT0
                    : number.value() <= 0xff ? FormatCode.SMALLUINT : FormatCode.UINT;
        } else if (value instanceof UnsignedLong number) {
            return number.bits() == 0
                    ? FormatCode.ULONG0
                    : isOctet(number.bits()) ? FormatCode.SMALLULONG : FormatCode.ULONG;
        } else if (value instanceof Integer number) {
            return isSignedOctet(number) ? FormatCode.SMALLINT : FormatCode.INT;
        } else if (value instanceof Long number) {
            return isSignedOctet(number) ? FormatCode.SMALLLONG : FormatCode.LONG;
        } else if (value instanceof Decimal decimal) {
            return decimal.width() == 32
                    ? FormatCode.DECIMAL32
                    : decimal.width() == 64 ? FormatCode.DECIMAL64 : FormatCode.DECIMAL128;
        }
        return fixedFormat(value);
    }

    private static int fixedFormat(Object value) {
        if (value instanceof UnsignedByte) {
            return FormatCode.UBYTE;
        } else if (value instanceof UnsignedShort) {
            return FormatCode.USHORT;
        } else if (value instanceof Byte) {
            return FormatCode.BYTE;
        } else if (value instanceof Short) {
            return FormatCode.SHORT;
        } else if (value instanceof Float) {
            return FormatCode.FLOAT;
        } else if (value instanceof Double) {
            return FormatCode.DOUBLE;
        } else if (value instanceof Char) {
            return FormatCode.CHAR;
        } else if (value instanceof Timestamp) {
            return FormatCode.TIMESTAMP;
        } else if (value instanceof java.util.UUID) {
            return FormatCode.UUID;
        }
        throw new IllegalArgumentException(
                "no AMQP type for " + value.getClass().getName());
    }

    /** Writes a value without its code, in the given format. */
    private static void writeBody(ByteBuf buf, int format, @Nullable Object value) {
        switch (format) {
            case FormatCode.NULL -> requireNull(value);
            case FormatCode.TRUE, FormatCode.FALSE, FormatCode.UINT0, FormatCode.ULONG0, FormatCode.LIST0 -> {}
            case FormatCode.BOOLEAN -> buf.writeByte(cast(Boolean.class, value) ? 1 : 0);
            case FormatCode.UBYTE ->
                buf.writeByte(cast(UnsignedByte.class, value).value());
            case FormatCode.USHORT ->
                buf.writeShort(cast(UnsignedShort.class, value).value());
            case FormatCode.SMALLUINT ->
                buf.writeByte(cast(UnsignedInteger.class, value).bits());
            case FormatCode.UINT ->
                buf.writeInt(cast(UnsignedInteger.class, value).bits());
            case FormatCode.SMALLULONG ->
                buf.writeByte((int) cast(UnsignedLong.class, value).bits());
            case FormatCode.ULONG ->
                buf.writeLong(cast(UnsignedLong.class, value).bits());
            case FormatCode.BYTE -> buf.writeByte(cast(Byte.class, value));
            case FormatCode.SHORT -> buf.writeShort(cast(Short.class, value));
            case FormatCode.SMALLINT -> buf.writeByte(cast(Integer.class, value));
            case FormatCode.INT -> buf.writeInt(cast(Integer.class, value));
            case FormatCode.SMALLLONG -> buf.writeByte(cast(Long.class, value).intValue());
            case FormatCode.LONG -> buf.writeLong(cast(Long.class, value));
            case FormatCode.FLOAT -> buf.writeFloat(cast(Float.class, value));
            case FormatCode.DOUBLE -> buf.writeDouble(cast(Double.class, value));
            case FormatCode.DECIMAL32 -> buf.writeInt((int) decimal(value, 32).low());
            case FormatCode.DECIMAL64 -> buf.writeLong(decimal(value, 64).low());
            case FormatCode.DECIMAL128 ->
                buf.writeLong(decimal(value, 128).high())
                        .writeLong(decimal(value, 128).low());
            case FormatCode.CHAR -> buf.writeInt(cast(Char.class, value).codePoint());
            case FormatCode.TIMESTAMP ->
                buf.writeLong(cast(Timestamp.class, value).millis());
            case FormatCode.UUID -> {
                java.util.UUID uuid = cast(java.util.UUID.class, value);
                buf.writeLong(uuid.getMostSignificantBits()).writeLong(uuid.getLeastSignificantBits());
            }
            case FormatCode.VBIN8 -> writeOctets8(buf, cast(Binary.class, value).octets());
            case FormatCode.VBIN32 ->
                writeOctets32(buf, cast(Binary.class, value).octets());
            case FormatCode.STR8 -> writeOctets8(buf, utf8(cast(String.class, value)));
            case FormatCode.STR32 -> writeOctets32(buf, utf8(cast(String.class, value)));
            case FormatCode.SYM8 ->
                writeOctets8(buf, cast(Symbol.class, value).text().getBytes(StandardCharsets.US_ASCII));
            case FormatCode.SYM32 ->
                writeOctets32(buf, cast(Symbol.class, value).text().getBytes(StandardCharsets.US_ASCII));
            case FormatCode.LIST32, FormatCode.MAP32, FormatCode.ARRAY32 -> writeWideCompound(buf, format, value);
            default -> throw new IllegalArgumentException("format 0x" + Integer.toHexString(format));
        }
    }

    /** An element of an array of compounds: the code is the array's, so the short form is not free to take. */
    private static void writeWideCompound(ByteBuf buf, int format, @Nullable Object value) {
        int start = buf.writerIndex() - 1;
        buf.writeLong(0);
        int count;
        if (format == FormatCode.LIST32) {
            List<?> list = cast(List.class, value);
            list.forEach(element -> writeValue(buf, element));
            count = list.size();
        } else if (format == FormatCode.MAP32) {
            Map<?, ?> map = cast(Map.class, value);
            map.forEach((key, element) -> {
                writeValue(buf, key);
                writeValue(buf, element);
            });
            count = map.size() * 2;
        } else {
            AmqpArray array = cast(AmqpArray.class, value);
            int elementFormat = arrayFormat(array);
            if (array.descriptor() != null) {
                buf.writeByte(FormatCode.DESCRIBED);
                writeValue(buf, array.descriptor());
            }
            buf.writeByte(elementFormat);
            array.elements().forEach(element -> writeBody(buf, elementFormat, element));
            count = array.elements().size();
        }
        endCompound(buf, start, count, false);
    }

    private static void writeOctets8(ByteBuf buf, byte[] octets) {
        buf.writeByte(octets.length);
        buf.writeBytes(octets);
    }

    private static void writeOctets32(ByteBuf buf, byte[] octets) {
        buf.writeInt(octets.length);
        buf.writeBytes(octets);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static boolean isOctet(long bits) {
        return bits >= 0 && bits <= 0xff;
    }

    private static boolean isSignedOctet(long number) {
        return number == (byte) number;
    }

    private static Decimal decimal(@Nullable Object value, int width) {
        Decimal decimal = cast(Decimal.class, value);
        if (decimal.width() != width) {
            throw new IllegalArgumentException("decimal" + decimal.width() + " as decimal" + width);
        }
        return decimal;
    }

    private static void requireNull(@Nullable Object value) {
        if (value != null) {
            throw new IllegalArgumentException(value.getClass().getName() + " in an array of null");
        }
    }

    private static <T> T cast(Class<T> type, @Nullable Object value) {
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException("expected " + type.getSimpleName() + ", not " + value);
        }
        return type.cast(value);
    }
}
