// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.delivery;

import io.linkspan.amqp.DeliveryState;
import org.jspecify.annotations.Nullable;

/**
 * Where a delivery came from: an inbound link, whose key is the serial number the link gave the delivery, or a fan-out
 * that collects the outcomes of several copies.
 *
 * <p>Exactly one settled outcome comes back for each unsettled delivery, unless the origin settled it or it was
 * aborted. Confined to the loop of its connection.
 */
public interface Origin {

    /**
     * The unsettled delivery went to {@code to}, which knows it as {@code outKey}: the sender's own states follow it
     * there. Called again when a queued delivery leaves its queue. Not called for settled deliveries.
     */
    void forwarded(int key, Destination to, int outKey);

    /**
     * The receiver set a state, or settled, or both.
     *
     * @param state null when the receiver settled without a state (routing OUT-04)
     * @return the last known state of the delivery, for the counters of the receiving link
     */
    @Nullable
    DeliveryState outcome(int key, @Nullable DeliveryState state, boolean settled);

    /** The unsettled delivery is over without an outcome: its sender settled it, or gave it up. */
    default void closed(int key) {}

    /** A settled delivery that had to wait has been given to the transport, or was thrown away: credit may return. */
    void handedOver(int key);

    /**
     * Whether a settled delivery that waits holds back its sender, since its credit returns only with {@link #handedOver}.
     * Links that many senders share are not held back.
     */
    default boolean isHeldBack() {
        return false;
    }

    /** The core's tick (seconds) at which the delivery came in; 0 when that is more than ten ticks ago. */
    long ingressTick(int key);
}
