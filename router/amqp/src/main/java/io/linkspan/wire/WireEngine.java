// SPDX-License-Identifier: Apache-2.0
package io.linkspan.wire;

import io.netty.buffer.ByteBuf;

/**
 * One connection's protocol engine as the shell sees it: bytes and time in, bytes out through its {@link Wire}.
 *
 * <p>Pure and confined to the connection's loop. No method throws for what a peer sent; an exception is a bug of ours
 * and the shell answers it by dropping this connection.
 */
public interface WireEngine {

    /**
     * Takes what came from the socket, all of it. The caller keeps ownership of {@code in} and releases it after the
     * call; the engine copies or retains slices of what it needs longer.
     */
    void receive(ByteBuf in);

    /** Writes what is pending (dispositions, credit, the output buffer) and flushes the wire. */
    void flush();

    /**
     * Tells the time.
     *
     * @param nowNs a monotonic clock in nanoseconds, never running backwards; the shell calls once right after it made
     *     the engine, and then when a deadline given to {@link Wire#scheduleTick} has come
     */
    void tick(long nowNs);

    /** The socket's queue fell below its low-water mark (true) or rose above its high-water mark (false). */
    void writabilityChanged(boolean writable);

    /** The socket is gone; the last call. The engine gives back every buffer it holds. */
    void transportClosed();

    /** Graceful stop: says the protocol's goodbye, then {@link Wire#closeAfterFlush}. */
    void shutdown();
}
