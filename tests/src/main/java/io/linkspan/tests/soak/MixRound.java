// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.soak;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.messaging.Target;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.SenderSettleMode;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.EndpointState;
import org.apache.qpid.proton.engine.Link;
import org.apache.qpid.proton.engine.Receiver;
import org.apache.qpid.proton.engine.Sender;
import org.apache.qpid.proton.engine.Session;
import org.jspecify.annotations.Nullable;

/**
 * One round of the mix: some seconds of random doings, then rest, in which everything that is under way must end; then all
 * leave. The seed decides what is done, the machine decides when. Confined to one loop.
 */
final class MixRound implements ProtonPeer.Events {

    /** What is done at random. */
    enum Deed {
        CONNECT,
        CLOSE,
        DROP,
        CONTAINER,
        CONTAINER_LEAVES,
        SENDER,
        RECEIVER,
        DETACH,
        END_SESSION,
        SEND,
        SEND_LARGE,
        SEND_SETTLED,
        CREDIT,
        DRAIN,
        SETTLE,
        ABORTS
    }

    private static final List<SenderSettleMode> MODES =
            List.of(SenderSettleMode.UNSETTLED, SenderSettleMode.SETTLED, SenderSettleMode.MIXED);
    private static final List<String> ONE_RECEIVER =
            List.of("balanced.0", "balanced.1", "balanced.2", "closest.0", "closest.1", "route.0", "route.1");
    private static final List<String> EVERYBODY = List.of("everyone.0", "everyone.1");
    private static final int CONTAINERS = 2;
    private static final int MOST_CLIENTS = 8;
    private static final int MOST_LINKS = 6;
    private static final int LARGE_BYTES = 300_000;
    private static final int PART_BYTES = 20_000;
    private static final int STEP_MS = 4;
    private static final int DEEDS_PER_STEP = 3;
    /** Rest must come within this time, and the end of all connections as well. */
    private static final int REST_LIMIT_MS = 60_000;

    /** A sender's state. */
    private static final class Out {
        private final ProtonPeer peer;
        private final Sender link;
        private final String address;
        private final SenderSettleMode mode;
        private final ArrayDeque<Delivery> unsettled = new ArrayDeque<>();
        private byte @Nullable [] large;
        private int largeAt;
        private @Nullable Delivery largeDelivery;
        private boolean attached;
        private int tags;

        private Out(ProtonPeer peer, Sender link, String address, SenderSettleMode mode) {
            this.peer = peer;
            this.link = link;
            this.address = address;
            this.mode = mode;
        }
    }

    /** A receiver's state. */
    private static final class In {
        private final ProtonPeer peer;
        private final Receiver link;
        private final String address;
        private final ArrayDeque<Delivery> held = new ArrayDeque<>();
        private final List<Integer> numbers = new ArrayList<>();
        private byte[] partial = new byte[0];
        private int partialLength;
        private boolean willing;

        private In(ProtonPeer peer, Receiver link, String address) {
            this.peer = peer;
            this.link = link;
            this.address = address;
        }
    }

    private final Vertx vertx;
    private final NetClient sockets;
    private final Random random;
    private final int clientPort;
    private final int containerPort;
    private final MixLedger ledger = new MixLedger();
    private final Map<Deed, Integer> deeds = new EnumMap<>(Deed.class);
    private final List<ProtonPeer> clients = new ArrayList<>();
    private final @Nullable ProtonPeer[] containers = new ProtonPeer[CONTAINERS];
    private final List<Out> senders = new ArrayList<>();
    private final List<In> receivers = new ArrayList<>();
    private final List<NetSocket> aborters = new ArrayList<>();
    private final List<String> broken = new ArrayList<>();
    private final CompletableFuture<List<String>> rested = new CompletableFuture<>();
    private int connecting;
    private int names;
    private long mixUntilMs;
    private long restUntilMs;
    private boolean resting;
    private boolean leaving;
    private byte[] scratch = new byte[64 * 1024];

