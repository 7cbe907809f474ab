// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh.hello;

import io.linkspan.mesh.PeerProduct;
import io.linkspan.mesh.RouterId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The inter-router connections that are up, at most {@code maxConnections}, in the order in which they came. Confined to
 * the mesh's loop. spec sections 2.5 and 7.1.
 */
public final class HelloTable {

    private final Map<Long, PeerConnection> connections = new LinkedHashMap<>();
    private final int maxConnections;
    private final long maxAgeNs;

    /** Starts empty. */
    public HelloTable(int maxConnections, long maxAgeNs) {
        this.maxConnections = maxConnections;
        this.maxAgeNs = maxAgeNs;
    }

    /** A connection is up; false when the table is full. */
    public boolean add(long id, RouterId peer, int cost, PeerProduct product) {
        if (connections.size() >= maxConnections) {
            return false;
        }
        if (connections.putIfAbsent(id, new PeerConnection(id, peer, cost, product)) != null) {
            throw new IllegalStateException("connection " + id + " is up already");
        }
        return true;
    }

    /** A connection is down; null if it was not in the table. */
    public @Nullable PeerConnection remove(long id) {
        return connections.remove(id);
    }

    /** The connection of a number. */
    public @Nullable PeerConnection find(long id) {
        return connections.get(id);
    }

    /** All of them. */
    public Collection<PeerConnection> all() {
        return connections.values();
    }

    /** The routers heard lately, each once. */
    public List<RouterId> seen(long now) {
        Set<RouterId> seen = new LinkedHashSet<>();
        for (PeerConnection connection : connections.values()) {
            if (connection.isHeard(now, maxAgeNs)) {
                seen.add(connection.peer());
            }
        }
        return new ArrayList<>(seen);
    }

    /** The best connection to a router on which both hear each other: of lowest cost, of those the eldest. */
    public @Nullable PeerConnection best(RouterId peer, long now) {
        PeerConnection best = null;
        for (PeerConnection connection : connections.values()) {
            if (connection.peer().equals(peer)
                    && connection.isTwoWay(now, maxAgeNs)
                    && (best == null || connection.cost() < best.cost())) {
                best = connection;
            }
        }
        return best;
    }

    /** Whether another connection of this peer told another start time, and was heard after the given time. */
    public @Nullable PeerConnection contradicting(PeerConnection heard, long since, long now) {
        for (PeerConnection other : connections.values()) {
            if (other != heard
                    && other.peer().equals(heard.peer())
                    && other.instance() != heard.instance()
                    && other.instance() != 0
                    && other.heardAt() > since
                    && other.isHeard(now, maxAgeNs)) {
                return other;
            }
        }
        return null;
    }
}
