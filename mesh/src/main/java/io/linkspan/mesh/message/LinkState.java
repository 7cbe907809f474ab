// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh.message;

import io.linkspan.mesh.RouterId;
import java.util.List;

/**
 * The neighbours of one router and the cost it sees to each, as that router tells it.
 *
 * @param id the router
 * @param sequence number of this state; a greater one replaces it
 * @param peers the neighbours, in no particular order
 */
public record LinkState(RouterId id, long sequence, List<Peer> peers) {

    /**
     * A directed edge to a neighbour.
     *
     * @param id the neighbour
     * @param cost at least 1 in a state that is taken
     */
    public record Peer(RouterId id, int cost) {}

    /** Keeps a copy of the list. */
    public LinkState {
        peers = List.copyOf(peers);
    }
}
