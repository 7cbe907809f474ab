// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads AMQP 1.0 values (part 1). Stateless; nothing it reads is kept or cached.
 *
 * <p>Sizes and counts are checked against the octets that are there before anything is allocated, so the memory of a
 * value is a small multiple of its encoding. Nesting is limited to {@link #MAX_DEPTH}. Everything wrong is a
 * {@link MalformedException}; the buffer's reader index is undefined after one. What {@link #validate} let pass, {@link
 * #readValue} reads. A key that comes twice in a map keeps its last value, as the original does (the specification calls
 * such a map invalid).
 *
 * <p>Java forms: null, Boolean, {@link UnsignedByte}, {@link UnsignedShort}, {@link UnsignedInteger},
 * {@link UnsignedLong}, Byte, Short, Integer, Long, Float, Double, {@link Decimal}, {@link Char}, {@link Timestamp},
 * {@link java.util.UUID}, {@link Binary}, String, {@link Symbol}, List, Map (in the order of the wire),
 * {@link AmqpArray}, {@link Described}.
 */
public final class TypeDecoder {
    /** How deep values may nest; a scalar has depth 1, a list of scalars depth 2. */
    public static final int MAX_DEPTH = 32;

    /** How many elements an array may have whose elements take no octets (null, true, false, 0, empty list). */
    public static final int MAX_EMPTY_ELEMENTS = 65_535;

    private TypeDecoder() {}

    /** Reads one value and moves the reader index behind it. */
    public static @Nullable Object readValue(ByteBuf buf) {
        return read(buf, buf.writerIndex(), MAX_DEPTH);
    }

    /** The index behind the value at {@code index}, by its outermost size only: what is inside is not looked at. */
    public static int skip(ByteBuf buf, int index) {
        return skip(buf, index, buf.writerIndex());
    }

    /** As {@link #skip(ByteBuf, int)}, for a value that has to end at or before {@code limit}. */
    public static int skip(ByteBuf buf, int index, int limit) {
        int at = index;
        // Each descriptor is a value of its own, then comes the value described.
        for (int depth = MAX_DEPTH; depth > 0; depth--) {
            require(at, 1, limit);
            int code = buf.getUnsignedByte(at);
            if (code != FormatCode.DESCRIBED) {
                return skipPrimitive(buf, code, at + 1, limit);
            }
            require(at, 2, limit);
            at = skipPrimitive(buf, descriptorCode(buf.getUnsignedByte(at + 1)), at + 2, limit);
        }
        throw tooDeep();
    }

    /**
     * Checks a value to its last element, without making objects.
     *
     * @return the index behind the value
     */
    public static int validate(ByteBuf buf, int index, int limit) {
        return validate(buf, index, limit, MAX_DEPTH);
    }

    private static int validate(ByteBuf buf, int index, int limit, int depth) {
        require(index, 1, limit);
        int code = buf.getUnsignedByte(index);
        if (code != FormatCode.DESCRIBED) {
            return validatePrimitive(buf, code, index + 1, limit, depth);
        }
        if (depth == 1) {
            throw tooDeep();
        }
        require(index, 2, limit);
        int descriptorCode = descriptorCode(buf.getUnsignedByte(index + 1));
        int at = validatePrimitive(buf, descriptorCode, index + 2, limit, depth - 1);
        return validate(buf, at, limit, depth - 1);
    }

