// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import io.linkspan.core.amqp.AmqpProfile;
import io.linkspan.management.agent.EntityEffect;
import io.linkspan.management.agent.EntityLifecycle;
import io.linkspan.management.agent.EntityLifecycle.Outcome;
import io.linkspan.management.agent.Status;
import io.linkspan.management.config.ConfiguredEntity;
import io.linkspan.management.config.EntitySettings;
import io.linkspan.management.config.ListenerSettings;
import io.linkspan.management.config.LiveConfiguration;
import io.linkspan.management.config.Problem;
import io.linkspan.management.config.Protocol;
import io.linkspan.management.config.SslProfileSettings;
import io.linkspan.server.log.Log;
import io.linkspan.server.log.LogModule;
import io.linkspan.server.loop.Connections;
import io.linkspan.server.loop.Loop;
import io.linkspan.server.loop.SocketFacts;
import io.linkspan.server.loop.SystemError;
import io.linkspan.server.port.HttpPages;
import io.linkspan.server.port.Port;
import io.linkspan.server.port.PortEvents;
import io.linkspan.server.tls.TlsException;
import io.linkspan.server.tls.TlsProfile;
import io.linkspan.wire.Wire;
import io.linkspan.wire.WireEngine;
import io.netty.handler.ssl.SslContext;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The listeners of a router: those of its file, opened at start, and those that management makes and deletes. One that
 * cannot be opened leaves nothing behind; the connections of one that is deleted live on (routing CON-12).
 *
 * <p>Confined to the router's loop, except {@link #port}.
 */
final class Listeners implements EntityEffect {
    private final Vertx vertx;
    private final Context context;
    private final Loop loop;
    private final Connections connections;
    private final Log log;
    private final LiveConfiguration configuration;
    private final Engines engines;
    private final Function<ListenerSettings, HttpPages> pages;
    private final Consumer<ListenerSettings> closed;
    private final PortEvents events;
    private volatile Map<String, Port> ports = Map.of();

    /** Makes the engine of a connection that came in. */
    @FunctionalInterface
    interface Engines {
        WireEngine engine(
                Protocol protocol, ListenerSettings listener, AmqpProfile profile, SocketFacts facts, Wire wire);
    }

    /**
     * No listeners yet.
     *
     * @param context the verticle's
     * @param closed told of a listener that was deleted
     */
    Listeners(
            Vertx vertx,
            Context context,
            Loop loop,
            Connections connections,
            Log log,
            LiveConfiguration configuration,
            Engines engines,
            Function<ListenerSettings, HttpPages> pages,
            Consumer<ListenerSettings> closed) {
        this.vertx = vertx;
        this.context = context;
        this.loop = loop;
        this.connections = connections;
        this.log = log;
        this.configuration = configuration;
        this.engines = engines;
        this.pages = pages;
        this.closed = closed;
        this.events = new PortLog(log);
    }

    /** A listener with everything that has to be read for it. */
    private record Loaded(
            ListenerSettings settings, @Nullable SslContext tls, String note) {}

    /** Something that keeps a listener from being opened, for the answer. */
    private static final class CannotOpen extends Exception {
        private static final long serialVersionUID = 1;
        private final transient Outcome outcome;

        CannotOpen(Status status, String text, @Nullable Throwable cause) {
            super(text, cause);
            this.outcome = new EntityLifecycle.Refused(status, text);
        }
    }

    /** The port that a listener is bound to. May be called from any thread. */
    int port(String listenerName) {
        return ports.values().stream()
                .filter(port -> port.settings().name().equals(listenerName))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no listener is named " + listenerName))
                .boundPort();
    }

    /** Opens the listeners of the file, one after the other; the first that fails ends the start. */
    Future<Void> open(List<ListenerSettings> listeners, Map<String, SslContext> tls) {
        Future<Void> opened = Future.succeededFuture();
        for (ListenerSettings listener : listeners) {
            opened = opened.compose(done -> open(new Loaded(listener, tls.get(listener.name()), "")))
                    .recover(failure -> {
                        String place = PortLog.place(listener);
                        log.critical(LogModule.SERVER, "Shutting down, required listener failed " + place);
                        return Future.failedFuture(new StartFailure("required listener failed " + place, failure));
                    });
        }
        return opened;
    }

