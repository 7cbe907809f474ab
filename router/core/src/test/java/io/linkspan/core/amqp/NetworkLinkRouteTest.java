// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.AmqpError;
import io.linkspan.amqp.Attach;
import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.ErrorCondition;
import io.linkspan.amqp.OutgoingLink;
import io.linkspan.amqp.Terminus;
import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.RawValue;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.amqp.codec.UnsignedLong;
import io.linkspan.core.link.Direction;
import io.linkspan.core.linkroute.LinkRoutePattern;
import io.linkspan.core.linkroute.LinkRoutes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Link routes over several routers, a client at A and a container at C: routing, chapter 7, and the inter-router protocol,
 * section 10.
 */
class NetworkLinkRouteTest {

    private static final String LOST = "qd:routed-link-lost: Connectivity to the peer container was lost";

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

    /** A container of both directions under {@code lr}, known to all. */
    private Peer container(String router) {
        LinkRoutes routes = router(router).core.linkRoutes();
        routes.create(LinkRoutes.Request.prefix("lr", Direction.IN, "broker"));
        routes.create(LinkRoutes.Request.prefix("lr", Direction.OUT, "broker"));
        Peer container = router(router).container("broker", "broker" + router);
        seconds(3);
        return container;
    }

    private Peer line() {
        connect("A-B", "B-C");
        return container("C");
    }

    private static Peer.Receiver taken(Peer container) {
        return container.takes.get(container.takes.size() - 1);
    }

    private static Peer.Sender given(Peer container) {
        return container.gives.get(container.gives.size() - 1);
    }

    private static String text(@Nullable AmqpError error) {
        return error == null ? "none" : error.condition() + ": " + error.description();
    }

    private static DeliveryState state(int code, Object... fields) {
        return Objects.requireNonNull(
                DeliveryState.of(RawValue.of(new Described(new UnsignedLong(code), Arrays.asList(fields)))));
    }

    private List<String> keys(String router) {
        return router(router).core.linkRoutes().patterns().stream()
                .map(LinkRoutePattern::key)
                .collect(Collectors.toList());
    }

    @AfterEach
    void nothingIsLeftWhenTheConnectionsAreGone() {
        router("A").endAll();
        routers.all().values().forEach(router -> {
            assertThat(router.core.connections()).isEmpty();
            assertThat(router.core.links()).isEmpty();
        });
    }

    @Test
    @DisplayName("LNK-02: a route with a container is known everywhere, and forgotten when the container goes")
    void lnk02RoutesAreAnnounced() {
        connect("A-B", "B-C");
        router("C").core.linkRoutes().create(LinkRoutes.Request.prefix("lr", Direction.IN, "broker"));
        seconds(3);
        assertThat(keys("A")).isEmpty();
        Peer container = router("C").container("broker", "broker");
        seconds(3);
        assertThat(keys("A")).containsExactly("Clr");
        assertThat(keys("B")).containsExactly("Clr");
        container.wire.cut();
        seconds(3);
        assertThat(keys("A")).isEmpty();
        assertThat(keys("B")).isEmpty();
        assertThat(keys("C")).containsExactly("Clr");
    }

    @Test
    @DisplayName(
            "inter-router 1.1: a pattern whose one wildcard is a last # is announced as a prefix, others as they are")
    void patternsAreAnnouncedAsPrefixesWhereTheyAre() {
        connect("A-B");
        LinkRoutes routes = router("B").core.linkRoutes();
        for (String pattern : List.of("lr.edge/#", "a.*.#", "b.#.c", "#", "d/e")) {
            routes.create(LinkRoutes.Request.pattern(pattern, Direction.IN, "broker"));
        }
        routes.create(LinkRoutes.Request.pattern("f.#", Direction.OUT, "broker"));
        router("B").container("broker", "broker");
        seconds(3);
        assertThat(keys("A")).containsExactlyInAnyOrder("Clr.edge", "Ea.*.#", "Eb.#.c", "E#", "Ed/e", "Df");
        Peer client = router("A").client();
        assertThat(client.sender("lr.edge").detached).isFalse();
    }

