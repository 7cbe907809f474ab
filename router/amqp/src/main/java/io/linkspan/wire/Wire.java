// SPDX-License-Identifier: Apache-2.0
package io.linkspan.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * What a connection's engine gets from the shell: a place for bytes, and a clock that calls back.
 *
 * <p>Confined to the connection's loop. No call destroys the engine that makes it: {@link #closeAfterFlush} and
 * {@link #drop} are recorded, and {@link WireEngine#transportClosed} comes later, at the end of the loop's iteration.
 */
public interface Wire {

    /** The loop's allocator; buffers come from here so that they fit the socket. */
    ByteBufAllocator allocator();

    /** Queues bytes for the socket without flushing it. Takes ownership of {@code bytes} in every case. */
    void write(ByteBuf bytes);

    /** Flushes what was written: one system call for the whole iteration. */
    void flushWritten();

    /** True while the bytes waiting for the socket are below the high-water mark. */
    boolean writable();

    /** Bytes the socket has to take until {@link #writable()} is true; 0 while it is. */
    default long bytesBeforeWritable() {
        return writable() ? 0 : 1;
    }

    /** Asks for one {@link WireEngine#flush} at the end of this iteration of the loop; idempotent and cheap. */
    void requestFlush();

    /** Turns reading from the socket on or off. */
    void setReading(boolean on);

    /**
     * Closes in order: what was written goes out first, further input is discarded. The shell half-closes and waits a
     * little for the peer, so that unread input does not turn the last frames into a reset.
     */
    void closeAfterFlush();

    /** Closes at once, without a goodbye; what was written may be lost. */
    void drop();

    /**
     * The earliest time {@link WireEngine#tick} has to be called, on the time line of its parameter; replaces the
     * deadline given before. A deadline in the past (0 included) means as soon as possible.
     */
    void scheduleTick(long deadlineNs);
}
