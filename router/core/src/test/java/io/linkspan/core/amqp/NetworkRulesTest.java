// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.Terminus;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.amqp.codec.UnsignedInteger;
import io.linkspan.core.address.AddressEntities;
import io.linkspan.core.address.DeliveryOptions;
import io.linkspan.core.address.Distribution;
import io.linkspan.core.address.Remotes;
import io.linkspan.core.connection.ConnectionRole;
import io.linkspan.core.exchange.Exchange;
import io.linkspan.core.exchange.Exchanges;
import io.linkspan.core.fake.Cores;
import io.linkspan.core.link.Link;
import io.linkspan.core.link.OutboundLink;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What it takes several routers to see: rules of routing, chapters 2 to 4, 13 and 14. */
class NetworkRulesTest {

    /** A connection that keeps the routers' keys in both directions. */
    private static final AmqpProfile KEEPS_KEYS = RouterAnnotationsTest.stripping("no");

    private static ByteBuf data() {
        return AmqpConnectionTest.data(50);
    }

    private static ByteBuf annotated(Object... entries) {
        return Unpooled.wrappedBuffer(RouterAnnotationsTest.annotations(entries), data());
    }

    private static Map<?, ?> annotationsOf(Peer.Receiver receiver) {
        return (Map<?, ?>)
                Objects.requireNonNull(MessageSections.of(receiver.messages.get(receiver.messages.size() - 1))
                        .values()
                        .get(0));
    }

    private static Remotes remotes(InteriorRouters routers, String router, String key) {
        return Cores.address(routers.router(router).core, key).remotes();
    }

    /** Deliveries that a router has sent on data links to its neighbours. */
    private static long transits(InteriorRouters routers, String router) {
        return routers.router(router).core.links().stream()
                .filter(link -> link instanceof OutboundLink && link.linkType().equals("inter-router"))
                .mapToLong(link -> link.counters().deliveries)
                .sum();
    }

    @Test
    @DisplayName("CON-16 (differs) the neighbours beyond 128 are neighbours, too: none is demoted to a client")
    void con16NeighboursBeyond128() {
        Network network = Network.interior("R");
        List<Peer> neighbours = IntStream.rangeClosed(1, 130)
                .mapToObj(i -> network.router("N" + i))
                .toList();
        assertThat(neighbours).allSatisfy(neighbour -> {
            assertThat(neighbour.closed).isFalse();
            assertThat(neighbour.connection.role()).isEqualTo(ConnectionRole.INTER_ROUTER);
            Peer.Sender control = neighbour.sender(Terminus.target(null).withCapability(new Symbol("qd.router")));
            assertThat(control.detached).isFalse();
        });
        assertThat(network.core.links())
                .hasSize(130)
                .allSatisfy(link -> assertThat(link.linkType()).isEqualTo("router-control"));
    }

    @Test
    @DisplayName(
            "MAT-12 the distribution of an address that is configured elsewhere is a hint, which configuration beats")
    void hints() {
        InteriorRouters routers = new InteriorRouters(Distribution.UNAVAILABLE, "A-B");
        Cores.prefix(routers.router("B").core, "many", "multicast");
        Cores.prefix(routers.router("B").core, "near", "closest");
        Cores.prefix(routers.router("A").core, "near", "multicast");
        Peer b = routers.router("B").client();
        for (String address : List.of("many", "near", "plain")) {
            b.receiver(address, 1);
        }
        Peer a = routers.router("A").client();
        assertThat(a.sender("plain").detached).as("unavailable here").isTrue();
        routers.seconds(3);
        assertThat(Cores.address(routers.router("A").core, "M0many").distribution())
                .isEqualTo(Distribution.MULTICAST);
        assertThat(Cores.address(routers.router("A").core, "M0near").distribution())
                .isEqualTo(Distribution.MULTICAST);
        assertThat(Cores.address(routers.router("A").core, "M0plain").distribution())
                .isEqualTo(Distribution.BALANCED);
        assertThat(a.sender("plain").link().credit()).isEqualTo(250);
    }

