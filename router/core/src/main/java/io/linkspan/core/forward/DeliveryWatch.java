// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.forward;

import org.jspecify.annotations.Nullable;

/**
 * Kept deliveries that are taken back after the same time, oldest first. A list through the deliveries themselves, so
 * that one that is settled leaves at once. Confined to the core's loop.
 */
final class DeliveryWatch {

    private final int seconds;
    private @Nullable KeptDelivery oldest;
    private @Nullable KeptDelivery newest;

    DeliveryWatch(int seconds) {
        this.seconds = seconds;
    }

    int seconds() {
        return seconds;
    }

    boolean isEmpty() {
        return oldest == null;
    }

    void add(KeptDelivery delivery) {
        delivery.watch = this;
        delivery.older = newest;
        delivery.newer = null;
        if (newest == null) {
            oldest = delivery;
        } else {
            newest.newer = delivery;
        }
        newest = delivery;
    }

    void remove(KeptDelivery delivery) {
        KeptDelivery older = delivery.older;
        KeptDelivery newer = delivery.newer;
        if (older == null) {
            oldest = newer;
        } else {
            older.newer = newer;
        }
        if (newer == null) {
            newest = older;
        } else {
            newer.older = older;
        }
        delivery.watch = null;
        delivery.older = null;
        delivery.newer = null;
    }

    /** Takes back what is too old now. */
    void tick(long tick) {
        KeptDelivery first = oldest;
        while (first != null && tick - first.offeredTick() > seconds) {
            first.takeBack(seconds);
            first = oldest;
        }
    }
}
