// SPDX-License-Identifier: Apache-2.0
package io.linkspan.interop;

import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.mqtt.MqttClient;
import io.vertx.mqtt.MqttClientOptions;
import io.vertx.mqtt.messages.MqttPublishMessage;
import io.vertx.mqtt.messages.MqttSubAckMessage;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/** The MQTT client of Vert.x, for MQTT 3.1.1 over TCP. All state is confined to the client's event loop. */
public final class VertxMqttPeer extends MqttPeer {

    private final Vertx vertx = Vertx.vertx();

    /** Reads commands from standard input. */
    public static void main(String[] arguments) throws Exception {
        new VertxMqttPeer().run();
    }

    @Override
    protected Session session(String version) {
        if (!version.equals("4")) {
            throw new IllegalArgumentException("this client speaks MQTT 3.1.1 only");
        }
        return new VertxSession();
    }

    private final class VertxSession implements Session {
        private final Map<Integer, String> filters = new HashMap<>();
        private final Map<Integer, Publication> publications = new HashMap<>();
        private final Queue<MqttPublishMessage> held = new ArrayDeque<>();
        private final io.vertx.core.Context loop = vertx.getOrCreateContext();
        private MqttClient client;
        private boolean manual;
        private boolean ended;

        @Override
        public void connect(Command command) {
            URI url = URI.create(command.word(0));
            manual = command.has("manual");
            loop.runOnContext(start -> {
                client = MqttClient.create(
                        vertx,
                        new MqttClientOptions()
                                .setClientId(command.option("id", ""))
                                .setCleanSession(true)
                                .setKeepAliveInterval(30)
                                .setMaxInflightQueue(1000)
                                .setMaxMessageSize(2 << 20)
                                .setAutoAck(!manual));
                client.publishHandler(this::received);
                client.subscribeCompletionHandler(this::subscribed);
                client.unsubscribeCompletionHandler(
                        id -> emit("unsubscribed", "filter", filters.remove(id), "codes", List.of()));
                client.publishCompletionHandler(id -> published(publications.remove(id), 0, null));
                client.exceptionHandler(error -> emit("failed", "command", "event", "error", error.toString()));
                client.closeHandler(closed -> {
                    if (!ended) {
                        emit("lost");
                    }
                });
                client.connect(url.getPort(), url.getHost()).onComplete(answer -> {
                    if (answer.succeeded()) {
                        emit(
                                "connected",
                                "reason",
                                answer.result().code().byteValue() & 0xff,
                                "session",
                                answer.result().isSessionPresent());
                    } else {
                        emit("refused", "error", String.valueOf(answer.cause()));
                    }
                });
            });
        }

        private void received(MqttPublishMessage message) {
            if (manual && message.qosLevel() != MqttQoS.AT_MOST_ONCE) {
                held.add(message);
            }
            emit(message(
                    message.topicName(),
                    message.qosLevel().value(),
                    message.isRetain(),
                    message.payload().getBytes()));
        }

        private void subscribed(MqttSubAckMessage ack) {
            emit("subscribed", "filter", filters.remove(ack.messageId()), "codes", ack.grantedQoSLevels());
        }

        @Override
        public void subscribe(String filter, int qos, Command command) {
            loop.runOnContext(now -> client.subscribe(filter, qos).onSuccess(id -> filters.put(id, filter)));
        }

        @Override
        public void unsubscribe(String filter) {
            loop.runOnContext(now -> client.unsubscribe(filter).onSuccess(id -> filters.put(id, filter)));
        }

        @Override
        public void publish(Publication publication) {
            MqttQoS qos = MqttQoS.valueOf(publication.qos());
            loop.runOnContext(now -> client.publish(
                            publication.topic(), Buffer.buffer(publication.payload()), qos, false, false)
                    .onComplete(id -> {
                        if (id.failed()) {
                            published(publication, null, id.cause());
                        } else if (publication.qos() == 0) {
                            published(publication, null, null);
                        } else {
                            publications.put(id.result(), publication);
                        }
                    }));
        }

        @Override
        public void acknowledge(int count) {
            loop.runOnContext(now -> {
                for (int i = 0; i < count; i++) {
                    held.remove().ack();
                }
            });
        }

        @Override
        public void disconnect() {
            loop.runOnContext(now -> {
                ended = true;
                client.disconnect().onComplete(done -> emit("disconnected", "reason", 0));
            });
        }
    }
}
