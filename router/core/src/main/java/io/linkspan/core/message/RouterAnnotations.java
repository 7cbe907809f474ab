// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.message;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
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
    private static final byte[] TO = word("to");
    private static final byte[] INGRESS = word("ingress");
    private static final byte[] TRACE = word("trace");
    private static final byte[] PHASE = word("phase");
    private static final byte[] STREAM = word("stream");
    private static final byte[] COPY = word("copy");

    private @Nullable MessageView of;
    private int phase;
    private boolean stream;
    private long copy;
    private int to;
    private int toEnd;
    private int ingress;
    private int ingressEnd;
    private int trace;
    private int traceEnd;
    private int traceCount;
    private int traceList;
    private int known;
    /** Entries from the first of the routers' keys on. */
    private int fromFirst;

    private static byte[] word(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The message is one that comes from no router. */
    public void forgetWay() {
        copy = 0;
        ingress = NONE;
        trace = NONE;
        traceCount = 0;
    }

    /** There are no keys. */
    public void clear() {
        phase = 0;
        stream = false;
        copy = 0;
        to = NONE;
        ingress = NONE;
        trace = NONE;
        traceCount = 0;
        known = 0;
        fromFirst = 0;
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
        of = view;
        int at = view.first(view.annotations());
        for (int i = view.count(view.annotations()); i > 0; i -= 2) {
            int value = (int) view.valueEnd(at);
            int next = (int) view.valueEnd(value);
            int name = view.routerKey(at, value);
            if (name >= 0 && fromFirst == 0) {
                fromFirst = i / 2;
            }
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
        known++;
        if (is(view, name, value, TO)) {
            to = text(view, value);
            toEnd = end;
            return to < 0 ? "x-opt-qd.to is not a string" : null;
        } else if (is(view, name, value, INGRESS)) {
            ingress = text(view, value);
            ingressEnd = end;
            return ingress < 0 ? "x-opt-qd.ingress is not a string" : null;
        } else if (is(view, name, value, TRACE)) {
            return noteTrace(view, value, end);
        } else if (is(view, name, value, PHASE)) {
            long number = integer(view, value);
            if (number < 0 || number >= PHASES) {
                return "x-opt-qd.phase is not a number from 0 to " + (PHASES - 1);
            }
            phase = (int) number;
        } else if (is(view, name, value, STREAM)) {
            stream = true;
        } else if (is(view, name, value, COPY)) {
            int code = view.octet(value);
            if (code != 0x80 && code != 0x53 && code != 0x44) {
                return "x-opt-qd.copy is not a ulong";
            }
            copy = integer(view, value);
        } else {
            known--;
        }
        return null;
    }

    private @Nullable String noteTrace(MessageView view, int value, int end) {
        traceList = value;
        if (view.octet(value) == 0x45) {
            trace = end;
            traceEnd = end;
            return null;
        }
        if (!view.isList(value, end)) {
            return "x-opt-qd.trace is not a list";
        }
        int count = view.count(value);
        int at = view.first(value);
        trace = at;
        traceEnd = end;
        traceCount = count;
        for (int i = 0; i < count; i++) {
            if (text(view, at) < 0) {
                return "x-opt-qd.trace holds something else than strings";
            }
            at = (int) view.valueEnd(at);
        }
        return null;
    }

    private static boolean is(MessageView view, int name, int nameEnd, byte[] word) {
        int from = name - view.start();
        return nameEnd - name == word.length
                && Arrays.equals(view.head(), from, from + word.length, word, 0, word.length);
    }

    /** The index of the text of a string, -1 for a value of another type. */
    private static int text(MessageView view, int value) {
        return switch (view.octet(value)) {
            case 0xa1 -> value + 2;
            case 0xb1 -> value + 5;
            default -> NONE;
        };
    }

    private static long integer(MessageView view, int value) {
        int next = value + 1;
        return switch (view.octet(value)) {
            case 0x43, 0x44 -> 0;
            case 0x50, 0x52, 0x53 -> view.octet(next);
            case 0x51, 0x54, 0x55 -> (byte) view.octet(next);
            case 0x60 -> (view.octet(next) << 8) | view.octet(next + 1);
            case 0x61 -> (short) ((view.octet(next) << 8) | view.octet(next + 1));
            case 0x70 -> view.integer(next) & 0xffff_ffffL;
            case 0x71 -> view.integer(next);
            case 0x80, 0x81 -> view.twoIntegers(next);
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

    /** The number that the first router has given to a message for many (ADR 0016); 0 for none. */
    public long copy() {
        return copy;
    }

    /** The index in {@link #bytes} of the destination's UTF-8 text, -1 when the message does not say one here. */
    public int to() {
        return inBytes(to);
    }

    /** Octets of the text at {@link #to}. */
    public int toLength() {
        return toEnd - to;
    }

    /** The index in {@link #bytes} of the first router's node id, -1 when the message comes from no router. */
    public int ingress() {
        return inBytes(ingress);
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
        return inBytes(trace);
    }

    /** The place in the message of the list that {@link #trace} is in. */
    int traceList() {
        return traceList;
    }

    /**
     * Whether the keys are all there is to be, stand together, and the trace ends the map: another router's name can
     * follow. A router of 1.19 misreads what stands among them (inter-router protocol, 5.4).
     */
    boolean endWithTrace() {
        MessageView view = view();
        return ingress >= 0
                && traceCount > 0
                && traceEnd == view.annotationsEnd()
                && known == view.routerKeys()
                && known == fromFirst;
    }

    int traceLength() {
        return trace < 0 ? 0 : traceEnd - trace;
    }

    private int inBytes(int index) {
        return index < 0 ? NONE : index - view().start();
    }

    private MessageView view() {
        return Objects.requireNonNull(of);
    }

    /** The octets all indexes refer to; valid as long as the view looks at this message. */
    public byte[] bytes() {
        return view().head();
    }

    /** Sees the node ids of the routers passed. */
    @FunctionalInterface
    public interface TraceVisitor {
        /** One node id, as UTF-8 text among the octets. */
        void passed(byte[] bytes, int index, int length);
    }

    /** Visits the trace, first router first. */
    public void forEachPassed(TraceVisitor visitor) {
        if (traceCount == 0) {
            return;
        }
        MessageView view = view();
        int at = trace;
        for (int i = 0; i < traceCount; i++) {
            int text = text(view, at);
            int end = (int) view.valueEnd(at);
            visitor.passed(view.head(), text - view.start(), end - text);
            at = end;
        }
    }
}
