// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import io.linkspan.amqp.codec.MalformedException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the input into protocol headers and frames. AMQP 1.0 part 2, 2.2 and 2.3.
 *
 * <p>A frame that lies whole in the input is parsed where it lies. Of one that does not, only what is there is copied
 * aside, and completed by the next input: at most one frame, at most {@code max-frame-size} octets; nothing is held
 * between frames. Confined to the connection's loop.
 */
final class FrameParser {
    /** Octets of a protocol header, of a frame's header, and of the smallest frame. */
    static final int UNIT_MIN = 8;

    private static final int SIZE_OCTETS = 4;
    private static final int FIRST_ASIDE = 1024;

    /** Takes the units that the input is cut into. */
    interface Units {
        /** True while input is wanted at all. */
        boolean listening();

        /** True when a protocol header comes next. */
        boolean expectsHeader();

        /** A header of eight octets, or a whole frame. */
        void onUnit(ByteBuf bytes, int start, int length);
    }

    private final ByteBufAllocator allocator;
    private final int maxFrameSize;
    private @Nullable ByteBuf aside;
    private int wanted;

    FrameParser(ByteBufAllocator allocator, int maxFrameSize) {
        this.allocator = allocator;
        this.maxFrameSize = maxFrameSize;
    }

    /** Takes all of the input; the caller releases it. */
    void receive(ByteBuf in, Units units) {
        while (in.isReadable() && units.listening()) {
            ByteBuf begun = aside;
            if (begun != null) {
                if (!complete(begun, in, units)) {
                    return;
                }
                aside = null;
                try {
                    units.onUnit(begun, begun.readerIndex(), begun.readableBytes());
                } finally {
                    begun.release();
                }
            } else {
                int available = in.readableBytes();
                int size = available < SIZE_OCTETS ? 0 : size(in, in.readerIndex(), units);
                if (size == 0 || available < size) {
                    lay(in, size);
                    return;
                }
                int start = in.readerIndex();
                in.skipBytes(size);
                units.onUnit(in, start, size);
            }
        }
    }

    private void lay(ByteBuf in, int size) {
        int available = in.readableBytes();
        wanted = size;
        int room = size == 0 ? FIRST_ASIDE : Math.min(size, Math.max(FIRST_ASIDE, 4 * available));
        ByteBuf buf = allocator.ioBuffer(room, Math.max(FIRST_ASIDE, maxFrameSize));
        buf.writeBytes(in);
        aside = buf;
    }

    /** Adds what is missing; true when the unit is whole. */
    private boolean complete(ByteBuf begun, ByteBuf in, Units units) {
        if (wanted == 0) {
            begun.writeBytes(in, Math.min(SIZE_OCTETS - begun.readableBytes(), in.readableBytes()));
            if (begun.readableBytes() < SIZE_OCTETS) {
                return false;
            }
            wanted = size(begun, begun.readerIndex(), units);
        }
        begun.writeBytes(in, Math.min(wanted - begun.readableBytes(), in.readableBytes()));
        return begun.readableBytes() == wanted;
    }

    private int size(ByteBuf buf, int index, Units units) {
        if (units.expectsHeader()) {
            return UNIT_MIN;
        }
        long size = buf.getUnsignedInt(index);
        if (size < UNIT_MIN || size > maxFrameSize) {
            throw new MalformedException(
                    "frame of " + size + " octets, allowed are " + UNIT_MIN + " to " + maxFrameSize);
        }
        return (int) size;
    }

    /** Gives back what is laid aside. */
    void discard() {
        ByteBuf begun = aside;
        aside = null;
        if (begun != null) {
            begun.release();
        }
    }
}
