// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh;

import io.linkspan.mesh.hello.PeerConnection;
import io.linkspan.mesh.linkstate.LinkStateDatabase;
import io.linkspan.mesh.linkstate.RemoteRouter;
import io.linkspan.mesh.message.Hello;
import io.linkspan.mesh.message.LinkState;
import io.linkspan.mesh.message.LinkStateUpdate;
import io.linkspan.mesh.message.MeshMessage;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The part of a large network that neighbours of other products are told of: ourselves, those neighbours, and as many
 * others as they have numbers for, first come first served; a place that becomes free goes to the next. Confined to the
 * mesh's loop.
 */
final class NarrowedNetwork {

    /** Routers beside ourselves. */
    private static final int PLACES = PeerProduct.OTHER_MAX_ROUTERS - 1;

    private final BitSet shown = new BitSet();

    /** Whether there are more routers than places; one that has just become known has none. */
    boolean isNeeded(LinkStateDatabase database) {
        return database.size() > PeerProduct.OTHER_MAX_ROUTERS;
    }

    /** Fills the places and tells of neighbours for which the network has become too large. */
    void update(LinkStateDatabase database, Collection<PeerConnection> connections, Effects effects) {
        boolean needed = isNeeded(database);
        for (int index = shown.nextSetBit(0); index >= 0; index = shown.nextSetBit(index + 1)) {
            if (database.at(index) == null) {
                shown.clear(index);
            }
        }
        BitSet neighbors = new BitSet();
        for (PeerConnection connection : connections) {
            if (connection.product() == PeerProduct.OTHER) {
                RemoteRouter neighbor = database.find(connection.peer());
                if (neighbor != null && neighbors.cardinality() < PLACES) {
                    neighbors.set(neighbor.index());
                }
                if (connection.sayNarrowed(needed)) {
                    effects.event(new MeshEvent.NetworkNarrowed(
                            connection.peer(), connection.id(), database.size(), PeerProduct.OTHER_MAX_ROUTERS));
                }
            }
        }
        shown.or(neighbors);
        for (int last = shown.length() - 1; last >= 0 && shown.cardinality() > PLACES; last--) {
            if (!neighbors.get(last)) {
                shown.clear(last);
            }
        }
        int used = shown.cardinality();
        for (RemoteRouter router : database.routers()) {
            if (used == PLACES) {
                break;
            }
            if (!shown.get(router.index())) {
                shown.set(router.index());
                used++;
            }
        }
    }

    /** What of a message those neighbours are told; null for nothing. */
    @Nullable
    MeshMessage narrow(MeshMessage message, RouterId self, LinkStateDatabase database) {
        if (message instanceof Hello) {
            return message;
        }
        if (!isShown(message.id(), self, database)) {
            return null;
        }
        if (!(message instanceof LinkStateUpdate update)) {
            return message;
        }
        LinkState state = update.linkState();
        List<LinkState.Peer> peers = new ArrayList<>(state.peers().size());
        for (LinkState.Peer peer : state.peers()) {
            if (isShown(peer.id(), self, database)) {
                peers.add(peer);
            }
        }
        return peers.size() == state.peers().size()
                ? message
                : new LinkStateUpdate(
                        update.id(), update.instance(), new LinkState(state.id(), state.sequence(), peers));
    }

    private boolean isShown(RouterId id, RouterId self, LinkStateDatabase database) {
        RemoteRouter router = database.find(id);
        return id.equals(self) || (router != null && shown.get(router.index()));
    }
}
