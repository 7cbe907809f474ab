// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.Terminus;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.core.address.AddressEntities;
import io.linkspan.core.link.Link;
import io.linkspan.core.mesh.Mesh;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Several routers and their clients on wires in memory: routing, chapter 3, and the inter-router protocol. */
class RouterNetworkTest {

    @SuppressWarnings("NullAway.Init") // Each test connects its own.
    private InteriorRouters routers;

    private Network router(String id) {
        return routers.router(id);
    }

    private void connect(String... pairs) {
        routers = new InteriorRouters(pairs);
    }

    private void seconds(int count) {
        routers.seconds(count);
    }

    private static Mesh mesh(Network router) {
        return Objects.requireNonNull(router.core.mesh());
    }

    private static Peer.Receiver of(Map<String, Peer.Receiver> receivers, String router) {
        return Objects.requireNonNull(receivers.get(router));
    }

    private static ByteBuf data() {
        return AmqpConnectionTest.data(50);
    }

    @Test
    @DisplayName("inter-router 3: a pair of routers has 22 links on 11 sessions and 250 credits on each")
    void links() {
        connect("A-B:5");
        for (Network router : routers.all().values()) {
            List<Link> links = new ArrayList<>(router.core.links());
            assertThat(links).hasSize(22);
            assertThat(links.stream().filter(link -> link.linkType().equals("router-control")))
                    .hasSize(2);
            assertThat(links.stream()
                            .filter(link -> link.linkType().equals("inter-router"))
                            .map(Link::priority))
                    .containsExactlyInAnyOrder(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9);
            assertThat(links)
                    .allSatisfy(link -> assertThat(link.creditAvailable()).isEqualTo(250));
            int other = mesh(router).routes().size() - 1;
            assertThat(mesh(router).routes().cost(other)).isEqualTo(5);
        }
    }

    @Test
    @DisplayName("OUT-01: an unsettled delivery crosses two routers and its outcome comes back")
    void out01AcrossALine() {
        connect("A-B", "B-C");
        Peer.Receiver receiver = router("C").client().receiver("q", 10);
        Peer.Sender sender = router("A").client().sender("q");
        assertThat(sender.link().credit()).isZero();
        seconds(3);
        assertThat(sender.link().credit()).isEqualTo(250);
        ByteBuf message = data();
        sender.send(message.slice(), false, 1);
        assertThat(receiver.messages).hasSize(1);
        assertThat(receiver.messages.get(0)).isEqualTo(ByteBufUtil.getBytes(message));
        assertThat(sender.outcomes).containsExactly("1 accepted settled");
        assertThat(sender.link().credit()).isEqualTo(250);
    }

