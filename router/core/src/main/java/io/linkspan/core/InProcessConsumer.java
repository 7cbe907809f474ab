// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core;

import io.linkspan.amqp.AmqpError;
import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.ErrorCondition;
import io.linkspan.core.address.Member;
import io.linkspan.core.connection.Connection;
import io.linkspan.core.delivery.Content;
import io.linkspan.core.delivery.MessageStream;
import io.linkspan.core.delivery.Origin;
import io.linkspan.core.link.InboundLink;
import io.linkspan.core.link.OutboundLink;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The router's own end of an address: it gets each message whole and says the outcome at once (routing STR-09). Made by
 * {@code RouterCore.consume}. Confined to the core's loop.
 */
public final class InProcessConsumer extends OutboundLink {

    /** The largest message taken, 1 MiB; a larger one is rejected with {@code amqp:link:message-size-exceeded}. */
    public static final int MAX_MESSAGE_BYTES = 1024 * 1024;

    /** What happens with a message. */
    @FunctionalInterface
    public interface Handler {
        /**
         * A message came.
         *
         * @param amqp the whole message, borrowed
         * @param settled whether the sender has settled it, so that nobody sees the outcome
         * @param from the connection it came in over; null when the sender is no link of a connection
         * @return the outcome
         */
        DeliveryState message(ByteBuf amqp, boolean settled, @Nullable Connection from);
    }

    private final Handler handler;
    private final List<Partial> partials = new ArrayList<>(0);
    private int nextKey;

    InProcessConsumer(Connection connection, String name, Handler handler) {
        super(connection, name);
        this.handler = handler;
    }

    @Override
    protected long send(Content content, Member via, Origin origin, int key, boolean settled) {
        if (!content.complete() && content instanceof MessageStream stream) {
            Partial partial = new Partial(stream, origin, key, settled, nextKey++);
            partials.add(partial);
            partial.start();
            return settled ? DONE : partial.outKey & 0xffff_ffffL;
        }
        ByteBuf bytes = content.amqpBytes();
        if (bytes.readableBytes() > MAX_MESSAGE_BYTES) {
            return done(tooLarge(bytes.readableBytes()));
        }
        return done(handler.message(bytes, settled, connectionOf(origin)));
    }

    private static @Nullable Connection connectionOf(Origin origin) {
        return origin instanceof InboundLink link ? link.connection() : null;
    }

    private static DeliveryState tooLarge(long bytes) {
        return DeliveryState.rejected(ErrorCondition.MESSAGE_SIZE_EXCEEDED.error(
                bytes + " bytes exceed the " + MAX_MESSAGE_BYTES + " that the router itself takes"));
    }

    /** A message that still arrives. */
    private final class Partial implements MessageStream.Listener {
        private final MessageStream stream;
        private final Origin origin;
        private final int key;
        private final int outKey;
        private boolean settled;
        private MessageStream.@Nullable Reader reader;

        Partial(MessageStream stream, Origin origin, int key, boolean settled, int outKey) {
            this.stream = stream;
            this.origin = origin;
            this.key = key;
            this.settled = settled;
            this.outKey = outKey;
        }

        /** Keeps the whole stream from here on, so its back-pressure must not wait for us. */
        void start() {
            stream.hold();
            stream.liftLimit();
            reader = stream.reader(this);
        }

        @Override
        public void streamChanged(MessageStream.Reader changed) {
            boolean aborted = changed.aborted();
            long bytes = stream.heldBytes();
            if (!aborted && !stream.complete() && bytes <= MAX_MESSAGE_BYTES) {
                return;
            }
            partials.remove(this);
            DeliveryState state = aborted
                    ? null
                    : bytes > MAX_MESSAGE_BYTES
                            ? tooLarge(bytes)
                            : handler.message(stream.amqpBytes(), settled, connectionOf(origin));
            changed.close();
            stream.restoreLimit();
            stream.release();
            if (settled) {
                return;
            }
            if (aborted) {
                InProcessConsumer.this.aborted(origin, key);
            } else {
                InProcessConsumer.this.outcome(origin, key, state, true);
            }
        }
    }

    @Override
    protected boolean hasCredit() {
        return true;
    }

    @Override
    public int creditAvailable() {
        return capacity();
    }

    @Override
    protected void senderState(int outKey, @Nullable DeliveryState state, boolean settled) {
        if (settled) {
            for (Partial partial : partials) {
                partial.settled |= partial.outKey == outKey;
            }
        }
    }

    @Override
    protected void forEachUnsettled(UnsettledVisitor visitor) {
        List<Partial> open = new ArrayList<>(partials);
        partials.clear();
        for (Partial partial : open) {
            if (partial.reader != null) {
                partial.reader.close();
            }
            partial.stream.restoreLimit();
            partial.stream.release();
            if (!partial.settled) {
                visitor.unsettled(partial.origin, partial.key);
            }
        }
    }

    @Override
    protected void detach(@Nullable AmqpError error) {
        lost();
    }
}
