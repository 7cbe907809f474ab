// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.DeliveryState;
import io.linkspan.core.CoreEvents;
import io.linkspan.core.CoreSettings;
import io.linkspan.core.RouterCore;
import io.linkspan.core.address.AddressCounters;
import io.linkspan.core.address.AddressKey;
import io.linkspan.core.address.Distribution;
import io.linkspan.core.connection.ConnectionRole;
import io.linkspan.core.delivery.MessageStream;
import io.linkspan.core.fake.Cores;
import io.linkspan.core.fake.FakeConnection;
import io.linkspan.core.fake.FakeReceiver;
import io.linkspan.core.fake.FakeSender;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class CountersTest {

    private final List<String> events = new ArrayList<>();
    private final RouterCore core =
            new RouterCore(CoreSettings.standalone("R"), new Recorder(events), new SplittableRandom(1));
    private final FakeConnection connection = new FakeConnection(core);

    private record Recorder(List<String> events) implements CoreEvents {
        @Override
        public void linkBlocked(Link link) {
            events.add("blocked " + link.name());
        }

        @Override
        public void deliveriesStuck(Link link, int count) {
            events.add("stuck " + link.name() + " " + count);
        }
    }

    @Test
    @DisplayName("CNT-01 link counters rise when a delivery is finished; totals count inbound links only")
    void linkCounters() {
        FakeReceiver receiver = connection.receiver("r").attach("q").credit(100);
        FakeSender sender = connection.sender("s").attach("q");
        sender.send(5);
        assertThat(sender.counters().deliveries).isEqualTo(5);
        assertThat(sender.counters().accepted).isZero();
        receiver.settle(DeliveryState.ACCEPTED);
        receiver.settle(DeliveryState.rejected(null));
        receiver.settle(DeliveryState.RELEASED);
        receiver.settle(DeliveryState.MODIFIED_FAILED);
        receiver.settle(null);
        sender.send("x", true);
        for (LinkCounters counters : List.of(sender.counters(), receiver.counters(), core.totals())) {
            assertThat(counters.accepted).isEqualTo(1);
            assertThat(counters.rejected).isEqualTo(1);
            assertThat(counters.released).isEqualTo(1);
            assertThat(counters.modified).isEqualTo(1);
            assertThat(counters.presettled).isEqualTo(1);
        }
        assertThat(receiver.counters().deliveries).isEqualTo(6);
    }

    @Test
    @DisplayName("CNT-02 address counters by where deliveries come from and go to")
    void addressCounters() {
        FakeConnection container = new FakeConnection(core, ConnectionRole.ROUTE_CONTAINER, 250);
        Cores.prefix(core, "m", "multicast");
        FakeReceiver client = connection.receiver("c").attach("m").credit(100);
        container.receiver("b").attach("m").credit(100);
        core.consume(AddressKey.mobile("m"), Distribution.CLOSEST, (amqp, settled, from) -> DeliveryState.ACCEPTED);
        connection.sender("s").attach("m").send("1", true);
        container.sender("s").attach("m").send("2", true);
        core.produce("p").send(core.route("m"), io.netty.buffer.Unpooled.EMPTY_BUFFER);
        AddressCounters counters = Cores.address(core, "M0m").counters();
        assertThat(counters.ingress).isEqualTo(2);
        assertThat(counters.egress).isEqualTo(6);
        assertThat(counters.ingressRouteContainer).isEqualTo(1);
        assertThat(counters.egressRouteContainer).isEqualTo(3);
        assertThat(counters.fromContainer).isEqualTo(1);
        assertThat(counters.toContainer).isEqualTo(3);
        assertThat(core.totals().ingress).isEqualTo(2);
        assertThat(core.totals().egress).isEqualTo(6);
        assertThat(core.totals().ingressRouteContainer).isEqualTo(1);
        assertThat(core.totals().egressRouteContainer).isEqualTo(3);
        assertThat(client.got).hasSize(3);
    }

    @Test
    @DisplayName("CNT-03 delayed: more than one tick and up to ten, and more than ten")
    void delayed() {
        FakeReceiver receiver = connection.receiver("r").attach("q").credit(100);
        FakeSender sender = connection.sender("s").attach("q");
        for (int seconds : new int[] {0, 1, 2, 10, 11, 500}) {
            sender.send("after " + seconds, false);
            if (seconds > 0) {
                core.tick(seconds);
            }
            receiver.settle(DeliveryState.ACCEPTED);
        }
        for (LinkCounters counters : List.of(sender.counters(), receiver.counters(), core.totals())) {
            assertThat(counters.delayed1Sec).isEqualTo(2);
            assertThat(counters.delayed10Sec).isEqualTo(2);
        }
    }

    @Test
    @DisplayName("CNT-03 a delivery that waited in a queue is delayed too")
    void delayedInTheQueue() {
        FakeReceiver receiver = connection.receiver("r").attach("q");
        FakeSender sender = connection.sender("s").attach("q");
        sender.send("x", false);
        core.tick(5);
        receiver.credit(1);
        receiver.settle(DeliveryState.ACCEPTED);
        assertThat(sender.counters().delayed1Sec).isEqualTo(1);
        assertThat(receiver.counters().delayed1Sec).isEqualTo(1);
    }

    @Test
    @DisplayName(
            "CNT-04 queued and unsettled deliveries are stuck ten ticks after they came in, streaming ones are not")
    void stuck() {
        FakeReceiver receiver = connection.receiver("r").attach("q").credit(1);
        FakeReceiver streaming = connection.receiver("streaming").attach("t").credit(1);
        FakeSender sender = connection.sender("s").attach("q");
        sender.send(2);
        FakeSender streamer = connection.sender("streamer").attach("t");
        MessageStream stream = streamer.stream(streamer.newKey(), "part", false);
        core.tick(29);
        assertThat(events).contains("stuck s 2", "stuck r 2").doesNotContain("stuck streamer 1", "stuck streaming 1");
        assertThat(sender.stuckCount()).isEqualTo(2);
        assertThat(streaming.stuckCount()).isZero();
        receiver.settle(DeliveryState.ACCEPTED);
        assertThat(sender.stuckCount()).isEqualTo(1);
        assertThat(receiver.stuckCount()).isEqualTo(1);
        stream.finish();
        events.clear();
        core.tick(30);
        assertThat(events).containsExactlyInAnyOrder("stuck streamer 1", "stuck streaming 1");
        receiver.credit(1);
        receiver.settle(DeliveryState.ACCEPTED);
        assertThat(sender.stuckCount()).isZero();
    }

    @Test
    @DisplayName("CNT-05 a link without credit for more than ten seconds is blocked until credit returns")
    void blocked() {
        FakeReceiver receiver = connection.receiver("r").attach("q");
        FakeSender sender = connection.sender("s").attach("nobody");
        core.tick(10);
        assertThat(receiver.isBlocked()).isFalse();
        assertThat(receiver.zeroCreditSeconds()).isEqualTo(10);
        core.tick(5);
        assertThat(receiver.isBlocked()).isTrue();
        assertThat(sender.isBlocked()).isTrue();
        assertThat(events).containsExactlyInAnyOrder("blocked r", "blocked s");
        core.tick(5);
        assertThat(events).hasSize(2);
        receiver.credit(1);
        assertThat(receiver.isBlocked()).isFalse();
        assertThat(receiver.zeroCreditSeconds()).isZero();
        connection.receiver("n").attach("nobody");
        assertThat(sender.zeroCreditSeconds()).isZero();
        connection.sender("s2").attach("q").send("uses it", false);
        core.tick(11);
        assertThat(receiver.isBlocked()).isTrue();
    }

    @Test
    @DisplayName("CNT-06 the settlement rate leaves out released deliveries")
    void settleRate() {
        FakeReceiver receiver = connection.receiver("r").attach("q").credit(100);
        FakeSender sender = connection.sender("s").attach("q");
        sender.send(30);
        for (int i = 0; i < 20; i++) {
            receiver.settle(DeliveryState.ACCEPTED);
        }
        receiver.settleAll(DeliveryState.RELEASED);
        assertThat(sender.settleRate()).isEqualTo(4);
        assertThat(receiver.settleRate()).isEqualTo(4);
        core.tick(6);
        assertThat(sender.settleRate()).isZero();
    }
}