    MixRound(Vertx vertx, NetClient sockets, long seed, int clientPort, int containerPort) {
        this.vertx = vertx;
        this.sockets = sockets;
        this.random = new Random(seed);
        this.clientPort = clientPort;
        this.containerPort = containerPort;
    }

    /** Mixes for some time, then rests. Gives what was broken when all has come to rest; links are still there. */
    CompletableFuture<List<String>> start(long mixMs) {
        mixUntilMs = now() + mixMs;
        vertx.setPeriodic(STEP_MS, timer -> {
            try {
                if (leaving) {
                    vertx.cancelTimer(timer);
                } else {
                    step();
                }
            } catch (RuntimeException e) {
                vertx.cancelTimer(timer);
                rested.completeExceptionally(e);
            }
        });
        return rested;
    }

    private static long now() {
        return System.nanoTime() / 1_000_000;
    }

    Map<Deed, Integer> deeds() {
        return deeds;
    }

    MixLedger ledger() {
        return ledger;
    }

    private void step() {
        if (resting) {
            rest();
        } else if (now() < mixUntilMs) {
            for (int i = 0; i < DEEDS_PER_STEP; i++) {
                dare(deed());
            }
            senders.forEach(this::continueLarge);
        } else {
            resting = true;
            restUntilMs = now() + REST_LIMIT_MS;
            for (int i = 0; i < CONTAINERS; i++) {
                container(i);
            }
        }
        List.copyOf(senders).forEach(this::answerDrain);
        long nowMs = now();
        for (ProtonPeer client : List.copyOf(clients)) {
            client.tick(nowMs);
        }
        for (ProtonPeer container : containers) {
            if (container != null) {
                container.tick(nowMs);
            }
        }
    }

    /** Connections come and go rarely, messages often. */
    private Deed deed() {
        int draw = random.nextInt(1000);
        if (draw < 6) {
            return Deed.CONNECT;
        } else if (draw < 8) {
            return Deed.CLOSE;
        } else if (draw < 10) {
            return Deed.DROP;
        } else if (draw < 15) {
            return Deed.CONTAINER;
        } else if (draw < 16) {
            return Deed.CONTAINER_LEAVES;
        } else if (draw < 30) {
            return Deed.SENDER;
        } else if (draw < 45) {
            return Deed.RECEIVER;
        } else if (draw < 53) {
            return Deed.DETACH;
        } else if (draw < 54) {
            return Deed.END_SESSION;
        } else if (draw < 58) {
            return Deed.ABORTS;
        } else if (draw < 80) {
            return Deed.SEND_LARGE;
        } else if (draw < 200) {
            return Deed.SEND_SETTLED;
        } else if (draw < 300) {
            return Deed.CREDIT;
        } else if (draw < 330) {
            return Deed.DRAIN;
        }
        return draw < 600 ? Deed.SEND : Deed.SETTLE;
    }

    private void dare(Deed deed) {
        boolean done =
                switch (deed) {
                    case CONNECT -> connect();
                    case CLOSE -> leave(false);
                    case DROP -> leave(true);
                    case CONTAINER -> container(random.nextInt(CONTAINERS));
                    case CONTAINER_LEAVES -> containerLeaves();
                    case SENDER -> sender();
                    case RECEIVER -> receiver(any(clients), address(), 1 + random.nextInt(40)) != null;
                    case DETACH -> detach();
                    case END_SESSION -> endSession();
                    case SEND, SEND_SETTLED -> send(any(senders), deed == Deed.SEND_SETTLED);
                    case SEND_LARGE -> sendLarge(any(senders));
                    case CREDIT -> credit(any(receivers));
                    case DRAIN -> drain(any(receivers));
                    case SETTLE -> settle(any(receivers));
                    case ABORTS -> abort();
                };
        if (done) {
            deeds.merge(deed, 1, Integer::sum);
        }
    }

    private <T> @Nullable T any(List<T> all) {
        return all.isEmpty() ? null : all.get(random.nextInt(all.size()));
    }

