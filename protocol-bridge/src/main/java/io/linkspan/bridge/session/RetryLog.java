// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Copies of publishes that wait for their outcome, one behind the other in chunks; a chunk is given back when the last
 * of its publishes is done. Holds at most {@link #MAX_BYTES}; what comes beyond is not kept and so not tried again.
 * Confined to the connection's loop.
 */
final class RetryLog {

    /** Bytes of publishes kept for one connection. */
    static final int MAX_BYTES = 4 << 20;

    private static final int CHUNK_BYTES = 16 << 10;

    /** A piece of memory with a number of publishes in it. */
    static final class Chunk {
        private final ByteBuf bytes;
        private int live;

        Chunk(ByteBuf bytes) {
            this.bytes = bytes;
        }

        ByteBuf bytes() {
            return bytes;
        }
    }

    private final ByteBufAllocator allocator;
    private @Nullable Chunk current;
    private int heldBytes;

    RetryLog(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** Copies bytes to the end of {@link Chunk#bytes} of the chunk it returns; null if there is no room left. */
    @Nullable
    Chunk add(ByteBuf source, int offset, int length) {
        Chunk chunk = current;
        if (chunk == null || chunk.bytes.maxWritableBytes() < length) {
            int size = Math.max(length, CHUNK_BYTES);
            if (heldBytes + size > MAX_BYTES) {
                return null;
            }
            if (chunk != null) {
                current = null;
                freeIfDone(chunk);
            }
            chunk = new Chunk(allocator.buffer(Math.min(size, Math.max(length, 1 << 10)), size));
            heldBytes += size;
            current = chunk;
        }
        chunk.bytes.writeBytes(source, offset, length);
        chunk.live++;
        return chunk;
    }

    /** One publish of a chunk is done. */
    void done(Chunk chunk) {
        chunk.live--;
        freeIfDone(chunk);
    }

    /** Bytes of all chunks. */
    int heldBytes() {
        return heldBytes;
    }

    /** Gives back the memory that is kept for the next publish, if none is live in it. */
    void trim() {
        Chunk chunk = current;
        if (chunk != null && chunk.live == 0) {
            current = null;
            freeIfDone(chunk);
        }
    }

    private void freeIfDone(Chunk chunk) {
        if (chunk.live > 0) {
            return;
        }
        if (chunk == current && chunk.bytes.refCnt() == 1 && chunk.bytes.maxCapacity() == CHUNK_BYTES) {
            chunk.bytes.clear();
            return;
        }
        if (chunk == current) {
            current = null;
        }
        heldBytes -= chunk.bytes.maxCapacity();
        chunk.bytes.release();
    }
}
