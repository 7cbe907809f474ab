// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

/**
 * Watches that a client is heard from: after one and a half intervals of silence it is given up, at most a quarter of an
 * interval later (MQ-5-2). Told the time; reads no clock.
 */
final class KeepAlive {

    /** Quarters of an interval without a packet. */
    private static final int QUARTERS = 6;

    private final long quarterNs;
    private long nextNs;
    private int silent;

    /** An interval in seconds; 0 is off. */
    KeepAlive(int seconds) {
        quarterNs = seconds * 250_000_000L;
    }

    /**
     * The time has come, or some other time has.
     *
     * @param heard whether a packet came since the last call, or could not come since nothing was read
     * @return whether the client is given up
     */
    boolean isOver(long nowNs, boolean heard) {
        if (quarterNs == 0) {
            return false;
        }
        if (nextNs == 0) {
            nextNs = nowNs + quarterNs;
        }
        if (heard) {
            silent = 0;
        }
        if (nowNs < nextNs) {
            return false;
        }
        nextNs = nowNs + quarterNs;
        return !heard && ++silent >= QUARTERS;
    }

    /** When it wants to know the time. */
    long nextNs() {
        return quarterNs == 0 ? Long.MAX_VALUE : nextNs;
    }
}
