// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import io.linkspan.management.config.ConfiguredEntity;
import io.linkspan.management.schema.AttributeType;
import io.linkspan.management.schema.EntityType;
import io.linkspan.management.schema.Schema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What has to happen so that a running router has the entities of a file: deletions first, what others depend on last;
 * then changes; then creations, what others depend on first. Immutable.
 *
 * @param steps what has to happen, in order
 * @param notes what cannot be compared
 */
record ConfigurationPlan(List<Step> steps, List<String> notes) {
    /** Types in the order in which their entities are made. */
    private static final List<String> TYPES = List.of(
            "sslProfile",
            "authServicePlugin",
            "mqtt",
            "vhost",
            "log",
            "listener",
            "address",
            "exchange",
            "binding",
            "linkRoute",
            "autoLink",
            "connector");

    /** Types of which there is one entity, which management cannot change. */
    private static final List<String> FIXED = List.of("router", "policy");

    /** Attributes that say which entity it is, where that is not the name. */
    private static final Map<String, List<String>> KEYS = Map.of(
            "address", List.of("pattern"),
            "log", List.of("module"),
            "linkRoute", List.of("pattern", "direction", "connection", "containerId"),
            "autoLink", List.of("address", "direction", "phase", "externalAddress", "connection", "containerId"),
            "binding", List.of("exchangeName", "bindingKey", "nextHopAddress", "nextHopPhase"));

    /** What a step does. */
    enum Kind {
        DELETE("-"),
        REPLACE("~"),
        UPDATE("~"),
        CREATE("+"),
        RESTART("!");

        private final String sign;

        Kind(String sign) {
            this.sign = sign;
        }
    }

    /**
     * One value that differs.
     *
     * @param running what the router has; null for nothing
     * @param wanted what the file has; null for nothing
     */
    record Difference(@Nullable Object running, @Nullable Object wanted) {}

    /**
     * One thing to do.
     *
     * @param name of the entity for people
     * @param identity of the running entity; null for one that is to be made
     * @param given the attributes of a new entity as the file has them
     * @param was the attributes of the running entity that can be set
     * @param differences the values that differ, by attribute
     */
    record Step(
            Kind kind,
            EntityType type,
            String name,
            @Nullable String identity,
            Map<String, Object> given,
            Map<String, Object> was,
            Map<String, Difference> differences) {
        /** The step in a line, and a line for each value. */
        String text() {
            StringBuilder text = new StringBuilder(kind.sign + " " + type.shortName() + " " + name);
            text.append(kind == Kind.RESTART ? " (needs a restart)\n" : kind == Kind.REPLACE ? " (made anew)\n" : "\n");
            if (kind == Kind.CREATE) {
                given.forEach((attribute, value) -> text.append("    ")
                        .append(attribute)
                        .append(": ")
                        .append(shown(type.attribute(attribute), value))
                        .append('\n'));
            }
            differences.forEach((attribute, difference) -> text.append("    ")
                    .append(attribute)
                    .append(": ")
                    .append(shown(type.attribute(attribute), difference.running()))
                    .append(" -> ")
                    .append(shown(type.attribute(attribute), difference.wanted()))
                    .append('\n'));
            return text.toString();
        }

        private static String shown(@Nullable AttributeType attribute, @Nullable Object value) {
            if (value == null) {
                return "(none)";
            }
            boolean hidden = attribute != null && attribute.is(AttributeType.Word.HIDDEN);
            return hidden ? "*******" : value instanceof String text ? text : PythonText.repr(value);
        }
    }

    /** Compares the entities of a file with those of a router. */
    static ConfigurationPlan of(List<ConfiguredEntity> file, ManagementClient router) {
        Making making = new Making(file, router);
        FIXED.forEach(making::compareFixed);
        TYPES.forEach(making::compare);
        List<Step> steps = new ArrayList<>(making.fixed);
        for (int i = making.deletions.size() - 1; i >= 0; i--) {
            steps.add(making.deletions.get(i));
        }
        steps.addAll(making.others);
        return new ConfigurationPlan(List.copyOf(steps), List.copyOf(making.notes));
    }

    /** The comparison under way. */
    private static final class Making {
        private final Schema schema = Schema.standard();
        private final List<ConfiguredEntity> file;
        private final ManagementClient router;
        private final List<Step> fixed = new ArrayList<>();
        private final List<Step> deletions = new ArrayList<>();
        private final List<Step> others = new ArrayList<>();
        private final Set<String> notes = new LinkedHashSet<>();

