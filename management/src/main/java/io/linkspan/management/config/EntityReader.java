// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import io.linkspan.management.schema.AttributeType;
import io.linkspan.management.schema.Conversion;
import io.linkspan.management.schema.EntityType;
import io.linkspan.management.schema.Schema;
import io.linkspan.management.schema.ValueType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes entities of sections by the schema: names, types, required, unique and deprecated attributes. */
final class EntityReader {
    /** Types that have attributes in the schema, but that the original cannot make from a file. */
    private static final Set<String> WITHOUT_IMPLEMENTATION = Set.of("connection", "vhostUserGroupSettings");

    /** Types of which a value out of range stops the start, as it does in the original. */
    private static final Set<String> STRICT_RANGES = Set.of("policy", "vhost", "mqtt");

    private final Schema schema;
    private final Problems problems;
    private final List<ConfiguredEntity> entities = new ArrayList<>();
    private final Map<EntityType, Integer> unnamed = new HashMap<>();

    private EntityReader(Schema schema, Problems problems) {
        this.schema = schema;
        this.problems = problems;
    }

    static List<ConfiguredEntity> read(List<Section> sections, Schema schema, Problems problems) {
        EntityReader reader = new EntityReader(schema, problems);
        for (Section section : sections) {
            reader.readSection(section);
        }
        reader.checkUnique();
        return reader.entities;
    }

    /** Reads one section of a type that is known, as management gives it; an entity, or none if it is wrong. */
    static List<ConfiguredEntity> readOne(Section section, EntityType type, Schema schema, Problems problems) {
        EntityReader reader = new EntityReader(schema, problems);
        ConfiguredEntity entity = reader.readEntity(section, type);
        return entity == null ? List.of() : List.of(entity);
    }

