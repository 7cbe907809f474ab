// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import io.linkspan.core.connection.Connection;
import io.linkspan.management.agent.EntityLifecycle.Done;
import io.linkspan.management.agent.EntityLifecycle.Outcome;
import io.linkspan.management.agent.EntityLifecycle.Refused;
import io.linkspan.management.schema.EntityType;
import io.linkspan.management.schema.Schema;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The lifecycles of all types, with their outcomes as answers: the whole entity after CREATE and UPDATE. */
final class Lifecycles {
    private final Map<EntityType, EntityLifecycle> byType = new HashMap<>();
    private final List<EntityTable> tables;

    Lifecycles(Schema schema, List<EntityTable> tables, List<EntityLifecycle> lifecycles) {
        this.tables = tables;
        for (EntityLifecycle lifecycle : lifecycles) {
            EntityType type = schema.type(lifecycle.type());
            if (byType.put(type, lifecycle) != null) {
                throw new IllegalStateException("two lifecycles of " + type);
            }
            if (tables.stream().noneMatch(table -> table.type() == type)) {
                throw new IllegalStateException(type + " has a lifecycle and no source");
            }
        }
    }

    void create(
            EntityType type,
            Map<String, @Nullable Object> attributes,
            @Nullable Connection asker,
            Consumer<AgentResponse> reply) {
        EntityLifecycle lifecycle = of(type, asker);
        if (lifecycle == null) {
            reply.accept(LiveOperations.notImplemented("CREATE", type));
            return;
        }
        lifecycle.create(attributes, outcome -> {
            AgentResponse response = answer(outcome, type, asker, Status.CREATED);
            boolean bodyless = type.isLive() && response.status() != Status.CREATED;
            reply.accept(bodyless ? response.withBody(null) : response);
        });
    }

    void update(
            EntityType type,
            String identity,
            Map<String, @Nullable Object> attributes,
            @Nullable Connection asker,
            Consumer<AgentResponse> reply) {
        EntityLifecycle lifecycle = of(type, asker);
        if (lifecycle == null) {
            reply.accept(LiveOperations.notImplemented("UPDATE", type));
            return;
        }
        lifecycle.update(identity, attributes, outcome -> reply.accept(answer(outcome, type, asker, Status.OK)));
    }

    void delete(EntityType type, String identity, @Nullable Connection asker, Consumer<AgentResponse> reply) {
        EntityLifecycle lifecycle = of(type, asker);
        if (lifecycle == null) {
            reply.accept(LiveOperations.notImplemented("DELETE", type));
            return;
        }
        lifecycle.delete(
                identity,
                outcome -> reply.accept(
                        outcome instanceof Done done
                                ? AgentResponse.made(Status.NO_CONTENT, done.note(), Map.of())
                                : answer(outcome, type, asker, Status.NO_CONTENT)));
    }

    private @Nullable EntityLifecycle of(EntityType type, @Nullable Connection asker) {
        EntityLifecycle lifecycle = byType.get(type);
        return lifecycle == null ? null : lifecycle.askedBy(asker);
    }

    private AgentResponse answer(Outcome outcome, EntityType type, @Nullable Connection asker, Status status) {
        if (outcome instanceof Refused refused) {
            return AgentResponse.refused(refused.status(), refused.text());
        }
        Done done = (Done) outcome;
        List<EntityTable> own = tables.stream()
                .filter(table -> table.type() == type)
                .map(table -> table.seenBy(asker))
                .toList();
        FoundEntity found = FoundEntity.by("identity", done.identity(), own);
        if (found == null) {
            // It was there when the change was done; something else has taken it away since.
            return AgentResponse.made(status, done.note(), Map.of());
        }
        Map<String, @Nullable Object> map = new LinkedHashMap<>(found.map());
        if (!type.isLive()) {
            map.values().removeIf(value -> value == null);
        }
        return AgentResponse.made(status, done.note(), map);
    }
}
