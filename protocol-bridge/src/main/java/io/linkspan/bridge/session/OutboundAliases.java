// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import io.linkspan.bridge.topic.Topic;
import org.jspecify.annotations.Nullable;

/**
 * Topic aliases of one direction, server to client (MQ-5-3). MQTT 5.0, 3.3.2.3.4.
 *
 * <p>A topic gets an alias when it is sent for the second time in a row of its set. Sets of up to {@link #WAYS} topics,
 * the least recently used one gives way; at most {@link #MAX_ALIASES} aliases, whatever the client takes. Confined to
 * the connection's loop.
 */
final class OutboundAliases {

    /** Aliases used at most. */
    static final int MAX_ALIASES = 256;

    /** Topics of one set. */
    static final int WAYS = 8;

    private final int ways;
    private final int sets;
    private final @Nullable Topic[] topics;
    private final boolean[] known;
    private final long[] lastUse;
    private long uses;

    /** Aliases up to what the client takes, at least 1. */
    OutboundAliases(int clientMaximum) {
        int usable = Math.min(clientMaximum, MAX_ALIASES);
        ways = Math.min(usable, WAYS);
        sets = Integer.highestOneBit(usable / ways);
        topics = new @Nullable Topic[ways * sets];
        known = new boolean[ways * sets];
        lastUse = new long[ways * sets];
    }

    /**
     * What to write for a topic: 0 for its name alone, an alias for name and alias, a negative alias for the alias
     * alone. To be followed by exactly that in the packet.
     */
    int use(Topic topic) {
        int set = (System.identityHashCode(topic) & sets - 1) * ways;
        int oldest = set;
        for (int i = set; i < set + ways; i++) {
            if (topics[i] == topic) {
                lastUse[i] = ++uses;
                if (known[i]) {
                    return -(i + 1);
                }
                known[i] = true;
                return i + 1;
            }
            if (lastUse[i] < lastUse[oldest]) {
                oldest = i;
            }
        }
        topics[oldest] = topic;
        known[oldest] = false;
        lastUse[oldest] = ++uses;
        return 0;
    }
}
