// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.codec.Symbol;
import io.linkspan.amqp.codec.UnsignedInteger;
import io.linkspan.core.CoreEvents;
import io.linkspan.core.CoreSettings;
import io.linkspan.core.RouterCore;
import io.linkspan.core.rows.CoreRows;
import io.linkspan.core.rows.RouteRows;
import io.linkspan.management.config.ConfiguredEntity;
import io.linkspan.management.config.LiveConfiguration;
import io.linkspan.management.schema.AttributeType;
import io.linkspan.management.schema.EntityType;
import io.linkspan.management.schema.Schema;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Ten thousand arbitrary requests, half of them nearly right, each get one answer; only one that is answered with success
 * to a CREATE, UPDATE or DELETE changes anything, and that one entity at most.
 */
class ManagementFuzzTest {
    private static final int REQUESTS = 10_000;
    private static final List<String> OPERATIONS = List.of(
            "CREATE", "CREATE", "CREATE", "create", "UPDATE", "Update", "DELETE", "DELETE", "READ", "QUERY", "EXPLAIN",
            "GET-LOG", "CALLME", "PROFILE", "");
    private static final List<String> TYPES = List.of(
            "listener",
            "connector",
            "sslProfile",
            "authServicePlugin",
            "mqtt",
            "vhost",
            "log",
            "policy",
            "dummy",
            "address",
            "linkRoute",
            "autoLink",
            "exchange",
            "binding",
            "router",
            "connection",
            "router.link",
            "console",
            "org.amqp.management",
            "nonsense");

    private final RouterCore core =
            new RouterCore(CoreSettings.standalone("R"), CoreEvents.NONE, new SplittableRandom(1));
    private final LiveConfiguration configuration = Agents.configured("""
            listener {
              name: a
              port: 0
            }
            vhost {
              hostname: h
            }
            """);
    private final ManagementAgent agent = agent();

    private ManagementAgent agent() {
        List<String> configured =
                List.of("listener", "connector", "sslProfile", "authServicePlugin", "mqtt", "vhost", "log", "dummy");
        List<EntitySource> sources = new ArrayList<>(Stream.concat(configured.stream(), Stream.of("policy"))
                .<EntitySource>map(type -> new ConfiguredSource(type, configuration, ConfiguredSource.LiveValues.NONE))
                .toList());
        sources.add(EntitySource.of(CoreRows.router(core, () -> null)));
        sources.add(EntitySource.of(CoreRows.connections(core)));
        sources.add(EntitySource.of(CoreRows.links(core)));
        sources.add(AddressSource.of(core));
        sources.add(EntitySource.of(RouteRows.linkRoutes(core)));
        sources.add(EntitySource.of(RouteRows.autoLinks(core)));
        sources.add(EntitySource.of(CoreRows.exchanges(core)));
        sources.add(EntitySource.of(CoreRows.bindings(core)));
        List<EntityLifecycle> lifecycles = new ArrayList<>(configured.stream()
                .<EntityLifecycle>map(type -> new ConfiguredLifecycle(type, configuration, EntityEffect.NONE))
                .toList());
        lifecycles.add(new AddressLifecycle(core));
        lifecycles.add(new ConnectionLifecycle(core));
        lifecycles.addAll(RouteLifecycles.of(core));
        lifecycles.addAll(ExchangeLifecycles.of(core));
        return new ManagementAgent(Schema.standard(), sources, lifecycles, Agents.router(List.of()));
    }

