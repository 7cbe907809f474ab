// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import io.linkspan.amqp.DeliveryState;
import io.linkspan.core.delivery.Destination;
import io.linkspan.core.delivery.Origin;
import org.jspecify.annotations.Nullable;

/**
 * One delivery of which a client got several copies, one for each subscription ({@code overlapEach}, MQ-3-10): its
 * outcome is known when the last copy's is; a rejected one decides.
 */
final class Copies implements Origin {

    private final Origin origin;
    private final int key;
    private int left;
    private DeliveryState result = DeliveryState.ACCEPTED;

    Copies(Origin origin, int key, int count) {
        this.origin = origin;
        this.key = key;
        this.left = count;
    }

    Origin origin() {
        return origin;
    }

    int key() {
        return key;
    }

    /** A copy is done; returns the outcome of the delivery once it is known. */
    @Nullable
    DeliveryState done(DeliveryState state) {
        if (state.code() != DeliveryState.ACCEPTED_CODE) {
            result = state;
        }
        return --left == 0 ? result : null;
    }

    /** All copies are done for, whatever was left. True the first time. */
    boolean finish() {
        boolean first = left > 0;
        left = 0;
        return first;
    }

    @Override
    public void forwarded(int index, Destination to, int outKey) {
        throw new IllegalStateException("copies are not forwarded");
    }

    @Override
    public @Nullable DeliveryState outcome(int index, @Nullable DeliveryState state, boolean settled) {
        throw new IllegalStateException("copies are collected by their link");
    }

    @Override
    public void handedOver(int index) {
        throw new IllegalStateException("copies are not handed over");
    }

    @Override
    public long ingressTick(int index) {
        return origin.ingressTick(key);
    }
}
