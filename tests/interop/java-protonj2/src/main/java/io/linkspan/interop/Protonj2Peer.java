// SPDX-License-Identifier: Apache-2.0
package io.linkspan.interop;

import java.net.URI;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.qpid.protonj2.client.Client;
import org.apache.qpid.protonj2.client.Connection;
import org.apache.qpid.protonj2.client.ConnectionOptions;
import org.apache.qpid.protonj2.client.Delivery;
import org.apache.qpid.protonj2.client.DeliveryMode;
import org.apache.qpid.protonj2.client.DeliveryState;
import org.apache.qpid.protonj2.client.ErrorCondition;
import org.apache.qpid.protonj2.client.Link;
import org.apache.qpid.protonj2.client.Modified;
import org.apache.qpid.protonj2.client.Receiver;
import org.apache.qpid.protonj2.client.ReceiverOptions;
import org.apache.qpid.protonj2.client.Rejected;
import org.apache.qpid.protonj2.client.Sender;
import org.apache.qpid.protonj2.client.SenderOptions;
import org.apache.qpid.protonj2.client.Tracker;
import org.apache.qpid.protonj2.client.exceptions.ClientConnectionRemotelyClosedException;
import org.apache.qpid.protonj2.client.exceptions.ClientIllegalStateException;
import org.apache.qpid.protonj2.client.exceptions.ClientLinkRemotelyClosedException;

/** The client of Apache Qpid protonj2. */
public final class Protonj2Peer extends Peer {

    private final Map<String, Link<?>> links = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> counters = new ConcurrentHashMap<>();
    private final Map<String, Queue<Delivery>> held = new ConcurrentHashMap<>();
    private final Set<String> settled = ConcurrentHashMap.newKeySet();
    private Client client;
    private Connection connection;

    /** Reads commands from standard input. */
    public static void main(String[] arguments) throws Exception {
        new Protonj2Peer().run();
    }

    @Override
    protected void execute(Command command) throws Exception {
        switch (command.name()) {
            case "connect" -> connect(URI.create(command.word(0)));
            case "sender" -> sender(command);
            case "receiver" -> receiver(command);
            case "send" -> later(command.word(0), () -> send(command));
            case "dispose" -> dispose(command);
            case "credit" -> receiver(command.word(0)).addCredit(command.number(1));
            case "drain" -> drain(command.word(0));
            case "detach" -> detach(command.word(0));
            case "stream-receiver" -> streamReceiver(command);
            case "stream-send" -> later(command.word(0), () -> streamSend(command));
            case "close" -> close();
            default -> throw new IllegalArgumentException("unknown command");
        }
    }

    private void connect(URI url) throws Exception {
        ConnectionOptions options = new ConnectionOptions();
        boolean webSocket = url.getScheme().equals("ws");
        options.transportOptions().useWebSockets(webSocket);
        if (webSocket) {
            options.transportOptions().webSocketPath(url.getPath());
        }
        options.disconnectedHandler((gone, event) -> emit(gone(event.failureCause())));
        client = Client.create();
        connection = client.connect(url.getHost(), url.getPort(), options);
        connection.openFuture().get();
        String[] offered = connection.offeredCapabilities();
        emit(
                "open",
                "offered",
                List.of(offered == null ? new String[0] : offered),
                "product",
                connection.properties() == null ? null : connection.properties().get("product"));
    }

    private static Map<String, Object> gone(Throwable cause) {
        Map<String, Object> event = new LinkedHashMap<>();
        boolean closed = cause instanceof ClientConnectionRemotelyClosedException;
        event.put("event", closed ? "closed" : "lost");
        if (cause instanceof ClientConnectionRemotelyClosedException remote && remote.getErrorCondition() != null) {
            event.put("condition", remote.getErrorCondition().condition());
            event.put("description", remote.getErrorCondition().description());
        }
        return event;
    }

    private void sender(Command command) throws Exception {
        String name = command.word(0);
        SenderOptions options = new SenderOptions()
                .linkName(name)
                .deliveryMode(command.has("settled") ? DeliveryMode.AT_MOST_ONCE : DeliveryMode.AT_LEAST_ONCE);
        Sender sender = command.word(1).equals("-")
                ? connection.openAnonymousSender(options)
                : connection.openSender(command.word(1), options);
        if (command.has("settled")) {
            settled.add(name);
        }
        attached(name, sender);
    }

