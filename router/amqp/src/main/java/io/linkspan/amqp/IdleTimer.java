// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import java.util.concurrent.TimeUnit;

/**
 * The deadlines of a connection: silence of the peer, our own silence, the handshake, the peer's close. AMQP 1.0 part 2,
 * 2.4.5.
 *
 * <p>Frames do not read the clock: at each tick the engine says whether it heard or said anything since the last one.
 * So silence of the peer is noticed after its time-out and at most an eighth more, and what we owe the peer is said
 * after a third of its time-out, at the latest after two thirds. Confined to the connection's loop.
 */
final class IdleTimer {
    /** The shortest idle-time-out of a peer that we keep, in milliseconds. */
    static final int MIN_REMOTE_MS = 50;
    /** How long we wait for the peer's close after ours, in milliseconds. */
    static final int CLOSE_WAIT_MS = 5_000;

    private static final int HEARD_CHECKS = 8;
    private static final int SAID_CHECKS = 3;

    private boolean started;
    private long nowNs;
    private long heardNs;
    private long saidNs;
    private long localNs;
    private long remoteNs;
    private long handshakeNs;
    private long closeSinceNs;
    private boolean closing;
    private boolean closeStamped;
    private long beganNs;

    IdleTimer(int idleTimeoutMs, int handshakeTimeoutMs) {
        localNs = TimeUnit.MILLISECONDS.toNanos(idleTimeoutMs);
        handshakeNs = TimeUnit.MILLISECONDS.toNanos(handshakeTimeoutMs);
    }

    void tick(long now, boolean heard, boolean said) {
        nowNs = now;
        if (!started) {
            started = true;
            beganNs = now;
            heardNs = now;
            saidNs = now;
        }
        if (heard) {
            heardNs = now;
        }
        if (said) {
            saidNs = now;
        }
        if (closing && !closeStamped) {
            closeStamped = true;
            closeSinceNs = now;
        }
    }

    void remoteTimeout(long ms) {
        remoteNs = TimeUnit.MILLISECONDS.toNanos(ms);
    }

    void handshakeDone() {
        handshakeNs = 0;
    }

    void closing() {
        closing = true;
        localNs = 0;
        handshakeNs = 0;
    }

    boolean handshakeIsLate() {
        return handshakeNs > 0 && nowNs - beganNs >= handshakeNs;
    }

    boolean peerIsSilent() {
        return localNs > 0 && nowNs - heardNs >= localNs;
    }

    boolean weAreSilent() {
        return remoteNs > 0 && nowNs - saidNs >= remoteNs / SAID_CHECKS;
    }

    boolean closeIsLate() {
        return closeStamped && nowNs - closeSinceNs >= TimeUnit.MILLISECONDS.toNanos(CLOSE_WAIT_MS);
    }

    /** True when there is any deadline. */
    boolean needed() {
        return localNs > 0 || remoteNs > 0 || handshakeNs > 0 || closing;
    }

    /** When the next tick has to come; 0 (as soon as possible) while the time is not known. */
    long nextTickNs() {
        if (!started || (closing && !closeStamped)) {
            return 0;
        }
        long next = Long.MAX_VALUE;
        if (localNs > 0) {
            next = Math.min(next, Math.min(localNs / HEARD_CHECKS, heardNs + localNs - nowNs));
        }
        if (remoteNs > 0) {
            next = Math.min(next, remoteNs / SAID_CHECKS);
        }
        if (handshakeNs > 0) {
            next = Math.min(next, beganNs + handshakeNs - nowNs);
        }
        if (closing) {
            next = Math.min(next, closeSinceNs + TimeUnit.MILLISECONDS.toNanos(CLOSE_WAIT_MS) - nowNs);
        }
        return nowNs + Math.max(0, next);
    }
}
