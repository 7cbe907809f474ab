// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import io.linkspan.amqp.codec.AmqpArray;
import io.linkspan.amqp.codec.Binary;
import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.MalformedException;
import io.linkspan.amqp.codec.TypeDecoder;
import io.linkspan.amqp.codec.TypeEncoder;
import io.linkspan.amqp.codec.UnsignedByte;
import io.linkspan.amqp.codec.UnsignedInteger;
import io.linkspan.amqp.codec.UnsignedLong;
import io.linkspan.amqp.codec.UnsignedShort;
import io.linkspan.management.cli.ManagementRequest;
import io.linkspan.management.cli.ManagementResponse;
import io.linkspan.management.cli.ToolFailure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The messages of a management tool: requests to bytes, bytes to answers in plain values. AMQP 1.0 part 3, 3.2. */
final class ToolMessages {
    private static final long PROPERTIES = 0x73;
    private static final long APPLICATION_PROPERTIES = 0x74;
    private static final long AMQP_VALUE = 0x77;

    /** Index of correlation-id among the properties. */
    private static final int CORRELATION_ID = 5;

    private ToolMessages() {}

    /** An answer and the question it belongs to; the id is empty when there is none. */
    record Answer(String correlationId, ManagementResponse response) {}

    /** The message of a request; the caller releases it. */
    static ByteBuf request(ByteBufAllocator memory, ManagementRequest request, String replyTo, String id) {
        ByteBuf message = memory.heapBuffer();
        write(message, PROPERTIES, Arrays.asList(null, null, null, null, replyTo, id));
        write(message, APPLICATION_PROPERTIES, new LinkedHashMap<>(request.properties()));
        write(message, AMQP_VALUE, request.body());
        return message;
    }

    private static void write(ByteBuf message, long section, @Nullable Object value) {
        try {
            TypeEncoder.writeValue(message, new Described(new UnsignedLong(section), value));
        } catch (IllegalArgumentException e) { // A number of JSON beyond 64 bits.
            throw new ToolFailure("ValueError", String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * Reads an answer.
     *
     * @throws ToolFailure if it is no message, or has no status
     */
    static Answer answer(ByteBuf message) {
        String id = "";
        Object properties = null;
        Object body = null;
        try {
            while (message.isReadable()) {
                if (!(TypeDecoder.readValue(message) instanceof Described section)
                        || !(section.descriptor() instanceof UnsignedLong code)) {
                    throw new MalformedException("a section without a descriptor");
                }
                if (code.bits() == PROPERTIES && section.value() instanceof List<?> fields) {
                    id = fields.size() > CORRELATION_ID ? String.valueOf(plain(fields.get(CORRELATION_ID))) : "";
                } else if (code.bits() == APPLICATION_PROPERTIES) {
                    properties = plain(section.value());
                } else if (code.bits() == AMQP_VALUE) {
                    body = plain(section.value());
                }
            }
        } catch (MalformedException e) {
            throw new ToolFailure("MessageException", "the answer cannot be read: " + e.getMessage(), e);
        }
        Map<?, ?> status = properties instanceof Map<?, ?> map ? map : Map.of();
        if (!(status.get("statusCode") instanceof Number code)) {
            throw new ToolFailure("ValueError", "the answer has no statusCode: " + status);
        }
        Object description = status.get("statusDescription");
        return new Answer(
                id, new ManagementResponse(code.intValue(), description == null ? null : description.toString(), body));
    }

    /**
     * The plain form of a value, whatever its width on the wire. What has no plain form, such as an identifier or a
     * time, becomes text.
     */
    static @Nullable Object plain(@Nullable Object value) {
        if (value == null || value instanceof Boolean || value instanceof String || value instanceof Double) {
            return value;
        }
        if (value instanceof Float number) {
            return number.doubleValue();
        }
        if (value instanceof UnsignedLong number) {
            return number.bits() >= 0 ? (Object) number.bits() : new BigInteger(number.toString());
        }
        if (value instanceof UnsignedInteger number) {
            return number.value();
        }
        if (value instanceof UnsignedShort number) {
            return (long) number.value();
        }
        if (value instanceof UnsignedByte number) {
            return (long) number.value();
        }
        if (value instanceof Number number) {
            return number.longValue();
        }
        if (value instanceof Binary binary) {
            return new String(binary.octets(), StandardCharsets.UTF_8);
        }
        if (value instanceof Described described) {
            return plain(described.value());
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, @Nullable Object> plain = new LinkedHashMap<>();
            map.forEach((key, element) -> plain.put(String.valueOf(plain(key)), plain(element)));
            return plain;
        }
        if (value instanceof AmqpArray array) {
            return plain(array.elements());
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> plain = new ArrayList<>(list.size());
            list.forEach(element -> plain.add(plain(element)));
            return plain;
        }
        return value.toString();
    }
}
