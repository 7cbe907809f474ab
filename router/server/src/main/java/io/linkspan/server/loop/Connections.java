// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.loop;

import io.netty.channel.Channel;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The sockets of one loop: how many came in, and the engines that have to be told when the router stops.
 *
 * <p>Confined to the loop.
 */
public final class Connections {
    private final int maxIncoming;
    private final Set<Channel> sockets = new LinkedHashSet<>();
    private final Set<EngineHandler> engines = new LinkedHashSet<>();
    private int incoming;
    private long accepted;
    private long refused;

    /**
     * None yet.
     *
     * @param maxIncoming most sockets that peers may hold open at once ({@code policy.maxConnections}, rule POL-02)
     */
    public Connections(int maxIncoming) {
        this.maxIncoming = maxIncoming;
    }

    /** Takes a place for a socket that came in, until it closes; false if all are taken. */
    public boolean admit(Channel socket) {
        accepted++;
        if (incoming >= maxIncoming) {
            refused++;
            return false;
        }
        incoming++;
        socket.closeFuture().addListener(closed -> incoming--);
        track(socket);
        return true;
    }

    /** Lists a socket until it closes. */
    public void track(Channel socket) {
        sockets.add(socket);
        socket.closeFuture().addListener(closed -> sockets.remove(socket));
    }

    /** Lists the engine of a socket until the socket closes. */
    public void add(EngineHandler engine, Channel socket) {
        engines.add(engine);
        socket.closeFuture().addListener(closed -> engines.remove(engine));
    }

    /** Asks every engine for a graceful end and closes the sockets that have none yet. */
    // What becomes of a close is told by the channel's events; the futures add nothing.
    @SuppressWarnings("FutureReturnValueIgnored")
    public void shutdown() {
        for (Channel socket : List.copyOf(sockets)) {
            EngineHandler engine = socket.pipeline().get(EngineHandler.class);
            if (engine == null) {
                socket.close();
            }
        }
        for (EngineHandler engine : List.copyOf(engines)) {
            engine.shutdown();
        }
    }

    /** Sockets that are open, engine or not. */
    public int open() {
        return sockets.size();
    }

    /** Sockets that came in and are open now. */
    public int incoming() {
        return incoming;
    }

    /** Sockets that came in since the start, the refused ones included. */
    public long accepted() {
        return accepted;
    }

    /** Sockets that were closed because the limit was reached. */
    public long refused() {
        return refused;
    }
}
