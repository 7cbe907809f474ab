// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.mapping;

import io.linkspan.amqp.codec.FormatCode;
import io.linkspan.amqp.codec.MalformedException;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The descriptor before a section, as a number or as a symbol. AMQP 1.0 part 3, 3.2. */
final class SectionDescriptor {

    private static final List<String> SYMBOLS = List.of(
            "amqp:header:list",
            "amqp:delivery-annotations:map",
            "amqp:message-annotations:map",
            "amqp:properties:list",
            "amqp:application-properties:map",
            "amqp:data:binary",
            "amqp:amqp-sequence:list",
            "amqp:amqp-value:*",
            "amqp:footer:map");

    private SectionDescriptor() {}

    /** The code of the section at an index, 0x70 .. 0x78. */
    static int code(ByteBuf bytes, int index) {
        int end = bytes.writerIndex();
        if (end - index < 3 || bytes.getByte(index) != 0) {
            throw new MalformedException("no section at octet " + index);
        }
        int format = bytes.getUnsignedByte(index + 1);
        long code = -1;
        if (format == FormatCode.SMALLULONG) {
            code = bytes.getUnsignedByte(index + 2);
        } else if (format == FormatCode.ULONG && end - index >= 10) {
            code = bytes.getLong(index + 2);
        } else if (format == FormatCode.SYM8 && end - index >= 3 + bytes.getUnsignedByte(index + 2)) {
            String symbol = bytes.toString(index + 3, bytes.getUnsignedByte(index + 2), StandardCharsets.US_ASCII);
            code = SYMBOLS.indexOf(symbol);
            code = code < 0 ? -1 : code + Names.HEADER;
        }
        if (code < Names.HEADER || code > Names.FOOTER) {
            throw new MalformedException("no section with code " + code + " at octet " + index);
        }
        return (int) code;
    }

    /** Index of the value of the section at an index whose code was read. */
    static int valueIndex(ByteBuf bytes, int index) {
        return switch (bytes.getUnsignedByte(index + 1)) {
            case FormatCode.SMALLULONG -> index + 3;
            case FormatCode.ULONG -> index + 10;
            default -> index + 3 + bytes.getUnsignedByte(index + 2);
        };
    }
}
