// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

import static io.linkspan.amqp.DeliveryState.ACCEPTED;
import static io.linkspan.amqp.DeliveryState.REJECTED;
import static io.linkspan.amqp.DeliveryState.RELEASED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linkspan.amqp.DeliveryState;
import io.linkspan.core.RouterCore;
import io.linkspan.core.fake.Cores;
import io.linkspan.core.fake.FakeConnection;
import io.linkspan.core.fake.FakeReceiver;
import io.linkspan.core.fake.FakeSender;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Who gets a delivery: architecture, section 3, subscription groups. */
class GroupsTest {

    private RouterCore core = Cores.standalone();

    private FakeConnection connection() {
        return new FakeConnection(core);
    }

    private FakeReceiver plain(String address) {
        return connection().receiver("plain").attach(address).credit(1000);
    }

    private FakeReceiver alone(String address) {
        return connection()
                .receiver("alone")
                .subscribe(Subscription.alone(AddressKey.mobile(address)))
                .credit(1000);
    }

    private FakeReceiver pattern(String pattern) {
        return connection().receiver(pattern).pattern(pattern).credit(1000);
    }

    private static Pattern dots(String text) {
        return Pattern.parse(text, PatternSyntax.DOTS);
    }

    private FakeReceiver shared(String name, String pattern) {
        return connection()
                .receiver("shared")
                .subscribe(Subscription.shared(name, dots(pattern)))
                .credit(1000);
    }

    private FakeSender anonymous() {
        return connection().sender("s").attach(null);
    }

    private static int total(FakeReceiver... receivers) {
        return Arrays.stream(receivers).mapToInt(r -> r.got.size()).sum();
    }

    @Test
    @DisplayName("MQ-1-3 not configured: plain receivers are one group, everybody else gets a copy")
    void notConfigured() {
        FakeReceiver plainOne = plain("a.b");
        FakeReceiver plainTwo = plain("a.b");
        FakeReceiver topicExact = alone("a.b");
        FakeReceiver topicWild = pattern("a.*");
        FakeReceiver topicAll = pattern("#");
        FakeReceiver elsewhere = pattern("b.#");
        FakeSender sender = anonymous();
        for (int i = 0; i < 4; i++) {
            sender.sendTo("a.b", "m" + i, true);
        }
        assertThat(plainOne.got).hasSize(2);
        assertThat(plainTwo.got).hasSize(2);
        assertThat(topicExact.got).hasSize(4);
        assertThat(topicWild.got).hasSize(4);
        assertThat(topicAll.got).hasSize(4);
        assertThat(elsewhere.got).isEmpty();
    }

    @Test
    @DisplayName("MQ-1-3 configured multicast: everyone gets a copy, a shared group one for all")
    void configuredMulticast() {
        Cores.prefix(core, "a", "multicast");
        FakeReceiver plainOne = plain("a.b");
        FakeReceiver plainTwo = plain("a.b");
        FakeReceiver topic = pattern("a.#");
        FakeReceiver sharedOne = shared("g", "a.#");
        FakeReceiver sharedTwo = shared("g", "a.#");
        FakeSender sender = anonymous();
        sender.sendTo("a.b", "1", true);
        sender.sendTo("a.b", "2", true);
        assertThat(List.of(plainOne.got.size(), plainTwo.got.size(), topic.got.size()))
                .containsOnly(2);
        assertThat(sharedOne.got).hasSize(1);
        assertThat(sharedTwo.got).hasSize(1);
    }

    @Test
    @DisplayName("MQ-1-3 configured balanced or closest: exactly one consumer of any kind gets it")
    void configuredQueue() {
        for (String distribution : List.of("balanced", "closest")) {
            core = Cores.standalone();
            Cores.prefix(core, "jobs", distribution);
            FakeReceiver[] all = {plain("jobs.x"), alone("jobs.x"), pattern("jobs.*"), shared("g", "jobs.#")};
            FakeReceiver debugger = pattern("#");
            FakeReceiver wide = pattern("*.x");
            FakeSender sender = connection().sender("s").attach("jobs.x");
            sender.send(20);
            assertThat(total(all)).as(distribution).isEqualTo(20);
            for (FakeReceiver receiver : all) {
                assertThat(receiver.got).as(distribution).hasSize(5);
            }
            assertThat(debugger.got).isEmpty();
            assertThat(wide.got).isEmpty();
        }
    }