    private String address() {
        int draw = random.nextInt(ONE_RECEIVER.size() + EVERYBODY.size());
        return draw < ONE_RECEIVER.size() ? ONE_RECEIVER.get(draw) : EVERYBODY.get(draw - ONE_RECEIVER.size());
    }

    // ---- Connections.

    private boolean connect() {
        if (clients.size() + connecting >= MOST_CLIENTS) {
            return false;
        }
        connecting++;
        String name = "client-" + names++;
        sockets.connect(clientPort, "127.0.0.1").onComplete(socket -> {
            connecting--;
            if (socket.failed()) {
                broken.add("a client cannot connect: " + socket.cause());
            } else {
                clients.add(new ProtonPeer(socket.result(), name, this));
            }
        });
        return true;
    }

    private boolean container(int index) {
        if (containers[index] != null || connecting > 0) {
            return false;
        }
        connecting++;
        sockets.connect(containerPort, "127.0.0.1").onComplete(socket -> {
            connecting--;
            if (socket.failed()) {
                broken.add("a container cannot connect: " + socket.cause());
            } else {
                containers[index] = new ProtonPeer(socket.result(), "box" + index, this);
            }
        });
        return true;
    }

    private boolean containerLeaves() {
        ProtonPeer container = containers[random.nextInt(CONTAINERS)];
        if (container == null) {
            return false;
        }
        leave(container, random.nextBoolean());
        return true;
    }

    private boolean leave(boolean abruptly) {
        ProtonPeer client = clients.size() > 2 ? any(clients) : null;
        if (client == null) {
            return false;
        }
        leave(client, abruptly);
        return true;
    }

    private void leave(ProtonPeer peer, boolean wantsAbruptly) {
        // Proton-j keeps its close back, too, until all messages are whole.
        boolean abruptly =
                wantsAbruptly || senders.stream().anyMatch(sender -> sender.peer == peer && sender.large != null);
        forget(peer, abruptly);
        if (abruptly) {
            peer.drop();
        } else {
            peer.close();
        }
    }

    private void forget(ProtonPeer peer, boolean abruptly) {
        clients.remove(peer);
        for (int i = 0; i < CONTAINERS; i++) {
            containers[i] = containers[i] == peer ? null : containers[i];
        }
        for (Out sender : List.copyOf(senders)) {
            if (sender.peer == peer) {
                forget(sender);
            }
        }
        for (In receiver : List.copyOf(receivers)) {
            if (receiver.peer == peer) {
                forget(receiver, abruptly);
            }
        }
    }

    private void forget(Out sender) {
        senders.remove(sender);
        sender.unsettled.forEach(delivery -> ledger.lostByUs((Integer) delivery.getContext()));
        if (sender.largeDelivery != null) {
            ledger.lostByUs((Integer) sender.largeDelivery.getContext());
        }
        sender.link.setContext(null);
    }

    private void forget(In receiver, boolean abruptly) {
        receivers.remove(receiver);
        if (abruptly) {
            receiver.numbers.forEach(ledger::answerIsDoubtful);
        }
        receiver.link.setContext(null);
    }

    @Override
    public void onSessionEnd(ProtonPeer peer, String reason) {
        // A container's sessions are the router's to end.
        if (clients.contains(peer)) {
            broken.add("a session of " + peer.connection().getContainer() + " was ended: " + reason);
        }
    }

    @Override
    public void onEnd(ProtonPeer peer, String reason) {
        if (!reason.isEmpty()) {
            broken.add("a connection of " + peer.connection().getContainer() + " ended: " + reason);
        }
        forget(peer, true);
    }

