// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import io.linkspan.management.schema.AttributeType;
import io.linkspan.management.schema.EntityType;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One entity of a configuration file, its values checked and converted by the schema. Immutable once it is read.
 *
 * <p>Values have the types of {@link io.linkspan.management.schema.Conversion}: String, Long, Boolean, Map, List.
 */
public final class ConfiguredEntity {
    private final EntityType type;
    private final Section section;
    private final Map<String, Object> values = new LinkedHashMap<>();
    private final Map<String, SectionAttribute> sources = new LinkedHashMap<>();
    private String name = "";
    private String identity = "";

    ConfiguredEntity(EntityType type, Section section) {
        this.type = type;
        this.section = section;
    }

    /** An entity that is not in the file and has all defaults. */
    static ConfiguredEntity absent(EntityType type) {
        return new ConfiguredEntity(type, new Section(type.shortName(), 0));
    }

    void put(String attribute, Object value, SectionAttribute source) {
        values.put(attribute, value);
        sources.put(attribute, source);
    }

    /** Leaves a value out, so that the default stands. */
    void drop(String attribute) {
        values.remove(attribute);
    }

    void identify(String newName, String newIdentity) {
        name = newName;
        identity = newIdentity;
    }

    /** Its type. */
    public EntityType type() {
        return type;
    }

    /** Its name: as configured, or the one the original makes. */
    public String name() {
        return name;
    }

    /** Its identity, unique among all entities. */
    public String identity() {
        return identity;
    }

    /** Line it begins on; 0 if it is not in the file. */
    public int line() {
        return section.line();
    }

    Section section() {
        return section;
    }

    /** Where an attribute is given; null if it is not. */
    @Nullable
    SectionAttribute source(String attribute) {
        return sources.get(attribute);
    }

    /** True if the file gives the attribute, with a value that is taken. */
    public boolean isGiven(String attribute) {
        return values.containsKey(attribute);
    }

    /** The value given, or the default; null if there is neither. */
    public @Nullable Object value(String attribute) {
        Object given = values.get(attribute);
        if (given != null) {
            return given;
        }
        AttributeType attributeType = type.attribute(attribute);
        if (attributeType == null) {
            throw new IllegalStateException(type + " has no attribute " + attribute);
        }
        return attributeType.defaultValue();
    }

    /** The values that are given, by attribute; defaults are not among them. */
    public Map<String, Object> given() {
        return Collections.unmodifiableMap(values);
    }

    @Nullable
    String textOrNull(String attribute) {
        return (String) value(attribute);
    }

    /** The text of an attribute that has one. */
    public String text(String attribute) {
        return (String) Objects.requireNonNull(value(attribute), attribute);
    }

    long integer(String attribute) {
        return (Long) Objects.requireNonNull(value(attribute), attribute);
    }

    boolean flag(String attribute) {
        return (Boolean) Objects.requireNonNull(value(attribute), attribute);
    }

    /**
     * All attributes that have a value, in the order of the schema, defaults included, with name, identity and the long
     * name of the type. Hidden ones are masked.
     */
    public Map<String, Object> attributes() {
        Map<String, Object> all = new LinkedHashMap<>();
        for (AttributeType attribute : type.attributes()) {
            Object value =
                    switch (attribute.name()) {
                        case "name" -> name;
                        case "identity" -> identity;
                        case "type" -> type.longName();
                        default -> value(attribute.name());
                    };
            if (value != null) {
                all.put(attribute.name(), attribute.is(AttributeType.Word.HIDDEN) ? SectionAttribute.MASK : value);
            }
        }
        return Collections.unmodifiableMap(all);
    }
}