    @Test
    @DisplayName("a queue whose only receiver is a contained pattern has a destination, one that is not has none")
    void queueWithPatternsOnly() {
        Cores.prefix(core, "jobs", "balanced");
        FakeReceiver debugger = pattern("#");
        FakeSender sender = connection().sender("s").attach("jobs.x");
        assertThat(sender.issued).isEmpty();
        FakeReceiver worker = pattern("jobs.*");
        assertThat(sender.issued).containsExactly(250);
        sender.send(1);
        assertThat(worker.got).hasSize(1);
        assertThat(debugger.got).isEmpty();
    }

    @Test
    @DisplayName("the turn of a queue with patterns goes on when something else changes")
    void composedQueueKeepsItsTurn() {
        Cores.prefix(core, "jobs", "closest");
        FakeReceiver one = pattern("jobs.*");
        FakeReceiver two = pattern("jobs.#");
        FakeReceiver three = plain("jobs.x");
        FakeSender sender = connection().sender("s").attach("jobs.x");
        for (int i = 0; i < 9; i++) {
            sender.send(1);
            pattern("other." + i);
        }
        assertThat(one.got).hasSize(3);
        assertThat(two.got).hasSize(3);
        assertThat(three.got).hasSize(3);
    }

    @Test
    @DisplayName("the plain group's outcome is the delivery's; topic copies do not decide")
    void commonGroupDecides() {
        FakeReceiver plain = plain("a");
        FakeReceiver topic = pattern("#");
        FakeSender sender = connection().sender("s").attach("a");
        int key = sender.send("x", false);
        topic.settle(DeliveryState.rejected(null));
        assertThat(sender.knowsNothingOf(key)).isTrue();
        plain.settle(RELEASED);
        assertThat(sender.outcomeOf(key)).isEqualTo(RELEASED);
        // And the plain one's states pass as they are, whatever the topic does later.
        int second = sender.send("y", false);
        plain.settle(ACCEPTED);
        assertThat(sender.outcomeOf(second)).isEqualTo(ACCEPTED);
        topic.settle(RELEASED);
        assertThat(topic.outstanding()).isZero();
    }

    @Test
    @DisplayName("without plain receivers the topic copies decide together")
    void topicCopiesDecide() {
        FakeReceiver one = pattern("#");
        FakeReceiver two = alone("a");
        FakeSender sender = connection().sender("s").attach("a");
        int key = sender.send("x", false);
        one.settle(DeliveryState.rejected(null));
        two.settle(ACCEPTED);
        DeliveryState outcome = sender.outcomeOf(key);
        assertThat(outcome != null && outcome.code() == REJECTED).isTrue();
    }

    @Test
    @DisplayName("multicast by default: the plain receivers decide, topic copies do not")
    void defaultMulticast() {
        core = Cores.withDefault(Distribution.MULTICAST);
        FakeReceiver one = plain("a");
        FakeReceiver two = plain("a");
        FakeReceiver topic = pattern("#");
        FakeSender sender = connection().sender("s").attach("a");
        int key = sender.send("x", false);
        topic.settle(DeliveryState.rejected(null));
        one.settle(RELEASED);
        two.settle(ACCEPTED);
        assertThat(sender.outcomeOf(key)).isEqualTo(ACCEPTED);
    }

    @Test
    @DisplayName("multicast configured: everybody decides")
    void configuredMulticastOutcome() {
        Cores.prefix(core, "a", "multicast");
        FakeReceiver plain = plain("a");
        FakeReceiver topic = pattern("#");
        FakeSender sender = connection().sender("s").attach("a");
        int key = sender.send("x", false);
        plain.settle(ACCEPTED);
        assertThat(sender.knowsNothingOf(key)).isTrue();
        topic.settle(RELEASED);
        assertThat(sender.outcomeOf(key)).isEqualTo(ACCEPTED);
    }