    @Test
    @DisplayName("DST-12 DST-13 the turn among routers of equal cost begins anew when who has the address changes")
    void theTurnBeginsAnew() {
        InteriorRouters routers = new InteriorRouters("A-B", "A-C", "A-D");
        routers.address("cl", "closest", null);
        Map<String, Peer.Receiver> receivers = new LinkedHashMap<>();
        for (String id : List.of("B", "C")) {
            receivers.put(id, routers.router(id).client().receiver("cl", 100));
        }
        routers.seconds(3);
        Peer.Sender sender = routers.router("A").client().sender("cl");
        sender.send(data(), false, 1);
        String first = Objects.requireNonNull(receivers.get("B")).messages.isEmpty() ? "C" : "B";
        receivers.put("D", routers.router("D").client().receiver("cl", 100));
        routers.seconds(3);
        sender.send(data(), false, 2);
        // Without a new beginning it would have been the other one's turn.
        assertThat(Objects.requireNonNull(receivers.get(first)).messages).hasSize(2);
        sender.send(data(), false, 3);
        sender.send(data(), false, 4);
        receivers.forEach((id, receiver) -> assertThat(receiver.messages).as(id).hasSize(id.equals(first) ? 2 : 1));
    }

    @Test
    @DisplayName("DST-14 a router whose link is gone is not chosen; with no other one the delivery is released at once")
    void noSecondTry() {
        InteriorRouters routers = new InteriorRouters("A-B", "A-C");
        routers.address("cl", "closest", null);
        Peer.Receiver b = routers.router("B").client().receiver("cl", 100);
        Peer.Receiver c = routers.router("C").client().receiver("cl", 100);
        routers.seconds(3);
        Peer.Sender sender = routers.router("A").client().sender("cl");
        routers.cut("A-B");
        sender.send(data(), false, 1);
        sender.send(data(), false, 2);
        routers.cut("A-C");
        sender.send(data(), false, 3);
        assertThat(sender.outcomes).containsExactly("1 accepted settled", "2 accepted settled", "3 released settled");
        assertThat(b.messages).isEmpty();
        assertThat(c.messages).hasSize(2);
    }

    @Test
    @DisplayName("DST-25 a router passes a message on only towards routers that its way leads to")
    void validOrigins() {
        InteriorRouters routers = new InteriorRouters("A-B", "B-C", "A-C");
        Peer.Receiver b = routers.router("B").client().receiver("q", 100);
        Peer.Receiver c = routers.router("C").client().receiver("q", 100);
        b.answers = null;
        c.answers = null;
        routers.seconds(3);
        Peer.Sender sender = routers.router("A").client().sender("q");
        for (int i = 0; i < 60; i++) {
            sender.send(data(), false, i);
        }
        // B's own receiver has 30 outstanding and C none that B knows of: by their values alone C would get some.
        assertThat(b.messages).hasSize(30);
        assertThat(c.messages).hasSize(30);
        assertThat(transits(routers, "A")).isEqualTo(60);
        assertThat(transits(routers, "B") + transits(routers, "C")).isZero();
    }

    @Test
    @DisplayName(
            "DST-26 what is out is counted per address and neighbour: raised when sent, lowered when settled or lost")
    void outstanding() {
        InteriorRouters routers = new InteriorRouters("A-B", "B-C");
        Peer.Receiver b = routers.router("B").client().receiver("q", 100);
        Peer.Receiver c = routers.router("C").client().receiver("q", 100);
        Peer.Receiver other = routers.router("B").client().receiver("p", 100);
        List.of(b, c, other).forEach(receiver -> receiver.answers = null);
        routers.seconds(3);
        Peer a = routers.router("A").client();
        Peer.Sender sender = a.sender("q");
        for (int i = 0; i < 10; i++) {
            sender.send(data(), false, i);
        }
        sender.send(data(), true, 10);
        a.sender("p").send(data(), false, 11);
        assertThat(remotes(routers, "A", "M0q").outstanding()).isEqualTo(10);
        assertThat(remotes(routers, "A", "M0p").outstanding()).isEqualTo(1);
        // Both routers are behind one neighbour, so that what reaches C counts too.
        assertThat(b.messages.size() + c.messages.size()).isEqualTo(11);
        assertThat(c.messages).isNotEmpty();
        b.settle(b.ids.get(0), DeliveryState.ACCEPTED);
        b.settle(b.ids.get(1), DeliveryState.RELEASED);
        assertThat(remotes(routers, "A", "M0q").outstanding()).isEqualTo(8);
        routers.cut("A-B");
        assertThat(remotes(routers, "A", "M0q").outstanding()).isZero();
        assertThat(remotes(routers, "A", "M0p").outstanding()).isZero();
    }

