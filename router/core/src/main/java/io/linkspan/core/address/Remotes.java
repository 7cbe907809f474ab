// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

import io.linkspan.core.mesh.Mesh;
import io.linkspan.core.mesh.Neighbor;
import io.linkspan.core.mesh.RouterNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The other routers that have an address, and the choice among them. Routing, chapter 3, the remote part.
 *
 * <p>A choice leaves its result in {@link #chosen()} and {@link #chosenLoad()}, so that choosing makes no object. Confined
 * to the core's loop.
 */
public final class Remotes {

    private static final RouterNode[] NONE = {};

    private RouterNode[] nodes = NONE;
    private NeighborLoad[] loads = {};
    private final List<NeighborLoad> known = new ArrayList<>(1);
    private RouterNode[] cheapest = NONE;
    private int turn;
    private long generation = -1;
    private @Nullable RouterNode chosen;
    private @Nullable NeighborLoad chosenLoad;

    /** Whether no other router has the address. */
    public boolean isEmpty() {
        return nodes.length == 0;
    }

    /** The routers, by their index. Not to be changed. */
    public RouterNode[] nodes() {
        return nodes;
    }

    void add(RouterNode node) {
        int at = 0;
        while (at < nodes.length && nodes[at].index() < node.index()) {
            at++;
        }
        RouterNode[] more = new RouterNode[nodes.length + 1];
        System.arraycopy(nodes, 0, more, 0, at);
        more[at] = node;
        System.arraycopy(nodes, at, more, at + 1, nodes.length - at);
        nodes = more;
        generation = -1;
    }

    boolean remove(RouterNode node) {
        RouterNode[] less = Arrays.stream(nodes).filter(other -> other != node).toArray(RouterNode[]::new);
        boolean removed = less.length < nodes.length;
        nodes = less;
        generation = -1;
        return removed;
    }

    /** Makes these the routers: those of {@code exact}, and more. Nothing changes when they are the same. */
    void become(@Nullable Remotes exact, Collection<RouterNode> more) {
        Map<Integer, RouterNode> wanted = new TreeMap<>();
        if (exact != null) {
            List.of(exact.nodes).forEach(node -> wanted.put(node.index(), node));
        }
        more.forEach(node -> wanted.put(node.index(), node));
        RouterNode[] now = wanted.values().toArray(NONE);
        if (!Arrays.equals(nodes, now)) {
            nodes = now;
            generation = -1;
        }
    }

    boolean contains(RouterNode node) {
        return Arrays.asList(nodes).contains(node);
    }

    /** Who is cheapest and whose deliveries count together follows the paths (routing DST-13, DST-26). */
    private void refresh(Mesh mesh) {
        if (generation == mesh.routes().generation()) {
            return;
        }
        generation = mesh.routes().generation();
        int least = Integer.MAX_VALUE;
        for (RouterNode node : nodes) {
            if (node.nextHop() != null) {
                least = Math.min(least, node.cost());
            }
        }
        int cost = least;
        cheapest = Arrays.stream(nodes)
                .filter(node -> node.nextHop() != null && node.cost() == cost)
                .toArray(RouterNode[]::new);
        turn = 0;
        known.removeIf(load -> load.count() == 0);
        loads = new NeighborLoad[nodes.length];
        for (int i = 0; i < nodes.length; i++) {
            Neighbor hop = nodes[i].nextHop();
            if (hop != null) {
                loads[i] = loadOf(hop);
            }
        }
    }

    private NeighborLoad loadOf(Neighbor neighbor) {
        for (NeighborLoad load : known) {
            if (load.neighbor() == neighbor) {
                return load;
            }
        }
        NeighborLoad load = new NeighborLoad(neighbor);
        known.add(load);
        return load;
    }

    /** The router the last choice fell on; null when it fell on none. */
    public @Nullable RouterNode chosen() {
        return chosen;
    }

    /** What is outstanding on the way to it, if such deliveries are counted. */
    public @Nullable NeighborLoad chosenLoad() {
        return chosenLoad;
    }

    /** Deliveries of this address that are outstanding at neighbours. */
    public long outstanding() {
        long sum = 0;
        for (NeighborLoad load : known) {
            sum += load.count();
        }
        return sum;
    }

    /** The routers of the least cost in turn (routing DST-12 to DST-14). */
    public void chooseClosest(Mesh mesh) {
        refresh(mesh);
        chosenLoad = null;
        if (cheapest.length == 0) {
            chosen = null;
            return;
        }
        if (turn >= cheapest.length) {
            turn = 0;
        }
        chosen = cheapest[turn++];
    }

    /**
     * The router with the least value, if that is less than what this router's own receivers offer (routing DST-20 to
     * DST-25).
     *
     * @param origin where the message came in
     * @param eligibleValue the least value of a local receiver below its capacity, or {@code Integer.MAX_VALUE}
     * @param ineligibleValue the least of one that is not, likewise
     * @return false when no router was chosen
     */
    boolean chooseLightest(Mesh mesh, int origin, int eligibleValue, int ineligibleValue) {
        refresh(mesh);
        int eligible = -1;
        int ineligible = -1;
        int least = eligibleValue;
        int leastIneligible = ineligibleValue;
        for (int i = 0; i < nodes.length; i++) {
            NeighborLoad load = loads[i];
            if (load == null || !mesh.isValid(origin, nodes[i])) {
                continue;
            }
            int value = load.count() + nodes[i].cost();
            if (load.count() < load.neighbor().connection().linkCapacity()) {
                if (value < least) {
                    least = value;
                    eligible = i;
                }
            } else if (value < leastIneligible) {
                leastIneligible = value;
                ineligible = i;
            }
        }
        int best = eligible >= 0 || eligibleValue < Integer.MAX_VALUE ? eligible : ineligible;
        chosen = best < 0 ? null : nodes[best];
        chosenLoad = best < 0 ? null : loads[best];
        return best >= 0;
    }
}