    @Test
    @DisplayName("MQ-1-20 MQ-1-21 a shared group gets one copy; another name or filter is another group")
    void sharedGroups() {
        FakeReceiver[] group = {shared("g", "a.*"), shared("g", "a.*")};
        FakeReceiver otherName = shared("h", "a.*");
        FakeReceiver otherFilter = shared("g", "a.#");
        FakeReceiver exact = connection()
                .receiver("x")
                .subscribe(Subscription.shared("g", AddressKey.mobile("a.b")))
                .credit(1000);
        FakeSender sender = anonymous();
        for (int i = 0; i < 6; i++) {
            sender.sendTo("a.b", "m", true);
        }
        assertThat(group[0].got).hasSize(3);
        assertThat(group[1].got).hasSize(3);
        assertThat(otherName.got).hasSize(6);
        assertThat(otherFilter.got).hasSize(6);
        assertThat(exact.got).hasSize(6);
    }

    @Test
    @DisplayName("MQ-1-21 a member of a shared group that leaves hands its turn on")
    void sharedMemberLeaves() {
        FakeReceiver one = shared("g", "#");
        FakeReceiver two = shared("g", "#");
        one.lost();
        FakeSender sender = anonymous();
        sender.sendTo("a", "1", true);
        sender.sendTo("a", "2", true);
        assertThat(two.got).hasSize(2);
        two.lost();
        assertThat(sender.outcomeOf(sender.sendTo("a", "3", false))).isEqualTo(RELEASED);
        assertThat(core.table().patternCount()).isZero();
    }

    @Test
    @DisplayName("MQ-3-10 several subscriptions of one link get one copy that names them all")
    void overlappingSubscriptionsOfOneLink() {
        Subscription narrow = Subscription.alone(dots("a.b")).attach("narrow");
        Subscription wide = Subscription.alone(dots("#")).attach("wide");
        Subscription exact = Subscription.alone(AddressKey.mobile("a.b")).attach("exact");
        FakeReceiver client = connection()
                .receiver("client")
                .subscribe(narrow)
                .subscribe(wide)
                .subscribe(exact)
                .credit(10);
        FakeReceiver other = pattern("a.*");
        FakeSender sender = anonymous();
        int key = sender.sendTo("a.b", "x", false);
        assertThat(client.got).hasSize(1);
        assertThat(client.got.get(0).via.subscriptions()).containsExactlyInAnyOrder(narrow, wide, exact);
        assertThat(other.got).hasSize(1);
        client.settle(ACCEPTED);
        other.settle(ACCEPTED);
        assertThat(sender.outcomeOf(key)).isEqualTo(ACCEPTED);
        sender.sendTo("z", "y", true);
        assertThat(client.got.get(1).via.subscriptions()).containsExactly(wide);
        core.unsubscribe(wide);
        assertThat(wide.active()).isFalse();
        sender.sendTo("z", "y", true);
        sender.sendTo("a.b", "y", true);
        assertThat(client.got.get(2).via.subscriptions()).containsExactlyInAnyOrder(narrow, exact);
        assertThat(client.got).hasSize(3);
    }

    @Test
    @DisplayName("MQ-1-18 a pattern that begins with a wildcard does not see $ addresses, if it says so")
    void dollarAddresses() {
        FakeReceiver all = connection()
                .receiver("all")
                .subscribe(Subscription.alone(dots("#")).hidingDollar())
                .credit(10);
        FakeReceiver literal = connection()
                .receiver("literal")
                .subscribe(Subscription.alone(dots("$x.#")).hidingDollar())
                .credit(10);
        FakeReceiver group = connection()
                .receiver("group")
                .subscribe(Subscription.shared("g", dots("*.y")).hidingDollar())
                .credit(10);
        FakeReceiver open = pattern("#");
        anonymous().sendTo("$x.y", "m", true);
        assertThat(all.got).isEmpty();
        assertThat(group.got).isEmpty();
        assertThat(literal.got).hasSize(1);
        assertThat(open.got).hasSize(1);
        anonymous().sendTo("x.y", "m", true);
        assertThat(all.got).hasSize(1);
        assertThat(group.got).hasSize(1);
    }