    private void receiver(Command command) throws Exception {
        String name = command.word(0);
        boolean manual = command.has("manual");
        ReceiverOptions options = new ReceiverOptions()
                .linkName(name)
                .autoAccept(!manual)
                .autoSettle(true)
                .creditWindow(command.has("credit") ? 0 : 100)
                .deliveryMode(command.has("settled") ? DeliveryMode.AT_MOST_ONCE : DeliveryMode.AT_LEAST_ONCE);
        Receiver receiver = command.word(1).equals("-")
                ? connection.openDynamicReceiver(options)
                : connection.openReceiver(command.word(1), options);
        if (attached(name, receiver)) {
            if (manual) {
                held.put(name, new ArrayDeque<>());
            }
            if (command.option("credit", 0) > 0) {
                receiver.addCredit(command.option("credit", 0));
            }
            later(name, () -> receive(name, receiver));
        }
    }

    /** Waits for the peer's attach; a refusal becomes an event. */
    private boolean attached(String name, Link<?> link) throws Exception {
        try {
            link.openFuture().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ClientLinkRemotelyClosedException refused) {
                emit(detached(name, refused.getErrorCondition()));
                return false;
            }
            throw e;
        }
        links.put(name, link);
        counters.put(name, new AtomicInteger());
        emit("attached", "link", name, "address", link.address());
        return true;
    }

    private static Map<String, Object> detached(String link, ErrorCondition error) {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("event", "detached");
        event.put("link", link);
        if (error != null) {
            event.put("condition", error.condition());
            event.put("description", error.description());
        }
        return event;
    }

    private void send(Command command) throws Exception {
        String link = command.word(0);
        Sender sender = (Sender) links.get(link);
        for (int i = 0; i < command.number(1); i++) {
            int n = counters.get(link).getAndIncrement();
            Tracker tracker = sender.send(Protonj2Messages.toSend(command, link, n));
            if (settled.contains(link)) {
                emit("sent", "link", link, "n", n);
            } else {
                later(link + " outcomes", () -> {
                    tracker.settlementFuture().get();
                    emit(outcome(link, n, tracker.remoteState()));
                });
            }
        }
    }

    private static Map<String, Object> outcome(String link, int n, DeliveryState state) {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("event", "outcome");
        event.put("link", link);
        event.put("n", n);
        event.put("state", state == null ? "none" : state.getType().name().toLowerCase(Locale.ROOT));
        if (state instanceof Rejected rejected) {
            event.put("condition", rejected.getCondition());
            event.put("description", rejected.getDescription());
        }
        if (state instanceof Modified modified) {
            event.put("failed", modified.isDeliveryFailed());
            event.put("undeliverable", modified.isUndeliverableHere());
        }
        return event;
    }

    private void receive(String name, Receiver receiver) throws Exception {
        try {
            while (true) {
                Delivery delivery = receiver.receive();
                Queue<Delivery> queue = held.get(name);
                if (queue != null) {
                    synchronized (queue) {
                        queue.add(delivery);
                    }
                }
                emit(Protonj2Messages.event(name, counters.get(name).getAndIncrement(), delivery));
            }
        } catch (ClientLinkRemotelyClosedException e) {
            emit(detached(name, e.getErrorCondition()));
        } catch (ClientIllegalStateException | ClientConnectionRemotelyClosedException e) {
            // This side closed the link, or the connection ended, which has an event of its own.
        }
    }

    private void dispose(Command command) throws Exception {
        Queue<Delivery> queue = held.get(command.word(0));
        for (int i = 0; i < command.number(2); i++) {
            Delivery delivery;
            synchronized (queue) {
                delivery = queue.remove();
            }
            switch (command.word(1)) {
                case "accepted" -> delivery.accept();
                case "released" -> delivery.release();
                case "rejected" -> delivery.reject(command.option("condition", ""), command.option("description", ""));
                case "modified" -> delivery.modified(command.has("failed"), command.has("undeliverable"));
                default -> throw new IllegalArgumentException("unknown outcome " + command.word(1));
            }
        }
    }

    private Receiver receiver(String name) {
        return (Receiver) links.get(name);
    }

    private void drain(String name) throws Exception {
        receiver(name).drain().get();
        emit("drained", "link", name);
    }

    private void detach(String name) throws Exception {
        links.remove(name).closeAsync().get();
        emit("detached", "link", name);
    }

    private void streamReceiver(Command command) throws Exception {
        Protonj2Stream.Incoming incoming = Protonj2Stream.Incoming.open(connection, command);
        emit("attached", "link", command.word(0), "address", command.word(1));
        later(command.word(0), () -> emit(incoming.receive()));
    }

    private void streamSend(Command command) throws Exception {
        Protonj2Stream.send(connection, command, this::emit);
    }

    private void close() throws Exception {
        connection.closeAsync().get();
        client.close();
        endLanes();
        links.clear();
        counters.clear();
        held.clear();
        settled.clear();
        emit("closed");
    }
}
