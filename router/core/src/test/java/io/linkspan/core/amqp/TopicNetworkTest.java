// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.DeliveryState;
import io.linkspan.core.address.Address;
import io.linkspan.core.address.AddressKey;
import io.linkspan.core.address.Pattern;
import io.linkspan.core.address.PatternSyntax;
import io.linkspan.core.address.Subscription;
import io.linkspan.core.fake.FakeConnection;
import io.linkspan.core.fake.FakeReceiver;
import io.linkspan.core.link.OutboundLink;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Topic subscriptions, wildcards and shared groups at several routers (architecture, section 3; ADR 0013). */
class TopicNetworkTest {

    private static final String LINE = "A-B B-C";
    private static final String TRIANGLE = "A-B B-C A-C:3";
    private static final String RING = "A-B B-C C-D D-A";
    private static final String OLD_IN_THE_MIDDLE = "A-OldB OldB-C";

    private static InteriorRouters routers(String topology) {
        return new InteriorRouters(topology.split(" ", -1));
    }

    private static ByteBuf data() {
        return AmqpConnectionTest.data(50);
    }

    private static FakeReceiver receiver(InteriorRouters routers, String router) {
        FakeReceiver receiver = new FakeConnection(routers.router(router).core).receiver("subscriptions");
        receiver.credit = 1_000;
        receiver.takesSettled = true;
        return receiver;
    }

    private static FakeReceiver subscribed(InteriorRouters routers, String router, Subscription... subscriptions) {
        FakeReceiver receiver = receiver(routers, router);
        for (Subscription subscription : subscriptions) {
            receiver.subscribe(subscription);
        }
        return receiver;
    }

    private static Subscription topic(String address) {
        return Subscription.alone(AddressKey.mobile(address));
    }

    private static Subscription filter(String pattern) {
        return Subscription.alone(dots(pattern)).hidingDollar();
    }

    private static Subscription shared(String group, String pattern) {
        return pattern.contains("*") || pattern.contains("#")
                ? Subscription.shared(group, dots(pattern)).hidingDollar()
                : Subscription.shared(group, AddressKey.mobile(pattern));
    }

    private static Pattern dots(String pattern) {
        return Pattern.parse(pattern, PatternSyntax.DOTS);
    }

    private static Peer.Sender sender(InteriorRouters routers, String router, String address) {
        return routers.router(router).client().sender(address);
    }

    /** Deliveries that a router has sent on data links to its neighbours. */
    private static long transits(InteriorRouters routers, String router) {
        return routers.router(router).core.links().stream()
                .filter(link -> link instanceof OutboundLink && link.linkType().equals("inter-router"))
                .mapToLong(link -> link.counters().deliveries)
                .sum();
    }

