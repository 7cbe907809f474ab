// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import io.linkspan.management.schema.EntityType;
import io.linkspan.management.schema.Schema;
import io.linkspan.management.schema.ValueType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The management node: a function from requests to answers. Every request gets one.
 *
 * <p>One agent answers for all types with what the router is doing now. Types may be named long or short and operations
 * written in any letter case; count and offset are honoured everywhere. The rules are those of the original's two
 * agents: {@link LiveOperations} has those of its core, this class those of the other (AMQP management draft, with the
 * original's texts). Changes are made one after the other, see {@link Changes}; what they do is up to the
 * {@link EntityLifecycle} of the type.
 *
 * <p>Confined to the loop that owns the sources.
 */
public final class ManagementAgent {
    private static final Set<String> CORE_OPERATIONS = Set.of("QUERY", "CREATE", "READ", "UPDATE", "DELETE");
    private static final Set<String> CHANGING = Set.of("CREATE", "UPDATE", "DELETE");
    private static final String SELF = "self";

    private final Schema schema;
    private final RouterView router;
    private final List<EntityTable> tables = new ArrayList<>();
    private final Query query;
    private final LiveOperations live;
    private final Lifecycles lifecycles;
    private final Changes changes = new Changes();
    private final SchemaAnswers schemaAnswers;
    private final EntityType management;

    /**
     * Makes an agent.
     *
     * @param schema all types
     * @param sources entities; of a type without a source there are none
     * @param lifecycles what can be made, changed and deleted; each type has to have a source
     * @param router what else the agent asks for
     */
    public ManagementAgent(
            Schema schema, List<EntitySource> sources, List<EntityLifecycle> lifecycles, RouterView router) {
        this.schema = schema;
        this.router = router;
        this.management = schema.type("management");
        for (EntitySource source : sources) {
            EntityType type = schema.type(source.type());
            if (tables.stream().anyMatch(table -> table.type() == type)) {
                throw new IllegalStateException("two sources of " + type);
            }
            tables.add(new EntityTable(type, source));
        }
        tables.add(new EntityTable(
                management,
                EntitySource.of(
                        "management",
                        List.of("name", "identity"),
                        () -> List.<@Nullable Object[]>of(new Object[] {SELF, SELF}))));
        this.query = new Query(schema, tables);
        this.lifecycles = new Lifecycles(schema, tables, lifecycles);
        this.live = new LiveOperations(tables, this.lifecycles);
        this.schemaAnswers = new SchemaAnswers(schema);
    }

    /**
     * Answers a request.
     *
     * @param reply takes the answer, once, at once or later on the agent's loop
     */
    public void handle(AgentRequest request, Consumer<AgentResponse> reply) {
        String given = request.text("operation");
        if (given == null) {
            reply.accept(bad("No 'operation' property: " + ValueType.quoted(texts(request.properties()))));
            return;
        }
        String operation = given.toUpperCase(Locale.ROOT);
        if (CHANGING.contains(operation)) {
            changes.submit(answer -> perform(operation, request, answer), reply);
        } else {
            perform(operation, request, reply);
        }
    }

    private void perform(String operation, AgentRequest request, Consumer<AgentResponse> reply) {
        String subject = request.text("entityType") != null ? request.text("entityType") : request.text("type");
        EntityType subjectType = subject == null ? null : managed(subject);
        if (subjectType != null && LiveOperations.handles(subjectType) && CORE_OPERATIONS.contains(operation)) {
            onLiveType(operation, subjectType, request, reply);
        } else if (operation.equals("CREATE")) {
            create(request, reply);
        } else {
            onTarget(operation, request, reply);
        }
    }

    private void onLiveType(String operation, EntityType type, AgentRequest request, Consumer<AgentResponse> reply) {
        if (!operation.equals("QUERY")) {
            live.answer(operation, type, request, reply);
        } else if (type.shortName().equals("console")) {
            reply.accept(AgentResponse.refused(Status.FORBIDDEN).withBody(noResults()));
        } else {
            AgentResponse response = query.answer(request, type);
            reply.accept(response.status() == Status.OK ? response : response.withBody(noResults()));
        }
    }

    private static Map<String, Object> noResults() {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("attributeNames", List.of());
        body.put("results", List.of());
        return body;
    }

    private void create(AgentRequest request, Consumer<AgentResponse> reply) {
        Map<String, @Nullable Object> attributes = request.plainBody();
        String conflict = Creation.conflict(request, attributes);
        if (conflict != null) {
            reply.accept(bad(conflict));
            return;
        }
        String typeName = String.valueOf(attributes.get("type"));
        EntityType type = managed(typeName);
        if (type == null) {
            reply.accept(unknownType(typeName));
        } else if (LiveOperations.handles(type)) {
            live.answer("CREATE", type, request, reply);
        } else if (!type.allows("CREATE")) {
            reply.accept(LiveOperations.notImplemented("CREATE", type));
        } else {
            lifecycles.create(type, attributes, request.asker(), reply);
        }
    }

    /** An operation other than CREATE: finds the entity it is for, and asks whether that allows it. */
    private void onTarget(String operation, AgentRequest request, Consumer<AgentResponse> reply) {
        String typeName = request.text("type");
        EntityType type = typeName == null ? null : managed(typeName);
        if (typeName != null && type == null) {
            reply.accept(unknownType(typeName));
            return;
        }
        String name = request.text("name");
        String identity = request.text("identity");
        if (name == null && identity == null) {
            reply.accept(
                    type != null && !management.isA(type)
                            ? bad(type + ": No name or identity provided")
                            : onSelf(operation, request));
            return;
        }
        if (SELF.equals(name != null ? name : identity) && (type == null || management.isA(type))) {
            reply.accept(
                    identity != null && !identity.equals(SELF) ? conflict(name, identity) : onSelf(operation, request));
            return;
        }
        FoundEntity found = find(name, identity);
        AgentResponse refusal = refusal(found, type, name, identity);
        if (found == null || refusal != null) {
            reply.accept(refusal == null ? AgentResponse.refused(Status.NOT_FOUND) : refusal);
            return;
        }
        EntityType foundType = found.table().type();
        String foundIdentity = String.valueOf(found.text("identity"));
        if (operation.equals("READ") && foundType.allows(operation)) {
            reply.accept(AgentResponse.ok(withoutNulls(found.map())));
        } else if (operation.equals("CALLME") && foundType.allows(operation)) {
            reply.accept(AgentResponse.ok(request.properties()));
        } else if (operation.equals("UPDATE") && foundType.allows(operation)) {
            lifecycles.update(foundType, foundIdentity, request.plainBody(), request.asker(), reply);
        } else if (operation.equals("DELETE") && foundType.allows(operation)) {
            lifecycles.delete(foundType, foundIdentity, request.asker(), reply);
        } else {
            reply.accept(LiveOperations.notImplemented(operation, foundType));
        }
    }

    /** What keeps a request from the entity it names; null if nothing does. */
    private static @Nullable AgentResponse refusal(
            @Nullable FoundEntity found, @Nullable EntityType type, @Nullable String name, @Nullable String identity) {
        if (found == null) {
            String sought = name == null ? "" : "name=" + name;
            sought += identity == null ? "" : (sought.isEmpty() ? "" : " ") + "identity=" + identity;
            return AgentResponse.refused(Status.NOT_FOUND, "No entity with " + sought);
        }
        if (name != null && identity != null && !identity.equals(found.text("identity"))) {
            return conflict(name, identity);
        }
        EntityType foundType = found.table().type();
        return type != null && !foundType.isA(type)
                ? bad("Entity type '" + foundType + "' does not extend requested type '" + type + "'")
                : null;
    }

    private static AgentResponse conflict(@Nullable String name, @Nullable String identity) {
        return bad("Conflicting name=" + name + " identity=" + identity);
    }

    /**
     * Looks among what the original's second agent knows: not connections, links and live addresses, whose names come
     * from peers and could hide configured entities.
     */
    private @Nullable FoundEntity find(@Nullable String name, @Nullable String identity) {
        List<EntityTable> known = tables.stream()
                .filter(table -> !table.type().isLive() || table.type().key().startsWith("router.config."))
                .toList();
        FoundEntity found = name != null
                ? FoundEntity.by("name", name, known)
                : FoundEntity.by("identity", String.valueOf(identity), known);
        String sought = name != null ? name : identity;
        if (found == null && sought != null && sought.startsWith("router/")) {
            List<EntityTable> routers = tables.stream()
                    .filter(table -> table.type().key().equals("router"))
                    .toList();
            return FoundEntity.by("id", sought.substring("router/".length()), routers);
        }
        return found;
    }

    private AgentResponse onSelf(String operation, AgentRequest request) {
        String entityTypeName = request.text("entityType");
        EntityType entityType = entityTypeName == null ? null : managed(entityTypeName);
        boolean typed =
                switch (operation) {
                    case "QUERY", "GET-TYPES", "GET-OPERATIONS", "GET-ATTRIBUTES", "GET-ANNOTATIONS" -> true;
                    default -> false;
                };
        if (typed && entityTypeName != null && entityType == null) {
            return unknownType(entityTypeName);
        }
        return switch (operation) {
            case "QUERY" -> query.answer(request, entityType);
            case "READ" -> AgentResponse.ok(self());
            case "GET-TYPES" -> AgentResponse.ok(schemaAnswers.types(entityType));
            case "GET-OPERATIONS" -> AgentResponse.ok(schemaAnswers.operations(entityType));
            case "GET-ATTRIBUTES" -> AgentResponse.ok(schemaAnswers.attributes(entityType));
            case "GET-ANNOTATIONS" -> AgentResponse.ok(Map.of());
            case "GET-MGMT-NODES" -> AgentResponse.ok(router.managementNodes());
            case "GET-SCHEMA" -> AgentResponse.ok(schemaAnswers.schema());
            case "GET-JSON-SCHEMA" -> jsonSchema(request);
            case "GET-LOG" -> log(request);
            case "PROFILE" -> profile(request);
            case "EXPLAIN" -> explain(request);
            default -> LiveOperations.notImplemented(operation, management);
        };
    }

    private Map<String, Object> self() {
        Map<String, Object> self = new LinkedHashMap<>();
        self.put("name", SELF);
        self.put("identity", SELF);
        self.put("type", management.longName());
        return self;
    }

    private AgentResponse jsonSchema(AgentRequest request) {
        boolean compact = request.text("indent") == null;
        OptionalLong indent = request.integer("indent");
        if (indent.isEmpty() || Math.abs(indent.getAsLong()) > 64) {
            return bad("Invalid value " + ValueType.quoted(request.text("indent")) + " for 'indent', expected 0 to 64");
        }
        return AgentResponse.ok(schemaAnswers.jsonSchema(compact ? -1 : (int) indent.getAsLong()));
    }

    /** The original's switch for its profiler, which a JVM has outside of the router. */
    private AgentResponse profile(AgentRequest request) {
        return request.text("start") == null && request.text("stop") == null
                ? bad("Bad value for 'PROFILE' operation")
                : LiveOperations.notImplemented("PROFILE", management);
    }

    private AgentResponse explain(AgentRequest request) {
        String address = request.text("address");
        String direction = request.text("direction");
        if (address == null || address.isEmpty()) {
            return bad("EXPLAIN needs an 'address'");
        }
        if (!"send".equals(direction) && !"receive".equals(direction)) {
            return bad("Invalid value " + ValueType.quoted(direction) + " for 'direction', expected send or receive");
        }
        return AgentResponse.ok(router.explain(new RouterView.Question(
                address, "send".equals(direction), request.text("user"), request.text("host"))));
    }

    private AgentResponse log(AgentRequest request) {
        OptionalLong limit = request.integer("limit");
        if (limit.isEmpty() || limit.getAsLong() < 0) {
            return bad("Invalid value " + ValueType.quoted(request.text("limit")) + " for 'limit', expected 0 or more");
        }
        List<RouterView.LogLine> lines = router.log();
        int from = limit.getAsLong() == 0 ? 0 : (int) Math.max(0, lines.size() - limit.getAsLong());
        List<Object> answer = new ArrayList<>();
        for (RouterView.LogLine line : lines.subList(from, lines.size())) {
            List<@Nullable Object> entry = new ArrayList<>(6);
            entry.add(line.module());
            entry.add(line.level());
            entry.add(line.text());
            entry.add(line.file());
            entry.add(line.line());
            entry.add(EntityTable.natural(line.epochSeconds()));
            answer.add(entry);
        }
        return AgentResponse.ok(answer);
    }

    private static Map<String, Object> withoutNulls(Map<String, @Nullable Object> map) {
        Map<String, Object> kept = new LinkedHashMap<>();
        map.forEach((key, value) -> {
            if (value != null) {
                kept.put(key, value);
            }
        });
        return kept;
    }

    private static Map<String, String> texts(Map<String, @Nullable Object> properties) {
        Map<String, String> texts = new LinkedHashMap<>();
        properties.forEach((key, value) -> texts.put(key, String.valueOf(value)));
        return texts;
    }

    /** The type of that name, if management knows it. */
    private @Nullable EntityType managed(String name) {
        EntityType type = schema.find(name);
        return type == null || type.is(EntityType.Word.ADAPTOR) ? null : type;
    }

    private static AgentResponse unknownType(String name) {
        return bad("No such entity type '" + name + "'");
    }

    private static AgentResponse bad(String description) {
        return AgentResponse.refused(Status.BAD_REQUEST, description);
    }
}
