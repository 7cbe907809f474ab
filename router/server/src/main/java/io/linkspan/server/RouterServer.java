// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import io.linkspan.amqp.AmqpError;
import io.linkspan.amqp.Cause;
import io.linkspan.amqp.SaslClient;
import io.linkspan.amqp.SaslServer;
import io.linkspan.core.CoreSettings;
import io.linkspan.core.RouterCore;
import io.linkspan.core.address.AddressEntities;
import io.linkspan.core.address.DeliveryOptions;
import io.linkspan.core.address.Distribution;
import io.linkspan.core.amqp.AmqpConnection;
import io.linkspan.core.amqp.AmqpProfile;
import io.linkspan.core.connection.Connection;
import io.linkspan.management.config.AddressSettings;
import io.linkspan.management.config.ConnectorSettings;
import io.linkspan.management.config.ListenerSettings;
import io.linkspan.management.config.LiveConfiguration;
import io.linkspan.management.config.LogLevel;
import io.linkspan.management.config.Protocol;
import io.linkspan.management.config.RouterConfiguration;
import io.linkspan.management.config.RouterSettings;
import io.linkspan.management.config.Secret;
import io.linkspan.management.config.SslProfileSettings;
import io.linkspan.management.config.Surroundings;
import io.linkspan.mesh.MeshConfig;
import io.linkspan.mesh.RouterId;
import io.linkspan.server.log.Log;
import io.linkspan.server.log.LogModule;
import io.linkspan.server.loop.Connections;
import io.linkspan.server.loop.EngineHandler;
import io.linkspan.server.loop.Loop;
import io.linkspan.server.loop.SocketFacts;
import io.linkspan.server.tls.TlsException;
import io.linkspan.server.tls.TlsProfile;
import io.linkspan.wire.Wire;
import io.linkspan.wire.WireEngine;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.util.internal.PlatformDependent;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A router: the core and its ports on one event loop, started and stopped as a whole.
 *
 * <p>Made, started and stopped from any thread other than its loop; everything in between happens on the loop.
 */
public final class RouterServer {
    /** Time for all connections to end in order when the router stops: 6 s, one more than a connection has. */
    static final long STOP_LIMIT_NS = EngineHandler.ORDERLY_CLOSE_NS + 1_000_000_000L;

    private static final long SECOND_NS = 1_000_000_000L;

    /** How often the end of the last connection is looked for while the router stops. */
    private static final long STOP_LOOK_NS = 50_000_000L;

    private final RouterConfiguration configuration;
    private final LiveConfiguration live;
    private final Log log;
    private final String version;
    private final String routerId;
    private final Map<String, SslContext> tls = new HashMap<>();
    private final Vertx vertx;
    private @Nullable Running running;

    /** What exists only on the loop. */
    private record Running(
            Loop loop,
            RouterCore core,
            Connections connections,
            Tracing tracing,
            Listeners listeners,
            Connectors connectors) {}

    private RouterServer(RouterConfiguration configuration, Log log, String version, Vertx vertx) {
        this.configuration = configuration;
        this.live = new LiveConfiguration(configuration, Surroundings.ofSystem());
        this.log = log;
        this.version = version;
        this.routerId = configuration.router().idOrMade(new SecureRandom());
        this.vertx = vertx;
    }

    /**
     * Starts a router and waits until it is operational.
     *
     * @param version shown to peers and in management
     * @throws StartFailure if a file of TLS cannot be used or a listener cannot be opened; nothing is left running
     */
    public static RouterServer start(RouterConfiguration configuration, Log log, String version) throws StartFailure {
        return start(configuration, log, version, EventLoops.make());
    }

    /**
     * The same, on event loops that exist already; they are the router's from now on.
     *
     * @throws StartFailure as above
     */
    static RouterServer start(RouterConfiguration configuration, Log log, String version, Vertx loops)
            throws StartFailure {
        RouterServer server = new RouterServer(configuration, log, version, loops);
        try {
            server.loadTls();
            server.vertx
                    .deployVerticle(server.new RouterVerticle())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
        } catch (TlsException e) {
            server.stop();
            throw new StartFailure(String.valueOf(e.getMessage()), e);
        } catch (java.util.concurrent.CompletionException e) {
            server.stop();
            Throwable cause = e.getCause();
            if (cause instanceof StartFailure failure) {
                throw failure;
            }
            throw new StartFailure(String.valueOf(cause), e);
        }
        return server;
    }

    /** Stops: no new connections, a goodbye on every connection, then everything is closed. Waits until it is done. */
    public void stop() {
        if (running != null) {
            Promise<Void> ended = Promise.promise();
            Running current = running;
            current.loop().execute(() -> endConnections(current, ended));
            ended.future().toCompletionStage().toCompletableFuture().join();
        }
        vertx.close().toCompletionStage().toCompletableFuture().join();
        log.notice(LogModule.SERVER, "Shut Down");
    }

