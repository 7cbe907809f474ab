// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh.path;

import java.util.Arrays;

/**
 * The shortest-path tree of one root, and the memory to compute it in; one instance computes any number of trees, one after
 * the other. Confined to its owner's loop.
 *
 * <p>Dijkstra with the tie rule of the original: of the routers not settled yet the one of lowest (cost, id) is next, and a
 * predecessor is replaced by a strictly lower cost only. All routers with the same graph compute the same trees; the valid
 * origins depend on that. spec section 7.3.
 *
 * <p>The open set is a binary heap of router indices that knows the place of each; O((routers + edges) log routers).
 */
final class PathTree {

    /** The cost of what is not reached. */
    static final long UNREACHED = Long.MAX_VALUE;

    private long[] cost = {};
    private int[] previous = {};
    private int[] hops = {};
    private int[] mostHops = {};
    /** Routers in the order in which they were settled. */
    private int[] settled = {};

    private int[] heap = {};
    private int[] place = {};
    private int heapSize;
    private int settledCount;

    /** Computes the tree; results stay until the next call. */
    void compute(Topology graph, int root) {
        int size = graph.size();
        if (cost.length < size) {
            int room = Math.max(16, size + (size >> 2));
            cost = new long[room];
            previous = new int[room];
            hops = new int[room];
            mostHops = new int[room];
            settled = new int[room];
            heap = new int[room];
            place = new int[room];
        }
        Arrays.fill(cost, 0, size, UNREACHED);
        Arrays.fill(previous, 0, size, -1);
        settledCount = 0;
        heapSize = 0;
        cost[root] = 0;
        hops[root] = 0;
        mostHops[root] = 0;
        push(root, graph.rank);
        while (heapSize > 0) {
            settle(pop(graph.rank), graph);
        }
    }

    private void settle(int tail, Topology graph) {
        settled[settledCount++] = tail;
        int[] heads = graph.heads[tail];
        int[] costs = graph.costs[tail];
        long base = cost[tail];
        for (int i = 0; i < heads.length; i++) {
            int head = heads[i];
            long total = base + costs[i];
            if (total < cost[head]) {
                boolean isNew = cost[head] == UNREACHED;
                cost[head] = total;
                previous[head] = tail;
                hops[head] = hops[tail] + 1;
                mostHops[head] = mostHops[tail] + 1;
                if (isNew) {
                    push(head, graph.rank);
                } else {
                    rise(place[head], head, graph.rank);
                }
            } else if (total == cost[head]) {
                mostHops[head] = Math.max(mostHops[head], mostHops[tail] + 1);
            }
        }
    }

    /** Routers reached, the root included. */
    int reached() {
        return settledCount;
    }

    /** The n-th router settled; 0 is the root. A predecessor comes before those behind it. */
    int settled(int n) {
        return settled[n];
    }

    long cost(int router) {
        return cost[router];
    }

    int hops(int router) {
        return hops[router];
    }

    /** The greatest number of hops on any path of lowest cost to a router, those that the tie rule leaves out included. */
    int mostHops(int router) {
        return mostHops[router];
    }

    /** The router before this one on the path from the root; -1 for the root and for what is not reached. */
    int previous(int router) {
        return previous[router];
    }

    private boolean before(int a, int b, int[] rank) {
        return cost[a] < cost[b] || (cost[a] == cost[b] && rank[a] < rank[b]);
    }

    private void push(int router, int[] rank) {
        rise(heapSize++, router, rank);
    }

    private void rise(int from, int router, int[] rank) {
        int at = from;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (!before(router, heap[parent], rank)) {
                break;
            }
            heap[at] = heap[parent];
            place[heap[at]] = at;
            at = parent;
        }
        heap[at] = router;
        place[router] = at;
    }

    private int pop(int[] rank) {
        int first = heap[0];
        int moved = heap[--heapSize];
        int at = 0;
        while (true) {
            int child = 2 * at + 1;
            if (child >= heapSize) {
                break;
            }
            if (child + 1 < heapSize && before(heap[child + 1], heap[child], rank)) {
                child++;
            }
            if (!before(heap[child], moved, rank)) {
                break;
            }
            heap[at] = heap[child];
            place[heap[at]] = at;
            at = child;
        }
        heap[at] = moved;
        place[moved] = at;
        return first;
    }
}
