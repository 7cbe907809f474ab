// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.DeliveryState;
import io.linkspan.core.CoreEvents;
import io.linkspan.core.CoreSettings;
import io.linkspan.core.RouterCore;
import io.linkspan.core.address.AddressEntities;
import io.linkspan.core.address.DeliveryOptions;
import io.linkspan.core.address.Subscription;
import io.linkspan.core.exchange.Exchange;
import io.linkspan.core.exchange.Exchanges;
import io.linkspan.core.fake.Cores;
import io.linkspan.core.fake.FakeConnection;
import io.linkspan.core.fake.FakeReceiver;
import io.linkspan.core.fake.FakeSender;
import io.linkspan.core.link.OutboundLink;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What addresses may ask for beyond the original's rules. */
class OptionsTest {

    private final List<String> events = new ArrayList<>();
    private final RouterCore core = new RouterCore(
            CoreSettings.standalone("R"),
            new CoreEvents() {
                @Override
                public void deliveryTakenBack(OutboundLink link, long seconds) {
                    events.add("taken back from " + link.name() + " after " + seconds);
                }

                @Override
                public void deliveriesExpired(OutboundLink link, int count) {
                    events.add(count + " expired at " + link.name());
                }
            },
            new SplittableRandom(1));
    private final FakeConnection connection = new FakeConnection(core);

    private void options(String prefix, String distribution, DeliveryOptions options) {
        Cores.create(
                core,
                new AddressEntities.Request(
                        null, prefix, null, distribution, false, null, null, null, false, false, options));
    }

    private void resending() {
        options("r", "closest", new DeliveryOptions(true, false, 0));
    }

    private void watched(int seconds, boolean resend) {
        options("w", "balanced", new DeliveryOptions(resend, false, seconds));
    }

    // ---- resendReleased ------------------------------------------------------------------------------------------

    @Test
    @DisplayName("resendReleased: a released delivery goes to the other receivers, each once, then its sender hears")
    void releasedGoesOn() {
        resending();
        FakeReceiver one = connection.receiver("1").attach("r").credit(10);
        FakeReceiver two = connection.receiver("2").attach("r").credit(10);
        FakeReceiver three = connection.receiver("3").attach("r").credit(10);
        FakeSender sender = connection.sender("s").attach("r");
        int key = sender.send("x", false);
        for (int i = 0; i < 3; i++) {
            assertThat(sender.told).doesNotContainKey(key);
            List.of(one, two, three).stream()
                    .filter(receiver -> receiver.unsettledHere() > 0)
                    .findFirst()
                    .orElseThrow()
                    .settle(DeliveryState.RELEASED);
        }
        assertThat(sender.outcomeOf(key)).isEqualTo(DeliveryState.RELEASED);
        assertThat(one.bodies()).containsExactly("x");
        assertThat(two.bodies()).containsExactly("x");
        assertThat(three.bodies()).containsExactly("x");
        assertThat(sender.creditAvailable()).isEqualTo(250);
    }

    @Test
    @DisplayName("resendReleased: the second receiver accepts, the sender never hears of the first")
    void secondReceiverAccepts() {
        resending();
        FakeReceiver one = connection.receiver("1").attach("r").credit(10);
        FakeReceiver two = connection.receiver("2").attach("r").credit(10);
        FakeSender sender = connection.sender("s").attach("r");
        int key = sender.send("x", false);
        FakeReceiver first = one.unsettledHere() > 0 ? one : two;
        FakeReceiver second = first == one ? two : one;
        first.settle(DeliveryState.RELEASED);
        second.settle(DeliveryState.ACCEPTED);
        assertThat(sender.outcomeOf(key)).isEqualTo(DeliveryState.ACCEPTED);
        assertThat(first.counters().released).isOne();
        assertThat(second.counters().accepted).isOne();
    }

    @Test
    @DisplayName("resendReleased: what waits at a receiver that leaves goes to another, what it had is modified")
    void receiverLeaves() {
        resending();
        FakeReceiver one = connection.receiver("1").attach("r");
        FakeSender sender = connection.sender("s").attach("r");
        int queued = sender.send("queued", false);
        FakeReceiver two = connection.receiver("2").attach("r").credit(10);
        one.lost();
        assertThat(two.bodies()).containsExactly("queued");
        two.settle(DeliveryState.ACCEPTED);
        assertThat(sender.outcomeOf(queued)).isEqualTo(DeliveryState.ACCEPTED);
        int sent = sender.send("sent", false);
        two.lost();
        assertThat(sender.outcomeOf(sent)).isEqualTo(DeliveryState.MODIFIED_FAILED);
    }

