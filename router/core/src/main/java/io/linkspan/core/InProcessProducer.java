// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core;

import io.linkspan.amqp.AmqpError;
import io.linkspan.amqp.DeliveryState;
import io.linkspan.core.address.Route;
import io.linkspan.core.connection.Connection;
import io.linkspan.core.delivery.AmqpBytes;
import io.linkspan.core.delivery.Destination;
import io.linkspan.core.link.InboundLink;
import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The router's own sender: AMQP messages to any address, such as the answers of management. Made by
 * {@code RouterCore.produce}. It has no credit to wait for; what cannot be delivered is released or dropped like any
 * other delivery. Confined to the core's loop.
 */
public final class InProcessProducer extends InboundLink {

    /** An unsettled message: who wants its outcome, and where it is. */
    private static final class Pending {
        private final Consumer<@Nullable DeliveryState> outcome;
        private @Nullable Destination to;
        private int outKey;

        Pending(Consumer<@Nullable DeliveryState> outcome) {
            this.outcome = outcome;
        }
    }

    private final Map<Integer, Pending> pending = new HashMap<>();
    private int nextKey;

    InProcessProducer(Connection connection, String name) {
        super(connection, name);
    }

    /** Sends a settled message. The bytes are borrowed, from reader index to writer index. */
    public void send(Route to, ByteBuf amqp) {
        deliverTo(to, new AmqpBytes(amqp), nextKey++, true);
    }

    /** Sends an unsettled message; its final outcome, null for settled without a state, goes to {@code outcome}. */
    public void send(Route to, ByteBuf amqp, Consumer<@Nullable DeliveryState> outcome) {
        int key = nextKey++;
        pending.put(key, new Pending(outcome));
        deliverTo(to, new AmqpBytes(amqp), key, false);
    }

    @Override
    protected void issueCredit(int more) {}

    @Override
    protected void drain() {
        drained();
    }

    @Override
    protected void onOutcome(int key, @Nullable DeliveryState state, boolean settled) {
        if (!settled && (state == null || !state.isTerminal())) {
            return;
        }
        Pending sent = pending.remove(key);
        if (!settled) {
            // A receiver that settles second waits for us (routing OUT-05).
            senderState(key, sent == null ? null : sent.to, sent == null ? 0 : sent.outKey, null, true);
        }
        if (sent != null) {
            sent.outcome.accept(state);
        }
    }

    @Override
    protected void onForwarded(int key, Destination to, int outKey) {
        Pending sent = pending.get(key);
        if (sent != null) {
            sent.to = to;
            sent.outKey = outKey;
        }
    }

    @Override
    protected void detach(AmqpError error) {
        lost();
    }

    @Override
    public void holdStream(boolean hold) {
        // It never streams.
    }
}
