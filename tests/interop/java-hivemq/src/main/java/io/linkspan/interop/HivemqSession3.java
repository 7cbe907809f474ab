// SPDX-License-Identifier: Apache-2.0
package io.linkspan.interop;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3AsyncClient;
import com.hivemq.client.mqtt.mqtt3.message.connect.connack.Mqtt3ConnAck;
import com.hivemq.client.mqtt.mqtt3.message.publish.Mqtt3Publish;
import io.linkspan.interop.HivemqPeer.Published;
import io.linkspan.interop.MqttPeer.Publication;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/** A connection in MQTT 3.1.1. */
final class HivemqSession3 implements MqttPeer.Session {

    private final Consumer<Map<String, Object>> events;
    private final Published published;
    private final Queue<Mqtt3Publish> held = new ConcurrentLinkedQueue<>();
    private Mqtt3AsyncClient client;
    private boolean manual;
    private volatile boolean ended;

    HivemqSession3(Consumer<Map<String, Object>> events, Published published) {
        this.events = events;
        this.published = published;
    }

    @Override
    public void connect(Command command) {
        manual = command.has("manual");
        client = HivemqPeer.builder(command)
                .useMqttVersion3()
                .addDisconnectedListener(context -> {
                    if (!ended && context.getClientConfig().getState().isConnected()) {
                        events.accept(Peer.event("lost", "error", String.valueOf(context.getCause())));
                    }
                })
                .buildAsync();
        client.publishes(MqttGlobalPublishFilter.ALL, this::received, manual);
        client.connectWith().cleanSession(true).keepAlive(30).send().whenComplete((ack, error) -> {
            if (error == null) {
                events.accept(connected(ack));
            } else {
                events.accept(Peer.event("refused", "error", String.valueOf(error)));
            }
        });
    }

    private static Map<String, Object> connected(Mqtt3ConnAck ack) {
        return Peer.event("connected", "reason", ack.getReturnCode().getCode(), "session", ack.isSessionPresent());
    }

    private void received(Mqtt3Publish publish) {
        if (manual) {
            held.add(publish);
        }
        events.accept(MqttPeer.message(
                publish.getTopic().toString(),
                publish.getQos().getCode(),
                publish.isRetain(),
                publish.getPayloadAsBytes()));
    }

    @Override
    public void subscribe(String filter, int qos, Command command) {
        client.subscribeWith()
                .topicFilter(filter)
                .qos(MqttQos.fromCode(qos))
                .send()
                .whenComplete((ack, error) -> events.accept(
                        error == null
                                ? Peer.event(
                                        "subscribed",
                                        "filter",
                                        filter,
                                        "codes",
                                        ack.getReturnCodes().stream()
                                                .map(code -> code.getCode())
                                                .toList())
                                : Peer.event("subscribed", "filter", filter, "error", error.toString())));
    }

    @Override
    public void unsubscribe(String filter) {
        client.unsubscribeWith()
                .topicFilter(filter)
                .send()
                .whenComplete((nothing, error) -> events.accept(
                        error == null
                                ? Peer.event("unsubscribed", "filter", filter, "codes", List.of())
                                : Peer.event("unsubscribed", "filter", filter, "error", error.toString())));
    }

    @Override
    public void publish(Publication publication) {
        client.publishWith()
                .topic(publication.topic())
                .qos(MqttQos.fromCode(publication.qos()))
                .payload(publication.payload())
                .send()
                .whenComplete((publish, error) ->
                        published.report(publication, publication.qos() == 0 || error != null ? null : 0, error));
    }

    @Override
    public void acknowledge(int count) {
        for (int i = 0; i < count; i++) {
            held.remove().acknowledge();
        }
    }

    @Override
    public void disconnect() {
        ended = true;
        client.disconnect().whenComplete((nothing, error) -> events.accept(Peer.event("disconnected", "reason", 0)));
    }
}
