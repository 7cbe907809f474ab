// SPDX-License-Identifier: Apache-2.0
package io.linkspan.interop;

import io.vertx.proton.ProtonDelivery;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.messaging.AmqpSequence;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.proton.amqp.messaging.Section;
import org.apache.qpid.proton.message.Message;

/** Messages of proton-j from the options of a command, and as events. */
final class VertxAmqpMessages {

    private VertxAmqpMessages() {}

    static Message toSend(Command command, String link, int n) {
        Message message = Message.Factory.create();
        message.setBody(body(command, link, n));
        message.setDurable(command.has("durable"));
        if (command.has("priority")) {
            message.setPriority((short) command.option("priority", 4));
        }
        if (command.has("ttl")) {
            message.setTtl(command.option("ttl", 0));
        }
        if (command.has("message-id")) {
            message.setMessageId(command.option("message-id", ""));
        }
        if (command.has("to")) {
            message.setAddress(command.option("to", ""));
        }
        if (command.has("subject")) {
            message.setSubject(command.option("subject", ""));
        }
        if (command.has("reply-to")) {
            message.setReplyTo(command.option("reply-to", ""));
        }
        if (command.has("correlation-id")) {
            message.setCorrelationId(command.option("correlation-id", ""));
        }
        if (command.has("content-type")) {
            message.setContentType(command.option("content-type", ""));
        }
        if (command.has("group-id")) {
            message.setGroupId(command.option("group-id", ""));
        }
        if (command.has("property")) {
            Map<String, Object> properties = new LinkedHashMap<>();
            for (String property : command.options("property")) {
                String[] parts = property.split(":", 3);
                properties.put(parts[0], Bodies.property(parts));
            }
            message.setApplicationProperties(new ApplicationProperties(properties));
        }
        return message;
    }

    private static Section body(Command command, String link, int n) {
        int size = command.option("size", 0);
        return switch (command.option("body", "text")) {
            case "data" -> new Data(new Binary(Bodies.data(link, n, size)));
            case "map" -> new AmqpValue(Bodies.map());
            case "list" -> new AmqpValue(Bodies.list());
            case "sequence" -> new AmqpSequence(Bodies.list());
            case "integer" -> new AmqpValue(42);
            case "boolean" -> new AmqpValue(true);
            case "null" -> new AmqpValue(null);
            default -> new AmqpValue(Bodies.text(link, n, size));
        };
    }

    static Map<String, Object> event(String link, int n, ProtonDelivery delivery, Message message) {
        Map<String, Object> event = Peer.event("message", "link", link, "n", n, "settled", delivery.remotelySettled());
        Section body = message.getBody();
        if (body instanceof Data data) {
            event.put("section", "data");
            event.put("body", plain(data.getValue()));
        } else if (body instanceof AmqpSequence sequence) {
            event.put("section", "sequence");
            event.put("body", sequence.getValue());
        } else if (body instanceof AmqpValue value) {
            event.put("section", "value");
            event.put("body", plain(value.getValue()));
        } else {
            event.put("section", "none");
        }
        event.put("durable", message.isDurable());
        event.put("priority", message.getPriority());
        put(event, "ttl", message.getTtl() == 0 ? null : message.getTtl());
        put(event, "messageId", message.getMessageId());
        put(event, "to", message.getAddress());
        put(event, "subject", message.getSubject());
        put(event, "replyTo", message.getReplyTo());
        put(event, "correlationId", message.getCorrelationId());
        put(event, "contentType", message.getContentType());
        put(event, "groupId", message.getGroupId());
        Map<String, Object> properties = new LinkedHashMap<>();
        if (message.getApplicationProperties() != null) {
            message.getApplicationProperties().getValue().forEach((key, value) -> properties.put(key, plain(value)));
        }
        event.put("properties", properties);
        return event;
    }

    private static Object plain(Object value) {
        if (value instanceof Binary binary) {
            byte[] bytes = new byte[binary.getLength()];
            System.arraycopy(binary.getArray(), binary.getArrayOffset(), bytes, 0, bytes.length);
            return bytes;
        }
        return value;
    }

    private static void put(Map<String, Object> event, String key, Object value) {
        if (value != null) {
            event.put(key, plain(value));
        }
    }
}
