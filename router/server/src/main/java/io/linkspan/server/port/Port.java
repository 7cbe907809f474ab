// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.port;

import io.linkspan.management.config.ListenerSettings;
import io.linkspan.management.config.Protocol;
import io.linkspan.server.loop.Connections;
import io.linkspan.server.loop.Ending;
import io.linkspan.server.loop.EngineHandler;
import io.linkspan.server.loop.HostAddress;
import io.linkspan.server.loop.Loop;
import io.linkspan.server.loop.SocketFacts;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslContext;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One listener: a server socket whose connections are told apart by their first bytes, as far as the listener's
 * protocols name them, and handed to engines.
 *
 * <p>Opened and used on its loop; the counters may be read from any thread.
 */
public final class Port {
    /** Time from the accepted socket until its protocol is known, TLS handshake included: 10 s. */
    public static final long DETECTION_LIMIT_NS = 10_000_000_000L;

    /** Vert.x closes the connections of a server some time after it stopped listening: ten years. */
    private static final Duration CONNECTIONS_LIVE_ON = Duration.ofDays(3650);

    /** Product name in HTTP answers. */
    static final String SERVER_NAME = "linkspan";

    private static final String ANY = "::";
    private static final String ANY_IPV4 = "0.0.0.0";

    static final String FIRST_BYTES = "first-bytes";
    static final String ENGINE = "engine";
    static final String HTTP = "http";
    static final String REQUESTS = "requests";
    static final String WEB_SOCKET = "web-socket";

    private final Loop loop;
    private final ListenerSettings settings;
    private final @Nullable SslContext tls;
    private final Connections connections;
    private final Engines engines;
    private final HttpPages pages;
    private final PortEvents events;
    private final Map<Refusal, AtomicLong> refusals = new EnumMap<>(Refusal.class);
    private @Nullable NetServer server;
    private Executor acceptor = Runnable::run;
    private @Nullable Class<? extends InetAddress> family;

    /**
     * A port that is not open yet.
     *
     * @param tls makes TLS handlers; null if the listener has no sslProfile
     */
    public Port(
            Loop loop,
            ListenerSettings settings,
            @Nullable SslContext tls,
            Connections connections,
            Engines engines,
            HttpPages pages,
            PortEvents events) {
        this.loop = loop;
        this.settings = settings;
        this.tls = tls;
        this.connections = connections;
        this.engines = engines;
        this.pages = pages;
        this.events = events;
        for (Refusal refusal : Refusal.values()) {
            refusals.put(refusal, new AtomicLong());
        }
    }

    /**
     * Opens the socket. To be called on the loop, from a verticle of it.
     *
     * @return what it is bound to, as {@code HOST:PORT} with numbers; fails if it cannot be opened
     */
    public Future<String> open(Vertx vertx) {
        acceptor = ((VertxInternal) vertx).acceptorEventLoopGroup();
        NetServer opened = vertx.createNetServer(new NetServerOptions()).connectHandler(this::accept);
        server = opened;
        return bindAddress(vertx)
                .compose(address -> {
                    family = familyOf(address);
                    Future<String> bound = listen(opened, address);
                    // A machine without IPv6 cannot listen on all of its addresses by the IPv6 name of that.
                    return address.equals(ANY) && settings.socketAddressFamily() == null
                            ? bound.recover(failure -> listen(opened, ANY_IPV4))
                            : bound;
                })
                .onFailure(failure -> stopListening());
    }

    private Future<String> listen(NetServer opened, String address) {
        return opened.listen(SocketAddress.inetSocketAddress(settings.portNumber(), address))
                .map(listening -> address + ":" + listening.actualPort());
    }

    /**
     * Stops listening. Connections live on. To be called on the loop.
     *
     * @return completes on the loop when the socket is closed and the port may be bound again
     */
    // What the server's own future tells is the end of the last connection, which is of no interest here.
    @SuppressWarnings("FutureReturnValueIgnored")
    public Future<Void> stopListening() {
        NetServer listening = server;
        if (listening == null) {
            return Future.succeededFuture();
        }
        server = null;
        listening.shutdown(CONNECTIONS_LIVE_ON);
        // The socket belongs to the one thread that accepts, which has been told to close it before this.
        Promise<Void> closed = Promise.promise();
        acceptor.execute(() -> loop.execute(closed::complete));
        return closed.future();
    }

