// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.rows;

import io.linkspan.core.RouterCore;
import io.linkspan.core.mesh.Mesh;
import io.linkspan.core.mesh.RouterNode;
import io.linkspan.mesh.KnownRouter;
import io.linkspan.mesh.RouterId;
import io.linkspan.mesh.message.LinkState;
import io.linkspan.mesh.message.MeshMessage;
import io.linkspan.mesh.path.RouteTable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code router.node}: the routers of the network, this one first. Management protocol, 6.4. Confined to the
 * core's loop.
 */
public final class NodeRows {

    /** Valid origins are shown in networks of at most so many routers: they take a path tree for each. */
    public static final int MAX_ROUTERS_WITH_ORIGINS = 256;

    private static final String ADDRESS = "amqp:/_topo/0/";

    private NodeRows() {}

    /** The table; empty on a router that is in no network. */
    public static RowTable of(RouterCore core) {
        return CoreRows.table(
                "router.node",
                core,
                List.of(
                        "name",
                        "identity",
                        "id",
                        "protocolVersion",
                        "instance",
                        "linkState",
                        "nextHop",
                        "validOrigins",
                        "address",
                        "routerLink",
                        "cost",
                        "lastTopoChange",
                        "index"),
                () -> known(core),
                router -> row(core, router));
    }

    private static List<KnownRouter> known(RouterCore core) {
        Mesh mesh = core.mesh();
        return mesh == null ? List.of() : mesh.known();
    }

    /** The addresses of the management agents of the network, our own first. */
    public static List<String> managementNodes(RouterCore core) {
        return known(core).stream()
                .map(router -> ADDRESS + router.id() + "/$management")
                .toList();
    }

    private static @Nullable Object[] row(RouterCore core, KnownRouter router) {
        Mesh mesh = core.mesh();
        if (mesh == null) {
            throw new IllegalStateException("a row of " + router + " without a network");
        }
        boolean self = router.index() == RouteTable.SELF;
        RouterId hop = router.nextHop();
        String name = "router.node/" + router.id();
        boolean neighbor = !self && router.connection() != RouteTable.NO_CONNECTION;
        return new @Nullable Object[] {
            name,
            name,
            router.id().value(),
            (long) MeshMessage.PROTOCOL_VERSION,
            router.instance(),
            peers(router),
            self ? "(self)" : hop == null ? null : hop.value(),
            origins(mesh, router),
            ADDRESS + router.id(),
            neighbor ? (Long) mesh.linkNumber(router.connection()) : null,
            self || router.cost() == Integer.MAX_VALUE ? null : (Long) (long) router.cost(),
            self ? (Long) mesh.lastChangeEpochSeconds() : null,
            (long) router.index()
        };
    }

    private static List<String> peers(KnownRouter router) {
        List<LinkState.Peer> peers = router.peers();
        return peers == null
                ? List.of()
                : peers.stream().map(peer -> peer.id().value()).toList();
    }

    private static List<String> origins(Mesh mesh, KnownRouter router) {
        List<String> origins = new ArrayList<>();
        RouterNode destination = mesh.node(router.index());
        if (destination == null || mesh.known().size() > MAX_ROUTERS_WITH_ORIGINS) {
            return origins;
        }
        for (int index = 1; index < mesh.routes().size(); index++) {
            RouterNode origin = mesh.node(index);
            if (origin != null && origin != destination && mesh.isValid(index, destination)) {
                origins.add(origin.id().value());
            }
        }
        return origins;
    }
}