    /** Has management show the log settings of a configuration; what they do is the log's. */
    void showLogs(RouterConfiguration read) {
        Objects.requireNonNull(running).loop().execute(() -> live.readLogs(read));
    }

    /** The port that a listener is bound to. */
    public int port(String listenerName) {
        return Objects.requireNonNull(running).listeners().port(listenerName);
    }

    /** Exceptions that left an engine since the start. */
    public long unexpectedExceptions() {
        Running current = running;
        return current == null ? 0 : current.loop().unexpectedExceptions();
    }

    private void loadTls() throws TlsException {
        for (ListenerSettings listener : configuration.listeners()) {
            SslProfileSettings profile = listener.tls();
            if (profile != null) {
                boolean external = listener.connection().saslMechanisms().contains("EXTERNAL");
                TlsProfile.Server loaded = TlsProfile.of(profile).forServer(external);
                tls.put(listener.name(), loaded.context());
                if (!loaded.notUnderstood().isEmpty()) {
                    log.warning(
                            LogModule.CONN_MGR,
                            "sslProfile '" + profile.name() + "': ciphers not known here are left out: "
                                    + String.join(" ", loaded.notUnderstood()));
                }
            }
        }
    }

    private void endConnections(Running running, Promise<Void> ended) {
        running.listeners().stopListening();
        running.connectors().stop();
        running.connections().shutdown();
        long limitNs = running.loop().nowNs() + STOP_LIMIT_NS;
        new Object() {
            void look() {
                if (running.connections().open() == 0 || running.loop().nowNs() - limitNs > 0) {
                    ended.complete();
                } else {
                    running.loop().deadline(nowNs -> look()).armIn(STOP_LOOK_NS);
                }
            }
        }.look();
    }

    /** Makes everything on its loop and opens the ports. */
    private final class RouterVerticle extends VerticleBase {
        @Override
        public Future<?> start() {
            Loop loop = new Loop(((ContextInternal) context).nettyEventLoop(), this::unexpected);
            RouterCore core = new RouterCore(coreSettings(), new Events(), new SecureRandom());
            if (configuration.router().mode() == RouterSettings.Mode.INTERIOR) {
                core.join(meshConfig());
            }
            Running made = running(loop, core);
            running = made;
            sayWhatIsStarted();
            configuration.addresses().forEach(address -> createAddress(core, address));
            new ConfiguredRoutes(core, log).create(configuration);
            new ConfiguredExchanges(core, log).create(configuration.entities());
            ManagementAddress.serve(
                    core,
                    live,
                    log,
                    made.connections(),
                    context,
                    made.listeners(),
                    made.connectors(),
                    PooledByteBufAllocator.DEFAULT);
            everySecond(loop, core, loop.nowNs());
            made.connectors().start(configuration.connectors());
            return made.listeners()
                    .open(configuration.listeners(), tls)
                    .onSuccess(done -> log.notice(
                            LogModule.SERVER,
                            "Operational, 1 Threads Running (process ID "
                                    + ProcessHandle.current().pid() + ")"));
        }

        private Running running(Loop loop, RouterCore core) {
            Connections connections = new Connections(configuration.maxConnections());
            Tracing tracing = new Tracing(log, loop, core);
            MqttListeners mqtt = new MqttListeners(core, log, PooledByteBufAllocator.DEFAULT);
            RouterPages pages = new RouterPages(vertx, new Metrics(core, mqtt.counters(), loop::unexpectedExceptions));
            Listeners listeners = new Listeners(
                    vertx,
                    context,
                    loop,
                    connections,
                    log,
                    live,
                    (protocol, listener, profile, facts, wire) ->
                            accepted(core, tracing, mqtt, protocol, listener, profile, facts, wire),
                    pages::of,
                    mqtt::forget);
            Connectors connectors = new Connectors(
                    vertx,
                    context,
                    loop,
                    connections,
                    log,
                    live,
                    (connector, profile, facts, wire) -> initiated(core, tracing, connector, profile, facts, wire));
            return new Running(loop, core, connections, tracing, listeners, connectors);
        }

        private void unexpected(Object source, Throwable failure) {
            String name = source instanceof Connection connection ? CoreLog.id(connection) + " " : "";
            log.write(LogModule.ERROR, LogLevel.CRITICAL, name + "Unexpected exception, connection dropped", failure);
        }
    }

    /** The core's events: to the log, and to the connector whose connection it is. */
    private final class Events extends CoreLog {
        Events() {
            super(log);
        }

        @Override
        public void connectionKnown(Connection connection) {
            Running current = running;
            if (current != null) {
                current.tracing().known(connection);
            }
        }

        @Override
        public void connectionOpened(Connection connection) {
            super.connectionOpened(connection);
            Running current = running;
            if (current != null) {
                current.connectors().opened(connection);
            }
        }