        Making(List<ConfiguredEntity> file, ManagementClient router) {
            this.file = file;
            this.router = router;
        }

        private List<Map<String, Object>> running(EntityType type) {
            return router.query(type.longName(), List.of(), ManagementClient.UNLIMITED).rows().stream()
                    .map(QueryResult.Row::attributes)
                    .toList();
        }

        private List<ConfiguredEntity> wanted(EntityType type) {
            return file.stream().filter(entity -> entity.type() == type).toList();
        }

        void compareFixed(String typeName) {
            EntityType type = schema.type(typeName);
            List<Map<String, Object>> running = running(type);
            List<ConfiguredEntity> wanted = wanted(type);
            if (running.isEmpty() || wanted.isEmpty()) {
                return;
            }
            Map<String, Object> now = running.get(0);
            Map<String, Difference> differences = new LinkedHashMap<>();
            for (AttributeType attribute : type.attributes()) {
                // The router tells some of its attributes alone; of the others nothing can be said.
                boolean told = now.containsKey(attribute.name()) && attribute.is(AttributeType.Word.CREATE);
                ConfiguredEntity entity = wanted.get(0);
                if (told
                        && (entity.isGiven(attribute.name())
                                || !attribute.name().equals("id"))) {
                    differ(differences, attribute.name(), now.get(attribute.name()), entity.value(attribute.name()));
                }
            }
            remove(differences, "name", "type", "identity");
            if (!differences.isEmpty()) {
                fixed.add(new Step(
                        Kind.RESTART, type, String.valueOf(now.get("name")), null, Map.of(), Map.of(), differences));
            }
        }

        void compare(String typeName) {
            EntityType type = schema.type(typeName);
            Map<List<Object>, Map<String, Object>> left = new LinkedHashMap<>();
            for (Map<String, Object> entity : running(type)) {
                left.put(key(type, normal(type, entity), String.valueOf(entity.get("name"))), entity);
            }
            for (ConfiguredEntity entity : wanted(type)) {
                Map<String, Object> values = new LinkedHashMap<>();
                for (AttributeType attribute : type.attributes()) {
                    Object value = isName(attribute) ? null : entity.value(attribute.name());
                    if (value != null) {
                        values.put(attribute.name(), value);
                    }
                }
                Map<String, Object> want = normal(type, values);
                Map<String, Object> have = left.remove(key(type, want, entity.name()));
                if (have == null) {
                    others.add(creation(type, entity));
                } else {
                    compare(type, entity, want, have);
                }
            }
            if (typeName.equals("log")) {
                left.values().forEach(entity -> reset(type, entity));
            } else {
                left.values().forEach(entity -> deletions.add(step(Kind.DELETE, type, entity, Map.of(), Map.of())));
            }
        }

        /** There is a log of every module; one that the file does not have is to be as if it had never been changed. */
        private void reset(EntityType type, Map<String, Object> entity) {
            Map<String, Difference> differences = new LinkedHashMap<>();
            for (AttributeType attribute : type.attributes()) {
                if (attribute.is(AttributeType.Word.UPDATE)) {
                    differ(differences, attribute.name(), entity.get(attribute.name()), null);
                }
            }
            if (!differences.isEmpty()) {
                others.add(step(Kind.UPDATE, type, entity, Map.of(), differences));
            }
        }

        private void compare(
                EntityType type, ConfiguredEntity entity, Map<String, Object> want, Map<String, Object> have) {
            Map<String, Object> now = normal(type, have);
            Map<String, Difference> differences = new LinkedHashMap<>();
            Set<String> told = new LinkedHashSet<>();
            type.columns().forEach(column -> told.add(column.name()));
            for (AttributeType attribute : type.attributes()) {
                String name = attribute.name();
                boolean settable = attribute.is(AttributeType.Word.CREATE) || attribute.is(AttributeType.Word.UPDATE);
                if (!settable || isName(attribute) || !told.contains(name)) {
                    continue;
                }
                if (attribute.is(AttributeType.Word.HIDDEN)) {
                    if (entity.isGiven(name)) {
                        notes.add("the " + name + " of " + type.shortName() + " " + entity.name()
                                + " cannot be compared: the router does not show it");
                    }
                    continue;
                }
                Object running = now.getOrDefault(name, attribute.defaultValue());
                differ(differences, name, running, want.getOrDefault(name, attribute.defaultValue()));
            }
            if (differences.isEmpty()) {
                return;
            }
            boolean updates = type.allows("UPDATE")
                    && differences.keySet().stream()
                            .map(type::attribute)
                            .allMatch(a -> a != null && a.is(AttributeType.Word.UPDATE));
            others.add(step(updates ? Kind.UPDATE : Kind.REPLACE, type, have, given(entity), differences));
        }

