// SPDX-License-Identifier: Apache-2.0
package io.linkspan.interop;

import jakarta.jms.BytesMessage;
import jakarta.jms.DeliveryMode;
import jakarta.jms.JMSException;
import jakarta.jms.MapMessage;
import jakarta.jms.Message;
import jakarta.jms.MessageEOFException;
import jakarta.jms.ObjectMessage;
import jakarta.jms.Queue;
import jakarta.jms.Session;
import jakarta.jms.StreamMessage;
import jakarta.jms.TextMessage;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.qpid.jms.provider.exceptions.ProviderDeliveryModifiedException;
import org.apache.qpid.jms.provider.exceptions.ProviderDeliveryReleasedException;

/** JMS messages from the options of a command, and as events. */
final class QpidJmsMessages {

    /** What an exception of a send says about the outcome. */
    record Failure(String state, Boolean failed, Boolean undeliverable) {}

    private QpidJmsMessages() {}

    static Failure failure(Exception e) {
        if (e.getCause() instanceof ProviderDeliveryModifiedException modified) {
            return new Failure("modified", modified.isDeliveryFailed(), modified.isUndeliverableHere());
        }
        return new Failure(
                e.getCause() instanceof ProviderDeliveryReleasedException ? "released" : "rejected", null, null);
    }

    static Message toSend(Session session, Command command, String link, int n) throws JMSException {
        Message message = body(session, command, link, n);
        if (command.has("correlation-id")) {
            message.setJMSCorrelationID(command.option("correlation-id", ""));
        }
        if (command.has("subject")) {
            message.setJMSType(command.option("subject", ""));
        }
        if (command.has("reply-to")) {
            message.setJMSReplyTo(session.createQueue(command.option("reply-to", "")));
        }
        if (command.has("group-id")) {
            message.setStringProperty("JMSXGroupID", command.option("group-id", ""));
        }
        for (String property : command.options("property")) {
            String[] parts = property.split(":", 3);
            message.setObjectProperty(parts[0], Bodies.property(parts));
        }
        return message;
    }

    private static Message body(Session session, Command command, String link, int n) throws JMSException {
        int size = command.option("size", 0);
        switch (command.option("body", "text")) {
            case "data":
                BytesMessage bytes = session.createBytesMessage();
                bytes.writeBytes(Bodies.data(link, n, size));
                return bytes;
            case "map":
                MapMessage map = session.createMapMessage();
                for (Map.Entry<String, Object> entry : Bodies.map().entrySet()) {
                    map.setObject(entry.getKey(), entry.getValue());
                }
                return map;
            case "list":
                StreamMessage stream = session.createStreamMessage();
                for (Object item : Bodies.list()) {
                    stream.writeObject(item);
                }
                return stream;
            case "null":
                return session.createMessage();
            case "text":
                return session.createTextMessage(Bodies.text(link, n, size));
            default:
                throw new IllegalArgumentException("JMS has no such body");
        }
    }

    static Map<String, Object> event(String link, int n, Message message) throws JMSException {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("event", "message");
        event.put("link", link);
        event.put("n", n);
        event.put("kind", body(message, event));
        event.put("durable", message.getJMSDeliveryMode() == DeliveryMode.PERSISTENT);
        event.put("priority", message.getJMSPriority());
        put(event, "messageId", message.getJMSMessageID());
        put(event, "to", name(message.getJMSDestination()));
        put(event, "subject", message.getJMSType());
        put(event, "replyTo", name(message.getJMSReplyTo()));
        put(event, "correlationId", message.getJMSCorrelationID());
        put(event, "groupId", message.getStringProperty("JMSXGroupID"));
        Map<String, Object> properties = new TreeMap<>();
        for (Object property : list(message.getPropertyNames())) {
            String key = (String) property;
            if (!key.startsWith("JMS")) {
                properties.put(key, message.getObjectProperty(key));
            }
        }
        event.put("properties", properties);
        return event;
    }

    private static String body(Message message, Map<String, Object> event) throws JMSException {
        if (message instanceof TextMessage text) {
            event.put("body", text.getText());
            return "text";
        }
        if (message instanceof BytesMessage bytes) {
            byte[] content = new byte[Math.toIntExact(bytes.getBodyLength())];
            bytes.readBytes(content);
            event.put("body", content);
            return "bytes";
        }
        if (message instanceof MapMessage map) {
            Map<String, Object> members = new LinkedHashMap<>();
            for (Object key : list(map.getMapNames())) {
                members.put((String) key, map.getObject((String) key));
            }
            event.put("body", members);
            return "map";
        }
        if (message instanceof StreamMessage stream) {
            event.put("body", items(stream));
            return "stream";
        }
        if (message instanceof ObjectMessage object) {
            event.put("body", object.getObject());
            return "object";
        }
        return "message";
    }

    private static List<?> list(Enumeration<?> names) {
        return Collections.list(names);
    }

    private static List<Object> items(StreamMessage stream) throws JMSException {
        List<Object> items = new ArrayList<>();
        try {
            while (true) {
                items.add(stream.readObject());
            }
        } catch (MessageEOFException e) {
            return items;
        }
    }

    private static String name(jakarta.jms.Destination destination) throws JMSException {
        return destination instanceof Queue queue ? queue.getQueueName() : null;
    }

    private static void put(Map<String, Object> event, String key, Object value) {
        if (value != null) {
            event.put(key, value);
        }
    }
}
