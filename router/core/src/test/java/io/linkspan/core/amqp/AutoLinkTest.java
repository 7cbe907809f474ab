// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.Attach;
import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.ErrorCondition;
import io.linkspan.amqp.Terminus;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.core.address.AddressEntities;
import io.linkspan.core.address.Distribution;
import io.linkspan.core.autolink.AutoLink;
import io.linkspan.core.autolink.AutoLinks;
import io.linkspan.core.link.Direction;
import io.netty.buffer.ByteBufUtil;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Links that the router attaches to containers: routing, chapter 5. */
class AutoLinkTest {

    private final Network network = new Network();
    private final AutoLinks autoLinks = network.core.autoLinks();
    private final Peer client = network.client("app");

    @AfterEach
    void nothingIsLeftWhenTheConnectionsAreGone() {
        network.endAll();
        assertThat(network.core.connections()).isEmpty();
        assertThat(network.core.links()).isEmpty();
        autoLinks.all().stream().toList().forEach(autoLink -> {
            assertThat(autoLink.state()).isEqualTo(AutoLink.State.INACTIVE);
            assertThat(autoLinks.delete(autoLink)).isTrue();
        });
        assertThat(network.core.table().addresses())
                .allMatch(address ->
                        address.inProcessCount() > 0 || address.keyText().contains("_$qd"));
    }

    private AutoLink create(AutoLinks.Request request) {
        AutoLinks.Result result = autoLinks.create(request);
        assertThat(result).isInstanceOf(AutoLinks.Created.class);
        return ((AutoLinks.Created) result).autoLink();
    }

    private AutoLink over(String address, Direction direction) {
        return create(AutoLinks.Request.over("broker", address, direction));
    }

    private String refusal(
            @Nullable String address,
            @Nullable String direction,
            @Nullable Integer phase,
            @Nullable String containerId,
            @Nullable String connection) {
        AutoLinks.Result result = autoLinks.create(
                new AutoLinks.Request("a", address, direction, phase, containerId, connection, null, false));
        assertThat(result).isInstanceOf(AutoLinks.Refused.class);
        return ((AutoLinks.Refused) result).text();
    }

    private void tick(int seconds) {
        for (int i = 0; i < seconds; i++) {
            network.core.tick(1);
        }
        network.run();
    }

    @Test
    @DisplayName("AUT-01: address and direction are needed, one of connection and containerId at most")
    void aut01WrongOnesAreRefusedWithTheOriginalsText() {
        assertThat(refusal(null, "in", null, null, "b")).isEqualTo("address and direction fields are mandatory");
        assertThat(refusal("a", null, null, null, "b")).isEqualTo("address and direction fields are mandatory");
        assertThat(refusal("a", "up", null, null, "b")).isEqualTo("Invalid value for 'direction'");
        assertThat(refusal("a", "in", 10, null, "b")).isEqualTo("autoLink phase must be between 0 and 9");
        assertThat(refusal("a", "in", null, "c", "b"))
                .isEqualTo("Both connection and containerId cannot be specified. Specify only one");
        create(new AutoLinks.Request("a", "x", "in", null, null, null, null, false));
        assertThat(refusal("y", "in", null, null, "b")).isEqualTo("Name conflicts with an existing entity");
    }

    @Test
    @DisplayName("AUT-01: with neither connection nor containerId it is kept and never active")
    void aut01WithoutAContainerItNeverActivates() {
        AutoLink autoLink = create(new AutoLinks.Request(null, "x", "in", null, null, null, null, false));
        Peer broker = network.container("broker", "B");
        assertThat(autoLink.state()).isEqualTo(AutoLink.State.INACTIVE);
        assertThat(broker.gives).isEmpty();
    }

    @Test
    @DisplayName(
            "AUT-02: direction in receives from the container in phase 1, out sends in phase 0, fallback is phase 0")
    void aut02DirectionsAndPhases() {
        assertThat(over("al.in", Direction.IN).key().toString()).isEqualTo("M1al.in");
        assertThat(over("al.out", Direction.OUT).key().toString()).isEqualTo("M0al.out");
        assertThat(create(AutoLinks.Request.over("broker", "al.3", Direction.IN).inPhase(3))
                        .phase())
                .isEqualTo(3);
        assertThat(create(new AutoLinks.Request(null, "al.f", "in", null, null, "broker", null, true))
                        .phase())
                .isZero();
        Peer broker = network.container("broker", "B");
        assertThat(broker.gives).hasSize(3);
        assertThat(broker.takes).hasSize(1);
    }

