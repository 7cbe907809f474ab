// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.mapping;

import io.linkspan.amqp.codec.FormatCode;
import io.linkspan.amqp.codec.MalformedException;
import io.linkspan.amqp.codec.TypeDecoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Walks through a list or map in place, value by value. AMQP 1.0 part 1, 1.6.22 and 1.6.23. A flyweight; throws
 * {@link MalformedException} if the values do not fill it.
 */
final class AmqpFields {

    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    private int end;
    private int left;
    private int next;
    private int at;

    /** Goes into the list at an index; a null there is an empty one. */
    void enterList(ByteBuf source, int index, int limit) {
        enter(source, index, limit, FormatCode.LIST8);
    }

    /** Goes into the map at an index: names and values in turn; a null there is an empty one. */
    void enterMap(ByteBuf source, int index, int limit) {
        enter(source, index, limit, FormatCode.MAP8);
    }

    private void enter(ByteBuf source, int index, int limit, int shortFormat) {
        buffer = source;
        end = TypeDecoder.skip(source, index, limit);
        left = 0;
        next = end;
        int format = source.getUnsignedByte(index);
        if (format == shortFormat) {
            begin(source.getUnsignedByte(index + 2), index + 3);
        } else if (format == shortFormat + 0x10) {
            begin(source.getInt(index + 5), index + 9);
        } else if (format != FormatCode.NULL && (format != FormatCode.LIST0 || shortFormat != FormatCode.LIST8)) {
            throw new MalformedException(
                    "0x" + Integer.toHexString(format) + " where 0x" + Integer.toHexString(shortFormat) + " belongs");
        }
    }

    private void begin(int count, int first) {
        if (count < 0 || count > end - first) {
            throw new MalformedException("count " + count + " with " + (end - first) + " octets");
        }
        left = count;
        next = first;
    }

    /** Goes to a single value. */
    void at(ByteBuf source, int index, int limit) {
        buffer = source;
        at = index;
        left = 0;
        end = limit;
        next = TypeDecoder.skip(source, index, limit);
    }

    /** Goes to the next value; false after the last. */
    boolean next() {
        if (left == 0) {
            return false;
        }
        left--;
        at = next;
        next = TypeDecoder.skip(buffer, at, end);
        return true;
    }

    /** Index of the present value. */
    int at() {
        return at;
    }

    /** Its format code. */
    int format() {
        return buffer.getUnsignedByte(at);
    }

    boolean isNull() {
        return format() == FormatCode.NULL;
    }

    /** Whether it is a string or a symbol. */
    boolean isText() {
        return isTextFormat(format());
    }

    boolean isTrue() {
        return format() == FormatCode.TRUE || (format() == FormatCode.BOOLEAN && buffer.getByte(at + 1) == 1);
    }

    boolean isFalse() {
        return format() == FormatCode.FALSE || (format() == FormatCode.BOOLEAN && buffer.getByte(at + 1) == 0);
    }

    /** A number of any width, unsigned kinds as they are below 2^63; -1 if it is none or negative. */
    long number() {
        return switch (format()) {
            case FormatCode.UINT0, FormatCode.ULONG0 -> 0;
            case FormatCode.UBYTE, FormatCode.SMALLUINT, FormatCode.SMALLULONG -> buffer.getUnsignedByte(at + 1);
            case FormatCode.BYTE, FormatCode.SMALLINT, FormatCode.SMALLLONG -> Math.max(-1, buffer.getByte(at + 1));
            case FormatCode.USHORT -> buffer.getUnsignedShort(at + 1);
            case FormatCode.SHORT -> Math.max(-1, buffer.getShort(at + 1));
            case FormatCode.UINT -> buffer.getUnsignedInt(at + 1);
            case FormatCode.INT -> Math.max(-1, buffer.getInt(at + 1));
            case FormatCode.ULONG, FormatCode.LONG, FormatCode.TIMESTAMP -> Math.max(-1, buffer.getLong(at + 1));
            default -> -1;
        };
    }

    /** Index of the first byte of a string, symbol or binary. */
    int contentStart() {
        return contentStart(buffer, at);
    }

    /** Index after the last byte of the value. */
    int contentEnd() {
        return next;
    }

    /** Whether a symbol or string is this ASCII text. */
    boolean is(String text) {
        int start = contentStart();
        if (next - start != text.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (buffer.getByte(start + i) != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether a symbol or string begins with this ASCII text. */
    boolean startsWith(String text) {
        int start = contentStart();
        if (next - start < text.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (buffer.getByte(start + i) != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    static boolean isTextFormat(int format) {
        return format == FormatCode.STR8
                || format == FormatCode.STR32
                || format == FormatCode.SYM8
                || format == FormatCode.SYM32;
    }

    static boolean isBinaryFormat(int format) {
        return format == FormatCode.VBIN8 || format == FormatCode.VBIN32;
    }

    /** Index of the first byte of the string, symbol or binary whose format code is at an index. */
    static int contentStart(ByteBuf source, int index) {
        return index + ((source.getByte(index) & 0x10) == 0 ? 2 : 5);
    }
}
