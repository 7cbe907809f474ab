// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import io.linkspan.wire.Wire;
import io.linkspan.wire.WireEngine;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a connection in memory: what an engine writes waits here until {@link #deliver} gives it to the other
 * end's engine. Plays the shell for its engine as well.
 */
final class MemoryWire implements Wire {
    private final ByteBufAllocator allocator;
    private final ArrayDeque<ByteBuf> written = new ArrayDeque<>();

    private @Nullable WireEngine engine;

    private @Nullable WireEngine otherEnd;

    private boolean flushRequested;
    boolean writable = true;
    boolean closing;
    boolean dropped;
    long tickAt = Long.MAX_VALUE;
    long octets;

    MemoryWire(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** Joins two engines by their wires. */
    static void join(MemoryWire a, WireEngine engineA, MemoryWire b, WireEngine engineB) {
        a.engine = engineA;
        a.otherEnd = engineB;
        b.engine = engineB;
        b.otherEnd = engineA;
    }

    @Override
    public ByteBufAllocator allocator() {
        return allocator;
    }

    @Override
    public void write(ByteBuf bytes) {
        octets += bytes.readableBytes();
        written.add(bytes);
    }

    @Override
    public void flushWritten() {}

    @Override
    public boolean writable() {
        return writable;
    }

    @Override
    public void requestFlush() {
        flushRequested = true;
    }

    @Override
    public void setReading(boolean on) {}

    @Override
    public void closeAfterFlush() {
        closing = true;
    }

    @Override
    public void drop() {
        dropped = true;
    }

    @Override
    public void scheduleTick(long deadlineNs) {
        tickAt = deadlineNs;
    }

    /** Ends an iteration of the loop: flushes the engine when it asked. */
    boolean flush() {
        if (!flushRequested) {
            return false;
        }
        flushRequested = false;
        Objects.requireNonNull(engine).flush();
        return true;
    }

    /** Gives what was written to the other end; false when there was nothing. */
    boolean deliver() {
        ByteBuf bytes = written.poll();
        if (bytes == null) {
            return false;
        }
        WireEngine to = Objects.requireNonNull(otherEnd);
        for (; bytes != null; bytes = written.poll()) {
            to.receive(bytes);
            bytes.release();
        }
        return true;
    }

    void discard() {
        for (ByteBuf bytes = written.poll(); bytes != null; bytes = written.poll()) {
            bytes.release();
        }
    }
}
