// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import io.linkspan.core.RouterCore;
import io.linkspan.core.autolink.AutoLink;
import io.linkspan.core.autolink.AutoLinks;
import io.linkspan.core.linkroute.LinkRoute;
import io.linkspan.core.linkroute.LinkRoutes;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The lifecycles of link routes and autoLinks, which the core keeps; its rules and texts apply (management protocol,
 * 6.3). Confined to the core's loop.
 */
public final class RouteLifecycles {
    private RouteLifecycles() {}

    /** Those of a core. */
    public static List<EntityLifecycle> of(RouterCore core) {
        return List.of(new OfLinkRoutes(core), new OfAutoLinks(core));
    }

    /** What became of a request for a link route. */
    static void created(LinkRoutes.Result result, Consumer<EntityLifecycle.Outcome> outcome) {
        if (result instanceof LinkRoutes.Created created) {
            outcome.accept(EntityLifecycle.done(Long.toString(created.route().identity())));
        } else if (result instanceof LinkRoutes.Refused refused) {
            outcome.accept(EntityLifecycle.bad(refused.text()));
        }
    }

    /** Deletes one of these link routes. */
    static void delete(
            RouterCore core, Collection<LinkRoute> among, String identity, Consumer<EntityLifecycle.Outcome> outcome) {
        for (LinkRoute route : List.copyOf(among)) {
            if (Long.toString(route.identity()).equals(identity)) {
                core.linkRoutes().delete(route);
                outcome.accept(EntityLifecycle.done(identity));
                return;
            }
        }
        outcome.accept(EntityLifecycle.gone());
    }

    private record OfLinkRoutes(RouterCore core) implements EntityLifecycle {
        @Override
        public String type() {
            return "router.config.linkRoute";
        }

        @Override
        public void create(Map<String, @Nullable Object> attributes, Consumer<Outcome> outcome) {
            Lenient given = new Lenient(attributes);
            String refusal = given.refusedText("prefix", "pattern");
            if (refusal != null) {
                outcome.accept(EntityLifecycle.bad(refusal));
                return;
            }
            LinkRoutes.Result result = core.linkRoutes()
                    .create(new LinkRoutes.Request(
                            given.text("name"),
                            given.text("prefix"),
                            given.text("pattern"),
                            given.text("direction", "dir"),
                            given.text("distribution"),
                            given.text("containerId"),
                            given.text("connection"),
                            given.text("addExternalPrefix"),
                            given.text("delExternalPrefix")));
            created(result, outcome);
        }

        @Override
        public void delete(String identity, Consumer<Outcome> outcome) {
            RouteLifecycles.delete(core, core.linkRoutes().all(), identity, outcome);
        }
    }

    private record OfAutoLinks(RouterCore core) implements EntityLifecycle {
        @Override
        public String type() {
            return "router.config.autoLink";
        }

        @Override
        public void create(Map<String, @Nullable Object> attributes, Consumer<Outcome> outcome) {
            Lenient given = new Lenient(attributes);
            AutoLinks.Result result = core.autoLinks()
                    .create(new AutoLinks.Request(
                            given.text("name"),
                            given.text("address", "addr"),
                            given.text("direction", "dir"),
                            given.integer("phase"),
                            given.text("containerId"),
                            given.text("connection"),
                            given.text("externalAddress", "externalAddr"),
                            given.flag("fallback")));
            if (result instanceof AutoLinks.Created created) {
                outcome.accept(
                        EntityLifecycle.done(Long.toString(created.autoLink().identity())));
            } else if (result instanceof AutoLinks.Refused refused) {
                outcome.accept(EntityLifecycle.bad(refused.text()));
            }
        }

        @Override
        public void delete(String identity, Consumer<Outcome> outcome) {
            for (AutoLink autoLink : List.copyOf(core.autoLinks().all())) {
                if (Long.toString(autoLink.identity()).equals(identity)) {
                    core.autoLinks().delete(autoLink);
                    outcome.accept(EntityLifecycle.done(identity));
                    return;
                }
            }
            outcome.accept(EntityLifecycle.gone());
        }
    }
}
