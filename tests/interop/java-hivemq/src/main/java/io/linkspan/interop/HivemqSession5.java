// SPDX-License-Identifier: Apache-2.0
package io.linkspan.interop;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.datatypes.Mqtt5UserProperties;
import com.hivemq.client.mqtt.mqtt5.datatypes.Mqtt5UserProperty;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAck;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PayloadFormatIndicator;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishBuilder;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishResult;
import io.linkspan.interop.HivemqPeer.Published;
import io.linkspan.interop.MqttPeer.Publication;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;

/** A connection in MQTT 5.0. */
final class HivemqSession5 implements MqttPeer.Session {

    private final Consumer<Map<String, Object>> events;
    private final Published published;
    private final Queue<Mqtt5Publish> held = new ConcurrentLinkedQueue<>();
    private Mqtt5AsyncClient client;
    private boolean manual;
    private volatile boolean ended;

    HivemqSession5(Consumer<Map<String, Object>> events, Published published) {
        this.events = events;
        this.published = published;
    }

    @Override
    public void connect(Command command) {
        manual = command.has("manual");
        client = HivemqPeer.builder(command)
                .useMqttVersion5()
                .addDisconnectedListener(context -> {
                    if (!ended && context.getClientConfig().getState().isConnected()) {
                        events.accept(Peer.event("lost", "error", String.valueOf(context.getCause())));
                    }
                })
                .buildAsync();
        client.publishes(MqttGlobalPublishFilter.ALL, this::received, manual);
        client.connectWith()
                .cleanStart(true)
                .keepAlive(30)
                .restrictions()
                .topicAliasMaximum(command.option("aliases", 0))
                .receiveMaximum(command.option("window", 100))
                .applyRestrictions()
                .send()
                .whenComplete((ack, error) -> {
                    if (error == null) {
                        events.accept(connected(ack));
                    } else {
                        events.accept(Peer.event("refused", "error", String.valueOf(error)));
                    }
                });
    }

    private static Map<String, Object> connected(Mqtt5ConnAck ack) {
        return Peer.event(
                "connected",
                "reason",
                ack.getReasonCode().getCode(),
                "session",
                ack.isSessionPresent(),
                "maximumQos",
                ack.getRestrictions().getMaximumQos().getCode(),
                "aliases",
                ack.getRestrictions().getTopicAliasMaximum(),
                "assigned",
                ack.getAssignedClientIdentifier().map(Object::toString).orElse(null));
    }

    private void received(Mqtt5Publish publish) {
        if (manual) {
            held.add(publish);
        }
        Map<String, Object> event = MqttPeer.message(
                publish.getTopic().toString(),
                publish.getQos().getCode(),
                publish.isRetain(),
                publish.getPayloadAsBytes());
        publish.getContentType().ifPresent(type -> event.put("contentType", type.toString()));
        publish.getResponseTopic().ifPresent(topic -> event.put("responseTopic", topic.toString()));
        publish.getCorrelationData().ifPresent(data -> event.put("correlation", hex(data)));
        publish.getMessageExpiryInterval().ifPresent(seconds -> event.put("expiry", seconds));
        publish.getPayloadFormatIndicator()
                .filter(format -> format == Mqtt5PayloadFormatIndicator.UTF_8)
                .ifPresent(format -> event.put("format", 1));
        List<List<String>> user = publish.getUserProperties().asList().stream()
                .map(property -> List.of(
                        property.getName().toString(), property.getValue().toString()))
                .toList();
        if (!user.isEmpty()) {
            event.put("user", user);
        }
        events.accept(event);
    }

    private static String hex(ByteBuffer data) {
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        return HexFormat.of().formatHex(bytes);
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
                                        ack.getReasonCodes().stream()
                                                .map(code -> code.getCode())
                                                .toList())
                                : Peer.event("subscribed", "filter", filter, "error", error.toString())));
    }

    @Override
    public void unsubscribe(String filter) {
        client.unsubscribeWith()
                .topicFilter(filter)
                .send()
                .whenComplete((ack, error) -> events.accept(
                        error == null
                                ? Peer.event(
                                        "unsubscribed",
                                        "filter",
                                        filter,
                                        "codes",
                                        ack.getReasonCodes().stream()
                                                .map(code -> code.getCode())
                                                .toList())
                                : Peer.event("unsubscribed", "filter", filter, "error", error.toString())));
    }

    @Override
    public void publish(Publication publication) {
        Command command = publication.command();
        Mqtt5PublishBuilder.Complete builder = Mqtt5Publish.builder()
                .topic(publication.topic())
                .qos(MqttQos.fromCode(publication.qos()))
                .payload(publication.payload());
        if (command.has("content-type")) {
            builder = builder.contentType(command.option("content-type", ""));
        }
        if (command.has("response-topic")) {
            builder = builder.responseTopic(command.option("response-topic", ""));
        }
        if (command.has("correlation")) {
            builder = builder.correlationData(publication.correlation());
        }
        if (command.has("expiry")) {
            builder = builder.messageExpiryInterval(command.option("expiry", 0));
        }
        if (command.has("format")) {
            builder = builder.payloadFormatIndicator(Mqtt5PayloadFormatIndicator.UTF_8);
        }
        List<Mqtt5UserProperty> user = publication.userProperties().stream()
                .map(pair -> Mqtt5UserProperty.of(pair[0], pair[1]))
                .toList();
        builder = builder.userProperties(Mqtt5UserProperties.of(user));
        client.publish(builder.build())
                .whenComplete(
                        (result, error) -> published.report(publication, reason(result, error), error(result, error)));
    }

    /** The reason of the acknowledgement, which the library makes an exception when it is a failure. */
    private static Integer reason(Mqtt5PublishResult result, Throwable error) {
        if (error instanceof Mqtt5PubAckException refused) {
            return refused.getMqttMessage().getReasonCode().getCode();
        }
        return result instanceof Mqtt5PublishResult.Mqtt5Qos1Result qos1
                ? qos1.getPubAck().getReasonCode().getCode()
                : null;
    }

    private static Throwable error(Mqtt5PublishResult result, Throwable error) {
        return error == null ? result.getError().orElse(null) : error;
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
