// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.link;

import io.linkspan.amqp.AmqpError;
import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.ErrorCondition;
import io.linkspan.core.address.Member;
import io.linkspan.core.address.Subscription;
import io.linkspan.core.connection.Connection;
import io.linkspan.core.delivery.Content;
import io.linkspan.core.delivery.Destination;
import io.linkspan.core.delivery.MessageStream;
import io.linkspan.core.delivery.Origin;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Messages go out. An adaptor extends it; {@code RouterCore.subscribe} makes it a receiver.
 *
 * <p>What cannot be sent at once waits here, in order (routing CRD-16), and never moves to another link (DST-03). The
 * queue is bounded by the senders' credit for unsettled deliveries; of settled ones at most capacity stay (OUT-18).
 *
 * <p>Confined to the loop of its connection.
 */
public abstract non-sealed class OutboundLink extends Link implements Destination {

    /** {@link #send}: not now; {@link #resume()} says when. */
    public static final long NOT_NOW = -1;

    /**
     * {@link #send}: sent, and nothing more will be reported. To an unsettled origin the core reports the outcome given
     * to {@link #done(DeliveryState)}, accepted without one.
     */
    public static final long DONE = -2;

    /** {@link #send}: this delivery is not for this receiver; it counts as though it were not a member. */
    public static final long SKIPPED = -3;

    /** {@link #queuedAt}: the delivery did not wait here. */
    public static final long NOT_QUEUED = -1;

    /** {@link #offer}: given to the transport. */
    public static final int SENT = 0;

    /** {@link #offer}: queued on a link that has no credit; a settled delivery's own credit comes back at once. */
    public static final int QUEUED = 1;

    /** {@link #offer}: queued behind the transport; a settled delivery's own credit comes back when it is handed over. */
    public static final int WAITING = 2;

    /** {@link #offer}: not taken. */
    public static final int REFUSED = 3;

    /** What a sender is told of a delivery that waited for longer than it was to live. */
    public static final DeliveryState EXPIRED = DeliveryState.rejected(
            ErrorCondition.PRECONDITION_FAILED.error("The message has expired before a receiver took it"));

    /** Visits deliveries that were sent and are not settled. */
    @FunctionalInterface
    public interface UnsettledVisitor {
        /** One delivery. */
        void unsettled(Origin origin, int key);
    }

    private final List<Subscription> subscriptions = new ArrayList<>(1);
    private @Nullable ArrayDeque<QueuedDelivery> queue;
    private int unsettled;
    private boolean sending;
    private long queuedAt = NOT_QUEUED;
    private @Nullable DeliveryState doneState;
    private @Nullable MessageStream streaming;
    private long streamingTick;
    private long settledTick;
    private long settledBefore;

    protected OutboundLink(Connection connection, String name) {
        super(connection, name);
    }

    // ---- implemented by the adaptor ----------------------------------------------------------------------------

    /**
     * Sends a delivery now, or says that it cannot.
     *
     * @param content borrowed; a {@link MessageStream} that is not complete is read with a reader of the adaptor's own
     * @param via the subscriptions that matched
     * @param origin where outcomes go, through {@link #outcome}
     * @param key the origin's number for the delivery
     * @param settled whether the origin has settled it already; then nothing is reported about it
     * @return {@link #NOT_NOW}, {@link #DONE}, {@link #SKIPPED} or the outgoing number of the delivery, as an unsigned
     *     int (0 to 2^32-1), which is tracked with origin and key until an outcome has settled it
     */
    protected abstract long send(Content content, Member via, Origin origin, int key, boolean settled);

    /** Whether the receiver would take another delivery, whatever the transport says. */
    protected abstract boolean hasCredit();

    /** Deliveries the receiver would take. */
    @Override
    public abstract int creditAvailable();

    /** The sender set a state or settled; tell the receiver. After a settled one the number is forgotten. */
    protected abstract void senderState(int outKey, @Nullable DeliveryState state, boolean settled);

    /**
     * The origin of a tracked delivery; null when it is not known any more. {@link #originKey} goes with it. Asked only when
     * a sender settles first.
     */
    protected @Nullable Origin origin(int outKey) {
        return null;
    }

    /** The origin's number of a tracked delivery. */
    protected int originKey(int outKey) {
        return 0;
    }

    /** Visits every tracked delivery; called when the link is lost. */
    protected abstract void forEachUnsettled(UnsettledVisitor visitor);

    /** The router ends the link (its address was refused late, or management asked). */
    protected abstract void detach(@Nullable AmqpError error);

    /**
     * Whether the outcome of this receiver counts among several (a receiver that takes messages at most once has none to
     * tell). When it is the only one, handing over is accepting.
     */
    public boolean contributes(Member via) {
        return true;
    }

    /** The adaptor's clock, asked when a delivery begins to wait here; 0 where {@link #queuedAt} is of no use. */
    protected long queueClock() {
        return 0;
    }

    // ---- called by the adaptor ---------------------------------------------------------------------------------

    /** For {@code return done(state)} in {@link #send}: the outcome to report. */
    protected final long done(DeliveryState state) {
        doneState = state;
        return DONE;
    }

    /** Within {@link #send}: what {@link #queueClock} said when the delivery began to wait, or {@link #NOT_QUEUED}. */
    protected final long queuedAt() {
        return queuedAt;
    }

    /** A link that begins with credit, as those of MQTT do, is not one that waits for it (routing CNT-05). */
    @Override
    public final void identify(long number) {
        super.identify(number);
        creditIs(hasCredit());
    }

    /** Credit, window or socket came back: sends what waits, in order, as far as it goes. */
    public final void resume() {
        if (sending || lost) {
            return;
        }
        creditIs(hasCredit());
        ArrayDeque<QueuedDelivery> waiting = queue;
        if (waiting == null) {
            return;
        }
        sending = true;
        try {
            QueuedDelivery next;
            while ((next = waiting.peek()) != null) {
                next.address();
                queuedAt = next.queuedAt;
                long outKey = send(next.content, next.via, next.origin, next.key, next.settled);
                if (outKey == NOT_NOW) {
                    return;
                }
                waiting.remove();
                leaveQueue(next);
                if (outKey == SKIPPED) {
                    refuseQueued(next);
                } else {
                    sent(outKey, next.content, next.origin, next.key, next.settled, next.origin.ingressTick(next.key));
                    if (next.originState != null && !next.settled && outKey >= 0) {
                        senderState((int) outKey, next.originState, false);
                    }
                }
                next.discard();
                if (lost) {
                    return;
                }
            }
        } finally {
            sending = false;
            queuedAt = NOT_QUEUED;
        }
    }

    /** The receiver set a state, or settled, or both. */
    public final void outcome(Origin origin, int key, @Nullable DeliveryState state, boolean settled) {
        if (!settled) {
            origin.outcome(key, state, false);
            return;
        }
        long ingress = origin.ingressTick(key);
        finished(origin.outcome(key, state, true), ingress);
    }

    /** A delivery that was being streamed out has been aborted, since its sender gave it up. */
    public final void aborted(Origin origin, int key) {
        unsettled--;
        closeAge(origin.ingressTick(key), false);
        origin.closed(key);
    }

    /**
     * The link, its session or its connection is gone: what was sent becomes modified, what was queued is released
     * (routing OUT-07). Idempotent.
     */
    public final void lost() {
        if (lost) {
            return;
        }
        lost = true;
        connection.core().remove(this);
        forEachUnsettled((origin, key) -> outcome(origin, key, DeliveryState.MODIFIED_FAILED, true));
        ArrayDeque<QueuedDelivery> waiting = queue;
        queue = null;
        if (waiting != null) {
            QueuedDelivery next;
            while ((next = waiting.poll()) != null) {
                if (next.settled) {
                    dropped(next);
                } else {
                    refuseQueued(next);
                }
                next.discard();
            }
        }
    }

    // ---- called by the core ------------------------------------------------------------------------------------

    /** Sends or queues a delivery; one of {@link #SENT}, {@link #QUEUED}, {@link #WAITING}, {@link #REFUSED}. */
    public final int offer(Content content, Member via, Origin origin, int key, boolean settled) {
        if (lost) {
            return REFUSED;
        }
        if (!sending && (queue == null || queue.isEmpty())) {
            long outKey;
            sending = true;
            try {
                outKey = send(content, via, origin, key, settled);
            } finally {
                sending = false;
            }
            if (outKey == SKIPPED) {
                return REFUSED;
            }
            if (outKey != NOT_NOW) {
                sent(outKey, content, origin, key, settled, connection.core().tick());
                if (queue != null && !queue.isEmpty()) {
                    resume(); // Something came in for this link while it was sending.
                }
                return SENT;
            }
        }
        return enqueue(content, via, origin, key, settled);
    }

    private void sent(long outKey, Content content, Origin origin, int key, boolean settled, long ingress) {
        long tick = connection.core().tick();
        connection.deliveryAt(tick);
        counters.deliveries++;
        if (settled || outKey == DONE) {
            DeliveryState state = doneState;
            doneState = null;
            ages(tick).passed(tick);
            if (settled) {
                counters.presettled++;
            } else {
                if (state == null) {
                    counters.presettled++;
                    state = DeliveryState.ACCEPTED;
                } else {
                    counters.finished(state);
                }
                origin.outcome(key, state, true);
            }
        } else {
            unsettled++;
            ages(tick).openedAt(tick, ingress);
            origin.forwarded(key, this, (int) outKey);
        }
        if (!content.complete() && content instanceof MessageStream stream) {
            streaming = stream;
            streamingTick = ingress;
        }
        if (!hasCredit()) {
            creditIs(false);
        }
    }

    private DeliveryAges ages(long tick) {
        if (ages == null) {
            ages = new DeliveryAges(tick, 0);
        }
        return ages;
    }

    private int enqueue(Content content, Member via, Origin origin, int key, boolean settled) {
        if (queue == null) {
            queue = new ArrayDeque<>();
        }
        boolean credit = hasCredit();
        boolean keeps = settled && holdsSenders() && origin.isHeldBack();
        if (settled && !keeps && queue.size() >= capacity()) {
            dropSettled(queue);
        }
        boolean holdsSender = credit || keeps;
        QueuedDelivery delivery = new QueuedDelivery(this, content, via, origin, key, settled, settled && holdsSender);
        delivery.queuedAt = queueClock();
        queue.add(delivery);
        long tick = connection.core().tick();
        if (!settled) {
            ages(tick).openedAt(tick, tick);
            origin.forwarded(key, delivery, 0);
        }
        if (!credit) {
            creditIs(false);
        }
        return holdsSender ? WAITING : QUEUED;
    }

    /**
     * Whether the sender of a settled delivery that waits here for credit waits as well, and the delivery is not thrown
     * away. A receiver that gives no credit does not hold up senders (routing CRD-15, OUT-18), but between routers credit
     * is only a moment late, and there are at most as many such deliveries as credit is out to senders.
     */
    protected boolean holdsSenders() {
        return false;
    }

    /** OUT-18: all settled ones go but the first in line, and those whose senders wait for them. */
    private void dropSettled(ArrayDeque<QueuedDelivery> waiting) {
        QueuedDelivery first = waiting.peek();
        boolean keeps = holdsSenders();
        List<QueuedDelivery> drops = new ArrayList<>();
        waiting.removeIf(delivery -> {
            boolean drop = delivery != first && delivery.settled && !(keeps && delivery.creditDue);
            if (drop) {
                drops.add(delivery);
            }
            return drop;
        });
        for (QueuedDelivery delivery : drops) {
            dropped(delivery);
            delivery.discard();
        }
    }

    private void dropped(QueuedDelivery delivery) {
        counters.droppedPresettled++;
        connection.core().totals().droppedPresettled++;
        leaveQueue(delivery);
    }

    /** A settled one's credit comes back, an unsettled one is no longer counted as waiting. */
    private void leaveQueue(QueuedDelivery delivery) {
        if (delivery.creditDue) {
            delivery.creditDue = false;
            delivery.origin.handedOver(delivery.key);
        }
        if (delivery.opened) {
            delivery.opened = false;
            closeAge(delivery.origin.ingressTick(delivery.key), false);
        }
    }

    private void refuseQueued(QueuedDelivery delivery) {
        leaveQueue(delivery);
        if (!delivery.settled) {
            counters.finished(DeliveryState.RELEASED);
            delivery.origin.outcome(delivery.key, DeliveryState.RELEASED, true);
        }
    }

    /** The sender settled a delivery that waits here: it goes out settled (routing OUT-06). */
    void settledInQueue(QueuedDelivery delivery, long ingressTick) {
        delivery.settled = true;
        delivery.origin.closed(delivery.key);
        if (delivery.opened) {
            delivery.opened = false;
            closeAge(ingressTick, false);
        }
    }

    /** The sender gave up a delivery of which nothing was sent (routing STR-06). */
    void abortedInQueue(QueuedDelivery delivery) {
        if (queue != null && queue.remove(delivery)) {
            leaveQueue(delivery);
            if (!delivery.settled) {
                delivery.origin.closed(delivery.key);
            }
            delivery.discard();
        }
    }

    /** The router takes a delivery back that waits here. */
    void takenBackInQueue(QueuedDelivery delivery, DeliveryState state) {
        if (queue != null && queue.remove(delivery)) {
            leaveQueue(delivery);
            counters.finished(state);
            delivery.discard();
        }
    }

    /**
     * The delivery that was queued last is too old to be sent from a tick on. Called right after {@link #offer} has
     * queued it.
     */
    public final void expireNewest(long atTick) {
        if (queue != null && !queue.isEmpty()) {
            queue.getLast().expiresAt = atTick;
            connection.core().expires(this);
        }
    }

    /**
     * Takes out what is too old: unsettled deliveries are rejected, settled ones are counted as dropped.
     *
     * @param expired receives how many there were
     * @return whether others may become too old
     */
    public final boolean expire(long tick, IntConsumer expired) {
        ArrayDeque<QueuedDelivery> waiting = queue;
        if (waiting == null) {
            return false;
        }
        List<QueuedDelivery> old = new ArrayList<>();
        waiting.removeIf(delivery -> {
            boolean tooOld = delivery.expiresAt > 0 && delivery.expiresAt <= tick;
            if (tooOld) {
                old.add(delivery);
            }
            return tooOld;
        });
        boolean more = waiting.stream().anyMatch(delivery -> delivery.expiresAt > 0);
        for (QueuedDelivery delivery : old) {
            if (delivery.settled) {
                dropped(delivery);
            } else {
                leaveQueue(delivery);
                counters.finished(EXPIRED);
                delivery.origin.outcome(delivery.key, EXPIRED, true);
            }
            delivery.discard();
        }
        if (!old.isEmpty()) {
            expired.accept(old.size());
        }
        return more;
    }

    @Override
    public final void originState(int outKey, @Nullable DeliveryState state, boolean settled, long ingressTick) {
        if (lost) {
            return;
        }
        if (settled) {
            finished(state, ingressTick);
            Origin origin = origin(outKey);
            if (origin != null) {
                origin.closed(originKey(outKey));
            }
        }
        senderState(outKey, state, settled);
    }

    private void finished(@Nullable DeliveryState state, long ingress) {
        unsettled--;
        counters.finished(state);
        long tick = connection.core().tick();
        if (ingress != tick) {
            counters.age(ingress == 0 ? Long.MAX_VALUE : tick - ingress);
        }
        closeAge(ingress, state == null || state.code() != DeliveryState.RELEASED_CODE);
    }

    private void closeAge(long ingress, boolean countsForRate) {
        long tick = connection.core().tick();
        ages(tick).closed(tick, ingress, countsForRate);
    }

    /** Queued and sent unsettled deliveries: the value of a candidate (routing DST-20). */
    public final int outstanding() {
        return unsettled + (queue == null ? 0 : queue.size());
    }

    /** A subscription of this link became active. */
    public final void subscribed(Subscription subscription) {
        subscriptions.add(subscription);
    }

    /** A subscription of this link ended. */
    public final void unsubscribed(Subscription subscription) {
        subscriptions.remove(subscription);
    }

    /** How many subscriptions are active. */
    public final int subscriptionCount() {
        return subscriptions.size();
    }

    /** The active subscriptions, oldest first. */
    public final List<Subscription> subscriptions() {
        return List.copyOf(subscriptions);
    }

    @Override
    public final boolean isInbound() {
        return false;
    }

    /** It stays attached and goes on with what it has, but is no member of its addresses any more. */
    @Override
    final void disable() {
        for (Subscription subscription : subscriptions) {
            connection.core().table().remove(subscription);
        }
    }

    @Override
    final void enable() {
        if (!lost) {
            for (Subscription subscription : subscriptions) {
                connection.core().table().add(subscription, this);
            }
        }
    }

    @Override
    final boolean isBusy() {
        return outstanding() > 0;
    }

    /** Settled deliveries sent within the present tick, of which nothing else tells that they were there. */
    public final int sentSettledLately() {
        long tick = connection.core().tick();
        if (tick != settledTick) {
            settledTick = tick;
            settledBefore = counters.presettled;
        }
        return (int) (counters.presettled - settledBefore);
    }

    // ---- for management ----------------------------------------------------------------------------------------

    @Override
    public final int undeliveredCount() {
        return queue == null ? 0 : queue.size();
    }

    @Override
    public final int unsettledCount() {
        return unsettled;
    }

    @Override
    public @Nullable String owningKey() {
        return subscriptions.isEmpty() ? null : subscriptions.get(0).owningKey();
    }

    @Override
    final int streamingOldCount() {
        if (streaming == null || streaming.ended()) {
            streaming = null;
            return 0;
        }
        return connection.core().tick() - streamingTick > DeliveryAges.OLD_TICKS ? 1 : 0;
    }
}
