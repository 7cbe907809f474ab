// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.DeliveryState;
import io.linkspan.core.RouterCore;
import io.linkspan.core.address.Address;
import io.linkspan.core.address.AddressEntities;
import io.linkspan.core.address.AddressKey;
import io.linkspan.core.address.Distribution;
import io.linkspan.core.delivery.MessageStream;
import io.linkspan.core.fake.Cores;
import io.linkspan.core.fake.FakeConnection;
import io.linkspan.core.fake.FakeReceiver;
import io.linkspan.core.fake.FakeSender;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class FallbackTest {

    private final RouterCore core = Cores.standalone();
    private final FakeConnection connection = new FakeConnection(core);

    @BeforeEach
    void fallbackIsEnabledForOneTree() {
        Cores.create(
                core, new AddressEntities.Request(null, "f", null, "balanced", false, null, null, null, true, false));
    }

    private static int sum(FakeSender sender) {
        return sender.issued.stream().mapToInt(Integer::intValue).sum();
    }

    @Test
    @DisplayName("FBK-01 an address with enableFallback has a partner with the phase letter F, distribution balanced")
    void partnerLivesWithItsAddress() {
        FakeSender sender = connection.sender("s").attach("f.a");
        Address partner = Cores.address(core, "MFf.a");
        assertThat(partner.distribution()).isEqualTo(Distribution.BALANCED);
        FakeReceiver receiver = connection.receiver("r").fallback("f.a");
        sender.lost();
        assertThat(core.address("M0f.a")).isNull();
        assertThat(core.address("MFf.a")).isSameAs(partner);
        receiver.lost();
        assertThat(core.address("MFf.a")).isNull();
    }

    @Test
    @DisplayName("FBK-01 without enableFallback nothing goes to the fallback receiver")
    void notEnabled() {
        FakeReceiver receiver = connection.receiver("r").fallback("other").credit(10);
        FakeSender sender = connection.sender("s").attach("other");
        assertThat(sender.issued).isEmpty();
        assertThat(sender.outcomeOf(sender.send("x", false))).isEqualTo(DeliveryState.RELEASED);
        assertThat(receiver.got).isEmpty();
        assertThat(core.totals().redirectedToFallback).isZero();
    }

    @Test
    @DisplayName("FBK-02 FBK-03 what a fallback link sends goes to the address itself and never to the fallback")
    void noLoop() {
        FakeReceiver fallback = connection.receiver("fb").fallback("f.a").credit(10);
        FakeSender sender = connection.sender("s");
        sender.fallback = true;
        sender.attach("f.a");
        assertThat(sender.outcomeOf(sender.send("x", false))).isEqualTo(DeliveryState.RELEASED);
        FakeReceiver primary = connection.receiver("r").attach("f.a").credit(10);
        sender.send("y", false);
        assertThat(primary.bodies()).containsExactly("y");
        assertThat(fallback.got).isEmpty();
    }

    @Test
    @DisplayName("FBK-03 a delivery that reaches nobody goes to the fallback, its outcome comes back")
    void divertedDelivery() {
        FakeReceiver fallback = connection.receiver("fb").fallback("f.a").credit(10);
        FakeSender sender = connection.sender("s").attach("f.a");
        int key = sender.send("x", false);
        assertThat(fallback.bodies()).containsExactly("x");
        fallback.settle(DeliveryState.ACCEPTED);
        assertThat(sender.outcomeOf(key)).isEqualTo(DeliveryState.ACCEPTED);
        assertThat(sender.creditAvailable()).isEqualTo(250);
        sender.send("settled", true);
        assertThat(fallback.bodies()).containsExactly("x", "settled");
        assertThat(sender.creditAvailable()).isEqualTo(250);
    }

    @Test
    @DisplayName("FBK-03 a receiver that skips the delivery has not been reached")
    void skippedDelivery() {
        FakeReceiver primary = connection.receiver("r").attach("f.a");
        primary.skips = true;
        FakeReceiver fallback = connection.receiver("fb").fallback("f.a").credit(10);
        connection.sender("s").attach("f.a").send("x", false);
        assertThat(fallback.bodies()).containsExactly("x");
    }

    @Test
    @DisplayName("FBK-03 several fallback receivers share the work")
    void fallbackReceiversAreOneQueue() {
        FakeReceiver one = connection.receiver("1").fallback("f.a").credit(10);
        FakeReceiver two = connection.receiver("2").fallback("f.a").credit(10);
        connection.sender("s").attach("f.a").send(4);
        assertThat(one.got).hasSize(2);
        assertThat(two.got).hasSize(2);
    }

    @Test
    @DisplayName("FBK-03 anonymous senders and streams are diverted too")
    void anonymousAndStream() {
        FakeReceiver fallback = connection.receiver("fb").fallback("f.a").credit(10);
        FakeSender anonymous = connection.sender("a").attach(null);
        anonymous.sendTo("f.a", "x", false);
        FakeSender sender = connection.sender("s").attach("f.a");
        MessageStream stream = sender.stream(sender.newKey(), "begin ", false);
        stream.finish(Unpooled.copiedBuffer("end", StandardCharsets.UTF_8));
        assertThat(fallback.bodies()).containsExactly("x", "begin end");
    }

    @Test
    @DisplayName("FBK-03 CRD-02 CRD-09 the fallback's first receiver gives the senders of the address credit")
    void creditFromTheFallback() {
        FakeSender early = connection.sender("early").attach("f.a");
        assertThat(early.issued).isEmpty();
        FakeReceiver fallback = connection.receiver("fb").fallback("f.a");
        assertThat(early.issued).containsExactly(250);
        assertThat(connection.sender("late").attach("f.a").issued).containsExactly(250);
        connection.receiver("r").attach("f.a");
        assertThat(sum(early)).isEqualTo(250);
        fallback.lost();
        assertThat(early.drains).isZero();
    }

    @Test
    @DisplayName("FBK-03 CRD-07 without either destination the sender is drained, and either one wakes it")
    void drainedAndWoken() {
        FakeReceiver fallback = connection.receiver("fb").fallback("f.a");
        FakeSender sender = connection.sender("s").attach("f.a");
        fallback.lost();
        assertThat(sender.outcomeOf(sender.send("x", false))).isEqualTo(DeliveryState.RELEASED);
        assertThat(sender.drains).isOne();
        connection.receiver("fb").fallback("f.a");
        assertThat(sender.creditAvailable()).isEqualTo(250);
    }

    @Test
    @DisplayName("FBK-04 when a receiver of the address comes, new deliveries go there and nothing is moved back")
    void primaryComesBack() {
        FakeReceiver fallback = connection.receiver("fb").fallback("f.a");
        FakeSender sender = connection.sender("s").attach("f.a");
        sender.send("queued at the fallback", false);
        FakeReceiver primary = connection.receiver("r").attach("f.a").credit(10);
        sender.send("new", false);
        assertThat(primary.bodies()).containsExactly("new");
        fallback.credit(10);
        assertThat(fallback.bodies()).containsExactly("queued at the fallback");
    }

    @Test
    @DisplayName("FBK-05 a diverted delivery is marked with the phase 22, counted as redirected and not as egress")
    void countedAndMarked() {
        FakeReceiver fallback = connection.receiver("fb").fallback("f.a").credit(10);
        FakeSender sender = connection.sender("s").attach("f.a");
        sender.send("x", false);
        AddressKey marked = fallback.got.get(0).address;
        assertThat(marked).isEqualTo(AddressKey.mobile("f.a", 22));
        Address address = Cores.address(core, "M0f.a");
        assertThat(address.counters().redirectedToFallback).isOne();
        assertThat(address.counters().ingress).isOne();
        assertThat(address.counters().egress).isZero();
        assertThat(core.totals().redirectedToFallback).isOne();
        assertThat(core.totals().egress).isZero();
        assertThat(Cores.address(core, "MFf.a").counters().egress).isZero();
    }

    @Test
    @DisplayName("FBK-05 CNT-02 a fallback link's deliveries are not counted as ingress")
    void fallbackSenderIsNotCounted() {
        connection.receiver("r").attach("f.a").credit(10);
        FakeSender sender = connection.sender("s");
        sender.fallback = true;
        sender.attach("f.a").send("x", false);
        assertThat(Cores.address(core, "M0f.a").counters().ingress).isZero();
        assertThat(core.totals().ingress).isZero();
    }

    @Test
    @DisplayName("FBK-06 a fallback receiver that releases or leaves gives the normal outcomes, there is no second one")
    void outcomesOfTheFallback() {
        FakeReceiver fallback = connection.receiver("fb").fallback("f.a").credit(2);
        FakeSender sender = connection.sender("s").attach("f.a");
        List<Integer> keys = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            keys.add(sender.send("m" + i, false));
        }
        fallback.settle(DeliveryState.RELEASED);
        fallback.lost();
        assertThat(sender.outcomeOf(keys.get(0))).isEqualTo(DeliveryState.RELEASED);
        assertThat(sender.outcomeOf(keys.get(1))).isEqualTo(DeliveryState.MODIFIED_FAILED);
        assertThat(sender.outcomeOf(keys.get(2))).isEqualTo(DeliveryState.RELEASED);
    }

    @Test
    @DisplayName("FBK-03 an in-process consumer of the address comes before the fallback")
    void inProcessFirst() {
        connection.receiver("fb").fallback("f.a").credit(10);
        FakeSender sender = connection.sender("s").attach("f.a");
        core.consume(AddressKey.mobile("f.a"), Distribution.CLOSEST, (amqp, settled, from) -> DeliveryState.ACCEPTED);
        assertThat(sender.outcomeOf(sender.send("x", false))).isEqualTo(DeliveryState.ACCEPTED);
        assertThat(core.totals().redirectedToFallback).isZero();
    }

    @Test
    @DisplayName("PHS-01 each phase of an address is a record of its own")
    void phasesAreApart() {
        FakeReceiver one = connection.receiver("1").attach("p").credit(10);
        FakeSender sender = connection.sender("s");
        core.producer(sender, core.senderKey("p", 3));
        assertThat(sender.issued).isEmpty();
        assertThat(Cores.address(core, "M3p").senderCount()).isOne();
        sender.send("x", false);
        assertThat(one.got).isEmpty();
    }

    @Test
    @DisplayName("PHS-03 with waypoint sender and receiver do not meet without a waypoint in between")
    void waypointInBetween() {
        Cores.create(
                core, new AddressEntities.Request(null, "w", null, "balanced", true, null, null, null, false, false));
        FakeReceiver receiver = connection.receiver("r").attach("w").credit(10);
        FakeSender sender = connection.sender("s").attach("w");
        assertThat(sender.issued).isEmpty();
        FakeReceiver toWaypoint = connection.receiver("out");
        toWaypoint
                .subscribe(io.linkspan.core.address.Subscription.plain(core.receiverKey("w", 1)))
                .credit(10);
        FakeSender fromWaypoint = connection.sender("in");
        core.producer(fromWaypoint, core.senderKey("w", 1));
        assertThat(sender.issued).containsExactly(250);
        assertThat(fromWaypoint.issued).containsExactly(250);
        sender.send("x", false);
        assertThat(toWaypoint.bodies()).containsExactly("x");
        fromWaypoint.send("x", false);
        assertThat(receiver.bodies()).containsExactly("x");
    }
}