    /** Stops listening everywhere. */
    void stopListening() {
        ports.values().forEach(Port::stopListening);
    }

    @Override
    public void create(ConfiguredEntity entity, Consumer<Outcome> outcome) {
        EntitySettings settings = configuration.settings();
        context.runOnContext(now -> context.executeBlocking(() -> load(settings, entity))
                .compose(loaded -> open(loaded).map(opened -> loaded))
                .onComplete(
                        loaded -> outcome.accept(new EntityLifecycle.Done(entity.identity(), loaded.note())),
                        failure -> outcome.accept(refusal(failure))));
    }

    @Override
    public void delete(ConfiguredEntity entity, Consumer<Outcome> outcome) {
        Map<String, Port> left = new LinkedHashMap<>(ports);
        Port port = left.remove(entity.identity());
        if (port == null) {
            throw new IllegalStateException("no port of " + entity.identity());
        }
        ports = left;
        log.info(LogModule.CONN_MGR, "Deleted Listener: " + ListenerText.configured(port.settings()));
        port.stopListening().onComplete(done -> {
            closed.accept(port.settings());
            outcome.accept(EntityLifecycle.done(entity.identity()));
        });
    }

    /** Reads what a listener needs. Blocks. */
    private static Loaded load(EntitySettings settings, ConfiguredEntity entity) throws CannotOpen {
        EntitySettings.Reading<ListenerSettings> reading = settings.listener(entity);
        ListenerSettings listener = reading.settings();
        if (listener == null) {
            throw new CannotOpen(Status.BAD_REQUEST, String.valueOf(reading.refusal()), null);
        }
        String note = String.join(
                "; ", reading.warnings().stream().map(Problem::message).toList());
        try {
            return new Loaded(listener, tls(listener), note);
        } catch (TlsException e) {
            throw new CannotOpen(Status.INTERNAL_SERVER_ERROR, "CError: Configuration: " + e.getMessage(), e);
        }
    }

    /** The TLS of a listener; null if it has none. Blocks. */
    private static @Nullable SslContext tls(ListenerSettings listener) throws TlsException {
        SslProfileSettings profile = listener.tls();
        return profile == null
                ? null
                : TlsProfile.of(profile)
                        .forServer(listener.connection().saslMechanisms().contains("EXTERNAL"))
                        .context();
    }

    private static Outcome refusal(Throwable failure) {
        return failure instanceof CannotOpen known
                ? known.outcome
                : new EntityLifecycle.Refused(
                        Status.INTERNAL_SERVER_ERROR, failure.getClass().getSimpleName() + ": " + failure.getMessage());
    }

    private Future<Void> open(Loaded loaded) {
        ListenerSettings listener = loaded.settings();
        AmqpProfile profile = AmqpProfiles.of(listener);
        Port port = new Port(
                loop,
                listener,
                loaded.tls(),
                connections,
                (protocol, settings, facts, wire) -> engines.engine(protocol, settings, profile, facts, wire),
                pages.apply(listener),
                events);
        log.info(LogModule.CONN_MGR, "Configured Listener: " + ListenerText.configured(listener));
        return port.open(vertx)
                .<Void>map(bound -> {
                    log.notice(LogModule.SERVER, "Listening on " + ListenerText.listening(listener, bound));
                    Map<String, Port> more = new LinkedHashMap<>(ports);
                    more.put(listener.identity(), port);
                    ports = more;
                    return null;
                })
                .recover(failure -> {
                    String text = "Listener error on " + PortLog.place(listener) + ": " + SystemError.text(failure);
                    log.error(LogModule.SERVER, text + ListenerText.name(listener));
                    return Future.failedFuture(
                            new CannotOpen(Status.INTERNAL_SERVER_ERROR, "CError: Runtime: " + text, failure));
                });
    }
}
