// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.management.schema.EntityType;
import io.linkspan.management.schema.Schema;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Spoilt and arbitrary requests get an answer or are rejected, never an exception. */
class AgentFuzzTest {
    private static final List<String> OPERATIONS = List.of(
            "QUERY", "READ", "CREATE", "UPDATE", "DELETE", "GET-TYPES", "get-log", "GET-SCHEMA", "PROFILE", "", "x");
    private static final List<String> NAMES =
            List.of("operation", "type", "entityType", "name", "identity", "offset", "count", "limit", "indent");

    private final Asked agent = Agents.agent(
            Agents.source("router.link", List.of("name", "identity"), new @Nullable Object[] {"self", "1"}),
            Agents.source("listener", List.of("name", "identity"), new @Nullable Object[] {"1", "self"}));

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void spoiltMessagesAreAnsweredOrRejected(long seed) throws IOException {
        Random random = new Random(seed);
        AskedEndpoint endpoint = new AskedEndpoint(agent, UnpooledByteBufAllocator.DEFAULT);
        List<byte[]> requests = RecordedRequestsTest.requests();
        for (int i = 0; i < 5000; i++) {
            byte[] bytes = requests.get(random.nextInt(requests.size())).clone();
            for (int spoils = random.nextInt(5); spoils >= 0; spoils--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            ByteBuf message = Unpooled.wrappedBuffer(bytes, 0, 1 + random.nextInt(bytes.length));
            if (endpoint.answer(message) instanceof AskedEndpoint.Answer.Reply reply) {
                assertThat(reply.message().isReadable()).isTrue();
                reply.message().release();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void arbitraryRequestsAreAnswered(long seed) {
        Random random = new Random(seed);
        List<String> values = new ArrayList<>(List.of("self", "1", "router/x", "", "-1", "foo"));
        Schema.standard().types().stream().map(EntityType::longName).forEach(values::add);
        for (int i = 0; i < 5000; i++) {
            Map<String, @Nullable Object> properties = new LinkedHashMap<>();
            properties.put("operation", OPERATIONS.get(random.nextInt(OPERATIONS.size())));
            for (int n = random.nextInt(4); n > 0; n--) {
                properties.put(
                        NAMES.get(random.nextInt(NAMES.size())),
                        value(values.get(random.nextInt(values.size())), random));
            }
            Object body = random.nextBoolean() ? null : Map.of("attributeNames", List.of("name", 5), "type", "vhost");
            AgentResponse response = agent.handle(new AgentRequest(properties, body));
            assertThat(response.status().code()).as(properties.toString()).isBetween(200, 501);
        }
    }

    private static @Nullable Object value(String text, Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> null;
            case 1 -> random.nextLong();
            default -> text;
        };
    }
}
