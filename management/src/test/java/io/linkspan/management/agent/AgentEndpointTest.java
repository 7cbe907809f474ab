// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.ErrorCondition;
import io.linkspan.amqp.codec.Binary;
import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.amqp.codec.TypeDecoder;
import io.linkspan.amqp.codec.TypeEncoder;
import io.linkspan.amqp.codec.UnsignedLong;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AgentEndpointTest {
    private final AskedEndpoint endpoint = new AskedEndpoint(Agents.agent(), UnpooledByteBufAllocator.DEFAULT);

    private static ByteBuf message(
            @Nullable Object replyTo, @Nullable Object correlationId, Map<String, ?> properties) {
        ByteBuf message = Unpooled.buffer();
        write(message, 0x70, List.of());
        write(message, 0x71, Map.of(new Symbol("x-opt-qd.ingress"), "0/A"));
        write(message, 0x73, Arrays.asList(null, null, "$management", null, replyTo, correlationId));
        write(message, 0x74, properties);
        write(message, 0x77, Map.of());
        return message;
    }

    private static void write(ByteBuf message, int code, @Nullable Object value) {
        TypeEncoder.writeValue(message, new Described(new UnsignedLong(code), value));
    }

    private static List<Described> sections(ByteBuf message) {
        List<Described> sections = new ArrayList<>();
        while (message.isReadable()) {
            sections.add((Described) java.util.Objects.requireNonNull(TypeDecoder.readValue(message)));
        }
        message.release();
        return sections;
    }

    private static AskedEndpoint.Answer.Reply reply(AskedEndpoint.Answer answer) {
        assertThat(answer).isInstanceOf(AskedEndpoint.Answer.Reply.class);
        return (AskedEndpoint.Answer.Reply) answer;
    }

    private static String condition(AskedEndpoint.Answer answer) {
        assertThat(answer).isInstanceOf(AskedEndpoint.Answer.Rejection.class);
        return ((AskedEndpoint.Answer.Rejection) answer).error().condition().text();
    }

    @Test
    void theAnswerHasHeaderPropertiesStatusAndValue() {
        ByteBuf request = message("amqp:/_topo/0/R/temp.x", "1", Map.of("operation", "GET-MGMT-NODES"));
        int before = request.readerIndex();
        AskedEndpoint.Answer.Reply reply = reply(endpoint.answer(request));
        assertThat(request.readerIndex()).isEqualTo(before);
        assertThat(request.refCnt()).isEqualTo(1);
        assertThat(reply.address()).isEqualTo("amqp:/_topo/0/R/temp.x");
        assertThat(sections(reply.message()))
                .containsExactly(
                        new Described(new UnsignedLong(0x70), List.of(false)),
                        new Described(
                                new UnsignedLong(0x73),
                                Arrays.asList(null, null, "amqp:/_topo/0/R/temp.x", null, null, "1")),
                        new Described(new UnsignedLong(0x74), Map.of("statusCode", 200, "statusDescription", "OK")),
                        new Described(new UnsignedLong(0x77), List.of()));
    }

    static List<Object> correlationIds() {
        return List.of("1", new UnsignedLong(5), new UUID(1, 2), new Binary(new byte[] {1, 2}));
    }

    @ParameterizedTest
    @MethodSource("correlationIds")
    void theCorrelationIdComesBackWithItsType(Object correlationId) {
        ByteBuf request = message("r", correlationId, Map.of("operation", "READ"));
        List<Described> sections = sections(reply(endpoint.answer(request)).message());
        assertThat(((List<?>) java.util.Objects.requireNonNull(sections.get(1).value())).get(5))
                .isEqualTo(correlationId);
    }

    @Test
    void withoutACorrelationIdTheAnswerHasNone() {
        List<Described> sections = sections(reply(endpoint.answer(message("r", null, Map.of("operation", "READ"))))
                .message());
        assertThat(sections.get(1).value()).isEqualTo(Arrays.asList(null, null, "r"));
    }

    @Test
    void aRequestWithoutAReplyToIsRejected() {
        assertThat(condition(endpoint.answer(message(null, "1", Map.of("operation", "READ")))))
                .isEqualTo(ErrorCondition.PRECONDITION_FAILED.symbol().text());
        assertThat(condition(endpoint.answer(message("", "1", Map.of("operation", "READ")))))
                .isEqualTo(ErrorCondition.PRECONDITION_FAILED.symbol().text());
        assertThat(condition(endpoint.answer(Unpooled.EMPTY_BUFFER)))
                .isEqualTo(ErrorCondition.PRECONDITION_FAILED.symbol().text());
    }

    @Test
    void aRequestWithoutPropertiesOrBodyIsAnswered() {
        ByteBuf request = Unpooled.buffer();
        write(request, 0x73, Arrays.asList(null, null, null, null, "r"));
        List<Described> sections = sections(reply(endpoint.answer(request)).message());
        assertThat(sections.get(2).value())
                .isEqualTo(Map.of("statusCode", 400, "statusDescription", "No 'operation' property: {}"));
    }

    @Test
    void garbageIsRejected() {
        ByteBuf whole = message("r", "1", Map.of("operation", "READ"));
        for (int length = 1; length < whole.readableBytes(); length++) {
            AskedEndpoint.Answer answer = endpoint.answer(whole.slice(0, length));
            if (answer instanceof AskedEndpoint.Answer.Reply reply) {
                reply.message().release(); // Cut behind a section.
            } else {
                assertThat(condition(answer)).isIn("amqp:decode-error", "amqp:precondition-failed");
            }
        }
        ByteBuf bare = Unpooled.buffer();
        TypeEncoder.writeValue(bare, "text");
        assertThat(condition(endpoint.answer(bare))).isEqualTo("amqp:decode-error");
        ByteBuf named = Unpooled.buffer();
        TypeEncoder.writeValue(named, new Described(new Symbol("x"), List.of()));
        assertThat(condition(endpoint.answer(named))).isEqualTo("amqp:decode-error");
    }
}
