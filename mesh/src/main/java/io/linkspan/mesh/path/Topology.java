// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh.path;

import io.linkspan.mesh.RouterId;
import java.util.Arrays;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * The directed graph of the network, immutable: for each router, by index, the edges it tells. The cost of an edge is what
 * its tail tells; an edge told by one side only is used in that direction. spec section 7.3.
 *
 * <p>Index 0 is the computing router. Free indices hold null. A router that is named as a neighbour and has told nothing
 * yet has one edge of cost 1 back to the lowest id that names it, so that trees through its only known link exist.
 */
final class Topology {

    private static final int[] NONE = {};

    final @Nullable RouterId[] routers;
    /** Place of each router in ascending order of ids; what breaks ties. */
    final int[] rank;

    final int[][] heads;
    final int[][] costs;

    /**
     * Makes a graph of what routers told.
     *
     * @param routers ids by index, null where free
     * @param rank from {@link #ranks}
     * @param heads for each index the indices of its neighbours, null for a router that told nothing yet; the inner
     *     arrays are shared and never written
     * @param costs beside heads
     */
    Topology(@Nullable RouterId[] routers, int[] rank, int[] @Nullable [] heads, int[] @Nullable [] costs) {
        int size = routers.length;
        this.routers = routers;
        this.rank = rank;
        this.heads = new int[size][];
        this.costs = new int[size][];
        int[] back = NONE;
        for (int i = 0; i < size; i++) {
            int[] known = heads[i];
            int[] cost = costs[i];
            if (known != null && cost != null) {
                this.heads[i] = known;
                this.costs[i] = cost;
                continue;
            }
            this.heads[i] = NONE;
            this.costs[i] = NONE;
            if (routers[i] != null) {
                if (back.length == 0) {
                    back = stubs(size, rank, heads);
                }
                if (back[i] >= 0) {
                    this.heads[i] = new int[] {back[i]};
                    this.costs[i] = new int[] {1};
                }
            }
        }
    }

    int size() {
        return routers.length;
    }

    /** For each router the lowest id that names it; -1 if none does. */
    private static int[] stubs(int size, int[] rank, int[] @Nullable [] heads) {
        int[] back = new int[size];
        Arrays.fill(back, -1);
        for (int tail = 0; tail < size; tail++) {
            int[] known = heads[tail];
            if (known == null) {
                continue;
            }
            for (int head : known) {
                if (back[head] < 0 || rank[tail] < rank[back[head]]) {
                    back[head] = tail;
                }
            }
        }
        return back;
    }

    /** The place of each router in ascending order of ids; free indices come last. */
    static int[] ranks(@Nullable RouterId[] routers) {
        Integer[] order = new Integer[routers.length];
        Arrays.setAll(order, i -> i);
        Comparator<@Nullable RouterId> byId = Comparator.nullsLast(Comparator.naturalOrder());
        Arrays.sort(order, (a, b) -> byId.compare(routers[a], routers[b]));
        int[] rank = new int[routers.length];
        for (int place = 0; place < order.length; place++) {
            rank[order[place]] = place;
        }
        return rank;
    }
}
