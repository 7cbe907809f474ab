// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.codec;

import io.linkspan.bridge.text.Utf8;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** Walks through one packet and never beyond its end. Flyweight of a decoder. */
final class PacketReader {

    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    private String packet = "";
    private int index;
    private int end;

    void reset(ByteBuf source, String packetName, int from, int to) {
        buffer = source;
        packet = packetName;
        index = from;
        end = to;
    }

    ByteBuf buffer() {
        return buffer;
    }

    int index() {
        return index;
    }

    int remaining() {
        return end - index;
    }

    int readByte(String field) {
        need(1, field);
        return buffer.getUnsignedByte(index++);
    }

    int readShort(String field) {
        need(2, field);
        index += 2;
        return buffer.getUnsignedShort(index - 2);
    }

    /** Two bytes of length and so many bytes; returns their offset and leaves the index after them. */
    int skipBinary(String field) {
        int length = readShort(field);
        need(length, field);
        index += length;
        return index - length;
    }

    byte[] readBinary(String field) {
        int offset = skipBinary(field);
        byte[] bytes = new byte[index - offset];
        buffer.getBytes(offset, bytes);
        return bytes;
    }

    /** A text that is UTF-8; discouraged characters cost {@code discouraged} if they are refused. */
    String readText(String field, boolean strictUtf8, ReasonCode discouraged) {
        int offset = skipBinary(field);
        checkText(offset, index - offset, field, strictUtf8, discouraged);
        return Utf8.decode(buffer, offset, index - offset);
    }

    void checkText(int offset, int length, String field, boolean strictUtf8, ReasonCode discouraged) {
        Utf8.Verdict verdict = Utf8.check(buffer, offset, length);
        if (verdict == Utf8.Verdict.MALFORMED) {
            throw ViolationException.malformed(field + " of " + packet + " is not UTF-8 without U+0000");
        }
        if (verdict == Utf8.Verdict.DISCOURAGED && strictUtf8) {
            throw ViolationException.of(
                    discouraged, field + " of " + packet + " has a control character or non-character");
        }
    }

    int readPacketId() {
        int id = readShort("Packet identifier");
        if (id == 0) {
            throw ViolationException.protocol("Packet identifier 0 in " + packet);
        }
        return id;
    }

    void readProperties(PropertyView view, PropertyContext context, int maxUserProperties) {
        index = view.read(buffer, index, end, context, maxUserProperties);
    }

    void expectEnd() {
        if (index != end) {
            throw ViolationException.malformed((end - index) + " bytes left over in " + packet);
        }
    }

    private void need(int bytes, String field) {
        if (bytes > end - index) {
            throw ViolationException.malformed(
                    field + " of " + packet + " needs " + bytes + " bytes and " + (end - index) + " are left");
        }
    }
}
