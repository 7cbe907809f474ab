// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.message;

import io.linkspan.core.delivery.ToAnnotation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What one router writes into the message annotations of each message it sends to another router: destination, first
 * router, and itself at the end of the trace. Routing ANN-03 to ANN-07; inter-router protocol, 5.2.
 *
 * <p>User entries stay as they are, in front and in their order; behind them come phase, stream, copy, to, ingress and trace.
 * Everything before and behind the section is copied byte for byte. Immutable.
 */
public final class RouterStamp {

    private static final byte[] PHASE = symbol("x-opt-qd.phase");
    private static final byte[] STREAM = symbol("x-opt-qd.stream");
    private static final byte[] COPY = symbol("x-opt-qd.copy");
    private static final byte[] TO = symbol("x-opt-qd.to");
    private static final byte[] INGRESS = symbol("x-opt-qd.ingress");
    private static final byte[] TRACE = symbol("x-opt-qd.trace");

    /** A map, or a list in it, that is larger than this may not fit into one with sizes of one octet. */
    private static final int SMALL_MAP_BYTES = 0xff;

    /** Octets of all router keys with constructors, sizes and small values, without the texts: an upper bound. */
    private static final int KEY_BYTES = 150;

    private final byte[] node;
    private final Function<ToAnnotation, byte[]> fresh = this::fresh;

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
        return new MessageFront().begin().putStringSize(utf8.length).put(utf8).written();
    }

    /**
     * The message of a view with this router's annotations.
     *
     * @param front written to
     * @param view over the message, read at least to the annotations
     * @param keys the router keys of that message
     * @param to what the router itself says about the destination; null leaves what the message says
     * @param copy the number to write (ADR 0016), 0 for none
     * @return as {@link MessageFront#with}
     */
    public ByteBuf stamped(
            MessageFront front,
            ByteBufAllocator allocator,
            MessageView view,
            RouterAnnotations keys,
            @Nullable ToAnnotation to,
            long copy) {
        front.begin();
        view.putBeforeAnnotations(front);
        if (to != null && copy == 0 && view.annotations() < 0) {
            front.put(to.section(fresh));
        } else if (to != null || copy != keys.copy() || !putWithLongerTrace(front, view, keys)) {
            putSection(front, view, keys, to, copy);
        }
        int behind = view.behindAnnotations();
        return front.with(view.bytes(), behind, view.end() - behind, allocator);
    }

    /** The section of a message that came without annotations and goes to {@code to}: always the same. */
    private byte[] fresh(ToAnnotation to) {
        MessageFront front = new MessageFront().begin();
        RouterAnnotations none = new RouterAnnotations();
        none.clear();
        putSection(front, new MessageView(), none, to, 0);
        return front.written();
    }

    /**
     * What another router has written, with our name at the end of the trace.
     *
     * @return false, and nothing is put, when that is not all there is to do
     */
    private boolean putWithLongerTrace(MessageFront front, MessageView view, RouterAnnotations keys) {
        if (!view.hasRouterKeys() || !keys.endWithTrace()) {
            return false;
        }
        int map = view.annotations();
        int list = keys.traceList();
        boolean wideMap = view.octet(map) == 0xd1;
        boolean wideList = view.octet(list) == 0xd0;
        boolean fits = (wideMap || view.octet(map + 1) + node.length <= SMALL_MAP_BYTES)
                && (wideList || view.octet(list + 1) + node.length <= SMALL_MAP_BYTES)
                && (wideList || keys.traceCount() < SMALL_MAP_BYTES);
        if (!fits) {
            return false;
        }
        int section = view.annotationsPlace();
        int moved = front.length() - section;
        front.put(view.head(), section - view.start(), view.annotationsEnd() - section)
                .put(node);
        grow(front, map + moved, view, map, wideMap, 0);
        grow(front, list + moved, view, list, wideList, 1);
        return true;
    }

    private void grow(MessageFront front, int at, MessageView view, int value, boolean wide, int more) {
        if (wide) {
            front.setInt(at + 1, view.integer(value + 1) + node.length);
            front.setInt(at + 5, view.integer(value + 5) + more);
        } else {
            front.set(at + 1, view.octet(value + 1) + node.length);
            front.set(at + 2, view.octet(value + 2) + more);
        }
    }

    private void putSection(
            MessageFront front, MessageView view, RouterAnnotations keys, @Nullable ToAnnotation to, long copy) {
        int atMost = view.annotations() < 0 ? 0 : view.annotationsEnd() - view.annotations();
        boolean wide = atMost + KEY_BYTES + 2 * node.length + (to == null ? 0 : to.text().length) > SMALL_MAP_BYTES;
        front.put(0x00).put(0x53).put(0x72);
        int map = front.beginMap(wide);
        int entries = view.putUserEntries(front);
        int phase = to == null ? keys.phase() : to.phase();
        if (phase != 0) {
            front.put(PHASE).put(0x54).put(phase);
            entries++;
        }
        if (keys.stream()) {
            front.put(STREAM).put(0x54).put(0x01);
            entries++;
        }
        if (copy != 0) {
            front.put(COPY).put(0x80).putInt((int) (copy >>> 32)).putInt((int) copy);
            entries++;
        }
        if (to != null) {
            front.put(TO).putStringSize(to.text().length).put(to.text());
            entries++;
        } else if (keys.to() >= 0) {
            front.put(TO).putStringSize(keys.toLength()).put(keys.bytes(), keys.to(), keys.toLength());
            entries++;
        }
        front.put(INGRESS);
        if (keys.ingress() >= 0) {
            front.putStringSize(keys.ingressLength()).put(keys.bytes(), keys.ingress(), keys.ingressLength());
        } else {
            front.put(node);
        }
        front.put(TRACE);
        putTrace(front, keys);
        front.endMap(map, wide, entries + 2);
    }

    private void putTrace(MessageFront front, RouterAnnotations keys) {
        int elements = keys.traceLength() + node.length;
        int count = keys.traceCount() + 1;
        if (elements < SMALL_MAP_BYTES && count <= SMALL_MAP_BYTES) {
            front.put(0xc0).put(elements + 1).put(count);
        } else {
            front.put(0xd0).putInt(elements + 4).putInt(count);
        }
        if (keys.traceLength() > 0) {
            front.put(keys.bytes(), keys.trace(), keys.traceLength());
        }
        front.put(node);
    }
}