    @Test
    @DisplayName("AUT-03: only route-container connections, by the name of connector or listener or by container-id")
    void aut03WhichConnectionsMatch() {
        over("named", Direction.IN);
        create(new AutoLinks.Request(null, "contained", "in", null, "B", null, null, false));
        create(new AutoLinks.Request(null, "client", "in", null, "app", null, null, false));
        assertThat(client.gives).as("role normal").isEmpty();
        Peer unnamed = network.container(null, "C");
        assertThat(unnamed.gives).isEmpty();
        Peer broker = network.container("broker", "B");
        assertThat(broker.gives)
                .as("a named connection also matches by its container")
                .hasSize(2);
        Peer other = network.container("other", "B");
        assertThat(other.gives).hasSize(1);
    }

    @Test
    @DisplayName("AUT-04: one link per matching connection, with a made-up name, also over connections that are open")
    void aut04OneLinkPerConnection() {
        Peer one = network.container("broker", "B1");
        AutoLink autoLink = over("al", Direction.OUT);
        network.run();
        Peer two = network.container("broker", "B2");
        assertThat(one.takes).hasSize(1);
        assertThat(two.takes).hasSize(1);
        assertThat(autoLink.attachments()).hasSize(2);
        Attach request = Objects.requireNonNull(one.takes.get(0).request);
        assertThat(request.name()).matches("qdlink\\.[a-zA-Z0-9+_]{15}");
        assertThat(Objects.requireNonNull(request.target()).address()).isEqualTo("al");
        assertThat(Objects.requireNonNull(request.source()).address()).isNull();
        over("al", Direction.IN);
        network.run();
        Attach other = Objects.requireNonNull(one.gives.get(0).request);
        assertThat(Objects.requireNonNull(other.source()).address()).isEqualTo("al");
        assertThat(Objects.requireNonNull(other.target()).address()).isNull();
    }

    @Test
    @DisplayName("AUT-05: externalAddress is the container's name, the address is the network's")
    void aut05ExternalAddress() {
        create(AutoLinks.Request.over("broker", "al.ext", Direction.OUT).external("queue.ext"));
        create(AutoLinks.Request.over("broker", "al.ext", Direction.IN)
                .external("queue.ext")
                .inPhase(0));
        Peer broker = network.container("broker", "B");
        assertThat(Objects.requireNonNull(Objects.requireNonNull(broker.takes.get(0).request)
                                .target())
                        .address())
                .isEqualTo("queue.ext");
        Peer.Sender sender = client.sender("al.ext");
        broker.takes.get(0).link().issueCredit(5);
        network.run();
        sender.send(AmqpConnectionTest.data(3), false, 1);
        assertThat(broker.takes.get(0).messages).hasSize(1);
        assertThat(sender.outcomes).containsExactly("1 accepted settled");
        Peer.Receiver receiver = client.receiver("al.ext", 5);
        receiver.answers = DeliveryState.ACCEPTED;
        Peer.Sender far = broker.gives.get(0);
        far.send(AmqpConnectionTest.to("queue.ext", 4), false, 2);
        assertThat(far.outcomes).hasSize(1);
        assertThat(far.outcomes.get(0)).startsWith("2 accepted");
    }

    @Test
    @DisplayName("AUT-06: inactive without a connection, attaching until the answer, active with it")
    void aut06States() {
        AutoLink autoLink = over("al", Direction.OUT);
        assertThat(autoLink.state()).isEqualTo(AutoLink.State.INACTIVE);
        assertThat(autoLink.linkIdentity()).isEqualTo(-1);
        Peer broker = network.container("broker", "B", peer -> peer.holds = true);
        assertThat(autoLink.state()).isEqualTo(AutoLink.State.ATTACHING);
        Peer.Receiver far = broker.takes.get(0);
        far.link().accept(far, broker.answers.apply(Objects.requireNonNull(far.request)));
        network.run();
        assertThat(autoLink.state()).isEqualTo(AutoLink.State.ACTIVE);
        assertThat(autoLink.state()).hasToString("active");
        assertThat(network.core.links()).extracting(link -> link.identity()).contains(autoLink.linkIdentity());
        broker.wire.cut();
        assertThat(autoLink.state()).isEqualTo(AutoLink.State.INACTIVE);
    }

    @Test
    @DisplayName("AUT-06: an answer without the address leaves an out link unbound: it is no destination")
    void aut06AnUnboundOutLinkIsNoDestination() {
        AutoLink autoLink = over("al", Direction.OUT);
        network.container(
                "broker",
                "B",
                peer -> peer.answers = remote -> Attach.of(remote.name(), remote.source(), Terminus.target(null)));
        assertThat(autoLink.state()).isEqualTo(AutoLink.State.ATTACHING);
        assertThat(client.sender("al").link().credit()).isZero();
        assertThat(network.core.links()).hasSize(2);
    }

