// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** Reads what a server sends, as sentences. Knows nothing of the code under test. */
final class ServerPackets {

    final List<String> events = new ArrayList<>();
    boolean isV5;
    /** All that came so far, complete or not. */
    long receivedBytes;

    private final ByteBuf held = Unpooled.buffer();

    /** Whether what comes is counted and not read. */
    boolean isDeaf;

    void receive(ByteBuf bytes) {
        receivedBytes += bytes.readableBytes();
        if (isDeaf) {
            return;
        }
        held.writeBytes(bytes);
        while (held.readableBytes() >= 2) {
            int start = held.readerIndex();
            int first = held.readUnsignedByte();
            int length = 0;
            int shift = 0;
            int b;
            do {
                if (!held.isReadable()) {
                    held.readerIndex(start);
                    return;
                }
                b = held.readByte();
                length |= (b & 0x7f) << shift;
                shift += 7;
            } while (b < 0);
            if (held.readableBytes() < length) {
                held.readerIndex(start);
                return;
            }
            events.add(describe(first, held.readSlice(length)));
            held.discardReadBytes();
        }
    }

    private String describe(int first, ByteBuf in) {
        String text =
                switch (first >> 4) {
                    case 2 -> "CONNACK " + in.readByte() + " " + hex(in) + properties(in);
                    case 3 -> publish(first, in);
                    case 4 -> acknowledgement("PUBACK", in);
                    case 5 -> acknowledgement("PUBREC", in);
                    case 6 -> acknowledgement("PUBREL", in);
                    case 7 -> acknowledgement("PUBCOMP", in);
                    case 9 -> codes("SUBACK", in);
                    case 11 -> codes("UNSUBACK", in);
                    case 13 -> "PINGRESP";
                    case 14 -> "DISCONNECT " + hex(in) + (in.isReadable() ? properties(in) : "");
                    default -> throw new IllegalStateException("first byte " + first);
                };
        if (in.isReadable()) {
            throw new IllegalStateException(in.readableBytes() + " bytes left over after " + text);
        }
        return text;
    }

    private static String hex(ByteBuf in) {
        return String.format(Locale.ROOT, "0x%02x", in.readUnsignedByte());
    }

    private String publish(int first, ByteBuf in) {
        StringBuilder text = new StringBuilder("PUBLISH ");
        text.append(in.readCharSequence(in.readUnsignedShort(), StandardCharsets.UTF_8));
        int qos = first >> 1 & 3;
        text.append(" q").append(qos);
        if (qos > 0) {
            text.append(" id").append(in.readUnsignedShort());
        }
        text.append((first & 8) != 0 ? " dup" : "").append((first & 1) != 0 ? " retain" : "");
        text.append(properties(in)).append(' ');
        int length = in.readableBytes();
        if (length > 1_000) {
            int sum = 0;
            while (in.isReadable()) {
                sum = 31 * sum + in.readByte();
            }
            text.append(length).append(" bytes ").append(Integer.toHexString(sum));
        } else {
            text.append(in.readCharSequence(length, StandardCharsets.UTF_8));
        }
        return text.toString();
    }

    private String acknowledgement(String name, ByteBuf in) {
        String text = name + " " + in.readUnsignedShort();
        if (in.isReadable()) {
            text += " " + hex(in);
            if (in.isReadable()) {
                text += properties(in);
            }
        }
        return text;
    }

    private String codes(String name, ByteBuf in) {
        String text = name + " " + in.readUnsignedShort() + properties(in);
        List<String> codes = new ArrayList<>();
        while (in.isReadable()) {
            int code = in.readUnsignedByte();
            codes.add(code < 0x10 ? String.valueOf(code) : String.format(Locale.ROOT, "0x%02x", code));
        }
        return text + " " + codes;
    }

    private String properties(ByteBuf in) {
        if (!isV5) {
            return "";
        }
        ByteBuf properties = in.readSlice(variable(in));
        TreeMap<String, String> found = new TreeMap<>();
        StringBuilder ordered = new StringBuilder();
        while (properties.isReadable()) {
            int id = properties.readUnsignedByte();
            String name = String.format(Locale.ROOT, "%02x", id);
            String value =
                    switch (id) {
                        case 0x01, 0x17, 0x19, 0x24, 0x25, 0x28, 0x29, 0x2a -> String.valueOf(properties.readByte());
                        case 0x13, 0x21, 0x22, 0x23 -> String.valueOf(properties.readUnsignedShort());
                        case 0x02, 0x11, 0x18, 0x27 -> String.valueOf(properties.readUnsignedInt());
                        case 0x0b -> String.valueOf(variable(properties));
                        case 0x26 -> text(properties) + "=" + text(properties);
                        case 0x09, 0x16 -> ByteBufUtil.hexDump(properties.readSlice(properties.readUnsignedShort()));
                        default -> text(properties);
                    };
            found.merge(name, value, (a, b) -> a + "," + b);
        }
        found.forEach((name, value) -> ordered.append(ordered.length() == 0 ? "" : " ")
                .append(name)
                .append('=')
                .append(value));
        return ordered.length() == 0 ? "" : " {" + ordered + "}";
    }

    private static String text(ByteBuf in) {
        return in.readCharSequence(in.readUnsignedShort(), StandardCharsets.UTF_8)
                .toString();
    }

    private static int variable(ByteBuf in) {
        int value = 0;
        int shift = 0;
        int b;
        do {
            b = in.readByte();
            value |= (b & 0x7f) << shift;
            shift += 7;
        } while (b < 0);
        return value;
    }
}
