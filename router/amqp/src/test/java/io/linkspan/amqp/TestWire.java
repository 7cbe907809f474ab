// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.wire.Wire;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** A wire in memory: keeps what is written, and counts every octet of its allocator that is not given back. */
final class TestWire implements Wire {
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    final List<Integer> writes = new ArrayList<>();
    boolean writable = true;
    boolean flushRequested;
    int flushes;
    int flushRequests;
    boolean closing;
    boolean dropped;
    long tickAt = -1;

    @Override
    public ByteBufAllocator allocator() {
        return allocator;
    }

    @Override
    public void write(ByteBuf bytes) {
        assertThat(dropped).as("write after drop").isFalse();
        assertThat(closing).as("write after close").isFalse();
        writes.add(bytes.readableBytes());
        written.writeBytes(ByteBufUtil.getBytes(bytes));
        bytes.release();
    }

    @Override
    public void flushWritten() {
        flushes++;
    }

    @Override
    public boolean writable() {
        return writable;
    }

    @Override
    public void requestFlush() {
        flushRequested = true;
        flushRequests++;
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

    /** What was written since the last call. */
    byte[] take() {
        byte[] bytes = written.toByteArray();
        written.reset();
        writes.clear();
        return bytes;
    }

    /** A buffer of the counted allocator. */
    ByteBuf buffer(byte[] bytes) {
        return allocator.directBuffer(bytes.length).writeBytes(bytes);
    }

    /** Octets that somebody still holds. */
    long held() {
        return allocator.metric().usedDirectMemory() + allocator.metric().usedHeapMemory();
    }
}
