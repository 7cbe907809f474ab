// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The changes that requests ask for, made one after the other: the next begins when the one before has been answered,
 * which may take a while (a socket, a file). Reading requests do not wait. Confined to the core's loop.
 */
final class Changes {
    /** Most changes that wait for others; a request beyond is answered with 500. */
    static final int MAX_WAITING = 1000;

    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private boolean busy;
    private boolean draining;

    /** A change: it gives its answer once, now or later. */
    @FunctionalInterface
    interface Change {
        void make(Consumer<AgentResponse> answer);
    }

    private record Waiting(Change change, Consumer<AgentResponse> reply) {}

    /** Makes a change when those before it are done. */
    void submit(Change change, Consumer<AgentResponse> reply) {
        if (waiting.size() >= MAX_WAITING) {
            reply.accept(AgentResponse.refused(
                    Status.INTERNAL_SERVER_ERROR, MAX_WAITING + " changes are waiting already; try again later"));
            return;
        }
        waiting.add(new Waiting(change, reply));
        drain();
    }

    /** Begins what can begin; a change that is answered at once does not nest the next one. */
    private void drain() {
        if (draining) {
            return;
        }
        draining = true;
        try {
            while (!busy) {
                Waiting next = waiting.poll();
                if (next == null) {
                    return;
                }
                busy = true;
                new Running(next.reply()).make(next.change());
            }
        } finally {
            draining = false;
        }
    }

    /** One change under way. */
    private final class Running {
        private @Nullable Consumer<AgentResponse> reply;

        Running(Consumer<AgentResponse> reply) {
            this.reply = reply;
        }

        /** A change that throws is answered too; the exception goes on to the loop, which counts it. */
        void make(Change change) {
            try {
                change.make(this::answered);
            } catch (RuntimeException | Error e) {
                if (reply != null) {
                    answered(AgentResponse.refused(
                            Status.INTERNAL_SERVER_ERROR, e.getClass().getSimpleName() + ": " + e.getMessage()));
                }
                throw e;
            }
        }

        private void answered(AgentResponse response) {
            Consumer<AgentResponse> to = reply;
            if (to == null) {
                throw new IllegalStateException("a change was answered twice, now with " + response.description());
            }
            reply = null;
            busy = false;
            to.accept(response);
            drain();
        }
    }
}
