// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.AmqpError;
import io.linkspan.amqp.Attach;
import io.linkspan.amqp.ErrorCondition;
import io.linkspan.amqp.Terminus;
import io.linkspan.amqp.codec.AmqpArray;
import io.linkspan.amqp.codec.RawValue;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.core.address.AddressEntities;
import io.linkspan.core.connection.ConnectionRole;
import io.linkspan.core.link.Direction;
import io.linkspan.core.linkroute.Choice;
import io.linkspan.core.linkroute.LinkRoute;
import io.linkspan.core.linkroute.LinkRoutePattern;
import io.linkspan.core.linkroute.LinkRoutes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Which links are routed, where they go and how their attach is answered: routing, chapter 7, to LNK-09 and from 18. */
class LinkRouteTest {

    private final Network network = new Network();
    private final LinkRoutes routes = network.core.linkRoutes();
    private final Peer client = network.client("app");

    @AfterEach
    void nothingIsLeftWhenTheConnectionsAreGone() {
        network.endAll();
        assertThat(network.core.connections()).isEmpty();
        assertThat(network.core.links()).isEmpty();
        assertThat(routes.activePatterns()).isEmpty();
    }

    private void route(String prefix, Direction direction) {
        create(LinkRoutes.Request.prefix(prefix, direction, "broker"));
    }

    private LinkRoute create(LinkRoutes.Request request) {
        LinkRoutes.Result result = routes.create(request);
        assertThat(result).isInstanceOf(LinkRoutes.Created.class);
        return ((LinkRoutes.Created) result).route();
    }

    private static String text(@Nullable AmqpError error) {
        return error == null ? "none" : error.condition() + ": " + error.description();
    }

    private static Attach request(Peer.Sender sender) {
        return Objects.requireNonNull(sender.request);
    }

    private static Attach request(Peer.Receiver receiver) {
        return Objects.requireNonNull(receiver.request);
    }

    private String refusal(LinkRoutes.Request request) {
        LinkRoutes.Result result = routes.create(request);
        assertThat(result).isInstanceOf(LinkRoutes.Refused.class);
        return ((LinkRoutes.Refused) result).text();
    }

    private static LinkRoutes.Request request(
            @Nullable String prefix,
            @Nullable String pattern,
            @Nullable String direction,
            @Nullable String distribution,
            @Nullable String containerId,
            @Nullable String connection) {
        return new LinkRoutes.Request(
                "r", prefix, pattern, direction, distribution, containerId, connection, null, null);
    }

    @Test
    @DisplayName("LNK-01: an entity has a direction, one of prefix and pattern, and at most one of the two names")
    void lnk01AWrongEntityIsRefusedWithTheOriginalsText() {
        assertThat(refusal(request(null, null, "in", null, null, null)))
                .isEqualTo("Either a 'prefix' or 'pattern' attribute must be provided");
        assertThat(refusal(request("a", "b", "in", null, null, null)))
                .isEqualTo("Cannot specify both a 'prefix' and a 'pattern' attribute");
        assertThat(refusal(request("", null, "in", null, null, null)))
                .isEqualTo("Prefix must be a non-empty string type");
        assertThat(refusal(request(null, "./", "in", null, null, null))).isEqualTo("Pattern invalid - no tokens");
        assertThat(refusal(request("a", null, null, null, null, null)))
                .isEqualTo("No 'direction' attribute provided - it is mandatory");
        assertThat(refusal(request("a", null, "both", null, null, null))).isEqualTo("Invalid value for 'direction'");
        assertThat(refusal(request("a", null, "in", "closest", null, null)))
                .isEqualTo("Invalid value for 'distribution'");
        assertThat(refusal(request("a", null, "in", "linkBalanced", "c", "n")))
                .isEqualTo("Both connection and containerId cannot be specified. Specify only one");
        create(request("a", null, "in", "linkBalanced", "c", null));
        assertThat(refusal(request("b", null, "in", null, "c", null)))
                .isEqualTo("Name conflicts with an existing entity");
    }

