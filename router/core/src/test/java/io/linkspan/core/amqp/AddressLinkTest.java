// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import static io.linkspan.core.amqp.AmqpConnectionTest.data;
import static io.linkspan.core.amqp.AmqpConnectionTest.to;
import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.Terminus;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.core.address.AddressEntities;
import io.linkspan.core.fake.Cores;
import java.util.List;
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
        sender.send(data(10), false, 1);
        assertThat(fallback.messages).isEmpty();
        assertThat(sender.outcomes).containsExactly("1 released settled");
        Peer.Receiver primary = a.receiver("f", 10);
        sender.send(data(10), false, 2);
        assertThat(primary.messages).hasSize(1);
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
        Peer router = network.client(profile(io.linkspan.core.connection.ConnectionRole.INTER_ROUTER));
        Peer.Sender sender = router.sender((String) null);
        sender.send(to("off", 5), false, 1);
        assertThat(sender.outcomes).containsExactly("1 released settled");
        Peer.Sender client = a.sender((String) null);
        client.send(to("off", 5), false, 1);
        assertThat(client.outcomes).hasSize(1).allMatch(outcome -> outcome.startsWith("1 rejected"));
        router.wire.cut();
    }

    private static AmqpProfile profile(io.linkspan.core.connection.ConnectionRole role) {
        return AmqpProfile.DEFAULT.of(null, role);
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