    @Test
    @DisplayName(
            "OUT-18: settled deliveries wait for the credit of the next router with their senders, none is dropped")
    void out18NothingIsDroppedForWantOfCreditBetweenRouters() {
        connect("A-B", "B-C");
        Peer.Receiver receiver = router("B").client().receiver("q", 5_000);
        List<Peer.Sender> senders = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            senders.add(router("A").client().sender("q"));
        }
        seconds(3);
        for (Peer.Sender sender : senders) {
            while (sender.link().credit() > 0) { // A has not yet heard of what B forwards.
                ByteBuf message = data();
                sender.link().send(message, message.readerIndex(), message.readableBytes(), 0, true, sender, 0);
            }
        }
        router("A").run();
        assertThat(receiver.messages).hasSize(1_000);
        assertThat(router("A").core.totals().droppedPresettled).isZero();
        assertThat(senders)
                .allSatisfy(sender -> assertThat(sender.link().credit()).isEqualTo(250));
    }

    @Test
    @DisplayName("OUT-02: rejected, released, modified and settled without a state cross the network")
    void out02Outcomes() {
        connect("A-B");
        Peer.Receiver receiver = router("B").client().receiver("q", 10);
        receiver.answers = null;
        seconds(3);
        Peer.Sender sender = router("A").client().sender("q");
        List<@Nullable DeliveryState> states = new ArrayList<>();
        states.add(DeliveryState.ACCEPTED);
        states.add(DeliveryState.RELEASED);
        states.add(DeliveryState.MODIFIED_FAILED);
        states.add(null);
        for (int i = 0; i < states.size(); i++) {
            sender.send(data(), false, i);
            receiver.settle(receiver.ids.get(i), states.get(i));
        }
        assertThat(sender.outcomes).hasSize(4);
        assertThat(sender.outcomes.get(0)).isEqualTo("0 accepted settled");
        assertThat(sender.outcomes.get(1)).isEqualTo("1 released settled");
        assertThat(sender.outcomes.get(2)).startsWith("2 modified");
        assertThat(sender.outcomes.get(3)).isEqualTo("3 null settled");
    }

    @Test
    @DisplayName("OUT-06: a sender that settles first settles at the receiver behind the network")
    void out06SenderSettlesFirst() {
        connect("A-B");
        Peer.Receiver receiver = router("B").client().receiver("q", 10);
        receiver.answers = null;
        seconds(3);
        Peer.Sender sender = router("A").client().sender("q");
        int id = sender.send(data(), false, 1);
        sender.link().senderState(id, null, true);
        router("A").run();
        assertThat(receiver.senderStates).containsExactly("null settled");
        // What is out is counted no more: DST-26.
        assertThat(Objects.requireNonNull(router("A").core.address("M0q"))
                        .remotes()
                        .outstanding())
                .isZero();
    }

    @Test
    @DisplayName("OUT-07: when the connection is cut, what was sent is modified; later messages are released")
    void out07Cut() {
        connect("A-B");
        Peer.Receiver receiver = router("B").client().receiver("q", 10);
        receiver.answers = null;
        seconds(3);
        Peer.Sender sender = router("A").client().sender("q");
        sender.send(data(), false, 1);
        assertThat(receiver.messages).hasSize(1);
        routers.cut("A-B");
        assertThat(sender.outcomes)
                .singleElement()
                .asString()
                .contains("modified")
                .endsWith("settled");
        sender.send(data(), false, 2);
        assertThat(sender.outcomes.get(1)).isEqualTo("2 released settled");
        assertThat(Objects.requireNonNull(router("A").core.address("M0q"))
                        .remotes()
                        .outstanding())
                .isZero();
    }

    @Test
    @DisplayName(
            "DST-34: multicast makes exactly one copy per receiver in a triangle, a diamond, a ring and a mesh of five")
    void dst34OneCopyPerReceiverInEveryTopology() {
        for (String[] topology : new String[][] {
            {"A-B", "B-C"},
            {"A-B", "B-C", "A-C"},
            {"A-B", "B-C", "A-C:5"},
            {"A-B", "A-C", "B-D", "C-D"},
            {"A-B", "B-C", "C-D", "D-E", "E-F", "F-A"},
            {"A-B", "A-C", "A-D", "A-E", "B-C", "B-D", "B-E", "C-D", "C-E", "D-E"}
        }) {
            connect(topology);
            routers.address("mc", "multicast", null);
            Map<String, Peer.Receiver> receivers = new LinkedHashMap<>();
            routers.all()
                    .forEach((id, router) -> receivers.put(id, router.client().receiver("mc", 100)));
            seconds(4);
            for (Network router : routers.all().values()) {
                Peer.Sender sender = router.client().sender("mc");
                sender.send(data(), false, 1);
                sender.send(data(), true, 2);
                assertThat(sender.outcomes).containsExactly("1 accepted settled");
                receivers.forEach((id, receiver) -> {
                    assertThat(receiver.messages)
                            .as(id + " in " + String.join(",", topology))
                            .hasSize(2);
                    receiver.messages.clear();
                });
            }
        }
    }

    @Test
    @DisplayName("DST-12: routers of equal cost take turns; DST-10: a local receiver goes before all others")
    void dst12ClosestInTurn() {
        connect("A-B", "A-C", "A-D:3");
        routers.all()
                .values()
                .forEach(router -> router.core.createAddress(
                        new AddressEntities.Request("cl", "cl", null, "closest", false, 0, 0, null, false, false)));
        Map<String, Peer.Receiver> receivers = new LinkedHashMap<>();
        for (String id : List.of("B", "C", "D")) {
            receivers.put(id, router(id).client().receiver("cl", 100));
        }
        seconds(3);
        Peer.Sender sender = router("A").client().sender("cl");
        for (int i = 0; i < 10; i++) {
            sender.send(data(), i % 2 == 0, i);
        }
        assertThat(of(receivers, "B").messages).hasSize(5);
        assertThat(of(receivers, "C").messages).hasSize(5);
        assertThat(of(receivers, "D").messages).isEmpty();
        Peer.Receiver local = router("A").client().receiver("cl", 100);
        sender.send(data(), false, 10);
        assertThat(local.messages).hasSize(1);
    }

    @Test
    @DisplayName("DST-28: with immediate settlement all stays local, under backlog it spreads by cost and load")
    void dst28BalancedWithCost() {
        connect("A-B", "A-C");
        Peer.Receiver local = router("A").client().receiver("q", 1000);
        Peer.Receiver b = router("B").client().receiver("q", 1000);
        Peer.Receiver c = router("C").client().receiver("q", 1000);
        seconds(3);
        Peer.Sender sender = router("A").client().sender("q");
        for (int i = 0; i < 10; i++) {
            sender.send(data(), false, i);
        }
        assertThat(local.messages).hasSize(10);
        List.of(local, b, c).forEach(receiver -> {
            receiver.messages.clear();
            receiver.answers = null;
        });
        for (int i = 0; i < 90; i++) {
            sender.send(data(), false, i);
        }
        assertThat(local.messages).hasSize(31);
        assertThat(b.messages).hasSize(30);
        assertThat(c.messages).hasSize(29);
        // DST-27: settled ones count nothing on the way to others.
        for (int i = 0; i < 20; i++) {
            sender.send(data(), true, i);
        }
        assertThat(List.of(b.messages.size(), c.messages.size())).containsExactlyInAnyOrder(30, 49);
    }

    @Test
    @DisplayName("PRI-03: a message takes the data link of its priority")
    void pri03Priorities() {
        connect("A-B");
        router("B").client().receiver("q", 100);
        seconds(3);
        Peer.Sender sender = router("A").client().sender("q");
        for (int priority : new int[] {0, 7, 9, 12}) {
            sender.send(
                    io.netty.buffer.Unpooled.wrappedBuffer(
                            AmqpConnectionTest.section(
                                    0x70,
                                    java.util.Arrays.asList(false, new io.linkspan.amqp.codec.UnsignedByte(priority))),
                            data()),
                    false,
                    1);
        }
        sender.send(data(), false, 1);
        Map<Integer, Long> sent = new LinkedHashMap<>();
        for (Link link : router("A").core.links()) {
            if (link.linkType().equals("inter-router")
                    && link instanceof io.linkspan.core.link.OutboundLink
                    && link.counters().deliveries > 0) {
                sent.put(link.priority(), link.counters().deliveries);
            }
        }
        assertThat(sent).isEqualTo(Map.of(0, 1L, 4, 1L, 7, 1L, 9, 2L));
    }

    @Test
    @DisplayName("ANO-09: a reply to a dynamic address finds its way through the network, as does _topo/0/ROUTER/x")
    void ano09DynamicReplyAddress() {
        connect("A-B", "B-C");
        Peer client = router("A").client();
        Peer.Receiver replies = client.receiver(Terminus.source(null).withDynamic(true), 10);
        String address = Objects.requireNonNull(
                Objects.requireNonNull(Objects.requireNonNull(replies.answer).source())
                        .address());
        assertThat(address).startsWith("amqp:/_topo/0/A/temp.");
        Peer.Sender anonymous = router("C").client().sender((String) null);
        anonymous.send(AmqpConnectionTest.to(address, 20), false, 1);
        Peer.Sender targeted = router("C").client().sender(address);
        targeted.send(data(), false, 2);
        assertThat(replies.messages).hasSize(2);
        assertThat(anonymous.outcomes).containsExactly("1 accepted settled");
        assertThat(targeted.outcomes).containsExactly("2 accepted settled");
    }

    @Test
    @DisplayName("STR-01: a message of a MiB streams over a link of its own, which is used again")
    void str01Streaming() {
        connect("A-B");
        Peer.Receiver receiver = router("B").client().receiver("q", 100);
        seconds(3);
        Peer.Sender sender = router("A").client().sender("q");
        int links = router("A").core.links().size();
        for (int i = 0; i < 3; i++) {
            ByteBuf large = AmqpConnectionTest.data(1024 * 1024);
            sender.send(large.slice(), false, i);
            assertThat(receiver.messages).hasSize(1);
            assertThat(receiver.messages.remove(0)).isEqualTo(ByteBufUtil.getBytes(large));
            assertThat(sender.outcomes.get(i)).isEqualTo(i + " accepted settled");
        }
        assertThat(router("A").core.links()).hasSize(links + 1);
    }

    @Test
    @DisplayName("ADR-14: control addresses take messages from control links only")
    void adr14ControlAddresses() {
        connect("A-B");
        Peer.Sender sender = router("A").client().sender((String) null);
        int i = 0;
        for (String address : List.of(
                "_local/qdhello",
                "_local/qdrouter",
                "_local/qdrouter.ma",
                "_topo/0/all/qdrouter",
                "_topo/0/all/qdrouter.ma")) {
            sender.send(AmqpConnectionTest.to(address, 5), false, i);
            assertThat(sender.outcomes.get(i)).isEqualTo(i + " released settled");
            i++;
        }
    }

    @Test
    @DisplayName("FBK-01: without a receiver anywhere a delivery goes to the fallback destination at another router")
    void fbk01FallbackAcrossRouters() {
        connect("A-B", "B-C");
        routers.all()
                .values()
                .forEach(router -> router.core.createAddress(
                        new AddressEntities.Request("fb", "fb", null, "balanced", false, 0, 0, null, true, false)));
        Peer.Receiver fallback =
                router("C").client().receiver(Terminus.source("fb.x").withCapability(new Symbol("qd.fallback")), 10);
        seconds(3);
        Peer.Sender sender = router("A").client().sender("fb.x");
        assertThat(sender.link().credit()).isEqualTo(250);
        sender.send(data(), false, 1);
        assertThat(fallback.messages).hasSize(1);
        assertThat(sender.outcomes).containsExactly("1 accepted settled");
        Peer.Receiver receiver = router("B").client().receiver("fb.x", 10);
        seconds(3);
        sender.send(data(), false, 2);
        assertThat(receiver.messages).hasSize(1);
        assertThat(fallback.messages).hasSize(1);
    }

    @Test
    @DisplayName("inter-router 5.1, 9: the way to a fallback destination is told as MF and by the phase 22")
    void phaseOfTheFallback() {
        connect("A-B", "B-C");
        routers.all()
                .values()
                .forEach(router -> router.core.createAddress(
                        new AddressEntities.Request("fb", "fb", null, "balanced", false, 0, 0, null, true, false)));
        Peer.Receiver fallback = router("C")
                .client(RouterAnnotationsTest.stripping("no"))
                .receiver(Terminus.source("fb.x").withCapability(new Symbol("qd.fallback")), 10);
        seconds(3);
        assertThat(Objects.requireNonNull(router("A").core.address("MFfb.x"))
                        .remotes()
                        .isEmpty())
                .isFalse();
        router("A").client().sender("fb.x").send(data(), false, 1);
        Map<?, ?> annotations = (Map<?, ?>) Objects.requireNonNull(
                MessageSections.of(fallback.messages.get(0)).values().get(0));
        assertThat(annotations.get(new Symbol("x-opt-qd.phase"))).isEqualTo(22);
        assertThat(annotations.get(new Symbol("x-opt-qd.to"))).isEqualTo("fb.x");
        assertThat(annotations.get(new Symbol("x-opt-qd.trace"))).isEqualTo(List.of("0/A", "0/B", "0/C"));
    }

    @Test
    @DisplayName("DST-10, DST-12: settled deliveries of a closest address go to the nearest routers in turn, too")
    void settledDeliveriesToTheClosest() {
        connect("A-B", "A-C", "A-D:9", "B-E");
        routers.address("cl", "closest", null);
        Map<String, Peer.Receiver> receivers = new LinkedHashMap<>();
        for (String id : List.of("B", "C", "D", "E")) {
            receivers.put(id, router(id).client().receiver("cl", 100));
        }
        seconds(3);
        Peer.Sender sender = router("A").client().sender("cl");
        for (int i = 0; i < 20; i++) {
            sender.send(data(), true, i);
        }
        assertThat(of(receivers, "B").messages).hasSize(10);
        assertThat(of(receivers, "C").messages).hasSize(10);
        routers.cut("A-C");
        routers.cut("A-B");
        seconds(3);
        sender.send(data(), true, 20);
        assertThat(of(receivers, "D").messages).as("what is left").hasSize(1);
        assertThat(sender.link().credit()).isEqualTo(250);
    }
}
