// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.mesh;

import io.linkspan.mesh.RouterId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What paths must come out, computed a second time and differently: the textbook form of Dijkstra's algorithm on a matrix,
 * a scan for the next router instead of a heap, paths walked instead of bits passed on. Slow and plain on purpose. The tree
 * of a router is computed when it is first asked for.
 */
final class Oracle {
    private final List<RouterId> ids;
    private final int[][] edge;
    private final int[] @Nullable [] previous;
    private final long[] @Nullable [] cost;

    /**
     * For a graph.
     *
     * @param edge the costs from the first to the second router, by their places in the list; 0 where there is no edge
     */
    Oracle(List<RouterId> ids, int[][] edge) {
        this.ids = ids;
        this.edge = edge;
        previous = new int[ids.size()][];
        cost = new long[ids.size()][];
    }

    /** For routers that run, and the connections between them that are up. */
    static Oracle of(List<SimulatedRouter> running, List<Wire> wires) {
        List<RouterId> ids = new ArrayList<>();
        int[] places = new int
                [running.stream().mapToInt(router -> router.number() + 1).max().orElse(0)];
        for (SimulatedRouter router : running) {
            places[router.number()] = ids.size();
            ids.add(router.id());
        }
        int[][] edge = new int[ids.size()][ids.size()];
        for (Wire wire : wires) {
            if (wire.up) {
                int a = places[wire.ends[0].number()];
                int b = places[wire.ends[1].number()];
                edge[a][b] = wire.cost;
                edge[b][a] = wire.cost;
            }
        }
        return new Oracle(ids, edge);
    }

    private long[] costs(int root) {
        long[] known = cost[root];
        return known == null ? compute(root) : known;
    }

    private int[] tree(int root) {
        costs(root);
        int[] tree = previous[root];
        if (tree == null) {
            throw new IllegalStateException("no tree of " + ids.get(root));
        }
        return tree;
    }

    private long[] compute(int root) {
        int size = ids.size();
        long[] distance = new long[size];
        int[] before = new int[size];
        boolean[] done = new boolean[size];
        Arrays.fill(distance, Long.MAX_VALUE);
        Arrays.fill(before, -1);
        distance[root] = 0;
        while (true) {
            int next = -1;
            for (int i = 0; i < size; i++) {
                if (!done[i] && distance[i] != Long.MAX_VALUE && (next < 0 || closer(distance, i, next))) {
                    next = i;
                }
            }
            if (next < 0) {
                break;
            }
            done[next] = true;
            for (int i = 0; i < size; i++) {
                if (edge[next][i] > 0 && !done[i] && distance[next] + edge[next][i] < distance[i]) {
                    distance[i] = distance[next] + edge[next][i];
                    before[i] = next;
                }
            }
        }
        previous[root] = before;
        cost[root] = distance;
        return distance;
    }

    private boolean closer(long[] distance, int a, int b) {
        return distance[a] < distance[b]
                || (distance[a] == distance[b]
                        && ids.get(a).value().compareTo(ids.get(b).value()) < 0);
    }

    boolean reaches(int from, int to) {
        return costs(from)[to] != Long.MAX_VALUE;
    }

    long cost(int from, int to) {
        return costs(from)[to];
    }

    /** The routers on the path, without the root, the destination last. */
    List<Integer> path(int from, int to) {
        int[] tree = tree(from);
        List<Integer> path = new ArrayList<>();
        for (int at = to; at != from; at = tree[at]) {
            path.add(0, at);
        }
        return path;
    }

    int reachable(int from) {
        int count = 0;
        for (int to = 0; to < ids.size(); to++) {
            if (to != from && reaches(from, to)) {
                count++;
            }
        }
        return count;
    }

    int radius(int from) {
        int radius = 0;
        for (int to = 0; to < ids.size(); to++) {
            if (to != from && reaches(from, to)) {
                radius = Math.max(radius, path(from, to).size());
            }
        }
        return radius;
    }

    /** The hops of the longest of all paths of lowest cost from a router. */
    int longestWay(int from) {
        long[] distance = costs(from);
        Integer[] order = new Integer[ids.size()];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, Comparator.comparingLong(i -> distance[i]));
        int[] most = new int[ids.size()];
        int longest = 0;
        for (int head : order) {
            for (int tail = 0; distance[head] != Long.MAX_VALUE && tail < ids.size(); tail++) {
                if (edge[tail][head] > 0 && distance[tail] + edge[tail][head] == distance[head]) {
                    most[head] = Math.max(most[head], most[tail] + 1);
                }
            }
            longest = Math.max(longest, most[head]);
        }
        return longest;
    }

    /** Whether each edge is told by both of its ends, with one cost. */
    boolean isSymmetric() {
        for (int i = 0; i < edge.length; i++) {
            for (int j = 0; j < i; j++) {
                if (edge[i][j] != edge[j][i]) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Whether one router is in between on another's path to a destination. */
    boolean isOnPath(int at, int origin, int destination) {
        if (origin == at || origin == destination || at == destination || !reaches(origin, destination)) {
            return false;
        }
        return path(origin, destination).contains(at);
    }

    /** The origins valid at one router for a destination. */
    BitSet validOrigins(int at, int destination) {
        BitSet valid = new BitSet();
        for (int origin = 0; origin < ids.size(); origin++) {
            if (isOnPath(at, origin, destination)) {
                valid.set(origin);
            }
        }
        return valid;
    }
}
