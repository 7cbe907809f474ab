// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import static io.linkspan.core.amqp.AmqpConnectionTest.data;
import static io.linkspan.core.amqp.AmqpConnectionTest.to;
import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.Attach;
import io.linkspan.amqp.Terminus;
import io.linkspan.amqp.codec.RawValue;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.core.address.AddressEntities;
import io.linkspan.core.connection.ConnectionRole;
import io.linkspan.core.fake.Cores;
import io.linkspan.core.link.Direction;
import io.linkspan.core.linkroute.LinkRoutes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    @DisplayName("TEN-02 ANO-03 the x-opt-qd.to of a tenant, qualified or not, is in its space too")
    void annotated() {
        AmqpProfile keepsKeys = RouterAnnotationsTest.stripping("no").withTenants();
        Peer believed = network.client(keepsKeys, "acme");
        Peer.Receiver own = plain.receiver("acme/q", 10);
        Peer.Receiver foreign = plain.receiver("other/q", 10);
        Peer.Receiver phase1 =
                plain.receiver(Terminus.source("acme/w").withCapability(new Symbol("qd.waypoint_2")), 10);
        Peer.Receiver local = plain.receiver("_local/l", 10);
        Peer.Sender sender = believed.sender((String) null);
        sender.send(annotatedTo("q", 0), false, 1);
        sender.send(annotatedTo("acme/q", 0), false, 2);
        sender.send(annotatedTo("other/q", 0), false, 3);
        sender.send(annotatedTo("w", 1), false, 4);
        sender.send(annotatedTo("w", 11), false, 5);
        sender.send(annotatedTo("amqp:/_local/l", 0), false, 6);
        assertThat(own.messages).hasSize(2);
        assertThat(foreign.messages).isEmpty();
        assertThat(phase1.messages).hasSize(1);
        assertThat(local.messages).hasSize(1);
        assertThat(sender.outcomes).hasSize(6).contains("3 released settled");
        believed.wire.cut();
    }

    private static ByteBuf annotatedTo(String address, int phase) {
        Map<Object, Object> annotations = new LinkedHashMap<>();
        annotations.put(new Symbol("x-opt-qd.to"), address);
        annotations.put(new Symbol("x-opt-qd.phase"), phase);
        return Unpooled.wrappedBuffer(AmqpConnectionTest.section(0x72, annotations), data(5));
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

    // ---- routed links --------------------------------------------------------------------------------------------

    private Peer container(LinkRoutes.Request... requests) {
        for (LinkRoutes.Request request : requests) {
            assertThat(network.core.linkRoutes().create(request)).isInstanceOf(LinkRoutes.Created.class);
        }
        return network.container("broker", "B");
    }

    private static @Nullable String source(@Nullable Attach attach) {
        return Objects.requireNonNull(Objects.requireNonNull(attach).source()).address();
    }

    private static @Nullable String target(@Nullable Attach attach) {
        return Objects.requireNonNull(Objects.requireNonNull(attach).target()).address();
    }

    @Test
    @DisplayName(
            "TEN-02 TEN-03 LNK-18 a tenant's link is routed by its qualified address, which the container sees and the"
                    + " tenant does not")
    void routedLinks() {
        Peer broker = container(
                LinkRoutes.Request.prefix("acme/lr", Direction.IN, "broker"),
                LinkRoutes.Request.prefix("acme/lr", Direction.OUT, "broker"),
                LinkRoutes.Request.prefix("bare", Direction.OUT, "broker"));
        Peer.Receiver receiver = acme.receiver("amqp:/lr.q/", 10);
        Peer.Sender sender = acme.sender("lr.q");
        assertThat(source(broker.gives.get(0).request)).isEqualTo("acme/lr.q");
        assertThat(target(broker.takes.get(0).request)).isEqualTo("acme/lr.q");
        assertThat(source(receiver.answer)).isEqualTo("amqp:/lr.q/");
        assertThat(target(sender.answer)).isEqualTo("lr.q");
        assertThat(receiver.detached || sender.detached).isFalse();
        // Another tenant's lr.q and this one's bare are ordinary addresses; so is lr.q of everybody.
        Peer other = tenant("other");
        other.receiver("lr.q", 1);
        acme.receiver("bare.q", 1);
        plain.receiver("lr.q", 1);
        assertThat(network.core.address("M0other/lr.q")).isNotNull();
        assertThat(network.core.address("M0acme/bare.q")).isNotNull();
        assertThat(network.core.address("M0lr.q")).isNotNull();
        plain.receiver("acme/lr.q", 1);
        assertThat(broker.gives).hasSize(2);
        broker.wire.cut();
        assertThat(Objects.requireNonNull(acme.receiver("lr.q", 1).detachedWith).condition())
                .hasToString("qd:no-route-to-dest");
        other.wire.cut();
    }

    @Test
    @DisplayName(
            "TEN-03 LNK-08 external prefixes are applied to the qualified address, and taken back before the tenant's")
    void routedLinksWithExternalPrefixes() {
        Peer broker = container(
                LinkRoutes.Request.prefix("acme/lr", Direction.OUT, "broker").withExternal("x/", "acme/"));
        Peer.Receiver receiver = acme.receiver("lr.q", 1);
        assertThat(source(broker.gives.get(0).request)).isEqualTo("x/lr.q");
        assertThat(source(receiver.answer)).isEqualTo("lr.q");
    }

    @Test
    @DisplayName(
            "TEN-03 another address in the tenant's space that the container answers loses the prefix, any other stays")
    void answersOfContainers() {
        Peer broker = container(LinkRoutes.Request.prefix("acme/lr", Direction.OUT, "broker"));
        for (String[] pair : new String[][] {{"acme/other", "other"}, {"elsewhere", "elsewhere"}, {"acme/", "acme/"}}) {
            broker.answers = remote -> Attach.of(
                    remote.name(), Objects.requireNonNull(remote.source()).withAddress(pair[0]), remote.target());
            assertThat(source(acme.receiver("lr.q", 1).answer)).isEqualTo(pair[1]);
        }
    }

    @Test
    @DisplayName("LNK-20 TEN-02 TEN-03 the address of a tenant's dynamic node is rewritten, its other properties stay")
    void dynamicRoutedLinks() {
        Peer broker = container(LinkRoutes.Request.prefix("acme/lr", Direction.OUT, "broker"));
        broker.answers = remote -> Attach.of(
                remote.name(), Objects.requireNonNull(remote.source()).withAddress("acme/lr.made"), remote.target());
        Terminus source = Terminus.source(null).withDynamic(true);
        Peer.Receiver receiver =
                acme.receiver(source.withDynamicNodeProperties(properties("lr.any", "lifetime-policy")), 1);
        assertThat(Objects.requireNonNull(Objects.requireNonNull(broker.gives.get(0).request)
                                .source())
                        .dynamicNodeProperties())
                .isEqualTo(properties("acme/lr.any", "lifetime-policy"));
        Terminus answer =
                Objects.requireNonNull(Objects.requireNonNull(receiver.answer).source());
        assertThat(answer.address()).isEqualTo("lr.made");
        assertThat(answer.dynamicNodeProperties()).isEqualTo(properties("lr.any", "lifetime-policy"));
        assertThat(Objects.requireNonNull(acme.receiver(source.withDynamicNodeProperties(properties("bare", "x")), 1)
                                .detachedWith)
                        .condition())
                .hasToString("qd:no-route-to-dest");
    }

    @Test
    @DisplayName("LNK-20 properties of a dynamic node that a container garbles reach the tenant as they are")
    void garbledPropertiesOfAContainer() {
        Peer broker = container(LinkRoutes.Request.prefix("acme/lr", Direction.OUT, "broker"));
        for (Object wrong : List.of(5, Map.of(), Map.of(new Symbol("x-opt-qd.address"), 7))) {
            broker.answers = remote -> Attach.of(
                    remote.name(),
                    Objects.requireNonNull(remote.source())
                            .withDynamic(true)
                            .withDynamicNodeProperties(RawValue.of(wrong)),
                    remote.target());
            Peer.Receiver receiver = acme.receiver("lr.q", 1);
            assertThat(Objects.requireNonNull(
                                    Objects.requireNonNull(receiver.answer).source())
                            .dynamicNodeProperties())
                    .isEqualTo(RawValue.of(wrong));
        }
    }

    private static RawValue properties(String address, String other) {
        Map<Object, Object> properties = new LinkedHashMap<>();
        properties.put(new Symbol("x-opt-qd.address"), address);
        properties.put(new Symbol(other), "x");
        return RawValue.of(properties);
    }

    @Test
    @DisplayName("LNK-21 TEN-02 a tenant's coordinator is looked up in its space")
    void coordinators() {
        Peer broker = container(LinkRoutes.Request.prefix("$coordinator", Direction.IN, "broker"));
        Terminus coordinator = Terminus.coordinator(List.of(new Symbol("amqp:local-transactions")));
        assertThat(Objects.requireNonNull(acme.sender(coordinator).detachedWith).condition())
                .hasToString("amqp:precondition-failed");
        assertThat(network.core
                        .linkRoutes()
                        .create(LinkRoutes.Request.prefix("acme/$coordinator", Direction.IN, "broker")))
                .isInstanceOf(LinkRoutes.Created.class);
        Peer.Sender sender = acme.sender(coordinator);
        assertThat(sender.detached).isFalse();
        assertThat(Objects.requireNonNull(broker.takes.get(0).request).target()).isEqualTo(coordinator);
        assertThat(Objects.requireNonNull(sender.answer).target()).isEqualTo(coordinator);
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