    private boolean abort() {
        String address = random.nextBoolean() ? "balanced.0" : address();
        byte[] bytes = Corpus.aborts(address, random);
        boolean early = random.nextInt(3) == 0;
        int cut = early ? random.nextInt(bytes.length) : bytes.length;
        connecting++;
        sockets.connect(clientPort, "127.0.0.1").onComplete(socket -> {
            connecting--;
            if (socket.succeeded()) {
                aborters.add(socket.result());
                socket.result().closeHandler(closed -> aborters.remove(socket.result()));
                socket.result().write(Buffer.buffer(java.util.Arrays.copyOf(bytes, cut)));
                vertx.setTimer(100, later -> socket.result().close());
            }
        });
        return true;
    }

    // ---- Links.

    private boolean hasRoom(@Nullable ProtonPeer peer) {
        return peer != null
                && !peer.isOver()
                && senders.stream().filter(sender -> sender.peer == peer).count()
                                + receivers.stream()
                                        .filter(receiver -> receiver.peer == peer)
                                        .count()
                        < MOST_LINKS;
    }

    private Session session(ProtonPeer peer) {
        List<Session> sessions = new ArrayList<>();
        for (Out sender : senders) {
            if (sender.peer == peer) {
                sessions.add(sender.link.getSession());
            }
        }
        for (In receiver : receivers) {
            if (receiver.peer == peer) {
                sessions.add(receiver.link.getSession());
            }
        }
        sessions.removeIf(session -> session.getLocalState() != EndpointState.ACTIVE);
        Session session = random.nextInt(3) > 0 ? any(sessions) : null;
        return session == null ? peer.session() : session;
    }

    private boolean sender() {
        ProtonPeer peer = any(clients);
        if (!hasRoom(peer)) {
            return false;
        }
        ProtonPeer client = Objects.requireNonNull(peer);
        String address = address();
        Sender link = session(client).sender("link-" + names++);
        Target target = new Target();
        target.setAddress(address);
        link.setSource(new Source());
        link.setTarget(target);
        SenderSettleMode mode = MODES.get(random.nextInt(MODES.size()));
        link.setSenderSettleMode(mode);
        Out sender = new Out(client, link, address, mode);
        link.setContext(sender);
        senders.add(sender);
        link.open();
        client.flush();
        return true;
    }

    private @Nullable In receiver(@Nullable ProtonPeer peer, String address, int credit) {
        if (peer == null || (!resting && !hasRoom(peer))) {
            return null;
        }
        Receiver link = session(peer).receiver("link-" + names++);
        Source source = new Source();
        source.setAddress(address);
        link.setSource(source);
        link.setTarget(new Target());
        In receiver = new In(peer, link, address);
        link.setContext(receiver);
        receivers.add(receiver);
        link.open();
        link.flow(credit);
        peer.flush();
        return receiver;
    }

    private boolean detach() {
        boolean sends = random.nextBoolean();
        Out sender = sends ? any(senders) : null;
        In receiver = sends ? null : any(receivers);
        if (sender != null && sender.large != null) {
            return false; // Proton-j keeps its detach back until the message is whole.
        }
        if (sender != null) {
            forget(sender);
            sender.link.close();
            sender.peer.flush();
        } else if (receiver != null) {
            forget(receiver, false);
            receiver.link.close();
            receiver.peer.flush();
        }
        return sender != null || receiver != null;
    }

    private boolean endSession() {
        Out chosen = any(senders);
        // Proton-j forgets the channel of a session that it ends before the other end has begun it.
        if (chosen == null || chosen.link.getSession().getRemoteState() != EndpointState.ACTIVE) {
            return false;
        }
        Session session = chosen.link.getSession();
        if (senders.stream().anyMatch(sender -> sender.link.getSession() == session && sender.large != null)) {
            return false; // As with a detach.
        }
        for (Out sender : List.copyOf(senders)) {
            if (sender.link.getSession() == session) {
                forget(sender);
            }
        }
        for (In receiver : List.copyOf(receivers)) {
            if (receiver.link.getSession() == session) {
                forget(receiver, false);
            }
        }
        session.close();
        chosen.peer.flush();
        return true;
    }

