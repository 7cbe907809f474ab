// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

/**
 * Watches that a client reads: one whose socket takes nothing for a time, while too much waits for it, is given up
 * (MQ-5-8, MQ-6-40). It is looked at four times in that time, so it is given up a quarter of it later at most. Told the
 * time; reads no clock.
 */
final class SlowConsumer {

    private static final int LOOKS = 4;

    private final long timeoutNs;
    private long missing;
    private long lookNs;
    private long deadlineNs;

    /** A time in seconds; 0 waits for ever. */
    SlowConsumer(int seconds) {
        timeoutNs = seconds * 1_000_000_000L;
    }

    /**
     * The time has come, or some other time has.
     *
     * @param missingBytes what the socket has to take until it is writable; 0 while it is
     * @return whether the client is given up
     */
    boolean isOver(long nowNs, long missingBytes) {
        if (timeoutNs == 0 || missingBytes == 0) {
            missing = 0;
            return false;
        }
        if (missing > 0 && nowNs < lookNs) {
            return false;
        }
        if (missing == 0 || missingBytes < missing) {
            deadlineNs = nowNs + timeoutNs;
        }
        missing = missingBytes;
        lookNs = Math.min(nowNs + timeoutNs / LOOKS, deadlineNs);
        return nowNs >= deadlineNs;
    }

    /** The socket has taken what was too much. */
    void reads() {
        missing = 0;
    }

    /** When it wants to know the time. */
    long nextNs() {
        return missing == 0 ? Long.MAX_VALUE : lookNs;
    }
}
