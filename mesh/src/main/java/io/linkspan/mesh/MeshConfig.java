// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh;

import java.time.Duration;

/**
 * Identity, intervals and limits of a mesh node. spec section 4; the intervals have whole seconds, because all of them
 * run from one tick of a second.
 *
 * @param self our id
 * @param instance our start time in seconds since 1970; another value tells the others that we restarted
 * @param helloInterval between two HELLOs
 * @param helloMaxAge after which a HELLO is forgotten and a neighbour lost
 * @param raInterval between two RAs of a stable network
 * @param raIntervalFlux between two RAs after a change; twice this after the last change the network counts as stable
 * @param remoteLsMaxAge after which the link state of a router that sent no RA is emptied
 * @param limits the sizes of tables
 */
public record MeshConfig(
        RouterId self,
        long instance,
        Duration helloInterval,
        Duration helloMaxAge,
        Duration raInterval,
        Duration raIntervalFlux,
        Duration remoteLsMaxAge,
        Limits limits) {

    /**
     * What a node keeps at most; what goes beyond is ignored with an event, and nothing else suffers.
     *
     * @param routers known routers, ourselves included
     * @param connections inter-router connections that are up
     * @param peers neighbours in one received link state, and ids in {@code seen}
     * @param mobileAddresses addresses of one router
     * @param totalMobileAddresses addresses of all other routers together
     * @param keyCharacters characters of one address key
     */
    public record Limits(
            int routers, int connections, int peers, int mobileAddresses, int totalMobileAddresses, int keyCharacters) {

        /** The limits of a router. */
        public static final Limits DEFAULT = new Limits(16_384, 4_096, 4_096, 1_000_000, 4_000_000, 65_535);

        /** Checks that each limit leaves room for one. */
        public Limits {
            if (routers < 2
                    || connections < 1
                    || peers < 1
                    || mobileAddresses < 1
                    || totalMobileAddresses < 1
                    || keyCharacters < 2) {
                throw new IllegalArgumentException("a limit is below its minimum: routers " + routers
                        + " (2), connections "
                        + connections + " (1), peers " + peers + " (1), mobileAddresses " + mobileAddresses
                        + " (1), totalMobileAddresses " + totalMobileAddresses + " (1), keyCharacters " + keyCharacters
                        + " (2)");
            }
        }
    }

    /** Checks the intervals. */
    public MeshConfig {
        requireSeconds("helloIntervalSeconds", helloInterval);
        requireSeconds("helloMaxAgeSeconds", helloMaxAge);
        requireSeconds("raIntervalSeconds", raInterval);
        requireSeconds("raIntervalFluxSeconds", raIntervalFlux);
        requireSeconds("remoteLsMaxAgeSeconds", remoteLsMaxAge);
    }

    /** The original's defaults: 1, 3, 30, 4 and 60 seconds. */
    public static MeshConfig of(RouterId self, long instance) {
        return new MeshConfig(
                self,
                instance,
                Duration.ofSeconds(1),
                Duration.ofSeconds(3),
                Duration.ofSeconds(30),
                Duration.ofSeconds(4),
                Duration.ofSeconds(60),
                Limits.DEFAULT);
    }

    /** The same with other limits. */
    public MeshConfig withLimits(Limits other) {
        return new MeshConfig(
                self, instance, helloInterval, helloMaxAge, raInterval, raIntervalFlux, remoteLsMaxAge, other);
    }

    private static void requireSeconds(String name, Duration value) {
        if (value.toSeconds() < 1 || value.toMillis() % 1000 != 0) {
            throw new IllegalArgumentException(
                    name + " must be a whole number of seconds, at least 1, and is " + value);
        }
    }
}
