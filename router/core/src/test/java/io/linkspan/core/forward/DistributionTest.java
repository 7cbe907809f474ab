// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.AmqpError;
import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.ErrorCondition;
import io.linkspan.core.Admission;
import io.linkspan.core.RouterCore;
import io.linkspan.core.address.AddressKey;
import io.linkspan.core.address.Distribution;
import io.linkspan.core.address.Subscription;
import io.linkspan.core.connection.ConnectionRole;
import io.linkspan.core.fake.Cores;
import io.linkspan.core.fake.FakeConnection;
import io.linkspan.core.fake.FakeReceiver;
import io.linkspan.core.fake.FakeSender;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DistributionTest {

    private RouterCore core = Cores.standalone();

    private FakeConnection connection() {
        return new FakeConnection(core);
    }

    private static int[] counts(FakeReceiver... receivers) {
        int[] counts = new int[receivers.length];
        for (int i = 0; i < receivers.length; i++) {
            counts[i] = receivers[i].got.size();
        }
        return counts;
    }

    @Test
    @DisplayName("DST-03 a queued delivery stays on its link although another has credit")
    void queuedDeliveriesNeverMove() {
        FakeReceiver slow = connection().receiver("slow").attach("q");
        FakeSender sender = connection().sender("s").attach("q");
        sender.send(3);
        FakeReceiver fast = connection().receiver("fast").attach("q").credit(100);
        assertThat(counts(slow, fast)).containsExactly(0, 0);
        slow.credit(3);
        assertThat(slow.bodies()).containsExactly("m0", "m1", "m2");
    }

    @Test
    @DisplayName("DST-10 closest: an in-process consumer first, else local links in turn")
    void closestPrefersInProcess() {
        Cores.prefix(core, "c", "closest");
        FakeReceiver one = connection().receiver("1").attach("c").credit(100);
        FakeReceiver two = connection().receiver("2").attach("c").credit(100);
        FakeReceiver three = connection().receiver("3").attach("c").credit(100);
        FakeSender sender = connection().sender("s").attach("c");
        sender.send(9);
        assertThat(counts(one, two, three)).containsExactly(3, 3, 3);
        List<String> inProcess = new ArrayList<>();
        core.consume(AddressKey.mobile("c"), Distribution.CLOSEST, (amqp, settled, from) -> {
            inProcess.add("a");
            return DeliveryState.ACCEPTED;
        });
        core.consume(AddressKey.mobile("c"), Distribution.CLOSEST, (amqp, settled, from) -> {
            inProcess.add("b");
            return DeliveryState.ACCEPTED;
        });
        sender.send(4);
        assertThat(inProcess).containsExactly("a", "b", "a", "b");
        assertThat(counts(one, two, three)).containsExactly(3, 3, 3);
    }

    @Test
    @DisplayName("DST-11 closest uses local links regardless of credit and backlog")
    void closestIgnoresCredit() {
        Cores.prefix(core, "c", "closest");
        FakeReceiver none = connection().receiver("none").attach("c");
        FakeReceiver plenty = connection().receiver("plenty").attach("c").credit(100);
        connection().sender("s").attach("c").send(10);
        assertThat(none.undeliveredCount()).isEqualTo(5);
        assertThat(plenty.got).hasSize(5);
    }

    @Test
    @DisplayName("DST-20 balanced counts queued and sent unsettled deliveries")
    void balancedCountsQueuedAndUnsettled() {
        FakeReceiver queueing = connection().receiver("q").attach("b");
        FakeReceiver holding = connection().receiver("h").attach("b").credit(100);
        FakeSender sender = connection().sender("s").attach("b");
        sender.send(10);
        assertThat(queueing.outstanding()).isEqualTo(5);
        assertThat(holding.outstanding()).isEqualTo(5);
        holding.settleAll(DeliveryState.ACCEPTED);
        sender.send(4);
        assertThat(counts(queueing, holding)).containsExactly(0, 9);
    }

    @Test
    @DisplayName("a burst of settled deliveries is spread over balanced receivers, whatever one of them has unsettled")
    void settledBursts() {
        FakeReceiver busy = connection().receiver("busy").attach("b").credit(1000);
        FakeReceiver idle = connection().receiver("idle").attach("b").credit(1000);
        FakeReceiver third = connection().receiver("third").attach("b").credit(1000);
        FakeSender sender = connection().sender("s").attach("b");
        sender.send(1);
        FakeReceiver first = busy.got.isEmpty() ? idle.got.isEmpty() ? third : idle : busy;
        for (int i = 0; i < 89; i++) {
            sender.send("x", true);
        }
        assertThat(counts(busy, idle, third)).containsExactly(30, 30, 30);
        assertThat(first.unsettledHere()).isOne();
        // A second later the burst is forgotten.
        core.tick(1);
        sender.send(3);
        assertThat(first.outstanding()).isEqualTo(1);
    }

    @Test
    @DisplayName("DST-21 an eligible candidate wins although an ineligible one has less to do")
    void eligibleBeatsIneligible() {
        FakeReceiver small = new FakeConnection(core, ConnectionRole.NORMAL, 2)
                .receiver("small")
                .attach("b")
                .credit(100);
        FakeReceiver large = new FakeConnection(core, ConnectionRole.NORMAL, 50)
                .receiver("large")
                .attach("b")
                .credit(100);
        FakeSender sender = connection().sender("s").attach("b");
        sender.send(10);
        assertThat(counts(small, large)).containsExactly(2, 8);
        sender.send(42);
        assertThat(counts(small, large)).containsExactly(2, 50);
        // Nobody is eligible any more: the best ineligible one takes it.
        sender.send(1);
        assertThat(counts(small, large)).containsExactly(3, 50);
    }

    @Test
    @DisplayName("DST-22 on a tie the earlier link wins")
    void earlierLinkWinsTies() {
        FakeReceiver one = connection().receiver("1").attach("b").credit(100);
        FakeReceiver two = connection().receiver("2").attach("b").credit(100);
        FakeSender sender = connection().sender("s").attach("b");
        sender.send(2);
        assertThat(counts(one, two)).containsExactly(1, 1);
        // Turned twice, so the first is first again; both have one.
        sender.send(1);
        assertThat(counts(one, two)).containsExactly(2, 1);
    }

    @Test
    @DisplayName("DST-23 an idle system spreads deliveries evenly")
    void idleSystemSpreadsEvenly() {
        FakeReceiver[] receivers = new FakeReceiver[3];
        for (int i = 0; i < 3; i++) {
            receivers[i] = connection().receiver("r" + i).attach("b").credit(100);
        }
        FakeSender sender = connection().sender("s").attach("b");
        for (int i = 0; i < 9; i++) {
            sender.send("m", false);
            receivers[i % 3].settle(DeliveryState.ACCEPTED);
        }
        assertThat(counts(receivers)).containsExactly(3, 3, 3);
    }

    @Test
    @DisplayName("DST-23 DST-24 the turn moves by one only when a candidate has nothing to do")
    void turnMovesOnlyAtValueZero() {
        FakeReceiver one = connection().receiver("1").attach("b").credit(100);
        FakeReceiver two = connection().receiver("2").attach("b").credit(100);
        FakeReceiver three = connection().receiver("3").attach("b").credit(100);
        FakeSender sender = connection().sender("s").attach("b");
        sender.send(3); // 1, 2, 3; turned three times
        one.settle(DeliveryState.ACCEPTED);
        two.settle(DeliveryState.ACCEPTED);
        two.got.clear();
        three.settle(DeliveryState.ACCEPTED);
        sender.send(1); // first is 1, has 0, turn: 2 3 1
        assertThat(one.outstanding()).isEqualTo(1);
        sender.send(2); // 2 and 3, turned: 1 2 3
        sender.send(1); // all have 1: the first, 1, and no turn
        sender.send(1); // 2 has 1
        assertThat(new int[] {one.outstanding(), two.outstanding(), three.outstanding()})
                .containsExactly(2, 2, 1);
        three.settle(DeliveryState.ACCEPTED);
        sender.send(1); // 3 has 0: it, and a turn: 2 3 1
        three.settle(DeliveryState.ACCEPTED);
        two.settleAll(DeliveryState.ACCEPTED);
        sender.send(1); // the scan begins at 2
        assertThat(two.outstanding()).isEqualTo(1);
        assertThat(three.outstanding()).isZero();
    }

    @Test
    @DisplayName("DST-30 multicast: one copy to every link, also to in-process consumers")
    void multicastCopiesToAll() {
        Cores.prefix(core, "m", "multicast");
        FakeReceiver one = connection().receiver("1").attach("m").credit(10);
        FakeReceiver two = connection().receiver("2").attach("m");
        List<Boolean> inProcess = new ArrayList<>();
        core.consume(AddressKey.mobile("m"), Distribution.CLOSEST, (amqp, settled, from) -> {
            inProcess.add(settled);
            return DeliveryState.ACCEPTED;
        });
        FakeSender sender = connection().sender("s").attach("m");
        sender.send("x", true);
        sender.send("y", false);
        assertThat(one.bodies()).containsExactly("x", "y");
        assertThat(inProcess).containsExactly(true, false);
        two.credit(10);
        assertThat(two.bodies()).containsExactly("x", "y");
    }

    @Test
    @DisplayName("DST-40 attaches to an unavailable address are refused, in both directions")
    void unavailableRefusesAttaches() {
        core = Cores.withDefault(Distribution.UNAVAILABLE);
        Cores.prefix(core, "ok", "balanced");
        FakeConnection connection = connection();
        AmqpError notFound = ErrorCondition.NOT_FOUND.error("Node not found");
        assertThat(core.producer(connection.sender("s"), AddressKey.mobile("q")))
                .isEqualTo(new Admission.Refused(notFound));
        assertThat(core.subscribe(connection.receiver("r"), Subscription.plain(AddressKey.mobile("q"))))
                .isEqualTo(new Admission.Refused(notFound));
        connection.sender("s2").attach("ok");
        assertThat(core.links()).hasSize(1);
        assertThat(core.address("M0q")).isNull();
    }

    @Test
    @DisplayName("DST-41 a delivery to an unavailable address is rejected, its credit comes back, the link stays")
    void unavailableRejectsDeliveries() {
        Cores.prefix(core, "u", "unavailable");
        FakeSender sender = connection().sender("s").attach(null);
        int key = sender.sendTo("u/1", "x", false);
        assertThat(sender.outcomeOf(key))
                .isEqualTo(DeliveryState.rejected(
                        ErrorCondition.NOT_FOUND.error("Deliveries cannot be sent to an unavailable address")));
        sender.sendTo("u/1", "x", true);
        assertThat(sender.issued).containsExactly(250, 1, 1);
        assertThat(sender.isLost()).isFalse();
    }

    @Test
    @DisplayName("DST-43 an address the router itself serves is usable although unavailable by default")
    void servedAddressesAreUsable() {
        core = Cores.withDefault(Distribution.UNAVAILABLE);
        core.consume(
                AddressKey.mobile("$management"),
                Distribution.CLOSEST,
                (amqp, settled, from) -> DeliveryState.ACCEPTED);
        FakeSender sender = connection().sender("s").attach("$management");
        assertThat(sender.outcomeOf(sender.send("x", false))).isEqualTo(DeliveryState.ACCEPTED);
        FakeReceiver reply = connection().receiver("r");
        RouterCore.Temporary temporary = core.temporarySource();
        reply.subscribe(Subscription.plain(temporary.key())).credit(1);
        connection().sender("a").attach(null).sendTo(temporary.address(), "answer", true);
        assertThat(reply.bodies()).containsExactly("answer");
    }
}