    @Test
    @DisplayName("resendReleased: a receiver that settles second is settled by the router, other outcomes pass")
    void receiverSettlesSecond() {
        resending();
        FakeReceiver one = connection.receiver("1").attach("r").credit(10);
        FakeReceiver two = connection.receiver("2").attach("r").credit(10);
        FakeSender sender = connection.sender("s").attach("r");
        int key = sender.send("x", false);
        FakeReceiver first = one.unsettledHere() > 0 ? one : two;
        FakeReceiver second = first == one ? two : one;
        first.tellFirst(DeliveryState.RELEASED);
        assertThat(first.senderTold).hasSize(1);
        assertThat(first.unsettledHere()).isZero();
        assertThat(first.outstanding()).isZero();
        second.tellFirst(DeliveryState.ACCEPTED);
        assertThat(sender.told.get(key)).hasSize(1);
        sender.set(key, null, true);
        assertThat(second.unsettledHere()).isZero();
    }

    @Test
    @DisplayName("resendReleased: a sender with the capability asks for it without the address, and may leave")
    void senderAsks() {
        FakeReceiver one = connection.receiver("1").attach("q").credit(10);
        FakeReceiver two = connection.receiver("2").attach("q").credit(10);
        FakeSender sender = connection.sender("s");
        sender.resendReleased();
        sender.attach("q");
        int key = sender.send("x", false);
        FakeReceiver first = one.unsettledHere() > 0 ? one : two;
        FakeReceiver second = first == one ? two : one;
        first.settle(DeliveryState.RELEASED);
        assertThat(second.bodies()).containsExactly("x");
        assertThat(sender.told).doesNotContainKey(key);
        sender.lost();
        second.settle(DeliveryState.RELEASED);
        assertThat(first.got).hasSize(1);
    }

    @Test
    @DisplayName("OUT-08 without the option a released delivery is not sent again")
    void notByDefault() {
        FakeReceiver one = connection.receiver("1").attach("q").credit(10);
        FakeReceiver two = connection.receiver("2").attach("q").credit(10);
        FakeSender sender = connection.sender("s").attach("q");
        int key = sender.send("x", false);
        (one.unsettledHere() > 0 ? one : two).settle(DeliveryState.RELEASED);
        assertThat(sender.outcomeOf(key)).isEqualTo(DeliveryState.RELEASED);
        assertThat(one.got.size() + two.got.size()).isOne();
    }

    @Test
    @DisplayName("resendReleased: the sender settles while the delivery is at its second receiver")
    void senderSettles() {
        resending();
        FakeReceiver one = connection.receiver("1").attach("r").credit(10);
        FakeReceiver two = connection.receiver("2").attach("r").credit(10);
        FakeSender sender = connection.sender("s").attach("r");
        int key = sender.send("x", false);
        FakeReceiver first = one.unsettledHere() > 0 ? one : two;
        FakeReceiver second = first == one ? two : one;
        first.settle(DeliveryState.RELEASED);
        core.tick(3);
        sender.set(key, null, true);
        assertThat(second.unsettledHere()).isZero();
        assertThat(second.outstanding()).isZero();
        assertThat(sender.unsettledCount()).isZero();
    }

    // ---- releaseAfterSeconds -------------------------------------------------------------------------------------

    @Test
    @DisplayName("releaseAfterSeconds: what a receiver does not settle in time is taken back and released")
    void takenBack() {
        watched(20, false);
        FakeReceiver receiver = connection.receiver("slow").attach("w").credit(1);
        FakeSender sender = connection.sender("s").attach("w");
        int had = sender.send("had", false);
        int queued = sender.send("queued", false);
        core.tick(20);
        assertThat(sender.told).isEmpty();
        core.tick(1);
        assertThat(sender.outcomeOf(had)).isEqualTo(DeliveryState.RELEASED);
        assertThat(sender.outcomeOf(queued)).isEqualTo(DeliveryState.RELEASED);
        assertThat(receiver.unsettledHere()).isZero();
        assertThat(receiver.outstanding()).isZero();
        assertThat(receiver.senderTold).hasSize(1);
        assertThat(events).containsExactly("taken back from slow after 20", "taken back from slow after 20");
        receiver.credit(5);
        assertThat(receiver.bodies()).containsExactly("had");
        assertThat(sender.creditAvailable()).isEqualTo(250);
    }

