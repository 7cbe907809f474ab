// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.mesh;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * What paths must come out, computed a second time and differently: the textbook form of Dijkstra's algorithm on a matrix,
 * a scan for the next router instead of a heap, paths walked instead of bits passed on. Slow and plain on purpose.
 */
final class Oracle {
    final List<SimulatedRouter> routers;
    private final int[][] edge;
    private final int[][] previous;
    private final long[][] cost;

    /** For the routers that run and the connections that are up. */
    Oracle(Simulation simulation) {
        this(simulation, Integer.MAX_VALUE);
    }

    /** With the trees of so many routers, evenly chosen, only. */
    Oracle(Simulation simulation, int count) {
        routers = new ArrayList<>();
        int[] places = new int[simulation.routers().size()];
        for (SimulatedRouter router : simulation.routers()) {
            if (router.isRunning()) {
                places[router.number()] = routers.size();
                routers.add(router);
            }
        }
        int size = routers.size();
        edge = new int[size][size];
        for (Wire wire : simulation.wires()) {
            if (wire.up) {
                int a = places[wire.ends[0].number()];
                int b = places[wire.ends[1].number()];
                edge[a][b] = wire.cost;
                edge[b][a] = wire.cost;
            }
        }
        previous = new int[size][];
        cost = new long[size][];
        for (int n = 0; n < Math.min(count, size); n++) {
            compute(chosen(n, count, size));
        }
    }

    /** The n-th of so many routers, evenly chosen. */
    static int chosen(int n, int count, int size) {
        return count >= size ? n : (int) ((long) n * size / count);
    }

    private void compute(int root) {
        int size = routers.size();
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
    }

    private boolean closer(long[] distance, int a, int b) {
        return distance[a] < distance[b]
                || (distance[a] == distance[b]
                        && routers.get(a)
                                        .id()
                                        .value()
                                        .compareTo(routers.get(b).id().value())
                                < 0);
    }

    boolean reaches(int from, int to) {
        return cost[from][to] != Long.MAX_VALUE;
    }

    long cost(int from, int to) {
        return cost[from][to];
    }

    /** The routers on the path, without the root, the destination last. */
    List<Integer> path(int from, int to) {
        List<Integer> path = new ArrayList<>();
        for (int at = to; at != from; at = previous[from][at]) {
            path.add(0, at);
        }
        return path;
    }

    int reachable(int from) {
        int count = 0;
        for (int to = 0; to < routers.size(); to++) {
            if (to != from && reaches(from, to)) {
                count++;
            }
        }
        return count;
    }

    int radius(int from) {
        int radius = 0;
        for (int to = 0; to < routers.size(); to++) {
            if (to != from && reaches(from, to)) {
                radius = Math.max(radius, path(from, to).size());
            }
        }
        return radius;
    }

    /** The origins valid at one router for a destination. */
    BitSet validOrigins(int at, int destination) {
        BitSet valid = new BitSet();
        for (int origin = 0; origin < routers.size(); origin++) {
            if (origin != at && origin != destination && reaches(origin, destination)) {
                List<Integer> path = path(origin, destination);
                if (path.indexOf(at) >= 0 && path.indexOf(at) < path.size() - 1) {
                    valid.set(origin);
                }
            }
        }
        return valid;
    }
}
