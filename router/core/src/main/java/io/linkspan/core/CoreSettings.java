// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core;

import io.linkspan.core.address.Distribution;
import io.linkspan.core.delivery.MessageStream;
import java.util.Locale;

/**
 * What the core must know of the router's configuration.
 *
 * @param routerId the router's id, its AMQP container id
 * @param mode place in the network
 * @param defaultDistribution of addresses no entity matches
 * @param version shown in management
 * @param workerThreads shown in management
 * @param streamingThreshold bytes of an unfinished AMQP message from which on it is cut through (routing STR-01)
 */
public record CoreSettings(
        String routerId,
        Mode mode,
        Distribution defaultDistribution,
        String version,
        int workerThreads,
        int streamingThreshold) {

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

    /** Settings with the usual streaming threshold. */
    public CoreSettings(
            String routerId, Mode mode, Distribution defaultDistribution, String version, int workerThreads) {
        this(routerId, mode, defaultDistribution, version, workerThreads, MessageStream.HOLD_BYTES);
    }

    /** A standalone router with the defaults. */
    public static CoreSettings standalone(String routerId) {
        return new CoreSettings(routerId, Mode.STANDALONE, Distribution.BALANCED, "0", 1);
    }
}