    @Test
    @DisplayName("releaseAfterSeconds: what is settled in time leaves the watch at once")
    void inTime() {
        watched(5, false);
        FakeReceiver receiver = connection.receiver("r").attach("w").credit(1000);
        FakeSender sender = connection.sender("s").attach("w");
        for (int i = 0; i < 100; i++) {
            sender.send("m" + i, false);
            receiver.settleAll(DeliveryState.ACCEPTED);
        }
        core.tick(10);
        assertThat(events).isEmpty();
        assertThat(receiver.counters().accepted).isEqualTo(100);
    }

    @Test
    @DisplayName("releaseAfterSeconds and resendReleased: it goes to another receiver, whose time begins anew")
    void takenBackAndSentAgain() {
        watched(5, true);
        FakeReceiver one = connection.receiver("1").attach("w").credit(10);
        FakeReceiver two = connection.receiver("2").attach("w").credit(10);
        FakeSender sender = connection.sender("s").attach("w");
        int key = sender.send("x", false);
        FakeReceiver first = one.unsettledHere() > 0 ? one : two;
        FakeReceiver second = first == one ? two : one;
        core.tick(6);
        assertThat(first.unsettledHere()).isZero();
        assertThat(second.bodies()).containsExactly("x");
        core.tick(5);
        assertThat(sender.told).isEmpty();
        second.settle(DeliveryState.ACCEPTED);
        assertThat(sender.outcomeOf(key)).isEqualTo(DeliveryState.ACCEPTED);
        core.tick(20);
        assertThat(events).hasSize(1);
    }

    @Test
    @DisplayName("releaseAfterSeconds: of several copies the late one alone is taken back, and counts as released")
    void multicastCopy() {
        options("w", "multicast", new DeliveryOptions(false, false, 5));
        FakeReceiver fast = connection.receiver("fast").attach("w").credit(10);
        FakeReceiver slow = connection.receiver("slow").attach("w").credit(10);
        FakeSender sender = connection.sender("s").attach("w");
        int key = sender.send("x", false);
        fast.settle(DeliveryState.ACCEPTED);
        assertThat(sender.told).isEmpty();
        core.tick(6);
        assertThat(sender.outcomeOf(key)).isEqualTo(DeliveryState.ACCEPTED);
        assertThat(slow.unsettledHere()).isZero();
        assertThat(events).containsExactly("taken back from slow after 5");
    }

    @Test
    @DisplayName("releaseAfterSeconds: settled deliveries and subscriptions beside the queue work as ever")
    void withSubscriptions() {
        watched(5, false);
        FakeReceiver queue = connection.receiver("q").attach("w").credit(10);
        FakeSender sender = connection.sender("s").attach("w");
        sender.send("settled", true);
        assertThat(queue.bodies()).containsExactly("settled");
        queue.subscribe(Subscription.plain(core.receiverKey("other", 0)));
        assertThat(sender.creditAvailable()).isEqualTo(250);
    }

    // ---- exchanges -----------------------------------------------------------------------------------------------

    @Test
    @DisplayName("options hold for receivers on an exchange's own address too, when no next hop takes the message")
    void directReceiversOfAnExchange() {
        resending();
        assertThat(core.exchanges()
                        .create(new Exchanges.ExchangeRequest("e", "r", 0, null, 0, Exchange.MatchMethod.AMQP)))
                .isInstanceOf(Exchanges.Created.class);
        FakeReceiver one = connection.receiver("1").attach("r").credit(10);
        FakeReceiver two = connection.receiver("2").attach("r").credit(10);
        FakeSender sender = connection.sender("s").attach("r");
        int key = sender.send("x", false);
        FakeReceiver first = one.unsettledHere() > 0 ? one : two;
        FakeReceiver second = first == one ? two : one;
        first.settle(DeliveryState.RELEASED);
        second.settle(DeliveryState.ACCEPTED);
        assertThat(sender.outcomeOf(key)).isEqualTo(DeliveryState.ACCEPTED);
    }
}
