// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import io.linkspan.management.schema.EntityType;
import io.linkspan.management.schema.ValueType;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Operations on the types that the original's core answers for: router, connection, router.link, router.address, the
 * configured addresses and routes, and console. Each type has its own rules, which the schema does not tell.
 */
final class LiveOperations {
    private final List<EntityTable> tables;

    LiveOperations(List<EntityTable> tables) {
        this.tables = tables;
    }

    /** True if the type has its rules here. */
    static boolean handles(EntityType type) {
        return type.isLive() || type.shortName().equals("console");
    }

    /** Answers CREATE, READ, UPDATE or DELETE. */
    AgentResponse answer(String operation, EntityType type, AgentRequest request) {
        List<EntityTable> own =
                tables.stream().filter(table -> table.type() == type).toList();
        AgentResponse response =
                switch (type.key()) {
                    case "console" -> AgentResponse.refused(Status.FORBIDDEN);
                    case "router" ->
                        operation.equals("UPDATE")
                                ? notImplemented(operation, type)
                                : AgentResponse.refused(Status.FORBIDDEN);
                    case "connection" -> connection(operation, type, request, own);
                    case "router.link" -> link(operation, type, request, own);
                    case "router.address" ->
                        operation.equals("READ") ? read(request, own) : notImplemented(operation, type);
                    default -> configured(operation, type, request, own);
                };
        boolean bodyless = operation.equals("CREATE") && response.status() != Status.CREATED;
        return bodyless ? response.withBody(null) : response;
    }

    /** The original's answer where it has none: it stays silent. */
    static AgentResponse notImplemented(String operation, EntityType type) {
        return AgentResponse.refused(
                Status.NOT_IMPLEMENTED,
                "Operation '" + operation + "' not implemented for '" + type + "' "
                        + ValueType.listed(type.operations()));
    }

    private AgentResponse connection(String operation, EntityType type, AgentRequest request, List<EntityTable> own) {
        String identity = request.text("identity");
        return switch (operation) {
            case "DELETE" -> AgentResponse.refused(Status.FORBIDDEN);
            case "READ" ->
                identity == null
                        ? AgentResponse.refused(Status.BAD_REQUEST, "Name not supported. Identity required")
                        : found(FoundEntity.by("identity", identity, own));
            case "UPDATE" -> {
                Map<String, @Nullable Object> body = request.bodyMap();
                boolean anything = body.containsKey("adminStatus") || body.containsKey("enableProtocolTrace");
                yield identity == null || !anything || FoundEntity.by("identity", identity, own) == null
                        ? AgentResponse.refused(Status.BAD_REQUEST)
                        : notImplemented(operation, type);
            }
            default -> notImplemented(operation, type);
        };
    }

    private static AgentResponse link(String operation, EntityType type, AgentRequest request, List<EntityTable> own) {
        if (!operation.equals("UPDATE")) {
            return notImplemented(operation, type);
        }
        boolean named = request.text("identity") != null || request.text("name") != null;
        if (!named || !request.bodyMap().containsKey("adminStatus")) {
            return AgentResponse.refused(Status.BAD_REQUEST);
        }
        return read(request, own); // The original changes nothing either.
    }

    private static AgentResponse configured(
            String operation, EntityType type, AgentRequest request, List<EntityTable> own) {
        if (operation.equals("CREATE") && !(request.body() instanceof Map)) {
            return AgentResponse.refused(Status.BAD_REQUEST, "Body of request must be a map");
        }
        if (operation.equals("READ")) {
            return read(request, own);
        }
        if (operation.equals("DELETE")) {
            AgentResponse response = read(request, own);
            return response.status() == Status.OK ? notImplemented(operation, type) : response;
        }
        return notImplemented(operation, type);
    }

    /** By identity, which is preferred, or by name. */
    private static AgentResponse read(AgentRequest request, List<EntityTable> own) {
        String identity = request.text("identity");
        String name = request.text("name");
        if (identity != null) {
            return found(FoundEntity.by("identity", identity, own));
        }
        return name == null
                ? AgentResponse.refused(Status.BAD_REQUEST, "No name or identity provided")
                : found(FoundEntity.by("name", name, own));
    }

    private static AgentResponse found(@Nullable FoundEntity found) {
        return found == null ? AgentResponse.refused(Status.NOT_FOUND) : AgentResponse.ok(found.map());
    }
}
