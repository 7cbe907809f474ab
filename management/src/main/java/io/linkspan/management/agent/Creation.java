// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import io.linkspan.management.config.ConfiguredEntity;
import io.linkspan.management.schema.AttributeType;
import io.linkspan.management.schema.Conversion;
import io.linkspan.management.schema.EntityType;
import io.linkspan.management.schema.Schema;
import io.linkspan.management.schema.ValueType;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What can be wrong with the attributes of a CREATE, in the original's words. */
final class Creation {
    private Creation() {}

    /** The first thing wrong with the attributes; null if an entity could be made of them. */
    static @Nullable String refusal(EntityType type, Map<String, @Nullable Object> attributes) {
        for (Map.Entry<String, @Nullable Object> given : attributes.entrySet()) {
            if (given.getValue() == null || given.getKey().equals("type")) {
                continue; // Null counts as absent.
            }
            String refusal = refusal(type, given.getKey(), given.getValue(), attributes);
            if (refusal != null) {
                return refusal;
            }
        }
        for (AttributeType attribute : type.attributes()) {
            boolean absent = attributes.get(attribute.name()) == null
                    && (attribute.deprecatedName() == null || attributes.get(attribute.deprecatedName()) == null);
            if (absent
                    && attribute.is(AttributeType.Word.REQUIRED)
                    && !attribute.name().equals("type")) {
                return type + ": Missing required attribute '" + attribute.name() + "'";
            }
        }
        return null;
    }

    private static @Nullable String refusal(
            EntityType type, String name, Object value, Map<String, @Nullable Object> attributes) {
        String current = type.currentName(name);
        if (current != null && attributes.get(current) != null) {
            return "Both '" + name + "' and '" + current + "' cannot be specified for entity '" + type.shortName()
                    + "'";
        }
        AttributeType attribute = type.attribute(current == null ? name : current);
        if (attribute == null) {
            return "Unknown attribute '" + name + "' for '" + type + "'";
        }
        if (!attribute.is(AttributeType.Word.CREATE)) {
            return "Cannot set attribute '" + name + "' in CREATE";
        }
        if (attribute.type().convert(value) instanceof Conversion.Refused refused) {
            return type + ": " + (attribute.is(AttributeType.Word.HIDDEN) ? "not a text" : refused.message());
        }
        return null;
    }

    /**
     * Sorts out what an UPDATE changes. Attributes that it may not change are passed over when they have the value that
     * they have.
     *
     * @param changes takes the new values by their present names; null takes an attribute away
     * @return the first thing wrong; null if nothing is
     */
    static @Nullable String changes(
            EntityType type,
            ConfiguredEntity entity,
            Map<String, @Nullable Object> attributes,
            Map<String, @Nullable Object> changes) {
        Map<String, Object> present = entity.attributes();
        for (Map.Entry<String, @Nullable Object> given : attributes.entrySet()) {
            String current = type.currentName(given.getKey());
            String name = current == null ? given.getKey() : current;
            AttributeType attribute = type.attribute(name);
            if (attribute == null) {
                return "Unknown attribute '" + given.getKey() + "' for '" + type + "'";
            }
            Object value = given.getValue();
            Object converted = value == null ? null : converted(type, attribute, value);
            if (converted instanceof Conversion.Refused refused) {
                return type + ": " + (attribute.is(AttributeType.Word.HIDDEN) ? "not a text" : refused.message());
            }
            if (attribute.is(AttributeType.Word.UPDATE)) {
                changes.put(name, value);
            } else if (!Objects.equals(converted, present.get(name))) {
                return "Cannot update attribute '" + given.getKey() + "' in UPDATE";
            }
        }
        return null;
    }

    /** The value, or a {@link Conversion.Refused}; any name of the type stands for its long one. */
    private static Object converted(EntityType type, AttributeType attribute, Object value) {
        if (attribute.name().equals("type") && Schema.standard().find(value.toString()) == type) {
            return type.longName();
        }
        Conversion conversion = attribute.type().convert(value);
        return conversion instanceof Conversion.Converted converted ? converted.value() : conversion;
    }

    /** What type and name say about each other when both the properties and the body have them; null if nothing. */
    static @Nullable String conflict(AgentRequest request, Map<String, @Nullable Object> attributes) {
        for (String name : new String[] {"type", "name"}) {
            String property = request.text(name);
            String given = AgentRequest.textOf(attributes.get(name));
            if (property != null && given != null && !property.equals(given)) {
                return "Conflicting values for '" + name + "'";
            }
            if (property != null) {
                attributes.put(name, property);
            }
        }
        return attributes.get("type") == null ? "No 'type' attribute in " + ValueType.quoted(attributes) : null;
    }
}