    @Test
    @DisplayName("AUT-06: an answer without the address leaves an in link as an anonymous sender with all credit")
    void aut06AnUnboundInLinkIsAnonymous() {
        AutoLink autoLink = over("al", Direction.IN);
        Peer broker = network.container(
                "broker",
                "B",
                peer -> peer.answers = remote -> Attach.of(remote.name(), Terminus.source(null), remote.target()));
        assertThat(autoLink.state()).isEqualTo(AutoLink.State.ATTACHING);
        Peer.Sender far = broker.gives.get(0);
        assertThat(far.link().credit()).isEqualTo(250);
        far.send(AmqpConnectionTest.to(null, 3), false, 1);
        assertThat(far.outcomes.get(0)).contains("Routing failure: no address present");
    }

    @Test
    @DisplayName("AUT-06, AUT-07: a detach is failed with its text, retried after 2 s and then every 5 s")
    void aut07Retries() {
        AutoLink autoLink = over("al", Direction.OUT);
        Peer broker = network.container(
                "broker", "B", peer -> peer.refusal = ErrorCondition.NOT_FOUND.error("no such queue"));
        assertThat(autoLink.state()).isEqualTo(AutoLink.State.FAILED);
        assertThat(autoLink.lastError()).isEqualTo("no such queue");
        assertThat(broker.takes).hasSize(1);
        tick(1);
        assertThat(broker.takes).hasSize(1);
        tick(1);
        assertThat(broker.takes).as("after 2 s").hasSize(2);
        tick(4);
        assertThat(broker.takes).hasSize(2);
        tick(1);
        assertThat(broker.takes).as("5 s later").hasSize(3);
        tick(5);
        assertThat(broker.takes).as("and 5 s later again").hasSize(4);
        assertThat(network.core.links()).isEmpty();
    }

    @Test
    @DisplayName("AUT-07: once a link has been active, the next failure is retried after 2 s again")
    void aut07SuccessBeginsAnew() {
        AutoLink autoLink = over("al", Direction.OUT);
        Peer broker = network.container(
                "broker", "B", peer -> peer.refusal = ErrorCondition.NOT_FOUND.error("no such queue"));
        tick(2);
        broker.refusal = null;
        tick(5);
        assertThat(autoLink.state()).isEqualTo(AutoLink.State.ACTIVE);
        assertThat(autoLink.lastError()).isNull();
        Peer.Receiver far = broker.takes.get(2);
        far.link().detach(true, ErrorCondition.RESOURCE_DELETED.error("deleted"));
        network.run();
        assertThat(autoLink.state()).isEqualTo(AutoLink.State.FAILED);
        assertThat(autoLink.lastError()).isEqualTo("deleted");
        tick(2);
        assertThat(broker.takes).hasSize(4);
        assertThat(autoLink.state()).isEqualTo(AutoLink.State.ACTIVE);
    }

    @Test
    @DisplayName("AUT-07: the end of the session is a failure too, and a new one is begun")
    void aut07TheSessionEnds() {
        AutoLink autoLink = over("al", Direction.OUT);
        Peer broker = network.container("broker", "B");
        broker.takes.get(0).link().session().end(null);
        network.run();
        assertThat(autoLink.state()).isEqualTo(AutoLink.State.FAILED);
        tick(2);
        assertThat(autoLink.state()).isEqualTo(AutoLink.State.ACTIVE);
    }

    @Test
    @DisplayName("AUT-08: only the link that failed is attached again, and all are remembered")
    void aut08HealthyLinksStay() {
        AutoLink autoLink = over("al", Direction.OUT);
        Peer one = network.container("broker", "B1");
        Peer two = network.container("broker", "B2");
        two.takes.get(0).link().detach(true, null);
        network.run();
        assertThat(autoLink.state()).as("one is").isEqualTo(AutoLink.State.ACTIVE);
        tick(2);
        assertThat(one.takes).hasSize(1);
        assertThat(two.takes).hasSize(2);
        assertThat(autoLinks.delete(autoLink)).isTrue();
        network.run();
        assertThat(one.takes.get(0).closed).isTrue();
        assertThat(two.takes.get(1).closed).isTrue();
    }

