// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import io.linkspan.core.RouterCore;
import io.linkspan.core.connection.Connection;
import io.linkspan.core.linkroute.LinkRoute;
import io.linkspan.core.linkroute.LinkRoutes;
import io.linkspan.core.rows.RouteRows;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Source and lifecycle of {@code router.connection.linkRoute}: link routes that a peer makes over its own connection,
 * which alone sees them and with which they end (routing LNK-03; management protocol, 6.3). Confined to the core's loop.
 */
public final class ConnectionLinkRoutes {
    private static final String TYPE = "router.connection.linkRoute";

    private ConnectionLinkRoutes() {}

    /** The routes that the asking connection has made. */
    public static EntitySource source(RouterCore core) {
        return new OfAsker(core, EntitySource.of(TYPE, RouteRows.CONNECTION_LINK_ROUTE_COLUMNS, List::of));
    }

    /** How the asking connection makes and deletes them. */
    public static EntityLifecycle lifecycle(RouterCore core) {
        return new Lifecycle(core, null);
    }

    /** Without a connection there are none. */
    private record OfAsker(RouterCore core, EntitySource none) implements EntitySource {
        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public List<String> attributes() {
            return none.attributes();
        }

        @Override
        public void read(long skip, RowReader reader) {
            none.read(skip, reader);
        }

        @Override
        public EntitySource seenBy(@Nullable Connection asker) {
            return asker == null ? none : EntitySource.of(RouteRows.connectionLinkRoutes(core, asker));
        }
    }

    private record Lifecycle(RouterCore core, @Nullable Connection asker) implements EntityLifecycle {
        @Override
        public EntityLifecycle askedBy(@Nullable Connection newAsker) {
            return new Lifecycle(core, newAsker);
        }

        @Override
        public String type() {
            return TYPE;
        }

        @Override
        public void create(Map<String, @Nullable Object> attributes, Consumer<Outcome> outcome) {
            if (asker == null) {
                outcome.accept(EntityLifecycle.bad("The request has not come over a connection of its own"));
                return;
            }
            Lenient given = new Lenient(attributes);
            String refusal = given.refusedText("pattern");
            if (refusal != null) {
                outcome.accept(EntityLifecycle.bad(refusal));
                return;
            }
            LinkRoutes.Result result = core.linkRoutes()
                    .createOver(asker, given.text("name"), given.text("pattern"), given.text("direction", "dir"));
            RouteLifecycles.created(result, outcome);
        }

        @Override
        public void delete(String identity, Consumer<Outcome> outcome) {
            List<LinkRoute> own = asker == null ? List.of() : core.linkRoutes().of(asker);
            RouteLifecycles.delete(core, own, identity, outcome);
        }
    }
}
