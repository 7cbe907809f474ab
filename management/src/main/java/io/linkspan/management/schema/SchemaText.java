// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.schema;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the line format of schema.txt. A line it cannot read is a bug of ours. */
final class SchemaText {
    private final Map<String, EntityType> types = new LinkedHashMap<>();
    private String head = "";
    private Map<String, AttributeType> attributes = new LinkedHashMap<>();
    private List<EntityType.Column> columns = List.of();

    private SchemaText() {}

    static Schema parse(String resource) {
        SchemaText text = new SchemaText();
        String current = "";
        try {
            for (String line : resource.split("\n", -1)) {
                current = line.startsWith("entity ") ? text.head : line;
                text.line(line);
                current = text.head;
            }
            text.endEntity();
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IllegalStateException("schema: " + current, e);
        }
        return new Schema(text.types);
    }

    private void line(String line) {
        if (line.isBlank() || line.startsWith("#")) {
            return;
        }
        if (line.startsWith("entity ")) {
            endEntity();
            head = line.substring("entity ".length());
        } else if (line.startsWith("  columns ")) {
            columns = columns(line.strip().split(" ", -1));
        } else {
            AttributeType attribute = attribute(line);
            attributes.put(attribute.name(), attribute);
        }
    }

    private static List<EntityType.Column> columns(String[] words) {
        List<EntityType.Column> columns = new ArrayList<>();
        for (int i = 1; i < words.length; i++) {
            int colon = words[i].indexOf(':');
            boolean nullable = words[i].endsWith("?");
            String type = words[i].substring(colon + 1, words[i].length() - (nullable ? 1 : 0));
            columns.add(new EntityType.Column(words[i].substring(0, colon), type, nullable));
        }
        return columns;
    }

    private static AttributeType attribute(String line) {
        String[] words = beforeDescription(line).strip().split(" ", -1);
        ValueType type = ValueType.parse(words[1]);
        Object defaultValue = null;
        String deprecatedName = null;
        AttributeType.Range range = null;
        Set<AttributeType.Word> marks = EnumSet.noneOf(AttributeType.Word.class);
        int i = 2;
        if (i < words.length && words[i].equals("=")) {
            defaultValue = defaultValue(type, words[i + 1]);
            i += 2;
        }
        for (; i < words.length; i++) {
            if (words[i].startsWith("was=")) {
                deprecatedName = words[i].substring("was=".length());
            } else if (words[i].startsWith("range=")) {
                range = AttributeType.Range.parse(words[i].substring("range=".length()));
            } else {
                marks.add(AttributeType.Word.valueOf(words[i].toUpperCase(Locale.ROOT)));
            }
        }
        return new AttributeType(words[0], type, defaultValue, marks, deprecatedName, range, description(line));
    }

    private static Object defaultValue(ValueType type, String text) {
        Conversion conversion = type.convert(text.equals("\"\"") ? "" : text);
        if (conversion instanceof Conversion.Converted converted) {
            return converted.value();
        }
        throw new IllegalArgumentException(conversion.toString());
    }

    private void endEntity() {
        if (head.isEmpty()) {
            return;
        }
        String[] words = beforeDescription(head).strip().split(" ", -1);
        EntityType base = null;
        List<String> operations = List.of();
        Set<EntityType.Word> marks = EnumSet.noneOf(EntityType.Word.class);
        for (int i = 1; i < words.length; i++) {
            if (words[i].equals(":")) {
                base = base(words[++i]);
            } else if (words[i].startsWith("operations=")) {
                operations = List.of(words[i].substring("operations=".length()).split(",", -1));
            } else {
                marks.add(EntityType.Word.valueOf(words[i].toUpperCase(Locale.ROOT)));
            }
        }
        EntityType type = new EntityType(words[0], base, marks, operations, attributes, columns, description(head));
        types.put(type.key(), type);
        attributes = new LinkedHashMap<>();
        columns = List.of();
    }

    private EntityType base(String key) {
        @Nullable EntityType base = types.get(key);
        if (base == null) {
            throw new IllegalArgumentException("base " + key + " comes later or not at all");
        }
        return base;
    }

    private static String beforeDescription(String line) {
        int dashes = line.indexOf(" -- ");
        return dashes < 0 ? line : line.substring(0, dashes);
    }

    private static String description(String line) {
        int dashes = line.indexOf(" -- ");
        return dashes < 0 ? "" : line.substring(dashes + 4);
    }
}
