// SPDX-License-Identifier: Apache-2.0
package io.linkspan.interop;

import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.proton.ProtonClient;
import io.vertx.proton.ProtonClientOptions;
import io.vertx.proton.ProtonConnection;
import io.vertx.proton.ProtonDelivery;
import io.vertx.proton.ProtonLink;
import io.vertx.proton.ProtonLinkOptions;
import io.vertx.proton.ProtonQoS;
import io.vertx.proton.ProtonReceiver;
import io.vertx.proton.ProtonSender;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.engine.EndpointState;
import org.apache.qpid.proton.message.Message;

/** vertx-proton, over TCP. All state is confined to one event loop. */
public final class VertxAmqpPeer extends Peer {

    private static final long DRAIN_LIMIT_MS = 20_000;

    private final Vertx vertx = Vertx.vertx();
    private final Context loop = vertx.getOrCreateContext();
    private final Map<String, Endpoint> endpoints = new HashMap<>();
    private ProtonConnection connection;

    /** One link with what waits on it: messages for credit, or deliveries for an outcome. */
    private static final class Endpoint {
        private final ProtonLink<?> link;
        private final Command command;
        private final Queue<Message> waiting = new ArrayDeque<>();
        private final Queue<ProtonDelivery> held = new ArrayDeque<>();
        private int counter;
        private int sent;

        Endpoint(ProtonLink<?> link, Command command) {
            this.link = link;
            this.command = command;
        }
    }

    /** Reads commands from standard input. */
    public static void main(String[] arguments) throws Exception {
        new VertxAmqpPeer().run();
    }

    @Override
    protected void execute(Command command) {
        loop.runOnContext(now -> guard(command.name(), () -> onLoop(command)));
    }

    private void onLoop(Command command) {
        switch (command.name()) {
            case "connect" -> connect(URI.create(command.word(0)));
            case "sender" -> sender(command);
            case "receiver" -> receiver(command);
            case "send" -> send(command);
            case "dispose" -> dispose(command);
            case "credit" -> receiver(command.word(0)).flow(command.number(1));
            case "drain" -> drain(command.word(0));
            case "status" ->
                emit(
                        "status",
                        "link",
                        command.word(0),
                        "credit",
                        endpoints.get(command.word(0)).link.getCredit());
            case "detach" -> endpoints.get(command.word(0)).link.close();
            case "close" -> connection.close();
            default -> throw new IllegalArgumentException("unknown command");
        }
    }

    private void connect(URI url) {
        endpoints.clear();
        ProtonClientOptions options = new ProtonClientOptions().setHeartbeat(15_000);
        ProtonClient.create(vertx).connect(options, url.getHost(), url.getPort(), connected -> {
            if (connected.failed()) {
                emit("lost", "error", connected.cause().toString());
                return;
            }
            connection = connected.result();
            connection.openHandler(opened -> {
                if (opened.succeeded()) {
                    emit(
                            "open",
                            "container",
                            connection.getRemoteContainer(),
                            "offered",
                            symbols(connection.getRemoteOfferedCapabilities()),
                            "product",
                            product());
                }
            });
            connection.closeHandler(closed -> {
                ErrorCondition error = connection.getRemoteCondition();
                emit("closed", "condition", condition(error), "description", description(error));
                connection.close();
                connection.disconnect();
            });
            connection.disconnectHandler(gone -> {
                if (connection.getRemoteState() != EndpointState.CLOSED) {
                    emit("lost");
                }
            });
            connection.open();
        });
    }

    private Object product() {
        Map<Symbol, Object> properties = connection.getRemoteProperties();
        return properties == null ? null : properties.get(Symbol.valueOf("product"));
    }

    private static List<String> symbols(Symbol[] symbols) {
        return symbols == null
                ? List.of()
                : Arrays.stream(symbols).map(Symbol::toString).toList();
    }

    private static String condition(ErrorCondition error) {
        return error == null || error.getCondition() == null
                ? null
                : error.getCondition().toString();
    }

    private static String description(ErrorCondition error) {
        return error == null ? null : error.getDescription();
    }

    private void sender(Command command) {
        String name = command.word(0);
        String address = command.word(1).equals("-") ? null : command.word(1);
        ProtonSender sender = connection.createSender(address, new ProtonLinkOptions().setLinkName(name));
        sender.setQoS(command.has("settled") ? ProtonQoS.AT_MOST_ONCE : ProtonQoS.AT_LEAST_ONCE);
        sender.setAutoSettle(true);
        Endpoint endpoint = new Endpoint(sender, command);
        endpoints.put(name, endpoint);
        sender.openHandler(opened -> attached(
                name,
                opened,
                sender.getRemoteTarget() == null
                        ? null
                        : sender.getRemoteTarget().getAddress(),
                address == null));
        sender.closeHandler(closed -> detached(name, sender));
        sender.sendQueueDrainHandler(ready -> pump(endpoint));
        sender.open();
    }

