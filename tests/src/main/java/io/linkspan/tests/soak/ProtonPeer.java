// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.soak;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.nio.ByteBuffer;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.engine.Collector;
import org.apache.qpid.proton.engine.Connection;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.EndpointState;
import org.apache.qpid.proton.engine.Event;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Session;
import org.apache.qpid.proton.engine.Transport;
import org.apache.qpid.proton.engine.TransportException;

/**
 * A connection of proton-j's engine over a socket: another implementation of AMQP than the one under test, with all of
 * its controls. Confined to the socket's loop; {@link #flush} after each call of the engine from outside.
 */
final class ProtonPeer {

    /** What a peer hears. */
    interface Events {
        void onDelivery(ProtonPeer peer, Delivery delivery);

        void onLink(ProtonPeer peer, Link link);

        void onFlow(ProtonPeer peer, Link link);

        /** The link ends by the router's will or its session or connection's end; after this nothing comes of it. */
        void onLinkEnd(ProtonPeer peer, Link link);

        /** The router ended a session of ours. */
        void onSessionEnd(ProtonPeer peer, String reason);

        /**
         * The connection is over.
         *
         * @param reason empty when we wanted it
         */
        void onEnd(ProtonPeer peer, String reason);
    }

    private final NetSocket socket;
    private final Events events;
    private final Connection connection = Proton.connection();
    private final Transport transport = Proton.transport();
    private final Collector collector = Proton.collector();
    private boolean flushing;
    private boolean leaving;
    private boolean over;

    ProtonPeer(NetSocket socket, String container, Events events) {
        this.socket = socket;
        this.events = events;
        transport.setEmitFlowEventOnSend(false);
        transport.setMaxFrameSize(16 * 1024);
        connection.setContainer(container);
        connection.setHostname("127.0.0.1");
        connection.collect(collector);
        transport.bind(connection);
        connection.open();
        socket.handler(this::input);
        socket.closeHandler(closed -> end(leaving ? "" : "the router closed the socket"));
        socket.exceptionHandler(error -> end(leaving ? "" : error.toString()));
        flush();
    }

    boolean isOver() {
        return over || leaving;
    }

    Connection connection() {
        return connection;
    }

    Session session() {
        Session session = connection.session();
        session.setIncomingCapacity(512 * 1024);
        session.open();
        return session;
    }

    /** Whether much of what was given to the engine is still with the socket. */
    boolean isFull() {
        return socket.writeQueueFull();
    }

    private void input(Buffer bytes) {
        byte[] rest = bytes.getBytes();
        int at = 0;
        try {
            while (at < rest.length && !over) {
                ByteBuffer tail = transport.tail();
                int count = Math.min(tail.remaining(), rest.length - at);
                if (count == 0) {
                    throw new TransportException("the engine takes no more");
                }
                tail.put(rest, at, count);
                at += count;
                transport.process();
                dispatch();
            }
        } catch (RuntimeException e) {
            end(leaving ? "" : "proton-j does not take the router's bytes: " + e);
            return;
        }
        flush();
    }

    /** Keeps the connection alive. */
    void tick(long nowMs) {
        if (!over) {
            transport.tick(nowMs);
            flush();
        }
    }

    /** Hands over what the engine has to say. */
    void flush() {
        if (flushing || over) {
            return;
        }
        flushing = true;
        dispatch();
        int pending;
        while (!over && (pending = transport.pending()) > 0) {
            byte[] bytes = new byte[pending];
            transport.head().get(bytes);
            transport.pop(pending);
            if (!over) {
                socket.write(Buffer.buffer(bytes));
            }
        }
        flushing = false;
    }

    private void dispatch() {
        Event event;
        while ((event = collector.peek()) != null) {
            switch (event.getType()) {
                case DELIVERY -> events.onDelivery(this, event.getDelivery());
                case LINK_REMOTE_OPEN -> events.onLink(this, event.getLink());
                case LINK_FLOW -> events.onFlow(this, event.getLink());
                case LINK_REMOTE_CLOSE, LINK_REMOTE_DETACH -> {
                    Link link = event.getLink();
                    events.onLinkEnd(this, link);
                    if (link.getLocalState() == EndpointState.ACTIVE) {
                        link.close();
                    }
                }
                case SESSION_REMOTE_OPEN -> {
                    Session session = event.getSession();
                    if (session.getLocalState() == EndpointState.UNINITIALIZED) {
                        session.open();
                    }
                }
                case SESSION_REMOTE_CLOSE -> {
                    if (event.getSession().getLocalState() == EndpointState.ACTIVE) {
                        events.onSessionEnd(
                                this, String.valueOf(event.getSession().getRemoteCondition()));
                        event.getSession().close();
                    }
                }
                case CONNECTION_REMOTE_CLOSE -> {
                    String condition = String.valueOf(connection.getRemoteCondition());
                    connection.close();
                    end(leaving ? "" : "the router closed the connection: " + condition);
                }
                default -> {
                    // Nothing of ours.
                }
            }
            collector.pop();
        }
    }

    /** Says goodbye; the socket ends when the router has answered. */
    void close() {
        leaving = true;
        connection.close();
        flush();
    }

    /** Ends the socket without a word. */
    void drop() {
        leaving = true;
        end("");
    }

    private void end(String reason) {
        if (!over) {
            over = true;
            socket.close();
            events.onEnd(this, reason);
        }
    }
}
