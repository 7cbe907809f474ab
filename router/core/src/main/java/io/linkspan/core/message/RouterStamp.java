// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.message;

import io.linkspan.core.delivery.ToAnnotation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What one router writes into the message annotations of each message it sends to another router: destination, first
 * router, and itself at the end of the trace. Routing ANN-03 to ANN-07; inter-router protocol, 5.2.
 *
 * <p>User entries stay as they are, in front and in their order; behind them come phase, stream, to, ingress and trace.
 * Everything before and behind the section is copied byte for byte. Immutable.
 */
public final class RouterStamp {

    /** Messages of fewer octets are copied whole, so that they go out of one buffer; of larger ones the rest is a slice. */
    static final int COPY_BELOW_BYTES = 32 * 1024;

    private static final byte[] PHASE = symbol("x-opt-qd.phase");
    private static final byte[] STREAM = symbol("x-opt-qd.stream");
    private static final byte[] TO = symbol("x-opt-qd.to");
    private static final byte[] INGRESS = symbol("x-opt-qd.ingress");
    private static final byte[] TRACE = symbol("x-opt-qd.trace");

    /** Octets of all router keys with constructors, sizes and small values, without the texts: an upper bound. */
    private static final int KEY_BYTES = 120;

    private final byte[] node;

    /** The stamp of the router with this id. */
    public RouterStamp(String routerId) {
        node = string(("0/" + routerId).getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] symbol(String text) {
        byte[] value = new byte[text.length() + 2];
        value[0] = (byte) 0xa3;
        value[1] = (byte) text.length();
        for (int i = 0; i < text.length(); i++) {
            value[i + 2] = (byte) text.charAt(i);
        }
        return value;
    }

    /** An encoded string value. */
    static byte[] string(byte[] utf8) {
        ByteBuf value = Unpooled.buffer(utf8.length + 5);
        writeString(value, utf8.length).writeBytes(utf8);
        byte[] bytes = new byte[value.readableBytes()];
        value.readBytes(bytes);
        return bytes;
    }

    private static ByteBuf writeString(ByteBuf out, int length) {
        return length <= 0xff
                ? out.writeByte(0xa1).writeByte(length)
                : out.writeByte(0xb1).writeInt(length);
    }

    /**
     * The message of a view with this router's annotations.
     *
     * @param view over the message, read at least to the annotations
     * @param keys the router keys of that message
     * @param to what the router itself says about the destination; null leaves what the message says
     * @return owned by the caller; large messages share their bytes with the view's buffer
     */
    public ByteBuf stamped(
            ByteBufAllocator allocator, MessageView view, RouterAnnotations keys, @Nullable ToAnnotation to) {
        ByteBuf buf = view.bytes();
        int place = view.annotationsPlace();
        int behind = view.behindAnnotations();
        int section = behind - place + KEY_BYTES + 2 * node.length + (to == null ? 0 : to.text().length);
        int rest = view.end() - behind;
        boolean copied = rest < COPY_BELOW_BYTES;
        ByteBuf out = allocator.buffer(place - view.start() + section + (copied ? rest : 0));
        out.writeBytes(buf, view.start(), place - view.start());
        writeSection(out, view, keys, to, section);
        if (copied) {
            return out.writeBytes(buf, behind, rest);
        }
        return allocator.compositeBuffer(2).addComponent(true, out).addComponent(true, buf.retainedSlice(behind, rest));
    }

    private void writeSection(
            ByteBuf out, MessageView view, RouterAnnotations keys, @Nullable ToAnnotation to, int atMost) {
        out.writeMedium(0x005372);
        boolean wide = atMost > 0xff;
        out.writeByte(wide ? 0xd1 : 0xc1);
        int sizeAt = out.writerIndex();
        out.writeZero(wide ? 8 : 2);
        int entries = writeUserEntries(out, view);
        int phase = to == null ? keys.phase() : to.phase();
        if (phase != 0) {
            out.writeBytes(PHASE).writeByte(0x54).writeByte(phase);
            entries++;
        }
        if (keys.stream()) {
            out.writeBytes(STREAM).writeShort(0x5401);
            entries++;
        }
        if (to != null) {
            out.writeBytes(TO);
            writeString(out, to.text().length).writeBytes(to.text());
            entries++;
        } else if (keys.to() >= 0) {
            out.writeBytes(TO);
            writeString(out, keys.toLength()).writeBytes(keys.bytes(), keys.to(), keys.toLength());
            entries++;
        }
        out.writeBytes(INGRESS);
        if (keys.ingress() >= 0) {
            writeString(out, keys.ingressLength()).writeBytes(keys.bytes(), keys.ingress(), keys.ingressLength());
        } else {
            out.writeBytes(node);
        }
        out.writeBytes(TRACE);
        writeTrace(out, keys);
        entries += 2;
        if (wide) {
            out.setInt(sizeAt, out.writerIndex() - sizeAt - 4);
            out.setInt(sizeAt + 4, entries * 2);
        } else {
            out.setByte(sizeAt, out.writerIndex() - sizeAt - 1);
            out.setByte(sizeAt + 1, entries * 2);
        }
    }

    private void writeTrace(ByteBuf out, RouterAnnotations keys) {
        int elements = keys.traceLength() + node.length;
        int count = keys.traceCount() + 1;
        if (elements < 0xff && count <= 0xff) {
            out.writeByte(0xc0).writeByte(elements + 1).writeByte(count);
        } else {
            out.writeByte(0xd0).writeInt(elements + 4).writeInt(count);
        }
        if (keys.traceLength() > 0) {
            out.writeBytes(keys.bytes(), keys.trace(), keys.traceLength());
        }
        out.writeBytes(node);
    }

    /** The user's entries, in blocks between the routers' keys; how many they are. */
    private static int writeUserEntries(ByteBuf out, MessageView view) {
        int map = view.annotations();
        if (map < 0) {
            return 0;
        }
        int at = view.first(map);
        int count = view.count(map);
        if (!view.hasRouterKeys()) {
            out.writeBytes(view.bytes(), at, view.behindAnnotations() - at);
            return count / 2;
        }
        int kept = 0;
        int block = at;
        for (int i = count; i > 0; i -= 2) {
            int value = (int) view.valueEnd(at);
            int next = (int) view.valueEnd(value);
            if (view.routerKey(at, value) >= 0) {
                out.writeBytes(view.bytes(), block, at - block);
                block = next;
            } else {
                kept++;
            }
            at = next;
        }
        out.writeBytes(view.bytes(), block, at - block);
        return kept;
    }
}