    @Test
    @DisplayName(
            "DST-27 settled deliveries do not raise what is out towards other routers, so one of them gets the burst")
    void settledDeliveries() {
        InteriorRouters routers = new InteriorRouters("A-B", "A-C");
        Peer.Receiver b = routers.router("B").client().receiver("q", 100);
        Peer.Receiver c = routers.router("C").client().receiver("q", 100);
        routers.seconds(3);
        Peer.Sender sender = routers.router("A").client().sender("q");
        for (int i = 0; i < 20; i++) {
            sender.send(data(), true, i);
        }
        assertThat(remotes(routers, "A", "M0q").outstanding()).isZero();
        assertThat(List.of(b.messages.size(), c.messages.size())).containsExactlyInAnyOrder(0, 20);
    }

    @Test
    @DisplayName("DST-31 a multicast message is not sent to a neighbour that is in its trace")
    void trace() {
        InteriorRouters routers = new InteriorRouters("A-B", "A-C");
        routers.address("mc", "multicast", null);
        Peer.Receiver a = routers.router("A").client().receiver("mc", 10);
        Peer.Receiver b = routers.router("B").client().receiver("mc", 10);
        Peer.Receiver c = routers.router("C").client().receiver("mc", 10);
        routers.seconds(3);
        Peer.Sender sender = routers.router("A").client(KEEPS_KEYS).sender("mc");
        sender.send(annotated("x-opt-qd.trace", List.of("0/B")), false, 1);
        assertThat(a.messages).hasSize(1);
        assertThat(b.messages).isEmpty();
        assertThat(c.messages).hasSize(1);
    }

    @Test
    @DisplayName("DST-32 a multicast message that names an unknown ingress router goes to local receivers alone")
    void unknownIngress() {
        InteriorRouters routers = new InteriorRouters("A-B");
        routers.address("mc", "multicast", null);
        Peer.Receiver a = routers.router("A").client().receiver("mc", 10);
        Peer.Receiver b = routers.router("B").client().receiver("mc", 10);
        routers.seconds(3);
        Peer.Sender sender = routers.router("A").client(KEEPS_KEYS).sender("mc");
        sender.send(annotated("x-opt-qd.ingress", "0/GONE"), false, 1);
        assertThat(a.messages).hasSize(1);
        assertThat(b.messages).isEmpty();
        sender.send(annotated("u", "x"), false, 2);
        assertThat(b.messages).hasSize(1);
        assertThat(sender.outcomes).containsExactly("1 accepted settled", "2 accepted settled");
    }

    @Test
    @DisplayName(
            "DST-33 a message that has passed more routers than the network is wide is released, its credit comes back")
    void loopGuard() {
        InteriorRouters routers = new InteriorRouters("A-B");
        routers.address("mc", "multicast", null);
        Peer.Receiver receiver = routers.router("A").client().receiver("mc", 10);
        Peer.Sender sender = routers.router("A").client(KEEPS_KEYS).sender("mc");
        sender.send(annotated("x-opt-qd.trace", List.of("0/X", "0/Y")), false, 1);
        assertThat(receiver.messages).hasSize(1);
        sender.send(annotated("x-opt-qd.trace", List.of("0/X", "0/Y", "0/Z")), false, 2);
        sender.send(annotated("x-opt-qd.trace", List.of("0/X", "0/Y", "0/Z")), true, 3);
        assertThat(receiver.messages).hasSize(1);
        assertThat(sender.outcomes).containsExactly("1 accepted settled", "2 released settled");
        assertThat(sender.link().credit()).isEqualTo(250);
    }

    @Test
    @DisplayName("DST-33 (differs) a message that came by a way of equal cost, longer than our own, does not go round")
    void aLongWayIsNoLoop() {
        // From A two hops between A and M, and between M and B; from B four, at the same cost.
        InteriorRouters routers = new InteriorRouters(
                "A-X1 X1-M:3 A-P1 P1-Q1 Q1-R1 R1-M M-X2 X2-B:3 M-P2 P2-Q2 Q2-R2 R2-B".split(" ", -1));
        routers.seconds(12);
        assertThat(Objects.requireNonNull(routers.router("A").core.mesh())
                        .routes()
                        .radius())
                .isEqualTo(5);
        Peer.Receiver receiver = routers.router("A").client().receiver("q", 10);
        routers.seconds(4);
        Peer.Sender sender = routers.router("B").client().sender("q");
        sender.send(data(), false, 1);

        assertThat(transits(routers, "Q1")).as("the long way").isEqualTo(1);
        assertThat(receiver.messages).hasSize(1);
        assertThat(sender.outcomes).containsExactly("1 accepted settled");
    }