    @Override
    public void onLink(ProtonPeer peer, Link link) {
        if (link.getLocalState() != EndpointState.UNINITIALIZED) {
            if (link.getContext() instanceof Out sender) {
                sender.attached = link.getRemoteTarget() != null;
            }
            return;
        }
        if (link.getSession().getLocalState() != EndpointState.ACTIVE) {
            return; // It was on its way when the session ended.
        }
        // A container is asked.
        link.setSource(link.getRemoteSource());
        link.setTarget(link.getRemoteTarget());
        link.setSenderSettleMode(link.getRemoteSenderSettleMode());
        if (link instanceof Sender asked) {
            Source source = (Source) link.getRemoteSource();
            Out sender = new Out(peer, asked, source.getAddress(), link.getRemoteSenderSettleMode());
            sender.attached = true;
            link.setContext(sender);
            senders.add(sender);
            link.open();
        } else if (link instanceof Receiver asked) {
            Target target = (Target) link.getRemoteTarget();
            In receiver = new In(peer, asked, target.getAddress());
            link.setContext(receiver);
            receivers.add(receiver);
            link.open();
            asked.flow(1 + random.nextInt(50));
        }
    }

    @Override
    public void onLinkEnd(ProtonPeer peer, Link link) {
        if (link.getContext() instanceof Out sender) {
            // Refused, its route lost, or detached by the other end of its route: what it has sent is open for good.
            if (!sender.address.startsWith("route")) {
                broken.add("the router detached a sender to " + sender.address + ": " + link.getRemoteCondition());
            }
            forget(sender);
        } else if (link.getContext() instanceof In receiver) {
            if (!receiver.address.startsWith("route")) {
                broken.add("the router detached a receiver of " + receiver.address + ": " + link.getRemoteCondition());
            }
            forget(receiver, true);
        }
    }

    // ---- Messages.

    private boolean canSend(@Nullable Out sender) {
        return sender != null
                && sender.attached
                && sender.large == null
                && sender.link.getCredit() > 0
                && !sender.peer.isFull();
    }

    private boolean send(@Nullable Out sender, boolean settled) {
        if (!canSend(sender)) {
            return false;
        }
        Out out = Objects.requireNonNull(sender);
        boolean oneByOne = out.mode == SenderSettleMode.UNSETTLED || (out.mode == SenderSettleMode.MIXED && !settled);
        for (int left = 1 + random.nextInt(30); left > 0 && out.link.getCredit() > 0; left--) {
            int bytes = random.nextInt(20) == 0 ? random.nextInt(40_000) : random.nextInt(400);
            byte[] message = ledger.send(out.address, !EVERYBODY.contains(out.address), !oneByOne, bytes);
            Delivery delivery = begin(out);
            out.link.send(message, 0, message.length);
            if (oneByOne) {
                out.unsettled.add(delivery);
            } else {
                delivery.settle();
            }
            out.link.advance();
        }
        out.peer.flush();
        return true;
    }

    private Delivery begin(Out out) {
        byte[] tag = ByteBuffer.allocate(4).putInt(out.tags++).array();
        Delivery delivery = out.link.delivery(tag);
        delivery.setContext(ledger.last());
        return delivery;
    }

    private boolean sendLarge(@Nullable Out sender) {
        if (!canSend(sender) || Objects.requireNonNull(sender).mode == SenderSettleMode.SETTLED) {
            return false;
        }
        Out out = sender;
        out.large =
                ledger.send(out.address, !EVERYBODY.contains(out.address), false, 20_000 + random.nextInt(LARGE_BYTES));
        out.largeAt = 0;
        out.largeDelivery = begin(out);
        continueLarge(out);
        return true;
    }

    private void continueLarge(Out sender) {
        byte[] bytes = sender.large;
        if (bytes == null || sender.peer.isFull() || sender.link.getSession().getOutgoingBytes() > PART_BYTES) {
            return;
        }
        int count = Math.min(PART_BYTES, bytes.length - sender.largeAt);
        sender.link.send(bytes, sender.largeAt, count);
        sender.largeAt += count;
        if (sender.largeAt == bytes.length) {
            sender.unsettled.add(Objects.requireNonNull(sender.largeDelivery));
            sender.large = null;
            sender.largeDelivery = null;
            sender.link.advance();
        }
        sender.peer.flush();
    }

