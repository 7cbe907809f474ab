// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.delivery;

import io.linkspan.core.message.MessageView;
import io.netty.buffer.ByteBuf;

/**
 * A complete message that is nothing but AMQP bytes in a buffer of somebody else's. Holding it copies them once.
 * Confined to the loop.
 */
public final class AmqpBytes extends Content {

    private final ByteBuf bytes;
    private final boolean held;

    /** Borrows the buffer from its reader index to its writer index. */
    public AmqpBytes(ByteBuf bytes) {
        this(bytes, false);
    }

    private AmqpBytes(ByteBuf bytes, boolean held) {
        this.bytes = bytes;
        this.held = held;
    }

    @Override
    public boolean complete() {
        return true;
    }

    @Override
    public int priority() {
        return MessageView.priorityOf(bytes, bytes.readerIndex(), bytes.readableBytes());
    }

    @Override
    public ByteBuf amqpBytes() {
        return bytes;
    }

    @Override
    public Content hold() {
        if (held) {
            bytes.retain();
            return this;
        }
        return new AmqpBytes(bytes.copy(), true);
    }

    @Override
    public void release() {
        if (held) {
            bytes.release();
        }
    }
}
