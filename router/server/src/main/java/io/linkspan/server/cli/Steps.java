// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import io.linkspan.management.cli.BusOptions;
import io.linkspan.management.cli.ToolFailure;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a tool on its one connection: each is started on the event loop, while the thread of the command waits
 * for it.
 *
 * <p>When the connection ends, what waits fails with the reason, and so does every later step.
 */
final class Steps {
    private final BusOptions bus;
    private final Vertx vertx = ToolLoop.start();
    private final Context loop = vertx.getOrCreateContext();

    // Confined to the loop.
    private @Nullable CompletableFuture<?> current; // the thread of the command waits for one at a time
    private @Nullable ToolFailure ended;
    private boolean closing;

    Steps(BusOptions bus) {
        this.bus = bus;
    }

    /** A step: starts something on the loop, which completes the future. */
    @FunctionalInterface
    interface Step<T> {
        /** Starts it; called on the loop. */
        void start(CompletableFuture<T> done);
    }

    Vertx vertx() {
        return vertx;
    }

    Context loop() {
        return loop;
    }

    /** True once the connection has ended, or is being closed; on the loop alone. */
    boolean over() {
        return closing || ended != null;
    }

    /**
     * Runs a step and waits for it as long as the user waits for one step.
     *
     * @param what the step is for, as the message of a timeout names it
     */
    <T> T await(String what, Step<T> step) {
        return await(what, bus.timeout().toNanos(), step);
    }

    /** Runs a step and waits for it without limit. */
    <T> T await(Step<T> step) {
        return await("", Long.MAX_VALUE, step);
    }

    private <T> T await(String what, long limitNs, Step<T> step) {
        CompletableFuture<T> done = new CompletableFuture<>();
        loop.runOnContext(nothing -> start(step, done));
        try {
            return done.get(limitNs, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new ToolFailure("Timeout", "Connection " + bus.url() + " timed out: " + what, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ToolFailure("KeyboardInterrupt", "interrupted", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ToolFailure failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private <T> void start(Step<T> step, CompletableFuture<T> done) {
        if (ended != null) {
            done.completeExceptionally(ended);
            return;
        }
        current = done;
        try {
            step.start(done);
        } catch (RuntimeException e) {
            done.completeExceptionally(e);
        }
    }

    /** Notes the end of the connection; on the loop alone. The first reason counts. */
    void end(ToolFailure why) {
        if (over()) {
            return;
        }
        ended = why;
        if (current != null) {
            current.completeExceptionally(why);
        }
    }

    /**
     * Lets the connection say goodbye, unless it has ended, and stops the loop.
     *
     * @param goodbye completes the future when the peer has answered; not called if the connection is over
     */
    void close(Step<Boolean> goodbye) {
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        loop.runOnContext(nothing -> {
            boolean over = over();
            closing = true;
            if (over) {
                done.complete(true);
            } else {
                goodbye.start(done);
            }
        });
        try {
            done.get(bus.timeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // A peer that does not answer the goodbye loses the socket a moment later.
            return;
        } finally {
            ToolLoop.stop(vertx);
        }
    }
}