    private static int validatePrimitive(ByteBuf buf, int code, int index, int limit, int depth) {
        if (depth == 0) {
            throw tooDeep();
        }
        int end = skipPrimitive(buf, code, index, limit);
        switch (code) {
            case FormatCode.BOOLEAN -> readBoolean(buf.getUnsignedByte(index));
            case FormatCode.CHAR -> readChar(buf.getInt(index));
            case FormatCode.STR8 -> checkText(buf, index + 1, end, StandardCharsets.UTF_8);
            case FormatCode.STR32 -> checkText(buf, index + 4, end, StandardCharsets.UTF_8);
            case FormatCode.SYM8 -> checkText(buf, index + 1, end, StandardCharsets.US_ASCII);
            case FormatCode.SYM32 -> checkText(buf, index + 4, end, StandardCharsets.US_ASCII);
            case FormatCode.LIST8, FormatCode.LIST32, FormatCode.MAP8, FormatCode.MAP32 -> {
                boolean wide = code >= FormatCode.LIST32;
                int count = count(buf, index, end, wide, code == FormatCode.MAP8 || code == FormatCode.MAP32);
                int at = index + (wide ? 8 : 2);
                for (int i = 0; i < count; i++) {
                    at = validate(buf, at, end, depth - 1);
                }
                checkEnd(at, end);
            }
            case FormatCode.ARRAY8, FormatCode.ARRAY32 -> {
                boolean wide = code == FormatCode.ARRAY32;
                int at = index + (wide ? 8 : 2);
                require(at, 1, end);
                int format = buf.getUnsignedByte(at++);
                if (format == FormatCode.DESCRIBED) {
                    require(at, 1, end);
                    int descriptorCode = descriptorCode(buf.getUnsignedByte(at));
                    at = validatePrimitive(buf, descriptorCode, at + 1, end, depth - 1);
                    require(at, 1, end);
                    format = buf.getUnsignedByte(at++);
                }
                int count = arrayCount(buf, index, end, wide, format);
                if (width(format) == 0) {
                    checkKnown(format);
                    count = 0;
                }
                for (int i = 0; i < count; i++) {
                    at = validatePrimitive(buf, format, at, end, depth - 1);
                }
                checkEnd(at, end);
            }
            default -> checkKnown(code);
        }
        return end;
    }

    private static @Nullable Object read(ByteBuf buf, int limit, int depth) {
        int code = readOctet(buf, limit);
        if (code != FormatCode.DESCRIBED) {
            return readPrimitive(buf, code, limit, depth);
        }
        if (depth == 1) {
            throw tooDeep();
        }
        Object descriptor = readPrimitive(buf, descriptorCode(readOctet(buf, limit)), limit, depth - 1);
        return new Described(descriptor, read(buf, limit, depth - 1));
    }

    private static @Nullable Object readPrimitive(ByteBuf buf, int code, int limit, int depth) {
        if (depth == 0) {
            throw tooDeep();
        }
        int start = buf.readerIndex();
        int end = skipPrimitive(buf, code, start, limit);
        return switch (code) {
            case FormatCode.NULL -> null;
            case FormatCode.TRUE -> true;
            case FormatCode.FALSE -> false;
            case FormatCode.BOOLEAN -> readBoolean(buf.readUnsignedByte());
            case FormatCode.UBYTE -> new UnsignedByte(buf.readUnsignedByte());
            case FormatCode.USHORT -> new UnsignedShort(buf.readUnsignedShort());
            case FormatCode.UINT0 -> new UnsignedInteger(0);
            case FormatCode.SMALLUINT -> new UnsignedInteger(buf.readUnsignedByte());
            case FormatCode.UINT -> new UnsignedInteger(buf.readUnsignedInt());
            case FormatCode.ULONG0 -> new UnsignedLong(0);
            case FormatCode.SMALLULONG -> new UnsignedLong(buf.readUnsignedByte());
            case FormatCode.ULONG -> new UnsignedLong(buf.readLong());
            case FormatCode.BYTE -> buf.readByte();
            case FormatCode.SHORT -> buf.readShort();
            case FormatCode.SMALLINT -> (int) buf.readByte();
            case FormatCode.INT -> buf.readInt();
            case FormatCode.SMALLLONG -> (long) buf.readByte();
            case FormatCode.LONG -> buf.readLong();
            case FormatCode.FLOAT -> buf.readFloat();
            case FormatCode.DOUBLE -> buf.readDouble();
            case FormatCode.DECIMAL32 -> new Decimal(32, 0, buf.readUnsignedInt());
            case FormatCode.DECIMAL64 -> new Decimal(64, 0, buf.readLong());
            case FormatCode.DECIMAL128 -> new Decimal(128, buf.readLong(), buf.readLong());
            case FormatCode.CHAR -> readChar(buf.readInt());
            case FormatCode.TIMESTAMP -> new Timestamp(buf.readLong());
            case FormatCode.UUID -> new java.util.UUID(buf.readLong(), buf.readLong());
            case FormatCode.VBIN8 -> readBinary(buf, start + 1, end);
            case FormatCode.VBIN32 -> readBinary(buf, start + 4, end);
            case FormatCode.STR8 -> readText(buf, start + 1, end, StandardCharsets.UTF_8);
            case FormatCode.STR32 -> readText(buf, start + 4, end, StandardCharsets.UTF_8);
            case FormatCode.SYM8 -> new Symbol(readText(buf, start + 1, end, StandardCharsets.US_ASCII));
            case FormatCode.SYM32 -> new Symbol(readText(buf, start + 4, end, StandardCharsets.US_ASCII));
            case FormatCode.LIST0 -> new ArrayList<>(0);
            case FormatCode.LIST8, FormatCode.LIST32 -> readList(buf, end, code == FormatCode.LIST32, depth);
            case FormatCode.MAP8, FormatCode.MAP32 -> readMap(buf, end, code == FormatCode.MAP32, depth);
            case FormatCode.ARRAY8, FormatCode.ARRAY32 -> readArray(buf, end, code == FormatCode.ARRAY32, depth);
            default -> throw unknown(code);
        };
    }