    @Test
    @DisplayName("MAT-13, LNK-05, LNK-06: the attach goes to the far container as it is, and its answer comes back")
    void lnk06AttachAndAnswer() {
        Peer container = line();
        container.holds = true;
        Attach attach = Attach.of(
                "name", Terminus.source("here"), Terminus.target("lr.q").withCapability(new Symbol("queue")));
        Peer.Sender sender = router("A").client("app").sender(attach);
        assertThat(sender.answer).isNull();
        Attach asked = Objects.requireNonNull(taken(container).request);
        assertThat(asked.name()).as("LNK-07").isEqualTo("name@app");
        assertThat(Objects.requireNonNull(asked.target()).address()).isEqualTo("lr.q");
        assertThat(Objects.requireNonNull(asked.target()).capabilities()).containsExactly(new Symbol("queue"));
        assertThat(Objects.requireNonNull(asked.source()).address()).isEqualTo("here");
        taken(container).link().accept(taken(container), container.answers.apply(asked));
        router("C").run();
        Attach answer = Objects.requireNonNull(sender.answer);
        assertThat(answer.name()).isEqualTo("name");
        assertThat(Objects.requireNonNull(answer.target()).address()).isEqualTo("lr.q");
    }

    @Test
    @DisplayName("LNK-07: clients with one link name at two routers have links of their own at the container")
    void lnk07Names() {
        Peer container = line();
        router("A").client("a").sender(Attach.of("x", Terminus.source(null), Terminus.target("lr.q")));
        router("B").client("b").sender(Attach.of("x", Terminus.source(null), Terminus.target("lr.q")));
        router("C").client("c").sender(Attach.of("x", Terminus.source(null), Terminus.target("lr.q")));
        assertThat(container.takes.stream()
                        .map(taken -> Objects.requireNonNull(taken.request).name()))
                .containsExactly("x@a", "x@b", "x@c");
    }

    @Test
    @DisplayName(
            "LNK-10, LNK-12, LNK-13, LNK-14: credit, tags, bytes and outcomes pass through three routers unchanged")
    void lnk14Deliveries() {
        Peer container = line();
        Peer.Sender sender = router("A").client().sender("lr.q");
        assertThat(sender.link().credit()).isZero();
        Peer.Receiver far = taken(container);
        far.answers = null;
        far.link().issueCredit(5);
        router("A").run();
        assertThat(sender.link().credit()).isEqualTo(5);
        ByteBuf message = AmqpConnectionTest.data(300);
        ByteBuf tag = io.netty.buffer.Unpooled.copiedBuffer("my-tag", java.nio.charset.StandardCharsets.US_ASCII);
        sender.link().withTag(tag, 0, 6);
        sender.send(message.slice(), false, 1);
        sender.send(message.slice(), false, 2);
        sender.send(message.slice(), false, 3);
        sender.send(message.slice(), true, 4);
        assertThat(sender.link().credit()).isEqualTo(1);
        assertThat(far.tags.get(0)).isEqualTo(ByteBufUtil.hexDump(tag));
        assertThat(far.messages)
                .hasSize(4)
                .allSatisfy(bytes -> assertThat(bytes).isEqualTo(ByteBufUtil.getBytes(message)));
        far.settle(far.ids.get(0), DeliveryState.ACCEPTED);
        DeliveryState transactional = state(0x34, new io.linkspan.amqp.codec.Binary(new byte[] {1, 2}));
        far.link().dispose(far.ids.get(1), transactional, false);
        router("A").run();
        far.settle(far.ids.get(1), DeliveryState.RELEASED);
        far.settle(far.ids.get(2), DeliveryState.rejected(ErrorCondition.NOT_ALLOWED.error("no")));
        assertThat(sender.outcomes).hasSize(4);
        assertThat(sender.outcomes.get(0)).isEqualTo("1 accepted settled");
        assertThat(sender.stateValues.get(1)).hasToString(transactional.toString());
        assertThat(sender.outcomes.get(2)).isEqualTo("2 released settled");
        assertThat(sender.outcomes.get(3)).startsWith("3 rejected").endsWith("settled");
        assertThat(router("B").core.totals().transit).as("LNK-23").isEqualTo(4);
        assertThat(router("C").core.totals().egressRouteContainer).isEqualTo(4);
    }

    @Test
    @DisplayName("LNK-14: a sender that settles first settles at the far container")
    void lnk14SenderSettles() {
        Peer container = line();
        Peer.Sender sender = router("A").client().sender("lr.q");
        taken(container).answers = null;
        taken(container).link().issueCredit(1);
        router("A").run();
        int id = sender.send(AmqpConnectionTest.data(1), false, 1);
        sender.link().senderState(id, null, true);
        router("A").run();
        assertThat(taken(container).senderStates).containsExactly("null settled");
    }

