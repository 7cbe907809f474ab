// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh;

/**
 * The time of one node: the sum of the steps between its facts, each step between zero and {@link #MAX_STEP_NS}. A clock
 * that jumps, or a process that was stopped for minutes, ages nothing that was waiting in the meantime to be read.
 */
final class MeshClock {

    /** The longest step that counts: one tick and a half. */
    static final long MAX_STEP_NS = 1_500_000_000L;

    private long last;
    private long now;

    MeshClock(long nowNs) {
        last = nowNs;
    }

    long advance(long nowNs) {
        long step = nowNs - last;
        last = nowNs;
        now += Math.max(0, Math.min(step, MAX_STEP_NS));
        return now;
    }

    long now() {
        return now;
    }
}
