// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.connect;

import io.linkspan.management.config.ConnectorSettings;
import io.linkspan.management.config.FailoverUrl;
import io.linkspan.server.connect.Reconnection.Entry;
import io.linkspan.server.loop.Connections;
import io.linkspan.server.loop.Ending;
import io.linkspan.server.loop.EngineHandler;
import io.linkspan.server.loop.Loop;
import io.linkspan.server.loop.SocketFacts;
import io.linkspan.server.loop.SystemError;
import io.linkspan.wire.Wire;
import io.linkspan.wire.WireEngine;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One connector: makes a connection, and makes it again when it fails or ends, for as long as the router runs.
 *
 * <p>Confined to its loop.
 */
public final class Connector {
    /** Time for the peer to accept the socket: 10 s. */
    public static final int CONNECT_TIMEOUT_MS = 10_000;

    /** Where a connector is, in the original's words ({@code connectionStatus}). */
    public enum Status {
        INITIALIZING,
        CONNECTING,
        SUCCESS,
        FAILED,
        CLOSING
    }

    private static final Pattern PORT = Pattern.compile("\\d{1,5}");

    private final Loop loop;
    private final Dial dial;
    private final ConnectorSettings settings;
    private final Connections connections;
    private final EngineMaker engines;
    private final Events events;
    private final Reconnection reconnection;
    private final Loop.Deadline nextAttempt;
    private Status status = Status.INITIALIZING;
    private String message = "";
    private String reason = "";

    /** Opens sockets. */
    @FunctionalInterface
    public interface Dial {
        /**
         * Opens a socket.
         *
         * @param family {@code IPv4}, {@code IPv6}, or null for any
         * @return the last handler of its pipeline, before which an engine is put; completes on any thread
         */
        Future<ChannelHandlerContext> dial(String host, int port, @Nullable String family);
    }

    /** Makes the engine of a connection that was made; it speaks first. */
    @FunctionalInterface
    public interface EngineMaker {
        WireEngine engine(Connector connector, SocketFacts facts, Wire wire);
    }

    /** What a connector has to say. Called on its loop. */
    @FunctionalInterface
    public interface Events {
        /** An attempt failed or a connection that had opened has ended. */
        void failed(ConnectorSettings connector, String message);
    }

    public Connector(
            Loop loop,
            Dial dial,
            ConnectorSettings settings,
            Connections connections,
            EngineMaker engines,
            Events events) {
        this.loop = loop;
        this.dial = dial;
        this.settings = settings;
        this.connections = connections;
        this.engines = engines;
        this.events = events;
        this.reconnection = new Reconnection(configured(settings));
        this.nextAttempt = loop.deadline(nowNs -> attempt());
    }

    /** The host and port of the section, then its failoverUrls; one whose port is no number is left out. */
    private static List<Entry> configured(ConnectorSettings settings) {
        List<Entry> entries = new ArrayList<>();
        entries.add(new Entry(settings.host(), settings.portNumber()));
        for (FailoverUrl url : settings.failover()) {
            if (PORT.matcher(url.port()).matches()) {
                entries.add(new Entry(url.host(), Integer.parseInt(url.port())));
            }
        }
        return entries;
    }

    public ConnectorSettings settings() {
        return settings;
    }

    public Status status() {
        return status;
    }

    /** What happened last, in words; empty before anything has. */
    public String message() {
        return message;
    }

    /** Where it connects to, beginning with the entry that is tried next or connected: {@code amqp://HOST:PORT, ...}. */
    public String failoverUrls() {
        List<Entry> entries = reconnection.entries();
        int first = entries.indexOf(reconnection.entry());
        return Stream.concat(entries.subList(first, entries.size()).stream(), entries.subList(0, first).stream())
                .map(entry -> "amqp://" + entry)
                .collect(Collectors.joining(", "));
    }

    /** Makes the first attempt. */
    public void start() {
        attempt();
    }

    /** Makes no further attempt. A connection lives on; its engine is told by {@link Connections}. */
    public void stop() {
        status = Status.CLOSING;
        nextAttempt.cancel();
    }

    /** The peer has opened the connection. */
    public void opened() {
        reconnection.opened();
        status = Status.SUCCESS;
        message = "Connection to " + reconnection.entry() + " opened";
    }

    /** The peer told other places in its Open. */
    public void learnt(List<Entry> entries) {
        reconnection.learnt(entries);
    }

    /** The protocol has ended the connection for that reason; the end of the socket follows. */
    public void ending(String why) {
        reason = why;
    }

    private void attempt() {
        if (status == Status.CLOSING) {
            return;
        }
        reconnection.attempted();
        status = Status.CONNECTING;
        reason = "";
        Entry entry = reconnection.entry();
        dial.dial(entry.host(), entry.port(), settings.protocolFamily())
                .onComplete(attempted -> loop.execute(() -> {
                    if (attempted.succeeded()) {
                        connected(attempted.result());
                    } else {
                        ended(SystemError.text(attempted.cause()));
                    }
                }));
    }

    // What becomes of a close is told by the channel's events; the futures add nothing.
    @SuppressWarnings("FutureReturnValueIgnored")
    private void connected(ChannelHandlerContext last) {
        Channel channel = last.channel();
        if (status == Status.CLOSING) {
            channel.close();
            return;
        }
        loop.configure(channel);
        connections.track(channel);
        SocketFacts facts = SocketFacts.of(channel, false, false);
        EngineHandler handler = new EngineHandler(loop, Ending::ofStream, wire -> engines.engine(this, facts, wire));
        connections.add(handler, channel);
        channel.closeFuture().addListener(closed -> ended(reason.isEmpty() ? "connection lost" : reason));
        channel.pipeline().addBefore(last.name(), "engine", handler);
    }

    private void ended(String why) {
        if (status == Status.CLOSING) {
            return;
        }
        status = Status.FAILED;
        message = "Connection to " + reconnection.entry() + " failed: " + why;
        events.failed(settings, message);
        nextAttempt.armIn(reconnection.ended());
    }
}
