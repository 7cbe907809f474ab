// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh.path;

import org.jspecify.annotations.Nullable;

/**
 * For which origins a router may send a copy towards a destination: those whose own shortest-path tree has the router on
 * the path. A message that keeps to it never turns back and reaches each destination once. spec section 7.3.
 *
 * <p>The tree of an origin is computed when it is first asked for in a generation of the {@link RouteTable} and kept for
 * that generation: a bit per destination, at most size x size / 8 bytes. Confined to one loop; each loop has its own.
 */
public final class ValidOrigins {

    private final PathTree tree = new PathTree();
    private @Nullable RouteTable routes;
    private long[] @Nullable [] through = {};
    private long treesComputed;

    /**
     * Whether a copy that entered the network at one router may be sent by us towards another.
     *
     * @param table the table of now
     * @param origin index of the router where the message entered; {@link RouteTable#SELF} is always valid, {@link
     *     RouteTable#UNKNOWN} and a router out of reach never
     * @param destination index of a remote router; never valid while it is out of reach
     */
    public boolean isValid(RouteTable table, int origin, int destination) {
        if (origin == RouteTable.SELF) {
            return true;
        }
        if (origin == RouteTable.UNKNOWN || !table.isReachable(origin) || !table.isReachable(destination)) {
            return false;
        }
        long[] destinations = destinationsOf(table, origin);
        return (destinations[destination >> 6] & 1L << destination) != 0;
    }

    /**
     * The destinations for which an origin is valid, as a set of bits by index (bit 0 of word 0 is ourselves and never
     * set). Not to be changed; good for this generation.
     */
    public long[] destinationsOf(RouteTable table, int origin) {
        if (routes != table) {
            routes = table;
            through = new long[table.size()][];
        }
        long[] known = through[origin];
        if (known == null) {
            known = compute(table.topology(), origin);
            through[origin] = known;
        }
        return known;
    }

    /** Trees computed so far, over all generations. */
    public long treesComputed() {
        return treesComputed;
    }

    private long[] compute(Topology graph, int origin) {
        treesComputed++;
        long[] bits = new long[(graph.size() + 63) >> 6];
        if (graph.routers[origin] == null) {
            return bits;
        }
        tree.compute(graph, origin);
        for (int n = 1; n < tree.reached(); n++) {
            int router = tree.settled(n);
            int before = tree.previous(router);
            if (before == RouteTable.SELF || (bits[before >> 6] & 1L << before) != 0) {
                bits[router >> 6] |= 1L << router;
            }
        }
        return bits;
    }
}
