// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A lazy look into the sections of an encoded message (AMQP 1.0 part 3, 3.2): finds what routing needs by its place and
 * leaves everything else alone.
 *
 * <p>A flyweight: {@link #read} points it at bytes, which must not move while it is used. It looks at the sections up to
 * the asked {@link Depth} and no further (routing OUT-22). Bytes that do not start a section count as a message without
 * sections (OUT-23). What it looks at it first copies, in blocks, into an array of its own: that costs less than to ask
 * a buffer for octet after octet. Confined to one loop; allocates nothing per message.
 */
public final class MessageView {

    /** How far to look. */
    public enum Depth {
        /** The header section only. */
        HEADER,
        /** Header, delivery annotations and message annotations: what a link with a target needs. */
        ANNOTATIONS,
        /** And the properties: what a link without a target needs. */
        PROPERTIES
    }

    /** What {@link #read} found. */
    public enum Result {
        /** The sections up to the depth are well formed. */
        OK,
        /** The bytes end within a section that is needed; with a complete message that is {@link #MALFORMED}. */
        INCOMPLETE,
        /** A needed section is wrong. */
        MALFORMED
    }

    /** The priority of a message that names none (AMQP 1.0 part 3, 3.2.1). */
    public static final int DEFAULT_PRIORITY = 4;

    private static final int HEADER = 0x70;
    private static final int MESSAGE_ANNOTATIONS = 0x72;
    private static final int PROPERTIES = 0x73;
    private static final byte[] ROUTER_KEY = {'x', '-', 'o', 'p', 't', '-', 'q', 'd', '.'};
    private static final int NONE = -1;

    /** Octets copied at first, and the size of the array while nothing asks for more. */
    private static final int HEAD_BYTES = 256;
    /** A larger array is given up with the next message. */
    private static final int KEPT_HEAD_BYTES = 4096;

    private static final byte[] NOTHING = {};

    // Fields of the properties section.
    private static final int TO = 2;
    private static final int SUBJECT = 3;
    private static final int ABSOLUTE_EXPIRY_TIME = 8;

    private ByteBuf buf;
    private byte[] head = NOTHING;
    private int have;
    private int start;
    private int end;
    private int header = NONE;
    private int headerEnd;
    private int annotations = NONE;
    private int annotationsSection = NONE;
    private int annotationsEnd;
    private int behindAnnotations;
    private int properties = NONE;
    private int routerKeys;
    private boolean faultyAnnotations;
    private boolean cutOff;
    private int last;

    // The section that sectionAt() found.
    private int sectionCode;
    private int sectionValue;
    private int sectionEnd;

    /** A view of nothing. */
    public MessageView() {
        buf = io.netty.buffer.Unpooled.EMPTY_BUFFER;
    }

    /** Points the view at {@code length} bytes from {@code offset} and looks as far as {@code depth}. */
    public Result read(ByteBuf bytes, int offset, int length, Depth depth) {
        buf = bytes;
        if (head.length > KEPT_HEAD_BYTES) {
            head = NOTHING;
        }
        have = 0;
        start = offset;
        end = offset + length;
        header = NONE;
        annotations = NONE;
        annotationsSection = NONE;
        behindAnnotations = offset;
        properties = NONE;
        routerKeys = 0;
        faultyAnnotations = false;
        last = depth == Depth.HEADER ? HEADER : depth == Depth.ANNOTATIONS ? MESSAGE_ANNOTATIONS : PROPERTIES;
        if (length >= 3 && beginsBehind(bytes.getUnsignedMedium(offset))) {
            return Result.OK;
        }
        int at = offset;
        int before = 0;
        while (at < end) {
            Result section = sectionAt(at);
            if (section != Result.OK) {
                return section;
            }
            if (sectionCode > last || sectionCode <= before) {
                return Result.OK;
            }
            Result content = note(at);
            if (content != Result.OK) {
                return content;
            }
            before = sectionCode;
            at = sectionEnd;
            if (sectionCode <= MESSAGE_ANNOTATIONS) {
                behindAnnotations = at;
            }
        }
        // Everything that is there is well formed; whether more sections follow is not known yet.
        return length == 0 ? Result.MALFORMED : before >= last ? Result.OK : Result.INCOMPLETE;
    }

    // ---- octets ----------------------------------------------------------------------------------------------------

    int octet(int at) {
        int i = at - start;
        if (i >= have) {
            need(at + 1);
        }
        return head[i] & 0xff;
    }

    int integer(int at) {
        need(at + 4);
        return (octet(at) << 24) | (octet(at + 1) << 16) | (octet(at + 2) << 8) | octet(at + 3);
    }

    long twoIntegers(int at) {
        return ((long) integer(at) << 32) | (integer(at + 4) & 0xffff_ffffL);
    }

    /** Has the message's octets up to {@code to} in the array. */
    private void need(int to) {
        int wanted = to - start;
        if (wanted <= have) {
            return;
        }
        if (to > end) {
            throw new IndexOutOfBoundsException("octet " + (wanted - 1) + " of a message of " + (end - start));
        }
        int more = Math.min(end - start, Math.max(wanted, Math.max(HEAD_BYTES, 2 * have)));
        if (head.length < more) {
            head = Arrays.copyOf(head, Math.max(more, HEAD_BYTES));
        }
        buf.getBytes(start + have, head, have, more - have);
        have = more;
    }

    /** Whether the first three bytes start a section that is beyond the depth. */
    private boolean beginsBehind(int threeBytes) {
        return threeBytes > (0x5300 | last) && threeBytes <= 0x5378;
    }

    /** As {@link #read}, for bytes that are the whole message: a section that is cut off is malformed. */
    public Result readWhole(ByteBuf bytes, int offset, int length, Depth depth) {
        Result result = read(bytes, offset, length, depth);
        if (result != Result.INCOMPLETE) {
            return result;
        }
        return cutOff ? Result.MALFORMED : Result.OK;
    }

    /**
     * Finds the section that starts at {@code at}. A code of {@link Integer#MAX_VALUE} means that no section starts
     * there.
     */
    private Result sectionAt(int at) {
        cutOff = false;
        if (octet(at) != 0) {
            sectionCode = Integer.MAX_VALUE;
            return Result.OK;
        }
        if (end - at < 3) {
            return cut();
        }
        int value;
        switch (octet(at + 1)) {
            case 0x53 -> {
                sectionCode = octet(at + 2);
                value = at + 3;
            }
            case 0x80 -> {
                if (end - at < 10) {
                    return cut();
                }
                long code = twoIntegers(at + 2);
                sectionCode = code >= 0 && code <= 0xff ? (int) code : Integer.MAX_VALUE;
                value = at + 10;
            }
            case 0xa3 -> {
                int length = octet(at + 2);
                if (end - at < 3 + length) {
                    return cut();
                }
                need(at + 3 + length);
                sectionCode = SectionName.codeOf(head, at + 3 - start, length);
                value = at + 3 + length;
            }
            default -> {
                sectionCode = Integer.MAX_VALUE;
                return Result.OK;
            }
        }
        if (sectionCode < HEADER || sectionCode > 0x78) {
            sectionCode = Integer.MAX_VALUE;
            return Result.OK;
        }
        sectionValue = value;
        if (sectionCode > last) {
            // Beyond the depth, so its end does not matter (OUT-22).
            sectionEnd = end;
            return Result.OK;
        }
        long next = valueEnd(value);
        if (next == NONE || next > end) {
            return cut();
        }
        sectionEnd = (int) next;
        return Result.OK;
    }

    private Result cut() {
        cutOff = true;
        return Result.INCOMPLETE;
    }

    private Result note(int at) {
        int code = octet(sectionValue);
        boolean map = code == 0xc1 || code == 0xd1;
        boolean list = code == 0xc0 || code == 0xd0 || code == 0x45;
        if (sectionCode == HEADER) {
            // Its fields are looked at by whoever wants them: most messages are forwarded without that.
            header = sectionValue;
            headerEnd = sectionEnd;
            return list ? Result.OK : Result.MALFORMED;
        }
        if (sectionCode == PROPERTIES) {
            properties = sectionValue;
            return list && elementsFit(sectionValue, sectionEnd) ? Result.OK : Result.MALFORMED;
        }
        boolean ofMessage = sectionCode == MESSAGE_ANNOTATIONS;
        if (ofMessage) {
            annotationsSection = at;
        }
        if (code == 0x40) {
            return Result.OK;
        }
        boolean fit = map && (ofMessage ? pairsFit(sectionValue, sectionEnd) : elementsFit(sectionValue, sectionEnd));
        if (!fit || count(sectionValue) % 2 != 0) {
            faultyAnnotations = ofMessage;
            return Result.MALFORMED;
        }
        if (ofMessage) {
            annotations = sectionValue;
            annotationsEnd = sectionEnd;
        }
        return Result.OK;
    }

    /** Whether the elements of the list or map at {@code value} fill it exactly. */
    boolean elementsFit(int value, int valueEnd) {
        if (octet(value) == 0x45) {
            return true;
        }
        if (!hasBody(value, valueEnd)) {
            return false;
        }
        int n = count(value);
        long at = first(value);
        for (int i = 0; i < n; i++) {
            if (at >= valueEnd) {
                return false;
            }
            at = valueEnd(at > Integer.MAX_VALUE ? valueEnd : (int) at);
            if (at == NONE || at > valueEnd) {
                return false;
            }
        }
        return at == valueEnd;
    }

    private boolean hasBody(int value, int valueEnd) {
        int code = octet(value);
        boolean wide = code == 0xd0 || code == 0xd1;
        return valueEnd - value >= (wide ? 9 : 3) && count(value) >= 0 && count(value) <= valueEnd - value;
    }

    int count(int value) {
        return switch (octet(value)) {
            case 0xc0, 0xc1 -> octet(value + 2);
            case 0xd0, 0xd1 -> integer(value + 5);
            default -> 0;
        };
    }

    int first(int value) {
        int code = octet(value);
        return value + (code == 0xc0 || code == 0xc1 ? 3 : 9);
    }

    /** The index behind the value at {@code at}, beyond {@link #end} when it is cut off; NONE when unknown. */
    long valueEnd(int at) {
        if (at >= end) {
            return NONE;
        }
        int code = octet(at);
        if (code == 0) {
            long described = valueEnd(at + 1);
            if (described == NONE || described >= end || octet((int) described) == 0) {
                return NONE;
            }
            return valueEnd((int) described);
        }
        return switch (code >> 4) {
            case 4 -> at + 1L;
            case 5 -> at + 2L;
            case 6 -> at + 3L;
            case 7 -> at + 5L;
            case 8 -> at + 9L;
            case 9 -> at + 17L;
            case 0xa, 0xc, 0xe -> end - at < 2 ? NONE : at + 2L + octet(at + 1);
            case 0xb, 0xd, 0xf -> end - at < 5 ? NONE : at + 5L + (integer(at + 1) & 0xffff_ffffL);
            default -> NONE;
        };
    }

    /** As {@link #elementsFit} for a map; counts the routers' keys. */
    private boolean pairsFit(int value, int valueEnd) {
        if (!hasBody(value, valueEnd)) {
            return false;
        }
        need(valueEnd);
        int at = first(value);
        for (int i = count(value); i > 1; i -= 2) {
            int of = within(at, valueEnd);
            int next = of == NONE ? NONE : within(of, valueEnd);
            if (next == NONE) {
                return false;
            }
            routerKeys += isRouterKey(at, of) ? 1 : 0;
            at = next;
        }
        return at == valueEnd;
    }

    /** The index behind the value at {@code at}; NONE when it does not end by {@code limit}. */
    private int within(int at, int limit) {
        long behind = at >= limit ? NONE : valueEnd(at);
        return behind > limit ? NONE : (int) behind;
    }

    private boolean isRouterKey(int key, int keyEnd) {
        return routerKey(key, keyEnd) >= 0;
    }

    /** Where the router key from {@code key} to {@code keyEnd} goes on behind its prefix, or -1 for a user's key. */
    int routerKey(int key, int keyEnd) {
        int code = octet(key);
        int text = code == 0xa3 || code == 0xa1 ? key + 2 : code == 0xb3 || code == 0xb1 ? key + 5 : keyEnd;
        int behind = text + ROUTER_KEY.length;
        if (keyEnd < behind) {
            return NONE;
        }
        need(behind);
        return Arrays.equals(head, text - start, behind - start, ROUTER_KEY, 0, ROUTER_KEY.length) ? behind : NONE;
    }

    ByteBuf bytes() {
        return buf;
    }

    /**
     * The beginning of the message, up to where it has been looked at: all sections of the asked depth. Valid until the
     * next {@link #read}; index 0 is the first octet of the message.
     */
    public byte[] head() {
        return head;
    }

    /** Whether the value at {@code at} is a list that ends at {@code end} and is filled by its elements. */
    boolean isList(int at, int end) {
        int code = octet(at);
        return (code == 0xc0 || code == 0xd0) && elementsFit(at, end);
    }

    /** The index of the annotations map, -1 when there is none. */
    int annotations() {
        return annotations;
    }

    /** Where the message annotations are or belong: the index of the section, or of the place to put one in. */
    int annotationsPlace() {
        return annotationsSection == NONE ? behindAnnotations : annotationsSection;
    }

    /** The index of what comes behind the place of the message annotations. */
    public int behindAnnotations() {
        return behindAnnotations;
    }

    int start() {
        return start;
    }

    int end() {
        return end;
    }

    /** Whether the message is malformed because its message annotations are no map of pairs (routing OUT-24). */
    public boolean hasFaultyAnnotations() {
        return faultyAnnotations;
    }

    /** How many keys of the routers the message annotations hold. */
    int routerKeys() {
        return routerKeys;
    }

    /** Whether the message annotations hold a key of the routers ({@code x-opt-qd.*}, routing ANN-01). */
    public boolean hasRouterKeys() {
        return routerKeys > 0;
    }

    /** The priority of an encoded message, at most 9 (routing PRI-01); its header need not have been looked at. */
    public static int priorityOf(ByteBuf message, int offset, int length) {
        int end = offset + length;
        int at = offset + 3;
        if (length < 6 || message.getUnsignedMedium(offset) != (0x5300 | HEADER)) {
            return DEFAULT_PRIORITY;
        }
        switch (message.getUnsignedByte(at)) {
            case 0xc0 -> at += message.getUnsignedByte(at + 2) < 2 ? length : 3;
            case 0xd0 -> at += length < 12 || message.getInt(at + 5) < 2 ? length : 9;
            default -> at = end;
        }
        if (at >= end) {
            return DEFAULT_PRIORITY;
        }
        at += message.getUnsignedByte(at) == 0x56 ? 2 : 1; // The field durable: a boolean or null.
        return at + 1 < end && message.getUnsignedByte(at) == 0x50
                ? Math.min(9, message.getUnsignedByte(at + 1))
                : DEFAULT_PRIORITY;
    }

    /** The message's priority, at most 9 (routing PRI-01). */
    public int priority() {
        int field = header == NONE || !elementsFit(header, headerEnd) ? NONE : field(header, 1);
        return field == NONE || octet(field) != 0x50 ? DEFAULT_PRIORITY : Math.min(9, octet(field + 1));
    }

    /** The time to live of the header in milliseconds; -1 when there is none. */
    public long ttlMs() {
        int field = header == NONE || !elementsFit(header, headerEnd) ? NONE : field(header, 2);
        if (field == NONE) {
            return NONE;
        }
        return switch (octet(field)) {
            case 0x43 -> 0;
            case 0x52 -> octet(field + 1);
            case 0x70 -> integer(field + 1) & 0xffff_ffffL;
            default -> NONE;
        };
    }

    /** The absolute expiry time in milliseconds of the epoch; -1 when there is none. Needs {@link Depth#PROPERTIES}. */
    public long absoluteExpiryMs() {
        int field = properties == NONE ? NONE : field(properties, ABSOLUTE_EXPIRY_TIME);
        return field == NONE || octet(field) != 0x83 ? NONE : twoIntegers(field + 1);
    }

    /**
     * The index in {@link #head} of the UTF-8 text of the {@code to} property, or -1 when there is none. {@link #toLength}
     * tells how long it is. Needs {@link Depth#PROPERTIES}.
     */
    public int toIndex() {
        int index = textIndex(TO);
        if (index == NONE) {
            return NONE;
        }
        need(index + textLength(TO));
        return index - start;
    }

    private int textIndex(int property) {
        int field = properties == NONE ? NONE : field(properties, property);
        if (field == NONE) {
            return NONE;
        }
        return switch (octet(field)) {
            case 0xa1 -> field + 2;
            case 0xb1 -> field + 5;
            default -> NONE;
        };
    }

    /** The octets of the text at {@link #toIndex}, which must not be -1. */
    public int toLength() {
        return textLength(TO);
    }

    /** The {@code subject} property, or null when there is none. Needs {@link Depth#PROPERTIES}. */
    public @Nullable String subject() {
        int index = textIndex(SUBJECT);
        return index == NONE ? null : buf.toString(index, textLength(SUBJECT), StandardCharsets.UTF_8);
    }

    private int textLength(int property) {
        int field = field(properties, property);
        return octet(field) == 0xa1 ? octet(field + 1) : integer(field + 1);
    }

    private int field(int list, int index) {
        if (index >= count(list)) {
            return NONE;
        }
        int at = first(list);
        for (int i = 0; i < index; i++) {
            at = (int) valueEnd(at);
        }
        return at;
    }

    /**
     * The message without the routers' keys; the annotations section goes when nothing is left of it. All entries of the
     * user are kept in their order (routing ANN-02, ANN-06).
     *
     * @param front written to
     * @return as {@link MessageFront#with}
     */
    public ByteBuf withoutRouterKeys(MessageFront front, ByteBufAllocator allocator) {
        front.begin().put(head, 0, annotationsSection - start);
        if (count(annotations) > 2 * routerKeys) {
            front.put(head, annotationsSection - start, annotations - annotationsSection);
            int map = front.beginMap(true);
            int kept = putUserEntries(front);
            front.endMap(map, true, kept);
        }
        return front.with(buf, annotationsEnd, end - annotationsEnd, allocator);
    }

    /** Puts the user's annotations, in blocks between the routers' keys; how many they are. */
    int putUserEntries(MessageFront front) {
        if (annotations == NONE) {
            return 0;
        }
        int kept = 0;
        int at = first(annotations);
        int block = at;
        for (int i = count(annotations); i > 0; i -= 2) {
            int value = (int) valueEnd(at);
            int next = (int) valueEnd(value);
            if (isRouterKey(at, value)) {
                front.put(head, block - start, at - block);
                block = next;
            } else {
                kept++;
            }
            at = next;
        }
        front.put(head, block - start, at - block);
        return kept;
    }

    /** Puts what stands before the place of the message annotations. */
    void putBeforeAnnotations(MessageFront front) {
        int length = annotationsPlace() - start;
        if (length > 0) {
            need(start + length);
            front.put(head, 0, length);
        }
    }

    /** Where the annotations map ends; only with a map. */
    int annotationsEnd() {
        return annotationsEnd;
    }
}