    @Test
    @DisplayName(
            "LNK-10, LNK-11: a receiver's credit and drain reach the far container, and credit works again after it")
    void lnk11Drain() {
        Peer container = line();
        Peer.Receiver receiver = router("A").client().receiver("lr.q", 10);
        Peer.Sender far = given(container);
        assertThat(far.link().credit()).isEqualTo(10);
        far.send(AmqpConnectionTest.data(20), false, 1);
        assertThat(receiver.messages).hasSize(1);
        assertThat(far.outcomes).containsExactly("1 accepted settled");
        far.drains = true;
        receiver.link().drain();
        router("A").run();
        assertThat(far.drainAsked).isTrue();
        assertThat(receiver.link().credit()).isZero();
        receiver.link().issueCredit(4);
        router("A").run();
        assertThat(far.link().credit()).isEqualTo(4);
        far.send(AmqpConnectionTest.data(20), true, 2);
        assertThat(receiver.messages).hasSize(2);
    }

    @Test
    @DisplayName("LNK-15: a detach by either end reaches the other with its error and its closed flag")
    void lnk15Detach() {
        Peer container = line();
        Peer client = router("A").client();
        Peer.Sender closedHere = client.sender("lr.q");
        closedHere.link().detach(true, ErrorCondition.NOT_ALLOWED.error("client's"));
        router("A").run();
        assertThat(text(taken(container).detachedWith)).isEqualTo("amqp:not-allowed: client's");
        assertThat(taken(container).closed).isTrue();
        Peer.Receiver left = client.receiver("lr.q", 1);
        given(container).link().detach(false, ErrorCondition.NOT_ALLOWED.error("container's"));
        router("A").run();
        assertThat(text(left.detachedWith)).isEqualTo("amqp:not-allowed: container's");
        assertThat(left.closed).isFalse();
    }

    @Test
    @DisplayName("LNK-15: a refusal of the far container reaches the client with its error")
    void lnk15Refusal() {
        Peer container = line();
        container.refusal = ErrorCondition.NOT_ALLOWED.error("not you");
        Peer.Sender sender = router("A").client().sender("lr.q");
        assertThat(text(sender.detachedWith)).isEqualTo("amqp:not-allowed: not you");
        container.refusal = null;
        assertThat(router("A").client().sender("lr.q").detached).isFalse();
    }

    @Test
    @DisplayName(
            "LNK-16, LNK-18: a cut between routers loses both ends of the link; then there is no route; then there is")
    void lnk16Cut() {
        Peer container = line();
        Peer client = router("A").client();
        Peer.Sender sender = client.sender("lr.q");
        taken(container).link().issueCredit(1);
        taken(container).answers = null;
        router("A").run();
        sender.send(AmqpConnectionTest.data(1), false, 1);
        routers.cut("B-C");
        assertThat(text(sender.detachedWith)).isEqualTo(LOST);
        assertThat(sender.closed).isTrue();
        assertThat(sender.outcomes).as("LNK-17").isEmpty();
        assertThat(text(taken(container).detachedWith)).isEqualTo(LOST);
        Peer.Sender refused = client.sender("lr.q");
        assertThat(text(refused.detachedWith)).isEqualTo("qd:no-route-to-dest: No route to the destination node");
        router("C").connect(router("B"), 1);
        seconds(8);
        assertThat(client.sender("lr.q").detached).isFalse();
        assertThat(container.takes).hasSize(2);
    }

    @Test
    @DisplayName("LNK-16: when the client's connection breaks, the far container's link is lost")
    void lnk16ClientGone() {
        Peer container = line();
        Peer client = router("A").client();
        client.receiver("lr.q", 1);
        assertThat(container.routerSessions).isEqualTo(1);
        client.wire.cut();
        router("A").run();
        assertThat(text(given(container).detachedWith)).isEqualTo(LOST);
        assertThat(container.routerSessions).isZero();
    }

    @Test
    @DisplayName(
            "LNK-04: the container of the client's own router comes first, then routers in turn, whatever the cost")
    void lnk04Choice() {
        connect("A-B", "B-C", "A-D");
        Peer atC = container("C");
        Peer atD = container("D");
        Peer client = router("A").client();
        for (int i = 0; i < 4; i++) {
            client.sender("lr.q");
        }
        assertThat(atC.takes).hasSize(2);
        assertThat(atD.takes).hasSize(2);
        Peer atA = container("A");
        client.sender("lr.q");
        assertThat(atA.takes).hasSize(1);
    }

