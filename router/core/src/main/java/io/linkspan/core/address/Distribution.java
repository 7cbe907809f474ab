// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How deliveries of an address are spread over its destinations. Routing, chapter 3. */
public enum Distribution {
    /** A copy to every destination. */
    MULTICAST("multicast"),
    /** In-process consumers, else local receivers in turn, else the cheapest router. */
    CLOSEST("closest"),
    /** The destination with the fewest outstanding deliveries. */
    BALANCED("balanced"),
    /** Attaches and deliveries are refused. */
    UNAVAILABLE("unavailable"),
    /** Link routes only: containers in turn. */
    LINK_BALANCED("linkBalanced"),
    /** Internal router-control traffic only: multicast that ignores valid origins. */
    FLOOD("flood");

    private final String text;

    Distribution(String text) {
        this.text = text;
    }

    /** Where the distribution of an address came from. */
    public enum Cause {
        /** An {@code address} entity of this router matched. */
        CONFIGURED,
        /** Another router told with its advertisement (routing MAT-12). */
        HINT,
        /** The router's {@code defaultDistribution}. */
        DEFAULT,
        /** Fixed by the class of the address: local, temporary, router. */
        CLASS
    }

    /** The value of an {@code address} entity; an unknown or missing text becomes balanced (routing DST-01). */
    public static Distribution ofEntity(@Nullable String text) {
        if (text != null) {
            for (Distribution distribution : new Distribution[] {MULTICAST, CLOSEST, BALANCED, UNAVAILABLE}) {
                if (distribution.text.equals(text.toLowerCase(Locale.ROOT))) {
                    return distribution;
                }
            }
        }
        return BALANCED;
    }

    /** The word used in configuration and management. */
    @Override
    public String toString() {
        return text;
    }
}
