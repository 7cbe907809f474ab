// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.message;

import io.linkspan.wire.Retention;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.Arrays;

/**
 * The beginning of a message that is written anew, and the message made of it and the rest of another one.
 *
 * <p>Octets in an array that is used again for each message: small messages go out of it without a buffer of their own.
 * Whoever sends them copies what must stay. Confined to one loop.
 */
public final class MessageFront {

    /** Messages below this go out of the array: nobody keeps a slice of so few octets. */
    static final int SMALL_BYTES = Retention.SLICE_THRESHOLD;

    /** Messages of fewer octets are copied whole, so that they go out of one buffer; of larger ones the rest is a slice. */
    static final int COPY_BELOW_BYTES = 32 * 1024;

    private final byte[] small = new byte[SMALL_BYTES];
    private final ByteBuf smallMessage = Unpooled.wrappedBuffer(small);
    private byte[] octets = small;
    private int length;

    /** Nothing is written yet. What {@link #with} gave last must not be used any more. */
    MessageFront begin() {
        octets = small;
        length = 0;
        return this;
    }

    private void room(int more) {
        if (octets.length - length < more) {
            octets = Arrays.copyOf(octets, Math.max(length + more, 2 * octets.length));
        }
    }

    MessageFront put(int octet) {
        room(1);
        octets[length++] = (byte) octet;
        return this;
    }

    MessageFront putInt(int value) {
        room(4);
        setInt(length, value);
        length += 4;
        return this;
    }

    MessageFront put(byte[] from) {
        return put(from, 0, from.length);
    }

    MessageFront put(byte[] from, int index, int count) {
        room(count);
        System.arraycopy(from, index, octets, length, count);
        length += count;
        return this;
    }

    /** The constructor and the octets of a string or symbol of so many octets, which follow. */
    MessageFront putStringSize(int count) {
        return count <= 0xff ? put(0xa1).put(count) : put(0xb1).putInt(count);
    }

    /** Begins a map; sizes and count come with {@link #endMap}. */
    int beginMap(boolean wide) {
        put(wide ? 0xd1 : 0xc1);
        int at = length;
        room(8);
        length += wide ? 8 : 2;
        return at;
    }

    /** @param entries pairs in the map that {@link #beginMap} began */
    void endMap(int at, boolean wide, int entries) {
        if (wide) {
            setInt(at, length - at - 4);
            setInt(at + 4, 2 * entries);
        } else {
            octets[at] = (byte) (length - at - 1);
            octets[at + 1] = (byte) (2 * entries);
        }
    }

    /** Octets written so far. */
    int length() {
        return length;
    }

    void set(int at, int octet) {
        octets[at] = (byte) octet;
    }

    void setInt(int at, int value) {
        octets[at] = (byte) (value >> 24);
        octets[at + 1] = (byte) (value >> 16);
        octets[at + 2] = (byte) (value >> 8);
        octets[at + 3] = (byte) value;
    }

    /** A copy of what is written. */
    byte[] written() {
        return Arrays.copyOf(octets, length);
    }

    /**
     * What is written, and {@code rest} octets of a message behind it.
     *
     * @return retained for the caller; a small message is valid only until the next {@link #begin}, a large one shares its
     *     rest with the message's buffer
     */
    ByteBuf with(ByteBuf message, int index, int rest, ByteBufAllocator allocator) {
        if (length + rest < SMALL_BYTES && octets == small) {
            message.getBytes(index, small, length, rest);
            return smallMessage.setIndex(0, length + rest).retain();
        }
        boolean copied = rest < COPY_BELOW_BYTES;
        ByteBuf out = allocator.buffer(length + (copied ? rest : 0)).writeBytes(octets, 0, length);
        octets = small;
        return copied
                ? out.writeBytes(message, index, rest)
                : allocator
                        .compositeBuffer(2)
                        .addComponent(true, out)
                        .addComponent(true, message.retainedSlice(index, rest));
    }
}
