// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.delivery;

import io.linkspan.amqp.DeliveryState;
import org.jspecify.annotations.Nullable;

/**
 * Where a delivery went, as its origin sees it: an outbound link, a place in a queue, or the copies of a multicast.
 *
 * <p>Confined to the loop of its connection.
 */
public interface Destination {

    /**
     * The sender of the delivery set its own state or settled it (routing OUT-01, OUT-05, OUT-06).
     *
     * @param key the number this destination gave the delivery
     * @param state the state, or with settled the last known one; null for none
     * @param settled true forgets the delivery: its destination reports nothing more about it
     * @param ingressTick see {@link Origin#ingressTick}
     */
    void originState(int key, @Nullable DeliveryState state, boolean settled, long ingressTick);

    /**
     * The router takes the delivery back, since its receiver has had it for too long. Nothing more is reported about it.
     *
     * @param state what the receiver is told when it has the delivery
     */
    default void takeBack(int key, DeliveryState state, long ingressTick) {
        originState(key, state, true, ingressTick);
    }

    /**
     * Whether the delivery, or one of its copies, waits here and no receiver has been given it yet.
     *
     * @param key the number this destination gave the delivery
     */
    default boolean isWaiting(int key) {
        return false;
    }
}
