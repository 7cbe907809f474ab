// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh;

import io.linkspan.mesh.message.MeshMessage;
import io.linkspan.mesh.message.Treatment;
import io.linkspan.mesh.path.RouteTable;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link MeshNode} wants done. Called from inside of its methods, on its loop; an implementation must not call
 * back into the node. Messages are immutable and may be encoded later; the same instance given several times in a row
 * (HELLO) needs to be encoded once only.
 */
public interface Effects {

    /** Sends on the control link of this connection, to {@code amqp:/_local/qdhello}; only HELLO comes here. */
    void sendToNeighbor(long connection, MeshMessage message);

    /**
     * Sends to one router, {@code _topo/0/<id>/qdrouter} (LSR, LSU) or {@code .../qdrouter.ma} (MAU, MAR), on the control
     * link of {@link RouteTable#nextHop(int)}. Called for reachable routers only.
     */
    void sendToRouter(RouterId router, MeshMessage message);

    /**
     * Sends to all routers, {@code _topo/0/all/qdrouter} (RA) or {@code .../qdrouter.ma} (MAU): one copy on each of
     * {@link RouteTable#floodConnections()}.
     */
    void flood(MeshMessage message);

    /** Paths, costs, radius or the set of routers changed. The table is immutable and may be published to other loops. */
    void routesChanged(RouteTable routes);

    /** A router became known under this index (at least 1). It need not be reachable yet. */
    void routerAppeared(RouterId router, int index);

    /** A router is forgotten; its index may be given to another. Its mobile addresses were removed before. */
    void routerGone(RouterId router, int index);

    /**
     * A remote router has this address now.
     *
     * @param index the router's index
     * @param key class letter, for class M a phase, text
     * @param hint the treatment at the other end; null if it gave none. Counts only when the address is created here and
     *     no configuration says otherwise. spec section 8
     */
    void mobileAddressAdded(int index, String key, @Nullable Treatment hint);

    /** A remote router does not have this address any more, or is out of reach. */
    void mobileAddressRemoved(int index, String key);

    /** Something an operator or a log wants to know. */
    void event(MeshEvent event);
}
