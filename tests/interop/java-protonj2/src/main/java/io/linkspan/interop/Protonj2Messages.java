// SPDX-License-Identifier: Apache-2.0
package io.linkspan.interop;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.qpid.protonj2.client.AdvancedMessage;
import org.apache.qpid.protonj2.client.Delivery;
import org.apache.qpid.protonj2.client.Message;
import org.apache.qpid.protonj2.client.exceptions.ClientException;
import org.apache.qpid.protonj2.types.Binary;
import org.apache.qpid.protonj2.types.messaging.AmqpSequence;
import org.apache.qpid.protonj2.types.messaging.AmqpValue;
import org.apache.qpid.protonj2.types.messaging.Data;
import org.apache.qpid.protonj2.types.messaging.Header;
import org.apache.qpid.protonj2.types.messaging.Section;

/** Messages of protonj2 from the options of a command, and as events. */
final class Protonj2Messages {

    private Protonj2Messages() {}

    static Message<?> toSend(Command command, String link, int n) throws ClientException {
        AdvancedMessage<Object> message = AdvancedMessage.create();
        message.addBodySection(body(command, link, n));
        message.durable(command.has("durable"));
        if (command.has("priority")) {
            message.priority((byte) command.option("priority", 4));
        }
        if (command.has("ttl")) {
            message.timeToLive(command.option("ttl", 0));
        }
        if (command.has("message-id")) {
            message.messageId(command.option("message-id", ""));
        }
        if (command.has("to")) {
            message.to(command.option("to", ""));
        }
        if (command.has("subject")) {
            message.subject(command.option("subject", ""));
        }
        if (command.has("reply-to")) {
            message.replyTo(command.option("reply-to", ""));
        }
        if (command.has("correlation-id")) {
            message.correlationId(command.option("correlation-id", ""));
        }
        if (command.has("content-type")) {
            message.contentType(command.option("content-type", ""));
        }
        if (command.has("group-id")) {
            message.groupId(command.option("group-id", ""));
        }
        for (String property : command.options("property")) {
            String[] parts = property.split(":", 3);
            message.property(parts[0], Bodies.property(parts));
        }
        return message;
    }

    private static Section<?> body(Command command, String link, int n) {
        int size = command.option("size", 0);
        return switch (command.option("body", "text")) {
            case "data" -> new Data(Bodies.data(link, n, size));
            case "map" -> new AmqpValue<>(Bodies.map());
            case "list" -> new AmqpValue<>(Bodies.list());
            case "sequence" -> new AmqpSequence<>(Bodies.list());
            case "integer" -> new AmqpValue<>(42);
            case "boolean" -> new AmqpValue<>(true);
            case "null" -> new AmqpValue<>(null);
            default -> new AmqpValue<>(Bodies.text(link, n, size));
        };
    }

    static Map<String, Object> event(String link, int n, Delivery delivery) throws ClientException {
        AdvancedMessage<Object> message = delivery.message().toAdvancedMessage();
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("event", "message");
        event.put("link", link);
        event.put("n", n);
        event.put("settled", delivery.remoteSettled());
        section(message.bodySections(), event);
        event.put("durable", message.durable());
        event.put("priority", message.priority());
        Header header = message.header();
        put(event, "ttl", header == null || !header.hasTimeToLive() ? null : header.getTimeToLive());
        put(event, "messageId", message.messageId());
        put(event, "to", message.to());
        put(event, "subject", message.subject());
        put(event, "replyTo", message.replyTo());
        put(event, "correlationId", message.correlationId());
        put(event, "contentType", message.contentType());
        put(event, "groupId", message.groupId());
        Map<String, Object> properties = new LinkedHashMap<>();
        message.forEachProperty((key, value) -> properties.put(key, plain(value)));
        event.put("properties", properties);
        return event;
    }

    private static void section(Collection<Section<?>> sections, Map<String, Object> event) {
        Section<?> body = sections.isEmpty() ? null : sections.iterator().next();
        if (body instanceof Data data) {
            event.put("section", "data");
            event.put("body", data.getValue());
        } else if (body instanceof AmqpSequence<?> sequence) {
            event.put("section", "sequence");
            event.put("body", sequence.getValue());
        } else if (body instanceof AmqpValue<?> value) {
            event.put("section", "value");
            event.put("body", plain(value.getValue()));
        } else {
            event.put("section", "none");
        }
    }

    private static Object plain(Object value) {
        return value instanceof Binary binary ? binary.asByteArray() : value;
    }

    private static void put(Map<String, Object> event, String key, Object value) {
        if (value != null) {
            event.put(key, value instanceof List<?> ? value : plain(value));
        }
    }
}