    /** Deliveries that a router has sent to a neighbour on its control link. */
    private static long controls(InteriorRouters routers, String router, String neighbour) {
        return routers.router(router).core.links().stream()
                .filter(link -> link instanceof OutboundLink && link.linkType().equals("router-control"))
                .filter(link -> neighbour.equals(link.connection().facts().container()))
                .mapToLong(link -> link.counters().deliveries)
                .sum();
    }

    @Test
    @DisplayName(
            "DST-35 messages of the routing protocol are flooded to all neighbours, whatever the valid origins are")
    void flooding() {
        InteriorRouters routers = new InteriorRouters("A-B", "A-C", "B-C");
        routers.seconds(20);
        assertThat(Cores.address(routers.router("B").core, "Tqdrouter.ma").distribution())
                .isEqualTo(Distribution.FLOOD);
        long before = controls(routers, "B", "C");
        routers.seconds(1);
        assertThat(controls(routers, "B", "C") - before).as("its own hello").isEqualTo(1);
        routers.router("A").client().receiver("q", 1);
        before = controls(routers, "B", "C");
        routers.seconds(1);
        assertThat(controls(routers, "B", "C") - before)
                .as("its hello, and what A has told")
                .isGreaterThan(1);
    }

    private static ByteBuf subject(String subject) {
        return Unpooled.wrappedBuffer(
                AmqpConnectionTest.section(0x73, Arrays.asList(null, null, null, subject)), data());
    }

    private static void bind(InteriorRouters routers, String router, String key, String hop) {
        Exchanges exchanges = routers.router(router).core.exchanges();
        if (exchanges.byName("ex").isEmpty()) {
            assertThat(exchanges.create(
                            new Exchanges.ExchangeRequest("ex", "ex", 0, "alt", 0, Exchange.MatchMethod.AMQP)))
                    .isInstanceOf(Exchanges.Created.class);
        }
        assertThat(exchanges.bind(Exchanges.BindingRequest.of("ex", key, hop))).isInstanceOf(Exchanges.Created.class);
    }

    @Test
    @DisplayName("EXC-03 EXC-05 next hops and the alternate may be at other routers, under their own distribution")
    void exchanges() {
        InteriorRouters routers = new InteriorRouters("A-B", "A-C");
        routers.address("many", "multicast", null);
        bind(routers, "A", "one", "one");
        bind(routers, "A", "many", "many");
        Peer.Receiver one = routers.router("B").client(KEEPS_KEYS).receiver("one", 10);
        List<Peer.Receiver> many = List.of(
                routers.router("A").client().receiver("many", 10),
                routers.router("B").client().receiver("many", 10),
                routers.router("C").client().receiver("many", 10));
        Peer.Receiver alternate = routers.router("C").client().receiver("alt", 10);
        routers.seconds(3);
        Peer.Sender sender = routers.router("A").client().sender("ex");
        sender.send(subject("one"), false, 1);
        sender.send(subject("one"), true, 2);
        assertThat(one.messages).hasSize(2);
        Map<?, ?> annotations = annotationsOf(one);
        assertThat(annotations.get(new Symbol("x-opt-qd.to"))).isEqualTo("one");
        sender.send(subject("many"), false, 3);
        assertThat(many).allSatisfy(receiver -> assertThat(receiver.messages).hasSize(1));
        sender.send(subject("nothing"), false, 4);
        assertThat(alternate.messages).hasSize(1);
        assertThat(sender.outcomes).containsExactly("1 accepted settled", "3 accepted settled", "4 accepted settled");
        assertThat(sender.link().credit()).isEqualTo(250);
        assertThat(Cores.address(routers.router("A").core, "M0one").counters().transit)
                .isEqualTo(2);
    }

    @Test
    @DisplayName("EXC-03 EXC-08 the way begins anew at an exchange: a message may go back to where it came from")
    void exchangesAtOtherRouters() {
        InteriorRouters routers = new InteriorRouters("A-B", "B-C");
        bind(routers, "C", "#", "back");
        Peer.Receiver receiver = routers.router("A").client(KEEPS_KEYS).receiver("back", 10);
        routers.seconds(3);
        Peer.Sender sender = routers.router("A").client().sender("ex");
        assertThat(sender.link().credit()).as("EXC-08: advertised").isEqualTo(250);
        sender.send(subject("x"), false, 1);
        assertThat(sender.outcomes).containsExactly("1 accepted settled");
        assertThat(receiver.messages).hasSize(1);
        Map<?, ?> annotations = annotationsOf(receiver);
        assertThat(annotations.get(new Symbol("x-opt-qd.ingress"))).isEqualTo("0/C");
        assertThat(annotations.get(new Symbol("x-opt-qd.trace"))).isEqualTo(List.of("0/C", "0/B", "0/A"));
        assertThat(annotations.get(new Symbol("x-opt-qd.to"))).isEqualTo("back");
    }