        private static void differ(
                Map<String, Difference> differences, String name, @Nullable Object running, @Nullable Object wanted) {
            if (!Objects.equals(plain(running), plain(wanted))) {
                differences.put(name, new Difference(running, wanted));
            }
        }

        private static void remove(Map<String, Difference> differences, String... names) {
            for (String name : names) {
                differences.remove(name);
            }
        }

        private static Step creation(EntityType type, ConfiguredEntity entity) {
            return new Step(Kind.CREATE, type, named(type, entity), null, given(entity), Map.of(), Map.of());
        }

        private static String named(EntityType type, ConfiguredEntity entity) {
            String prefix = type.shortName() + "/";
            return entity.name().startsWith(prefix) ? entity.name().substring(prefix.length()) : entity.name();
        }

        private static Map<String, Object> given(ConfiguredEntity entity) {
            Map<String, Object> given = new LinkedHashMap<>(entity.given());
            given.remove("identity");
            return given;
        }

        private static Step step(
                Kind kind,
                EntityType type,
                Map<String, Object> running,
                Map<String, Object> given,
                Map<String, Difference> differences) {
            Map<String, Object> was = new LinkedHashMap<>();
            for (AttributeType attribute : type.attributes()) {
                Object value = running.get(attribute.name());
                boolean shown = value != null && !attribute.is(AttributeType.Word.HIDDEN);
                boolean named = attribute.name().equals("name") && !Objects.equals(value, running.get("identity"));
                if (shown && attribute.is(AttributeType.Word.CREATE) && (named || !isName(attribute))) {
                    was.put(attribute.name(), value);
                }
            }
            Object name = running.get("name") == null ? running.get("identity") : running.get("name");
            String text = String.valueOf(name);
            String prefix = type.shortName() + "/";
            return new Step(
                    kind,
                    type,
                    text.startsWith(prefix) ? text.substring(prefix.length()) : text,
                    String.valueOf(running.get("identity")),
                    given,
                    was,
                    differences);
        }

        private static boolean isName(AttributeType attribute) {
            return switch (attribute.name()) {
                case "name", "identity", "type" -> true;
                default -> false;
            };
        }

        private static List<Object> key(EntityType type, Map<String, Object> values, String name) {
            List<String> attributes = KEYS.get(type.shortName());
            if (attributes == null) {
                return List.of(name);
            }
            List<Object> key = new ArrayList<>();
            attributes.forEach(attribute -> key.add(plain(values.getOrDefault(attribute, ""))));
            return key;
        }

        /** An entity in one of the ways in which it may be written: no prefix but its pattern, and both phases. */
        private static Map<String, Object> normal(EntityType type, Map<String, Object> values) {
            Map<String, Object> normal = new LinkedHashMap<>(values);
            if (normal.remove("prefix") instanceof String prefix) {
                normal.put("pattern", trimmed(prefix) + "/#");
            } else if (normal.get("pattern") instanceof String pattern) {
                normal.put("pattern", trimmed(pattern));
            }
            if (normal.get("pattern") instanceof String pattern) {
                normal.put("pattern", pattern.replace('.', '/'));
            }
            if (type.shortName().equals("address")) {
                boolean waypoint = Boolean.TRUE.equals(normal.remove("waypoint"));
                normal.putIfAbsent("ingressPhase", 0L);
                normal.putIfAbsent("egressPhase", waypoint ? 1L : 0L);
                normal.putIfAbsent("priority", -1L);
            }
            return normal;
        }

        private static String trimmed(String text) {
            return text.replaceAll("^[./]+|[./]+$", "");
        }

        private static Object plain(@Nullable Object value) {
            return value instanceof Number number && !(value instanceof Double)
                    ? (Object) number.longValue()
                    : value instanceof Map || value instanceof List ? PythonText.repr(value) : String.valueOf(value);
        }
    }
}