    private void readSection(Section section) {
        String name = Section.camelCase(section.name());
        EntityType type = schema.section(name);
        if (type == null) {
            problems.about(
                    section,
                    Severity.FATAL,
                    "No such entity type '" + Schema.PREFIX + name + "'",
                    "router, listener, connector, sslProfile, address, log, policy, mqtt or another entity type");
        } else if (type.is(EntityType.Word.ADAPTOR)) {
            problems.about(
                    section,
                    Severity.WARNING,
                    name + " belongs to the protocol adaptors of releases 1.16 to 1.18 and does nothing",
                    "");
        } else if (type.is(EntityType.Word.ABSTRACT) || WITHOUT_IMPLEMENTATION.contains(type.shortName())) {
            problems.about(
                    section,
                    Severity.FATAL,
                    "Can't find implementation '" + name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1)
                            + "Entity' for '" + type.longName() + "'",
                    "");
        } else if (isAdaptorLog(type, section)) {
            problems.about(
                    section,
                    Severity.WARNING,
                    "this log module belongs to the protocol adaptors of releases 1.16 to 1.18 and does nothing",
                    "");
        } else {
            ConfiguredEntity entity = readEntity(section, type);
            if (entity != null && !isOperational(type)) {
                entities.add(entity);
            }
        }
    }

    private boolean isOperational(EntityType type) {
        return type.isA(schema.type("operationalEntity")) || type.shortName().equals("dummy");
    }

    private static boolean isAdaptorLog(EntityType type, Section section) {
        return type.shortName().equals("log")
                && section.attributes().stream()
                        .anyMatch(a -> Section.camelCase(a.name()).equals("module")
                                && (a.value().equals("TCP_ADAPTOR") || a.value().equals("HTTP_ADAPTOR")));
    }

    /** The entity of a section; null if it has to be left out. */
    private @Nullable ConfiguredEntity readEntity(Section section, EntityType type) {
        if (type.is(EntityType.Word.LATER) || isOperational(type)) {
            problems.about(
                    section,
                    Severity.WARNING,
                    type.shortName() + " is recognised but not acted upon by this version",
                    "");
        }
        ConfiguredEntity entity = new ConfiguredEntity(type, section);
        boolean sound = true;
        Map<String, SectionAttribute> given = lastOfEach(section);
        for (Map.Entry<String, SectionAttribute> attribute : given.entrySet()) {
            sound &= readAttribute(entity, attribute.getKey(), attribute.getValue(), given.keySet());
        }
        if (section.damaged()) {
            return null;
        }
        checkRequired(entity, given.keySet());
        name(entity);
        return sound ? entity : null;
    }

    /** The attributes by their name in camel case; of equal ones the last. */
    private Map<String, SectionAttribute> lastOfEach(Section section) {
        Map<String, SectionAttribute> attributes = new LinkedHashMap<>();
        for (SectionAttribute attribute : section.attributes()) {
            SectionAttribute before = attributes.put(Section.camelCase(attribute.name()), attribute);
            if (before != null) {
                problems.about(
                        section,
                        attribute,
                        Severity.WARNING,
                        "given before on line " + before.line() + "; the last one counts",
                        "");
            }
        }
        return attributes;
    }

    /** Reads one attribute; false if the entity has to be left out because of it. */
    private boolean readAttribute(ConfiguredEntity entity, String given, SectionAttribute source, Set<String> all) {
        EntityType type = entity.type();
        String name = given;
        String current = type.currentName(given);
        if (current != null) {
            if (all.contains(current)) {
                fatal(
                        entity,
                        source,
                        "Both '" + given + "' and '" + current + "' cannot be specified for entity '" + type.shortName()
                                + "'",
                        "one of them");
                return true;
            }
            warn(
                    entity,
                    source,
                    "Attribute '" + given + "' of entity '" + type.shortName() + "' has been deprecated. Use '"
                            + current + "' instead");
            name = current;
        }
        AttributeType attribute = type.attribute(name);
        if (attribute == null || name.equals("type")) {
            fatal(entity, source, type + ": Unknown attribute '" + given + "' for '" + type + "'", known(type, given));
            return true;
        }
        SectionAttribute shown = attribute.is(AttributeType.Word.HIDDEN) ? source.hidden() : source;
        Conversion conversion = attribute.type().convert(source.value());
        if (conversion instanceof Conversion.Refused refused) {
            String message = shown.secret() ? "not a text" : refused.message();
            fatal(entity, shown, type + ": " + message, refused.expected());
        } else if (conversion instanceof Conversion.Converted converted) {
            return take(entity, attribute, converted.value(), shown);
        }
        return true;
    }

    private boolean take(ConfiguredEntity entity, AttributeType attribute, Object value, SectionAttribute source) {
        AttributeType.Range range = attribute.range();
        if (range != null && value instanceof Long number && !range.contains(number)) {
            return outOfRange(entity, attribute, range, source);
        }
        boolean differs = !value.equals(attribute.defaultValue());
        if (attribute.is(AttributeType.Word.UNAVAILABLE) && differs) {
            fatal(entity, source, attribute.name() + " is not available in this version", defaultOf(attribute));
        } else if (attribute.is(AttributeType.Word.LATER) && differs) {
            warn(entity, source, attribute.name() + " is recognised but not acted upon by this version");
        } else if (attribute.is(AttributeType.Word.DEPRECATED)) {
            warn(
                    entity,
                    source,
                    "Attribute '" + attribute.name() + "' of entity '"
                            + entity.type().shortName() + "' has been deprecated");
        }
        entity.put(attribute.name(), value, source);
        return true;
    }

    private boolean outOfRange(
            ConfiguredEntity entity, AttributeType attribute, AttributeType.Range range, SectionAttribute source) {
        String message = entity.type() + ": " + attribute.name() + " " + source.shown() + " is out of range";
        String expected = "an integer, " + range;
        if (STRICT_RANGES.contains(entity.type().shortName())) {
            fatal(entity, source, message, expected);
            return true;
        }
        boolean dropEntity = entity.type().key().startsWith("router.config.");
        problems.about(
                entity.section(),
                source,
                Severity.ERROR,
                message
                        + (dropEntity
                                ? "; the " + entity.type().shortName() + " is left out"
                                : "; the default is used"),
                expected);
        return !dropEntity;
    }

    private static String defaultOf(AttributeType attribute) {
        return attribute.defaultValue() == null ? "no " + attribute.name() : String.valueOf(attribute.defaultValue());
    }

    /** The attribute that differs in letter case alone, or nothing. */
    private static String known(EntityType type, String given) {
        return type.attributes().stream()
                .map(AttributeType::name)
                .filter(name -> name.equalsIgnoreCase(given) && !name.equals("type"))
                .findFirst()
                .orElse("");
    }

    private void checkRequired(ConfiguredEntity entity, Set<String> given) {
        EntityType type = entity.type();
        for (AttributeType attribute : type.attributes()) {
            boolean absent = !given.contains(attribute.name())
                    && (attribute.deprecatedName() == null || !given.contains(attribute.deprecatedName()));
            boolean required = attribute.is(AttributeType.Word.REQUIRED)
                    && !attribute.name().equals("type");
            boolean named = attribute.name().equals("name") && type.is(EntityType.Word.NAMED);
            if (absent && (required || named)) {
                problems.about(
                        entity.section(),
                        Severity.FATAL,
                        type + ": Missing required attribute '" + attribute.name() + "'",
                        attribute.name() + ": VALUE");
            }
        }
    }

    /** Gives the entity the name and identity that the original would. */
    private void name(ConfiguredEntity entity) {
        EntityType type = entity.type();
        String given = entity.isGiven("name") ? entity.text("name") : null;
        String prefix = type.shortName() + '/';
        String identity =
                switch (type.shortName()) {
                    case "listener", "connector" ->
                        prefix + entity.text("host") + ':' + entity.text("port") + (given == null ? "" : ":" + given);
                    case "router" -> prefix + entity.textOrNull("id");
                    case "log" -> prefix + entity.textOrNull("module");
                    case "vhost" -> prefix + entity.textOrNull("hostname");
                    case "policy", "console" -> prefix + "None";
                    case "sslProfile", "authServicePlugin", "mqtt" -> prefix + given;
                    default -> prefix + (given == null ? unnamed.merge(type, 1, Integer::sum) - 1 : given);
                };
        if (entity.isGiven("identity")) {
            identity = entity.text("identity");
        }
        entity.identify(given == null ? identity : given, identity);
    }

    private void checkUnique() {
        Map<String, ConfiguredEntity> names = new HashMap<>();
        Map<String, ConfiguredEntity> identities = new HashMap<>();
        Map<EntityType, ConfiguredEntity> singletons = new HashMap<>();
        for (ConfiguredEntity entity : entities) {
            if (entity.type().is(EntityType.Word.SINGLETON)) {
                ConfiguredEntity first = singletons.putIfAbsent(entity.type(), entity);
                if (first != null) {
                    problems.about(
                            entity.section(),
                            Severity.FATAL,
                            "Adding " + entity.type() + " singleton " + shown(entity) + " when " + shown(first)
                                    + " already exists on line " + first.line(),
                            "one " + entity.type().shortName());
                    continue;
                }
            }
            ConfiguredEntity sameName = names.putIfAbsent(entity.name(), entity);
            ConfiguredEntity sameIdentity = identities.putIfAbsent(entity.identity(), entity);
            if (sameName != null) {
                duplicate(entity, "name", entity.name(), sameName);
            } else if (sameIdentity != null) {
                duplicate(entity, "identity", entity.identity(), sameIdentity);
            }
        }
    }

    private void duplicate(ConfiguredEntity entity, String attribute, String value, ConfiguredEntity first) {
        problems.about(
                entity.section(),
                entity.source(attribute),
                Severity.FATAL,
                "adding " + shown(entity) + " duplicates unique attribute '" + attribute + "' from existing "
                        + shown(first) + " on line " + first.line(),
                "a " + attribute + " other than " + ValueType.quoted(value));
    }

    /** The attributes that were given, for messages. */
    private static String shown(ConfiguredEntity entity) {
        StringBuilder out = new StringBuilder("{");
        for (AttributeType attribute : entity.type().attributes()) {
            SectionAttribute source = entity.source(attribute.name());
            if (source != null) {
                out.append(out.length() > 1 ? ", " : "")
                        .append(attribute.name())
                        .append(": ")
                        .append(source.shown());
            }
        }
        return out.append('}').toString();
    }

    private void fatal(ConfiguredEntity entity, @Nullable SectionAttribute source, String message, String expected) {
        problems.about(entity.section(), source, Severity.FATAL, message, expected);
    }

    private void warn(ConfiguredEntity entity, SectionAttribute source, String message) {
        problems.about(entity.section(), source, Severity.WARNING, message, "");
    }
}
