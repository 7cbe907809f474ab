// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import io.linkspan.management.json.Json;
import io.linkspan.management.schema.AttributeType;
import io.linkspan.management.schema.EntityType;
import io.linkspan.management.schema.Schema;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Answers about the schema itself. Keys whose value is false, zero, empty or absent are left out, as always. */
final class SchemaAnswers {
    private final Schema schema;

    SchemaAnswers(Schema schema) {
        this.schema = schema;
    }

    /** Types and their bases: that type and all that extend it, or all types for null. */
    Map<String, Object> types(@Nullable EntityType of) {
        Map<String, Object> answer = new LinkedHashMap<>();
        for (EntityType type : schema.managedTypes()) {
            if (of == null || type.isA(of)) {
                answer.put(
                        type.longName(),
                        type.bases().stream().map(EntityType::longName).toList());
            }
        }
        return answer;
    }

    Map<String, Object> operations(@Nullable EntityType of) {
        return ofEach(of, EntityType::operations);
    }

    Map<String, Object> attributes(@Nullable EntityType of) {
        return ofEach(
                of, type -> type.attributes().stream().map(AttributeType::name).toList());
    }

    private Map<String, Object> ofEach(@Nullable EntityType of, Function<EntityType, List<String>> property) {
        Map<String, Object> answer = new LinkedHashMap<>();
        for (EntityType type : of == null ? schema.managedTypes() : List.of(of)) {
            answer.put(type.longName(), property.apply(type));
        }
        return answer;
    }

    Map<String, Object> schema() {
        Map<String, Object> types = new LinkedHashMap<>();
        for (EntityType type : schema.managedTypes()) {
            types.put(type.shortName(), entity(type));
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("prefix", Schema.PREFIX.substring(0, Schema.PREFIX.length() - 1));
        answer.put("entityTypes", types);
        return answer;
    }

    String jsonSchema(int indent) {
        return Json.write(schema(), indent);
    }

    private static Map<String, Object> entity(EntityType type) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        for (AttributeType attribute : type.attributes()) {
            if (!attribute.name().equals("type")) {
                attributes.put(attribute.name(), attribute(attribute));
            }
        }
        Map<String, Object> entity = new LinkedHashMap<>();
        entity.put("fullyQualifiedType", type.longName());
        put(entity, "attributes", attributes);
        put(entity, "operations", type.operations());
        put(entity, "description", type.description());
        put(entity, "singleton", type.is(EntityType.Word.SINGLETON));
        put(entity, "deprecated", type.is(EntityType.Word.DEPRECATED));
        return entity;
    }

    private static Map<String, Object> attribute(AttributeType attribute) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("type", attribute.type().schemaName());
        if (attribute.defaultValue() != null) {
            put(entry, "default", attribute.defaultValue());
        }
        put(entry, "required", attribute.is(AttributeType.Word.REQUIRED));
        put(entry, "unique", attribute.is(AttributeType.Word.UNIQUE));
        put(entry, "deprecated", attribute.is(AttributeType.Word.DEPRECATED));
        put(entry, "description", attribute.description());
        put(entry, "graph", attribute.is(AttributeType.Word.STATISTIC));
        return entry;
    }

    private static void put(Map<String, Object> map, String key, Object value) {
        boolean nothing = value.equals(false)
                || value.equals(0L)
                || value.equals("")
                || (value instanceof Map<?, ?> members && members.isEmpty())
                || (value instanceof List<?> list && list.isEmpty());
        if (!nothing) {
            map.put(key, value);
        }
    }
}
