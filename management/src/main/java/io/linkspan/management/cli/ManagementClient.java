// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The requests of the tools, built as the original tools build them, and the demands they make on the answers
 * (AMQP management, {@code QUERY}, {@code GET-*} and the operations on one entity).
 */
final class ManagementClient {
    /** Prefix of the long type names. */
    static final String PREFIX = "org.apache.qpid.dispatch.";
    /** Most rows asked for in one QUERY. */
    static final int PAGE_ROWS = 500;
    /** Limit that means no limit. */
    static final int UNLIMITED = 0;

    private static final int OK = 200;
    private static final Map<Integer, String> STATUS_TEXTS = Map.of(200, "OK", 201, "Created", 204, "No Content");
    private static final Map<Integer, String> ERRORS = Map.of(
            400, "BadRequestStatus",
            401, "UnauthorizedStatus",
            403, "ForbiddenStatus",
            404, "NotFoundStatus",
            500, "InternalServerErrorStatus",
            501, "NotImplementedStatus");

    private final ManagementNode node;

    ManagementClient(ManagementNode node) {
        this.node = node;
    }

    /** The client of another node by the same connection. */
    ManagementClient at(String address) {
        return new ManagementClient(node.at(address));
    }

    /** QUERY in pages, until a page is shorter than asked or the limit is reached. */
    QueryResult query(@Nullable String entityType, List<String> attributeNames, int limit) {
        QueryResult result = null;
        int offset = 0;
        while (true) {
            int count = limit == UNLIMITED ? PAGE_ROWS : Math.min(PAGE_ROWS, limit - offset);
            Map<String, Object> properties = toSelf("QUERY");
            if (entityType != null) {
                properties.put("entityType", entityType);
            }
            properties.put("offset", (long) offset);
            properties.put("count", (long) count);
            Map<?, ?> page = asMap(call(properties, Map.of("attributeNames", attributeNames), OK));
            List<?> rows = asList(page.get("results"));
            if (result == null) {
                result = new QueryResult(asList(page.get("attributeNames")).stream()
                        .map(String::valueOf)
                        .toList());
            }
            for (Object row : rows.subList(0, Math.min(rows.size(), count))) {
                result.add(asList(row));
            }
            offset += rows.size();
            if (rows.size() < count || (limit != UNLIMITED && offset >= limit)) {
                return result;
            }
        }
    }

    /** GET-MGMT-NODES. */
    List<?> managementNodes() {
        return asList(call(toSelf("GET-MGMT-NODES"), Map.of(), OK));
    }

    /** GET-SCHEMA. */
    Map<?, ?> schema() {
        return asMap(call(toSelf("GET-SCHEMA"), Map.of(), OK));
    }

    /** GET-LOG; null asks for all entries. */
    List<?> log(@Nullable Integer limit) {
        Map<String, Object> properties = toSelf("GET-LOG");
        if (limit != null) {
            properties.put("limit", limit.longValue());
        }
        return asList(call(properties, Map.of(), OK));
    }

    /** GET-TYPES and its relatives. */
    @Nullable
    Object get(String operation, @Nullable String entityType) {
        Map<String, Object> properties = toSelf(operation);
        if (entityType != null) {
            properties.put("entityType", entityType);
        }
        return call(properties, Map.of(), OK);
    }

    /**
     * Any request with the given application properties.
     *
     * @return the body of the answer
     * @throws ToolFailure if the status is not the expected one
     */
    @Nullable
    Object call(Map<String, Object> properties, @Nullable Object body, int expectedStatus) {
        ManagementResponse response = node.request(new ManagementRequest(new LinkedHashMap<>(properties), body));
        int status = response.statusCode();
        if (status == expectedStatus) {
            return response.body();
        }
        String description = PythonText.str(response.description());
        String error = ERRORS.get(status);
        if (error != null) {
            throw new ToolFailure(error, description);
        }
        throw new ToolFailure(
                "ValueError",
                "Response was " + named(status) + " but expected " + named(expectedStatus) + ": " + description);
    }

    private static String named(int status) {
        String text = STATUS_TEXTS.get(status);
        return text == null ? String.valueOf(status) : status + "(" + text + ")";
    }

    private static Map<String, Object> toSelf(String operation) {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("name", "self");
        properties.put("type", "org.amqp.management");
        properties.put("operation", operation);
        return properties;
    }

    static Map<?, ?> asMap(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return map;
        }
        throw new ToolFailure("TypeError", "the answer has " + PythonText.repr(value) + " where a map is expected");
    }

    static List<?> asList(@Nullable Object value) {
        if (value instanceof List<?> list) {
            return list;
        }
        throw new ToolFailure("TypeError", "the answer has " + PythonText.repr(value) + " where a list is expected");
    }
}