    private static void options(InteriorRouters routers, String prefix, String distribution, DeliveryOptions options) {
        Cores.create(
                routers.router("A").core,
                new AddressEntities.Request(
                        null, prefix, null, distribution, false, null, null, null, false, false, options));
    }

    @Test
    @DisplayName(
            "resendReleased: with receivers at other routers too, those of this router get a released message again")
    void resendWithOtherRouters() {
        InteriorRouters routers = new InteriorRouters("A-B");
        options(routers, "q", "closest", new DeliveryOptions(true, false, 0));
        Peer.Receiver elsewhere = routers.router("B").client().receiver("q", 10);
        routers.seconds(3);
        Peer.Receiver first = routers.router("A").client().receiver("q", 10);
        Peer.Receiver second = routers.router("A").client().receiver("q", 10);
        first.answers = DeliveryState.RELEASED;
        second.answers = DeliveryState.RELEASED;
        Peer.Sender sender = routers.router("A").client().sender("q");
        sender.send(data(), false, 1);
        assertThat(List.of(first.messages.size(), second.messages.size())).containsExactly(1, 1);
        second.answers = DeliveryState.ACCEPTED;
        sender.send(data(), false, 2);
        assertThat(sender.outcomes).containsExactly("1 released settled", "2 accepted settled");
        assertThat(elsewhere.messages).isEmpty();
    }

    @Test
    @DisplayName("releaseAfterSeconds: with receivers at other routers too, what waits here for long is taken back")
    void takeBackWithOtherRouters() {
        InteriorRouters routers = new InteriorRouters("A-B");
        options(routers, "q", "closest", new DeliveryOptions(false, false, 5));
        options(routers, "mc", "multicast", new DeliveryOptions(false, false, 5));
        Cores.prefix(routers.router("B").core, "mc", "multicast");
        Peer b = routers.router("B").client();
        Peer.Receiver elsewhere = b.receiver("mc", 10);
        b.receiver("q", 10);
        routers.seconds(3);
        Peer a = routers.router("A").client();
        Peer.Receiver here = a.receiver("q", 10);
        Peer.Receiver copies = a.receiver("mc", 10);
        here.answers = null;
        copies.answers = null;
        Peer.Sender one = a.sender("q");
        Peer.Sender many = a.sender("mc");
        one.send(data(), false, 1);
        many.send(data(), false, 2);
        assertThat(here.messages).hasSize(1);
        assertThat(copies.messages).hasSize(1);
        assertThat(elsewhere.messages).hasSize(1);
        routers.seconds(4);
        assertThat(one.outcomes).isEmpty();
        assertThat(many.outcomes).isEmpty();
        routers.seconds(3);
        assertThat(one.outcomes).containsExactly("1 released settled");
        assertThat(many.outcomes).as("accepted elsewhere").containsExactly("2 accepted settled");
    }

    @Test
    @DisplayName("expireQueued: with receivers at other routers too, what waits here beyond its time is rejected")
    void expireWithOtherRouters() {
        InteriorRouters routers = new InteriorRouters("A-B");
        options(routers, "q", "closest", new DeliveryOptions(false, true, 0));
        routers.router("B").client().receiver("q", 10);
        routers.seconds(3);
        Peer.Receiver here = routers.router("A").client().receiver("q", 0);
        Peer.Sender sender = routers.router("A").client().sender("q");
        ByteBuf mortal = Unpooled.wrappedBuffer(
                AmqpConnectionTest.section(0x70, Arrays.asList(null, null, new UnsignedInteger(1000))), data());
        sender.send(mortal.copy(), false, 1);
        sender.send(mortal.copy(), true, 2);
        sender.send(data(), false, 3);
        routers.seconds(4);
        assertThat(sender.outcomes).hasSize(1).first().asString().startsWith("1 rejected");
        here.link().issueCredit(10);
        routers.router("A").run();
        assertThat(here.messages).hasSize(1);
    }

