// SPDX-License-Identifier: Apache-2.0
package io.linkspan.interop;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The command loop of an MQTT client; a {@link Session} does the work with one library and protocol version. */
public abstract class MqttPeer extends Peer {

    private final Map<String, AtomicInteger> counters = new ConcurrentHashMap<>();
    private Session session;

    /** One MQTT connection. */
    public interface Session {
        /** Connects and emits {@code connected} or {@code refused}. */
        void connect(Command command) throws Exception;

        /** Subscribes and emits {@code subscribed}. */
        void subscribe(String filter, int qos, Command command) throws Exception;

        /** Unsubscribes and emits {@code unsubscribed}. */
        void unsubscribe(String filter) throws Exception;

        /** Publishes without waiting; emits {@code published} when done. */
        void publish(Publication publication) throws Exception;

        /** Acknowledges the oldest messages that are held. */
        void acknowledge(int count) throws Exception;

        /** Says goodbye and emits {@code disconnected}. */
        void disconnect() throws Exception;
    }

    /** One publication of a {@code publish} command. */
    public record Publication(String topic, int n, int qos, byte[] payload, Command command) {

        /** Correlation data, or null. */
        public byte[] correlation() {
            return command.has("correlation") ? HexFormat.of().parseHex(command.option("correlation", "")) : null;
        }

        /** User properties in order. */
        public List<String[]> userProperties() {
            return command.options("user").stream()
                    .map(pair -> pair.split(":", 2))
                    .toList();
        }
    }

    /** A session for the version in the option {@code version} (3, 4 or 5). */
    protected abstract Session session(String version);

    @Override
    protected final void execute(Command command) throws Exception {
        switch (command.name()) {
            case "connect" -> {
                counters.clear();
                session = session(command.option("version", "4"));
                session.connect(command);
            }
            case "subscribe" -> session.subscribe(command.word(0), command.number(1), command);
            case "unsubscribe" -> session.unsubscribe(command.word(0));
            case "publish" -> publish(command);
            case "ack" -> session.acknowledge(command.number(0));
            case "disconnect" -> session.disconnect();
            default -> throw new IllegalArgumentException("unknown command");
        }
    }

    private void publish(Command command) throws Exception {
        String topic = command.word(0);
        for (int i = 0; i < command.number(2); i++) {
            int n = counters.computeIfAbsent(topic, t -> new AtomicInteger()).getAndIncrement();
            byte[] payload = Bodies.data(topic, n, command.option("size", 0));
            session.publish(new Publication(topic, n, command.number(1), payload, command));
        }
    }

    /** Emits {@code published}; the reason is that of the acknowledgement where the library tells it. */
    protected final void published(Publication publication, Integer reason, Throwable error) {
        emit(
                "published",
                "topic",
                publication.topic(),
                "n",
                publication.n(),
                "reason",
                reason,
                "error",
                error == null ? null : error.toString());
    }

    /** The event of a message; properties of version 5 are added to it by the caller. */
    protected static Map<String, Object> message(String topic, int qos, boolean retain, byte[] payload) {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("event", "message");
        event.put("topic", topic);
        event.put("qos", qos);
        event.put("retain", retain);
        event.put("body", new String(payload, StandardCharsets.UTF_8));
        return event;
    }
}
