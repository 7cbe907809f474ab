// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.message;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The routers' keys among the message annotations of one message, by their place in the bytes. Routing, chapter 13;
 * inter-router protocol, section 5.
 *
 * <p>A flyweight over the bytes of a {@link MessageView}. Keys are found wherever they are in the map; the old ones without
 * a meaning ({@code x-opt-qd.class}, {@code x-opt-qd.}) are passed over. Confined to one loop; allocates nothing unless
 * something is wrong.
 */
public final class RouterAnnotations {

    /** The phase of fallback addresses as the annotation has it: 'F' - '0'. */
    public static final int FALLBACK_PHASE = 22;

    /** The phases that an annotation can name lie below this. */
    public static final int PHASES = 128;

    private static final int NONE = -1;

    private ByteBuf buf = io.netty.buffer.Unpooled.EMPTY_BUFFER;
    private int phase;
    private boolean stream;
    private int to;
    private int toEnd;
    private int ingress;
    private int ingressEnd;
    private int trace;
    private int traceEnd;
    private int traceCount;

    /** There are no keys. */
    public void clear() {
        phase = 0;
        stream = false;
        to = NONE;
        ingress = NONE;
        trace = NONE;
        traceCount = 0;
    }

    /**
     * Takes the keys of the message a view looks at.
     *
     * @return null, or what is wrong with them (routing OUT-24)
     */
    public @Nullable String read(MessageView view) {
        clear();
        if (!view.hasRouterKeys()) {
            return null;
        }
        buf = view.bytes();
        int at = view.first(view.annotations());
        for (int i = view.count(view.annotations()); i > 0; i -= 2) {
            int value = (int) view.valueEnd(at);
            int next = (int) view.valueEnd(value);
            int name = view.routerKey(at, value);
            String fault = name < 0 ? null : note(view, name, value, next);
            if (fault != null) {
                clear();
                return fault;
            }
            at = next;
        }
        return null;
    }

    private @Nullable String note(MessageView view, int name, int value, int end) {
        if (is(name, value, "to")) {
            to = text(value);
            toEnd = end;
            return to < 0 ? "x-opt-qd.to is not a string" : null;
        } else if (is(name, value, "ingress")) {
            ingress = text(value);
            ingressEnd = end;
            return ingress < 0 ? "x-opt-qd.ingress is not a string" : null;
        } else if (is(name, value, "trace")) {
            return noteTrace(view, value, end);
        } else if (is(name, value, "phase")) {
            long number = integer(value);
            if (number < 0 || number >= PHASES) {
                return "x-opt-qd.phase is not a number from 0 to " + (PHASES - 1);
            }
            phase = (int) number;
        } else if (is(name, value, "stream")) {
            stream = true;
        }
        return null;
    }

    private @Nullable String noteTrace(MessageView view, int value, int end) {
        int code = buf.getUnsignedByte(value);
        if (code == 0x45) {
            trace = end;
            traceEnd = end;
            return null;
        }
        if ((code != 0xc0 && code != 0xd0) || !view.elementsFit(value, end)) {
            return "x-opt-qd.trace is not a list";
        }
        int count = view.count(value);
        int at = view.first(value);
        trace = at;
        traceEnd = end;
        traceCount = count;
        for (int i = 0; i < count; i++) {
            if (text(at) < 0) {
                return "x-opt-qd.trace holds something else than strings";
            }
            at = (int) view.valueEnd(at);
        }
        return null;
    }

    private boolean is(int name, int nameEnd, String word) {
        if (nameEnd - name != word.length()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (buf.getByte(name + i) != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** The index of the text of a string, -1 for a value of another type. */
    private int text(int value) {
        return switch (buf.getUnsignedByte(value)) {
            case 0xa1 -> value + 2;
            case 0xb1 -> value + 5;
            default -> NONE;
        };
    }

    private long integer(int value) {
        return switch (buf.getUnsignedByte(value)) {
            case 0x43, 0x44 -> 0;
            case 0x50, 0x52, 0x53 -> buf.getUnsignedByte(value + 1);
            case 0x51, 0x54, 0x55 -> buf.getByte(value + 1);
            case 0x60 -> buf.getUnsignedShort(value + 1);
            case 0x61 -> buf.getShort(value + 1);
            case 0x70 -> buf.getUnsignedInt(value + 1);
            case 0x71 -> buf.getInt(value + 1);
            case 0x80, 0x81 -> buf.getLong(value + 1);
            default -> NONE;
        };
    }

    /** The phase of the address in {@link #to}, 0 to 127. */
    public int phase() {
        return phase;
    }

    /** Whether the message goes on without waiting for its end. */
    public boolean stream() {
        return stream;
    }

    /** The index of the destination's UTF-8 text, -1 when the message does not say one here. */
    public int to() {
        return to;
    }

    /** Octets of the text at {@link #to}. */
    public int toLength() {
        return toEnd - to;
    }

    /** The index of the node id of the first router, -1 when the message comes from no router. */
    public int ingress() {
        return ingress;
    }

    /** Octets of the text at {@link #ingress}. */
    public int ingressLength() {
        return ingressEnd - ingress;
    }

    /** How many routers the message has passed. */
    public int traceCount() {
        return traceCount;
    }

    /** The index of the first entry of the trace: encoded strings one behind the other; -1 without a trace. */
    int trace() {
        return trace;
    }

    int traceLength() {
        return trace < 0 ? 0 : traceEnd - trace;
    }

    /** The bytes all indexes refer to. */
    public ByteBuf bytes() {
        return buf;
    }

    /** Sees the node ids of the routers passed. */
    @FunctionalInterface
    public interface TraceVisitor {
        /** One node id, as UTF-8 text in a buffer. */
        void passed(ByteBuf bytes, int index, int length);
    }

    /** Visits the trace, first router first. */
    public void forEachPassed(TraceVisitor visitor) {
        int at = trace;
        for (int i = 0; i < traceCount; i++) {
            boolean wide = buf.getUnsignedByte(at) == 0xb1;
            int length = wide ? buf.getInt(at + 1) : buf.getUnsignedByte(at + 1);
            int text = at + (wide ? 5 : 2);
            visitor.passed(buf, text, length);
            at = text + length;
        }
    }
}
