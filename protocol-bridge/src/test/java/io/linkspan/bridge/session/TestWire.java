// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import io.linkspan.wire.Wire;
import io.linkspan.wire.WireEngine;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A connection in memory: what the engine writes goes to a reader when the network moves. */
final class TestWire implements Wire {

    private @Nullable WireEngine engine;
    private Consumer<ByteBuf> reader = bytes -> {};
    private Runnable onClosed = () -> {};
    private final ArrayDeque<ByteBuf> out = new ArrayDeque<>();
    private boolean flushRequested;
    private boolean closing;
    private boolean gone;
    boolean writable = true;
    /** What the socket has to take while it is not writable. */
    long missingBytes = 1;

    boolean reading = true;
    boolean dropped;
    long tickAtNs = Long.MAX_VALUE;
    int flushes;
    private final ByteBufAllocator memory;

    TestWire(ByteBufAllocator memory) {
        this.memory = memory;
    }

    void connect(WireEngine connected, Consumer<ByteBuf> to, Runnable whenClosed) {
        engine = connected;
        reader = to;
        onClosed = whenClosed;
    }

    private WireEngine engine() {
        if (engine == null) {
            throw new IllegalStateException("no engine");
        }
        return engine;
    }

    /** One iteration; false if nothing was to be done. */
    boolean move() {
        if (gone) {
            return false;
        }
        boolean moved = false;
        if (flushRequested) {
            flushRequested = false;
            engine().flush();
            moved = true;
        }
        ByteBuf bytes;
        while ((bytes = out.poll()) != null) {
            moved = true;
            reader.accept(bytes);
            bytes.release();
        }
        if (closing) {
            cut();
            moved = true;
        }
        return moved;
    }

    /** The socket breaks, or is closed. */
    void cut() {
        if (!gone) {
            gone = true;
            out.forEach(ByteBuf::release);
            out.clear();
            engine().transportClosed();
            onClosed.run();
        }
    }

    boolean isGone() {
        return gone;
    }

    void setWritable(boolean on) {
        writable = on;
        engine().writabilityChanged(on);
    }

    @Override
    public ByteBufAllocator allocator() {
        return memory;
    }

    @Override
    public void write(ByteBuf bytes) {
        if (gone || dropped) {
            bytes.release();
        } else {
            out.add(bytes);
        }
    }

    @Override
    public void flushWritten() {
        flushes++;
    }

    @Override
    public boolean writable() {
        return writable && !gone && !closing;
    }

    @Override
    public long bytesBeforeWritable() {
        return writable() ? 0 : missingBytes;
    }

    @Override
    public void requestFlush() {
        flushRequested = true;
    }

    @Override
    public void setReading(boolean on) {
        reading = on;
    }

    @Override
    public void closeAfterFlush() {
        closing = true;
    }

    @Override
    public void drop() {
        dropped = true;
        closing = true;
        out.forEach(ByteBuf::release);
        out.clear();
    }

    @Override
    public void scheduleTick(long deadlineNs) {
        tickAtNs = deadlineNs;
    }
}
