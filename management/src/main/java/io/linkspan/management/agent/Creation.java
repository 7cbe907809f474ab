// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import io.linkspan.management.schema.AttributeType;
import io.linkspan.management.schema.Conversion;
import io.linkspan.management.schema.EntityType;
import io.linkspan.management.schema.ValueType;
import java.util.Map;
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
