// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.management.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A management node that answers as a recorded router did. Each request has to be the recorded one: same node, same
 * properties in the same order, same body.
 */
final class RecordedNode implements ManagementNode {
    private final Deque<Map<?, ?>> messages;
    private final String address;
    private final @Nullable Map<?, ?> elidedAnswer;

    private RecordedNode(Deque<Map<?, ?>> messages, String address, @Nullable Map<?, ?> elidedAnswer) {
        this.messages = messages;
        this.address = address;
        this.elidedAnswer = elidedAnswer;
    }

    /** Messages of a run, of which the tests have the resource NAME.jsonl. */
    static Deque<Map<?, ?>> messages(String name) {
        Deque<Map<?, ?>> messages = new ArrayDeque<>();
        for (String line : resource(name + ".jsonl").lines().toList()) {
            messages.add(ManagementClient.asMap(Json.parse(line)));
        }
        return messages;
    }

    static String resource(String name) {
        try (InputStream in = RecordedNode.class.getResourceAsStream("recorded/" + name)) {
            if (in == null) {
                throw new IllegalStateException("no resource recorded/" + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Attaches to the address, as the recorded tool did next; the answer stands for one that was not kept. */
    static RecordedNode attach(Deque<Map<?, ?>> messages, String address, @Nullable Map<?, ?> elidedAnswer) {
        assertThat(messages.poll()).isEqualTo(Map.of("attach", address));
        return new RecordedNode(messages, address, elidedAnswer);
    }

    @Override
    public ManagementNode at(String other) {
        return attach(messages, other, elidedAnswer);
    }

    @Override
    public ManagementResponse request(ManagementRequest request) {
        Map<?, ?> recorded = next();
        assertThat(address).isEqualTo(recorded.get("request"));
        assertThat(new ArrayList<>(request.properties().entrySet()))
                .isEqualTo(new ArrayList<>(ManagementClient.asMap(plain(recorded.get("application-properties")))
                        .entrySet()));
        assertThat(request.body()).isEqualTo(plain(recorded.get("body")));

        Map<?, ?> answer = next();
        Map<?, ?> properties = ManagementClient.asMap(plain(answer.get("application-properties")));
        Object body = "elided".equals(ManagementClient.asMap(answer.get("body")).get("type"))
                ? elidedAnswer
                : plain(answer.get("body"));
        assertThat(properties.get("statusCode")).isInstanceOf(Number.class);
        int status = properties.get("statusCode") instanceof Number number ? number.intValue() : -1;
        return new ManagementResponse(status, (String) properties.get("statusDescription"), body);
    }

    @Override
    public void close() {
        assertThat(messages).as("requests that were not made").isEmpty();
    }

    private Map<?, ?> next() {
        Map<?, ?> message = messages.poll();
        assertThat(message).as("a request beyond the recorded ones").isNotNull();
        return message;
    }

    /** The plain value of a recorded typed value. */
    static @Nullable Object plain(@Nullable Object typed) {
        Map<?, ?> node = ManagementClient.asMap(typed);
        Object value = node.get("value");
        return switch (String.valueOf(node.get("type"))) {
            case "map" -> {
                Map<Object, @Nullable Object> map = new LinkedHashMap<>();
                for (Object pair : ManagementClient.asList(value)) {
                    List<?> entry = ManagementClient.asList(pair);
                    map.put(String.valueOf(plain(entry.get(0))), plain(entry.get(1)));
                }
                yield map;
            }
            case "list" -> {
                List<@Nullable Object> list = new ArrayList<>();
                ManagementClient.asList(value).forEach(element -> list.add(plain(element)));
                yield list;
            }
            default -> value;
        };
    }
}