    @Test
    @DisplayName("LNK-04: in a ring with containers on several routers no link goes round")
    void lnk04NoLinkGoesRound() {
        connect("A-B", "B-C", "C-D", "D-E", "E-F", "F-A");
        Peer atC = container("C");
        Peer atE = container("E");
        for (String id : List.of("A", "B", "D", "F")) {
            Peer client = router(id).client();
            for (int i = 0; i < 4; i++) {
                assertThat(client.sender("lr.q").answer).isNotNull();
            }
        }
        assertThat(atC.takes.size() + atE.takes.size()).isEqualTo(16);
        long routed = routers.all().values().stream()
                .flatMap(router -> router.core.links().stream())
                .filter(link -> link instanceof io.linkspan.core.link.RoutedEnd)
                .count();
        assertThat(routed)
                .as("two ends at each router on the way, at most four routers")
                .isLessThanOrEqualTo(16 * 8);
    }

    @Test
    @DisplayName("LNK-20: a dynamic terminus that names its address is routed to the far container")
    void lnk20Dynamic() {
        Peer container = line();
        Terminus dynamic = Terminus.source(null)
                .withDynamic(true)
                .withDynamicNodeProperties(RawValue.of(Map.of(new Symbol("x-opt-qd.address"), "lr.temp")));
        router("A").client().receiver(dynamic, 1);
        assertThat(container.gives).hasSize(1);
        Attach asked = Objects.requireNonNull(given(container).request);
        assertThat(Objects.requireNonNull(asked.source()).dynamic()).isTrue();
    }

    @Test
    @DisplayName("LNK-21, LNK-22: transactions are coordinated by a container behind the network, if there is one")
    void lnk21Coordinator() {
        connect("A-B", "B-C");
        Peer client = router("A").client();
        assertThat(text(client.sender(Terminus.coordinator(List.of())).detachedWith))
                .startsWith("amqp:precondition-failed");
        router("C").core.linkRoutes().create(LinkRoutes.Request.prefix("$coordinator", Direction.IN, "broker"));
        Peer container = router("C").container("broker", "broker");
        seconds(3);
        Peer.Sender coordinator = client.sender(Terminus.coordinator(List.of()));
        assertThat(coordinator.detached).isFalse();
        Attach asked = Objects.requireNonNull(taken(container).request);
        assertThat(Objects.requireNonNull(asked.target()).isCoordinator()).isTrue();
        taken(container).answers = state(0x33, new io.linkspan.amqp.codec.Binary(new byte[] {7}));
        taken(container).link().issueCredit(1);
        router("A").run();
        coordinator.send(AmqpConnectionTest.data(4), false, 1);
        assertThat(coordinator.stateValues).hasSize(1);
        assertThat(coordinator.stateValues.get(0))
                .hasToString(Objects.requireNonNull(taken(container).answers).toString());
    }

    @Test
    @DisplayName(
            "LNK-26: a large message streams over all routers before it is whole, and an abort goes as far as it did")
    void lnk26Streaming() {
        Peer container = line();
        Peer.Sender sender = router("A").client().sender("lr.q");
        Peer.Receiver far = taken(container);
        far.link().issueCredit(3);
        router("A").run();
        ByteBuf message = AmqpConnectionTest.data(700_000);
        OutgoingLink link = sender.link();
        int id = link.begin(message, 0, 1000, 0, false, sender, 5);
        router("A").run();
        assertThat(far.arrivingBytes()).isEqualTo(1000);
        assertThat(link.part(id, message, 1000, message.readableBytes() - 1000, true))
                .isTrue();
        router("A").run();
        assertThat(far.messages.get(0)).isEqualTo(ByteBufUtil.getBytes(message));
        assertThat(sender.outcomes).containsExactly("5 accepted settled");
        int second = link.begin(message, 0, 1000, 0, false, sender, 6);
        router("A").run();
        link.abort(second);
        router("A").run();
        assertThat(far.aborted).isTrue();
        assertThat(far.messages).hasSize(1);
        sender.send(AmqpConnectionTest.data(10), false, 7);
        assertThat(far.messages).hasSize(2);
    }
}
