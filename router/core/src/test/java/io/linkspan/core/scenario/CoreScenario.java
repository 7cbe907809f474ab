// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.scenario;

import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.ErrorCondition;
import io.linkspan.core.Admission;
import io.linkspan.core.CoreEvents;
import io.linkspan.core.CoreSettings;
import io.linkspan.core.RouterCore;
import io.linkspan.core.address.AddressEntities;
import io.linkspan.core.address.AddressKey;
import io.linkspan.core.address.Distribution;
import io.linkspan.core.address.Pattern;
import io.linkspan.core.address.PatternSyntax;
import io.linkspan.core.address.Subscription;
import io.linkspan.core.connection.ConnectionRole;
import io.linkspan.core.delivery.MessageStream;
import io.linkspan.core.exchange.Exchange;
import io.linkspan.core.exchange.Exchanges;
import io.linkspan.core.fake.Cores;
import io.linkspan.core.fake.FakeConnection;
import io.linkspan.core.fake.FakeReceiver;
import io.linkspan.core.fake.FakeSender;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A random history of a core with fake peers: everything a peer may do, in any order. The same seed gives the same
 * history. Call {@link #step()} as often as you like, then {@link #finish()}, which lets everything settle and says what
 * is wrong.
 */
public final class CoreScenario {

    private static final String[] ADDRESSES = {
        "a.b",
        "a.c",
        "a",
        "b.c.d",
        "jobs.x",
        "jobs.y",
        "fan.x",
        "fan.y",
        "off.x",
        "_local/l",
        "fall.x",
        "fall.y",
        "ex.x"
    };
    private static final String[] PATTERNS = {"#", "a.*", "a.#", "*.c", "jobs.*", "jobs.#", "fan.#", "#.x", "b.*.d"};

    private final long seed;
    private final SplittableRandom random;
    private final RouterCore core;
    private final List<FakeConnection> connections = new ArrayList<>();
    private final List<Peer> senders = new ArrayList<>();
    private final List<FakeReceiver> receivers = new ArrayList<>();
    private final int addressesAtStart;
    private long steps;
    private long unsettledSent;
    private long outcomes;

    /** A sending peer and what it has under way. */
    private static final class Peer {
        private final FakeSender link;
        private final FakeConnection connection;
        private final boolean anonymous;
        private final Set<Integer> open = new HashSet<>();
        private @Nullable MessageStream stream;
        private int streamKey;

        Peer(FakeSender link, FakeConnection connection, boolean anonymous) {
            this.link = link;
            this.connection = connection;
            this.anonymous = anonymous;
        }
    }

    public CoreScenario(long seed) {
        this.seed = seed;
        random = new SplittableRandom(seed);
        Distribution byDefault = random.nextInt(4) == 0 ? Distribution.MULTICAST : Distribution.BALANCED;
        core = new RouterCore(
                new CoreSettings("R", CoreSettings.Mode.STANDALONE, byDefault, "v", 1),
                CoreEvents.NONE,
                new SplittableRandom(seed));
        Cores.prefix(core, "jobs", random.nextBoolean() ? "balanced" : "closest");
        Cores.prefix(core, "fan", "multicast");
        Cores.prefix(core, "off", "unavailable");
        Cores.create(
                core,
                new AddressEntities.Request(null, "fall", null, "balanced", false, null, null, null, true, false));
        // What the fakes send has no subject, so it goes to direct receivers, else to the alternate.
        core.exchanges().create(new Exchanges.ExchangeRequest("ex", "ex.x", 0, "a.b", 0, Exchange.MatchMethod.AMQP));
        addressesAtStart = core.table().addresses().size();
    }

    /** Steps made, unsettled deliveries sent and settled outcomes heard. */
    public String summary() {
        return "seed " + seed + ": " + steps + " steps, " + unsettledSent + " unsettled deliveries, " + outcomes
                + " outcomes";
    }

    public long unsettledSent() {
        return unsettledSent;
    }

    /** One random act of one random peer. */
    public void step() {
        steps++;
        switch (random.nextInt(32)) {
            case 0 -> connect();
            case 1 -> attachSender();
            case 2, 3 -> attachReceiver();
            case 4, 5, 6, 7, 8, 9, 10, 11 -> send();
            case 12 -> stream();
            case 13, 14 -> credit();
            case 15, 16, 17, 18, 19, 20 -> settle();
            case 21 -> senderSettles();
            case 22 -> tellWithoutSettling();
            case 23 -> transport();
            case 24 -> drained();
            case 25 -> detachSender();
            case 26 -> detachReceiver();
            case 27 -> {
                if (random.nextInt(6) == 0) {
                    loseConnection();
                }
            }
            case 28 -> core.tick(random.nextInt(1, 4));
            case 29 -> unsubscribe();
            case 30 -> rejectAndAbort();
            default -> readerSpeed();
        }
        check();
    }

    private <T> @Nullable T any(List<T> list) {
        return list.isEmpty() ? null : list.get(random.nextInt(list.size()));
    }

    private String address() {
        return ADDRESSES[random.nextInt(ADDRESSES.length)];
    }

    private void connect() {
        if (connections.size() < 6) {
            connections.add(new FakeConnection(core, ConnectionRole.NORMAL, random.nextInt(3) == 0 ? 4 : 30));
        }
    }

    private void attachSender() {
        FakeConnection connection = any(connections);
        if (connection == null || senders.size() > 8) {
            return;
        }
        FakeSender link = connection.sender("s" + steps);
        link.fallback = random.nextInt(8) == 0;
        boolean anonymous = random.nextInt(3) == 0;
        String address = address();
        Admission admission = core.producer(link, anonymous ? null : core.senderKey(address, 0));
        if (admission instanceof Admission.Refused) {
            expect(address.startsWith("off"), "refused " + address);
            return;
        }
        senders.add(new Peer(link, connection, anonymous));
    }

    private void attachReceiver() {
        FakeConnection connection = any(connections);
        if (connection == null || receivers.size() > 10) {
            return;
        }
        FakeReceiver link = connection.receiver("r" + steps);
        link.takesSettled = random.nextInt(8) == 0;
        link.atMostOnce = random.nextInt(8) == 0;
        int subscriptions = random.nextInt(4) == 0 ? 3 : 1;
        boolean admitted = false;
        for (int i = 0; i < subscriptions; i++) {
            admitted |= core.subscribe(link, subscription(subscriptions > 1)) instanceof Admission.Admitted;
        }
        if (admitted) {
            receivers.add(link);
            link.credit(random.nextInt(3) == 0 ? 0 : random.nextInt(20));
        }
    }

    private Subscription subscription(boolean alone) {
        AddressKey key = core.receiverKey(address(), 0);
        Pattern pattern = Pattern.parse(PATTERNS[random.nextInt(PATTERNS.length)], PatternSyntax.DOTS);
        if (alone) {
            return random.nextBoolean() ? Subscription.alone(pattern) : Subscription.alone(key);
        }
        return switch (random.nextInt(5)) {
            case 0, 1 ->
                Subscription.plain(
                        key.text().startsWith("fall") && random.nextBoolean()
                                ? key.inPhase(AddressKey.FALLBACK_PHASE)
                                : key);
            case 2 -> Subscription.alone(pattern);
            case 3 -> Subscription.shared("g" + random.nextInt(2), pattern);
            default -> Subscription.shared("g" + random.nextInt(2), key);
        };
    }

    private void send() {
        Peer peer = any(senders);
        if (peer == null || peer.stream != null) {
            return;
        }
        int burst = random.nextInt(1, 6);
        for (int i = 0; i < burst && !peer.link.isLost(); i++) {
            // Now and then a peer oversteps its credit a little.
            if (peer.link.credit() <= (random.nextInt(50) == 0 ? -2 : 0)) {
                return;
            }
            boolean settled = random.nextInt(3) == 0;
            unsettledSent += settled ? 0 : 1;
            int key = peer.anonymous
                    ? peer.link.sendTo(address(), "m" + steps, settled)
                    : peer.link.send("m" + steps, settled);
            if (!settled && peer.link.knowsNothingOf(key)) {
                peer.open.add(key);
            }
        }
    }

    private void stream() {
        Peer peer = any(senders);
        if (peer == null) {
            return;
        }
        MessageStream stream = peer.stream;
        if (stream == null) {
            if (peer.anonymous || peer.link.credit() <= 0) {
                return;
            }
            boolean settled = random.nextInt(4) == 0;
            peer.streamKey = peer.link.newKey();
            peer.stream = peer.link.stream(peer.streamKey, "begin", settled);
            if (!settled) {
                unsettledSent++;
                peer.open.add(peer.streamKey);
            }
            return;
        }
        switch (random.nextInt(4)) {
            case 0 -> {
                peer.stream = null;
                stream.finish();
            }
            case 1 -> {
                peer.stream = null;
                peer.open.remove(peer.streamKey);
                stream.abort();
                expect(peer.link.knowsNothingOf(peer.streamKey), "an outcome for an aborted delivery");
            }
            default -> stream.append(Unpooled.wrappedBuffer(new byte[random.nextInt(1, 200_000)]));
        }
    }

    private void credit() {
        FakeReceiver receiver = any(receivers);
        if (receiver != null) {
            receiver.credit(random.nextInt(1, 15));
        }
    }

    private static final DeliveryState[] STATES = {
        DeliveryState.ACCEPTED,
        DeliveryState.RELEASED,
        DeliveryState.MODIFIED_FAILED,
        DeliveryState.rejected(ErrorCondition.NOT_ALLOWED.error("no"))
    };

    private void settle() {
        FakeReceiver receiver = any(receivers);
        int most = random.nextInt(1, 8);
        for (int i = 0; receiver != null && i < most && receiver.unsettledHere() > 0; i++) {
            int which = random.nextInt(STATES.length + 1);
            receiver.settle(which == STATES.length ? null : STATES[which]);
        }
    }

    private void senderSettles() {
        Peer peer = any(senders);
        Integer key = peer == null ? null : any(List.copyOf(peer.open));
        if (peer == null || key == null || isSettled(peer, key)) {
            return;
        }
        if (random.nextBoolean()) {
            peer.link.set(key, DeliveryState.ACCEPTED, false);
            return;
        }
        peer.open.remove(key);
        unsettledSent--;
        peer.link.set(key, random.nextBoolean() ? null : DeliveryState.ACCEPTED, true);
    }

    private static boolean isSettled(Peer peer, int key) {
        List<FakeSender.Told> told = peer.link.told.getOrDefault(key, List.of());
        return !told.isEmpty() && told.get(told.size() - 1).settled();
    }

    private void tellWithoutSettling() {
        FakeReceiver receiver = any(receivers);
        if (receiver != null && receiver.unsettledHere() > 0) {
            receiver.tellFirst(STATES[random.nextInt(STATES.length)]);
        }
    }

    private void transport() {
        FakeReceiver receiver = any(receivers);
        if (receiver != null) {
            if (receiver.transportBlocked) {
                receiver.unblock();
            } else {
                receiver.transportBlocked = random.nextInt(3) == 0;
            }
        }
    }

    private void readerSpeed() {
        FakeReceiver receiver = any(receivers);
        if (receiver != null) {
            receiver.slowReader = !receiver.slowReader;
            if (!receiver.slowReader) {
                receiver.readOn();
            }
        }
    }

    private void drained() {
        Peer peer = any(senders);
        if (peer != null) {
            peer.link.drained();
        }
    }

    private void rejectAndAbort() {
        Peer peer = any(senders);
        if (peer != null && peer.stream == null && peer.link.credit() > 0) {
            if (random.nextBoolean()) {
                peer.link.abortedUnseen();
            } else {
                peer.link.rejectNext(random.nextBoolean(), ErrorCondition.DECODE_ERROR.error("bad"));
            }
        }
    }

    private void detachSender() {
        Peer peer = any(senders);
        if (peer != null && random.nextInt(3) == 0) {
            peer.link.lost();
            forget(peer);
        }
    }

    private void forget(Peer peer) {
        senders.remove(peer);
        unsettledSent -= peer.open.stream().filter(key -> !isSettled(peer, key)).count();
        outcomes += peer.open.stream().filter(key -> isSettled(peer, key)).count();
    }

    private void detachReceiver() {
        FakeReceiver receiver = any(receivers);
        if (receiver != null && random.nextInt(2) == 0) {
            receivers.remove(receiver);
            receiver.lost();
            expect(receiver.outstanding() == 0, "a lost link has something outstanding");
        }
    }

    private void unsubscribe() {
        FakeReceiver receiver = any(receivers);
        if (receiver != null && random.nextInt(3) == 0 && receiver.subscriptionCount() > 0) {
            core.unsubscribe(receiver.subscriptions().get(random.nextInt(receiver.subscriptionCount())));
        }
    }

    private void loseConnection() {
        FakeConnection connection = any(connections);
        if (connection == null) {
            return;
        }
        connections.remove(connection);
        connection.lose();
        List.copyOf(senders).stream()
                .filter(peer -> peer.connection == connection)
                .forEach(this::forget);
        receivers.removeIf(FakeReceiver::isLost);
    }

    /** What holds after every step. */
    private void check() {
        for (Peer peer : List.copyOf(senders)) {
            if (peer.link.isLost()) {
                // Overrun: the core has ended it.
                expect(peer.link.detached != null, "lost without a reason");
                forget(peer);
                continue;
            }
            FakeSender link = peer.link;
            expect(link.unsettledCount() >= 0, "negative unsettled count");
            expect(link.owedCredit() >= 0, "negative owed credit");
            expect(
                    link.credit() + link.owedCredit() + link.unsettledCount() <= link.capacity(),
                    link.credit() + " + " + link.owedCredit() + " + " + link.unsettledCount() + " exceed "
                            + link.capacity());
        }
        for (FakeReceiver receiver : receivers) {
            expect(receiver.unsettledCount() == receiver.unsettledHere(), "unsettled counts differ");
            expect(receiver.undeliveredCount() >= 0, "negative queue");
        }
    }

    /** Lets everything settle and checks that nothing is lost and nothing is left. */
    public void finish() {
        for (Peer peer : List.copyOf(senders)) {
            if (peer.stream != null) {
                MessageStream stream = peer.stream;
                peer.stream = null;
                stream.finish();
            }
        }
        for (int round = 0; round < 3; round++) {
            for (FakeReceiver receiver : receivers) {
                receiver.slowReader = false;
                receiver.transportBlocked = false;
                receiver.readOn();
                receiver.credit(100_000);
                receiver.settleAll(DeliveryState.ACCEPTED);
            }
        }
        for (Peer peer : senders) {
            FakeSender link = peer.link;
            for (int key : peer.open) {
                expect(isSettled(peer, key), "delivery " + key + " of " + link.name() + " has no outcome");
                outcomes++;
            }
            expect(link.unsettledCount() == 0, "unsettled " + link.unsettledCount());
            expect(
                    link.credit() + link.owedCredit() == link.capacity(),
                    "credit " + link.credit() + " + owed " + link.owedCredit() + " is not " + link.capacity());
            expect(!link.holding, "held without a stream");
        }
        for (FakeReceiver receiver : receivers) {
            expect(receiver.outstanding() == 0, "outstanding " + receiver.outstanding());
        }
        List.copyOf(connections).forEach(FakeConnection::lose);
        expect(core.links().isEmpty(), core.links().size() + " links left");
        expect(core.connections().isEmpty(), core.connections().size() + " connections left");
        expect(core.table().addresses().size() == addressesAtStart, core.table().addresses() + " left");
        expect(core.table().patternCount() == 0, core.table().patternCount() + " patterns left");
        expect(core.table().starvedCount() == 0, core.table().starvedCount() + " starved addresses left");
    }

    private void expect(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError("seed " + seed + ", step " + steps + ": " + otherwise);
        }
    }
}
