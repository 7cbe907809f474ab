// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh.linkstate;

import io.linkspan.mesh.RouterId;
import io.linkspan.mesh.message.LinkState;
import io.linkspan.mesh.path.PathEngine;
import io.linkspan.mesh.path.RouteTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All known routers and the newest link state of each, ours included. Gives each router the lowest free index; at most
 * {@code maxRouters} are known, ourselves included. Confined to the mesh's loop. spec sections 7.1 and 7.2.
 */
public final class LinkStateDatabase {

    /** Ticks without a sign of a router's existence after which it is forgotten. */
    public static final int LONELY_TICKS = 3;

    private static final int[] NONE = {};

    private final RouterId self;
    private final int maxRouters;
    private final Map<RouterId, RemoteRouter> byId = new LinkedHashMap<>();
    private @Nullable RemoteRouter[] byIndex = new RemoteRouter[8];
    private final BitSet taken = new BitSet();

    private int[] ownHeads = NONE;
    private int[] ownCosts = NONE;
    private long ownSequence;
    private boolean ownChanged;

    private @Nullable RouterId[] ids = {};
    private Map<RouterId, Integer> indices = Map.of();
    private boolean membersChanged = true;

    /** Starts with ourselves alone. */
    public LinkStateDatabase(RouterId self, int maxRouters) {
        this.self = self;
        this.maxRouters = maxRouters;
        taken.set(RouteTable.SELF);
    }

    /** All other routers, in the order in which they became known. */
    public Collection<RemoteRouter> routers() {
        return byId.values();
    }

    /** Known routers, ourselves included. */
    public int size() {
        return byId.size() + 1;
    }

    /** Whether another router has room. */
    public boolean hasRoom() {
        return size() < maxRouters;
    }

    /** The router of an id, null if it is not known or ourselves. */
    public @Nullable RemoteRouter find(RouterId id) {
        return byId.get(id);
    }

    /** The router of an index, null if the index is free or ours. */
    public @Nullable RemoteRouter at(int index) {
        return index < byIndex.length ? byIndex[index] : null;
    }

    /** Makes a router known; the caller has checked that it is not, that it is not ourselves and that there is room. */
    public RemoteRouter create(RouterId id, long now) {
        int index = taken.nextClearBit(1);
        taken.set(index);
        RemoteRouter router = new RemoteRouter(id, index, now);
        byId.put(id, router);
        if (index >= byIndex.length) {
            byIndex = Arrays.copyOf(byIndex, byIndex.length * 2);
        }
        byIndex[index] = router;
        membersChanged = true;
        return router;
    }

    /** Forgets the routers for which nothing has spoken for {@link #LONELY_TICKS} ticks, and returns them. */
    public List<RemoteRouter> forgetLonely() {
        List<RemoteRouter> gone = List.of();
        for (RemoteRouter router : byId.values()) {
            if (router.countLonely() >= LONELY_TICKS) {
                if (gone.isEmpty()) {
                    gone = new ArrayList<>();
                }
                gone.add(router);
            }
        }
        for (RemoteRouter router : gone) {
            byId.remove(router.id());
            byIndex[router.index()] = null;
            taken.clear(router.index());
            membersChanged = true;
        }
        return gone;
    }

    /**
     * Puts a link state in the place of the one before. Neighbours that are not known are left out; make them known first.
     *
     * @return whether an edge changed
     */
    public boolean replace(RemoteRouter router, LinkState state) {
        int[] heads = new int[state.peers().size()];
        int[] costs = new int[heads.length];
        int count = 0;
        for (LinkState.Peer peer : state.peers()) {
            int index = index(peer.id());
            if (index != RouteTable.UNKNOWN && index != router.index()) {
                heads[count] = index;
                costs[count++] = peer.cost();
            }
        }
        return put(router, state.sequence(), Arrays.copyOf(heads, count), Arrays.copyOf(costs, count));
    }

    /** Empties a link state that is too old; the router is a record without neighbours then. */
    public boolean expire(RemoteRouter router) {
        return put(router, 0, NONE, NONE);
    }

