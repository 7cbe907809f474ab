// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.soak;

import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.mqtt.MqttClient;
import io.vertx.mqtt.MqttClientOptions;
import io.vertx.proton.ProtonClient;
import io.vertx.proton.ProtonConnection;
import io.vertx.proton.ProtonSender;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.message.Message;

/**
 * Four well-behaved connections that live through a whole run: an AMQP sender and receiver, an MQTT publisher and
 * subscriber, each pair on an address of its own. Each message is sent when the one before has been acknowledged and
 * received, so a single loss shows. Confined to the Vert.x loop, counters readable by any thread.
 */
final class Canary implements AutoCloseable {

    private static final long SETUP_LIMIT_S = 20;

    private final Vertx vertx;
    private final AtomicLong amqpReceived = new AtomicLong();
    private final AtomicLong mqttReceived = new AtomicLong();
    private final AtomicBoolean amqpLost = new AtomicBoolean();
    private final AtomicBoolean mqttLost = new AtomicBoolean();
    private final MqttClient subscriber;
    private final MqttClient publisher;
    private final ProtonSender sender;
    /** Where the AMQP connections live: they belong to one event loop, and so does everything that is done to them. */
    private final Context context;

    private volatile boolean closing;

    Canary(Vertx vertx, int port) throws Exception {
        this.vertx = vertx;
        CompletableFuture<ProtonSender> ready = new CompletableFuture<>();
        context = vertx.getOrCreateContext();
        context.runOnContext(now -> open(port, ready));
        sender = ready.get(SETUP_LIMIT_S, TimeUnit.SECONDS);
        subscriber = mqtt(port, "canary-sub");
        publisher = mqtt(port, "canary-pub");
        subscriber.publishHandler(message -> mqttReceived.incrementAndGet());
        await(subscriber.subscribe("canary/+", 1));
    }

    private void open(int port, CompletableFuture<ProtonSender> ready) {
        ProtonClient client = ProtonClient.create(vertx);
        connect(client, port).onFailure(ready::completeExceptionally).onSuccess(receiving -> {
            guard(receiving);
            receiving
                    .createReceiver("canary.amqp")
                    .openHandler(opened -> connect(client, port)
                            .onFailure(ready::completeExceptionally)
                            .onSuccess(sending -> {
                                guard(sending);
                                ProtonSender created = sending.createSender("canary.amqp");
                                created.sendQueueDrainHandler(ready::complete);
                                created.open();
                            }))
                    .handler((delivery, message) -> amqpReceived.incrementAndGet())
                    .open();
        });
    }

    private MqttClient mqtt(int port, String clientId) throws Exception {
        MqttClient client = MqttClient.create(vertx, new MqttClientOptions().setClientId(clientId));
        client.closeHandler(closed -> mqttLost.set(!closing));
        await(client.connect(port, "127.0.0.1"));
        return client;
    }

    private void guard(ProtonConnection connection) {
        connection.openHandler(opened -> {});
        connection.disconnectHandler(gone -> amqpLost.set(!closing));
        connection.closeHandler(closed -> amqpLost.set(!closing));
        connection.open();
    }

    private static Future<ProtonConnection> connect(ProtonClient client, int port) {
        return Future.future(promise -> client.connect("127.0.0.1", port, connected -> {
            if (connected.succeeded()) {
                promise.complete(connected.result());
            } else {
                promise.fail(connected.cause());
            }
        }));
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(SETUP_LIMIT_S, TimeUnit.SECONDS);
    }

    /** Sends one message over each pair and waits for acknowledgement and arrival. */
    void beat() throws Exception {
        long amqpBefore = amqpReceived.get();
        long mqttBefore = mqttReceived.get();
        CompletableFuture<Void> accepted = new CompletableFuture<>();
        context.runOnContext(nothing -> {
            Message message = Message.Factory.create();
            message.setBody(new AmqpValue("beat"));
            sender.send(message, delivery -> {
                if (delivery.getRemoteState() instanceof org.apache.qpid.proton.amqp.messaging.Accepted) {
                    accepted.complete(null);
                } else {
                    accepted.completeExceptionally(
                            new IllegalStateException("the canary's message ended as " + delivery.getRemoteState()));
                }
            });
        });
        CompletableFuture<Integer> acknowledged = new CompletableFuture<>();
        publisher.publishCompletionHandler(acknowledged::complete);
        await(publisher.publish("canary/mqtt", Buffer.buffer("beat"), MqttQoS.AT_LEAST_ONCE, false, false));
        accepted.get(SETUP_LIMIT_S, TimeUnit.SECONDS);
        acknowledged.get(SETUP_LIMIT_S, TimeUnit.SECONDS);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETUP_LIMIT_S);
        while (amqpReceived.get() == amqpBefore || mqttReceived.get() == mqttBefore) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "acknowledged but not received: AMQP " + amqpReceived + ", MQTT " + mqttReceived);
            }
            Thread.onSpinWait();
        }
    }

    /** Tells which of the connections ended, or an empty text. */
    String losses() {
        return (amqpLost.get() ? "an AMQP canary connection ended. " : "")
                + (mqttLost.get() ? "an MQTT canary connection ended." : "");
    }

    /** Messages received so far over both protocols. */
    long received() {
        return amqpReceived.get() + mqttReceived.get();
    }

    @Override
    public void close() {
        closing = true;
    }
}
