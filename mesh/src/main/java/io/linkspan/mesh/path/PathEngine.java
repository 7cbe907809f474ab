// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh.path;

import io.linkspan.mesh.RouterId;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes a {@link RouteTable} from what all routers told. Only our own tree is computed here; trees of other origins are
 * left to {@link ValidOrigins}. Confined to the mesh's loop.
 */
public final class PathEngine {

    private final PathTree tree = new PathTree();
    private long generation;
    private RouteTable current;
    private @Nullable RouterId[] ranked = {};
    private int[] rank = {};
    private int[] firstHop = {};

    /** Starts with a table in which we are alone. */
    public PathEngine(RouterId self) {
        current = compute(new RouterId[] {self}, Map.of(self, 0), new int[][] {{}}, new int[][] {{}}, new long[] {
            RouteTable.NO_CONNECTION
        });
    }

    /** The newest table. */
    public RouteTable current() {
        return current;
    }

    /**
     * Computes a table of the next generation. The arrays are kept; the caller gives new ones each time, with the
     * exception of the inner arrays, which it replaces and never writes.
     *
     * @param routers ids by index, null where an index is free; ourselves at 0
     * @param indices the same the other way round
     * @param heads for each index the neighbours told, null if nothing was told yet
     * @param costs beside heads
     * @param neighborConnection for each index the connection to it if it is our neighbour
     */
    public RouteTable compute(
            @Nullable RouterId[] routers,
            Map<RouterId, Integer> indices,
            int[] @Nullable [] heads,
            int[] @Nullable [] costs,
            long[] neighborConnection) {
        if (!Arrays.equals(ranked, routers)) {
            ranked = routers;
            rank = Topology.ranks(routers);
        }
        Topology topology = new Topology(routers, rank, heads, costs);
        int size = routers.length;
        tree.compute(topology, RouteTable.SELF);
        if (firstHop.length < size) {
            firstHop = new int[size + (size >> 1)];
        }
        long[] nextHop = new long[size];
        int[] nextHopRouter = new int[size];
        int[] cost = new int[size];
        Arrays.fill(nextHop, RouteTable.NO_CONNECTION);
        Arrays.fill(nextHopRouter, RouteTable.UNKNOWN);
        Arrays.fill(cost, Integer.MAX_VALUE);
        cost[RouteTable.SELF] = 0;
        long[] flood = new long[tree.reached()];
        int floods = 0;
        int radius = 0;
        int longestWay = 0;
        for (int n = 1; n < tree.reached(); n++) {
            int router = tree.settled(n);
            int before = tree.previous(router);
            int first = before == RouteTable.SELF ? router : firstHop[before];
            firstHop[router] = first;
            if (first == router) {
                flood[floods++] = neighborConnection[router];
            }
            nextHopRouter[router] = first;
            nextHop[router] = neighborConnection[first];
            cost[router] = (int) Math.min(tree.cost(router), Integer.MAX_VALUE - 1);
            radius = Math.max(radius, tree.hops(router));
            longestWay = Math.max(longestWay, tree.mostHops(router));
        }
        current = new RouteTable(
                ++generation,
                topology,
                indices,
                neighborConnection,
                nextHop,
                nextHopRouter,
                cost,
                Arrays.copyOf(flood, floods),
                radius,
                longestWay,
                tree.reached() - 1);
        return current;
    }
}
