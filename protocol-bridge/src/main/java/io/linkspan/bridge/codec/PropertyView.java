// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.codec;

import io.linkspan.bridge.text.Utf8;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * The properties of one packet, checked and found in place. MQTT 5.0, 2.2.2.
 *
 * <p>A flyweight: it points into the packet's buffer and is valid while the packet is being handled. Nothing is
 * allocated to read a packet. Confined to the connection's loop.
 */
public final class PropertyView {

    private static final int MAX_VARIABLE_BYTES = 4;

    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    private int start;
    private int end;
    private long present;
    private int userProperties;
    /** By identifier: the number, or the offset of the first byte of a text or of binary data. */
    private final int[] values = new int[Property.LIMIT];
    /** By identifier: length of a text or of binary data in bytes. */
    private final int[] lengths = new int[Property.LIMIT];

    /** No properties. */
    public void clear() {
        buffer = Unpooled.EMPTY_BUFFER;
        start = 0;
        end = 0;
        present = 0;
        userProperties = 0;
    }

    /**
     * Reads the length and the properties from {@code index}.
     *
     * @return the index after them
     * @throws ViolationException if they are not what a client may send there (MQ-6-22, 6-23, 6-39)
     */
    int read(ByteBuf source, int index, int limit, PropertyContext context, int maxUserProperties) {
        long header = variable(source, index, limit);
        int from = (int) (header >>> 32);
        long to = from + (header & 0xffffffffL);
        if (to > limit) {
            throw ViolationException.malformed("Property length " + (to - from) + " of " + context + " exceeds the "
                    + (limit - from) + " bytes left in the packet");
        }
        buffer = source;
        start = from;
        end = (int) to;
        present = 0;
        userProperties = 0;
        for (int i = start; i < end; ) {
            i = readOne(i, context, maxUserProperties);
        }
        return end;
    }

    /** Points at properties that were read before: of a message that was kept. They are not checked again. */
    public void reread(ByteBuf source, int from, int to) {
        buffer = source;
        start = from;
        end = to;
        present = 0;
        userProperties = 0;
        for (int i = from; i < to; ) {
            i = readOne(i, PropertyContext.PUBLISH, Integer.MAX_VALUE);
        }
    }

    private int readOne(int index, PropertyContext context, int maxUserProperties) {
        int id = buffer.getUnsignedByte(index);
        Property property = Property.of(id);
        if (property == null) {
            throw ViolationException.malformed("Unknown property 0x" + Integer.toHexString(id) + " in " + context);
        }
        if (!property.isAllowedIn(context)) {
            throw ViolationException.protocol("Property " + property + " is not allowed in " + context);
        }
        if (property == Property.USER_PROPERTY) {
            if (++userProperties > maxUserProperties) {
                throw ViolationException.of(
                        ReasonCode.QUOTA_EXCEEDED, "More than " + maxUserProperties + " user properties in " + context);
            }
        } else if (has(property)) {
            throw ViolationException.protocol("Property " + property + " twice in " + context);
        }
        present |= 1L << id;
        int i = index + 1;
        return switch (property.form()) {
            case FLAG -> {
                need(1, i, property);
                int flag = buffer.getUnsignedByte(i);
                if (flag > 1) {
                    throw ViolationException.protocol("Property " + property + " is " + flag + ", not 0 or 1");
                }
                values[id] = flag;
                yield i + 1;
            }
            case TWO_BYTES -> {
                need(2, i, property);
                values[id] = buffer.getUnsignedShort(i);
                yield i + 2;
            }
            case FOUR_BYTES -> {
                need(4, i, property);
                values[id] = buffer.getInt(i);
                yield i + 4;
            }
            case VARIABLE -> {
                long number = variable(buffer, i, end);
                values[id] = (int) number;
                yield (int) (number >>> 32);
            }
            case TEXT -> readText(i, property);
            case BINARY -> readBytes(i, property);
            case PAIR -> readText(readText(i, property), property);
        };
    }

    private int readText(int index, Property property) {
        int after = readBytes(index, property);
        int length = after - index - 2;
        if (Utf8.check(buffer, index + 2, length) == Utf8.Verdict.MALFORMED) {
            throw ViolationException.malformed("Property " + property + " is not UTF-8 without U+0000");
        }
        return after;
    }

    private int readBytes(int index, Property property) {
        need(2, index, property);
        int length = buffer.getUnsignedShort(index);
        need(2 + length, index, property);
        values[property.id()] = index + 2;
        lengths[property.id()] = length;
        return index + 2 + length;
    }

    private void need(int bytes, int index, Property property) {
        if (bytes > end - index) {
            throw ViolationException.malformed("Property " + property + " needs " + bytes + " bytes and "
                    + (end - index) + " are left of the property length");
        }
    }

    /** A number of one to four bytes: the index after it in the upper half, the number in the lower. */
    static long variable(ByteBuf source, int index, int limit) {
        int number = 0;
        for (int i = 0; i < MAX_VARIABLE_BYTES; i++) {
            if (index + i >= limit) {
                throw ViolationException.malformed("The packet ends within a variable byte integer");
            }
            byte b = source.getByte(index + i);
            number |= (b & 0x7f) << (7 * i);
            if (b >= 0) {
                if (b == 0 && i > 0) {
                    throw ViolationException.malformed("A variable byte integer is longer than it needs to be");
                }
                return (long) (index + i + 1) << 32 | number;
            }
        }
        throw ViolationException.malformed("A variable byte integer has more than four bytes");
    }

    /** Whether the packet has this property. */
    public boolean has(Property property) {
        return (present & (1L << property.id())) != 0;
    }

    /** Whether there is no property at all. */
    public boolean isEmpty() {
        return start == end;
    }

    /** The number, unsigned; or the given one if the property is absent. */
    public long number(Property property, long absent) {
        return has(property) ? values[property.id()] & 0xffffffffL : absent;
    }

    /** Offset in the buffer of a text or of binary data that is present; of a pair, of the last one's value. */
    public int offset(Property property) {
        return values[property.id()];
    }

    /** Length in bytes of a text or of binary data that is present. */
    public int length(Property property) {
        return lengths[property.id()];
    }

    /** A text that is present. */
    public String text(Property property) {
        return Utf8.decode(buffer, offset(property), length(property));
    }

    /** User properties in the packet. */
    public int userProperties() {
        return userProperties;
    }

    /** The buffer the properties are in. */
    public ByteBuf buffer() {
        return buffer;
    }

    /** Index of the first property. */
    public int start() {
        return start;
    }

    /** Index after the last property. */
    public int end() {
        return end;
    }

    /** Index after the property at an index: for walking properties that were read. */
    public static int skip(ByteBuf source, int index) {
        Property property = Property.of(source.getUnsignedByte(index));
        if (property == null) {
            throw new IllegalStateException("No property at index " + index);
        }
        int i = index + 1;
        return switch (property.form()) {
            case FLAG -> i + 1;
            case TWO_BYTES -> i + 2;
            case FOUR_BYTES -> i + 4;
            case VARIABLE -> (int) (variable(source, i, source.writerIndex()) >>> 32);
            case TEXT, BINARY -> i + 2 + source.getUnsignedShort(i);
            case PAIR -> {
                int second = i + 2 + source.getUnsignedShort(i);
                yield second + 2 + source.getUnsignedShort(second);
            }
        };
    }
}