    private void receiver(Command command) {
        String name = command.word(0);
        boolean dynamic = command.word(1).equals("-");
        ProtonReceiver receiver = connection.createReceiver(
                dynamic ? null : command.word(1),
                new ProtonLinkOptions().setLinkName(name).setDynamic(dynamic));
        receiver.setQoS(command.has("settled") ? ProtonQoS.AT_MOST_ONCE : ProtonQoS.AT_LEAST_ONCE);
        receiver.setAutoAccept(!command.has("manual"));
        receiver.setPrefetch(command.has("credit") ? 0 : 100);
        Endpoint endpoint = new Endpoint(receiver, command);
        endpoints.put(name, endpoint);
        receiver.handler((delivery, message) -> received(name, endpoint, delivery, message));
        receiver.openHandler(opened -> attached(name, opened, receiver.getRemoteAddress(), false));
        receiver.closeHandler(closed -> detached(name, receiver));
        receiver.open();
        if (command.option("credit", 0) > 0) {
            receiver.flow(command.option("credit", 0));
        }
    }

    /** A refusal is an attach without the terminus that matters, then a detach with the error. */
    private void attached(String name, AsyncResult<?> opened, String address, boolean anonymous) {
        if (opened.succeeded() && (anonymous || address != null)) {
            emit("attached", "link", name, "address", address);
        }
    }

    private void detached(String name, ProtonLink<?> link) {
        ErrorCondition error = link.getRemoteCondition();
        emit("detached", "link", name, "condition", condition(error), "description", description(error));
        link.close();
    }

    private void received(String name, Endpoint endpoint, ProtonDelivery delivery, Message message) {
        emit(VertxAmqpMessages.event(name, endpoint.counter++, delivery, message));
        if (endpoint.command.has("manual") && !delivery.remotelySettled()) {
            endpoint.held.add(delivery);
        }
    }

    private void send(Command command) {
        Endpoint endpoint = endpoints.get(command.word(0));
        for (int i = 0; i < command.number(1); i++) {
            endpoint.waiting.add(VertxAmqpMessages.toSend(command, command.word(0), endpoint.counter++));
        }
        pump(endpoint);
    }

    private void pump(Endpoint endpoint) {
        ProtonSender sender = (ProtonSender) endpoint.link;
        String name = sender.getName();
        while (!sender.sendQueueFull() && !endpoint.waiting.isEmpty()) {
            int n = endpoint.sent++;
            if (endpoint.command.has("settled")) {
                sender.send(endpoint.waiting.remove());
                emit("sent", "link", name, "n", n);
            } else {
                sender.send(endpoint.waiting.remove(), delivery -> outcome(name, n, delivery));
            }
        }
    }

    private void outcome(String name, int n, ProtonDelivery delivery) {
        DeliveryState state = delivery.getRemoteState();
        ErrorCondition error = state instanceof Rejected rejected ? rejected.getError() : null;
        emit(
                "outcome",
                "link",
                name,
                "n",
                n,
                "state",
                state == null ? "none" : state.getType().name().toLowerCase(Locale.ROOT),
                "condition",
                condition(error),
                "description",
                description(error),
                "failed",
                state instanceof Modified modified ? Boolean.TRUE.equals(modified.getDeliveryFailed()) : null,
                "undeliverable",
                state instanceof Modified modified ? Boolean.TRUE.equals(modified.getUndeliverableHere()) : null);
    }

    private void dispose(Command command) {
        Endpoint endpoint = endpoints.get(command.word(0));
        for (int i = 0; i < command.number(2); i++) {
            endpoint.held.remove().disposition(state(command), true);
        }
    }

    private static DeliveryState state(Command command) {
        switch (command.word(1)) {
            case "accepted":
                return Accepted.getInstance();
            case "released":
                return Released.getInstance();
            case "rejected":
                Rejected rejected = new Rejected();
                rejected.setError(new ErrorCondition(
                        Symbol.valueOf(command.option("condition", "")), command.option("description", null)));
                return rejected;
            case "modified":
                Modified modified = new Modified();
                modified.setDeliveryFailed(command.has("failed"));
                modified.setUndeliverableHere(command.has("undeliverable"));
                return modified;
            default:
                throw new IllegalArgumentException("unknown outcome " + command.word(1));
        }
    }

    private ProtonReceiver receiver(String name) {
        return (ProtonReceiver) endpoints.get(name).link;
    }

    private void drain(String name) {
        receiver(name).drain(DRAIN_LIMIT_MS, drained -> {
            if (drained.succeeded()) {
                emit("drained", "link", name);
            } else {
                emit("failed", "command", "drain", "error", drained.cause().toString());
            }
        });
    }
}