    /** The port number it is bound to; meaningful once it is open. */
    public int boundPort() {
        return server == null ? 0 : server.actualPort();
    }

    public ListenerSettings settings() {
        return settings;
    }

    /** Connections ended before an engine took them, for that reason. */
    public long refused(Refusal refusal) {
        return counter(refusal).get();
    }

    // ---- for the handlers of this port ----

    Loop loop() {
        return loop;
    }

    @Nullable
    SslContext tls() {
        return tls;
    }

    HttpPages pages() {
        return pages;
    }

    long detectionLimitNs() {
        int seconds = settings.handshakeTimeoutSeconds();
        return seconds == 0 ? DETECTION_LIMIT_NS : Math.min(DETECTION_LIMIT_NS, TimeUnit.SECONDS.toNanos(seconds));
    }

    /** True if first bytes that nobody knows get AMQP's answer: on ports where they can only be meant as AMQP. */
    boolean answersGarbage() {
        return settings.accepts(Protocol.AMQP) && !settings.accepts(Protocol.MQTT);
    }

    /** The handler of a connection whose protocol is known. It is listed as open until its channel closes. */
    EngineHandler engine(Protocol protocol, SocketFacts facts, Ending ending, Channel channel) {
        EngineHandler handler =
                new EngineHandler(loop, ending, wire -> engines.engine(protocol, settings, facts, wire));
        connections.add(handler, channel);
        events.accepted(settings, facts);
        return handler;
    }

    void refuse(ChannelHandlerContext ctx, Refusal refusal, String detail) {
        counter(refusal).incrementAndGet();
        events.refused(settings, SocketFacts.hostAndPort(ctx.channel().remoteAddress()), refusal, detail);
    }

    /** Counts what is neither a broken socket nor broken TLS. */
    void broken(Channel channel, Throwable cause) {
        if (!(cause instanceof IOException) && !(cause instanceof DecoderException)) {
            loop.unexpected(channel, cause);
        }
    }

    private AtomicLong counter(Refusal refusal) {
        AtomicLong counter = refusals.get(refusal);
        if (counter == null) {
            throw new IllegalStateException("no counter for " + refusal);
        }
        return counter;
    }

    // What becomes of a close is told by the channel's events; the futures add nothing.
    @SuppressWarnings("FutureReturnValueIgnored")
    private void accept(NetSocket socket) {
        ChannelHandlerContext last = ((NetSocketInternal) socket).channelHandlerContext();
        Channel channel = last.channel();
        if (!isOfFamily(channel.remoteAddress())) {
            refuse(last, Refusal.FAMILY, "");
            channel.close();
            return;
        }
        if (!connections.admit(channel)) {
            refuse(last, Refusal.TOO_MANY, connections.incoming() + " are open");
            channel.close();
            return;
        }
        loop.configure(channel);
        channel.pipeline().addBefore(last.name(), FIRST_BYTES, new FirstBytesHandler(this));
    }

    /**
     * The family of peers, null for both. A socket bound to all addresses of IPv4 takes IPv6 too on some transports,
     * and one bound to all of IPv6 takes IPv4.
     */
    private @Nullable Class<? extends InetAddress> familyOf(String address) {
        if (settings.anyHost() && settings.socketAddressFamily() == null) {
            return null;
        }
        return address.indexOf(':') < 0 ? Inet4Address.class : Inet6Address.class;
    }

    private boolean isOfFamily(java.net.SocketAddress remote) {
        Class<? extends InetAddress> wanted = family;
        return wanted == null || (remote instanceof InetSocketAddress inet && wanted.isInstance(inet.getAddress()));
    }

    /** The address to bind to. Names are looked up on a worker. */
    private Future<String> bindAddress(Vertx vertx) {
        String wanted = settings.socketAddressFamily();
        if (settings.anyHost()) {
            return Future.succeededFuture("IPv4".equals(wanted) ? ANY_IPV4 : ANY);
        }
        return HostAddress.of(vertx, settings.host(), wanted);
    }
}
