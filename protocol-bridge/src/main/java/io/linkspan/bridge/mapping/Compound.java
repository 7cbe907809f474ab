// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.mapping;

import io.linkspan.amqp.codec.FormatCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/** Writes AMQP sections, lists and maps whose size is known only at their end. AMQP 1.0 part 1, 1.6. */
final class Compound {

    private static final int HEADER_BYTES = 8;

    private Compound() {}

    /** A section descriptor. */
    static void section(ByteBuf out, int code) {
        out.writeByte(0).writeByte(FormatCode.SMALLULONG).writeByte(code);
    }

    /** Opens a list32 or map32; returns where it is. */
    static int open(ByteBuf out, int format) {
        out.writeByte(format).writeLong(0);
        return out.writerIndex() - HEADER_BYTES;
    }

    /** Closes what {@link #open} opened; a map counts keys and values. */
    static void close(ByteBuf out, int at, int count) {
        out.setInt(at, out.writerIndex() - at - 4);
        out.setInt(at + 4, count);
    }

    /** A symbol of ASCII characters. */
    static void symbol(ByteBuf out, String text) {
        if (text.length() < 256) {
            out.writeByte(FormatCode.SYM8).writeByte(text.length());
        } else {
            out.writeByte(FormatCode.SYM32).writeInt(text.length());
        }
        ByteBufUtil.writeAscii(out, text);
    }

    /** A string. */
    static void string(ByteBuf out, String text) {
        int length = ByteBufUtil.utf8Bytes(text);
        sized(out, FormatCode.STR8, length);
        ByteBufUtil.writeUtf8(out, text);
    }

    /** A string, symbol or binary copied from bytes: the format for less than 256 bytes and the length. */
    static void copy(ByteBuf out, int shortFormat, ByteBuf source, int offset, int length) {
        sized(out, shortFormat, length);
        out.writeBytes(source, offset, length);
    }

    /** Format and length of a value of variable width. */
    static void sized(ByteBuf out, int shortFormat, int length) {
        if (length < 256) {
            out.writeByte(shortFormat).writeByte(length);
        } else {
            out.writeByte(shortFormat + 0x10).writeInt(length);
        }
    }

    /** A timestamp. */
    static void timestamp(ByteBuf out, long millis) {
        out.writeByte(FormatCode.TIMESTAMP).writeLong(millis);
    }
}
