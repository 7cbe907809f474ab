// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the sections of listeners and connectors have in common. */
final class ConnectionRules {
    /** SASL mechanisms that listeners have in this version. */
    static final Set<String> AVAILABLE_MECHANISMS = Set.of("ANONYMOUS");

    private static final Set<String> RESERVED_KEYS =
            Set.of("product", "version", "failover-server-list", "network-host", "port", "scheme", "hostname");

    private ConnectionRules() {}

    static ConnectionSettings read(ConfiguredEntity entity, RouterSettings.Mode mode, Problems problems) {
        Role role = Role.of(entity.text("role"));
        checkRole(entity, role, mode, problems);
        String strip = entity.text("stripAnnotations");
        long maxSessions = entity.integer("maxSessions");
        return new ConnectionSettings(
                role,
                (int) entity.integer("cost"),
                maxFrameSize(entity, problems),
                maxSessions == 0
                        ? ConnectionSettings.MAX_SESSIONS
                        : (int) Math.min(maxSessions, ConnectionSettings.MAX_SESSIONS),
                unlessZero(entity, "maxSessionFrames", Integer.MAX_VALUE),
                (int) entity.integer("idleTimeoutSeconds"),
                strip.equals("in") || strip.equals("both"),
                strip.equals("out") || strip.equals("both"),
                unlessZero(entity, "linkCapacity", ConnectionSettings.DEFAULT_LINK_CAPACITY),
                mechanisms(entity),
                openProperties(entity, role, problems),
                messageLogging(entity),
                Boolean.TRUE.equals(entity.value("protocolTrace")));
    }

    /** {@code none}, {@code all}, or parts between commas; other words are ignored, as the original does. */
    private static Set<String> messageLogging(ConfiguredEntity entity) {
        List<String> words =
                List.of(entity.text("messageLoggingComponents").strip().split("\\s*,\\s*", -1));
        Set<String> parts = new LinkedHashSet<>(ConnectionSettings.MESSAGE_PARTS);
        if (!words.contains("all")) {
            parts.retainAll(words);
        }
        return words.contains("none") ? Set.of() : Collections.unmodifiableSet(parts);
    }

    private static int unlessZero(ConfiguredEntity entity, String attribute, int otherwise) {
        Object value = entity.value(attribute);
        return value instanceof Long number && number != 0 ? (int) (long) number : otherwise;
    }

    private static long maxFrameSize(ConfiguredEntity entity, Problems problems) {
        long size = entity.integer("maxFrameSize");
        if (size < ConnectionSettings.MIN_FRAME_SIZE_BYTES) {
            problems.about(
                    entity,
                    "maxFrameSize",
                    Severity.WARNING,
                    "maxFrameSize " + size + " is below the least that AMQP allows; "
                            + ConnectionSettings.MIN_FRAME_SIZE_BYTES + " is used",
                    "at least " + ConnectionSettings.MIN_FRAME_SIZE_BYTES);
        }
        return Math.max(size, ConnectionSettings.MIN_FRAME_SIZE_BYTES);
    }

    /** qdrouterd.conf(5) listener.role: who may be connected to, by the mode of the router. */
    private static void checkRole(ConfiguredEntity entity, Role role, RouterSettings.Mode mode, Problems problems) {
        boolean router = role == Role.INTER_ROUTER || role == Role.EDGE;
        String message = null;
        if (router && mode == RouterSettings.Mode.STANDALONE) {
            message = "role='standalone' not allowed to connect to or accept connections from other routers.";
        } else if (role == Role.INTER_ROUTER && mode != RouterSettings.Mode.INTERIOR) {
            message = "role='inter-router' only allowed with router mode='interior' for " + entity.name();
        } else if (role == Role.EDGE
                && mode == RouterSettings.Mode.EDGE
                && entity.type().shortName().equals("listener")) {
            message = "role='edge' only allowed with router mode='interior' for " + entity.name();
        }
        if (message != null) {
            problems.about(entity, "role", Severity.FATAL, message, "normal or route-container");
        }
    }

    static List<String> mechanisms(ConfiguredEntity entity) {
        String text = entity.textOrNull("saslMechanisms");
        return text == null || text.isBlank() ? List.of() : List.of(text.strip().split("\\s+", -1));
    }

    /** Warns about mechanisms of the list that this version has not; true if one is left, or none are given. */
    static boolean checkMechanisms(ConfiguredEntity entity, Set<String> available, Problems problems) {
        List<String> given = mechanisms(entity);
        List<String> missing =
                given.stream().filter(name -> !available.contains(name)).toList();
        if (!missing.isEmpty()) {
            problems.about(
                    entity,
                    "saslMechanisms",
                    Severity.WARNING,
                    "SASL " + String.join(" ", missing) + " is not available in this version",
                    String.join(" ", available));
        }
        return given.isEmpty() || missing.size() < given.size();
    }

    @SuppressWarnings("unchecked") // A value of type properties is a map with text keys, see ValueType.
    private static Map<String, @Nullable Object> openProperties(ConfiguredEntity entity, Role role, Problems problems) {
        Object value = entity.value("openProperties");
        if (value == null) {
            return Map.of();
        }
        if (role == Role.INTER_ROUTER || role == Role.EDGE) {
            problems.about(
                    entity,
                    "openProperties",
                    Severity.FATAL,
                    "openProperties not allowed for role " + role.tag(),
                    "no openProperties");
        }
        Map<String, @Nullable Object> properties = (Map<String, @Nullable Object>) value;
        for (String key : properties.keySet()) {
            if (RESERVED_KEYS.contains(key) || key.startsWith("qd.") || key.startsWith("x-opt-qd.")) {
                problems.about(
                        entity,
                        "openProperties",
                        Severity.FATAL,
                        "Reserved key '" + key + "' not allowed in openProperties",
                        "another key");
            }
        }
        return properties;
    }

    /** The number of the port; of one that is none the problem is told and -1 returned. */
    static int portNumber(ConfiguredEntity entity, Severity severity, Surroundings surroundings, Problems problems) {
        String port = entity.text("port");
        OptionalInt number = Ports.number(port, surroundings);
        if (number.isEmpty()) {
            problems.about(
                    entity,
                    "port",
                    severity,
                    "port '" + port + "' is neither a port number nor a known service",
                    "0 to 65535, amqp, amqps or a name from /etc/services");
        }
        return number.orElse(-1);
    }
}