    /** Everything that management could have changed, by identity. */
    private Map<String, String> state() {
        Map<String, String> state = new LinkedHashMap<>();
        for (ConfiguredEntity entity : configuration.entities()) {
            state.put(entity.identity(), entity.attributes().toString());
        }
        core.table().entities().all().forEach(entity -> state.put("address " + entity.identity(), entity.toString()));
        core.linkRoutes().all().forEach(route -> state.put("linkRoute " + route.identity(), route.toString()));
        core.autoLinks().all().forEach(link -> state.put("autoLink " + link.identity(), link.address()));
        core.exchanges().all().forEach(exchange -> state.put("exchange " + exchange.identity(), exchange.name()));
        core.exchanges().bindings().forEach(binding -> state.put("binding " + binding.identity(), binding.key()));
        return state;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void everyRequestGetsOneAnswerAndChangesWhatItSays(long seed) {
        Random random = new Random(seed);
        Map<String, String> before = state();
        int changes = 0;
        for (int i = 0; i < REQUESTS; i++) {
            AgentRequest request = request(random, before);
            List<AgentResponse> answers = new ArrayList<>();
            agent.handle(request, answers::add);
            assertThat(answers).as("answers to " + request).hasSize(1);
            AgentResponse answer = answers.get(0);
            assertThat(answer.status())
                    .as(request + ": " + answer.description())
                    .isNotEqualTo(Status.INTERNAL_SERVER_ERROR);
            Map<String, String> after = state();
            List<String> differences = differences(before, after);
            String operation =
                    String.valueOf(request.properties().get("operation")).toUpperCase(java.util.Locale.ROOT);
            boolean changing =
                    switch (answer.status()) {
                        case CREATED -> operation.equals("CREATE");
                        case NO_CONTENT -> operation.equals("DELETE");
                        case OK -> operation.equals("UPDATE");
                        default -> false;
                    };
            if (!changing) {
                assertThat(differences).as(request + ": " + answer).isEmpty();
            } else if (operation.equals("DELETE") && differences.stream().anyMatch(d -> d.startsWith("exchange "))) {
                assertThat(differences)
                        .as("an exchange goes with its bindings")
                        .allMatch(d -> d.startsWith("exchange ") || d.startsWith("binding "));
            } else {
                assertThat(differences).as(request + ": " + answer).hasSizeLessThanOrEqualTo(1);
            }
            changes += differences.size();
            before = after;
        }
        assertThat(changes).isGreaterThan(100);
    }

    private static List<String> differences(Map<String, String> before, Map<String, String> after) {
        List<String> differences = new ArrayList<>();
        after.forEach((identity, value) -> {
            if (!value.equals(before.get(identity))) {
                differences.add(identity);
            }
        });
        before.keySet().stream()
                .filter(identity -> !after.containsKey(identity))
                .forEach(differences::add);
        return differences;
    }

    private AgentRequest request(Random random, Map<String, String> state) {
        Map<String, @Nullable Object> properties = new LinkedHashMap<>();
        String type = TYPES.get(random.nextInt(TYPES.size()));
        properties.put("operation", OPERATIONS.get(random.nextInt(OPERATIONS.size())));
        if (random.nextInt(10) > 0) {
            properties.put(random.nextInt(8) == 0 ? "entityType" : "type", type);
        }
        if (random.nextInt(3) > 0) {
            List<String> identities = new ArrayList<>(state.keySet());
            String identity = identities.get(random.nextInt(identities.size()));
            String last = identity.substring(identity.indexOf(' ') + 1);
            properties.put(random.nextBoolean() ? "identity" : "name", random.nextInt(4) == 0 ? value(random) : last);
        }
        Object body = random.nextInt(12) == 0 ? value(random) : body(random, type);
        return new AgentRequest(properties, body);
    }

    /** Attributes of a type with values that are right as often as not. */
    private static Map<Object, @Nullable Object> body(Random random, String typeName) {
        Map<Object, @Nullable Object> body = new LinkedHashMap<>();
        EntityType type = Schema.standard().find(typeName);
        if (type == null) {
            return body;
        }
        for (AttributeType attribute : type.attributes()) {
            boolean needed = attribute.is(AttributeType.Word.REQUIRED);
            if (attribute.name().equals("type") || (random.nextInt(needed ? 10 : 40) != 0 && !needed)) {
                continue;
            }
            body.put(
                    random.nextBoolean() ? attribute.name() : new Symbol(attribute.name()), fitting(random, attribute));
        }
        if (typeName.equals("address") || typeName.equals("linkRoute")) {
            body.put("prefix", "p" + random.nextInt(20));
        }
        if (random.nextInt(20) == 0) {
            body.put("x" + random.nextInt(3), value(random));
        }
        return body;
    }

    private static @Nullable Object fitting(Random random, AttributeType attribute) {
        if (random.nextInt(12) == 0) {
            return value(random);
        }
        return switch (attribute.type().kind()) {
            case INTEGER -> random.nextInt(10);
            case BOOLEAN -> random.nextBoolean();
            case ENUM, WORDS ->
                attribute
                        .type()
                        .tags()
                        .get(random.nextInt(attribute.type().tags().size()));
            case MAP, PROPERTIES -> Map.of("k", Map.of("users", "u" + random.nextInt(3)));
            case LIST -> List.of("a");
            case STRING, PATH, ENTITY_ID -> "v" + random.nextInt(6);
        };
    }

    private static @Nullable Object value(Random random) {
        return switch (random.nextInt(9)) {
            case 0 -> null;
            case 1 -> random.nextLong();
            case 2 -> "";
            case 3 -> List.of(1, "a");
            case 4 -> Map.of("a", List.of());
            case 5 -> new UnsignedInteger(random.nextInt(1000));
            case 6 -> new Symbol("s");
            case 7 -> random.nextDouble();
            default -> "text" + random.nextInt(4);
        };
    }
}
