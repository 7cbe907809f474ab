// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.mesh;

import io.linkspan.mesh.KnownRouter;
import io.linkspan.mesh.RouterId;
import io.linkspan.mesh.message.LinkState;
import io.linkspan.mesh.path.RouteTable;
import io.linkspan.mesh.path.ValidOrigins;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The network as one router has been told of it, right or wrong, and the paths that follow from that by the {@link Oracle}.
 * An immutable snapshot; the router itself is the first.
 */
final class Belief {
    private final List<KnownRouter> known;
    /** What each router told, without indices and order; null for one that told nothing. */
    private final Map<RouterId, @Nullable Map<RouterId, Integer>> graph = new HashMap<>();

    private final int hash;
    private final Oracle oracle;

    Belief(List<KnownRouter> known) {
        this.known = known;
        for (KnownRouter router : known) {
            graph.put(router.id(), edges(router));
        }
        hash = graph.hashCode();
        oracle = new Oracle(known.stream().map(KnownRouter::id).toList(), matrix());
    }

    private static @Nullable Map<RouterId, Integer> edges(KnownRouter router) {
        List<LinkState.Peer> peers = router.peers();
        if (peers == null) {
            return null;
        }
        Map<RouterId, Integer> edges = new HashMap<>();
        for (LinkState.Peer peer : peers) {
            if (!peer.id().equals(router.id())) {
                edges.merge(peer.id(), peer.cost(), Math::min);
            }
        }
        return edges;
    }

    /** The edges; a router that told nothing has one of cost 1 back to the lowest id that names it. spec section 7.3. */
    private int[][] matrix() {
        int[][] edge = new int[known.size()][known.size()];
        for (int to = 0; to < known.size(); to++) {
            RouterId head = known.get(to).id();
            int lowest = -1;
            for (int from = 0; from < known.size(); from++) {
                Map<RouterId, Integer> told = graph.get(known.get(from).id());
                Integer cost = told == null ? null : told.get(head);
                if (cost != null) {
                    edge[from][to] = cost;
                    if (lowest < 0 || isLower(from, lowest)) {
                        lowest = from;
                    }
                }
            }
            if (lowest >= 0 && graph.get(head) == null) {
                edge[to][lowest] = 1;
            }
        }
        return edge;
    }

    private boolean isLower(int a, int b) {
        return known.get(a).id().value().compareTo(known.get(b).id().value()) < 0;
    }

    Oracle oracle() {
        return oracle;
    }

    /** The routers, ourselves first; the oracle's places are those of this list. */
    List<KnownRouter> routers() {
        return known;
    }

    /** Whether another router believes the same of the network. */
    boolean agrees(@Nullable Belief other) {
        return other != null && hash == other.hash && graph.equals(other.graph);
    }

    /** Whether a later snapshot of the same router tells the same network, by the same connections. */
    boolean isStill(List<KnownRouter> later) {
        if (known.size() != later.size()) {
            return false;
        }
        for (int i = 0; i < known.size(); i++) {
            KnownRouter now = later.get(i);
            List<LinkState.Peer> peers = known.get(i).peers();
            if (!known.get(i).id().equals(now.id())
                    || known.get(i).connection() != now.connection()
                    || (peers == null ? now.peers() != null : !peers.equals(now.peers()))) {
                return false;
            }
        }
        return true;
    }

    /** What is wrong with a table computed from this; null if nothing is. */
    @Nullable
    String wrong(RouteTable table) {
        Set<Long> floods = new HashSet<>();
        for (int to = 1; to < known.size(); to++) {
            KnownRouter router = known.get(to);
            String about = "to " + router.id() + " the table has ";
            int index = table.index(router.id());
            boolean reaches = oracle.reaches(0, to);
            if (index != router.index()) {
                return about + "index " + index + " instead of " + router.index();
            }
            if (table.isReachable(index) != reaches) {
                return about + (reaches ? "no path" : "a path");
            }
            if (table.neighborConnection(index) != router.connection()) {
                return about + "connection " + table.neighborConnection(index) + " instead of " + router.connection();
            }
            long cost = reaches ? oracle.cost(0, to) : Integer.MAX_VALUE;
            if (table.cost(index) != cost) {
                return about + "cost " + table.cost(index) + " instead of " + cost;
            }
            if (reaches) {
                KnownRouter hop = known.get(oracle.path(0, to).get(0));
                if (table.nextHopRouter(index) != hop.index() || table.nextHop(index) != hop.connection()) {
                    return about + "next hop " + table.nextHopRouter(index) + " by connection " + table.nextHop(index)
                            + " instead of " + hop.id();
                }
                floods.add(hop.connection());
            }
        }
        if (table.reachable() != oracle.reachable(0) || table.radius() != oracle.radius(0)) {
            return "the table reaches " + table.reachable() + " routers within " + table.radius() + " hops instead of "
                    + oracle.reachable(0) + " within " + oracle.radius(0);
        }
        if (table.longestWay() != oracle.longestWay(0)) {
            return "the longest way is " + table.longestWay() + " instead of " + oracle.longestWay(0);
        }
        List<Long> connections = new ArrayList<>();
        for (long connection : table.floodConnections()) {
            connections.add(connection);
        }
        if (connections.size() != floods.size() || !floods.containsAll(connections)) {
            return "what is for all leaves by " + connections + " instead of " + floods;
        }
        return wrongOrigin(table, (int) (table.generation() % known.size()));
    }

    /** The same of one origin, for all destinations; each table looks at another origin. */
    private @Nullable String wrongOrigin(RouteTable table, int origin) {
        ValidOrigins origins = new ValidOrigins();
        for (int to = 1; to < known.size(); to++) {
            boolean valid = origin == 0
                    ? table.isReachable(known.get(to).index())
                    : oracle.reaches(0, origin) && oracle.isOnPath(0, origin, to);
            boolean found = table.isReachable(known.get(to).index())
                    && origins.isValid(
                            table, known.get(origin).index(), known.get(to).index());
            if (found != valid) {
                return "origin " + known.get(origin).id() + " is " + (found ? "valid" : "not valid") + " for "
                        + known.get(to).id();
            }
        }
        return null;
    }
}
