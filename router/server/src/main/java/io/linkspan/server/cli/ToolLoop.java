// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.dns.AddressResolverOptions;
import io.vertx.core.file.FileSystemOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The Vert.x of a tool: one event loop, no native transport, no file cache, so that a short run stays short. */
final class ToolLoop {
    private static final long CLOSE_LIMIT_SECONDS = 2;

    private ToolLoop() {}

    static Vertx start() {
        // The resolver of the JDK is enough for one name, and starts no client of its own.
        System.setProperty("vertx.disableDnsResolver", "true");
        return Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setPreferNativeTransport(false)
                .setBlockedThreadCheckInterval(Duration.ofHours(1).toMillis())
                .setAddressResolverOptions(new AddressResolverOptions())
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
    }

    /** Ends the loop and waits for it, not longer than two seconds. */
    static void stop(Vertx vertx) {
        try {
            vertx.close().toCompletionStage().toCompletableFuture().get(CLOSE_LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            // The process ends anyway; what the user asked for has been done or has been reported.
            return;
        }
    }
}