        @Override
        public void connectionEnded(Connection connection, Cause cause, @Nullable AmqpError error) {
            super.connectionEnded(connection, cause, error);
            Running current = running;
            if (current != null) {
                current.connectors().ended(connection, error == null ? null : CoreLog.text(error));
            }
        }
    }

    private static AmqpConnection initiated(
            RouterCore core,
            Tracing tracing,
            ConnectorSettings connector,
            AmqpProfile profile,
            SocketFacts facts,
            Wire wire) {
        AmqpConnection connection = AmqpConnection.initiated(
                core,
                profile,
                AmqpProfiles.facts(facts, connector.host() + ":" + connector.port(), "amqp"),
                wire,
                sasl(connector),
                tracing::lines);
        tracing.begin(connection, connector.connection());
        return connection;
    }

    private static SaslClient sasl(ConnectorSettings settings) {
        String user = settings.saslUser();
        Secret password = settings.saslPassword();
        return SaslClient.of(
                settings.connection().saslMechanisms(),
                user,
                password == null ? null : password.text(),
                AmqpProfiles.ANONYMOUS_USER + "@" + HostName.TEXT);
    }

    private CoreSettings coreSettings() {
        RouterSettings router = configuration.router();
        return new CoreSettings(
                routerId,
                CoreSettings.Mode.valueOf(router.mode().name()),
                Distribution.valueOf(router.defaultDistribution().name()),
                version,
                router.workerThreads(),
                router.streamingThresholdBytes());
    }

    /** The start time is the router's instance: another one tells the network of a restart. */
    private MeshConfig meshConfig() {
        RouterSettings.Intervals intervals = configuration.router().intervals();
        return new MeshConfig(
                new RouterId(routerId),
                Instant.now().getEpochSecond(),
                Duration.ofSeconds(intervals.hello()),
                Duration.ofSeconds(intervals.helloMaxAge()),
                Duration.ofSeconds(intervals.ra()),
                Duration.ofSeconds(intervals.raFlux()),
                Duration.ofSeconds(intervals.remoteLsMaxAge()),
                MeshConfig.Limits.DEFAULT);
    }

    private void sayWhatIsStarted() {
        String mode = configuration.router().mode().tag();
        log.info(LogModule.SERVER, "Container Name: " + routerId);
        log.info(
                LogModule.ROUTER,
                "Router started in " + mode.substring(0, 1).toUpperCase(Locale.ROOT) + mode.substring(1) + " mode");
        log.info(LogModule.ROUTER, "Version: " + version);
        if (!PlatformDependent.hasUnsafe()) {
            log.warning(
                    LogModule.SERVER,
                    "The JVM gives no access to sun.misc.Unsafe: messages cost several times as much. Start it with"
                            + " --sun-misc-unsafe-memory-access=allow, as the launcher does");
        }
        if (!vertx.isNativeTransportEnabled()) {
            log.info(LogModule.SERVER, "Native transport is not available here, the JDK's sockets are used");
        }
    }

    private void createAddress(RouterCore core, AddressSettings address) {
        AddressEntities.Result result = core.createAddress(new AddressEntities.Request(
                address.name(),
                address.prefix(),
                address.pattern(),
                address.distribution().name().toLowerCase(Locale.ROOT),
                false,
                address.ingressPhase(),
                address.egressPhase(),
                address.priority() < 0 ? null : address.priority(),
                address.enableFallback(),
                address.mqttPattern(),
                new DeliveryOptions(address.resendReleased(), address.expireQueued(), address.releaseAfterSeconds())));
        if (result instanceof AddressEntities.Refused refused) {
            log.error(LogModule.ROUTER_CORE, "Error configuring address '" + address.name() + "': " + refused.text());
        }
    }

    private static void everySecond(Loop loop, RouterCore core, long sinceNs) {
        loop.deadline(nowNs -> {
                    long seconds = (nowNs - sinceNs) / SECOND_NS;
                    if (seconds > 0) {
                        core.clock(Instant.now().toEpochMilli());
                        core.tick(seconds);
                    }
                    everySecond(loop, core, sinceNs + seconds * SECOND_NS);
                })
                .arm(sinceNs + SECOND_NS);
    }

    private static WireEngine accepted(
            RouterCore core,
            Tracing tracing,
            MqttListeners mqtt,
            Protocol protocol,
            ListenerSettings listener,
            AmqpProfile profile,
            SocketFacts facts,
            Wire wire) {
        if (protocol == Protocol.MQTT) {
            return mqtt.accepted(listener, facts, wire);
        }
        if (protocol != Protocol.AMQP) {
            throw new IllegalStateException("no engine for " + protocol + " on " + listener.name());
        }
        AmqpConnection connection = AmqpConnection.accepted(
                core,
                profile,
                AmqpProfiles.facts(facts, facts.remote(), "amqp"),
                wire,
                SaslServer.anonymous(),
                tracing::lines);
        tracing.begin(connection, listener.connection());
        return connection;
    }
}