    private static List<@Nullable Object> readList(ByteBuf buf, int end, boolean wide, int depth) {
        int count = count(buf, buf.readerIndex(), end, wide, false);
        buf.skipBytes(wide ? 8 : 2);
        List<@Nullable Object> list = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            list.add(read(buf, end, depth - 1));
        }
        checkEnd(buf.readerIndex(), end);
        return list;
    }

    private static Map<@Nullable Object, @Nullable Object> readMap(ByteBuf buf, int end, boolean wide, int depth) {
        int count = count(buf, buf.readerIndex(), end, wide, true);
        buf.skipBytes(wide ? 8 : 2);
        Map<@Nullable Object, @Nullable Object> map = new LinkedHashMap<>(Math.max(4, count * 2 / 3 + 1));
        for (int i = 0; i < count; i += 2) {
            Object key = read(buf, end, depth - 1);
            Object value = read(buf, end, depth - 1);
            map.put(key, value);
        }
        checkEnd(buf.readerIndex(), end);
        return map;
    }

    private static AmqpArray readArray(ByteBuf buf, int end, boolean wide, int depth) {
        int start = buf.readerIndex();
        buf.skipBytes(wide ? 8 : 2);
        int format = readOctet(buf, end);
        Object descriptor = null;
        if (format == FormatCode.DESCRIBED) {
            descriptor = readPrimitive(buf, descriptorCode(readOctet(buf, end)), end, depth - 1);
            format = readOctet(buf, end);
        }
        int count = arrayCount(buf, start, end, wide, format);
        List<@Nullable Object> elements;
        if (width(format) == 0) {
            // All elements are the same one value: no memory for however many.
            elements = Collections.nCopies(count, readPrimitive(buf, format, end, depth - 1));
        } else {
            elements = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                elements.add(readPrimitive(buf, format, end, depth - 1));
            }
        }
        checkEnd(buf.readerIndex(), end);
        return new AmqpArray(format, descriptor, elements);
    }

    /** Count of a list or map; each element takes an octet at least, so a count beyond the octets is a lie. */
    private static int count(ByteBuf buf, int index, int end, boolean wide, boolean pairs) {
        int body = index + (wide ? 8 : 2);
        require(index, body - index, end);
        long count = wide ? buf.getUnsignedInt(index + 4) : buf.getUnsignedByte(index + 1);
        if (count > end - body) {
            throw new MalformedException(count + " elements in " + (end - body) + " octets");
        }
        if (pairs && (count & 1) != 0) {
            throw new MalformedException("map with " + count + " elements");
        }
        return (int) count;
    }

    private static int arrayCount(ByteBuf buf, int index, int end, boolean wide, int format) {
        require(index, wide ? 8 : 2, end);
        long count = wide ? buf.getUnsignedInt(index + 4) : buf.getUnsignedByte(index + 1);
        int width = width(format);
        if (format == FormatCode.DESCRIBED) {
            throw new MalformedException("array of doubly described values");
        }
        if (width == 0 ? count > MAX_EMPTY_ELEMENTS : count * width > end - index) {
            throw new MalformedException(
                    count + " elements of " + width + " octets or more in " + (end - index) + " octets");
        }
        return (int) count;
    }

    /** Octets that each value of this format takes at least, without its code. */
    private static int width(int code) {
        return switch (code >> 4) {
            case 0x4 -> 0;
            case 0x5, 0xa -> 1;
            case 0x6, 0xc, 0xe -> 2;
            case 0x7, 0xb -> 4;
            case 0x8, 0xd, 0xf -> 8;
            case 0x9 -> 16;
            default -> throw unknown(code);
        };
    }

    /** The index behind a value whose code was before {@code index}. */
    private static int skipPrimitive(ByteBuf buf, int code, int index, int limit) {
        long size;
        switch (code >> 4) {
            case 0x4 -> size = 0;
            case 0x5 -> size = 1;
            case 0x6 -> size = 2;
            case 0x7 -> size = 4;
            case 0x8 -> size = 8;
            case 0x9 -> size = 16;
            case 0xa, 0xc, 0xe -> {
                require(index, 1, limit);
                size = 1L + buf.getUnsignedByte(index);
            }
            case 0xb, 0xd, 0xf -> {
                require(index, 4, limit);
                size = 4 + buf.getUnsignedInt(index);
            }
            default -> throw unknown(code);
        }
        require(index, size, limit);
        return index + (int) size;
    }

    private static int descriptorCode(int code) {
        if (code == FormatCode.DESCRIBED) {
            throw new MalformedException("described descriptor");
        }
        return code;
    }

    private static int readOctet(ByteBuf buf, int limit) {
        require(buf.readerIndex(), 1, limit);
        return buf.readUnsignedByte();
    }

    private static boolean readBoolean(int octet) {
        if (octet > 1) {
            throw new MalformedException("boolean of value " + octet);
        }
        return octet == 1;
    }

    private static Char readChar(int codePoint) {
        if (!Character.isValidCodePoint(codePoint)) {
            throw new MalformedException("char of value " + Integer.toUnsignedString(codePoint));
        }
        return new Char(codePoint);
    }

    private static Binary readBinary(ByteBuf buf, int start, int end) {
        byte[] octets = new byte[end - start];
        buf.getBytes(start, octets);
        buf.readerIndex(end);
        return new Binary(octets);
    }

    private static String readText(ByteBuf buf, int start, int end, Charset charset) {
        checkText(buf, start, end, charset);
        buf.readerIndex(end);
        return buf.toString(start, end - start, charset);
    }

    private static void checkText(ByteBuf buf, int start, int end, Charset charset) {
        if (!ByteBufUtil.isText(buf, start, end - start, charset)) {
            throw new MalformedException("text of " + (end - start) + " octets that is not " + charset.name());
        }
    }

    private static void checkKnown(int code) {
        switch (code) {
            case FormatCode.NULL,
                    FormatCode.TRUE,
                    FormatCode.FALSE,
                    FormatCode.UINT0,
                    FormatCode.ULONG0,
                    FormatCode.LIST0,
                    FormatCode.UBYTE,
                    FormatCode.BYTE,
                    FormatCode.SMALLUINT,
                    FormatCode.SMALLULONG,
                    FormatCode.SMALLINT,
                    FormatCode.SMALLLONG,
                    FormatCode.USHORT,
                    FormatCode.SHORT,
                    FormatCode.UINT,
                    FormatCode.INT,
                    FormatCode.FLOAT,
                    FormatCode.DECIMAL32,
                    FormatCode.ULONG,
                    FormatCode.LONG,
                    FormatCode.DOUBLE,
                    FormatCode.TIMESTAMP,
                    FormatCode.DECIMAL64,
                    FormatCode.DECIMAL128,
                    FormatCode.UUID,
                    FormatCode.VBIN8,
                    FormatCode.VBIN32 -> {}
            default -> throw unknown(code);
        }
    }

    private static void checkEnd(int at, int end) {
        if (at != end) {
            throw new MalformedException("elements end " + (end - at) + " octets before their compound does");
        }
    }

    private static void require(int index, long octets, int limit) {
        if (octets > limit - index) {
            throw new MalformedException("value of " + octets + " octets, " + (limit - index) + " are left");
        }
    }

    private static MalformedException unknown(int code) {
        return new MalformedException("unknown type code 0x" + Integer.toHexString(code));
    }

    private static MalformedException tooDeep() {
        return new MalformedException("values nested more than " + MAX_DEPTH + " deep");
    }
}
