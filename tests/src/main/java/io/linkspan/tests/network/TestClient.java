// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.network;

import io.linkspan.tests.ManagementQuery;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.proton.ProtonClient;
import io.vertx.proton.ProtonConnection;
import io.vertx.proton.ProtonReceiver;
import io.vertx.proton.ProtonSender;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.message.Message;

/** An AMQP client of a router. Its handlers run on its own loop; what it has seen may be read from any thread. */
public final class TestClient {

    private final Vertx vertx;
    private final ProtonConnection connection;
    private final io.vertx.core.Context context;

    private TestClient(Vertx vertx, io.vertx.core.Context context, ProtonConnection connection) {
        this.vertx = vertx;
        this.context = context;
        this.connection = connection;
    }

    static TestClient connect(Vertx vertx, int port) {
        Promise<TestClient> connected = Promise.promise();
        io.vertx.core.Context context = vertx.getOrCreateContext();
        context.runOnContext(now -> ProtonClient.create(vertx).connect("127.0.0.1", port, result -> {
            if (result.failed()) {
                connected.fail(result.cause());
                return;
            }
            ProtonConnection connection = result.result();
            connection.closeHandler(closed -> connection.disconnect());
            connection.openHandler(opened -> connected.complete(new TestClient(vertx, context, connection)));
            connection.open();
        }));
        return connected.future().toCompletionStage().toCompletableFuture().join();
    }

    private static String text(Message message) {
        return message.getBody() instanceof Data data
                ? new String(data.getValue().getArray(), StandardCharsets.UTF_8)
                : String.valueOf(((AmqpValue) message.getBody()).getValue());
    }

    /** Receives and accepts everything; the texts of the messages in order. */
    public List<String> receive(String address) {
        List<String> texts = new CopyOnWriteArrayList<>();
        Promise<Void> attached = Promise.promise();
        context.runOnContext(now -> {
            ProtonReceiver receiver = connection.createReceiver(address);
            receiver.setPrefetch(200);
            receiver.handler((delivery, message) -> texts.add(text(message)));
            receiver.openHandler(opened -> attached.complete());
            receiver.open();
        });
        attached.future().toCompletionStage().toCompletableFuture().join();
        return texts;
    }

    /**
     * Is a container: takes every link that the router attaches, accepts what comes, and gives each receiver one message.
     *
     * @return the texts of what has come
     */
    public List<String> contain(String given) {
        List<String> texts = new CopyOnWriteArrayList<>();
        Promise<Void> ready = Promise.promise();
        context.runOnContext(now -> {
            connection.sessionOpenHandler(session -> session.open());
            connection.receiverOpenHandler(receiver -> {
                receiver.setSource(receiver.getRemoteSource()).setTarget(receiver.getRemoteTarget());
                receiver.handler((delivery, message) -> texts.add(text(message)));
                receiver.closeHandler(closed -> receiver.close());
                receiver.open();
            });
            connection.senderOpenHandler(sender -> {
                sender.setSource(sender.getRemoteSource()).setTarget(sender.getRemoteTarget());
                sender.closeHandler(closed -> sender.close());
                sender.open();
                Message message = Message.Factory.create();
                message.setBody(new AmqpValue(given));
                sender.send(message);
            });
            ready.complete();
        });
        ready.future().toCompletionStage().toCompletableFuture().join();
        return texts;
    }

    /** The rows of a QUERY to the router's {@code $management}, by attribute. */
    public List<Map<String, Object>> query(String entityType) {
        Promise<List<Map<String, Object>>> answered = Promise.promise();
        context.runOnContext(now -> ManagementQuery.ask(connection, entityType, answered::complete));
        return answered.future().toCompletionStage().toCompletableFuture().join();
    }

    /** A sender to an address. */
    public Sender sender(String address) {
        Promise<Sender> attached = Promise.promise();
        context.runOnContext(now -> {
            ProtonSender sender = connection.createSender(address);
            sender.openHandler(opened -> attached.complete(new Sender(sender)));
            sender.open();
        });
        return attached.future().toCompletionStage().toCompletableFuture().join();
    }

    /** Sends numbered messages as fast as credit allows, and keeps their outcomes. */
    public final class Sender {
        private final ProtonSender sender;
        private final Map<String, String> outcomes = new ConcurrentHashMap<>();
        private final List<String> twice = new CopyOnWriteArrayList<>();
        private volatile String ended = "";

        private Sender(ProtonSender sender) {
            this.sender = sender;
            sender.detachHandler(gone -> ended());
            sender.closeHandler(gone -> ended());
        }

        private void ended() {
            ended = String.valueOf(sender.getRemoteCondition());
            sender.close();
        }

        /** The condition with which the router ended the link; empty while it is there. */
        public String endedWith() {
            return ended;
        }

        /** Sends {@code count} messages named {@code prefix} and a number. */
        public void send(String prefix, int count) {
            context.runOnContext(now -> go(prefix, 0, count));
        }

        private void go(String prefix, int from, int count) {
            if (!ended.isEmpty()) {
                return;
            }
            int next = from;
            while (next < count && !sender.sendQueueFull()) {
                String name = prefix + next++;
                Message message = Message.Factory.create();
                message.setBody(new AmqpValue(name));
                sender.send(message, delivery -> {
                    DeliveryState state = delivery.getRemoteState();
                    String outcome = state == null ? "none" : state.getType().toString();
                    if (outcomes.put(name, outcome) != null) {
                        twice.add(name);
                    }
                });
            }
            if (next < count) {
                int resume = next;
                vertx.setTimer(2, later -> context.runOnContext(now -> go(prefix, resume, count)));
            }
        }

        /** The outcome of each message that has one. */
        public Map<String, String> outcomes() {
            return outcomes;
        }

        /** Messages that got a second outcome. */
        public List<String> toldTwice() {
            return twice;
        }
    }
}
