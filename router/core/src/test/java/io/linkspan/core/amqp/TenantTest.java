// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import static io.linkspan.core.amqp.AmqpConnectionTest.data;
import static io.linkspan.core.amqp.AmqpConnectionTest.to;
import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.Terminus;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.core.address.AddressEntities;
import io.linkspan.core.connection.ConnectionRole;
import io.linkspan.core.fake.Cores;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Address spaces of tenants. Routing, chapter 15. */
class TenantTest {

    private final Network network = new Network();
    private final Peer plain = network.client();
    private final Peer acme = tenant("acme");

    private Peer tenant(@Nullable String host) {
        return network.client(AmqpProfile.DEFAULT.withTenants(), host);
    }

    @AfterEach
    void nothingIsLeft() {
        plain.wire.cut();
        acme.wire.cut();
    }

    @Test
    @DisplayName("TEN-01 the tenant is the host name of the peer's open, shown with its slash")
    void tenantOfTheOpen() {
        assertThat(acme.connection.facts().tenant()).isEqualTo("acme/");
        assertThat(plain.connection.facts().tenant()).isNull();
    }

    @Test
    @DisplayName("TEN-02 what a tenant calls q/1 is acme/q/1 to everybody else, in both directions")
    void prefixed() {
        Peer.Receiver outside = plain.receiver("acme/q/1", 10);
        Peer.Sender inside = acme.sender("q/1");
        inside.send(data(5), false, 1);
        assertThat(outside.messages).hasSize(1);
        Peer.Receiver insideReceiver = acme.receiver("q/2", 10);
        plain.sender("acme/q/2").send(data(5), false, 1);
        assertThat(insideReceiver.messages).hasSize(1);
        assertThat(plain.sender("q/2").link().credit()).isZero();
    }

    @Test
    @DisplayName("TEN-02 the to of an anonymous tenant is in its space, however often")
    void anonymous() {
        Peer.Receiver outside = plain.receiver("acme/q", 10);
        Peer.Receiver other = plain.receiver("q", 10);
        Peer.Sender sender = acme.sender((String) null);
        sender.send(to("q", 5), false, 1);
        sender.send(to("q", 5), false, 2);
        sender.send(to("amqp:/q/", 5), false, 3);
        assertThat(outside.messages).hasSize(3);
        assertThat(other.messages).isEmpty();
    }

    @Test
    @DisplayName("TEN-02 two tenants with the same address do not meet, one tenant's connections do")
    void apart() {
        Peer other = tenant("other");
        Peer acmeToo = tenant("acme");
        Peer.Receiver otherReceiver = other.receiver("q", 10);
        Peer.Receiver same = acmeToo.receiver("q", 10);
        acme.sender("q").send(data(5), false, 1);
        assertThat(otherReceiver.messages).isEmpty();
        assertThat(same.messages).hasSize(1);
        other.wire.cut();
        acmeToo.wire.cut();
    }

    @Test
    @DisplayName("TEN-03 clients never see the prefix: termini come back as sent, to stays")
    void echoed() {
        Peer.Receiver receiver = acme.receiver("amqp:/q/", 10);
        Terminus source = Objects.requireNonNull(receiver.answer).source();
        assertThat(source == null ? null : source.address()).isEqualTo("amqp:/q/");
        var message = to("q", 5);
        acme.sender((String) null).send(message, false, 1);
        assertThat(receiver.messages.get(0)).isEqualTo(io.netty.buffer.ByteBufUtil.getBytes(message));
    }

    @Test
    @DisplayName("TEN-04 ADR-12 local, topological and dynamic addresses have no prefix and work across tenants")
    void withoutPrefix() {
        Peer.Receiver local = plain.receiver("_local/l", 10);
        acme.sender("_local/l").send(data(5), false, 1);
        acme.sender("_topo/0/R/l").send(data(5), false, 2);
        assertThat(local.messages).hasSize(2);
        Peer.Receiver dynamic = acme.receiver(Terminus.source(null).withDynamic(true), 10);
        String address = Objects.requireNonNull(
                        Objects.requireNonNull(dynamic.answer).source())
                .address();
        plain.sender((String) null).send(to(address, 5), false, 1);
        assertThat(dynamic.messages).hasSize(1);
        Peer.Sender dynamicTarget = plain.sender(Terminus.target(null).withDynamic(true));
        String target = Objects.requireNonNull(
                        Objects.requireNonNull(dynamicTarget.answer).target())
                .address();
        Peer.Receiver across = acme.receiver(Objects.requireNonNull(target), 10);
        dynamicTarget.send(data(5), false, 3);
        assertThat(across.messages).hasSize(1);
    }

