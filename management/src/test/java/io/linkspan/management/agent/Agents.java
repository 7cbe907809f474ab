// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import io.linkspan.management.config.ConfigurationReader;
import io.linkspan.management.config.LiveConfiguration;
import io.linkspan.management.config.RouterConfiguration;
import io.linkspan.management.config.Surroundings;
import io.linkspan.management.schema.Schema;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Agents and requests for tests. */
final class Agents {
    static final String PREFIX = "org.apache.qpid.dispatch.";

    private Agents() {}

    static RouterView router(List<String> nodes, RouterView.LogLine... lines) {
        return new RouterView() {
            @Override
            public List<String> managementNodes() {
                return nodes;
            }

            @Override
            public List<LogLine> log() {
                return List.of(lines);
            }

            @Override
            public Map<String, @Nullable Object> explain(Question question) {
                Map<String, @Nullable Object> answer = new LinkedHashMap<>();
                answer.put("question", question.toString());
                return answer;
            }
        };
    }

    static Asked agent(EntitySource... sources) {
        return new Asked(new ManagementAgent(Schema.standard(), List.of(sources), List.of(), router(List.of())));
    }

    static EntitySource source(String type, List<String> attributes, @Nullable Object[]... rows) {
        return EntitySource.of(type, attributes, () -> List.of(rows));
    }

    static LiveConfiguration configured(String text) {
        return new LiveConfiguration(read(text), Surroundings.of(Map.of()));
    }

    /** The configuration of a file. */
    static RouterConfiguration read(String text) {
        return ConfigurationReader.read("q.conf", text, Surroundings.of(Map.of()))
                .configuration()
                .orElseThrow();
    }

    /** A request of property names and values. */
    static AgentRequest request(Object... namesAndValues) {
        Map<String, @Nullable Object> properties = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            properties.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return new AgentRequest(properties, null);
    }

    static AgentRequest withBody(AgentRequest request, Object body) {
        return new AgentRequest(request.properties(), body);
    }

    static AgentRequest query(String entityType, String... columns) {
        return withBody(
                request("operation", "QUERY", "entityType", entityType, "type", "org.amqp.management", "name", "self"),
                Map.of("attributeNames", List.of(columns)));
    }

    /** Status and description of an answer. */
    static String told(AgentResponse response) {
        return response.status().code() + " " + response.description();
    }

    static List<?> columns(AgentResponse response) {
        return list(map(response), "attributeNames");
    }

    static List<?> results(AgentResponse response) {
        return list(map(response), "results");
    }

    /** A list in a map, which has to be there. */
    static List<?> list(Map<?, ?> map, String key) {
        return (List<?>) Objects.requireNonNull(map.get(key), key);
    }

    /** A map in a map, which has to be there. */
    static Map<?, ?> map(Map<?, ?> map, String key) {
        return (Map<?, ?>) Objects.requireNonNull(map.get(key), key);
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> map(AgentResponse response) {
        if (response.status() != Status.OK) {
            throw new AssertionError(told(response));
        }
        return (Map<String, Object>) Objects.requireNonNull(response.body());
    }

    static List<@Nullable Object> row(@Nullable Object... values) {
        List<@Nullable Object> row = new ArrayList<>();
        Collections.addAll(row, values);
        return row;
    }
}