    @Override
    public void onDelivery(ProtonPeer peer, Delivery delivery) {
        if (delivery.getLink().getContext() instanceof Out sender) {
            if (delivery.remotelySettled() && !delivery.isSettled()) {
                DeliveryState state = delivery.getRemoteState();
                ledger.outcome(
                        (Integer) delivery.getContext(),
                        state == null ? "none" : state.getType().toString());
                sender.unsettled.remove(delivery);
                if (sender.largeDelivery == delivery) {
                    // The receiver gave it up while it was under way; the rest of it is for nobody.
                    sender.large = null;
                    sender.largeDelivery = null;
                    sender.link.advance();
                }
                delivery.settle();
            }
        } else if (delivery.getLink().getContext() instanceof In receiver) {
            take(receiver, delivery);
        }
    }

    private void take(In receiver, Delivery delivery) {
        if (receiver.link.current() != delivery) {
            return;
        }
        int count;
        while ((count = receiver.link.recv(scratch, 0, scratch.length)) > 0) {
            int length = receiver.partialLength + count;
            if (length > receiver.partial.length) {
                receiver.partial = java.util.Arrays.copyOf(receiver.partial, Math.max(length, 2 * length));
            }
            System.arraycopy(scratch, 0, receiver.partial, receiver.partialLength, count);
            receiver.partialLength = length;
        }
        if (delivery.isAborted()) {
            receiver.partialLength = 0;
            receiver.link.advance();
            delivery.settle();
            topUp(receiver);
        } else if (!delivery.isPartial()) {
            int number = ledger.arrived(receiver.partial, receiver.partialLength, receiver.address);
            receiver.partialLength = 0;
            delivery.setContext(number);
            receiver.link.advance();
            if (delivery.remotelySettled()) {
                delivery.settle();
                topUp(receiver);
            } else {
                receiver.held.add(delivery);
            }
        }
    }

    private void topUp(In receiver) {
        if (resting && receiver.link.getCredit() < 20) {
            receiver.link.flow(20);
        }
    }

    // ---- Receivers.

    private boolean credit(@Nullable In receiver) {
        if (receiver == null || receiver.link.getDrain() || receiver.link.getCredit() > 100) {
            return false;
        }
        receiver.link.flow(1 + random.nextInt(60));
        receiver.peer.flush();
        return true;
    }

    private boolean drain(@Nullable In receiver) {
        if (receiver == null || receiver.link.getDrain() || receiver.link.getCredit() == 0) {
            return false;
        }
        receiver.link.drain(0);
        receiver.peer.flush();
        return true;
    }

    @Override
    public void onFlow(ProtonPeer peer, Link link) {
        if (link.getContext() instanceof Out sender) {
            answerDrain(sender);
        } else if (link instanceof Receiver receiver && link.getDrain() && !receiver.draining()) {
            receiver.drained();
            receiver.setDrain(false);
            receiver.flow(1 + random.nextInt(20));
        }
    }

    /** Proton-j gives up the credit of messages, too, that it has not sent yet, and sends them all the same. */
    private void answerDrain(Out sender) {
        Sender link = sender.link;
        if (link.getDrain() && link.getCredit() > 0 && sender.large == null && link.getQueued() == 0) {
            link.drained();
            sender.peer.flush();
        }
    }

