// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core;

import io.linkspan.core.address.Distribution;
import java.util.Locale;

/**
 * What the core must know of the router's configuration.
 *
 * @param routerId the router's id, its AMQP container id
 * @param mode place in the network
 * @param defaultDistribution of addresses no entity matches
 * @param version shown in management
 * @param workerThreads shown in management
 */
public record CoreSettings(
        String routerId, Mode mode, Distribution defaultDistribution, String version, int workerThreads) {

    /** A router's place in its network. */
    public enum Mode {
        /** Alone. */
        STANDALONE,
        /** One of the routers that make the network. */
        INTERIOR,
        /** A leaf with an uplink. */
        EDGE;

        /** The word of configuration and management. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public CoreSettings {
        if (defaultDistribution == Distribution.FLOOD || defaultDistribution == Distribution.LINK_BALANCED) {
            throw new IllegalArgumentException(defaultDistribution + " is no defaultDistribution");
        }
    }

    /** A standalone router with the defaults. */
    public static CoreSettings standalone(String routerId) {
        return new CoreSettings(routerId, Mode.STANDALONE, Distribution.BALANCED, "0", 1);
    }
}
