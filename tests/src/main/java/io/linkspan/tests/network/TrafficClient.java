// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.network;

import io.vertx.core.Vertx;
import io.vertx.proton.ProtonClient;
import io.vertx.proton.ProtonConnection;
import io.vertx.proton.ProtonReceiver;
import io.vertx.proton.ProtonSender;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.message.Message;

/**
 * A client of one router of a network in trouble: receives from and sends to an address for one receiver, an address of one
 * router, and a multicast address, and tells a ledger. Lives until its connection ends. Confined to one loop.
 */
final class TrafficClient {

    /** Messages of one sender that have no outcome yet, at most. */
    private static final int WINDOW = 20;

    private static final int SMALL = 100;
    private static final int LARGE = 300_000;

    private final TrafficLedger ledger;
    private final int receiver;
    private final String id;
    private final Random random;
    private final ProtonConnection connection;
    private final List<Outgoing> outgoing = new ArrayList<>();
    private boolean leaving;
    private int linksToOpen;

    /** One sender and the messages that it waits for. */
    private static final class Outgoing {
        private final ProtonSender sender;
        private final String address;
        private final Set<Integer> waiting = new HashSet<>();

        private Outgoing(ProtonSender sender, String address) {
            this.sender = sender;
            this.address = address;
        }
    }

    private TrafficClient(TrafficLedger ledger, int receiver, String id, Random random, ProtonConnection connection) {
        this.ledger = ledger;
        this.receiver = receiver;
        this.id = id;
        this.random = random;
        this.connection = connection;
    }

    /**
     * Connects and attaches all links. Called on the loop.
     *
     * @param receiver its number among the receivers
     * @param id its router
     * @param peer the router whose own address it sends to
     */
    static CompletableFuture<TrafficClient> connect(
            Vertx vertx, int port, TrafficLedger ledger, int receiver, String id, String peer, Random random) {
        CompletableFuture<TrafficClient> ready = new CompletableFuture<>();
        ProtonClient.create(vertx).connect("127.0.0.1", port, result -> {
            if (result.failed()) {
                ready.completeExceptionally(result.cause());
                return;
            }
            TrafficClient client = new TrafficClient(ledger, receiver, id, random, result.result());
            client.open(peer, ready);
        });
        return ready;
    }

    private void open(String peer, CompletableFuture<TrafficClient> ready) {
        connection.disconnectHandler(gone -> ended());
        connection.closeHandler(closed -> {
            if (!leaving) {
                ledger.broken(id + " closed a client's connection: " + closed.cause());
            }
            connection.disconnect();
        });
        connection.openHandler(opened -> {
            List<String> own = List.of("q", "mc", "far." + id);
            List<String> others = List.of("q", "mc", "far." + peer);
            linksToOpen = own.size() + others.size();
            own.forEach(address -> receive(address, ready));
            others.forEach(address -> prepare(address, ready));
        });
        connection.open();
    }

    private void opened(CompletableFuture<TrafficClient> ready) {
        if (--linksToOpen == 0) {
            ready.complete(this);
        }
    }

    private void receive(String address, CompletableFuture<TrafficClient> ready) {
        ProtonReceiver link = connection.createReceiver(address);
        link.setPrefetch(100);
        link.handler((delivery, message) ->
                ledger.arrived(String.valueOf(((AmqpValue) message.getBody()).getValue()), receiver, address));
        link.closeHandler(closed -> linkEnded(address, closed.cause()));
        link.openHandler(done -> opened(ready));
        link.open();
    }

    private void prepare(String address, CompletableFuture<TrafficClient> ready) {
        ProtonSender link = connection.createSender(address);
        link.closeHandler(closed -> linkEnded(address, closed.cause()));
        link.openHandler(done -> opened(ready));
        link.open();
        outgoing.add(new Outgoing(link, address));
    }

    private void linkEnded(String address, Throwable cause) {
        if (!leaving) {
            ledger.broken(id + " ended a client's link to " + address + ": " + cause);
        }
    }

    private void ended() {
        leaving = true;
        for (Outgoing one : outgoing) {
            one.waiting.forEach(ledger::lost);
            one.waiting.clear();
        }
    }

    ProtonConnection connection() {
        return connection;
    }

    /** A few messages on each link that has room. */
    void beat() {
        for (Outgoing one : outgoing) {
            for (int n = 0; n < 2 && one.waiting.size() < WINDOW && !one.sender.sendQueueFull() && !leaving; n++) {
                send(one, random.nextInt(50) == 0 ? LARGE : SMALL);
            }
        }
    }

    /**
     * One message on each link, whether there is room or not.
     *
     * @return the number of the one to the multicast address
     */
    int sendOne() {
        int multicast = -1;
        for (Outgoing one : outgoing) {
            send(one, SMALL);
            if (one.address.equals("mc")) {
                multicast = ledger.last();
            }
        }
        return multicast;
    }

    private void send(Outgoing by, int length) {
        Message message = Message.Factory.create();
        message.setBody(new AmqpValue(ledger.send(by.address, by.address.equals("mc"), length)));
        int number = ledger.last();
        by.waiting.add(number);
        by.sender.send(message, delivery -> {
            DeliveryState state = delivery.getRemoteState();
            by.waiting.remove(number);
            ledger.outcome(number, state == null ? "none" : state.getType().toString());
        });
    }

    /** Its router will be killed: that its links end is no surprise. */
    boolean endsUnasked() {
        leaving = true;
        return true;
    }

    /** Goes in order. */
    void leave() {
        leaving = true;
        connection.close();
    }
}
