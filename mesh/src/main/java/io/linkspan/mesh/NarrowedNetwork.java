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
 * The part of a large network that neighbours of other products are told of: ourselves, the neighbour, and as many others
 * as it has numbers for, first come first served; a place that becomes free goes to the next. Confined to the mesh's loop.
 */
final class NarrowedNetwork {

    /** Others beside ourselves and the neighbour. */
    private static final int PLACES = PeerProduct.OTHER_MAX_ROUTERS - 2;

    private final BitSet shown = new BitSet();
    private boolean active;

    /** Whether there are more routers than places. */
    boolean isActive() {
        return active;
    }

    /** Fills the places and tells of neighbours for which the network has become too large. */
    void update(LinkStateDatabase database, Collection<PeerConnection> connections, Effects effects) {
        active = database.size() > PeerProduct.OTHER_MAX_ROUTERS;
        for (int index = shown.nextSetBit(0); index >= 0; index = shown.nextSetBit(index + 1)) {
            if (database.at(index) == null) {
                shown.clear(index);
            }
        }
        int used = shown.cardinality();
        if (used < PLACES) {
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
        for (PeerConnection connection : connections) {
            if (connection.product() == PeerProduct.OTHER && connection.sayNarrowed(active)) {
                effects.event(new MeshEvent.NetworkNarrowed(
                        connection.peer(), connection.id(), database.size(), PeerProduct.OTHER_MAX_ROUTERS));
            }
        }
    }

    @Nullable
    MeshMessage narrow(MeshMessage message, RouterId neighbor, RouterId self, LinkStateDatabase database) {
        if (message instanceof Hello) {
            return message;
        }
        if (!isShown(message.id(), neighbor, self, database)) {
            return null;
        }
        if (!(message instanceof LinkStateUpdate update)) {
            return message;
        }
        LinkState state = update.linkState();
        List<LinkState.Peer> peers = new ArrayList<>(state.peers().size());
        for (LinkState.Peer peer : state.peers()) {
            if (isShown(peer.id(), neighbor, self, database)) {
                peers.add(peer);
            }
        }
        return peers.size() == state.peers().size()
                ? message
                : new LinkStateUpdate(
                        update.id(), update.instance(), new LinkState(state.id(), state.sequence(), peers));
    }

    private boolean isShown(RouterId id, RouterId neighbor, RouterId self, LinkStateDatabase database) {
        if (id.equals(self) || id.equals(neighbor)) {
            return true;
        }
        RemoteRouter router = database.find(id);
        return router != null && shown.get(router.index());
    }
}