    @Test
    @DisplayName("AUT-09: out is a destination; in has credit only while its phase has a destination")
    void aut09LinksBehaveLikeOthers() {
        over("al", Direction.OUT);
        create(AutoLinks.Request.over("broker", "in", Direction.IN).inPhase(0));
        Peer broker = network.container("broker", "B");
        assertThat(client.sender("al").link().credit()).isEqualTo(250);
        Peer.Sender far = broker.gives.get(0);
        assertThat(far.link().credit()).isZero();
        Peer.Receiver receiver = client.receiver("in", 5);
        assertThat(far.link().credit()).isEqualTo(250);
        far.send(AmqpConnectionTest.data(9), false, 4);
        assertThat(receiver.messages.get(0)).isEqualTo(ByteBufUtil.getBytes(AmqpConnectionTest.data(9)));
        assertThat(far.outcomes).containsExactly("4 accepted settled");
        assertThat(network.core.links()).allMatch(link -> link.linkType().equals("endpoint"));
    }

    @Test
    @DisplayName("AUT-09, PHS-02: a waypoint's queue stands between its senders and receivers")
    void aut09AWaypoint() {
        network.core.createAddress(
                new AddressEntities.Request(null, "wp", null, "balanced", true, null, null, null, false, false));
        over("wp.q", Direction.IN);
        over("wp.q", Direction.OUT);
        Peer broker = network.container("broker", "B");
        Peer.Receiver queueIn = broker.takes.get(0);
        Peer.Sender queueOut = broker.gives.get(0);
        queueIn.link().issueCredit(10);
        network.run();
        Peer.Receiver receiver = client.receiver("wp.q", 5);
        Peer.Sender sender = client.sender("wp.q");
        sender.send(AmqpConnectionTest.data(7), false, 1);
        assertThat(queueIn.messages).hasSize(1);
        assertThat(receiver.messages).isEmpty();
        queueOut.send(AmqpConnectionTest.data(7), false, 2);
        assertThat(receiver.messages).hasSize(1);
        assertThat(sender.outcomes).containsExactly("1 accepted settled");
        assertThat(queueOut.outcomes).containsExactly("2 accepted settled");
        assertThat(network.core.totals().egressRouteContainer).isEqualTo(1);
        assertThat(network.core.totals().ingressRouteContainer).isEqualTo(1);
    }

    @Test
    @DisplayName("AUT-10: an address that is not configured, or unavailable, is balanced")
    void aut10TheDistribution() {
        network.core.createAddress(AddressEntities.Request.prefix("closed", "unavailable"));
        over("closed.q", Direction.OUT);
        over("open.q", Direction.OUT);
        assertThat(Objects.requireNonNull(network.core.address("M0closed.q")).distribution())
                .isEqualTo(Distribution.BALANCED);
        assertThat(Objects.requireNonNull(network.core.address("M0open.q")).distribution())
                .isEqualTo(Distribution.BALANCED);
        network.container("broker", "B");
        assertThat(client.sender("closed.q").link().credit()).isEqualTo(250);
    }

    @Test
    @DisplayName("AUT-11: deleting closes the links without error and lets the address go; closing is inactive")
    void aut11DeletingDetaches() {
        AutoLink autoLink = over("al", Direction.OUT);
        Peer broker = network.container("broker", "B");
        Peer.Receiver far = broker.takes.get(0);
        far.answers = null;
        far.link().issueCredit(5);
        network.run();
        Peer.Sender sender = client.sender("al");
        sender.send(AmqpConnectionTest.data(1), false, 1);
        assertThat(autoLinks.delete(autoLink)).isTrue();
        assertThat(autoLinks.delete(autoLink)).isFalse();
        network.run();
        assertThat(far.detached).isTrue();
        assertThat(far.closed).isTrue();
        assertThat(far.detachedWith).isNull();
        assertThat(sender.outcomes).as("OUT-07").containsExactly("1 modified failed settled");
        tick(10);
        assertThat(broker.takes).as("not attached again").hasSize(1);
        sender.link().detach(true, null);
        network.run();
        assertThat(network.core.address("M0al")).isNull();
    }

    @Test
    @DisplayName("AUT-11: an autoLink that waits for its retry can be deleted, and one that waits for its answer")
    void aut11DeletingAFailedOne() {
        AutoLink failed = over("al", Direction.IN);
        Peer broker = network.container("broker", "B", peer -> peer.refusal = ErrorCondition.NOT_FOUND.error("no"));
        assertThat(autoLinks.delete(failed)).isTrue();
        tick(10);
        assertThat(broker.gives).hasSize(1);
        broker.refusal = null;
        broker.holds = true;
        AutoLink waiting = over("al", Direction.IN);
        network.run();
        assertThat(autoLinks.delete(waiting)).isTrue();
        network.run();
        assertThat(broker.withdrawn).isEqualTo(1);
    }

