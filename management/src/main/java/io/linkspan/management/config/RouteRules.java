// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes the settings of link routes and autoLinks of their sections. One that is wrong is left out and told; the
 * original leaves it out too, with a line in its log.
 */
final class RouteRules {
    private final Problems problems;

    RouteRules(Problems problems) {
        this.problems = problems;
    }

    Optional<LinkRouteSettings> linkRoute(ConfiguredEntity route) {
        boolean prefixed = route.isGiven("prefix");
        boolean right = route.isGiven("direction"); // That it is missing has been told.
        if (prefixed == route.isGiven("pattern")) {
            right &= wrong(
                    route,
                    "prefix",
                    prefixed
                            ? "Cannot specify both a 'prefix' and a 'pattern' attribute"
                            : "Either a 'prefix' or 'pattern' attribute must be provided",
                    "prefix: TEXT or pattern: TEXT");
        } else if (AddressRules.withoutSeparatorsAround(route.text(prefixed ? "prefix" : "pattern"))
                .isEmpty()) {
            right &= wrong(
                    route,
                    prefixed ? "prefix" : "pattern",
                    (prefixed ? "Prefix" : "Pattern") + " invalid - no tokens",
                    "at least one level beside / and .");
        }
        right &= namesOneContainer(route);
        if (!right) {
            return Optional.empty();
        }
        return Optional.of(new LinkRouteSettings(
                route.name(),
                route.textOrNull("prefix"),
                route.textOrNull("pattern"),
                route.text("direction"),
                route.textOrNull("containerId"),
                route.textOrNull("connection"),
                route.textOrNull("addExternalPrefix"),
                route.textOrNull("delExternalPrefix")));
    }

    Optional<AutoLinkSettings> autoLink(ConfiguredEntity autoLink) {
        boolean complete = autoLink.isGiven("address") && autoLink.isGiven("direction");
        boolean oneContainer = namesOneContainer(autoLink); // Asked in any case: it tells what is wrong.
        boolean right = complete && oneContainer;
        if (complete && autoLink.text("address").isEmpty()) {
            right = wrong(autoLink, "address", "address and direction fields are mandatory", "an address");
        }
        if (!right) {
            return Optional.empty();
        }
        return Optional.of(new AutoLinkSettings(
                autoLink.name(),
                autoLink.text("address"),
                autoLink.text("direction"),
                phase(autoLink),
                autoLink.textOrNull("containerId"),
                autoLink.textOrNull("connection"),
                autoLink.textOrNull("externalAddress"),
                autoLink.flag("fallback")));
    }

    private static @Nullable Integer phase(ConfiguredEntity autoLink) {
        return autoLink.value("phase") instanceof Long number ? (int) (long) number : null;
    }

    /** LNK-01, AUT-01: at most one of both names; with none it is kept and never active. */
    private boolean namesOneContainer(ConfiguredEntity entity) {
        if (entity.isGiven("connection") && entity.isGiven("containerId")) {
            return wrong(
                    entity,
                    "containerId",
                    "Error configuring linkRoute: Both connection and containerId cannot be specified. Specify only one",
                    "connection or containerId");
        }
        if (!entity.isGiven("connection") && !entity.isGiven("containerId")) {
            problems.about(
                    entity,
                    "connection",
                    Severity.WARNING,
                    "neither connection nor containerId is given: it is never active",
                    "connection: NAME or containerId: ID");
        }
        return true;
    }

    private boolean wrong(ConfiguredEntity entity, String attribute, String message, String expected) {
        problems.about(entity, attribute, Severity.ERROR, message, expected);
        return false;
    }
}
