// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import io.linkspan.wire.Wire;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Bytes on their way to a socket. Small pieces are gathered in a buffer that starts small, grows, and goes with the
 * flush; large ones pass as slices.
 *
 * <p>While a publish is streamed no other packet may come between its pieces: what is written to {@link #buffer} then
 * waits until {@link #endStream}. Confined to the connection's loop.
 */
final class OutputBuffer {

    /** Bytes from which on a piece is passed as a slice. */
    static final int SLICE_FROM_BYTES = 8 << 10;

    private static final int FIRST_BYTES = 1 << 10;
    private static final int FULL_BYTES = 64 << 10;

    private final Wire wire;
    private @Nullable ByteBuf gathered;
    private @Nullable ByteBuf afterStream;
    private boolean streaming;
    private boolean closed;

    OutputBuffer(Wire wire) {
        this.wire = wire;
    }

    /** A buffer to append a packet to, with room for {@code bytes} at least; the output goes out with the next flush. */
    ByteBuf buffer(int bytes) {
        wire.requestFlush();
        if (streaming) {
            ByteBuf waiting = afterStream;
            if (waiting == null) {
                waiting = wire.allocator().buffer(Math.max(bytes, FIRST_BYTES));
                afterStream = waiting;
            }
            return waiting;
        }
        ByteBuf buffer = gathered;
        if (buffer != null && buffer.readableBytes() + bytes > FULL_BYTES) {
            wire.write(buffer);
            buffer = null;
        }
        if (buffer == null) {
            buffer = wire.allocator().buffer(Math.max(bytes, FIRST_BYTES));
            gathered = buffer;
        }
        return buffer;
    }

    /**
     * Appends the next piece of the present packet, which is not streamed: copied if it is small or would pin much more
     * than itself.
     */
    void append(ByteBuf source, int offset, int length) {
        if (length < SLICE_FROM_BYTES || length < source.capacity() >> 2) {
            buffer(length).writeBytes(source, offset, length);
        } else {
            pass();
            wire.write(source.retainedSlice(offset, length));
        }
    }

    /** The packet whose beginning was written goes on in pieces; everything else waits. */
    void beginStream() {
        pass();
        streaming = true;
    }

    /** A piece of the streamed packet. Takes ownership. */
    void stream(ByteBuf piece) {
        wire.requestFlush();
        wire.write(piece);
    }

    /** The streamed packet is complete. */
    void endStream() {
        streaming = false;
        gathered = afterStream;
        afterStream = null;
        wire.requestFlush();
    }

    /** Whether a packet is being streamed. */
    boolean isStreaming() {
        return streaming;
    }

    /** Bytes that wait for a streamed packet to end. */
    int waitingBytes() {
        return afterStream == null ? 0 : afterStream.readableBytes();
    }

    /** Hands everything to the socket. */
    void flush() {
        if (!closed) {
            pass();
            wire.flushWritten();
        }
    }

    /** Lets go of what was not handed over. */
    void close() {
        closed = true;
        if (gathered != null) {
            gathered.release();
            gathered = null;
        }
        if (afterStream != null) {
            afterStream.release();
            afterStream = null;
        }
    }

    private void pass() {
        ByteBuf buffer = gathered;
        if (buffer != null) {
            gathered = null;
            wire.write(buffer);
        }
    }
}
