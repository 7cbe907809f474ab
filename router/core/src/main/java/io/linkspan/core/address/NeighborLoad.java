// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

import io.linkspan.amqp.DeliveryState;
import io.linkspan.core.delivery.Destination;
import io.linkspan.core.delivery.Origin;
import io.linkspan.core.mesh.Neighbor;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * How many unsettled deliveries of one address are out on one inter-router connection (routing DST-26).
 *
 * <p>They are counted by an origin put in front of their own, one for each inbound link that has some out; so counting
 * takes no object per delivery. Confined to the core's loop.
 */
public final class NeighborLoad {

    private final Neighbor neighbor;
    private final IdentityHashMap<Origin, Counted> origins = new IdentityHashMap<>(2);
    private @Nullable Counted last;
    private int count;

    NeighborLoad(Neighbor neighbor) {
        this.neighbor = neighbor;
    }

    Neighbor neighbor() {
        return neighbor;
    }

    /** Unsettled deliveries. */
    public int count() {
        return count;
    }

    /** The origin to give to the link for one more unsettled delivery of {@code origin}. */
    public Origin counted(Origin origin) {
        Counted counted = last;
        if (counted == null || counted.origin != origin) {
            counted = origins.computeIfAbsent(origin, Counted::new);
            last = counted;
        }
        counted.open++;
        count++;
        return counted;
    }

    /** A delivery that was counted was not taken. */
    public void uncounted(Origin counted) {
        ((Counted) counted).closeOne();
    }

    private final class Counted implements Origin {
        private final Origin origin;
        private int open;

        Counted(Origin origin) {
            this.origin = origin;
        }

        private void closeOne() {
            open--;
            count--;
            if (open == 0) {
                origins.remove(origin);
                if (last == this) {
                    last = null;
                }
            }
        }

        @Override
        public void forwarded(int key, Destination to, int outKey) {
            origin.forwarded(key, to, outKey);
        }

        @Override
        public @Nullable DeliveryState outcome(int key, @Nullable DeliveryState state, boolean settled) {
            if (settled) {
                closeOne();
            }
            return origin.outcome(key, state, settled);
        }

        @Override
        public void closed(int key) {
            closeOne();
            origin.closed(key);
        }

        @Override
        public void handedOver(int key) {
            origin.handedOver(key);
        }

        @Override
        public long ingressTick(int key) {
            return origin.ingressTick(key);
        }
    }
}