    @Test
    @DisplayName("TEN-05 configuration is matched against the qualified address, waypoints too")
    void configuration() {
        Cores.create(
                network.core,
                new AddressEntities.Request(null, "acme/w", null, "multicast", true, null, null, null, false, false));
        acme.receiver("w", 1);
        acme.sender("w");
        assertThat(network.core.address("M1acme/w")).isNotNull();
        assertThat(network.core.address("M0acme/w")).isNotNull();
        plain.sender("w");
        assertThat(network.core.address("M0w")).isNotNull();
        Cores.prefix(network.core, "off", "unavailable");
        assertThat(acme.receiver("off", 1).detached).isFalse();
    }

    @Test
    @DisplayName("TEN-06 without a host name there is no tenant and no prefix")
    void noHostname() {
        Peer nobody = tenant(null);
        Peer empty = tenant("");
        assertThat(nobody.connection.facts().tenant()).isNull();
        assertThat(empty.connection.facts().tenant()).isNull();
        Peer.Receiver receiver = plain.receiver("q", 10);
        nobody.sender("q").send(data(5), false, 1);
        assertThat(receiver.messages).hasSize(1);
        nobody.wire.cut();
        empty.wire.cut();
    }

    @Test
    @DisplayName("TEN-02 a tenant's pattern stays in its space: one that begins with a wildcard is refused")
    void patterns() {
        Symbol topicPattern = new Symbol("topic-pattern");
        Peer.Receiver inside = acme.receiver(Terminus.source("a.*").withCapabilities(List.of(topicPattern)), 10);
        plain.sender((String) null).send(to("acme/a.b", 5), false, 1);
        plain.sender((String) null).send(to("a.b", 5), false, 2);
        assertThat(inside.messages).hasSize(1);
        Peer.Receiver wide = acme.receiver(Terminus.source("#").withCapabilities(List.of(topicPattern)), 10);
        assertThat(wide.detached).isTrue();
        assertThat(Objects.requireNonNull(wide.detachedWith).condition()).hasToString("amqp:not-implemented");
    }

    @Test
    @DisplayName("CRD-05 a router's link gets its credit back when the delivery is forwarded, settled or not")
    void creditOfRouters() {
        Peer router = network.client(AmqpProfile.DEFAULT.of(null, ConnectionRole.EDGE));
        Peer.Receiver receiver = plain.receiver("q", 10);
        receiver.answers = null;
        Peer.Sender sender = router.sender("q");
        assertThat(sender.link().credit()).isEqualTo(250);
        sender.send(data(5), false, 1);
        assertThat(sender.link().credit()).isEqualTo(250);
        receiver.settle(receiver.ids.get(0), io.linkspan.amqp.DeliveryState.ACCEPTED);
        assertThat(sender.outcomes).containsExactly("1 accepted settled");
        assertThat(sender.link().credit()).isEqualTo(250);
        sender.send(data(5), true, 2);
        assertThat(sender.link().credit()).isEqualTo(250);
        router.wire.cut();
    }

    @Test
    @DisplayName("CRD-07 on an edge connection one credit is given for a released delivery and no drain is sent")
    void noDrainOnEdgeConnections() {
        Peer router = network.client(AmqpProfile.DEFAULT.of(null, ConnectionRole.EDGE));
        Peer.Receiver receiver = plain.receiver("q", 10);
        Peer.Sender sender = router.sender("q");
        receiver.link().detach(true, null);
        network.run();
        sender.send(data(5), false, 1);
        assertThat(sender.outcomes).containsExactly("1 released settled");
        assertThat(sender.link().credit()).isEqualTo(250);
        assertThat(sender.link().draining()).isFalse();
        router.wire.cut();
    }
}
