// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/**
 * Counts the messages of a command that receives, and ends it when the user has enough or has waited enough. Confined to
 * the loop, but for the report at the end.
 */
final class Arrivals {
    private static final long NO_TIMER = -1;

    private final ReceiveOptions options;
    private final Vertx vertx;
    private @Nullable CompletableFuture<Boolean> done;
    private long pauseTimer = NO_TIMER;
    private int issued;
    private int settled;

    Arrivals(ReceiveOptions options, Vertx vertx) {
        this.options = options;
        this.vertx = vertx;
    }

    /** Begins to wait; the future is completed at the end. */
    void start(CompletableFuture<Boolean> end) {
        done = end;
        restartPause();
        endIfComplete();
    }

    /** Credit to issue now: what is asked for, but in all not more than the messages that are wanted. */
    int credit(int asked) {
        Integer count = options.count();
        int credit = count == null ? asked : Math.min(asked, count - issued);
        issued += credit;
        return credit;
    }

    /** A message has come. */
    void arrived() {
        restartPause();
    }

    /** A message is done with. */
    void settled() {
        settled++;
        endIfComplete();
    }

    private void endIfComplete() {
        Integer count = options.count();
        if (count != null && settled >= count && done != null) {
            done.complete(true);
        }
    }

    private void restartPause() {
        Long waitMs = options.waitMs();
        if (waitMs == null) {
            return;
        }
        if (pauseTimer != NO_TIMER) {
            vertx.cancelTimer(pauseTimer);
        }
        pauseTimer = vertx.setTimer(waitMs, timer -> {
            if (done != null) {
                done.complete(true);
            }
        });
    }

    /** The exit status: 1, with a word on standard error, if messages are missing. */
    int report(CommandLine line) {
        Integer count = options.count();
        if (count == null || settled >= count) {
            return 0;
        }
        PrintWriter err = line.getErr();
        err.print(line.getCommandName() + ": " + settled + " of " + count + " messages came\n");
        err.flush();
        return 1;
    }
}
