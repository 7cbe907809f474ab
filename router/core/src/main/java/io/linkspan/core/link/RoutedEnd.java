// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.link;

import io.linkspan.amqp.DeliveryState;
import io.linkspan.core.RouterCore;
import io.linkspan.core.RouterTotals;
import io.linkspan.core.connection.Connection;
import io.linkspan.core.connection.ConnectionRole;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import org.jspecify.annotations.Nullable;

/**
 * One of the two ends of a routed link (routing, chapter 7): what management shows of it. Its credit and deliveries are
 * those of the far end; the adaptor relays them and says here what has passed.
 *
 * <p>Confined to the loop of its connection.
 */
public abstract non-sealed class RoutedEnd extends Link {

    private final boolean inbound;
    private @Nullable RoutedEnd peer;
    private int unsettled;
    private @Nullable IntObjectMap<DeliveryState> reported;

    /**
     * An end that is not known to management yet.
     *
     * @param inbound messages come in here
     */
    protected RoutedEnd(Connection connection, String name, boolean inbound) {
        super(connection, name);
        this.inbound = inbound;
    }

    /** Names the other end of the same link, once. */
    public final void peer(RoutedEnd other) {
        peer = other;
    }

    @Override
    public final boolean isInbound() {
        return inbound;
    }

    @Override
    public final @Nullable Link peer() {
        return peer;
    }

    /** A routed link has no address of its own. */
    @Override
    public final @Nullable String owningKey() {
        return null;
    }

    @Override
    public final int unsettledCount() {
        return unsettled;
    }

    @Override
    final int streamingOldCount() {
        return 0;
    }

    /**
     * A delivery came in at this end.
     *
     * @param key serial number of the delivery at this end
     */
    public final void came(int key, boolean settled) {
        RouterCore core = connection.core();
        long tick = core.tick();
        connection.deliveryAt(tick);
        counters.deliveries++;
        DeliveryAges known = ages;
        if (known == null) {
            known = new DeliveryAges(tick, key - 1);
            ages = known;
        }
        RouterTotals totals = core.totals();
        if (settled) {
            counters.presettled++;
            totals.presettled++;
            known.passed(tick);
        } else {
            unsettled++;
            known.opened(tick, key);
        }
        if (isEndpoint()) {
            totals.ingress++;
        }
        if (connection.isRouteContainer()) {
            totals.ingressRouteContainer++;
        }
    }

    /** A delivery went out at this end; it had come in at a tick of the core, see {@link #ingressTick}. */
    public final void went(long ingressTick, boolean settled) {
        RouterCore core = connection.core();
        long tick = core.tick();
        connection.deliveryAt(tick);
        counters.deliveries++;
        if (ages == null) {
            ages = new DeliveryAges(tick, 0);
        }
        if (settled) {
            counters.presettled++;
            ages.passed(tick);
        } else {
            unsettled++;
            ages.openedAt(tick, ingressTick);
        }
        RouterTotals totals = core.totals();
        if (isEndpoint()) {
            totals.egress++;
        } else {
            totals.transit++;
        }
        if (connection.isRouteContainer()) {
            totals.egressRouteContainer++;
        }
    }

    private boolean isEndpoint() {
        return connection.role() != ConnectionRole.INTER_ROUTER && connection.role() != ConnectionRole.EDGE;
    }

    /** The core's tick at which a delivery came in at this end, 0 if that is long ago. */
    public final long ingressTick(int key) {
        return ages == null ? 0 : ages.tickOf(connection.core().tick(), key);
    }

    /** The receiver of a delivery that came in here has an outcome, and settlement is still to come. */
    public final void reported(int key, DeliveryState outcome) {
        if (reported == null) {
            reported = new IntObjectHashMap<>(4);
        }
        reported.put(key, outcome);
    }

    /** The outcome that was reported for a delivery that came in here; null if none was. */
    public final @Nullable DeliveryState reportedOutcome(int key) {
        return reported == null ? null : reported.get(key);
    }

    /** An unsettled delivery of this end is settled with this state; its key matters where it came in. */
    public final void finished(int key, long ingressTick, @Nullable DeliveryState state) {
        RouterCore core = connection.core();
        unsettled--;
        counters.finished(state);
        long tick = core.tick();
        long age = ingressTick == tick ? 0 : ingressTick == 0 ? Long.MAX_VALUE : tick - ingressTick;
        counters.age(age);
        if (ages != null) {
            ages.closed(tick, ingressTick, state == null || state.code() != DeliveryState.RELEASED_CODE);
        }
        if (inbound) {
            core.totals().finished(state);
            core.totals().age(age);
            if (reported != null) {
                reported.remove(key);
            }
        }
    }

    /** An unsettled delivery was given up by its sender. */
    public final void aborted(int key, long ingressTick) {
        unsettled--;
        if (ages != null) {
            ages.closed(connection.core().tick(), ingressTick, false);
        }
        if (inbound && reported != null) {
            reported.remove(key);
        }
    }

    /** Whether credit is there, for the time without any (routing CNT-05). */
    public final void credited(boolean some) {
        creditIs(some);
    }

    /** The link is gone. Idempotent. */
    public final void lost() {
        if (!lost) {
            lost = true;
            connection.core().remove(this);
        }
    }
}
