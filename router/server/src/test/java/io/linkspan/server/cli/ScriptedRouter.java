// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetSocket;
import io.vertx.proton.ProtonConnection;
import io.vertx.proton.ProtonDelivery;
import io.vertx.proton.ProtonHelper;
import io.vertx.proton.ProtonReceiver;
import io.vertx.proton.ProtonSender;
import io.vertx.proton.ProtonServer;
import io.vertx.proton.ProtonServerOptions;
import io.vertx.proton.sasl.ProtonSaslAuthenticator;
import io.vertx.proton.sasl.ProtonSaslAuthenticatorFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.engine.Transport;
import org.apache.qpid.proton.message.Message;
import org.jspecify.annotations.Nullable;

/**
 * An AMQP peer on a port of its own that answers management requests by a script, keeps what it is sent, and sends what
 * it is told to. Everything runs on its loop.
 */
final class ScriptedRouter implements AutoCloseable {
    private static final long LIMIT_SECONDS = 20;

    private final Vertx vertx = Vertx.vertx();
    private final ProtonServer server;
    private final Map<String, ProtonSender> senders = new HashMap<>();

    /** Requests in the order of their arrival. */
    final List<Message> requests = Collections.synchronizedList(new ArrayList<>());

    /** Addresses of the links that peers attached to, in order. */
    final List<String> targets = Collections.synchronizedList(new ArrayList<>());

    volatile Function<Message, @Nullable Message> script = request -> null;
    volatile Consumer<ProtonReceiver> onReceiver = ProtonReceiver::open;
    volatile BiConsumer<ProtonReceiver, ProtonDelivery> settle =
            (link, delivery) -> delivery.disposition(Accepted.getInstance(), true);
    volatile Consumer<ProtonSender> onSender = ProtonSender::open;
    volatile Consumer<ProtonConnection> onConnection = ProtonConnection::open;

    volatile boolean strayAnswers;

    private ScriptedRouter(ProtonServerOptions options, ProtonSaslAuthenticatorFactory sasl) {
        server = ProtonServer.create(vertx, options).saslAuthenticatorFactory(sasl);
        server.connectHandler(this::connected);
    }

    static ScriptedRouter start() {
        return start(new ProtonServerOptions(), BareHeader::new);
    }

    static ScriptedRouter start(ProtonServerOptions options, ProtonSaslAuthenticatorFactory sasl) {
        return start(options, sasl, "127.0.0.1");
    }

    static ScriptedRouter start(ProtonServerOptions options, ProtonSaslAuthenticatorFactory sasl, String host) {
        ScriptedRouter router = new ScriptedRouter(options, sasl);
        CompletableFuture<Boolean> listening = new CompletableFuture<>();
        router.server.listen(0, host, result -> {
            if (result.succeeded()) {
                listening.complete(true);
            } else {
                listening.completeExceptionally(result.cause());
            }
        });
        get(listening);
        return router;
    }

    int port() {
        return server.actualPort();
    }

    private void connected(ProtonConnection connection) {
        connection.setContainer("scripted");
        connection.openHandler(opened -> onConnection.accept(connection));
        connection.closeHandler(closed -> connection.close());
        connection.sessionOpenHandler(session -> {
            session.closeHandler(closed -> session.close());
            session.open();
        });
        connection.receiverOpenHandler(receiver -> {
            targets.add(String.valueOf(receiver.getRemoteTarget().getAddress()));
            receiver.setSource(receiver.getRemoteSource()).setTarget(receiver.getRemoteTarget());
            receiver.setAutoAccept(false);
            receiver.handler((delivery, message) -> {
                requests.add(message);
                settle.accept(receiver, delivery);
                answer(message);
            });
            onReceiver.accept(receiver);
        });
        connection.senderOpenHandler(sender -> {
            Source source = (Source) sender.getRemoteSource();
            if (source.getDynamic()) {
                source.setAddress("amqp:/_topo/0/scripted/temp." + senders.size());
            }
            senders.put(source.getAddress(), sender);
            sender.setSource(source).setTarget(sender.getRemoteTarget());
            onSender.accept(sender);
        });
    }

    private void answer(Message request) {
        Message answer = script.apply(request);
        ProtonSender sender = request.getReplyTo() == null ? null : senders.get(request.getReplyTo());
        if (answer != null && sender != null) {
            if (strayAnswers) {
                Message stray = answer(200, "OK", "stray");
                stray.setCorrelationId("another question");
                sender.send(ProtonHelper.tag("s"), stray);
            }
            answer.setCorrelationId(request.getCorrelationId());
            sender.send(ProtonHelper.tag("a"), answer);
        }
    }

    /** An answer with a status and a body. */
    static Message answer(int status, String description, @Nullable Object body) {
        Message message = Proton.message();
        Map<String, Object> properties = new HashMap<>();
        properties.put("statusCode", status);
        properties.put("statusDescription", description);
        message.setApplicationProperties(new ApplicationProperties(properties));
        message.setBody(new AmqpValue(body));
        return message;
    }

    /** Lets the bare AMQP header in, without a SASL layer. */
    private static final class BareHeader implements ProtonSaslAuthenticator {
        @Override
        public void init(NetSocket socket, ProtonConnection connection, Transport transport) {}

        @Override
        public void process(Handler<Boolean> completion) {
            completion.handle(true);
        }

        @Override
        public boolean succeeded() {
            return true;
        }
    }

    @Override
    public void close() {
        get(vertx.close().toCompletionStage().toCompletableFuture());
    }

    static <T> T get(CompletableFuture<T> future) {
        try {
            return future.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }
}
