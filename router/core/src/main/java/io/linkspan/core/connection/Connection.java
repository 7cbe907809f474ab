// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.connection;

import io.linkspan.amqp.AmqpError;
import io.linkspan.core.RouterCore;
import org.jspecify.annotations.Nullable;

/**
 * A connection as the core and management see it. An adaptor extends it and makes it known with
 * {@code RouterCore.connected}. Confined to its loop.
 */
public abstract class Connection {

    /** The capacity of links unless configured: {@code linkCapacity} (routing CRD-01). */
    public static final int DEFAULT_LINK_CAPACITY = 250;

    private final RouterCore core;
    private final ConnectionRole role;
    private final int linkCapacity;
    private final @Nullable String configuredName;
    private final long openedTick;
    private ConnectionFacts facts;
    private long identity = -1;
    private long lastDeliveryTick = -1;
    private boolean tracing;
    private boolean closing;

    /**
     * A connection that has just come to life.
     *
     * @param linkCapacity deliveries per link, at least 1
     */
    protected Connection(RouterCore core, ConnectionRole role, int linkCapacity, ConnectionFacts facts) {
        this(core, role, linkCapacity, facts, null);
    }

    /**
     * A connection that has just come to life.
     *
     * @param linkCapacity deliveries per link, at least 1
     * @param configuredName name of its listener or connector, null if none was given
     */
    protected Connection(
            RouterCore core,
            ConnectionRole role,
            int linkCapacity,
            ConnectionFacts facts,
            @Nullable String configuredName) {
        if (linkCapacity < 1) {
            throw new IllegalArgumentException("linkCapacity " + linkCapacity + " is below 1");
        }
        this.core = core;
        this.role = role;
        this.linkCapacity = linkCapacity;
        this.facts = facts;
        this.configuredName = configuredName;
        this.openedTick = core.tick();
    }

    /** The core this belongs to. */
    public final RouterCore core() {
        return core;
    }

    /** The role of its listener or connector. */
    public final ConnectionRole role() {
        return role;
    }

    /** Whether its deliveries count as those of a route container. */
    public final boolean isRouteContainer() {
        return role == ConnectionRole.ROUTE_CONTAINER;
    }

    /**
     * Whether a link route or autoLink means this connection (routing LNK-02, AUT-03).
     *
     * @param name of its connector or listener, or null
     * @param containerId of the peer, or null
     */
    public final boolean isContainer(@Nullable String name, @Nullable String containerId) {
        return isRouteContainer()
                && ((name != null && name.equals(configuredName))
                        || (containerId != null && containerId.equals(facts.container())));
    }

    /** Whether this is the router's own end, not a socket. */
    public boolean isInProcess() {
        return false;
    }

    /** Whether whole links can be routed over it: AMQP connections of peers alone. */
    public boolean carriesLinks() {
        return false;
    }

    /** Deliveries per link. */
    public final int linkCapacity() {
        return linkCapacity;
    }

    /** The number of the connection in management and logs; -1 before it is known. */
    public final long identity() {
        return identity;
    }

    /** Called once by the core. */
    public final void identify(long number) {
        identity = number;
    }

    /** What management shows. */
    public final ConnectionFacts facts() {
        return facts;
    }

    /** More is known now. */
    public final void facts(ConnectionFacts newFacts) {
        facts = newFacts;
    }

    /** Seconds since it came to life. */
    public final long uptimeSeconds() {
        return core.tick() - openedTick;
    }

    /** Seconds since the last delivery, -1 if there was none. */
    public final long lastDeliverySeconds() {
        return lastDeliveryTick < 0 ? -1 : core.tick() - lastDeliveryTick;
    }

    /** A delivery passed. */
    public final void deliveryAt(long tick) {
        lastDeliveryTick = tick;
    }

    /** Whether frames are traced to the PROTOCOL log. */
    public final boolean isTracing() {
        return tracing;
    }

    /** Management switches tracing. */
    public final void trace(boolean on) {
        tracing = on;
        tracingChanged(on);
    }

    /** Whether management has ended the connection. */
    public final boolean isClosing() {
        return closing;
    }

    /** Management ends the connection: without a goodbye, so that the client connects again (routing CON-11). */
    public final void forceClose() {
        closing = true;
        drop();
    }

    /** Management deleted its connector: an ordinary end without an error (routing CON-12). */
    public final void endInOrder() {
        closing = true;
        close(null);
    }

    /** End at once, as far as the protocol allows. Recorded; done at the end of the iteration. */
    protected abstract void drop();

    /** Say goodbye with an error, or without, and close. Recorded; done at the end of the iteration. */
    protected abstract void close(@Nullable AmqpError error);

    /** Tracing was switched. */
    protected abstract void tracingChanged(boolean on);
}
