// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import java.util.Locale;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The router section.
 *
 * @param id name of the router; null if it has to be made, see {@link #idOrMade}
 * @param mode whether the router is alone
 * @param workerThreads upper bound of event loops, from 1
 * @param defaultDistribution distribution of addresses that no address entity matches
 * @param metadata free text; null if there is none
 * @param timestampsInUtc whether log lines have UTC, not local time
 * @param allowResumableLinkRoute whether links may be routed whose terminus outlives them
 * @param timestampFormat strftime pattern of log times; null for the usual one
 * @param intervals of the routing protocol
 * @param streamingThresholdBytes bytes of an unfinished message from which on it is cut through
 */
public record RouterSettings(
        @Nullable String id,
        Mode mode,
        int workerThreads,
        Distribution defaultDistribution,
        @Nullable String metadata,
        boolean timestampsInUtc,
        boolean allowResumableLinkRoute,
        @Nullable String timestampFormat,
        Intervals intervals,
        int streamingThresholdBytes) {
    /** Most characters of a router's id. */
    public static final int MAX_ID_CHARS = 127;

    private static final String ID_CHARS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+_";
    private static final int MADE_CHARS = 15;

    /**
     * Times of the routing protocol, in seconds, from 1.
     *
     * @param hello between two HELLOs
     * @param helloMaxAge after which a neighbour that is silent is lost
     * @param ra between two advertisements of a stable network
     * @param raFlux between two advertisements after a change
     * @param remoteLsMaxAge after which the state of a router that does not advertise is forgotten
     */
    public record Intervals(int hello, int helloMaxAge, int ra, int raFlux, int remoteLsMaxAge) {
        /** The schema's defaults. */
        public static final Intervals DEFAULT = new Intervals(1, 3, 30, 4, 60);
    }

    /** Whether and how a router is part of a network. */
    public enum Mode {
        STANDALONE,
        INTERIOR,
        EDGE;

        /** The word for it in files and answers. */
        public String tag() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The id, or one made as the original does: {@code Standalone_} and 15 random characters. */
    public String idOrMade(RandomGenerator random) {
        if (id != null) {
            return id;
        }
        StringBuilder made = new StringBuilder();
        made.append(mode.name().charAt(0))
                .append(mode.tag(), 1, mode.tag().length())
                .append('_');
        for (int i = 0; i < MADE_CHARS; i++) {
            made.append(ID_CHARS.charAt(random.nextInt(ID_CHARS.length())));
        }
        return made.toString();
    }
}
