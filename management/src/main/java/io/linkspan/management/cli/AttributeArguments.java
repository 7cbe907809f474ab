// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import io.linkspan.management.schema.AttributeType;
import io.linkspan.management.schema.EntityType;
import io.linkspan.management.schema.Schema;
import io.linkspan.management.schema.ValueType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The arguments {@code ATTRIBUTE=VALUE} of the manage tool, and the names of entity types.
 *
 * <p>With a type the values are checked against our own schema before anything is sent, as the original does.
 */
final class AttributeArguments {
    private AttributeArguments() {}

    /** The long form of a type name: with a prefix if it has no dot, else unchanged. */
    static String longType(String type) {
        if (type.indexOf('.') >= 0) {
            return type;
        }
        return switch (type) {
            case "link", "node" -> ManagementClient.PREFIX + "router." + type;
            case "linkRoute", "address", "autoLink" -> ManagementClient.PREFIX + "router.config." + type;
            default -> ManagementClient.PREFIX + type;
        };
    }

    /**
     * Reads the arguments; one without {@code =} is null.
     *
     * @param type long name of the entity type, null if the user gave none
     * @throws ToolFailure if the type, an attribute or an integer is wrong
     */
    static Map<String, @Nullable Object> parse(List<String> arguments, @Nullable String type) {
        Map<String, @Nullable Object> attributes = new LinkedHashMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            String name = equals < 0 ? argument : argument.substring(0, equals);
            ValueType.Kind kind = type == null ? ValueType.Kind.STRING : kind(type, name);
            attributes.put(name, equals < 0 ? null : value(argument.substring(equals + 1), kind));
        }
        return attributes;
    }

    /** Reads the arguments of an operation that is none of the tool's own: all values are strings. */
    static Map<String, @Nullable Object> parseStrings(List<String> arguments) {
        Map<String, @Nullable Object> properties = new LinkedHashMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            properties.put(
                    equals < 0 ? argument : argument.substring(0, equals),
                    equals < 0 ? null : argument.substring(equals + 1));
        }
        return properties;
    }

    /** Turns the words for truth among the values into booleans, as an update does. */
    static Map<String, @Nullable Object> withBooleans(Map<String, ? extends @Nullable Object> attributes) {
        Map<String, @Nullable Object> converted = new LinkedHashMap<>();
        attributes.forEach((name, value) -> converted.put(name, value instanceof String text ? truth(text) : value));
        return converted;
    }

    private static ValueType.Kind kind(String type, String attribute) {
        EntityType entity = Schema.standard().find(type);
        if (entity == null) {
            throw new ToolFailure("ValidationError", "No such entity type '" + type + "'");
        }
        String current = entity.currentName(attribute);
        AttributeType found = entity.attribute(current == null ? attribute : current);
        if (found == null) {
            throw new ToolFailure("ValidationError", "Unknown attribute '" + attribute + "' for '" + entity + "'");
        }
        return found.type().kind();
    }

    private static Object value(String text, ValueType.Kind kind) {
        if (text.equals("true") || text.equals("false")) {
            return text.equals("true");
        }
        if (kind != ValueType.Kind.INTEGER) {
            return text;
        }
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            throw new ToolFailure("ValueError", "invalid literal for int() with base 10: " + PythonText.repr(text), e);
        }
    }

    private static Object truth(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "yes", "true", "on" -> true;
            case "no", "false", "off" -> false;
            default -> text;
        };
    }
}