    @Test
    @DisplayName("PHS-05 a phase travels in x-opt-qd.phase and is honoured by the next router, with x-opt-qd.to")
    void phases() {
        InteriorRouters routers = new InteriorRouters("A-B", "B-C");
        routers.address("ph", "balanced", 2);
        Peer.Receiver receiver = routers.router("C").client(KEEPS_KEYS).receiver("ph", 10);
        Peer.Receiver phase0 = routers.router("C")
                .client()
                .receiver(io.linkspan.amqp.Terminus.source("ph").withCapability(new Symbol("qd.waypoint_1")), 10);
        routers.seconds(3);
        Peer.Sender sender = routers.router("A").client().sender("ph");
        sender.send(data(), false, 1);
        assertThat(receiver.messages).hasSize(1);
        assertThat(phase0.messages).isEmpty();
        Map<?, ?> annotations = annotationsOf(receiver);
        assertThat(annotations.get(new Symbol("x-opt-qd.phase"))).isEqualTo(2);
        assertThat(annotations.get(new Symbol("x-opt-qd.to"))).isEqualTo("ph");
    }

    @Test
    @DisplayName("ANN-04 the first router is the ingress, and each one adds itself to the trace")
    void ingressAndTrace() {
        InteriorRouters routers = new InteriorRouters("A-B", "B-C");
        Peer.Receiver receiver = routers.router("C").client(KEEPS_KEYS).receiver("q", 10);
        routers.seconds(3);
        routers.router("A").client().sender("q").send(annotated("u", "x"), false, 1);
        Map<?, ?> annotations = annotationsOf(receiver);
        assertThat(annotations.get(new Symbol("x-opt-qd.ingress"))).isEqualTo("0/A");
        assertThat(annotations.get(new Symbol("x-opt-qd.trace"))).isEqualTo(List.of("0/A", "0/B", "0/C"));
        assertThat(annotations.get(new Symbol("u"))).isEqualTo("x");
    }

    @Test
    @DisplayName("ANN-05 on a link with a target x-opt-qd.to is the target, whatever the client writes")
    void targetOverrides() {
        InteriorRouters routers = new InteriorRouters("A-B");
        Peer.Receiver receiver = routers.router("B").client(KEEPS_KEYS).receiver("acme/q", 10);
        Peer.Receiver other = routers.router("B").client().receiver("other", 10);
        routers.seconds(3);
        Peer.Sender plain = routers.router("A").client(KEEPS_KEYS).sender("acme/q");
        plain.send(annotated("x-opt-qd.to", "other"), false, 1);
        assertThat(annotationsOf(receiver).get(new Symbol("x-opt-qd.to"))).isEqualTo("acme/q");
        Peer tenant = routers.router("A").client(KEEPS_KEYS.withTenants(), "acme");
        tenant.sender("q").send(annotated("x-opt-qd.to", "other"), false, 2);
        assertThat(receiver.messages).hasSize(2);
        assertThat(annotationsOf(receiver).get(new Symbol("x-opt-qd.to"))).isEqualTo("acme/q");
        assertThat(other.messages).isEmpty();
    }

    @Test
    @DisplayName("PRI-04 links for streams have the priority 4, control links 9")
    void prioritiesOfLinks() {
        InteriorRouters routers = new InteriorRouters("A-B");
        routers.router("B").client().receiver("q", 10);
        routers.seconds(3);
        List<Link> before = List.copyOf(routers.router("A").core.links());
        Peer.Sender sender = routers.router("A").client().sender("q");
        sender.send(AmqpConnectionTest.data(1024 * 1024), false, 1);
        List<Link> streaming = routers.router("A").core.links().stream()
                .filter(link -> !before.contains(link))
                .filter(link -> link.connection().role() == ConnectionRole.INTER_ROUTER)
                .toList();
        assertThat(streaming)
                .hasSize(1)
                .allSatisfy(link -> assertThat(link.priority()).isEqualTo(4));
        assertThat(before.stream().filter(link -> link.linkType().equals("router-control")))
                .hasSize(2)
                .allSatisfy(link -> assertThat(link.priority()).isEqualTo(9));
    }

    @Test
    @DisplayName("CON-04 of the costs that both ends tell the higher one counts")
    void costs() {
        InteriorRouters routers = new InteriorRouters("A-B:7");
        for (String id : List.of("A", "B")) {
            var mesh = Objects.requireNonNull(routers.router(id).core.mesh());
            assertThat(mesh.routes().cost(mesh.routes().size() - 1)).as(id).isEqualTo(7);
        }
    }
}
