// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh.path;

import io.linkspan.mesh.RouterId;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one router knows of all others at one moment: next hop, cost, radius. Immutable; may be read from any loop.
 *
 * <p>Routers are named by a small index. Index {@link #SELF} is ourselves, every other router has the lowest index that was
 * free when it became known and keeps it until it is forgotten. A router that became known after this table has an index
 * that may be beyond {@link #size()} and is out of reach. The index is local and never on the wire; it orders
 * choices among equals (DST-12, DST-22). Valid origins are computed from a table by {@link ValidOrigins}. spec sections 1,
 * 7.3 and 9.
 */
public final class RouteTable {

    /** Our own index. */
    public static final int SELF = 0;

    /** No router. */
    public static final int UNKNOWN = -1;

    /** No connection. */
    public static final long NO_CONNECTION = -1;

    private final long generation;
    private final Topology topology;
    private final Map<RouterId, Integer> indices;
    private final long[] neighborConnection;
    private final long[] nextHop;
    private final int[] nextHopRouter;
    private final int[] cost;
    private final long[] floodConnections;
    private final int radius;
    private final int longestWay;
    private final int reachable;

    RouteTable(
            long generation,
            Topology topology,
            Map<RouterId, Integer> indices,
            long[] neighborConnection,
            long[] nextHop,
            int[] nextHopRouter,
            int[] cost,
            long[] floodConnections,
            int radius,
            int longestWay,
            int reachable) {
        this.generation = generation;
        this.topology = topology;
        this.indices = indices;
        this.neighborConnection = neighborConnection;
        this.nextHop = nextHop;
        this.nextHopRouter = nextHopRouter;
        this.cost = cost;
        this.floodConnections = floodConnections;
        this.radius = radius;
        this.longestWay = longestWay;
        this.reachable = reachable;
    }

    /** Grows by one with each table of a node; a table of a later generation replaces this one. */
    public long generation() {
        return generation;
    }

    /** All indices are below this. */
    public int size() {
        return topology.size();
    }

    /** The router of an index; null where the index is free. */
    public @Nullable RouterId router(int index) {
        return index < topology.size() ? topology.routers[index] : null;
    }

    /** The index of a router; {@link #UNKNOWN} for one that is not (or no longer) known. For the ingress test too. */
    public int index(RouterId router) {
        Integer index = indices.get(router);
        return index == null ? UNKNOWN : index;
    }

    /**
     * The inter-router connection towards a router; {@link #NO_CONNECTION} for ourselves and for what is out of reach. It
     * is the connection of the first router on the path.
     */
    public long nextHop(int index) {
        return index < nextHop.length ? nextHop[index] : NO_CONNECTION;
    }

    /** The first router on the path, the router itself when it is reached directly; {@link #UNKNOWN} if out of reach. */
    public int nextHopRouter(int index) {
        return index < nextHopRouter.length ? nextHopRouter[index] : UNKNOWN;
    }

    /** Whether there is a path. */
    public boolean isReachable(int index) {
        return nextHop(index) != NO_CONNECTION;
    }

    /** The sum of costs along the path (at least 1); 0 for ourselves, {@code Integer.MAX_VALUE} for what is out of reach. */
    public int cost(int index) {
        return index < cost.length ? cost[index] : Integer.MAX_VALUE;
    }

    /** The connection to a neighbour, also if the path to it leads elsewhere; {@link #NO_CONNECTION} for others. */
    public long neighborConnection(int index) {
        return index < neighborConnection.length ? neighborConnection[index] : NO_CONNECTION;
    }

    /**
     * The connections on which a message to all routers leaves, without duplicates: the next hops of all routers. Not to
     * be changed. Those of neighbours in the message's trace are left out by the sender.
     */
    @SuppressWarnings("EI_EXPOSE_REP")
    public long[] floodConnections() {
        return floodConnections;
    }

    /** The greatest number of hops to any reachable router. */
    public int radius() {
        return radius;
    }

    /**
     * The greatest number of hops that a message may make between us and any reachable router: that of the longest path of
     * lowest cost. Of paths of equal cost the other end may have taken another one than we do, with more hops than our
     * {@link #radius()}. A message with more than this + 1 routers in its trace goes round.
     */
    public int longestWay() {
        return longestWay;
    }

    /** The number of reachable routers, ourselves not included. */
    public int reachable() {
        return reachable;
    }

    Topology topology() {
        return topology;
    }
}