    private static void send(Peer.Sender sender, int count, boolean settled) {
        for (int i = 0; i < count; i++) {
            sender.send(data(), settled, i);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {LINE, TRIANGLE, RING, OLD_IN_THE_MIDDLE})
    @DisplayName("MQ-1-5 MQ-1-24 overlapping subscriptions at several routers get each message once, whoever sends it")
    void exactlyOnce(String topology) {
        InteriorRouters routers = routers(topology);
        List<String> senders = new ArrayList<>(routers.all().keySet());
        senders.removeIf(id -> id.startsWith("Old"));
        List<FakeReceiver> receivers = new ArrayList<>();
        for (String id : senders) {
            receivers.add(subscribed(routers, id, topic("a.b")));
            receivers.add(subscribed(routers, id, filter("a.*"), filter("#"), topic("a.b")));
            receivers.add(subscribed(routers, id, filter("a.#")));
        }
        FakeReceiver other = subscribed(routers, "C", filter("b.#"), topic("a.c"));
        routers.seconds(3);
        int sent = 0;
        for (String id : senders) {
            Peer.Sender sender = sender(routers, id, "a.b");
            send(sender, 3, false);
            assertThat(sender.outcomes).hasSize(3).allMatch(outcome -> outcome.endsWith("accepted settled"));
            send(sender, 2, true);
            sent += 5;
            assertThat(receivers)
                    .as(id)
                    .extracting(receiver -> receiver.got.size())
                    .containsOnly(sent);
        }
        assertThat(other.got).isEmpty();
        assertThat(receivers.get(0).got.get(0).address).isEqualTo(AddressKey.mobile("a.b"));
    }

    @ParameterizedTest
    @ValueSource(strings = {LINE, TRIANGLE, RING, OLD_IN_THE_MIDDLE})
    @DisplayName("plain receivers of the network are one group, beside which each subscription gets its copy")
    void besidePlainReceivers(String topology) {
        InteriorRouters routers = routers(topology);
        FakeReceiver plainA = receiver(routers, "A").attach("a.b");
        FakeReceiver plainC = receiver(routers, "C").attach("a.b");
        FakeReceiver topicA = subscribed(routers, "A", topic("a.b"));
        FakeReceiver topicC = subscribed(routers, "C", topic("a.b"));
        FakeReceiver patternC = subscribed(routers, "C", filter("a.*"));
        routers.seconds(3);
        Peer.Sender sender = sender(routers, "A", "a.b");
        send(sender, 10, false);
        assertThat(plainA.got.size() + plainC.got.size()).isEqualTo(10);
        assertThat(List.of(topicA, topicC, patternC))
                .extracting(receiver -> receiver.got.size())
                .containsOnly(10);
    }

    @Test
    @DisplayName("one copy passes a link between routers, however many subscriptions are behind it")
    void oneCopyForEachNextHop() {
        InteriorRouters routers = routers("A-B B-C B-D");
        for (String id : List.of("B", "C", "D")) {
            subscribed(routers, id, topic("a.b"));
            subscribed(routers, id, filter("a.#"));
        }
        routers.seconds(3);
        send(sender(routers, "A", "a.b"), 4, false);
        assertThat(transits(routers, "A")).isEqualTo(4);
        assertThat(transits(routers, "B")).isEqualTo(8);
    }

    @Test
    @DisplayName("a subscription that ends stops the traffic between routers, and the sender's credit")
    void theEndOfASubscription() {
        InteriorRouters routers = routers(LINE);
        Subscription wildcard = filter("a.*");
        Subscription exact = topic("a.c");
        subscribed(routers, "C", wildcard, exact);
        routers.seconds(3);
        Peer.Sender one = sender(routers, "A", "a.b");
        Peer.Sender two = sender(routers, "A", "a.c");
        assertThat(one.link().credit()).isEqualTo(250);
        send(one, 1, false);
        send(two, 1, false);
        assertThat(transits(routers, "A")).isEqualTo(2);
        routers.router("C").core.unsubscribe(wildcard);
        routers.seconds(3);
        send(one, 1, false);
        assertThat(one.outcomes).last().isEqualTo("0 released settled");
        assertThat(one.drainAsked).isTrue();
        send(two, 1, false);
        assertThat(transits(routers, "A")).isEqualTo(3);
        routers.router("C").core.unsubscribe(exact);
        routers.seconds(3);
        send(two, 1, false);
        assertThat(transits(routers, "A")).isEqualTo(3);
        assertThat(routers.router("A").core.table().patternCount()).isZero();
    }

    @Test
    @DisplayName("CRD-09 a subscription at another router wakes senders that wait for a destination")
    void wakes() {
        InteriorRouters routers = routers(LINE);
        Peer.Sender one = sender(routers, "A", "a.b");
        Peer.Sender two = sender(routers, "A", "b");
        routers.seconds(3);
        assertThat(one.link().credit()).isZero();
        subscribed(routers, "C", filter("a.*"), topic("b"));
        routers.seconds(3);
        assertThat(one.link().credit()).isEqualTo(250);
        assertThat(two.link().credit()).isEqualTo(250);
    }

    @Test
    @DisplayName("MQ-3-1 the outcome of a subscriber at another router is the sender's")
    void outcomes() {
        InteriorRouters routers = routers(LINE);
        FakeReceiver b = subscribed(routers, "B", filter("a.*"));
        FakeReceiver c = subscribed(routers, "C", topic("a.b"));
        b.takesSettled = false;
        c.takesSettled = false;
        routers.seconds(3);
        Peer.Sender sender = sender(routers, "A", "a.b");
        send(sender, 1, false);
        b.settleAll(DeliveryState.ACCEPTED);
        routers.router("A").run();
        assertThat(sender.outcomes).isEmpty();
        c.settleAll(DeliveryState.ACCEPTED);
        routers.router("A").run();
        assertThat(sender.outcomes).containsExactly("0 accepted settled");
        send(sender, 1, false);
        b.settleAll(DeliveryState.ACCEPTED);
        c.settleAll(DeliveryState.rejected(null));
        routers.router("A").run();
        assertThat(sender.outcomes).last().isEqualTo("0 rejected null settled");
        c.atMostOnce = true;
        send(sender, 1, false);
        b.settleAll(DeliveryState.RELEASED);
        c.settleAll(DeliveryState.ACCEPTED);
        routers.router("A").run();
        assertThat(sender.outcomes).hasSize(3);
    }

    @Test
    @DisplayName(
            "where a plain receiver has the message its outcome is the sender's, not that of subscribers elsewhere")
    void theCommonGroupDecides() {
        InteriorRouters routers = routers(LINE);
        FakeReceiver topic = subscribed(routers, "B", filter("a.*"));
        topic.takesSettled = false;
        receiver(routers, "C").attach("a.b");
        routers.seconds(3);
        Peer.Sender sender = sender(routers, "A", "a.b");
        send(sender, 1, false);
        assertThat(sender.outcomes).containsExactly("0 accepted settled");
        assertThat(topic.got).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {LINE, TRIANGLE, RING, OLD_IN_THE_MIDDLE})
    @DisplayName(
            "MQ-1-21 each message goes to one member of a shared group in the whole network, and to all other groups")
    void sharedGroups(String topology) {
        InteriorRouters routers = routers(topology);
        for (String filter : List.of("s.x", "s.*")) {
            FakeReceiver a = subscribed(routers, "A", shared("g", filter));
            FakeReceiver c = subscribed(routers, "C", shared("g", filter));
            FakeReceiver c2 = subscribed(routers, "C", shared("g", filter));
            FakeReceiver other = subscribed(routers, "C", shared("h", filter));
            FakeReceiver topic = subscribed(routers, "C", filter("s.#"));
            for (FakeReceiver receiver : List.of(a, c, c2)) {
                receiver.takesSettled = false;
            }
            routers.seconds(3);
            Peer.Sender sender = sender(routers, "A", "s.x");
            send(sender, 30, false);
            assertThat(a.got.size() + c.got.size() + c2.got.size()).as(filter).isEqualTo(30);
            assertThat(List.of(a, c, c2))
                    .as(filter)
                    .allSatisfy(member -> assertThat(member.got).hasSizeGreaterThan(3));
            assertThat(other.got).as(filter).hasSize(30);
            assertThat(topic.got).as(filter).hasSize(30);
            assertThat(sender.outcomes).isEmpty();
            for (FakeReceiver receiver : List.of(a, c, c2)) {
                receiver.settleAll(DeliveryState.ACCEPTED);
            }
            routers.router("A").run();
            assertThat(sender.outcomes).hasSize(30).allMatch(outcome -> outcome.endsWith("accepted settled"));
            for (FakeReceiver receiver : List.of(a, c, c2, other, topic)) {
                receiver.connection().core().remove(receiver);
                receiver.lost();
            }
        }
    }

    @Test
    @DisplayName("a shared group whose members are all elsewhere, far from a sender in the middle")
    void sharedElsewhere() {
        InteriorRouters routers = routers("A-B B-C B-D");
        List<FakeReceiver> members = new ArrayList<>();
        for (String id : List.of("C", "D")) {
            members.add(subscribed(routers, id, shared("g", "s.*")));
        }
        members.forEach(member -> member.takesSettled = false);
        routers.seconds(3);
        send(sender(routers, "A", "s.x"), 40, false);
        assertThat(members.get(0).got.size() + members.get(1).got.size()).isEqualTo(40);
        assertThat(members).allSatisfy(member -> assertThat(member.got).hasSizeGreaterThan(10));
        assertThat(transits(routers, "A")).isEqualTo(40);
    }

    @Test
    @DisplayName("MQ-1-18 what begins with $ does not reach filters that begin with a wildcard, at no router")
    void dollar() {
        InteriorRouters routers = routers(LINE);
        FakeReceiver hidden = subscribed(routers, "C", filter("#"));
        FakeReceiver hiddenGroup = subscribed(routers, "C", shared("g", "#"));
        FakeReceiver seen = subscribed(routers, "C", filter("$x.#"));
        routers.seconds(3);
        Peer.Sender sender = sender(routers, "A", "$x.y");
        send(sender, 1, false);
        assertThat(seen.got).hasSize(1);
        assertThat(hidden.got).isEmpty();
        assertThat(hiddenGroup.got).isEmpty();
        assertThat(sender.outcomes).containsExactly("0 accepted settled");
    }

    @Test
    @DisplayName("MQ-4-30 a filter at another router takes part in a configured queue that it lies within")
    void queues() {
        InteriorRouters routers = routers(LINE);
        routers.address("q", "balanced", null);
        FakeReceiver worker = receiver(routers, "B").attach("q.x");
        FakeReceiver filter = subscribed(routers, "C", filter("q.*"));
        FakeReceiver wider = subscribed(routers, "C", filter("#"));
        routers.seconds(3);
        Peer.Sender sender = sender(routers, "A", "q.x");
        worker.takesSettled = false;
        filter.takesSettled = false;
        send(sender, 20, false);
        assertThat(worker.got.size() + filter.got.size()).isEqualTo(20);
        assertThat(filter.got).isNotEmpty();
        assertThat(worker.got).isNotEmpty();
        assertThat(wider.got).isEmpty();
        Peer.Sender onlyFilter = sender(routers, "A", "q.y");
        filter.takesSettled = true;
        send(onlyFilter, 2, false);
        assertThat(onlyFilter.outcomes).hasSize(2).allMatch(outcome -> outcome.endsWith("accepted settled"));
    }

    @ParameterizedTest
    @ValueSource(strings = {LINE, TRIANGLE, RING})
    @DisplayName("with multicast configured everybody gets a copy, plain receivers and subscriptions alike")
    void multicast(String topology) {
        InteriorRouters routers = routers(topology);
        routers.address("a", "multicast", null);
        List<FakeReceiver> receivers = new ArrayList<>();
        for (String id : routers.all().keySet()) {
            receivers.add(receiver(routers, id).attach("a.b"));
            receivers.add(subscribed(routers, id, topic("a.b")));
            receivers.add(subscribed(routers, id, filter("a.*")));
        }
        routers.seconds(3);
        Peer.Sender sender = sender(routers, "A", "a.b");
        send(sender, 5, false);
        assertThat(receivers).extracting(receiver -> receiver.got.size()).containsOnly(5);
        assertThat(sender.outcomes).hasSize(5).allMatch(outcome -> outcome.endsWith("accepted settled"));
    }

    @Test
    @DisplayName("a cut, the way round, and the path that comes back: subscriptions follow the paths")
    void cuts() {
        InteriorRouters routers = routers(TRIANGLE);
        FakeReceiver c = subscribed(routers, "C", filter("a.*"), topic("t"));
        routers.seconds(3);
        Peer.Sender sender = sender(routers, "A", "a.b");
        Peer.Sender exact = sender(routers, "A", "t");
        send(sender, 1, false);
        routers.cut("B-C");
        routers.seconds(8);
        send(sender, 1, false);
        send(exact, 1, false);
        assertThat(c.got).hasSize(3);
        routers.cut("A-C");
        routers.seconds(8);
        send(sender, 1, false);
        assertThat(sender.outcomes).last().isEqualTo("0 released settled");
        routers.connect("A", "C", 1);
        routers.seconds(8);
        send(sender, 1, false);
        send(exact, 1, false);
        assertThat(c.got).hasSize(5);
    }

    @Test
    @DisplayName("a router that comes late learns all subscriptions, and one that restarts has those it then has")
    void lateAndRestarted() {
        InteriorRouters routers = routers("A-B");
        FakeReceiver a = subscribed(routers, "A", filter("a.*"), topic("t"), shared("g", "a.b"));
        routers.seconds(3);
        routers.connect("B", "C", 1); // A's keys come by an absolute update.
        routers.seconds(8);
        for (String address : List.of("a.b", "t")) {
            send(sender(routers, "C", address), 1, false);
        }
        assertThat(a.got).as("the group's copy and the filter's are one").hasSize(3);
        routers.cut("A-B");
        routers.restart("A", 2);
        routers.connect("A", "B", 1);
        routers.seconds(8);
        FakeReceiver again = subscribed(routers, "A", filter("b.*"));
        routers.seconds(3);
        Peer.Sender old = sender(routers, "C", "a.b");
        assertThat(old.link().credit()).isZero();
        send(sender(routers, "C", "b.x"), 1, false);
        assertThat(again.got).hasSize(1);
        assertThat(routers.router("C").core.table().patternCount()).isEqualTo(1);
    }

    @Test
    @DisplayName("plain receivers that come and go change which part of the plain key counts")
    void plainReceiversComeAndGo() {
        InteriorRouters routers = routers(LINE);
        FakeReceiver topic = subscribed(routers, "C", topic("a.b"));
        routers.seconds(3);
        assertThat(routers.router("A").core.address("M0a.b")).isNotNull();
        assertThat(remoteCount(routers, "A")).isZero();
        FakeReceiver plain = receiver(routers, "C").attach("a.b");
        FakeReceiver here = receiver(routers, "A").attach("a.b");
        routers.seconds(3);
        assertThat(remoteCount(routers, "A")).isEqualTo(1);
        Peer.Sender sender = sender(routers, "A", "a.b");
        send(sender, 4, false);
        assertThat(topic.got).hasSize(4);
        assertThat(plain.got.size() + here.got.size()).isEqualTo(4);
        plain.lost();
        routers.seconds(3);
        assertThat(remoteCount(routers, "A")).isZero();
        send(sender, 4, false);
        assertThat(topic.got).hasSize(8);
        topic.lost();
        here.lost();
        sender.link().detach(true, null);
        routers.seconds(3);
        assertThat(routers.router("A").core.address("M0a.b")).isNull();
    }

    private static int remoteCount(InteriorRouters routers, String router) {
        Address address = routers.router(router).core.address("M0a.b");
        return address == null ? -1 : address.remotes().nodes().length;
    }

    @Test
    @DisplayName("any mix of subscriptions, receivers and topologies: one copy each, and one for each group")
    void random() {
        for (int seed = 1; seed <= 6; seed++) {
            randomNetwork(seed);
        }
    }

    private static void randomNetwork(int seed) {
        Random random = new Random(seed);
        int size = 3 + random.nextInt(4);
        List<String> pairs = new ArrayList<>();
        for (int i = 1; i < size; i++) {
            pairs.add(name(random.nextInt(i)) + "-" + name(i) + ":" + (1 + random.nextInt(4)));
        }
        for (int extra = random.nextInt(size); extra > 0; extra--) {
            String pair = name(random.nextInt(size)) + "-" + name(random.nextInt(size));
            String reverse = pair.substring(2) + "-" + pair.charAt(0);
            boolean known = pair.charAt(0) == pair.charAt(2)
                    || pairs.stream().anyMatch(other -> other.startsWith(pair) || other.startsWith(reverse));
            if (!known) {
                pairs.add(pair + ":" + (1 + random.nextInt(4)));
            }
        }
        InteriorRouters routers = new InteriorRouters(pairs.toArray(new String[0]));
        List<FakeReceiver> alone = new ArrayList<>();
        List<FakeReceiver> common = new ArrayList<>();
        List<FakeReceiver> group = new ArrayList<>();
        List<FakeReceiver> patternGroup = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            String at = name(random.nextInt(size));
            switch (random.nextInt(6)) {
                case 0 -> alone.add(subscribed(routers, at, topic("x.y")));
                case 1 -> alone.add(subscribed(routers, at, filter("x.*"), filter("#")));
                case 2 -> alone.add(subscribed(routers, at, filter("x.#"), topic("x.y")));
                case 3 -> common.add(receiver(routers, at).attach("x.y"));
                case 4 -> group.add(subscribed(routers, at, shared("g", "x.y")));
                default -> patternGroup.add(subscribed(routers, at, shared("g", "*.y")));
            }
        }
        routers.seconds(3);
        int sent = 0;
        for (int i = 0; i < size; i++) {
            send(sender(routers, name(i), "x.y"), 2, random.nextBoolean());
            sent += 2;
        }
        String as = "seed " + seed + " " + pairs;
        assertThat(alone).as(as).allSatisfy(receiver -> assertThat(receiver.got).hasSize(size * 2));
        for (List<FakeReceiver> one : List.of(common, group, patternGroup)) {
            if (!one.isEmpty()) {
                assertThat(one.stream()
                                .mapToInt(receiver -> receiver.got.size())
                                .sum())
                        .as(as)
                        .isEqualTo(sent);
            }
        }
    }

    private static String name(int index) {
        return String.valueOf((char) ('A' + index));
    }
}