    @Test
    @DisplayName("LNK-01: one entity serves one direction")
    void lnk01TheOtherDirectionIsNotRouted() {
        route("lr", Direction.IN);
        Peer broker = network.container("broker", "B");
        client.receiver("lr.q", 1);
        assertThat(broker.gives).isEmpty();
        client.sender("lr.q");
        assertThat(broker.takes).hasSize(1);
    }

    @Test
    @DisplayName("LNK-02: a route is active while a route-container connection of its name or container is open")
    void lnk02ActiveWhileAMatchingConnectionIsOpen() {
        LinkRoute named = create(LinkRoutes.Request.prefix("byName", Direction.IN, "broker"));
        LinkRoute contained =
                create(new LinkRoutes.Request(null, null, "by.*.id", "out", "linkBalanced", "B", null, null, null));
        LinkRoute neither = create(new LinkRoutes.Request(null, "none", null, "in", null, null, null, null, null));
        assertThat(routes.isActive(named)).isFalse();
        Peer other = network.container("another", "C");
        assertThat(routes.isActive(named) || routes.isActive(contained)).isFalse();
        Peer broker = network.container("broker", "B");
        assertThat(routes.isActive(named)).isTrue();
        assertThat(routes.isActive(contained)).isTrue();
        assertThat(routes.isActive(neither)).isFalse();
        LinkRoute late = create(LinkRoutes.Request.prefix("late", Direction.IN, "broker"));
        assertThat(routes.isActive(late)).isTrue();
        broker.wire.cut();
        assertThat(routes.isActive(named) || routes.isActive(contained) || routes.isActive(late))
                .isFalse();
        other.wire.cut();
    }

    @Test
    @DisplayName("LNK-02: a client's connection serves no route, whatever its names are")
    void lnk02ANormalConnectionIsNoContainer() {
        LinkRoute route = create(new LinkRoutes.Request(null, "lr", null, "in", null, "app", null, null, null));
        assertThat(routes.isActive(route)).isFalse();
    }

    @Test
    @DisplayName("LNK-02: which patterns have a container is told for the other routers, by their keys")
    void lnk02ActivePatternsAreTold() {
        List<String> told = new ArrayList<>();
        routes.advertiser(new LinkRoutes.Advertiser() {
            @Override
            public void activated(LinkRoutePattern pattern) {
                told.add("+" + pattern.key());
            }

            @Override
            public void deactivated(LinkRoutePattern pattern) {
                told.add("-" + pattern.key());
            }
        });
        route("lr.a", Direction.IN);
        route("lr.a", Direction.OUT);
        LinkRoute pattern = create(LinkRoutes.Request.pattern("/x/*/y/", Direction.OUT, "broker"));
        create(LinkRoutes.Request.pattern("p.*", Direction.IN, "broker"));
        assertThat(told).isEmpty();
        Peer first = network.container("broker", "B");
        Peer second = network.container("broker", "B2");
        assertThat(told).containsExactly("+Clr.a", "+Dlr.a", "+Fx/*/y", "+Ep.*");
        first.wire.cut();
        assertThat(told).hasSize(4);
        assertThat(routes.delete(pattern)).isTrue();
        assertThat(told).endsWith("-Fx/*/y");
        second.wire.cut();
        assertThat(told).hasSize(8).endsWith("-Clr.a", "-Dlr.a", "-Ep.*");
    }

    @Test
    @DisplayName("LNK-03: a connection of any role may make a route over itself, which ends with it")
    void lnk03ARouteOverTheOwnConnection() {
        Peer server = network.client("server");
        LinkRoutes.Result made = routes.createOver(server.connection, "mine", "own.#", "in");
        assertThat(made).isInstanceOf(LinkRoutes.Created.class);
        LinkRoute route = ((LinkRoutes.Created) made).route();
        assertThat(routes.of(server.connection)).containsExactly(route);
        assertThat(routes.of(client.connection)).isEmpty();
        assertThat(routes.all()).isEmpty();
        client.sender("own.q");
        assertThat(server.takes).hasSize(1);
        assertThat(routes.createOver(server.connection, "mine", "own.again", "in"))
                .as("names of these may repeat")
                .isInstanceOf(LinkRoutes.Created.class);
        server.wire.cut();
        assertThat(routes.of(server.connection)).isEmpty();
        assertThat(routes.isEmpty()).isTrue();
    }

