// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import io.linkspan.management.json.Json;
import io.linkspan.management.json.JsonException;
import io.linkspan.management.schema.AttributeType;
import io.linkspan.management.schema.EntityType;
import io.linkspan.management.schema.Schema;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code manage edit}: shows the attributes of an entity that can be set in the user's editor and sends what changed: as
 * an UPDATE where the type has one, else by deleting the entity and making it anew; if that fails it is made again as it
 * was.
 */
final class Editing {
    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int NO_CONTENT = 204;
    private static final int INDENT = 2;

    private final ManagementClient client;
    private final Editor editor;

    Editing(ManagementClient client, Editor editor) {
        this.client = client;
        this.editor = editor;
    }

    /** Edits the entity that a READ with these properties gives, and prints what became of it. */
    void edit(Map<String, @Nullable Object> read, PrintWriter out) {
        Map<?, ?> entity = ManagementClient.asMap(client.call(read, Map.of(), OK));
        EntityType type = Schema.standard().find(PythonText.str(entity.get("type")));
        if (type == null) {
            throw new ToolFailure("ValueError", "the entity has a type that is not known here: " + entity.get("type"));
        }
        boolean updates = type.allows("UPDATE");
        if (!updates && !type.allows("CREATE")) {
            throw new ToolFailure("ValueError", "entities of type " + type + " cannot be changed");
        }
        Map<String, Object> before =
                settable(entity, type, updates ? AttributeType.Word.UPDATE : AttributeType.Word.CREATE);
        Map<?, ?> after = parse(editor.edit(Json.write(before, INDENT) + "\n"));
        Map<String, @Nullable Object> changes = changes(before, after);
        if (changes.isEmpty()) {
            out.print("Nothing was changed.\n");
            return;
        }
        Map<String, @Nullable Object> target = new LinkedHashMap<>();
        target.put("type", type.longName());
        target.put("identity", entity.get("identity"));
        Object answer = updates
                ? call("UPDATE", target, changes, OK)
                : replace(target, before, withText(after), entity.get("name"), entity.get("identity"));
        out.print(Json.write(answer, INDENT) + "\n");
    }

    private static Map<String, Object> settable(Map<?, ?> entity, EntityType type, AttributeType.Word word) {
        Map<String, Object> shown = new LinkedHashMap<>();
        for (AttributeType attribute : type.attributes()) {
            Object value = entity.get(attribute.name());
            boolean fixed = attribute.name().equals("name") || attribute.name().equals("type");
            if (value != null && !fixed && attribute.is(word) && !attribute.is(AttributeType.Word.HIDDEN)) {
                shown.put(attribute.name(), value);
            }
        }
        return shown;
    }

    private static Map<?, ?> parse(String text) {
        try {
            return ManagementClient.asMap(Json.parse(text));
        } catch (JsonException e) {
            throw new ToolFailure(
                    "JSONDecodeError", e.getMessage() + ": line " + e.line() + " column " + e.column(), e);
        }
    }

    /** New and changed values; null for what is gone. */
    private static Map<String, @Nullable Object> changes(Map<String, Object> before, Map<?, ?> after) {
        Map<String, @Nullable Object> changes = new LinkedHashMap<>();
        after.forEach((name, value) -> {
            if (!Objects.equals(Json.write(before.get(String.valueOf(name)), -1), Json.write(value, -1))) {
                changes.put(String.valueOf(name), value);
            }
        });
        before.keySet().stream().filter(name -> !after.containsKey(name)).forEach(name -> changes.put(name, null));
        return changes;
    }

    private @Nullable Object replace(
            Map<String, @Nullable Object> target,
            Map<String, Object> before,
            Map<String, @Nullable Object> after,
            @Nullable Object name,
            @Nullable Object identity) {
        call("DELETE", target, Map.of(), NO_CONTENT);
        Map<String, @Nullable Object> creation = new LinkedHashMap<>();
        creation.put("type", target.get("type"));
        if (name != null && !name.equals(identity)) {
            creation.put("name", name);
        }
        try {
            return call("CREATE", creation, after, CREATED);
        } catch (ToolFailure e) {
            call("CREATE", creation, before, CREATED);
            throw new ToolFailure("ValueError", "the entity is as it was: " + e.getMessage(), e);
        }
    }

    private @Nullable Object call(
            String operation, Map<String, @Nullable Object> target, Map<String, ?> body, int expected) {
        Map<String, @Nullable Object> properties = new LinkedHashMap<>();
        properties.put("operation", operation);
        properties.putAll(target);
        return client.call(properties, body, expected);
    }

    private static Map<String, @Nullable Object> withText(Map<?, ?> map) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        map.forEach((key, value) -> copy.put(String.valueOf(key), value));
        return copy;
    }
}
