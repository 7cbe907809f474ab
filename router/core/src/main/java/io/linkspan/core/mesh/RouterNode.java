// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.mesh;

import io.linkspan.core.connection.Connection;
import io.linkspan.core.linkroute.RemoteContainers;
import io.linkspan.mesh.RouterId;
import org.jspecify.annotations.Nullable;

/** Another router of the network, and the way to it. Confined to the core's loop. */
public final class RouterNode implements RemoteContainers {

    private final RouterId id;
    private final int index;
    private @Nullable Neighbor nextHop;
    private int cost = Integer.MAX_VALUE;
    private long ignoredKeys;
    private @Nullable SeenCopies seenCopies;

    /** @param seenCopies what of its messages came before it was known, or null */
    RouterNode(RouterId id, int index, @Nullable SeenCopies seenCopies) {
        this.id = id;
        this.index = index;
        this.seenCopies = seenCopies;
    }

    /** The router. */
    public RouterId id() {
        return id;
    }

    /** Its number among those this router knows, at least 1; it orders choices among equals (routing DST-12, DST-22). */
    public int index() {
        return index;
    }

    /** The connection deliveries to it leave by; null when it is out of reach. */
    public @Nullable Neighbor nextHop() {
        return nextHop;
    }

    @Override
    public @Nullable Connection way() {
        Neighbor by = nextHop;
        return by == null ? null : by.connection();
    }

    /** The cost of the path, at least 1. */
    @Override
    public int cost() {
        return cost;
    }

    /** One more key of it is not taken; how many there are. */
    long countIgnoredKey() {
        return ++ignoredKeys;
    }

    /** What of its numbered messages for many has come; null for nothing. */
    @Nullable
    SeenCopies seenCopies() {
        return seenCopies;
    }

    /** Whether a numbered message for many from this router comes for the first time; it is remembered. */
    boolean isFirstCopy(long number) {
        SeenCopies seen = seenCopies;
        if (seen == null) {
            seen = new SeenCopies();
            seenCopies = seen;
        }
        return seen.add(number);
    }

    void path(@Nullable Neighbor by, int newCost) {
        nextHop = by;
        cost = newCost;
    }

    @Override
    public String toString() {
        return id + " (" + index + ")";
    }
}