    @Test
    @DisplayName("LNK-03: a pattern and a direction are needed")
    void lnk03WhatIsMissingIsNamed() {
        assertThat(routes.createOver(client.connection, null, null, "in"))
                .isEqualTo(new LinkRoutes.Refused("Pattern field is required"));
        assertThat(routes.createOver(client.connection, null, "p", null))
                .isEqualTo(new LinkRoutes.Refused("Missing value for 'direction'"));
        assertThat(routes.createOver(client.connection, null, "p", "up"))
                .isEqualTo(new LinkRoutes.Refused("Invalid value for 'direction'"));
    }

    @Test
    @DisplayName("LNK-04: local containers take links in rotation")
    void lnk04LocalContainersInRotation() {
        route("lr", Direction.IN);
        Peer one = network.container("broker", "B1");
        Peer two = network.container("broker", "B2");
        for (int i = 0; i < 4; i++) {
            client.sender("lr.q" + i);
        }
        assertThat(one.takes).hasSize(2);
        assertThat(two.takes).hasSize(2);
        two.wire.cut();
        client.sender("lr.q");
        assertThat(one.takes).hasSize(3);
    }

    @Test
    @DisplayName("LNK-04: whoever only looks where a link would go takes nobody's turn")
    void lnk04ALookTakesNoTurn() {
        route("lr", Direction.IN);
        Peer one = network.container("broker", "B1");
        Peer two = network.container("broker", "B2");
        Choice first = routes.look(Direction.IN, "lr.q");
        assertThat(routes.look(Direction.IN, "lr.q")).isEqualTo(first);
        client.sender("lr.q");
        assertThat(one.takes).hasSize(1);
        assertThat(routes.look(Direction.IN, "lr.q"))
                .isEqualTo(routes.look(Direction.IN, "lr.r"))
                .isNotEqualTo(first);
        client.sender("lr.q");
        assertThat(two.takes).hasSize(1);
        assertThat(routes.look(Direction.OUT, "lr.q")).isNull();
        two.wire.cut();
        one.wire.cut();
        assertThat(routes.look(Direction.IN, "lr.q")).isInstanceOf(Choice.Nowhere.class);
    }

    @Test
    @DisplayName("LNK-04: other routers' containers are asked only when there is no local one, in rotation")
    void lnk04RemoteContainersComeAfterLocalOnes() {
        Peer hopA = network.router("A");
        Peer hopB = network.router("B");
        assertThat(routes.addRemote("Clr", new FarContainers(hopA.connection, 1)))
                .isTrue();
        assertThat(routes.addRemote("Clr", new FarContainers(hopB.connection, 1)))
                .isTrue();
        assertThat(routes.addRemote("Clr", new FarContainers(null, 1))).isTrue();
        assertThat(routes.look(Direction.IN, "lr.q")).isEqualTo(new Choice.NextHop(hopA.connection));
        assertThat(routes.look(Direction.IN, "lr.q")).isEqualTo(new Choice.NextHop(hopA.connection));
        for (int i = 0; i < 4; i++) {
            client.sender("lr.q");
        }
        assertThat(hopA.takes).hasSize(2);
        assertThat(hopB.takes).hasSize(2);
        assertThat(request(hopA.takes.get(0)).name())
                .as("LNK-07: the first router adds the client's container")
                .isEqualTo("s0@app");
        route("lr", Direction.IN);
        Peer broker = network.container("broker", "L");
        client.sender("lr.q");
        assertThat(broker.takes).hasSize(1);
    }