    @Test
    @DisplayName("patterns never see local, temporary, served and routers' addresses")
    void whatPatternsNeverSee() {
        FakeReceiver all = pattern("#");
        core.consume(AddressKey.mobile("$management"), Distribution.CLOSEST, (amqp, settled, from) -> ACCEPTED);
        RouterCore.Temporary source = core.temporarySource();
        RouterCore.Temporary target = core.temporaryTarget();
        FakeSender sender = anonymous();
        assertThat(sender.outcomeOf(sender.sendTo("$management", "x", false))).isEqualTo(ACCEPTED);
        for (String address : List.of(
                "_local/x", "_topo/0/OTHER/x", "_topo/all/all/x", "_edge/E/x", source.address(), target.address())) {
            assertThat(sender.outcomeOf(sender.sendTo(address, "x", false)))
                    .as(address)
                    .isEqualTo(RELEASED);
        }
        assertThat(sender.outcomeOf(sender.sendTo("_$qd.edge_heartbeat", "x", false)))
                .isEqualTo(ACCEPTED);
        assertThat(all.got).isEmpty();
    }

    @Test
    @DisplayName("patterns match at the egress phase only")
    void egressPhaseOnly() {
        Cores.create(
                core, new AddressEntities.Request(null, "w", null, "multicast", true, null, null, null, false, false));
        FakeReceiver all = pattern("#");
        FakeConnection connection = connection();
        FakeSender atIngress = connection.sender("s").attach("w");
        assertThat(atIngress.issued).isEmpty();
        FakeSender fromWaypoint = connection.sender("w");
        core.producer(fromWaypoint, core.senderKey("w", 1));
        fromWaypoint.send("x", true);
        assertThat(all.got).hasSize(1);
        assertThat(fromWaypoint.owningKey()).isEqualTo("M1w");
    }

    @Test
    @DisplayName("the identity profile's patterns and the default mapping's live side by side")
    void twoSyntaxes() {
        FakeReceiver slashes = connection()
                .receiver("slashes")
                .subscribe(Subscription.alone(Pattern.parse("a/+", PatternSyntax.SLASHES)))
                .credit(10);
        FakeReceiver dots = pattern("a.*");
        FakeSender sender = anonymous();
        sender.sendTo("a/b", "1", true);
        sender.sendTo("a.b", "2", true);
        assertThat(slashes.bodies()).containsExactly("1");
        assertThat(dots.bodies()).containsExactly("2");
    }

    @Test
    @DisplayName("CRD-09 a pattern wakes exactly the senders it matches")
    void patternsWakeSenders() {
        FakeConnection connection = connection();
        FakeSender london = connection.sender("l").attach("cities.london");
        FakeSender paris = connection.sender("p").attach("cities.paris");
        FakeSender other = connection.sender("o").attach("towns.bath");
        assertThat(core.table().starvedCount()).isEqualTo(3);
        pattern("*.london");
        assertThat(london.issued).containsExactly(250);
        assertThat(paris.issued).isEmpty();
        pattern("cities.#");
        assertThat(paris.issued).containsExactly(250);
        assertThat(london.issued).containsExactly(250);
        assertThat(other.issued).isEmpty();
        assertThat(core.table().starvedCount()).isEqualTo(1);
        other.lost();
        assertThat(core.table().starvedCount()).isZero();
    }

    @Test
    @DisplayName("CRD-07 CRD-09 the last pattern leaves: next delivery released and drained, the next pattern feeds")
    void lastPatternLeaves() {
        FakeReceiver receiver = pattern("a.*");
        FakeSender sender = connection().sender("s").attach("a.b");
        assertThat(sender.issued).containsExactly(250);
        receiver.lost();
        assertThat(sender.outcomeOf(sender.send("x", false))).isEqualTo(RELEASED);
        assertThat(sender.drains).isEqualTo(1);
        sender.drained();
        pattern("a.#");
        assertThat(sender.issued).containsExactly(250, 250);
    }