    @Test
    @DisplayName("AUT-12: termini expire with their link, are not durable and carry no capabilities")
    void aut12Termini() {
        over("al", Direction.OUT);
        Peer broker = network.container("broker", "B");
        Attach request = Objects.requireNonNull(broker.takes.get(0).request);
        for (Terminus terminus : new Terminus[] {request.source(), request.target()}) {
            assertThat(terminus.expiryPolicy()).isEqualTo(new Symbol("link-detach"));
            assertThat(terminus.timeout()).isZero();
            assertThat(terminus.durable()).isZero();
            assertThat(terminus.dynamic()).isFalse();
            assertThat(terminus.capabilities()).isEmpty();
        }
        assertThat(request.senderSettleMode()).isEqualTo(Attach.SENDER_MIXED);
        assertThat(request.receiverSettleMode()).isEqualTo(Attach.RECEIVER_FIRST);
    }

    @Test
    @DisplayName("ADR-16: the address of an autoLink exists as long as the autoLink")
    void adr16TheAddressIsKept() {
        AutoLink autoLink = over("al", Direction.OUT);
        assertThat(network.core.address("M0al")).isNotNull();
        assertThat(autoLinks.delete(autoLink)).isTrue();
        assertThat(network.core.address("M0al")).isNull();
    }

    @Test
    @DisplayName("FBK-02: an out autoLink with fallback gets what nobody else takes, and is no destination otherwise")
    void fbk02AFallbackAutoLink() {
        network.core.createAddress(
                new AddressEntities.Request(null, "fb", null, "balanced", false, null, null, null, true, false));
        AutoLink autoLink =
                create(new AutoLinks.Request(null, "fb.q", "out", null, null, "broker", "queue.rest", true));
        assertThat(autoLink.phase()).isZero();
        assertThat(autoLink.key().toString()).isEqualTo("MFfb.q");
        Peer broker = network.container("broker", "B");
        broker.takes.get(0).link().issueCredit(10);
        network.run();
        Peer.Sender sender = client.sender("fb.q");
        assertThat(sender.link().credit()).as("FBK-03").isEqualTo(250);
        sender.send(AmqpConnectionTest.data(1), false, 1);
        assertThat(broker.takes.get(0).messages).hasSize(1);
        assertThat(sender.outcomes).containsExactly("1 accepted settled");
        Peer.Receiver receiver = client.receiver("fb.q", 5);
        sender.send(AmqpConnectionTest.data(1), false, 2);
        assertThat(receiver.messages).hasSize(1);
        assertThat(broker.takes.get(0).messages).hasSize(1);
    }

    @Test
    @DisplayName("FBK-03: what a fallback container keeps is asked back when a receiver is there, not while only it is")
    void fbk03AFallbackGivesBackOnlyToReceivers() {
        network.core.createAddress(
                new AddressEntities.Request(null, "fb", null, "balanced", false, null, null, null, true, false));
        create(new AutoLinks.Request(null, "fb.q", "in", null, null, "broker", "queue.rest", true));
        Peer broker = network.container("broker", "B");
        Peer.Sender kept = broker.gives.get(0);
        assertThat(kept.link().credit()).isZero();
        create(new AutoLinks.Request(null, "fb.q", "out", null, null, "broker", "queue.rest", true));
        network.run();
        broker.takes.get(0).link().issueCredit(10);
        network.run();
        assertThat(kept.link().credit())
                .as("the fallback itself is no destination of it")
                .isZero();
        Peer.Sender sender = client.sender("fb.q");
        assertThat(sender.link().credit()).isEqualTo(250);
        Peer.Receiver receiver = client.receiver("fb.q", 5);
        assertThat(kept.link().credit()).isEqualTo(250);
        kept.send(AmqpConnectionTest.data(1), false, 1);
        assertThat(receiver.messages).hasSize(1);
        assertThat(kept.outcomes).containsExactly("1 accepted settled");
        receiver.link().detach(true, null);
        network.run();
        kept.send(AmqpConnectionTest.data(1), false, 2);
        assertThat(kept.outcomes.get(1)).isEqualTo("2 released settled");
        assertThat(broker.takes.get(0).messages).isEmpty();
        assertThat(kept.drainAsked).isTrue();
        kept.link().drained();
        network.run();
        sender.send(AmqpConnectionTest.data(1), false, 3);
        assertThat(broker.takes.get(0).messages).hasSize(1);
        assertThat(kept.link().credit()).isZero();
        client.receiver("fb.q", 5);
        assertThat(kept.link().credit()).isEqualTo(250);
    }
}
