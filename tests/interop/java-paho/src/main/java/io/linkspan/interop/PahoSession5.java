// SPDX-License-Identifier: Apache-2.0
package io.linkspan.interop;

import io.linkspan.interop.MqttPeer.Publication;
import io.linkspan.interop.PahoPeer.Published;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;

/** A connection in MQTT 5.0. */
final class PahoSession5 implements MqttPeer.Session, MqttCallback {

    private final Consumer<Map<String, Object>> events;
    private final Published published;
    private final Queue<MqttMessage> held = new ConcurrentLinkedQueue<>();
    private MqttAsyncClient client;
    private boolean manual;

    PahoSession5(Consumer<Map<String, Object>> events, Published published) {
        this.events = events;
        this.published = published;
    }

    @Override
    public void connect(Command command) throws MqttException {
        manual = command.has("manual");
        client = new MqttAsyncClient(PahoPeer.url(command), command.option("id", ""), new MemoryPersistence());
        client.setManualAcks(manual);
        client.setCallback(this);
        MqttConnectionOptions options = new MqttConnectionOptions();
        options.setCleanStart(true);
        options.setReceiveMaximum(command.option("window", 100));
        options.setTopicAliasMaximum(command.option("aliases", 0));
        options.setKeepAliveInterval(30);
        options.setConnectionTimeout(10);
        client.connect(
                options,
                null,
                then(
                        token -> events.accept(connected(token)),
                        (token, error) -> events.accept(Peer.event("refused", "error", error.toString()))));
    }

    private static Map<String, Object> connected(IMqttToken token) {
        MqttProperties properties = token.getResponseProperties();
        return Peer.event(
                "connected",
                "reason",
                0,
                "session",
                token.getSessionPresent(),
                "maximumQos",
                properties.getMaximumQoS(),
                "aliases",
                aliases(properties.getTopicAliasMaximum()),
                "assigned",
                properties.getAssignedClientIdentifier());
    }

    /** The library reads two bytes with a sign. */
    private static Integer aliases(Integer read) {
        return read == null ? null : read & 0xffff;
    }

    /** What to do when an asynchronous call failed. */
    private interface Failure {
        void accept(IMqttToken token, Throwable error);
    }

    private static MqttActionListener then(Consumer<IMqttToken> success, Failure failure) {
        return new MqttActionListener() {
            @Override
            public void onSuccess(IMqttToken token) {
                success.accept(token);
            }

            @Override
            public void onFailure(IMqttToken token, Throwable error) {
                failure.accept(token, error);
            }
        };
    }

    @Override
    public void disconnected(MqttDisconnectResponse response) {
        int reason = response.getReturnCode();
        if (response.getException() != null) {
            events.accept(Peer.event("lost", "error", response.getException().toString()));
        } else if (reason != 0) {
            events.accept(Peer.event("disconnected", "reason", reason));
        }
    }

    @Override
    public void mqttErrorOccurred(MqttException error) {
        events.accept(Peer.event("failed", "command", "event", "error", error.toString()));
    }

    @Override
    public void connectComplete(boolean reconnect, String url) {
        // The listener of connect says it.
    }

    @Override
    public void authPacketArrived(int reason, MqttProperties properties) {
        events.accept(Peer.event("failed", "command", "event", "error", "AUTH was not asked for"));
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
        if (manual && message.getQos() > 0) {
            held.add(message);
        }
        Map<String, Object> event =
                MqttPeer.message(topic, message.getQos(), message.isRetained(), message.getPayload());
        MqttProperties properties = message.getProperties();
        put(event, "contentType", properties.getContentType());
        put(event, "responseTopic", properties.getResponseTopic());
        put(event, "expiry", properties.getMessageExpiryInterval());
        put(event, "format", properties.getPayloadFormat() ? 1 : null);
        if (properties.getCorrelationData() != null) {
            event.put("correlation", HexFormat.of().formatHex(properties.getCorrelationData()));
        }
        if (!properties.getUserProperties().isEmpty()) {
            event.put(
                    "user",
                    properties.getUserProperties().stream()
                            .map(pair -> List.of(pair.getKey(), pair.getValue()))
                            .toList());
        }
        events.accept(event);
    }

    private static void put(Map<String, Object> event, String key, Object value) {
        if (value != null) {
            event.put(key, value);
        }
    }

    @Override
    public void deliveryComplete(IMqttToken token) {
        // The listener of the publication says it.
    }

    @Override
    public void subscribe(String filter, int qos, Command command) throws MqttException {
        client.subscribe(
                filter,
                qos,
                null,
                then(
                        token -> events.accept(Peer.event(
                                "subscribed",
                                "filter",
                                filter,
                                "codes",
                                Arrays.stream(token.getReasonCodes()).boxed().toList())),
                        (token, error) -> events.accept(Peer.event(
                                "subscribed",
                                "filter",
                                filter,
                                "codes",
                                Arrays.stream(token.getReasonCodes()).boxed().toList()))));
    }

    @Override
    public void unsubscribe(String filter) throws MqttException {
        client.unsubscribe(
                filter,
                null,
                then(
                        token -> events.accept(Peer.event(
                                "unsubscribed",
                                "filter",
                                filter,
                                "codes",
                                Arrays.stream(token.getReasonCodes()).boxed().toList())),
                        (token, error) -> events.accept(
                                Peer.event("unsubscribed", "filter", filter, "error", error.toString()))));
    }

    @Override
    public void publish(Publication publication) throws MqttException {
        MqttMessage message = new MqttMessage(publication.payload(), publication.qos(), false, properties(publication));
        client.publish(
                publication.topic(),
                message,
                null,
                then(
                        token -> published.report(
                                publication, publication.qos() == 0 ? null : token.getReasonCodes()[0], null),
                        (token, error) -> published.report(publication, null, error)));
    }

    private static MqttProperties properties(Publication publication) {
        Command command = publication.command();
        MqttProperties properties = new MqttProperties();
        properties.setContentType(command.option("content-type", null));
        properties.setResponseTopic(command.option("response-topic", null));
        if (command.has("correlation")) {
            properties.setCorrelationData(publication.correlation());
        }
        if (command.has("expiry")) {
            properties.setMessageExpiryInterval((long) command.option("expiry", 0));
        }
        if (command.has("format")) {
            properties.setPayloadFormat(true);
        }
        if (command.has("alias")) {
            properties.setTopicAlias(command.option("alias", 0));
        }
        properties.setUserProperties(publication.userProperties().stream()
                .map(pair -> new UserProperty(pair[0], pair[1]))
                .toList());
        return properties;
    }

    @Override
    public void acknowledge(int count) throws MqttException {
        for (int i = 0; i < count; i++) {
            MqttMessage message = held.remove();
            client.messageArrivedComplete(message.getId(), message.getQos());
        }
    }

    @Override
    public void disconnect() throws MqttException {
        client.disconnect(
                null,
                then(
                        token -> events.accept(Peer.event("disconnected", "reason", 0)),
                        (token, error) -> events.accept(Peer.event("lost", "error", error.toString()))));
    }
}
