// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import io.linkspan.core.amqp.AmqpConnection;
import io.linkspan.core.amqp.AmqpProfile;
import io.linkspan.core.connection.Connection;
import io.linkspan.management.agent.EntityEffect;
import io.linkspan.management.agent.EntityLifecycle;
import io.linkspan.management.agent.EntityLifecycle.Outcome;
import io.linkspan.management.config.ConfiguredEntity;
import io.linkspan.management.config.ConnectorSettings;
import io.linkspan.management.config.EntitySettings;
import io.linkspan.management.config.LiveConfiguration;
import io.linkspan.management.config.Problem;
import io.linkspan.server.connect.Connector;
import io.linkspan.server.connect.Reconnection;
import io.linkspan.server.log.Log;
import io.linkspan.server.log.LogModule;
import io.linkspan.server.loop.Connections;
import io.linkspan.server.loop.HostAddress;
import io.linkspan.server.loop.Loop;
import io.linkspan.server.loop.SocketFacts;
import io.linkspan.wire.Wire;
import io.linkspan.wire.WireEngine;
import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The connectors of a router: those of its file and those that management makes and deletes. The connection of one that
 * is deleted ends in order (routing CON-12).
 *
 * <p>Confined to the router's loop.
 */
final class Connectors implements EntityEffect {
    private final Vertx vertx;
    private final Context context;
    private final Loop loop;
    private final Connections connections;
    private final Log log;
    private final LiveConfiguration configuration;
    private final Engines engines;
    private final Map<String, Connector> byIdentity = new LinkedHashMap<>();
    private final IdentityHashMap<Connection, Connector> connected = new IdentityHashMap<>();
    private @Nullable NetClient client;

    /** Makes the connection of a connector, which speaks first. */
    @FunctionalInterface
    interface Engines {
        AmqpConnection engine(ConnectorSettings connector, AmqpProfile profile, SocketFacts facts, Wire wire);
    }

    /**
     * No connectors yet.
     *
     * @param context the verticle's
     */
    Connectors(
            Vertx vertx,
            Context context,
            Loop loop,
            Connections connections,
            Log log,
            LiveConfiguration configuration,
            Engines engines) {
        this.vertx = vertx;
        this.context = context;
        this.loop = loop;
        this.connections = connections;
        this.log = log;
        this.configuration = configuration;
        this.engines = engines;
    }

    /** Starts the connectors of the file. */
    void start(List<ConnectorSettings> connectors) {
        connectors.forEach(this::start);
    }

    private void start(ConnectorSettings settings) {
        log.info(LogModule.CONN_MGR, "Configured Connector: " + ListenerText.configured(settings));
        AmqpProfile profile = AmqpProfiles.of(settings);
        Connector connector = new Connector(
                loop,
                this::dial,
                settings,
                connections,
                (maker, facts, wire) -> engine(maker, profile, facts, wire),
                (failed, message) -> log.info(LogModule.SERVER, message));
        byIdentity.put(settings.identity(), connector);
        connector.start();
    }

    private Future<ChannelHandlerContext> dial(String host, int port, @Nullable String family) {
        return HostAddress.of(vertx, host, family)
                .compose(address -> client().connect(port, address))
                .map(socket -> ((NetSocketInternal) socket).channelHandlerContext());
    }

    private NetClient client() {
        NetClient made = client;
        if (made == null) {
            made = vertx.createNetClient(new NetClientOptions().setConnectTimeout(Connector.CONNECT_TIMEOUT_MS));
            client = made;
        }
        return made;
    }

    private WireEngine engine(Connector connector, AmqpProfile profile, SocketFacts facts, Wire wire) {
        AmqpConnection connection = engines.engine(connector.settings(), profile, facts, wire);
        connected.put(connection, connector);
        return connection;
    }

    /** Makes no further attempts, everywhere. */
    void stop() {
        byIdentity.values().forEach(Connector::stop);
    }

    /** The peer of a connection has opened it, and perhaps told other places to connect to. */
    void opened(Connection connection) {
        Connector connector = connected.get(connection);
        if (connector == null) {
            return;
        }
        connector.opened();
        if (connection instanceof AmqpConnection amqp && amqp.toldFailover() != null) {
            connector.learnt(amqp.toldFailover().stream()
                    .flatMap(place -> Reconnection.Entry.told(place.host(), place.port()).stream())
                    .toList());
        }
    }

    /**
     * A connection has ended.
     *
     * @param why null if nobody said
     */
    void ended(Connection connection, @Nullable String why) {
        Connector connector = connected.remove(connection);
        if (connector != null && why != null) {
            connector.ending(why);
        }
    }

    /** What a connector knows of itself, for management; null for nothing. */
    @Nullable
    Object state(ConfiguredEntity entity, String attribute) {
        Connector connector = byIdentity.get(entity.identity());
        if (connector == null) {
            return null;
        }
        return switch (attribute) {
            case "connectionStatus" -> connector.status().name();
            case "connectionMsg" -> connector.message();
            case "failoverUrls" -> connector.failoverUrls();
            default -> null;
        };
    }

    @Override
    public void create(ConfiguredEntity entity, Consumer<Outcome> outcome) {
        EntitySettings settings = configuration.settings();
        context.runOnContext(now -> context.executeBlocking(() -> settings.connector(entity))
                .onComplete(read -> {
                    EntitySettings.Reading<ConnectorSettings> reading = read.result();
                    ConnectorSettings connector = reading == null ? null : reading.settings();
                    if (reading == null || connector == null) {
                        outcome.accept(EntityLifecycle.bad(
                                String.valueOf(reading == null ? read.cause() : reading.refusal())));
                        return;
                    }
                    start(connector);
                    String note = String.join(
                            "; ",
                            reading.warnings().stream().map(Problem::message).toList());
                    outcome.accept(new EntityLifecycle.Done(entity.identity(), note));
                }));
    }

    @Override
    public void delete(ConfiguredEntity entity, Consumer<Outcome> outcome) {
        Connector connector = byIdentity.remove(entity.identity());
        if (connector == null) {
            throw new IllegalStateException("no connector of " + entity.identity());
        }
        log.info(LogModule.CONN_MGR, "Deleted Connector: " + ListenerText.configured(connector.settings()));
        connector.stop();
        connected.forEach((connection, of) -> {
            if (of == connector) {
                connection.endInOrder();
            }
        });
        outcome.accept(EntityLifecycle.done(entity.identity()));
    }
}
