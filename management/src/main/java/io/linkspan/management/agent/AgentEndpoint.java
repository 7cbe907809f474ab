// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import io.linkspan.amqp.AmqpError;
import io.linkspan.amqp.ErrorCondition;
import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.MalformedException;
import io.linkspan.amqp.codec.TypeDecoder;
import io.linkspan.amqp.codec.TypeEncoder;
import io.linkspan.amqp.codec.UnsignedLong;
import io.linkspan.core.connection.Connection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The management node in messages: decodes a request, has it answered, encodes the answer. Confined to the agent's loop.
 *
 * <p>AMQP 1.0 part 3, 3.2. The correlation-id comes back with the type it had.
 */
public final class AgentEndpoint {
    private static final int HEADER = 0x70;
    private static final int PROPERTIES = 0x73;
    private static final int APPLICATION_PROPERTIES = 0x74;
    private static final int AMQP_VALUE = 0x77;

    /** Places of the fields in the properties section. */
    private static final int TO = 2;

    private static final int REPLY_TO = 4;
    private static final int CORRELATION_ID = 5;

    private final ManagementAgent agent;
    private final ByteBufAllocator allocator;

    /** Takes the answers. */
    @FunctionalInterface
    public interface Replies {
        /**
         * Sends an answer, settled.
         *
         * @param address the request's reply-to
         * @param message the whole message, owned by the taker
         */
        void send(String address, ByteBuf message);
    }

    /** Makes an endpoint whose answers are in buffers of that allocator. */
    public AgentEndpoint(ManagementAgent agent, ByteBufAllocator allocator) {
        this.agent = agent;
        this.allocator = allocator;
    }

    /**
     * Answers a request, at once or later on the agent's loop.
     *
     * @param message a whole message from reader index to writer index; the caller keeps the buffer
     * @param from the connection it came in over; null when it came in otherwise
     * @param replies gets the answer once, unless the request is rejected
     * @return why the request is rejected; null if it is accepted
     */
    public @Nullable AmqpError answer(ByteBuf message, @Nullable Connection from, Replies replies) {
        Sections sections = new Sections();
        try {
            sections.read(message.slice());
        } catch (MalformedException e) {
            return ErrorCondition.DECODE_ERROR.error(String.valueOf(e.getMessage()));
        }
        String replyTo = AgentRequest.textOf(sections.property(REPLY_TO));
        if (replyTo == null || replyTo.isEmpty()) {
            return ErrorCondition.PRECONDITION_FAILED.error("a management request needs a reply-to");
        }
        Object correlationId = sections.property(CORRELATION_ID);
        agent.handle(
                new AgentRequest(sections.applicationProperties, sections.value, from),
                response -> replies.send(replyTo, encode(response, replyTo, correlationId)));
        return null;
    }

    private ByteBuf encode(AgentResponse response, String replyTo, @Nullable Object correlationId) {
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("statusCode", response.status().code());
        status.put("statusDescription", response.description());
        List<@Nullable Object> properties = new ArrayList<>(CORRELATION_ID + 1);
        for (int i = 0; i <= (correlationId == null ? TO : CORRELATION_ID); i++) {
            properties.add(i == TO ? replyTo : i == CORRELATION_ID ? correlationId : null);
        }
        ByteBuf message = allocator.buffer();
        try {
            writeSection(message, HEADER, List.of(false));
            writeSection(message, PROPERTIES, properties);
            writeSection(message, APPLICATION_PROPERTIES, status);
            writeSection(message, AMQP_VALUE, response.body());
            return message;
        } catch (RuntimeException | Error e) {
            message.release();
            throw e;
        }
    }

    private static void writeSection(ByteBuf message, int code, @Nullable Object value) {
        TypeEncoder.writeValue(message, new Described(new UnsignedLong(code), value));
    }

    /** The sections of a request that matter. */
    private static final class Sections {
        private List<?> properties = List.of();
        private Map<String, @Nullable Object> applicationProperties = new LinkedHashMap<>();
        private @Nullable Object value;

        void read(ByteBuf message) {
            while (message.isReadable()) {
                if (!(TypeDecoder.readValue(message) instanceof Described section)
                        || !(section.descriptor() instanceof UnsignedLong code)) {
                    throw new MalformedException("a message with something that is no section");
                }
                if (code.bits() == PROPERTIES && section.value() instanceof List<?> fields) {
                    properties = fields;
                } else if (code.bits() == APPLICATION_PROPERTIES && section.value() instanceof Map<?, ?> map) {
                    map.forEach((key, member) -> applicationProperties.put(String.valueOf(key), member));
                } else if (code.bits() == AMQP_VALUE) {
                    value = section.value();
                }
            }
        }

        @Nullable
        Object property(int place) {
            return place < properties.size() ? properties.get(place) : null;
        }
    }
}