    @Test
    @DisplayName("LNK-04: a pattern of other routers alone vanishes when the last of them withdraws it")
    void lnk04AWithdrawnPatternIsUnknownAgain() {
        FarContainers remote = new FarContainers(null, 1);
        assertThat(routes.addRemote("Elr.*", remote)).isTrue();
        assertThat(text(client.sender("lr.q").detachedWith)).startsWith("qd:no-route-to-dest");
        routes.removeRemote("Elr.*", remote);
        assertThat(routes.isEmpty()).isTrue();
        Peer.Sender ordinary = client.sender("lr.q");
        assertThat(ordinary.detached).isFalse();
        assertThat(routes.addRemote("Xlr", remote)).isFalse();
    }

    @Test
    @DisplayName("LNK-05: the client's attach is answered when the container has answered, not before")
    void lnk05TheAttachIsHeldUntilTheContainerAnswers() {
        route("lr", Direction.IN);
        Peer broker = network.container("broker", "B");
        broker.holds = true;
        Peer.Sender sender = client.sender("lr.q");
        assertThat(broker.takes).hasSize(1);
        assertThat(sender.answer).isNull();
        Peer.Receiver far = broker.takes.get(0);
        far.link().accept(far, broker.answers.apply(request(far)));
        network.run();
        assertThat(Objects.requireNonNull(sender.answer).target()).isEqualTo(Terminus.target("lr.q"));
    }

    @Test
    @DisplayName("LNK-05: a client that detaches before the answer is detached from the container")
    void lnk05AClientThatDoesNotWaitIsDetachedAtTheContainer() {
        route("lr", Direction.IN);
        Peer broker = network.container("broker", "B");
        broker.holds = true;
        Peer.Sender sender = client.sender("lr.q");
        sender.link().detach(true, null);
        network.run();
        assertThat(broker.withdrawn).isEqualTo(1);
        assertThat(broker.routerSessions).isZero();
    }

    @Test
    @DisplayName("LNK-05: the name may be attached again while the container still owes the first answer")
    void lnk05TheSameNameAgainBeforeTheFirstAnswer() {
        route("lr", Direction.IN);
        Peer broker = network.container("broker", "B");
        broker.holds = true;
        Attach attach = Attach.of("same", Terminus.source(null), Terminus.target("lr.q"));
        Peer.Sender first = client.sender(attach);
        first.link().detach(true, null);
        network.run();
        broker.holds = false;
        Peer.Sender second = client.sender(attach);
        assertThat(broker.takes).hasSize(2);
        assertThat(second.answer).isNotNull();
        assertThat(second.detached).isFalse();
    }

    @Test
    @DisplayName("LNK-06: both termini go through completely, in both directions")
    void lnk06TerminiGoThroughCompletely() {
        route("lr", Direction.OUT);
        Peer broker = network.container("broker", "B");
        Map<Object, Object> filter = new LinkedHashMap<>();
        filter.put(new Symbol("selector"), "colour = 'red'");
        Terminus source = Terminus.of(RawValue.of(new io.linkspan.amqp.codec.Described(
                new io.linkspan.amqp.codec.UnsignedLong(0x28),
                java.util.Arrays.asList(
                        "lr.q",
                        new io.linkspan.amqp.codec.UnsignedInteger(2),
                        new Symbol("never"),
                        new io.linkspan.amqp.codec.UnsignedInteger(30),
                        null,
                        null,
                        new Symbol("copy"),
                        filter,
                        null,
                        AmqpArray.ofSymbols(List.of(new Symbol("amqp:accepted:list"))),
                        AmqpArray.ofSymbols(List.of(new Symbol("queue")))))));
        Terminus target = Terminus.target("mine").withDurable(1);
        broker.answers = remote -> Attach.of(
                remote.name(),
                Objects.requireNonNull(remote.source()).withDurable(0).withAddress("lr.real"),
                Objects.requireNonNull(remote.target()).withTimeout(7));
        Peer.Receiver receiver = client.receiver(Attach.of("r", source, target), 0);
        assertThat(request(broker.gives.get(0)).source()).isEqualTo(source);
        assertThat(request(broker.gives.get(0)).target()).isEqualTo(target);
        Attach answer = Objects.requireNonNull(receiver.answer);
        assertThat(answer.source())
                .isEqualTo(Objects.requireNonNull(source).withDurable(0).withAddress("lr.real"));
        assertThat(answer.target()).isEqualTo(target.withTimeout(7));
    }