    /** Forgets a link state: the router has told nothing yet. */
    public void forget(RemoteRouter router) {
        put(router, 0, null, null);
    }

    private boolean put(RemoteRouter router, long sequence, int @Nullable [] heads, int @Nullable [] costs) {
        int[] before = router.heads();
        boolean changed = !Arrays.equals(before, heads) || !Arrays.equals(router.costs(), costs);
        if (changed) {
            count(before, -1);
            count(heads, 1);
        }
        router.setLinkState(sequence, heads, costs);
        return changed;
    }

    private void count(int @Nullable [] heads, int change) {
        if (heads == null) {
            return;
        }
        for (int head : heads) {
            RemoteRouter named = byIndex[head];
            if (named != null) {
                named.named(change);
            }
        }
    }

    private int index(RouterId id) {
        RemoteRouter router = byId.get(id);
        return router != null ? router.index() : id.equals(self) ? RouteTable.SELF : RouteTable.UNKNOWN;
    }

    /** A router is our neighbour by this connection now, or by none. Our link state changes with it. */
    public void setNeighbor(RemoteRouter router, long connection, int cost) {
        boolean same = router.isNeighbor() == (connection != RouteTable.NO_CONNECTION)
                && (!router.isNeighbor() || router.connectionCost() == cost);
        router.setConnection(connection, cost);
        if (same) {
            return;
        }
        int count = 0;
        int[] heads = new int[byId.size()];
        int[] costs = new int[heads.length];
        for (RemoteRouter other : byId.values()) {
            if (other.isNeighbor()) {
                heads[count] = other.index();
                costs[count++] = other.connectionCost();
            }
        }
        ownHeads = Arrays.copyOf(heads, count);
        ownCosts = Arrays.copyOf(costs, count);
        ownChanged = true;
    }

    /** Gives a changed link state of ours the next number; false if nothing changed. The first number is 1. */
    public boolean numberOwn() {
        if (!ownChanged) {
            return false;
        }
        ownChanged = false;
        ownSequence++;
        return true;
    }

    /** The number of our link state. */
    public long ownSequence() {
        return ownSequence;
    }

    /** Our link state. */
    public LinkState own() {
        return new LinkState(self, ownSequence, peers(ownHeads, ownCosts));
    }

    /** The neighbours that a router told; null if it told nothing yet. */
    public @Nullable List<LinkState.Peer> peers(RemoteRouter router) {
        int[] heads = router.heads();
        int[] costs = router.costs();
        return heads == null || costs == null ? null : peers(heads, costs);
    }

    private List<LinkState.Peer> peers(int[] heads, int[] costs) {
        List<LinkState.Peer> peers = new ArrayList<>(heads.length);
        for (int i = 0; i < heads.length; i++) {
            RemoteRouter peer = byIndex[heads[i]];
            if (peer == null && heads[i] != RouteTable.SELF) {
                throw new IllegalStateException("neighbour of index " + heads[i] + " is not known");
            }
            peers.add(new LinkState.Peer(peer == null ? self : peer.id(), costs[i]));
        }
        return peers;
    }

    /** Computes paths from all that is known. */
    public RouteTable compute(PathEngine engine) {
        int size = taken.length();
        if (membersChanged) {
            membersChanged = false;
            ids = new RouterId[size];
            ids[RouteTable.SELF] = self;
            Map<RouterId, Integer> map = new HashMap<>(size * 2);
            map.put(self, RouteTable.SELF);
            for (RemoteRouter router : byId.values()) {
                ids[router.index()] = router.id();
                map.put(router.id(), router.index());
            }
            indices = map;
        }
        int[][] heads = new int[size][];
        int[][] costs = new int[size][];
        long[] connections = new long[size];
        Arrays.fill(connections, RouteTable.NO_CONNECTION);
        heads[RouteTable.SELF] = ownHeads;
        costs[RouteTable.SELF] = ownCosts;
        for (RemoteRouter router : byId.values()) {
            heads[router.index()] = router.heads();
            costs[router.index()] = router.costs();
            connections[router.index()] = router.connection();
        }
        return engine.compute(ids, indices, heads, costs, connections);
    }
}
