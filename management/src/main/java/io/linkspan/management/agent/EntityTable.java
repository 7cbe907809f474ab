// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import io.linkspan.amqp.codec.UnsignedInteger;
import io.linkspan.amqp.codec.UnsignedLong;
import io.linkspan.core.connection.Connection;
import io.linkspan.management.schema.AttributeType;
import io.linkspan.management.schema.EntityType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A source together with its type: gives each value by attribute name, in the AMQP type it has on the wire. */
final class EntityTable {
    private static final String MASK = "*******";

    private final EntityType type;
    private final EntitySource source;
    private final Map<String, Integer> positions = new HashMap<>();
    private final Map<String, EntityType.Column> columns = new HashMap<>();

    EntityTable(EntityType type, EntitySource source) {
        this.type = type;
        this.source = source;
        List<String> attributes = source.attributes();
        for (int i = 0; i < attributes.size(); i++) {
            if (positions.put(attributes.get(i), i) != null) {
                throw new IllegalStateException(type + " has the attribute " + attributes.get(i) + " twice");
            }
        }
        if (!positions.containsKey("name") || !positions.containsKey("identity")) {
            throw new IllegalStateException(type + " has no name or identity");
        }
        type.columns().forEach(column -> columns.put(column.name(), column));
    }

    EntityType type() {
        return type;
    }

    /** The table as a connection sees it, see {@link EntitySource#seenBy}. */
    EntityTable seenBy(@Nullable Connection asker) {
        EntitySource seen = source.seenBy(asker);
        return seen == source ? this : new EntityTable(type, seen);
    }

    void read(long skip, EntitySource.RowReader reader) {
        source.read(skip, reader);
    }

    /** The text of an attribute; null if it has no value. */
    @Nullable
    String text(@Nullable Object[] row, String attribute) {
        Integer position = positions.get(attribute);
        Object value = position == null ? null : row[position];
        return value == null ? null : value.toString();
    }

    /** The value of an attribute; null for one that the type or the source does not have. */
    @Nullable
    Object value(@Nullable Object[] row, String attribute) {
        Integer position = positions.get(attribute);
        if (position == null) {
            return attribute.equals("type") ? type.longName() : absent(attribute);
        }
        Object value = row[position];
        if (value == null) {
            return absent(attribute);
        }
        AttributeType attributeType = type.attribute(attribute);
        if (attributeType != null && attributeType.is(AttributeType.Word.HIDDEN)) {
            return MASK;
        }
        EntityType.Column column = columns.get(attribute);
        return onTheWire(value, column == null ? "" : column.amqpType());
    }

    /** All attributes; those without a value are left out, unless the type's answers keep them. */
    Map<String, @Nullable Object> map(@Nullable Object[] row) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (EntityType.Column column : type.columns()) {
            Object value = value(row, column.name());
            if (value != null || type.isLive()) {
                map.put(column.name(), value);
            }
        }
        return map;
    }

    /** Counters are numbers even where a source has none; everything else may be null. */
    private @Nullable Object absent(String attribute) {
        EntityType.Column column = columns.get(attribute);
        if (column == null || column.nullable()) {
            return null;
        }
        return switch (column.amqpType()) {
            case "ulong", "uint", "int", "long" -> onTheWire(0L, column.amqpType());
            default -> null;
        };
    }

    private static Object onTheWire(Object value, String amqpType) {
        if (value instanceof Long || value instanceof Integer) {
            long number = ((Number) value).longValue();
            return switch (amqpType) {
                case "ulong" -> new UnsignedLong(number);
                case "uint" -> new UnsignedInteger(number);
                case "int" -> Math.toIntExact(number);
                case "long" -> number;
                default -> natural(number);
            };
        }
        if (value instanceof List<?> list) {
            String of = amqpType.startsWith("list<") ? amqpType.substring(5, amqpType.length() - 1) : "";
            List<@Nullable Object> elements = new ArrayList<>(list.size());
            list.forEach(element -> elements.add(element == null ? null : onTheWire(element, of)));
            return elements;
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, @Nullable Object> members = new LinkedHashMap<>();
            map.forEach((key, member) -> members.put(key, member == null ? null : onTheWire(member, "")));
            return members;
        }
        return value;
    }

    /** The integer of the least width, as the original's second agent has it: int where it fits, else long. */
    static Object natural(long number) {
        return number == (int) number ? (Object) (int) number : (Object) number;
    }
}
