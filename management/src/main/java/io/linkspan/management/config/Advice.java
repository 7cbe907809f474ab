// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import java.util.List;
import java.util.Optional;

/** What {@code check} has to say about a configuration that is right. */
final class Advice {
    private final Problems problems;

    Advice(Problems problems) {
        this.problems = problems;
    }

    void add(RouterConfiguration configuration) {
        if (configuration.listeners().isEmpty() && configuration.connectors().isEmpty()) {
            add(0, "", "", "there is no listener and no connector: nobody can reach this router", "a listener");
        }
        slashesBesideDots(configuration);
        autoLinksWithoutWaypoint(configuration);
        containersThatNobodyIs(configuration);
        unusedProfiles(configuration);
    }

    private static List<ConfiguredEntity> of(RouterConfiguration configuration, String type) {
        return configuration.entities().stream()
                .filter(entity -> entity.type().shortName().equals(type))
                .toList();
    }

    /** AUT-02: an autoLink into the router writes phase 1, which only the receivers of a waypoint read. */
    private void autoLinksWithoutWaypoint(RouterConfiguration configuration) {
        for (ConfiguredEntity autoLink : of(configuration, "autoLink")) {
            if (!autoLink.isGiven("address") || !"in".equals(autoLink.value("direction")) || fallback(autoLink)) {
                continue;
            }
            long phase = autoLink.value("phase") instanceof Long given ? given : 1;
            String address = autoLink.text("address");
            if (phase > 0
                    && configuration.addresses().stream().noneMatch(a -> a.egressPhase() > 0 && covers(a, address))) {
                problems.about(
                        autoLink,
                        "address",
                        Severity.ADVICE,
                        "this autoLink writes phase " + phase + " of " + address + ", which no receiver reads: it never"
                                + " gets credit",
                        "an address section for it with waypoint: yes, or phase: 0 here");
            }
        }
    }

    private static boolean fallback(ConfiguredEntity autoLink) {
        return Boolean.TRUE.equals(autoLink.value("fallback"));
    }

    /** True if the address belongs to the entity, as far as plain prefixes tell; patterns get the benefit of doubt. */
    private static boolean covers(AddressSettings settings, String address) {
        String prefix = settings.prefix();
        if (prefix == null) {
            return true;
        }
        String plain = AddressRules.withoutSeparatorsAround(address).replace('.', '/');
        String wanted = prefix.replace('.', '/');
        return plain.equals(wanted) || plain.startsWith(wanted + "/");
    }

    /** A route to a connection that no connector and no listener has the name of is never active. */
    private void containersThatNobodyIs(RouterConfiguration configuration) {
        for (String type : List.of("linkRoute", "autoLink")) {
            for (ConfiguredEntity route : of(configuration, type)) {
                String connection = route.textOrNull("connection");
                boolean known = connection == null
                        || configuration.connectors().stream()
                                .anyMatch(c -> c.name().equals(connection))
                        || configuration.listeners().stream()
                                .anyMatch(l -> l.name().equals(connection));
                if (!known) {
                    problems.about(
                            route,
                            "connection",
                            Severity.ADVICE,
                            "there is no connector and no listener named " + connection + ": this " + type
                                    + " is never active",
                            "the name of a connector or listener of role route-container");
                }
                if (connection == null && route.textOrNull("containerId") == null) {
                    problems.about(
                            route,
                            "containerId",
                            Severity.ADVICE,
                            "this " + type + " names neither connection nor containerId: it is never active",
                            "one of them");
                }
            }
        }
    }

    private void unusedProfiles(RouterConfiguration configuration) {
        for (ConfiguredEntity profile : of(configuration, "sslProfile")) {
            boolean used = configuration.entities().stream()
                    .filter(entity -> entity.type().attribute("sslProfile") != null)
                    .anyMatch(entity -> profile.name().equals(entity.textOrNull("sslProfile")));
            if (!used) {
                problems.about(profile, "name", Severity.ADVICE, "no section refers to this sslProfile", "");
            }
        }
    }

    /** With the default translation of topics an address with slashes is a topic with %2F, which is seldom meant. */
    private void slashesBesideDots(RouterConfiguration configuration) {
        Optional<ListenerSettings> dotted = configuration.listeners().stream()
                .filter(listener -> listener.accepts(Protocol.MQTT)
                        && listener.mqtt().topics().separator() == '.')
                .findFirst();
        if (dotted.isEmpty()) {
            return;
        }
        for (ConfiguredEntity entity : configuration.entities()) {
            if (!entity.type().shortName().equals("address")) {
                continue;
            }
            String attribute = entity.isGiven("prefix") ? "prefix" : "pattern";
            String address = AddressRules.withoutSeparatorsAround(entity.text(attribute));
            if (address.indexOf('/') >= 0) {
                problems.about(
                        entity,
                        attribute,
                        Severity.ADVICE,
                        "MQTT clients of " + dotted.get().name() + " reach address " + address + " as topic "
                                + address.replace("/", "%2F").replace('.', '/'),
                        "dots in the address, or an mqttProfile with profile: identity");
            }
        }
    }

    private void add(int line, String section, String attribute, String message, String expected) {
        problems.add(new Problem(Severity.ADVICE, problems.file(), line, section, attribute, "", message, expected));
    }
}
