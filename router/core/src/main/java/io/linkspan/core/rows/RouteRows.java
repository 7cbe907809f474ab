// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.rows;

import io.linkspan.core.RouterCore;
import io.linkspan.core.autolink.AutoLink;
import io.linkspan.core.connection.Connection;
import io.linkspan.core.linkroute.LinkRoute;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tables of link routes and autoLinks. Management protocol, 6.3. Confined to the core's loop. */
public final class RouteRows {

    /** The columns of {@link #connectionLinkRoutes}. */
    public static final List<String> CONNECTION_LINK_ROUTE_COLUMNS =
            List.of("name", "identity", "pattern", "direction", "containerId");

    private RouteRows() {}

    /** Type {@code router.config.linkRoute}. */
    public static RowTable linkRoutes(RouterCore core) {
        return CoreRows.table(
                "router.config.linkRoute",
                core,
                List.of(
                        "name",
                        "identity",
                        "prefix",
                        "distribution",
                        "connection",
                        "containerId",
                        "direction",
                        "dir",
                        "operStatus",
                        "pattern",
                        "addExternalPrefix",
                        "delExternalPrefix"),
                () -> core.linkRoutes().all(),
                route -> linkRoute(core, route));
    }

    /** The values of one link route, in the order of {@link #linkRoutes}. */
    public static @Nullable Object[] linkRoute(RouterCore core, LinkRoute route) {
        return new @Nullable Object[] {
            route.name(),
            String.valueOf(route.identity()),
            route.prefix(),
            "linkBalanced",
            route.connection(),
            route.containerId(),
            route.direction().toString(),
            route.direction().toString(),
            core.linkRoutes().isActive(route) ? "active" : "inactive",
            route.pattern(),
            route.addExternalPrefix(),
            route.delExternalPrefix()
        };
    }

    /** Type {@code router.config.autoLink}. */
    public static RowTable autoLinks(RouterCore core) {
        return CoreRows.table(
                "router.config.autoLink",
                core,
                List.of(
                        "name",
                        "identity",
                        "address",
                        "addr",
                        "direction",
                        "dir",
                        "phase",
                        "connection",
                        "containerId",
                        "externalAddress",
                        "externalAddr",
                        "linkRef",
                        "operStatus",
                        "lastError",
                        "fallback"),
                () -> core.autoLinks().all(),
                RouteRows::autoLink);
    }

    /** The values of one autoLink, in the order of {@link #autoLinks}. */
    public static @Nullable Object[] autoLink(AutoLink autoLink) {
        long link = autoLink.linkIdentity();
        return new @Nullable Object[] {
            autoLink.name(),
            String.valueOf(autoLink.identity()),
            autoLink.address(),
            autoLink.address(),
            autoLink.direction().toString(),
            autoLink.direction().toString(),
            autoLink.phase(),
            autoLink.connection(),
            autoLink.containerId(),
            autoLink.externalAddress(),
            autoLink.externalAddress(),
            link < 0 ? null : String.valueOf(link),
            autoLink.state().toString(),
            autoLink.lastError(),
            autoLink.fallback()
        };
    }

    /** Type {@code router.connection.linkRoute}: those of one connection, which alone sees them (LNK-03). */
    public static RowTable connectionLinkRoutes(RouterCore core, Connection owner) {
        return CoreRows.table(
                "router.connection.linkRoute",
                core,
                CONNECTION_LINK_ROUTE_COLUMNS,
                () -> core.linkRoutes().of(owner),
                route -> new @Nullable Object[] {
                    route.name(),
                    String.valueOf(route.identity()),
                    route.pattern(),
                    route.direction().toString(),
                    owner.facts().container()
                });
    }
}
