// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import io.linkspan.management.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.messaging.AmqpSequence;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.proton.amqp.messaging.Section;
import org.apache.qpid.proton.message.Message;
import org.jspecify.annotations.Nullable;

/** One message as one line for people: where it went, its body, and its properties if they are wanted. */
final class MessageLine {
    private MessageLine() {}

    /**
     * The line of an AMQP message.
     *
     * @param linkAddress address of the receiver, for a message that does not say where it goes
     */
    static String of(Message message, String linkAddress, boolean verbose) {
        String address = message.getAddress() == null ? linkAddress : message.getAddress();
        return of(address, body(message.getBody()), verbose ? properties(message) : null);
    }

    /** The line of any message; what might break a terminal or the line is written as an escape. */
    static String of(String address, String body, @Nullable Map<String, ?> properties) {
        String line = printable(address) + " " + printable(body);
        return properties == null || properties.isEmpty() ? line : line + " " + Json.write(properties, Json.COMPACT);
    }

    private static String body(@Nullable Section section) {
        if (section instanceof Data data) {
            Binary binary = data.getValue();
            return new String(binary.getArray(), binary.getArrayOffset(), binary.getLength(), StandardCharsets.UTF_8);
        }
        Object value = null;
        if (section instanceof AmqpValue amqpValue) {
            value = PlainValues.of(amqpValue.getValue());
        } else if (section instanceof AmqpSequence sequence) {
            value = PlainValues.of(sequence.getValue());
        }
        if (value == null) {
            return "";
        }
        return value instanceof String text ? text : Json.write(value, Json.COMPACT);
    }

    private static Map<String, Object> properties(Message message) {
        Map<String, Object> shown = new LinkedHashMap<>();
        put(shown, "durable", message.isDurable() ? true : null);
        put(shown, "priority", message.getPriority() == Message.DEFAULT_PRIORITY ? null : message.getPriority());
        put(shown, "ttl", message.getTtl() == 0 ? null : message.getTtl());
        put(shown, "message-id", message.getMessageId());
        put(shown, "subject", message.getSubject());
        put(shown, "reply-to", message.getReplyTo());
        put(shown, "correlation-id", message.getCorrelationId());
        put(shown, "content-type", message.getContentType());
        if (message.getApplicationProperties() != null) {
            message.getApplicationProperties().getValue().forEach((name, value) -> put(shown, name, value));
        }
        return shown;
    }

    private static void put(Map<String, Object> map, String name, @Nullable Object value) {
        Object plain = PlainValues.of(value);
        if (plain != null) {
            map.put(name, plain);
        }
    }

    private static String printable(String text) {
        StringBuilder out = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (c == '\t' || !Character.isISOControl(c)) {
                out.appendCodePoint(c);
            } else if (c == '\n') {
                out.append("\\n");
            } else {
                out.append(String.format(java.util.Locale.ROOT, "\\x%02x", c));
            }
        });
        return out.toString();
    }
}