    private boolean settle(@Nullable In receiver) {
        if (receiver == null || receiver.held.isEmpty()) {
            return false;
        }
        for (int left = 1 + random.nextInt(20); left > 0 && !receiver.held.isEmpty(); left--) {
            int draw = resting ? 0 : random.nextInt(20);
            DeliveryState state = Accepted.getInstance();
            if (draw == 19) {
                state = new Rejected();
            } else if (draw >= 17) {
                state = Released.getInstance();
            } else if (draw >= 15) {
                Modified modified = new Modified();
                modified.setDeliveryFailed(random.nextBoolean());
                modified.setUndeliverableHere(random.nextBoolean());
                state = modified;
            }
            Delivery delivery = receiver.held.remove();
            int number = (Integer) delivery.getContext();
            ledger.answered(number, state.getType().toString());
            receiver.numbers.add(number);
            delivery.disposition(state);
            delivery.settle();
        }
        topUp(receiver);
        receiver.peer.flush();
        return true;
    }

    // ---- Rest.

    private void rest() {
        senders.forEach(this::continueLarge);
        ProtonPeer client = clients.isEmpty() ? null : clients.get(0);
        if (client == null) {
            connect();
            return;
        }
        for (String address : ONE_RECEIVER) {
            awaited(client, address);
        }
        for (String address : EVERYBODY) {
            awaited(client, address);
        }
        for (In receiver : List.copyOf(receivers)) {
            receiver.willing = true;
            topUp(receiver);
            while (settle(receiver)) {
                // Until nothing is held.
            }
            receiver.peer.flush();
        }
        if (rested.isDone()) {
            return; // What was sent by those who have left still comes.
        }
        List<String> open = open();
        if (open.isEmpty()) {
            broken.addAll(ledger.broken());
            rested.complete(List.copyOf(broken));
        } else if (now() > restUntilMs) {
            broken.addAll(open);
            broken.addAll(ledger.broken());
            rested.complete(List.copyOf(broken));
        }
    }

    private void awaited(ProtonPeer client, String address) {
        boolean routed = address.startsWith("route");
        for (In receiver : receivers) {
            if (receiver.willing && receiver.address.equals(address)) {
                return;
            }
        }
        if (!routed) {
            receiver(client, address, 40);
        }
    }

    /** What has not come to rest, in words. */
    private List<String> open() {
        List<String> open = new ArrayList<>();
        if (connecting > 0 || !aborters.isEmpty()) {
            open.add("connections under way " + connecting + ", aborters " + aborters.size());
        }
        if (ledger.open() > 0) {
            open.add("messages without an outcome: " + ledger.open());
        }
        for (Out sender : senders) {
            if (sender.large != null || !sender.unsettled.isEmpty() || !sender.attached) {
                open.add("sender to " + sender.address + " has something under way");
            }
            if (!sender.address.startsWith("route")
                    && sender.attached
                    && sender.link.getCredit() != MixSoak.LINK_CAPACITY) {
                open.add("sender to " + sender.address + " has a credit of " + sender.link.getCredit() + " instead of "
                        + MixSoak.LINK_CAPACITY);
            }
        }
        routedCredit().forEach((name, difference) -> {
            if (difference != 0) {
                open.add("the ends of routed link " + name + " differ in credit by " + difference);
            }
        });
        return open;
    }

    /** Of each routed link the receiver's credit less the sender's; LNK-07 names the far end. */
    private Map<String, Integer> routedCredit() {
        Map<String, Integer> differences = new TreeMap<>();
        for (Out sender : senders) {
            if (sender.address.startsWith("route")) {
                differences.merge(nearName(sender.link), -sender.link.getCredit(), Integer::sum);
            }
        }
        for (In receiver : receivers) {
            if (receiver.address.startsWith("route")) {
                differences.merge(nearName(receiver.link), receiver.link.getCredit(), Integer::sum);
            }
        }
        return differences;
    }

    private static String nearName(Link link) {
        int at = link.getName().indexOf('@');
        return at < 0 ? link.getName() : link.getName().substring(0, at);
    }

    /** Everybody leaves, in one way or another. */
    void leave() {
        leaving = true;
        for (ProtonPeer client : List.copyOf(clients)) {
            leave(client, random.nextBoolean());
        }
        for (int i = 0; i < CONTAINERS; i++) {
            ProtonPeer container = containers[i];
            if (container != null) {
                leave(container, random.nextBoolean());
            }
        }
    }
}
