// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import static io.linkspan.core.amqp.AmqpConnectionTest.data;
import static io.linkspan.core.amqp.AmqpConnectionTest.section;
import static io.linkspan.core.amqp.AmqpConnectionTest.to;
import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.Terminus;
import io.linkspan.amqp.codec.RawValue;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.amqp.codec.Timestamp;
import io.linkspan.amqp.codec.UnsignedInteger;
import io.linkspan.core.address.AddressEntities;
import io.linkspan.core.address.AddressEntity;
import io.linkspan.core.address.DeliveryOptions;
import io.linkspan.core.connection.ConnectionRole;
import io.linkspan.core.fake.Cores;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What AMQP clients see of addresses: phases, fallback, odd attaches. */
class AddressLinkTest {

    private static final Symbol FALLBACK = new Symbol("qd.fallback");

    private final Network network = new Network();
    private final Peer a = network.client();
    private final Peer b = network.client();

    @AfterEach
    void nothingIsLeftWhenTheConnectionsAreGone() {
        a.wire.cut();
        b.wire.cut();
        assertThat(network.core.connections()).isEmpty();
        assertThat(network.core.links()).isEmpty();
        assertThat(network.core.table().starvedCount()).isZero();
    }

    private void fallbackEnabled(String prefix) {
        Cores.create(
                network.core,
                new AddressEntities.Request(null, prefix, null, "balanced", false, null, null, null, true, false));
    }

    @Test
    @DisplayName("FBK-02 a receiver with the bare capability qd.fallback gets what nobody else takes")
    void fallbackReceiver() {
        fallbackEnabled("f");
        Peer.Sender sender = b.sender("f");
        Peer.Receiver fallback = a.receiver(Terminus.source("f").withCapability(FALLBACK), 10);
        assertThat(sender.link().credit()).isEqualTo(250);
        sender.send(data(10), false, 1);
        Peer.Receiver primary = a.receiver("f", 10);
        sender.send(data(10), false, 2);
        assertThat(fallback.messages).hasSize(1);
        assertThat(primary.messages).hasSize(1);
        assertThat(sender.outcomes).containsExactly("1 accepted settled", "2 accepted settled");
    }

    @Test
    @DisplayName("FBK-02 the capability inside an array is not looked at")
    void capabilityInAnArray() {
        fallbackEnabled("f");
        a.receiver(Terminus.source("f").withCapabilities(List.of(FALLBACK)), 10);
        assertThat(network.core.address("M0f")).isNotNull();
        assertThat(Cores.address(network.core, "M0f").subscriberCount()).isOne();
    }

