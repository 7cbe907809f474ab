// SPDX-License-Identifier: Apache-2.0
package io.linkspan.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * How bytes of an input buffer outlive the call that brought them: large ones as a counted slice, small ones as a copy.
 *
 * <p>A slice keeps the whole buffer it was cut from, so it is taken only when it is at least a fifth of it: frames of the
 * default size (16 KiB) cut from a full read (64 KiB) are, a small message that waits in a queue is not. What is held
 * is therefore bounded by {@link #PINS_AT_MOST} times what is counted.
 */
public final class Retention {

    /** Bytes below this are always copied: 8 KiB. */
    public static final int SLICE_THRESHOLD = 8 * 1024;

    /** A slice keeps at most this many times its own size. */
    public static final int PINS_AT_MOST = 5;

    private Retention() {}

    /** Whether {@code length} bytes of this buffer are better sliced than copied. */
    public static boolean slices(ByteBuf buffer, int length) {
        return length >= SLICE_THRESHOLD && (long) length * PINS_AT_MOST >= pinned(buffer);
    }

    /** Bytes that stay: a retained slice or a copy. The caller releases it. */
    public static ByteBuf keep(ByteBufAllocator allocator, ByteBuf buffer, int offset, int length) {
        return slices(buffer, length)
                ? buffer.retainedSlice(offset, length)
                : allocator.ioBuffer(length, Math.max(length, 1)).writeBytes(buffer, offset, length);
    }

    /** Bytes that a slice of this buffer keeps from being used again. */
    private static int pinned(ByteBuf buffer) {
        ByteBuf root = buffer;
        for (ByteBuf next = root.unwrap(); next != null; next = root.unwrap()) {
            root = next;
        }
        return root.capacity();
    }
}
