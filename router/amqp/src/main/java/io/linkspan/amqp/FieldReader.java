// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import io.linkspan.amqp.codec.FormatCode;
import io.linkspan.amqp.codec.MalformedException;
import io.linkspan.amqp.codec.RawValue;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.amqp.codec.TypeDecoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a described list field by field in place: performatives, termini, errors, states. AMQP 1.0 part 1, 1.4.
 *
 * <p>A flyweight: {@link #open} points it at a list, each read takes the next field. A field that is absent or null
 * gives the default of the call; what has another type than the call expects, or reaches beyond the list, is a
 * {@link MalformedException}. Nothing is allocated for numbers and flags. Confined to its owner's loop.
 */
final class FieldReader {
    /** Descriptor of something described by neither an AMQP code below 2^31 nor a symbol we know. */
    static final int OTHER = -1;

    /** A number that is absent or null. */
    static final long ABSENT = -1;

    private ByteBuf buf = Unpooled.EMPTY_BUFFER;
    private int at;
    private int end;
    private int left;

    /**
     * Begins with the described list at {@code index}, which has to end at or before {@code limit}.
     *
     * @return the code of its descriptor, or {@link #OTHER}
     */
    int open(ByteBuf bytes, int index, int limit) {
        buf = bytes;
        if (limit - index >= Long.BYTES) {
            // Nearly every list on the wire begins like this: described, small code, list of at most 255 octets.
            long head = bytes.getLong(index);
            if (head >>> 48 == (FormatCode.DESCRIBED << 8 | FormatCode.SMALLULONG)
                    && (head >>> 32 & 0xff) == FormatCode.LIST8) {
                end = limit;
                setList(index + 6, index + 5 + (head >>> 24 & 0xff), head >>> 16 & 0xff);
                return (int) (head >>> 40) & 0xff;
            }
        }
        return openUncommon(index, limit);
    }

    /** Lets go of the bytes. */
    void forget() {
        buf = Unpooled.EMPTY_BUFFER;
    }

    private int openUncommon(int index, int limit) {
        end = limit;
        at = index;
        require(1);
        if (buf.getByte(at) != FormatCode.DESCRIBED) {
            throw new MalformedException("a list without a descriptor");
        }
        int after = TypeDecoder.skip(buf, index + 1, limit);
        int code = descriptor(index + 1, after);
        openList(after, limit);
        return code;
    }

    private int descriptor(int index, int after) {
        int format = buf.getUnsignedByte(index);
        switch (format) {
            case FormatCode.ULONG0 -> {
                return 0;
            }
            case FormatCode.SMALLULONG -> {
                return buf.getUnsignedByte(index + 1);
            }
            case FormatCode.ULONG -> {
                long code = buf.getLong(index + 1);
                return code >= 0 && code <= Integer.MAX_VALUE ? (int) code : OTHER;
            }
            case FormatCode.SYM8, FormatCode.SYM32 -> {
                int start = index + (format == FormatCode.SYM8 ? 2 : 5);
                return Descriptors.codeOf(buf.toString(start, after - start, StandardCharsets.US_ASCII));
            }
            default -> {
                return OTHER;
            }
        }
    }

    private void openList(int index, int limit) {
        at = index;
        end = limit;
        require(1);
        switch (buf.getUnsignedByte(at)) {
            case FormatCode.LIST0 -> {
                left = 0;
                at++;
                end = at;
            }
            case FormatCode.LIST8 -> {
                require(3);
                setList(at + 3, at + 2L + buf.getUnsignedByte(at + 1), buf.getUnsignedByte(at + 2));
            }
            case FormatCode.LIST32 -> {
                require(9);
                setList(at + 9, at + 5L + buf.getUnsignedInt(at + 1), buf.getUnsignedInt(at + 5));
            }
            default ->
                throw new MalformedException(
                        "type 0x" + Integer.toHexString(buf.getUnsignedByte(at)) + " where a list belongs");
        }
    }

    private void setList(int body, long listEnd, long count) {
        if (listEnd > end || listEnd < body || count > listEnd - body) {
            throw new MalformedException(
                    "list of " + count + " fields ending at octet " + (listEnd - body) + " of " + (end - body));
        }
        at = body;
        end = (int) listEnd;
        left = (int) count;
    }

    /** Where the list ends: for a transfer, where the payload begins. */
    int end() {
        return end;
    }

    /** Index of the next field. */
    int index() {
        return at;
    }

    /** True when the next field is there and not null; one that is null is passed over. */
    boolean present() {
        if (left == 0) {
            return false;
        }
        if (at < end && buf.getByte(at) == FormatCode.NULL) {
            at++;
            left--;
            return false;
        }
        return true;
    }

    /** Takes the code of the next field; {@link FormatCode#NULL} when the field is absent, too. */
    private int next() {
        return left == 0 ? FormatCode.NULL : take();
    }

    boolean bool(boolean absent) {
        int code = next();
        return switch (code) {
            case FormatCode.NULL -> absent;
            case FormatCode.TRUE -> true;
            case FormatCode.FALSE -> false;
            case FormatCode.BOOLEAN -> {
                require(1);
                int octet = buf.getUnsignedByte(at++);
                if (octet > 1) {
                    throw new MalformedException("boolean of value " + octet);
                }
                yield octet == 1;
            }
            default -> throw wrongType(code, "boolean");
        };
    }

    /** A boolean that has to be there. */
    boolean requiredBool(String name) {
        if (!present()) {
            throw missing(name);
        }
        return bool(false);
    }

    /** A {@code uint} as an unsigned number; {@link #ABSENT} when it is absent or null. */
    long uint() {
        int code = next();
        switch (code) {
            case FormatCode.NULL -> {
                return ABSENT;
            }
            case FormatCode.UINT0 -> {
                return 0;
            }
            case FormatCode.SMALLUINT -> {
                require(1);
                return buf.getUnsignedByte(at++);
            }
            case FormatCode.UINT -> {
                require(4);
                at += 4;
                return buf.getUnsignedInt(at - 4);
            }
            default -> throw wrongType(code, "uint");
        }
    }

    /** The 32 bits of a {@code uint}. */
    int uint(int absent) {
        long value = uint();
        return value == ABSENT ? absent : (int) value;
    }

    /** The 32 bits of a {@code uint} that has to be there. */
    int requiredUint(String name) {
        long value = uint();
        if (value == ABSENT) {
            throw missing(name);
        }
        return (int) value;
    }

    int ubyte(int absent) {
        int code = next();
        if (code == FormatCode.NULL) {
            return absent;
        }
        if (code != FormatCode.UBYTE) {
            throw wrongType(code, "ubyte");
        }
        require(1);
        return buf.getUnsignedByte(at++);
    }

    int ushort(int absent) {
        int code = next();
        if (code == FormatCode.NULL) {
            return absent;
        }
        if (code != FormatCode.USHORT) {
            throw wrongType(code, "ushort");
        }
        require(2);
        at += 2;
        return buf.getUnsignedShort(at - 2);
    }

    /** The 64 bits of a {@code ulong}. */
    long ulong(long absent) {
        int code = next();
        switch (code) {
            case FormatCode.NULL -> {
                return absent;
            }
            case FormatCode.ULONG0 -> {
                return 0;
            }
            case FormatCode.SMALLULONG -> {
                require(1);
                return buf.getUnsignedByte(at++);
            }
            case FormatCode.ULONG -> {
                require(8);
                at += 8;
                return buf.getLong(at - 8);
            }
            default -> throw wrongType(code, "ulong");
        }
    }

    @Nullable
    String string() {
        return present() ? text(FormatCode.STR8, FormatCode.STR32, "string") : null;
    }

    String requiredString(String name) {
        String value = string();
        if (value == null) {
            throw missing(name);
        }
        return value;
    }

    @Nullable
    Symbol symbol() {
        return present() ? new Symbol(text(FormatCode.SYM8, FormatCode.SYM32, "symbol")) : null;
    }

    byte @Nullable [] binary() {
        if (!present()) {
            return null;
        }
        int start = openOctets(FormatCode.VBIN8, FormatCode.VBIN32, "binary");
        byte[] octets = new byte[at - start];
        buf.getBytes(start, octets);
        return octets;
    }

    /**
     * Passes over a binary field.
     *
     * @return where its octets begin, {@link #index} being where they end; -1 when it is absent or null
     */
    int binarySlice() {
        return present() ? openOctets(FormatCode.VBIN8, FormatCode.VBIN32, "binary") : -1;
    }

    /** Passes over a field of any type; what is inside stays unread. */
    void skip() {
        if (left > 0) {
            left--;
            at = TypeDecoder.skip(buf, at, end);
        }
    }

    /** A copy of the field as it came, checked to its last element; null only when it is absent. */
    @Nullable
    RawValue raw() {
        if (left == 0) {
            return null;
        }
        int start = at;
        skip();
        return RawValue.copyOf(buf, start, at);
    }

    /** All fields that follow, as they came. */
    List<RawValue> rest() {
        if (left == 0) {
            finish();
            return List.of();
        }
        List<RawValue> fields = new ArrayList<>();
        for (RawValue field = raw(); field != null; field = raw()) {
            fields.add(field);
        }
        finish();
        return fields;
    }

    /** Passes over the fields that follow and checks that they end where their list does. */
    void finish() {
        while (left > 0) {
            skip();
        }
        if (at != end) {
            throw new MalformedException("fields end " + (end - at) + " octets before their list does");
        }
    }

    private String text(int format8, int format32, String type) {
        int before = at;
        openOctets(format8, format32, type);
        ByteBuf field = buf.slice(before, at - before);
        Object value = TypeDecoder.readValue(field);
        return String.valueOf(value);
    }

    private int openOctets(int format8, int format32, String type) {
        int code = take();
        long length;
        if (code == format8) {
            require(1);
            length = buf.getUnsignedByte(at++);
        } else if (code == format32) {
            require(4);
            length = buf.getUnsignedInt(at);
            at += 4;
        } else {
            throw wrongType(code, type);
        }
        require(length);
        int start = at;
        at += (int) length;
        return start;
    }

    private int take() {
        require(1);
        left--;
        return buf.getUnsignedByte(at++);
    }

    private void require(long octets) {
        if (octets > end - at) {
            throw new MalformedException("field of " + octets + " octets, " + (end - at) + " are left in its list");
        }
    }

    private static MalformedException wrongType(int code, String expected) {
        return new MalformedException("type 0x" + Integer.toHexString(code) + " where " + expected + " belongs");
    }

    private static MalformedException missing(String name) {
        return new MalformedException("mandatory field " + name + " is missing");
    }
}
