// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import io.linkspan.management.schema.AttributeType;
import io.linkspan.management.schema.EntityType;
import io.linkspan.management.schema.Schema;
import io.linkspan.management.schema.ValueType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One QUERY: rows of all tables of a type and of those that extend it, some columns of them, one page. */
final class Query {
    /** Most rows of an answer; a request that would need more is refused, and has to ask for pages. */
    static final int MAX_ROWS = 100_000;

    private final Schema schema;
    private final List<EntityTable> tables;

    Query(Schema schema, List<EntityTable> tables) {
        this.schema = schema;
        this.tables = tables;
    }

    /** Answers for entities of that type, or of any type if it is null. */
    AgentResponse answer(AgentRequest request, @Nullable EntityType type) {
        OptionalLong offset = request.integer("offset");
        OptionalLong count = request.integer("count");
        if (offset.isEmpty() || offset.getAsLong() < 0 || count.isEmpty() || count.getAsLong() < 0) {
            String bad = offset.isEmpty() || offset.getAsLong() < 0 ? "offset" : "count";
            return AgentResponse.refused(
                    Status.BAD_REQUEST,
                    "Invalid value " + ValueType.quoted(request.text(bad)) + " for '" + bad + "', expected 0 or more");
        }
        List<String> columns = requestedColumns(request);
        if (columns.isEmpty()) {
            columns = allColumns(type);
        } else if (type == null || !type.isLive()) {
            List<String> unknown = unknown(columns, type);
            if (!unknown.isEmpty()) {
                return AgentResponse.refused(
                        Status.NOT_FOUND,
                        "Unknown attributes " + ValueType.listed(unknown)
                                + (type == null ? "." : " for type " + type + "."));
            }
        }
        Page page = new Page(columns, offset.getAsLong(), count.getAsLong());
        List<EntityTable> matching = tables.stream()
                .filter(table -> type == null || table.type().isA(type))
                .map(table -> table.seenBy(request.asker()))
                .toList();
        matching.forEach(table -> page.read(table, matching.size() == 1));
        if (page.overfull) {
            return AgentResponse.refused(
                    Status.BAD_REQUEST, "more than " + MAX_ROWS + " results; ask for pages with offset and count");
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("attributeNames", columns);
        body.put("results", page.results);
        return AgentResponse.ok(body);
    }

    private static List<String> requestedColumns(AgentRequest request) {
        List<String> names = new ArrayList<>();
        if (request.bodyMap().get("attributeNames") instanceof List<?> given) {
            for (Object name : given) {
                String text = AgentRequest.textOf(name);
                if (text != null) {
                    names.add(text);
                }
            }
        }
        return names;
    }

    private List<String> allColumns(@Nullable EntityType type) {
        if (type != null) {
            return type.columns().stream().map(EntityType.Column::name).toList();
        }
        return List.copyOf(allNames());
    }

    private Set<String> allNames() {
        Set<String> names = new LinkedHashSet<>();
        for (EntityType type : schema.managedTypes()) {
            type.attributes().stream().map(AttributeType::name).forEach(names::add);
        }
        return names;
    }

    private List<String> unknown(List<String> columns, @Nullable EntityType type) {
        Set<String> all = type == null ? allNames() : Set.of();
        return columns.stream()
                .filter(name -> type == null ? !all.contains(name) : type.attribute(name) == null)
                .toList();
    }

    /** The rows asked for, as they are found. */
    private static final class Page {
        private final List<String> columns;
        private final long count;
        private final List<List<@Nullable Object>> results = new ArrayList<>();
        private long toSkip;
        private boolean overfull;

        Page(List<String> columns, long offset, long count) {
            this.columns = columns;
            this.toSkip = offset;
            this.count = count;
        }

        void read(EntityTable table, boolean alone) {
            if (isFull()) {
                return;
            }
            long skip = 0;
            if (alone && table.type().isLive()) {
                // Every row counts, so that the source can skip, which costs less.
                skip = toSkip;
                toSkip = 0;
            }
            table.read(skip, row -> take(table, row));
        }

        private boolean isFull() {
            return overfull || (count > 0 && results.size() >= count);
        }

        private boolean take(EntityTable table, @Nullable Object[] row) {
            List<@Nullable Object> values = new ArrayList<>(columns.size());
            boolean any = table.type().isLive();
            for (String column : columns) {
                Object value = table.value(row, column);
                any |= value != null;
                values.add(value);
            }
            // The original leaves rows of nulls out, except for the types of its core.
            if (!any) {
                return true;
            }
            if (toSkip > 0) {
                toSkip--;
                return true;
            }
            if (results.size() >= MAX_ROWS) {
                overfull = true;
                return false;
            }
            results.add(values);
            return !isFull();
        }
    }
}
