// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh.path;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.mesh.RouterId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PathEngineTest {

    /** A graph by names; the first name computes. The connection to a neighbour has the number of its index. */
    private static final class Network {
        private final List<RouterId> ids = new ArrayList<>();
        private final Map<RouterId, Integer> indices = new HashMap<>();
        private final List<Map<Integer, Integer>> edges = new ArrayList<>();
        private final List<Integer> silent = new ArrayList<>();

        Network(String... names) {
            for (String name : names) {
                RouterId id = new RouterId(name);
                indices.put(id, ids.size());
                ids.add(id);
                edges.add(new TreeMap<>());
            }
        }

        Network link(String a, String b, int cost) {
            return edge(a, b, cost).edge(b, a, cost);
        }

        Network edge(String from, String to, int cost) {
            edges.get(index(from)).put(index(to), cost);
            return this;
        }

        /** The router has told nothing yet. */
        Network silent(String name) {
            silent.add(index(name));
            return this;
        }

        int index(String name) {
            return ids.indexOf(new RouterId(name));
        }

        RouteTable compute() {
            int size = ids.size();
            int[][] heads = new int[size][];
            int[][] costs = new int[size][];
            long[] connections = new long[size];
            Arrays.fill(connections, RouteTable.NO_CONNECTION);
            for (int i = 0; i < size; i++) {
                if (!silent.contains(i)) {
                    heads[i] = edges.get(i).keySet().stream()
                            .mapToInt(Integer::intValue)
                            .toArray();
                    costs[i] = edges.get(i).values().stream()
                            .mapToInt(Integer::intValue)
                            .toArray();
                }
            }
            for (int neighbor : edges.get(0).keySet()) {
                connections[neighbor] = neighbor;
            }
            @Nullable RouterId[] routers = ids.toArray(new RouterId[0]);
            return new PathEngine(ids.get(0)).compute(routers, indices, heads, costs, connections);
        }

        String hop(RouteTable table, String to) {
            int hop = table.nextHopRouter(index(to));
            return hop == RouteTable.UNKNOWN ? "none" : ids.get(hop).value();
        }

        List<String> origins(RouteTable table, String destination) {
            ValidOrigins origins = new ValidOrigins();
            List<String> valid = new ArrayList<>();
            for (int i = 1; i < ids.size(); i++) {
                if (origins.isValid(table, i, index(destination))) {
                    valid.add(ids.get(i).value());
                }
            }
            valid.sort(null);
            return valid;
        }
    }

    private static Network five(String self) {
        List<String> names = new ArrayList<>(List.of("R1", "R2", "R3", "R4", "R5"));
        names.remove(self);
        names.add(0, self);
        return new Network(names.toArray(new String[0]))
                .link("R1", "R2", 1)
                .link("R2", "R3", 1)
                .link("R1", "R3", 3)
                .link("R3", "R4", 2)
                .link("R2", "R4", 4)
                .link("R4", "R5", 1)
                .link("R1", "R5", 5);
    }

    @Test
    @DisplayName(
            "7.3: R1 of the network of five reaches R4 by R2 at cost 4 and R5 directly at cost 5, as the real one did")
    void nextHopsAndCostsOfTheNetworkOfFive() {
        Network five = five("R1");
        RouteTable table = five.compute();

        assertThat(five.hop(table, "R4")).isEqualTo("R2");
        assertThat(table.cost(five.index("R4"))).isEqualTo(4);
        assertThat(five.hop(table, "R5")).isEqualTo("R5");
        assertThat(table.cost(five.index("R5"))).isEqualTo(5);
        assertThat(five.hop(table, "R2")).isEqualTo("R2");
        assertThat(five.hop(table, "R3")).isEqualTo("R2");
        assertThat(table.cost(five.index("R3"))).isEqualTo(2);
        assertThat(table.radius()).isEqualTo(3);
        assertThat(table.floodConnections()).containsExactlyInAnyOrder(five.index("R2"), five.index("R5"));
    }

    @Test
    @DisplayName("7.3: valid origins at R3 of the network of five are those of the real router")
    void validOriginsOfTheNetworkOfFive() {
        Network five = five("R3");
        RouteTable table = five.compute();

        assertThat(five.origins(table, "R1")).containsExactly("R4");
        assertThat(five.origins(table, "R2")).containsExactly("R4", "R5");
        assertThat(five.origins(table, "R4")).containsExactly("R1", "R2");
        assertThat(five.origins(table, "R5")).containsExactly("R2");
    }

    @Test
    @DisplayName("7.3: the longest way counts paths of equal cost that others take and we do not")
    void theOtherEndMayTakeALongerWayOfEqualCost() {
        String[] names = {"A", "X1", "P1", "Q1", "R1", "M", "X2", "P2", "Q2", "R2", "B"};
        Network away = squares(names);
        RouteTable from = away.compute();
        assertThat(from.radius()).isEqualTo(5);
        assertThat(from.longestWay()).isEqualTo(8);

        List<String> turned = new ArrayList<>(List.of(names));
        Collections.reverse(turned);
        RouteTable back = squares(turned.toArray(new String[0])).compute();
        assertThat(back.radius()).as("B to A").isEqualTo(8);
        assertThat(back.longestWay()).isEqualTo(8);
    }

    /** Between A and M, and between M and B: two hops and four hops of the same cost. */
    private static Network squares(String... names) {
        return new Network(names)
                .link("A", "X1", 1)
                .link("X1", "M", 3)
                .link("A", "P1", 1)
                .link("P1", "Q1", 1)
                .link("Q1", "R1", 1)
                .link("R1", "M", 1)
                .link("M", "X2", 1)
                .link("X2", "B", 3)
                .link("M", "P2", 1)
                .link("P2", "Q2", 1)
                .link("Q2", "R2", 1)
                .link("R2", "B", 1);
    }

    @Test
    @DisplayName("7.3: we are always valid for ourselves; who is not known or out of reach never is, nor towards there")
    void originsAtTheEnds() {
        Network line = new Network("B", "A", "C", "D").link("A", "B", 1).link("B", "C", 1);
        RouteTable table = line.compute();
        ValidOrigins origins = new ValidOrigins();

        assertThat(origins.isValid(table, RouteTable.SELF, line.index("C"))).isTrue();
        assertThat(origins.isValid(table, line.index("A"), line.index("C"))).isTrue();
        assertThat(origins.isValid(table, line.index("C"), line.index("C"))).isFalse();
        assertThat(origins.isValid(table, RouteTable.UNKNOWN, line.index("C"))).isFalse();
        assertThat(origins.isValid(table, line.index("D"), line.index("C"))).isFalse();
        assertThat(origins.isValid(table, line.index("A"), line.index("D"))).isFalse();
    }

    @Test
    @DisplayName("7.3: of two paths of equal cost the one found from the lower id is kept, whatever the indices")
    void tiesAreBrokenByIdsAndNotByIndices() {
        Network ascending = new Network("A", "B", "C", "Z")
                .link("A", "B", 1)
                .link("A", "C", 1)
                .link("B", "Z", 1)
                .link("C", "Z", 1);
        Network descending = new Network("A", "C", "B", "Z")
                .link("A", "B", 1)
                .link("A", "C", 1)
                .link("B", "Z", 1)
                .link("C", "Z", 1);

        assertThat(ascending.hop(ascending.compute(), "Z")).isEqualTo("B");
        assertThat(descending.hop(descending.compute(), "Z")).isEqualTo("B");
    }

    @Test
    @DisplayName("7.3: a lower cost settles a predecessor before a lower id does")
    void costComesBeforeId() {
        Network network = new Network("A", "B", "C", "Z")
                .link("A", "B", 2)
                .link("A", "C", 1)
                .link("B", "Z", 1)
                .link("C", "Z", 2);

        assertThat(network.hop(network.compute(), "Z")).isEqualTo("C");
    }

    @Test
    @DisplayName("7.3: an edge told by one side only is used in that direction")
    void anEdgeOfOneSideIsUsedInItsDirection() {
        Network out = new Network("A", "B", "C").link("A", "B", 1).edge("B", "C", 7);
        Network back = new Network("A", "B", "C").link("A", "B", 1).edge("C", "B", 7);

        assertThat(out.compute().cost(out.index("C"))).isEqualTo(8);
        assertThat(back.compute().isReachable(back.index("C"))).isFalse();
        assertThat(back.compute().cost(back.index("C"))).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    @DisplayName("7.3: a router that told nothing has an edge of cost 1 back to the lowest id that names it")
    void aSilentRouterHasAStubBack() {
        Network network = new Network("M", "B", "C", "S")
                .link("M", "B", 5)
                .link("M", "C", 5)
                .edge("C", "S", 3)
                .edge("B", "S", 3)
                .silent("S");
        RouteTable table = network.compute();

        assertThat(network.hop(table, "S")).isEqualTo("B");
        // From S the stub leads to B only, and so over us to C; C itself reaches B over the stub and not over us.
        assertThat(network.origins(table, "C")).containsExactly("B", "S");
        assertThat(network.origins(table, "B")).isEmpty();
    }

    @Test
    void aRouterThatNobodyNamesIsOutOfReach() {
        Network network = new Network("A", "B", "X").link("A", "B", 1).silent("X");
        RouteTable table = network.compute();

        assertThat(table.isReachable(network.index("X"))).isFalse();
        assertThat(table.nextHop(network.index("X"))).isEqualTo(RouteTable.NO_CONNECTION);
        assertThat(table.reachable()).isEqualTo(1);
    }

    @Test
    void costsBeyondTheRangeOfIntDoNotWrap() {
        Network network =
                new Network("A", "B", "C").link("A", "B", Integer.MAX_VALUE).link("B", "C", Integer.MAX_VALUE);
        RouteTable table = network.compute();

        assertThat(table.isReachable(network.index("C"))).isTrue();
        assertThat(table.cost(network.index("C"))).isEqualTo(Integer.MAX_VALUE - 1);
    }

    @Test
    void aTreeOfAnOriginIsComputedWhenFirstAskedForInAGeneration() {
        Network five = five("R3");
        ValidOrigins origins = new ValidOrigins();
        RouteTable table = five.compute();

        origins.isValid(table, five.index("R1"), five.index("R4"));
        origins.isValid(table, five.index("R1"), five.index("R5"));
        assertThat(origins.treesComputed()).isEqualTo(1);
        origins.isValid(five.compute(), five.index("R1"), five.index("R4"));
        assertThat(origins.treesComputed()).isEqualTo(2);
    }

    @Test
    void anIndexThatIsNewerThanTheTableIsOutOfReach() {
        RouteTable table = new Network("A", "B").link("A", "B", 1).compute();

        assertThat(table.isReachable(2)).isFalse();
        assertThat(table.router(2)).isNull();
        assertThat(new ValidOrigins().isValid(table, 2, 1)).isFalse();
        assertThat(new ValidOrigins().isValid(table, 1, 2)).isFalse();
    }
}
