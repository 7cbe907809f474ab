// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import io.linkspan.core.RouterCore;
import io.linkspan.core.address.AddressEntity;
import io.linkspan.core.autolink.AutoLink;
import io.linkspan.core.autolink.AutoLinks;
import io.linkspan.core.link.Direction;
import io.linkspan.core.linkroute.LinkRoutes;
import io.linkspan.management.config.AutoLinkSettings;
import io.linkspan.management.config.LinkRouteSettings;
import io.linkspan.management.config.RouterConfiguration;
import io.linkspan.server.log.Log;
import io.linkspan.server.log.LogModule;
import org.jspecify.annotations.Nullable;

/** Makes the configured link routes and autoLinks when the router starts. Confined to the core's loop. */
final class ConfiguredRoutes {
    private final RouterCore core;
    private final Log log;

    ConfiguredRoutes(RouterCore core, Log log) {
        this.core = core;
        this.log = log;
    }

    void create(RouterConfiguration configuration) {
        core.linkRoutes().resumable(configuration.router().allowResumableLinkRoute());
        configuration.linkRoutes().forEach(this::create);
        configuration.autoLinks().forEach(this::create);
    }

    private void create(LinkRouteSettings route) {
        LinkRoutes.Result result = core.linkRoutes()
                .create(new LinkRoutes.Request(
                        route.name(),
                        route.prefix(),
                        route.pattern(),
                        route.direction(),
                        null,
                        route.containerId(),
                        route.connection(),
                        route.addExternalPrefix(),
                        route.delExternalPrefix()));
        if (result instanceof LinkRoutes.Refused refused) {
            log.error(LogModule.ROUTER_CORE, "Error configuring linkRoute '" + route.name() + "': " + refused.text());
        }
    }

    private void create(AutoLinkSettings settings) {
        AutoLinks.Result result = core.autoLinks()
                .create(new AutoLinks.Request(
                        settings.name(),
                        settings.address(),
                        settings.direction(),
                        settings.phase(),
                        settings.containerId(),
                        settings.connection(),
                        settings.externalAddress(),
                        settings.fallback()));
        if (result instanceof AutoLinks.Refused refused) {
            log.error(LogModule.ROUTER_CORE, "Error configuring autoLink '" + settings.name() + "': " + refused.text());
        } else if (result instanceof AutoLinks.Created created && !settings.fallback()) {
            warnOfPhase(created.autoLink());
        }
    }

    /** AUT-02: an autoLink in a phase that no ordinary client uses looks right and moves nothing. */
    private void warnOfPhase(AutoLink autoLink) {
        @Nullable AddressEntity entity = core.entityOf(autoLink.key());
        boolean into = autoLink.direction() == Direction.IN;
        int clients = entity == null ? 0 : into ? entity.egressPhase() : entity.ingressPhase();
        if (autoLink.phase() != clients) {
            log.warning(
                    LogModule.ROUTER_CORE,
                    "autoLink '" + autoLink.name() + "' " + (into ? "writes" : "reads") + " phase " + autoLink.phase()
                            + " of address '" + autoLink.address() + "', whose "
                            + (into ? "receivers read" : "senders write") + " phase " + clients
                            + ": give the address waypoint: yes, or the autoLink phase: " + clients);
        }
    }
}
