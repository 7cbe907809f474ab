// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import io.linkspan.core.delivery.Content;
import io.linkspan.core.message.MessageView;
import io.linkspan.wire.Retention;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * A whole AMQP message that came in one frame: a flyweight over the input buffer, valid during the callback.
 *
 * <p>What must outlive it is a {@link Held} message with the bytes as {@link Retention} keeps them. All holds of one message share that copy. Confined to the loop; one per connection.
 */
final class EncodedMessage extends Content {

    private final ByteBufAllocator allocator;
    private ByteBuf bytes = Unpooled.EMPTY_BUFFER;
    private int offset;
    private int length;
    private int format;
    private @Nullable Held held;

    EncodedMessage(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** Points the flyweight at {@code length} bytes, which stay where they are until {@link #forget}. */
    EncodedMessage over(ByteBuf buffer, int index, int count, int messageFormat) {
        bytes = buffer;
        offset = index;
        length = count;
        format = messageFormat;
        return this;
    }

    /** The callback is over: the bytes may move. */
    void forget() {
        bytes = Unpooled.EMPTY_BUFFER;
        if (held != null) {
            held.release();
            held = null;
        }
    }

    ByteBuf buffer() {
        return bytes;
    }

    int offset() {
        return offset;
    }

    int length() {
        return length;
    }

    @Override
    public int messageFormat() {
        return format;
    }

    @Override
    public boolean complete() {
        return true;
    }

    @Override
    public int priority() {
        return MessageView.priorityOf(bytes, offset, length);
    }

    @Override
    public ByteBuf amqpBytes() {
        return held().amqpBytes();
    }

    @Override
    public Content hold() {
        return held().hold();
    }

    private Held held() {
        Held message = held;
        if (message == null) {
            ByteBuf own = Retention.keep(allocator, bytes, offset, length);
            message = new Held(own, format);
            held = message;
        }
        return message;
    }

    @Override
    public void release() {
        // Nothing to give back: a flyweight holds nothing of its own.
    }

    /** A message that has been held: counted, and freed with the last release. */
    static final class Held extends Content {

        private final ByteBuf bytes;
        private final int format;
        private int holds = 1;

        Held(ByteBuf bytes, int format) {
            this.bytes = bytes;
            this.format = format;
        }

        @Override
        public int messageFormat() {
            return format;
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
            holds++;
            return this;
        }

        @Override
        public void release() {
            if (holds == 0) {
                throw new IllegalStateException("released more often than held");
            }
            if (--holds == 0) {
                bytes.release();
            }
        }
    }
}
