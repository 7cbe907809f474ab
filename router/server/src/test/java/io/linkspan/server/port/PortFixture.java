// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.port;

import io.linkspan.management.config.ConfigurationReader;
import io.linkspan.management.config.ConfigurationResult;
import io.linkspan.management.config.ListenerSettings;
import io.linkspan.management.config.RouterConfiguration;
import io.linkspan.management.config.Surroundings;
import io.linkspan.server.loop.Connections;
import io.linkspan.server.loop.Loop;
import io.linkspan.server.loop.ScriptedEngine;
import io.linkspan.server.loop.SocketFacts;
import io.netty.handler.ssl.SslContext;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Open ports on a loop of their own, with scripted engines behind them. */
final class PortFixture extends VerticleBase implements AutoCloseable {
    private static final long LIMIT_SECONDS = 20;

    private final Vertx own = Vertx.vertx(
            new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1).setPreferNativeTransport(true));
    private final RouterConfiguration configuration;
    private final @Nullable SslContext tls;
    private final List<Port> ports = new ArrayList<>();
    private @Nullable Loop loop;
    private @Nullable Connections connections;

    /** Engines in the order they were made. */
    final BlockingQueue<ScriptedEngine> engines = new LinkedBlockingQueue<>();
    /** {@code PROTOCOL}, or {@code PROTOCOL tls}, {@code PROTOCOL ws}, in the order of the engines. */
    final BlockingQueue<String> made = new LinkedBlockingQueue<>();
    /** {@code REFUSAL detail} in order. */
    final BlockingQueue<String> refusals = new LinkedBlockingQueue<>();

    /** The page /slow, whenever the test has it. */
    final Promise<HttpPages.Page> slow = Promise.promise();

    final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();

    private PortFixture(String configuration, @Nullable SslContext tls) {
        ConfigurationResult result = ConfigurationReader.read("test.conf", configuration, Surroundings.of(Map.of()));
        this.configuration = result.configuration()
                .orElseThrow(
                        () -> new IllegalArgumentException(result.problems().toString()));
        this.tls = tls;
    }

    static PortFixture open(String configuration, @Nullable SslContext tls) throws Exception {
        PortFixture fixture = new PortFixture(configuration, tls);
        try {
            await(fixture.own.deployVerticle(fixture));
        } catch (Exception e) {
            fixture.close();
            throw e;
        }
        return fixture;
    }

    /** One listener on 127.0.0.1 with these attributes. */
    static PortFixture listener(String attributes) throws Exception {
        return open("listener {\n host: 127.0.0.1\n port: 0\n" + attributes + "\n}\n", null);
    }

    @Override
    public Future<?> start() {
        loop = new Loop(((ContextInternal) context).nettyEventLoop(), (connection, failure) -> failures.add(failure));
        connections = new Connections(configuration.maxConnections());
        List<Future<String>> opening = new ArrayList<>();
        for (ListenerSettings settings : configuration.listeners()) {
            Port port = new Port(
                    loop,
                    settings,
                    settings.tls() == null ? null : tls,
                    connections,
                    this::engine,
                    this::page,
                    events());
            ports.add(port);
            opening.add(port.open(own));
        }
        return Future.all(opening);
    }

    private io.linkspan.wire.WireEngine engine(
            io.linkspan.management.config.Protocol protocol,
            ListenerSettings settings,
            SocketFacts facts,
            io.linkspan.wire.Wire wire) {
        ScriptedEngine engine = new ScriptedEngine(wire);
        engines.add(engine);
        made.add(protocol + (facts.tls() == null ? "" : " tls") + (facts.webSocket() ? " ws" : ""));
        return engine;
    }

    private Future<HttpPages.Page> page(String path) {
        if (path.equals("/slow")) {
            return slow.future();
        }
        return Future.succeededFuture(
                path.equals("/hello") ? HttpPages.Page.text(200, "hello\n", false) : HttpPages.Page.NOT_FOUND);
    }

    private PortEvents events() {
        return new PortEvents() {
            @Override
            public void accepted(ListenerSettings listener, SocketFacts facts) {}

            @Override
            public void refused(ListenerSettings listener, String remote, Refusal refusal, String detail) {
                refusals.add(detail.isEmpty() ? refusal.name() : refusal + " " + detail);
            }
        };
    }

    Port port() {
        return ports.get(0);
    }

    int number() {
        return port().boundPort();
    }

    Connections connections() {
        return java.util.Objects.requireNonNull(connections);
    }

    Loop loop() {
        return java.util.Objects.requireNonNull(loop);
    }

    static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
        T next = queue.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("nothing came within " + LIMIT_SECONDS + " s");
        }
        return next;
    }

    static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        own.close()
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS)
                .join();
    }
}