    @Test
    @DisplayName("LNK-06: settle modes, properties, capabilities and max-message-size go through, in both directions")
    void lnk06WhatTheOriginalLeavesOutGoesThroughToo() {
        route("lr", Direction.IN);
        Peer broker = network.container("broker", "B");
        RawValue offered = RawValue.of(new Symbol("offered"));
        RawValue desired = RawValue.of(AmqpArray.ofSymbols(List.of(new Symbol("a"), new Symbol("b"))));
        RawValue properties = RawValue.of(Map.of(new Symbol("paging"), true));
        broker.answers = remote -> new Attach(
                remote.name(),
                1,
                0,
                remote.source(),
                remote.target(),
                null,
                false,
                0,
                4711,
                desired,
                null,
                offered,
                List.of());
        Attach asked = new Attach(
                "s",
                0,
                1,
                Terminus.source(null),
                Terminus.target("lr.q"),
                null,
                false,
                5,
                1_000_000,
                offered,
                desired,
                properties,
                List.of());
        Peer.Sender sender = client.sender(asked);
        Attach at = request(broker.takes.get(0));
        assertThat(at.senderSettleMode()).isZero();
        assertThat(at.receiverSettleMode()).isEqualTo(1);
        assertThat(at.maxMessageSize()).isEqualTo(1_000_000);
        assertThat(at.offeredCapabilities()).isEqualTo(offered);
        assertThat(at.desiredCapabilities()).isEqualTo(desired);
        assertThat(at.properties()).isEqualTo(properties);
        assertThat(at.initialDeliveryCount()).as("each leg counts by itself").isZero();
        Attach answer = Objects.requireNonNull(sender.answer);
        assertThat(answer.senderSettleMode()).isEqualTo(1);
        assertThat(answer.receiverSettleMode()).isZero();
        assertThat(answer.maxMessageSize()).isEqualTo(4711);
        assertThat(answer.offeredCapabilities()).isEqualTo(desired);
        assertThat(Objects.requireNonNull(answer.desiredCapabilities()).isNull())
                .isTrue();
        assertThat(answer.properties()).isEqualTo(offered);
    }

    @Test
    @DisplayName("LNK-07: the container sees NAME@CONTAINER, so two clients may use the same name")
    void lnk07TheContainersNameTellsClientsApart() {
        route("lr", Direction.IN);
        Peer broker = network.container("broker", "B");
        Attach attach = Attach.of("same", Terminus.source(null), Terminus.target("lr.q"));
        client.sender(attach);
        network.client("other").sender(attach);
        assertThat(broker.takes).extracting(far -> request(far).name()).containsExactly("same@app", "same@other");
    }

    @Test
    @DisplayName("LNK-08: external prefixes are added and removed on the container's leg, and back in its answer")
    void lnk08ExternalPrefixes() {
        create(LinkRoutes.Request.prefix("add", Direction.IN, "broker").withExternal("x.", null));
        create(LinkRoutes.Request.prefix("add", Direction.OUT, "broker").withExternal("x.", null));
        create(LinkRoutes.Request.prefix("del", Direction.IN, "broker").withExternal(null, "del."));
        create(LinkRoutes.Request.prefix("both", Direction.IN, "broker").withExternal("y.", "both."));
        Peer broker = network.container("broker", "B");
        assertThat(seenFor(broker, "add.q")).isEqualTo("x.add.q -> add.q");
        assertThat(seenFor(broker, "del.q")).isEqualTo("q -> del.q");
        assertThat(seenFor(broker, "both.q")).as("the removal comes first").isEqualTo("y.q -> both.q");
        assertThat(seenFor(broker, "del")).as("does not begin with the prefix").isEqualTo("del -> del.del");
        Peer.Receiver receiver = client.receiver("add.q", 0);
        assertThat(Objects.requireNonNull(request(broker.gives.get(0)).source()).address())
                .isEqualTo("x.add.q");
        assertThat(Objects.requireNonNull(
                                Objects.requireNonNull(receiver.answer).source())
                        .address())
                .isEqualTo("add.q");
    }

