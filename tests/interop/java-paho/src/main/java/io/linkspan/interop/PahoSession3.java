// SPDX-License-Identifier: Apache-2.0
package io.linkspan.interop;

import io.linkspan.interop.MqttPeer.Publication;
import io.linkspan.interop.PahoPeer.Published;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.eclipse.paho.client.mqttv3.IMqttActionListener;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.IMqttToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** A connection in MQTT 3.1 or 3.1.1. */
final class PahoSession3 implements MqttPeer.Session, MqttCallback {

    private final String version;
    private final Consumer<Map<String, Object>> events;
    private final Published published;
    private final Queue<MqttMessage> held = new ConcurrentLinkedQueue<>();
    private MqttAsyncClient client;
    private boolean manual;

    PahoSession3(String version, Consumer<Map<String, Object>> events, Published published) {
        this.version = version;
        this.events = events;
        this.published = published;
    }

    @Override
    public void connect(Command command) throws MqttException {
        manual = command.has("manual");
        client = new MqttAsyncClient(PahoPeer.url(command), command.option("id", ""), new MemoryPersistence());
        client.setManualAcks(manual);
        client.setCallback(this);
        MqttConnectOptions options = new MqttConnectOptions();
        options.setMqttVersion(
                version.equals("3") ? MqttConnectOptions.MQTT_VERSION_3_1 : MqttConnectOptions.MQTT_VERSION_3_1_1);
        options.setCleanSession(true);
        options.setKeepAliveInterval(30);
        options.setConnectionTimeout(10);
        options.setMaxInflight(1000);
        client.connect(
                options,
                null,
                then(
                        token -> events.accept(
                                Peer.event("connected", "reason", 0, "session", token.getSessionPresent())),
                        (token, error) -> events.accept(Peer.event("refused", "error", error.toString()))));
    }

    /** What to do when an asynchronous call failed. */
    private interface Failure {
        void accept(IMqttToken token, Throwable error);
    }

    private static IMqttActionListener then(Consumer<IMqttToken> success, Failure failure) {
        return new IMqttActionListener() {
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
    public void connectionLost(Throwable cause) {
        events.accept(Peer.event("lost", "error", String.valueOf(cause)));
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
        if (manual && message.getQos() > 0) {
            held.add(message);
        }
        events.accept(MqttPeer.message(topic, message.getQos(), message.isRetained(), message.getPayload()));
    }

    @Override
    public void deliveryComplete(IMqttDeliveryToken token) {
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
                                Arrays.stream(token.getGrantedQos()).boxed().toList())),
                        (token, error) -> events.accept(Peer.event(
                                "subscribed",
                                "filter",
                                filter,
                                "codes",
                                Arrays.stream(token.getGrantedQos()).boxed().toList()))));
    }

    @Override
    public void unsubscribe(String filter) throws MqttException {
        client.unsubscribe(
                filter,
                null,
                then(
                        token -> events.accept(Peer.event("unsubscribed", "filter", filter, "codes", List.of())),
                        (token, error) -> events.accept(
                                Peer.event("unsubscribed", "filter", filter, "error", error.toString()))));
    }

    @Override
    public void publish(Publication publication) throws MqttException {
        Integer reason = publication.qos() == 0 ? null : 0;
        client.publish(
                publication.topic(),
                publication.payload(),
                publication.qos(),
                false,
                null,
                then(
                        token -> published.report(publication, reason, null),
                        (token, error) -> published.report(publication, null, error)));
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
