// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.impl.transports.EpollTransport;
import io.vertx.core.internal.VertxBootstrap;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The event loops of a router and what is around them.
 *
 * <p>They do not depend on the configuration and take as long to make as it takes to be read: so a process begins both
 * at once.
 */
final class EventLoops {
    private static final String SELECTORS = "java.nio.channels.spi.SelectorProvider";

    private EventLoops() {}

    /** Makes them. */
    static Vertx make() {
        // Nothing on the class path adds to Vert.x, and no other native transport is there. Left to find that out
        // itself,
        // Vert.x looks for each of them in every jar.
        VertxBootstrap loops = VertxBootstrap.create()
                .serviceProviders(List.of())
                .verticleFactories(List.of())
                .options(new VertxOptions()
                        .setEventLoopPoolSize(1)
                        .setFileSystemOptions(new FileSystemOptions()
                                .setFileCachingEnabled(false)
                                .setClassPathResolvingEnabled(false)));
        chooseSelectors();
        EpollTransport epoll = new EpollTransport();
        return (epoll.isAvailable() ? loops.transport(epoll) : loops).init().vertx();
    }

    /** Names what the JDK chooses by itself, after it has looked for another in every jar. */
    private static void chooseSelectors() {
        String ofLinux = "sun.nio.ch.EPollSelectorProvider";
        if (System.getProperty(SELECTORS) == null && Class.forName(Object.class.getModule(), ofLinux) != null) {
            System.setProperty(SELECTORS, ofLinux);
        }
    }

    /** Begins to make them on a thread of their own. Whoever gets them closes them. */
    static CompletableFuture<Vertx> begin() {
        return CompletableFuture.supplyAsync(EventLoops::make, task -> new Thread(task, "start").start());
    }

    /** Closes what was begun and is not needed after all. */
    static void end(CompletableFuture<Vertx> begun) {
        begun.join().close().toCompletionStage().toCompletableFuture().join();
    }
}