    private String seenFor(Peer broker, String address) {
        Peer.Sender sender = client.sender(address);
        Attach at = request(broker.takes.get(broker.takes.size() - 1));
        return Objects.requireNonNull(at.target()).address() + " -> "
                + Objects.requireNonNull(Objects.requireNonNull(sender.answer).target())
                        .address();
    }

    @Test
    @DisplayName("LNK-08: a prefix equal to the whole address is not removed")
    void lnk08TheWholeAddressStays() {
        create(LinkRoutes.Request.prefix("whole", Direction.IN, "broker").withExternal(null, "whole"));
        Peer broker = network.container("broker", "B");
        client.sender("whole");
        assertThat(Objects.requireNonNull(request(broker.takes.get(0)).target()).address())
                .isEqualTo("whole");
    }

    @Test
    @DisplayName("LNK-09: two routes with the same pattern keep their own prefixes")
    void lnk09EachRouteHasItsOwnPrefixes() {
        create(LinkRoutes.Request.prefix("lr", Direction.IN, "broker").withExternal("one.", null));
        create(LinkRoutes.Request.prefix("lr", Direction.IN, "second").withExternal("two.", null));
        Peer one = network.container("broker", "B1");
        Peer two = network.container("second", "B2");
        client.sender("lr.q");
        client.sender("lr.q");
        assertThat(Objects.requireNonNull(request(one.takes.get(0)).target()).address())
                .isEqualTo("one.lr.q");
        assertThat(Objects.requireNonNull(request(two.takes.get(0)).target()).address())
                .isEqualTo("two.lr.q");
    }

    @Test
    @DisplayName("MAT-13: a link route comes before an address entity, a null address before a link route")
    void mat13ALinkRouteBeatsAnAddress() {
        network.core.createAddress(AddressEntities.Request.prefix("lr", "unavailable"));
        create(LinkRoutes.Request.pattern("#", Direction.IN, "broker"));
        Peer broker = network.container("broker", "B");
        assertThat(client.sender("lr.q").detached).isFalse();
        assertThat(broker.takes).hasSize(1);
        Peer.Sender anonymous = client.sender((String) null);
        assertThat(anonymous.link().credit()).isEqualTo(250);
        assertThat(broker.takes).hasSize(1);
        Peer.Sender dynamic = client.sender(Terminus.target(null).withDynamic(true));
        assertThat(Objects.requireNonNull(Objects.requireNonNull(dynamic.answer).target())
                        .address())
                .startsWith("amqp:/_$temp.");
        client.sender("_local/x");
        assertThat(broker.takes).as("local addresses are never routed").hasSize(1);
    }

    @Test
    @DisplayName("MAT-13, ADR-01: scheme and authority do not matter; the container sees the address as it was written")
    void mat13TheAddressIsReadWithoutItsScheme() {
        route("lr", Direction.IN);
        Peer broker = network.container("broker", "B");
        client.sender("amqp://host:5672/lr/q");
        assertThat(Objects.requireNonNull(request(broker.takes.get(0)).target()).address())
                .isEqualTo("amqp://host:5672/lr/q");
    }

