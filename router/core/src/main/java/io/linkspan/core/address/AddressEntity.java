// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

import org.jspecify.annotations.Nullable;

/**
 * An {@code address} entity of the configuration. Routing, chapter 2.
 *
 * @param identity its number in management
 * @param name its name, or null
 * @param prefix the prefix as configured, if that was given
 * @param pattern the pattern as configured, if that was given
 * @param matcher what it matches
 * @param distribution how deliveries are spread
 * @param ingressPhase the phase senders write, 0 to 9
 * @param egressPhase the phase receivers read, 0 to 9
 * @param priority 0 to 9, or -1 when not set
 * @param fallback whether a fallback destination was asked for
 * @param topicPattern whether receivers on a matching address that contains wildcards are pattern subscribers
 * @param options what it asks for beyond that
 */
public record AddressEntity(
        long identity,
        @Nullable String name,
        @Nullable String prefix,
        @Nullable String pattern,
        Pattern matcher,
        Distribution distribution,
        int ingressPhase,
        int egressPhase,
        int priority,
        boolean fallback,
        boolean topicPattern,
        DeliveryOptions options) {

    /** Whether everybody on a matching address is in one group: configured closest or balanced. */
    public boolean isQueue() {
        return distribution == Distribution.CLOSEST || distribution == Distribution.BALANCED;
    }

    /** Whether sender and receiver phases differ (routing PHS-02). */
    public boolean isWaypoint() {
        return ingressPhase != egressPhase;
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
