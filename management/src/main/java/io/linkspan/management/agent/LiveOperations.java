// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import io.linkspan.management.schema.EntityType;
import io.linkspan.management.schema.ValueType;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Operations on the types that the original's core answers for: router, connection, router.link, router.address, the
 * configured addresses and routes, and console. Each type has its own rules, which the schema does not tell.
 */
final class LiveOperations {
    private final List<EntityTable> tables;
    private final Lifecycles lifecycles;

    LiveOperations(List<EntityTable> tables, Lifecycles lifecycles) {
        this.tables = tables;
        this.lifecycles = lifecycles;
    }

    /** True if the type has its rules here. */
    static boolean handles(EntityType type) {
        return type.isLive() || type.shortName().equals("console");
    }

    /** Answers CREATE, READ, UPDATE or DELETE. */
    void answer(String operation, EntityType type, AgentRequest request, Consumer<AgentResponse> reply) {
        List<EntityTable> own = tables.stream()
                .filter(table -> table.type() == type)
                .map(table -> table.seenBy(request.asker()))
                .toList();
        switch (type.key()) {
            case "console" -> reply.accept(forbidden(operation));
            case "router" ->
                reply.accept(operation.equals("UPDATE") ? notImplemented(operation, type) : forbidden(operation));
            case "connection" -> connection(operation, type, request, own, reply);
            case "router.link" -> link(operation, type, request, own, reply);
            case "router.address" ->
                reply.accept(operation.equals("READ") ? read(request, own) : notImplemented(operation, type));
            default -> configured(operation, type, request, own, reply);
        }
    }

    private static AgentResponse forbidden(String operation) {
        AgentResponse response = AgentResponse.refused(Status.FORBIDDEN);
        return operation.equals("CREATE") ? response.withBody(null) : response;
    }

    /** The original's answer where it has none: it stays silent. */
    static AgentResponse notImplemented(String operation, EntityType type) {
        AgentResponse response = AgentResponse.refused(
                Status.NOT_IMPLEMENTED,
                "Operation '" + operation + "' not implemented for '" + type + "' "
                        + ValueType.listed(type.operations()));
        return handles(type) && operation.equals("CREATE") ? response.withBody(null) : response;
    }

    private void connection(
            String operation,
            EntityType type,
            AgentRequest request,
            List<EntityTable> own,
            Consumer<AgentResponse> reply) {
        String identity = request.text("identity");
        switch (operation) {
            case "DELETE" -> reply.accept(AgentResponse.refused(Status.FORBIDDEN));
            case "READ" ->
                reply.accept(
                        identity == null
                                ? AgentResponse.refused(Status.BAD_REQUEST, "Name not supported. Identity required")
                                : found(FoundEntity.by("identity", identity, own)));
            case "UPDATE" -> {
                Map<String, @Nullable Object> body = request.plainBody();
                boolean anything = body.containsKey("adminStatus") || body.containsKey("enableProtocolTrace");
                if (identity == null || !anything || FoundEntity.by("identity", identity, own) == null) {
                    reply.accept(AgentResponse.refused(Status.BAD_REQUEST));
                } else {
                    lifecycles.update(type, identity, body, request.asker(), reply);
                }
            }
            default -> reply.accept(notImplemented(operation, type));
        }
    }

    private void link(
            String operation,
            EntityType type,
            AgentRequest request,
            List<EntityTable> own,
            Consumer<AgentResponse> reply) {
        if (!operation.equals("UPDATE")) {
            reply.accept(notImplemented(operation, type));
            return;
        }
        Map<String, @Nullable Object> body = request.plainBody();
        boolean named = request.text("identity") != null || request.text("name") != null;
        FoundEntity found = named && body.containsKey("adminStatus") ? sought(request, own) : null;
        if (found == null) {
            boolean sought = named && body.containsKey("adminStatus");
            reply.accept(AgentResponse.refused(sought ? Status.NOT_FOUND : Status.BAD_REQUEST));
        } else {
            lifecycles.update(type, String.valueOf(found.text("identity")), body, request.asker(), reply);
        }
    }

    private void configured(
            String operation,
            EntityType type,
            AgentRequest request,
            List<EntityTable> own,
            Consumer<AgentResponse> reply) {
        switch (operation) {
            case "CREATE" -> {
                if (request.body() instanceof Map) {
                    Map<String, @Nullable Object> attributes = request.plainBody();
                    if (request.text("name") != null) {
                        attributes.put("name", request.text("name"));
                    }
                    lifecycles.create(type, attributes, request.asker(), reply);
                } else {
                    reply.accept(AgentResponse.refused(Status.BAD_REQUEST, "Body of request must be a map")
                            .withBody(null));
                }
            }
            case "READ" -> reply.accept(read(request, own));
            case "DELETE" -> {
                FoundEntity found = sought(request, own);
                if (found == null) {
                    reply.accept(read(request, own));
                } else {
                    lifecycles.delete(type, String.valueOf(found.text("identity")), request.asker(), reply);
                }
            }
            default -> reply.accept(notImplemented(operation, type));
        }
    }

    /** By identity, which is preferred, or by name. */
    private static AgentResponse read(AgentRequest request, List<EntityTable> own) {
        return request.text("identity") == null && request.text("name") == null
                ? AgentResponse.refused(Status.BAD_REQUEST, "No name or identity provided")
                : found(sought(request, own));
    }

    private static @Nullable FoundEntity sought(AgentRequest request, List<EntityTable> own) {
        String identity = request.text("identity");
        String name = request.text("name");
        if (identity != null) {
            return FoundEntity.by("identity", identity, own);
        }
        return name == null ? null : FoundEntity.by("name", name, own);
    }

    private static AgentResponse found(@Nullable FoundEntity found) {
        return found == null ? AgentResponse.refused(Status.NOT_FOUND) : AgentResponse.ok(found.map());
    }
}