    @Test
    @DisplayName("MAT-14: the best route decides alone, even when it has no container and another one has")
    void mat14NoFallBackToALessSpecificRoute() {
        create(LinkRoutes.Request.pattern("lr.#", Direction.IN, "broker"));
        create(LinkRoutes.Request.pattern("lr.special.*", Direction.IN, "absent"));
        Peer broker = network.container("broker", "B");
        assertThat(client.sender("lr.other").detached).isFalse();
        assertThat(text(client.sender("lr.special.q").detachedWith)).startsWith("qd:no-route-to-dest");
        assertThat(client.sender("lr.special").detached).isFalse();
        assertThat(broker.takes).hasSize(2);
    }

    @Test
    @DisplayName("LNK-18: no container is a refusal with qd:no-route-to-dest, for senders and receivers")
    void lnk18NoContainer() {
        route("lr", Direction.IN);
        route("lr", Direction.OUT);
        Peer.Sender sender = client.sender("lr.q");
        assertThat(Objects.requireNonNull(sender.answer).target()).isNull();
        assertThat(sender.closed).isTrue();
        assertThat(text(sender.detachedWith)).isEqualTo("qd:no-route-to-dest: No route to the destination node");
        Peer.Receiver receiver = client.receiver("lr.q", 0);
        assertThat(Objects.requireNonNull(receiver.answer).source()).isNull();
        assertThat(receiver.closed).isTrue();
        assertThat(text(receiver.detachedWith)).isEqualTo("qd:no-route-to-dest: No route to the destination node");
    }

    @Test
    @DisplayName("LNK-19: termini that outlive their link are refused when the router does not allow them")
    void lnk19ResumableLinksMayBeForbidden() {
        route("lr", Direction.OUT);
        Peer broker = network.container("broker", "B");
        Terminus lasting = Terminus.source("lr.q").withTimeout(10);
        assertThat(client.receiver(lasting, 0).detached).isFalse();
        routes.resumable(false);
        assertThat(text(client.receiver(lasting, 0).detachedWith))
                .isEqualTo("qd:link-expiration: Requested link expiration not allowed");
        assertThat(text(client.receiver(Terminus.source("lr.q").withExpiryPolicy(new Symbol("never")), 0).detachedWith))
                .startsWith("qd:link-expiration");
        assertThat(client.receiver(Terminus.source("lr.q").withExpiryPolicy(new Symbol("link-detach")), 0).detached)
                .isFalse();
        assertThat(broker.gives).hasSize(2);
    }

    @Test
    @DisplayName("LNK-20: a dynamic node's x-opt-qd.address, as its first property, says where the link goes")
    void lnk20ADynamicTerminusMayBeRouted() {
        route("lr", Direction.OUT);
        Peer broker = network.container("broker", "B");
        broker.answers = remote -> Attach.of(
                remote.name(), Objects.requireNonNull(remote.source()).withAddress("made-up"), remote.target());
        Map<Object, Object> properties = new LinkedHashMap<>();
        properties.put(new Symbol("x-opt-qd.address"), "lr.any");
        properties.put(new Symbol("lifetime-policy"), "x");
        Terminus source = Terminus.source(null).withDynamic(true).withDynamicNodeProperties(RawValue.of(properties));
        Peer.Receiver receiver = client.receiver(source, 0);
        assertThat(request(broker.gives.get(0)).source()).isEqualTo(source);
        assertThat(Objects.requireNonNull(
                                Objects.requireNonNull(receiver.answer).source())
                        .address())
                .isEqualTo("made-up");
        properties.put(new Symbol("x-opt-qd.address"), "elsewhere");
        assertThat(text(client.receiver(
                                Terminus.source(null)
                                        .withDynamic(true)
                                        .withDynamicNodeProperties(RawValue.of(properties)),
                                0)
                        .detachedWith))
                .startsWith("qd:no-route-to-dest");
        Map<Object, Object> second = new LinkedHashMap<>();
        second.put(new Symbol("other"), 1);
        second.put(new Symbol("x-opt-qd.address"), "lr.any");
        Peer.Receiver ours = client.receiver(
                Terminus.source(null).withDynamic(true).withDynamicNodeProperties(RawValue.of(second)), 0);
        assertThat(Objects.requireNonNull(Objects.requireNonNull(ours.answer).source())
                        .address())
                .startsWith("amqp:/_topo/0/R/temp.");
    }