    @Test
    @DisplayName("ADR-16 an address vanishes with the last who needs it, its counters too")
    void addressesVanish() {
        int before = core.table().addresses().size();
        FakeConnection connection = connection();
        FakeReceiver receiver = connection.receiver("r").attach("q").credit(10);
        FakeSender sender = connection.sender("s").attach("q");
        sender.send("x", true);
        assertThat(Cores.address(core, "M0q").counters().ingress).isEqualTo(1);
        receiver.lost();
        assertThat(core.address("M0q")).isNotNull();
        sender.lost();
        assertThat(core.address("M0q")).isNull();
        assertThat(core.table().addresses()).hasSize(before);
        FakeSender again = connection.sender("s").attach("q");
        assertThat(Cores.address(core, "M0q").counters().ingress).isZero();
        core.table().pin(Cores.address(core, "M0q"));
        again.lost();
        assertThat(core.address("M0q")).isNotNull();
        core.table().unpin(Cores.address(core, "M0q"));
        assertThat(core.address("M0q")).isNull();
    }

    @Test
    void routesThatAreKeptFollowEveryChange() {
        Route route = core.route("a.b");
        FakeSender sender = anonymous();
        route.refresh();
        assertThat(route.destinations()).isZero();
        FakeReceiver one = pattern("a.*");
        route.refresh();
        assertThat(route.destinations()).isEqualTo(1);
        FakeReceiver two = plain("a.b");
        route.refresh();
        assertThat(route.destinations()).isEqualTo(2);
        assertThat(route.address()).isNotNull();
        two.lost();
        route.refresh();
        assertThat(route.address()).isNull();
        one.lost();
        Cores.prefix(core, "a", "unavailable");
        route.refresh();
        assertThat(route.isUnavailable()).isTrue();
        DeliveryState outcome = sender.outcomeOf(sender.sendTo("a.b", "x", false));
        assertThat(outcome != null && outcome.code() == REJECTED).isTrue();
    }

    @Test
    @DisplayName("the cache of routes has a limit and what fell out still works")
    void routeCacheIsBounded() {
        Route first = core.route("t.0");
        for (int i = 0; i <= AddressTable.MAX_CACHED_ROUTES; i++) {
            core.route("t." + i);
        }
        assertThat(core.table().cachedRouteCount()).isEqualTo(AddressTable.MAX_CACHED_ROUTES);
        FakeReceiver receiver = pattern("t.0");
        first.refresh();
        assertThat(first.destinations()).isEqualTo(1);
        assertThat(core.route("t.0")).isNotSameAs(first);
        anonymous().sendTo("t.0", "x", true);
        assertThat(receiver.got).hasSize(1);
    }

    @Test
    void subscriptionsAreForOneUse() {
        Subscription subscription = Subscription.plain(AddressKey.mobile("q"));
        FakeReceiver receiver = connection().receiver("r").subscribe(subscription);
        FakeReceiver other = connection().receiver("r");
        assertThatThrownBy(() -> other.subscribe(subscription)).isInstanceOf(IllegalStateException.class);
        core.unsubscribe(subscription);
        core.unsubscribe(subscription);
        assertThat(receiver.subscriptionCount()).isZero();
        assertThat(core.address("M0q")).isNull();
    }

    @Test
    @DisplayName("many who stand alone leave in any order")
    void manyLeaveInAnyOrder() {
        FakeReceiver[] receivers = new FakeReceiver[50];
        for (int i = 0; i < receivers.length; i++) {
            receivers[i] = i % 2 == 0 ? alone("a") : pattern("#");
        }
        for (int i = 0; i < receivers.length; i++) {
            receivers[i * 7 % 50].lost();
            anonymous().sendTo("a", "x", true);
            int stay = 0;
            for (FakeReceiver receiver : receivers) {
                stay += receiver.isLost() ? 0 : 1;
                assertThat(receiver.isLost() || receiver.got.size() == i + 1).isTrue();
            }
            assertThat(stay).isEqualTo(49 - i);
        }
        assertThat(core.address("M0a")).isNull();
    }
}
