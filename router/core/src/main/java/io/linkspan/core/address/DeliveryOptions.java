// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

/**
 * What an {@code address} entity asks for beyond the original's rules. Deliveries of an address that asks for nothing do
 * not pay for it.
 *
 * @param resendReleased a released delivery of a queue goes to its other receivers, each once, before its sender hears
 * @param expireQueued a delivery that waits for a receiver beyond its time to live is taken out and rejected
 * @param releaseAfterSeconds an unsettled delivery older than this is taken from its receiver and released; 0 for never, at most
 *     {@link #MAX_RELEASE_AFTER_SECONDS}
 */
public record DeliveryOptions(boolean resendReleased, boolean expireQueued, int releaseAfterSeconds) {

    /** A day: the longest time a delivery may be with its receiver when its address has such a time. */
    public static final int MAX_RELEASE_AFTER_SECONDS = 86_400;

    /** Nothing. */
    public static final DeliveryOptions NONE = new DeliveryOptions(false, false, 0);

    public DeliveryOptions {
        if (releaseAfterSeconds < 0 || releaseAfterSeconds > MAX_RELEASE_AFTER_SECONDS) {
            throw new IllegalArgumentException("releaseAfterSeconds " + releaseAfterSeconds);
        }
    }

    /** Whether nothing is asked for. */
    public boolean isNone() {
        return !resendReleased && !expireQueued && releaseAfterSeconds == 0;
    }
}