    @Test
    @DisplayName("FBK-02 FBK-03 a sender with qd.fallback writes to the address and is not diverted")
    void fallbackSender() {
        fallbackEnabled("f");
        Peer.Receiver fallback = a.receiver(Terminus.source("f").withCapability(FALLBACK), 10);
        Peer.Sender sender = b.sender(Terminus.target("f").withCapability(FALLBACK));
        assertThat(sender.link().credit()).as("nobody would get anything").isZero();
        Peer.Receiver primary = a.receiver("f", 10);
        sender.send(data(10), false, 1);
        assertThat(primary.messages).hasSize(1);
        primary.link().detach(true, null);
        network.run();
        sender.send(data(10), false, 2);
        assertThat(fallback.messages).isEmpty();
        assertThat(sender.outcomes).containsExactly("1 accepted settled", "2 released settled");
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName(
            "PHS-04 waypoint capabilities override the phases, one symbol or in an array, any character in between")
    @CsvSource({
        "qd.waypoint, 0, 1",
        "qd.waypoint.1, 0, 1",
        "qd.waypoint_2, 1, 2",
        "qd.waypoint.9, 8, 9",
        "qd.waypoint.0, 0, 0",
        "qd.waypoint.10, 0, 0",
        "other, 0, 0"
    })
    void waypointCapabilities(String capability, int reads, int writes) {
        a.receiver(Terminus.source("q").withCapability(new Symbol(capability)), 1);
        a.sender(Terminus.target("p").withCapabilities(List.of(new Symbol("x"), new Symbol(capability))));
        assertThat(network.core.address("M" + reads + "q")).isNotNull();
        assertThat(network.core.address("M" + writes + "p")).isNotNull();
    }

    @Test
    @DisplayName("ANO-06 the phase of an anonymous delivery is 0, whatever the ingress phase of the address is")
    void anonymousPhase() {
        Cores.create(
                network.core,
                new AddressEntities.Request(null, "w", null, "balanced", false, 2, 3, null, false, false));
        Peer.Receiver receiver = a.receiver("w", 10);
        Peer.Receiver phase0 = a.receiver(Terminus.source("w").withCapability(new Symbol("qd.waypoint.1")), 10);
        b.sender((String) null).send(to("w", 5), false, 1);
        assertThat(receiver.messages).isEmpty();
        assertThat(phase0.messages).hasSize(1);
    }

    @Test
    @DisplayName("ANO-19 on a link with a target the to property is neither read nor changed")
    void toOfTargetedLinks() {
        Peer.Receiver receiver = a.receiver("q", 10);
        Peer.Receiver other = a.receiver("other", 10);
        var message = to("other", 5);
        b.sender("q").send(message, false, 1);
        assertThat(other.messages).isEmpty();
        assertThat(receiver.messages.get(0)).isEqualTo(io.netty.buffer.ByteBufUtil.getBytes(message));
    }

    @Test
    @DisplayName("DST-42 a delivery to an unavailable address from another router is released")
    void unavailableFromARouter() {
        Cores.prefix(network.core, "off", "unavailable");
        Peer router =
                network.client(AmqpProfile.DEFAULT.of(null, io.linkspan.core.connection.ConnectionRole.INTER_ROUTER));
        Peer.Sender sender = router.sender((String) null);
        sender.send(to("off", 5), false, 1);
        assertThat(sender.outcomes).containsExactly("1 released settled");
        Peer.Sender client = a.sender((String) null);
        client.send(to("off", 5), false, 1);
        assertThat(client.outcomes).hasSize(1).allMatch(outcome -> outcome.startsWith("1 rejected"));
        router.wire.cut();
    }

    @Test
    @DisplayName("ANO-18 a link that is attached again after a detach is a new one; its deliveries were settled")
    void noResumption() {
        Peer.Receiver receiver = a.receiver("q", 10);
        receiver.answers = null;
        Peer.Sender sender = b.sender("q");
        sender.send(data(10), false, 1);
        receiver.link().detach(false, null);
        network.run();
        assertThat(sender.outcomes).hasSize(1).allMatch(outcome -> outcome.contains("modified"));
        Peer.Receiver again = a.receiver("q", 10);
        assertThat(again.messages).isEmpty();
        sender.send(data(10), false, 2);
        assertThat(again.messages).hasSize(1);
    }

    private static io.netty.buffer.ByteBuf expiring(@Nullable Long ttlMs, @Nullable Long absoluteMs) {
        return Unpooled.wrappedBuffer(
                section(0x70, Arrays.asList(null, null, ttlMs == null ? null : new UnsignedInteger(ttlMs))),
                section(
                        0x73,
                        Arrays.asList(
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                null,
                                absoluteMs == null ? null : new Timestamp(absoluteMs))),
                data(5));
    }

    private void expiryEnabled(String distribution) {
        Cores.create(
                network.core,
                new AddressEntities.Request(
                        null,
                        "e",
                        null,
                        distribution,
                        false,
                        null,
                        null,
                        null,
                        false,
                        false,
                        new DeliveryOptions(false, true, 0)));
    }

    @Test
    @DisplayName("expireQueued: what waits beyond its ttl is taken out and rejected, other messages stay")
    void ttl() {
        expiryEnabled("balanced");
        Peer.Receiver receiver = a.receiver("e", 0);
        Peer.Sender sender = b.sender("e");
        sender.send(expiring(2500L, null), false, 1);
        sender.send(expiring(null, null), false, 2);
        sender.send(expiring(60_000L, null), false, 3);
        sender.send(expiring(1000L, null), true, 4);
        network.core.tick(3);
        network.run();
        assertThat(sender.outcomes).isEmpty();
        network.core.tick(1);
        network.run();
        assertThat(sender.outcomes).hasSize(1).allMatch(outcome -> outcome.startsWith("1 rejected"));
        receiver.link().issueCredit(10);
        network.run();
        assertThat(receiver.messages).hasSize(2);
        assertThat(sender.link().credit()).isEqualTo(250);
        assertThat(network.core.totals().droppedPresettled).isOne();
        assertThat(network.core.links().stream()
                        .mapToLong(link -> link.counters().droppedPresettled)
                        .sum())
                .isOne();
    }

    @Test
    @DisplayName("expireQueued: absolute-expiry-time counts when the time of day is known; multicast copies too")
    void absoluteExpiry() {
        expiryEnabled("multicast");
        network.core.clock(1_000_000);
        Peer.Receiver one = a.receiver("e", 0);
        Peer.Receiver two = a.receiver("e", 10);
        Peer.Sender sender = b.sender("e");
        sender.send(expiring(null, 1_004_000L), false, 1);
        network.core.tick(4);
        network.run();
        assertThat(sender.outcomes).isEmpty();
        network.core.tick(2);
        network.run();
        assertThat(two.messages).hasSize(1);
        assertThat(sender.outcomes).hasSize(1).allMatch(outcome -> outcome.startsWith("1 rejected"));
        one.link().issueCredit(10);
        network.run();
        assertThat(one.messages).isEmpty();
    }

    @Test
    @DisplayName("OUT-20 without the option ttl and absolute-expiry-time are ignored, and not changed")
    void expiryIsIgnored() {
        network.core.clock(1_000_000);
        Peer.Receiver receiver = a.receiver("q", 0);
        var message = expiring(10L, 1_000_010L);
        b.sender("q").send(message, false, 1);
        network.core.tick(100);
        receiver.link().issueCredit(1);
        network.run();
        assertThat(receiver.messages.get(0)).isEqualTo(io.netty.buffer.ByteBufUtil.getBytes(message));
    }

    @Test
    @DisplayName("qd.resend-released on the target or as a desired capability of the link")
    void resendCapability() {
        Symbol capability = new Symbol("qd.resend-released");
        Peer.Receiver one = a.receiver("q", 10);
        one.answers = null;
        Peer.Receiver two = a.receiver("q", 10);
        two.answers = null;
        Peer.Sender sender = b.sender(Terminus.target("q").withCapabilities(List.of(capability)));
        sender.send(data(5), false, 1);
        Peer.Receiver first = one.messages.isEmpty() ? two : one;
        Peer.Receiver second = first == one ? two : one;
        first.settle(first.ids.get(0), DeliveryState.RELEASED);
        assertThat(second.messages).hasSize(1);
        assertThat(second.messages.get(0)).isEqualTo(io.netty.buffer.ByteBufUtil.getBytes(data(5)));
        second.settle(second.ids.get(0), DeliveryState.ACCEPTED);
        assertThat(sender.outcomes).containsExactly("1 accepted settled");
    }

    @Test
    @DisplayName("PRI-02 PRI-05 MAT-11 the address's priority follows the configuration at each attach, headers stay")
    void priorityOfTheAddress() {
        AddressEntity entity = Cores.create(
                network.core,
                new AddressEntities.Request(null, "p", null, "balanced", false, null, null, 7, false, false));
        Peer.Receiver receiver = a.receiver("p", 0);
        assertThat(Cores.address(network.core, "M0p").priority()).isEqualTo(7);
        network.core.deleteAddress(entity);
        assertThat(Cores.address(network.core, "M0p").priority()).isEqualTo(7);
        Peer.Sender sender = b.sender("p");
        assertThat(Cores.address(network.core, "M0p").priority()).isEqualTo(-1);
        var low = Unpooled.wrappedBuffer(
                section(0x70, Arrays.asList(null, new io.linkspan.amqp.codec.UnsignedByte(0))), data(1));
        var high = Unpooled.wrappedBuffer(
                section(0x70, Arrays.asList(null, new io.linkspan.amqp.codec.UnsignedByte(9))), data(1));
        sender.send(low, false, 1);
        sender.send(high, false, 2);
        receiver.link().issueCredit(2);
        network.run();
        // Nothing is reordered or thrown away for its priority.
        assertThat(receiver.messages.get(0)).isEqualTo(io.netty.buffer.ByteBufUtil.getBytes(low));
        assertThat(receiver.messages.get(1)).isEqualTo(io.netty.buffer.ByteBufUtil.getBytes(high));
    }

    @Test
    @DisplayName(
            "CRD-08 CRD-09 no credit is lost when the answer to a drain crosses the credit of the next destination")
    void drainAnswerCrossesCredit() {
        Peer.Receiver first = a.receiver("q", 10);
        Peer.Sender sender = b.sender("q");
        for (int i = 0; i < 3; i++) {
            first.link().detach(true, null);
            network.run();
            sender.send(data(5), false, i);
            assertThat(sender.link().draining()).isTrue();
            sender.link().drained();
            first = a.receiver("q", 300); // Its attach and the answer come to the router in one go.
            assertThat(sender.link().credit()).isEqualTo(250);
        }
        for (int i = 0; i < 250; i++) {
            sender.send(data(5), false, i);
        }
        assertThat(sender.outcomes.stream().filter(said -> said.contains("accepted")))
                .hasSize(250);
        assertThat(sender.link().credit()).isEqualTo(250);
    }

    @Test
    @DisplayName("OUT-21 a receiver's tags are the router's own, different for each delivery of the connection")
    void tags() {
        Peer.Receiver first = a.receiver("q", 10);
        Peer.Receiver second = a.receiver("p", 10);
        byte[] theirs = {7, 7, 7, 7, 7, 7, 7, 7, 7};
        for (String address : List.of("q", "p", "q")) {
            Peer.Sender sender = b.sender(address);
            sender.link().withTag(Unpooled.wrappedBuffer(theirs), 0, theirs.length);
            sender.send(AmqpConnectionTest.data(5), false, 1);
        }
        List<String> tags = new java.util.ArrayList<>(first.tags);
        tags.addAll(second.tags);
        assertThat(tags)
                .hasSize(3)
                .doesNotHaveDuplicates()
                .allSatisfy(tag -> assertThat(tag).hasSize(8));
    }

    @Test
    @DisplayName("EDG-06 a client on a listener of the role edge is tolerated")
    void clientOnAnEdgeListener() {
        Peer edge = network.client(AmqpProfile.DEFAULT.of(null, ConnectionRole.EDGE));
        Peer.Receiver receiver = edge.receiver("q", 10);
        a.sender("q").send(AmqpConnectionTest.data(5), false, 1);
        edge.sender("q").send(AmqpConnectionTest.data(5), false, 2);
        assertThat(receiver.messages).hasSize(2);
        edge.wire.cut();
    }

    @Test
    @DisplayName("CON-04 a peer's properties are shown, change nothing, and are not passed on")
    void propertiesOfPeers() {
        Peer other = network.container(
                null,
                "other",
                peer -> peer.properties = RawValue.of(Map.of(new Symbol("version"), "9", new Symbol("product"), "p")));
        assertThat(other.connection.facts().properties())
                .containsEntry("version", "9")
                .containsEntry("product", "p");
        Peer.Receiver receiver = other.receiver("q", 10);
        a.sender("q").send(AmqpConnectionTest.data(5), false, 1);
        assertThat(receiver.messages).hasSize(1);
        Object told = Objects.requireNonNull(
                        Objects.requireNonNull(a.remoteOpen).properties())
                .decode();
        other.wire.cut();
        assertThat(((Map<?, ?>) Objects.requireNonNull(told)).get(new Symbol("product")))
                .isEqualTo(AmqpProfile.PRODUCT);
        assertThat(String.valueOf(told)).doesNotContain("=p").doesNotContain("=9");
    }

    @Test
    @DisplayName("DST-04 addresses of other routers are closest, whatever the default is")
    void routerClassAddresses() {
        a.sender("_topo/0/OTHER/x");
        assertThat(Cores.address(network.core, "ROTHER").distribution())
                .isEqualTo(io.linkspan.core.address.Distribution.CLOSEST);
    }

    @Test
    @DisplayName("MAT-13 a dynamic terminus comes first, then a missing address, then configured or new addresses")
    void orderOfLookUps() {
        Cores.prefix(network.core, "m", "multicast");
        Peer.Receiver dynamic = a.receiver(Terminus.source("m").withDynamic(true), 1);
        assertThat(network.core.address("M0m")).isNull();
        assertThat(dynamic.detached).isFalse();
        assertThat(a.sender((String) null).link().credit()).isEqualTo(250);
        a.receiver("m", 1);
        assertThat(Cores.address(network.core, "M0m").distribution())
                .isEqualTo(io.linkspan.core.address.Distribution.MULTICAST);
        a.receiver("n", 1);
        assertThat(Cores.address(network.core, "M0n").distribution())
                .isEqualTo(io.linkspan.core.address.Distribution.BALANCED);
    }

    @Test
    @DisplayName("ERR-01 refusals of attaches and deliveries say the original's conditions and descriptions")
    void words() {
        Cores.prefix(network.core, "off", "unavailable");
        assertThat(said(a.receiver("off", 1).detachedWith)).isEqualTo("amqp:not-found Node not found");
        assertThat(said(a.sender("off").detachedWith)).isEqualTo("amqp:not-found Node not found");
        assertThat(said(a.receiver(Terminus.source(null), 1).detachedWith))
                .isEqualTo("qd:no-route-to-dest No route to the destination node");
        assertThat(said(a.sender(Terminus.target("x").withCapability(new Symbol("qd.router"))).detachedWith))
                .isEqualTo("qd:forbidden Connectivity to the node is forbidden");
        assertThat(said(a.sender(Terminus.coordinator(List.of())).detachedWith))
                .isEqualTo("amqp:precondition-failed The router can't coordinate transactions by itself, a linkRoute to"
                        + " a coordinator must be configured to use transactions.");
        Peer.Sender anonymous = b.sender((String) null);
        anonymous.send(to("off", 1), false, 1);
        anonymous.send(to(null, 1), false, 2);
        anonymous.send(Unpooled.wrappedBuffer(new byte[] {0, 0x53, 0x73}), false, 3);
        assertThat(anonymous.outcomes)
                .hasSize(3)
                .anyMatch(said -> said.startsWith("1 rejected")
                        && said.contains("amqp:not-found")
                        && said.contains("Deliveries cannot be sent to an unavailable address"))
                .anyMatch(said -> said.startsWith("2 rejected")
                        && said.contains("amqp:precondition-failed")
                        && said.contains("Routing failure: no address present"))
                .anyMatch(said -> said.startsWith("3 rejected")
                        && said.contains("amqp:decode-error")
                        && said.contains("invalid message format"));
    }

    private static String said(io.linkspan.amqp.@Nullable AmqpError error) {
        return error == null ? "nothing" : error.condition() + " " + error.description();
    }

    @Test
    @DisplayName("CRD-15 a slow receiver does not stop a sender whose other receiver takes the work")
    void slowReceiver() {
        a.receiver("q", 0);
        Peer.Receiver fast = a.receiver("q", 2000);
        fast.answers = DeliveryState.ACCEPTED;
        Peer.Sender sender = b.sender("q");
        for (int i = 0; i < 600; i++) {
            assertThat(sender.link().credit()).isPositive();
            sender.send(data(1), false, i);
        }
        assertThat(fast.messages.size()).isGreaterThan(500);
    }
}