    @Test
    @DisplayName("LNK-21: a coordinator goes to the container of the route for $coordinator")
    void lnk21ACoordinatorIsRouted() {
        route("$coordinator", Direction.IN);
        Peer broker = network.container("broker", "B");
        Terminus coordinator = Terminus.coordinator(List.of(new Symbol("amqp:local-transactions")));
        Peer.Sender sender = client.sender(coordinator);
        assertThat(request(broker.takes.get(0)).target()).isEqualTo(coordinator);
        assertThat(Objects.requireNonNull(sender.answer).target()).isEqualTo(coordinator);
        assertThat(sender.detached).isFalse();
    }

    @Test
    @DisplayName(
            "LNK-22: without a container the coordinator has no route; without a route the router says what is missing")
    void lnk22CoordinatorsWithoutAContainer() {
        Peer.Sender unrouted = client.sender(Terminus.coordinator(List.of()));
        assertThat(Objects.requireNonNull(unrouted.answer).target()).isNull();
        assertThat(unrouted.closed).isTrue();
        assertThat(text(unrouted.detachedWith))
                .isEqualTo(
                        "amqp:precondition-failed: The router can't coordinate transactions by itself, a linkRoute to"
                                + " a coordinator must be configured to use transactions.");
        route("$coordinator", Direction.IN);
        assertThat(text(client.sender(Terminus.coordinator(List.of())).detachedWith))
                .isEqualTo("qd:no-route-to-dest: No route to the destination node");
    }

    @Test
    @DisplayName("LNK-05: a container's refusal reaches the client with its error")
    void lnk05ARefusalGoesThrough() {
        route("lr", Direction.IN);
        route("lr", Direction.OUT);
        Peer broker = network.container("broker", "B");
        broker.refusal = ErrorCondition.NOT_FOUND.error("no such queue");
        Peer.Sender sender = client.sender("lr.q");
        assertThat(Objects.requireNonNull(sender.answer).target()).isNull();
        assertThat(sender.closed).isTrue();
        assertThat(text(sender.detachedWith)).isEqualTo("amqp:not-found: no such queue");
        assertThat(text(client.receiver("lr.q", 0).detachedWith)).isEqualTo("amqp:not-found: no such queue");
        assertThat(broker.routerSessions).isZero();
    }

    @Test
    @DisplayName("LNK-03: deleting a route leaves the links it has routed")
    void lnk03DeletingARouteKeepsItsLinks() {
        LinkRoute route = create(LinkRoutes.Request.prefix("lr", Direction.IN, "broker"));
        Peer broker = network.container("broker", "B");
        Peer.Sender sender = client.sender("lr.q");
        broker.takes.get(0).link().issueCredit(1);
        network.run();
        assertThat(routes.delete(route)).isTrue();
        assertThat(routes.delete(route)).isFalse();
        sender.send(AmqpConnectionTest.data(3), false, 1);
        assertThat(sender.outcomes).containsExactly("1 accepted settled");
        assertThat(routes.isEmpty()).isTrue();
    }

    @Test
    @DisplayName("CNT: both ends of a routed link are rows that name each other")
    void bothEndsAreShownAndNameEachOther() {
        route("lr", Direction.IN);
        network.container("broker", "B");
        client.sender("lr.q");
        assertThat(network.core.links()).hasSize(2);
        network.core.links().forEach(link -> {
            assertThat(link.linkType()).isEqualTo("endpoint");
            assertThat(Objects.requireNonNull(link.peer()).peer()).isSameAs(link);
            assertThat(link.isInbound()).isEqualTo(link.connection().role() == ConnectionRole.NORMAL);
        });
    }
}
