// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.AmqpError;
import io.linkspan.amqp.Attach;
import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.ErrorCondition;
import io.linkspan.amqp.OutgoingLink;
import io.linkspan.amqp.Terminus;
import io.linkspan.amqp.codec.Binary;
import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.RawValue;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.amqp.codec.UnsignedInteger;
import io.linkspan.amqp.codec.UnsignedLong;
import io.linkspan.core.link.Direction;
import io.linkspan.core.link.Link;
import io.linkspan.core.linkroute.LinkRoutes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What passes over a routed link, and its end: routing LNK-10 to LNK-17, LNK-23, LNK-26. */
class RoutedLinkTest {

    private static final String LOST = "qd:routed-link-lost: Connectivity to the peer container was lost";

    private final Network network = new Network();
    private final Peer broker = network.container("broker", "B");
    private final Peer client = network.client("app");

    RoutedLinkTest() {
        network.core.linkRoutes().create(LinkRoutes.Request.prefix("lr", Direction.IN, "broker"));
        network.core.linkRoutes().create(LinkRoutes.Request.prefix("lr", Direction.OUT, "broker"));
    }

    @AfterEach
    void nothingIsLeftWhenTheConnectionsAreGone() {
        network.endAll();
        assertThat(network.core.connections()).isEmpty();
        assertThat(network.core.links()).isEmpty();
    }

    private static String text(@Nullable AmqpError error) {
        return error == null ? "none" : error.condition() + ": " + error.description();
    }

    /** A client's sender; the container has given some credit. */
    private Peer.Sender sender(int credit) {
        Peer.Sender sender = client.sender("lr.q");
        far().link().issueCredit(credit);
        network.run();
        return sender;
    }

    /** The container's end of the client's last sender. */
    private Peer.Receiver far() {
        return broker.takes.get(broker.takes.size() - 1);
    }

    /** The container's end of the client's last receiver. */
    private Peer.Sender farSender() {
        return broker.gives.get(broker.gives.size() - 1);
    }

    private static DeliveryState state(int code, Object... fields) {
        RawValue raw = RawValue.of(new Described(new UnsignedLong(code), Arrays.asList(fields)));
        return Objects.requireNonNull(DeliveryState.of(raw));
    }

    private Link inEnd() {
        return network.core.links().stream().filter(Link::isInbound).findFirst().orElseThrow();
    }

    private Link outEnd() {
        return network.core.links().stream()
                .filter(link -> !link.isInbound())
                .findFirst()
                .orElseThrow();
    }

    @Test
    @DisplayName("LNK-10: a sender has the container's credit, as it grows, and none of the router's")
    void lnk10TheContainersCreditReachesTheSender() {
        Peer.Sender sender = client.sender("lr.q");
        assertThat(sender.link().credit()).isZero();
        far().link().issueCredit(3);
        network.run();
        assertThat(sender.link().credit()).isEqualTo(3);
        sender.send(AmqpConnectionTest.data(1), false, 1);
        assertThat(sender.link().credit()).as("settlement gives none back").isEqualTo(2);
        far().link().issueCredit(4);
        network.run();
        assertThat(sender.link().credit()).isEqualTo(6);
    }

    @Test
    @DisplayName("LNK-10: credit given before the container has answered is passed afterwards")
    void lnk10EarlyCreditIsKept() {
        broker.holds = true;
        Peer.Receiver receiver = client.receiver("lr.q", 5);
        Peer.Sender far = farSender();
        assertThat(far.link().credit()).isZero();
        far.link().accept(far, broker.answers.apply(Objects.requireNonNull(far.request)));
        network.run();
        assertThat(far.link().credit()).isEqualTo(5);
        far.send(AmqpConnectionTest.data(2), false, 1);
        assertThat(receiver.messages).hasSize(1);
        receiver.link().issueCredit(2);
        network.run();
        assertThat(far.link().credit()).isEqualTo(6);
    }

    @Test
    @DisplayName("LNK-10: credit that a receiver takes back is taken back, and what is on its way waits for new credit")
    void lnk10CreditTakenBack() {
        Peer.Receiver receiver = client.receiver("lr.q", 600);
        Peer.Sender far = farSender();
        receiver.link().takeBackCredit(600);
        // The container has not heard of it when it sends.
        for (int i = 0; i < 300; i++) {
            far.link().send(AmqpConnectionTest.data(1), 0, 4, 0, false, far, i);
        }
        network.run();
        assertThat(far.detached)
                .as("what was sent before is not held against the container")
                .isFalse();
        int came = receiver.messages.size();
        receiver.link().issueCredit(600);
        network.run();
        assertThat(receiver.messages).hasSizeGreaterThanOrEqualTo(Math.max(came, 300));
        assertThat(far.outcomes).hasSize(300);
    }

    @Test
    @DisplayName("LNK-10: all credit taken back leaves the sender none, also in a drain")
    void lnk10AllCreditTakenBack() {
        Peer.Receiver receiver = client.receiver("lr.q", 7);
        Peer.Sender far = farSender();
        receiver.link().takeBackCredit(7);
        network.run();
        assertThat(far.link().credit()).isZero();
        receiver.link().issueCredit(5);
        receiver.link().drain();
        network.run();
        assertThat(far.link().draining()).isTrue();
        receiver.link().issueCredit(0);
        receiver.link().takeBackCredit(5);
        network.run();
        assertThat(far.link().credit()).isZero();
        assertThat(far.link().draining()).isFalse();
    }

    @Test
    @DisplayName("LNK-11: a receiver's drain reaches the container, and the answer comes back")
    void lnk11DrainOfAReceiver() {
        Peer.Receiver receiver = client.receiver("lr.q", 5);
        Peer.Sender far = farSender();
        far.send(AmqpConnectionTest.data(1), true, 0);
        receiver.link().drain();
        network.run();
        assertThat(far.drainAsked).isTrue();
        assertThat(receiver.link().credit()).as("not answered yet").isEqualTo(4);
        far.link().drained();
        network.run();
        assertThat(receiver.link().credit()).isZero();
        receiver.link().issueCredit(3);
        network.run();
        assertThat(far.link().credit()).isEqualTo(3);
        assertThat(far.link().draining()).isFalse();
        far.send(AmqpConnectionTest.data(1), true, 1);
        assertThat(receiver.messages).hasSize(2);
    }

    @Test
    @DisplayName("LNK-11: a container's drain reaches the sender, and the answer comes back")
    void lnk11DrainOfAContainer() {
        Peer.Sender sender = sender(5);
        far().link().drain();
        network.run();
        assertThat(sender.drainAsked).isTrue();
        sender.send(AmqpConnectionTest.data(1), true, 0);
        sender.link().drained();
        network.run();
        assertThat(far().link().credit()).isZero();
        assertThat(far().messages).hasSize(1);
    }

    @Test
    @DisplayName("LNK-11: a drain that is met by using up the credit ends by itself, and may be taken back")
    void lnk11ADrainEndsWithTheCreditOrIsTakenBack() {
        Peer.Receiver receiver = client.receiver("lr.q", 2);
        Peer.Sender far = farSender();
        receiver.link().drain();
        network.run();
        receiver.link().issueCredit(0);
        network.run();
        assertThat(far.link().draining()).isFalse();
        receiver.link().drain();
        network.run();
        far.send(AmqpConnectionTest.data(1), true, 0);
        far.send(AmqpConnectionTest.data(1), true, 1);
        assertThat(receiver.link().credit()).isZero();
        assertThat(receiver.messages).hasSize(2);
        receiver.link().issueCredit(1);
        network.run();
        assertThat(far.link().credit()).isEqualTo(1);
        assertThat(far.link().draining()).isFalse();
    }

    @Test
    @DisplayName("LNK-11: no credit is lost when a sender's answer to a drain crosses the end of the drain")
    void lnk11TheAnswerCrossesTheEndOfTheDrain() {
        Peer.Sender sender = sender(5);
        for (int i = 0; i < 3; i++) {
            far().link().drain();
            network.run();
            assertThat(sender.link().draining()).isTrue();
            sender.link().drained();
            far().link().issueCredit(0); // Both are on their way now.
            network.run();
            assertThat(sender.link().credit()).isEqualTo(far().link().credit());
        }
        assertThat(far().link().credit()).isEqualTo(5);
        for (int i = 0; i < 5; i++) {
            sender.send(AmqpConnectionTest.data(1), false, i);
        }
        assertThat(sender.outcomes).hasSize(5);
    }

    @Test
    @DisplayName("LNK-11: credit given up for a drain comes back when the drain ends, also if more was given meanwhile")
    void lnk11CreditGivenUpBeforeMoreWasGivenIsNotForgotten() {
        Peer.Sender sender = sender(10);
        far().link().drain();
        network.run();
        // The sender's answer meets more credit, still with drain; the container's end is heard first.
        sender.link().drained();
        far().link().issueCredit(20);
        far().link().drain();
        network.run();
        assertThat(sender.link().draining()).isTrue();
        assertThat(sender.link().credit()).as("ten of thirty are given up").isEqualTo(20);
        assertThat(far().link().credit()).isEqualTo(30);
        far().link().issueCredit(0);
        network.run();
        assertThat(sender.link().draining()).isFalse();
        assertThat(sender.link().credit()).isEqualTo(30);
    }

    @Test
    @DisplayName("LNK-11: a drain is not answered while the header of the last delivery is not whole")
    void lnk11ADrainWaitsForAHeaderInTwoFrames() {
        Peer.Sender sender = sender(1);
        ByteBuf message =
                Unpooled.wrappedBuffer(AmqpConnectionTest.section(0x70, List.of(true)), AmqpConnectionTest.data(10));
        int id = sender.link().begin(message, 0, 4, 0, false, sender, 1);
        far().link().drain();
        network.run();
        assertThat(far().link().credit()).isEqualTo(1);
        sender.link().part(id, message, 4, message.readableBytes() - 4, true);
        network.run();
        assertThat(far().messages).hasSize(1);
        assertThat(far().link().credit()).isZero();
        assertThat(sender.outcomes).containsExactly("1 accepted settled");
    }

    @Test
    @DisplayName("LNK-11, LNK-12: the credit of a rejected delivery is drained, too")
    void lnk11TheCreditOfARejectedDeliveryIsDrained() {
        Peer.Sender sender = sender(1);
        ByteBuf large = AmqpConnectionTest.data(100_000);
        sender.link().withTag(Unpooled.wrappedBuffer(tag(33)), 0, 33);
        int id = sender.link().begin(large, 0, 50_000, 0, false, sender, 1);
        far().link().drain();
        network.run();
        sender.link().part(id, large, 50_000, large.readableBytes() - 50_000, true);
        network.run();
        assertThat(sender.outcomes).hasSize(1);
        assertThat(sender.link().credit()).isEqualTo(far().link().credit()).isEqualTo(1);
        assertThat(sender.link().draining()).isTrue();
        sender.link().drained();
        network.run();
        assertThat(far().link().credit()).isZero();
    }

    @Test
    @DisplayName("LNK-11: an aborted delivery does not end a drain")
    void lnk11AnAbortDoesNotEndADrain() {
        Peer.Sender sender = sender(3);
        far().link().drain();
        network.run();
        ByteBuf message = AmqpConnectionTest.section(0x70, List.of(true));
        int id = sender.link().begin(message, 0, 4, 0, false, sender, 1);
        network.run();
        sender.link().abort(id);
        network.run();
        assertThat(sender.link().credit()).isEqualTo(far().link().credit()).isEqualTo(3);
        assertThat(sender.link().draining()).isTrue();
        sender.link().drained();
        network.run();
        assertThat(far().link().credit()).isZero();
    }

    @Test
    @DisplayName("LNK-12: delivery-tags up to 32 octets pass unchanged")
    void lnk12TagsPass() {
        Peer.Sender sender = sender(5);
        for (int length : new int[] {1, 4, 20, 32, 0}) {
            sender.link().withTag(Unpooled.wrappedBuffer(tag(length)), 0, length);
            sender.send(AmqpConnectionTest.data(2), false, length);
        }
        assertThat(far().tags)
                .containsExactly(
                        ByteBufUtil.hexDump(tag(1)),
                        ByteBufUtil.hexDump(tag(4)),
                        ByteBufUtil.hexDump(tag(20)),
                        ByteBufUtil.hexDump(tag(32)),
                        "");
    }

    private static byte[] tag(int length) {
        byte[] tag = new byte[length];
        for (int i = 0; i < length; i++) {
            tag[i] = (byte) (i * 7 + length);
        }
        return tag;
    }

    @Test
    @DisplayName("LNK-12: a tag of 33 octets is rejected with one credit in its place")
    void lnk12ATagThatIsTooLongIsRejected() {
        Peer.Sender sender = sender(2);
        sender.link().withTag(Unpooled.wrappedBuffer(tag(33)), 0, 33);
        sender.send(AmqpConnectionTest.data(2), false, 1);
        assertThat(sender.outcomes).hasSize(1);
        assertThat(sender.outcomes.get(0))
                .contains("rejected", "amqp:invalid-field", "delivery tag length exceeded", "settled");
        assertThat(sender.link().credit()).isEqualTo(2);
        assertThat(far().messages).isEmpty();
        ByteBuf large = AmqpConnectionTest.data(100_000);
        sender.link().withTag(Unpooled.wrappedBuffer(tag(33)), 0, 33);
        sender.send(large, false, 2);
        assertThat(sender.outcomes).hasSize(2);
        assertThat(sender.link().credit()).isEqualTo(2);
        sender.send(AmqpConnectionTest.data(2), false, 3);
        assertThat(far().messages).hasSize(1);
    }

    @Test
    @DisplayName("LNK-13: bytes pass unchanged, router annotations of the client included")
    void lnk13BytesPassUnchanged() {
        Peer.Sender sender = sender(3);
        Map<Object, Object> annotations = new LinkedHashMap<>();
        annotations.put(new Symbol("x-opt-qd.to"), "elsewhere");
        annotations.put(new Symbol("x-opt-qd.trace"), "no list");
        ByteBuf message = Unpooled.wrappedBuffer(
                AmqpConnectionTest.section(0x70, List.of(true)),
                AmqpConnectionTest.section(0x72, annotations),
                AmqpConnectionTest.data(50));
        sender.send(message, false, 1);
        assertThat(far().messages.get(0)).isEqualTo(ByteBufUtil.getBytes(message));
        byte[] broken = {0, 0x53, 0x72, (byte) 0xd1, 1, 2, 3};
        sender.send(Unpooled.wrappedBuffer(broken), false, 2);
        assertThat(far().messages.get(1))
                .as("sections behind the header are not looked at")
                .isEqualTo(broken);
    }

    @Test
    @DisplayName("LNK-13: a message-format that is not ours passes")
    void lnk13TheMessageFormatPasses() {
        Peer.Sender sender = sender(1);
        ByteBuf message = AmqpConnectionTest.data(2);
        sender.link().send(message, 0, message.readableBytes(), 0x80013700, false, sender, 1);
        network.run();
        assertThat(far().formats).containsExactly(0x80013700);
    }

    @Test
    @DisplayName("LNK-13: a broken header and an empty transfer are rejected with one credit in their place")
    void lnk13ABrokenHeaderIsRejected() {
        Peer.Sender sender = sender(2);
        sender.send(Unpooled.wrappedBuffer(new byte[] {0, 0x53, 0x70, (byte) 0xc0, 9, 9}), false, 1);
        sender.send(Unpooled.EMPTY_BUFFER, false, 2);
        assertThat(sender.outcomes)
                .hasSize(2)
                .allMatch(
                        outcome -> outcome.contains("amqp:decode-error") && outcome.contains("invalid message format"));
        assertThat(sender.link().credit()).isEqualTo(2);
        assertThat(far().messages).isEmpty();
    }

    @Test
    @DisplayName("LNK-13: a header section that is cut between two frames is put together before it is judged")
    void lnk13AHeaderInTwoFrames() {
        Peer.Sender sender = sender(4);
        ByteBuf message =
                Unpooled.wrappedBuffer(AmqpConnectionTest.section(0x70, List.of(true)), AmqpConnectionTest.data(10));
        OutgoingLink link = sender.link();
        int id = link.begin(message, 0, 4, 0, false, sender, 1);
        network.run();
        link.part(id, message, 4, message.readableBytes() - 4, true);
        network.run();
        assertThat(far().messages.get(0)).isEqualTo(ByteBufUtil.getBytes(message));
        assertThat(sender.outcomes).containsExactly("1 accepted settled");
        id = link.begin(Unpooled.EMPTY_BUFFER, 0, 0, 0, false, sender, 2);
        network.run();
        link.part(id, message, 0, message.readableBytes(), true);
        network.run();
        assertThat(far().messages).hasSize(2);
        id = link.begin(message, 0, 4, 0, false, sender, 3);
        network.run();
        link.abort(id);
        network.run();
        assertThat(far().messages).hasSize(2);
        assertThat(far().aborted).as("nothing of it was passed").isFalse();
        assertThat(link.credit()).isEqualTo(2);
        id = link.begin(Unpooled.wrappedBuffer(new byte[] {0, 0x53, 0x70, (byte) 0xc0}), 0, 4, 0, false, sender, 4);
        network.run();
        link.part(id, Unpooled.wrappedBuffer(new byte[] {9, 9}), 0, 2, true);
        network.run();
        assertThat(sender.outcomes.get(2)).contains("amqp:decode-error");
    }

    @Test
    @DisplayName("LNK-14: every outcome and state of the receiver passes with its data, settled or not")
    void lnk14StatesOfTheReceiverPass() {
        Peer.Sender sender = sender(10);
        far().answers = null;
        Map<Object, Object> info = Map.of(new Symbol("why"), "so");
        List<DeliveryState> states = List.of(
                DeliveryState.ACCEPTED,
                DeliveryState.RELEASED,
                DeliveryState.rejected(new AmqpError(new Symbol("x:y"), "no", RawValue.of(info))),
                state(0x27, false, true, Map.of(new Symbol("tried"), 3)),
                state(0x33, new Binary(new byte[] {1, 2})),
                state(0x34, new Binary(new byte[] {7}), new Described(new UnsignedLong(0x24), List.of())),
                state(0x23, new UnsignedInteger(1), new UnsignedLong(512)),
                state(0x777, "custom", 5));
        for (int i = 0; i < states.size(); i++) {
            sender.send(AmqpConnectionTest.data(1), false, i);
        }
        for (int i = 0; i < states.size(); i++) {
            far().link().dispose(far().ids.get(i), states.get(i), i % 2 == 0);
        }
        network.run();
        assertThat(sender.stateValues).containsExactlyElementsOf(states);
        assertThat(sender.outcomes.get(3)).doesNotContain("settled");
        assertThat(sender.outcomes.get(4)).endsWith("settled");
    }

    @Test
    @DisplayName("LNK-14: the sender's state on a transfer, its later states and its settlement pass")
    void lnk14StatesOfTheSenderPass() {
        Peer.Sender sender = sender(5);
        far().answers = null;
        DeliveryState transactional = state(0x34, new Binary(new byte[] {7}));
        sender.link().withState(transactional);
        int id = sender.send(AmqpConnectionTest.data(1), false, 1);
        assertThat(far().states).containsExactly(transactional.toString());
        far().link().dispose(far().ids.get(0), DeliveryState.ACCEPTED, false);
        network.run();
        assertThat(sender.outcomes).containsExactly("1 accepted");
        sender.link().senderState(id, state(0x777, 1), false);
        network.run();
        sender.link().senderState(id, null, true);
        network.run();
        assertThat(far().senderStates).hasSize(2);
        assertThat(far().senderStates.get(1)).endsWith("settled");
        assertThat(inEnd().counters().accepted)
                .as("settled by the sender, accepted by the receiver")
                .isEqualTo(1);
        assertThat(inEnd().unsettledCount()).isZero();
        assertThat(outEnd().unsettledCount()).isZero();
    }

    @Test
    @DisplayName("LNK-14: settled deliveries pass settled; receiver-settle-mode of a delivery passes")
    void lnk14SettledPassesSettled() {
        Peer.Sender sender = sender(2);
        sender.send(AmqpConnectionTest.data(1), true, 1);
        assertThat(far().settled).containsExactly(true);
        sender.link().withReceiverSettleMode(Attach.RECEIVER_SECOND);
        sender.send(AmqpConnectionTest.data(1), false, 1);
        assertThat(far().settleModes).containsExactly(-1, Attach.RECEIVER_SECOND);
    }

    @Test
    @DisplayName("LNK-15: detach and close pass with error and closed flag, from client and container, on both kinds")
    void lnk15DetachPassesAsItIs() {
        AmqpError error = ErrorCondition.RESOURCE_DELETED.error("queue deleted");
        Peer.Sender sender = client.sender("lr.q");
        sender.link().detach(false, null);
        network.run();
        assertThat(far().detached).isTrue();
        assertThat(far().closed).isFalse();
        assertThat(far().detachedWith).isNull();

        sender = client.sender("lr.q");
        far().link().detach(true, error);
        network.run();
        assertThat(sender.closed).isTrue();
        assertThat(text(sender.detachedWith)).isEqualTo("amqp:resource-deleted: queue deleted");

        Peer.Receiver receiver = client.receiver("lr.q", 0);
        receiver.link().detach(true, error);
        network.run();
        assertThat(farSender().closed).isTrue();
        assertThat(text(farSender().detachedWith)).isEqualTo("amqp:resource-deleted: queue deleted");

        receiver = client.receiver("lr.q", 0);
        farSender().link().detach(false, error);
        network.run();
        assertThat(receiver.detached).isTrue();
        assertThat(receiver.closed).isFalse();
        assertThat(text(receiver.detachedWith)).isEqualTo("amqp:resource-deleted: queue deleted");
        assertThat(broker.routerSessions).isZero();
    }

    @Test
    @DisplayName("LNK-16: the loss of the container's connection closes clients' links with qd:routed-link-lost")
    void lnk16TheContainerIsLost() {
        Peer.Sender sender = sender(5);
        Peer.Receiver receiver = client.receiver("lr.q", 5);
        Peer.Receiver lasting = client.receiver(Terminus.source("lr.q").withTimeout(5), 0);
        Peer.Receiver never = client.receiver(Terminus.source("lr.q").withExpiryPolicy(new Symbol("never")), 0);
        far().answers = null;
        sender.send(AmqpConnectionTest.data(1), false, 1);
        broker.wire.cut();
        network.run();
        assertThat(text(sender.detachedWith)).isEqualTo(LOST);
        assertThat(sender.closed).isTrue();
        assertThat(text(receiver.detachedWith)).isEqualTo(LOST);
        assertThat(receiver.closed).isTrue();
        assertThat(text(lasting.detachedWith)).isEqualTo(LOST);
        assertThat(lasting.closed).as("its terminus has a timeout").isFalse();
        assertThat(never.closed).as("its terminus never expires").isFalse();
        assertThat(sender.outcomes).as("LNK-17: no disposition").isEmpty();
        assertThat(client.closed).isFalse();
    }

    @Test
    @DisplayName("LNK-17: unsettled deliveries are forgotten when one end is lost: no disposition before the detach")
    void lnk17UnsettledDeliveriesAreForgotten() {
        Peer.Sender sender = sender(5);
        Peer.Receiver receiver = client.receiver("lr.q", 5);
        far().answers = null;
        receiver.answers = null;
        sender.send(AmqpConnectionTest.data(1), false, 1);
        farSender().send(AmqpConnectionTest.data(1), false, 2);
        assertThat(receiver.messages).hasSize(1);
        broker.wire.cut();
        network.run();
        assertThat(text(sender.detachedWith)).isEqualTo(LOST);
        assertThat(text(receiver.detachedWith)).isEqualTo(LOST);
        assertThat(sender.outcomes).isEmpty();
        assertThat(receiver.senderStates).isEmpty();
        // What the receiver says afterwards reaches nobody and harms nothing.
        assertThat(client.closed).isFalse();
        assertThat(client.receiver("other", 1).detached).isFalse();
    }

    @Test
    @DisplayName("LNK-16: the end of a session behind one end detaches the other, on both sides")
    void lnk16ASessionIsLost() {
        Peer.Sender sender = sender(5);
        far().link().session().end(null);
        network.run();
        assertThat(text(sender.detachedWith)).isEqualTo(LOST);
        client.receiver("lr.q", 0);
        client.session().end(null);
        network.run();
        assertThat(text(farSender().detachedWith)).isEqualTo(LOST);
        assertThat(broker.routerSessions).isZero();
    }

    @Test
    @DisplayName("LNK-16: the loss of the container before its answer refuses the client's attach")
    void lnk16TheContainerIsLostBeforeItsAnswer() {
        broker.holds = true;
        Peer.Sender sender = client.sender("lr.q");
        broker.wire.cut();
        network.run();
        assertThat(Objects.requireNonNull(sender.answer).target()).isNull();
        assertThat(text(sender.detachedWith)).isEqualTo(LOST);
    }

    @Test
    @DisplayName("LNK-16: the loss of a client detaches the container's links, and aborts what was sent in part")
    void lnk16TheClientIsLost() {
        Peer.Sender sender = sender(5);
        sender.link().begin(AmqpConnectionTest.data(100), 0, 50, 0, false, sender, 1);
        network.run();
        assertThat(far().arrivingBytes()).isEqualTo(50);
        client.wire.cut();
        network.run();
        assertThat(far().aborted).isTrue();
        assertThat(text(far().detachedWith)).isEqualTo(LOST);
        assertThat(broker.routerSessions).isZero();
    }

    @Test
    @DisplayName("LNK-23: deliveries to a container count as egress, those from a client as ingress, of the router")
    void lnk23Counters() {
        Peer.Sender sender = sender(5);
        sender.send(AmqpConnectionTest.data(1), false, 1);
        sender.send(AmqpConnectionTest.data(1), true, 2);
        assertThat(network.core.totals().ingress).isEqualTo(2);
        assertThat(network.core.totals().egress).isEqualTo(2);
        assertThat(network.core.totals().egressRouteContainer).isEqualTo(2);
        assertThat(network.core.totals().transit).isZero();
        assertThat(network.core.totals().accepted).isEqualTo(1);
        assertThat(network.core.totals().presettled).isEqualTo(1);
        assertThat(inEnd().counters().deliveries).isEqualTo(2);
        assertThat(outEnd().counters().deliveries).isEqualTo(2);
        assertThat(inEnd().counters().accepted).isEqualTo(1);
        assertThat(outEnd().counters().presettled).isEqualTo(1);
        client.receiver("lr.q", 3);
        farSender().send(AmqpConnectionTest.data(1), false, 1);
        assertThat(network.core.totals().ingressRouteContainer).isEqualTo(1);
        Peer router = network.router("N");
        network.core.linkRoutes().addRemote("Cfar", new FarContainers(router.connection, 1));
        Peer.Sender far = client.sender("far.q");
        router.takes.get(0).link().issueCredit(1);
        network.run();
        far.send(AmqpConnectionTest.data(1), false, 1);
        assertThat(network.core.totals().transit).isEqualTo(1);
    }

    @Test
    @DisplayName("CNT-03, CNT-04, CNT-05: age, stuck deliveries and missing credit are seen on routed links")
    void cnt03AgesOfRoutedDeliveries() {
        Peer.Sender sender = sender(2);
        far().answers = null;
        sender.send(AmqpConnectionTest.data(1), false, 1);
        sender.send(AmqpConnectionTest.data(1), false, 2);
        network.core.tick(5);
        far().settle(far().ids.get(0), DeliveryState.ACCEPTED);
        assertThat(inEnd().counters().delayed1Sec).isEqualTo(1);
        network.core.tick(30);
        assertThat(inEnd().stuckCount()).isEqualTo(1);
        assertThat(inEnd().isBlocked()).isTrue();
        far().settle(far().ids.get(1), DeliveryState.RELEASED);
        assertThat(inEnd().stuckCount()).isZero();
        assertThat(outEnd().counters().delayed10Sec).isEqualTo(1);
    }

    @Test
    @DisplayName("LNK-26: a large message streams through before it is whole, unchanged")
    void lnk26ALargeMessageStreams() {
        Peer.Sender sender = sender(2);
        ByteBuf message = AmqpConnectionTest.data(700_000);
        OutgoingLink link = sender.link();
        int id = link.begin(message, 0, 1000, 0, false, sender, 5);
        network.run();
        assertThat(far().arrivingBytes()).isEqualTo(1000);
        assertThat(link.part(id, message, 1000, message.readableBytes() - 1000, true))
                .isTrue();
        network.run();
        assertThat(far().messages.get(0)).isEqualTo(ByteBufUtil.getBytes(message));
        assertThat(sender.outcomes).containsExactly("5 accepted settled");
    }

    @Test
    @DisplayName("LNK-26: what the container does not take stops the sender, and goes on in order when it does")
    void lnk26BackPressure() {
        Peer.Sender sender = sender(100);
        broker.connectionWire().writable = false;
        ByteBuf message = AmqpConnectionTest.data(400_000);
        int sent = 0;
        while (sent < 60 && sender.link().sendable()) {
            sender.link().send(message, 0, message.readableBytes(), 0, true, sender, sent++);
            network.run();
        }
        assertThat(sent).as("the session's window is used up").isLessThan(60);
        assertThat(far().messages).isEmpty();
        broker.connectionWire().writable = true;
        broker.connection.writabilityChanged(true);
        network.run();
        assertThat(far().messages).hasSize(sent);
        assertThat(sender.link().sendable()).isTrue();
        sender.send(AmqpConnectionTest.data(5), false, 99);
        assertThat(far().messages).hasSize(sent + 1);
        assertThat(far().messages.get(sent - 1)).isEqualTo(ByteBufUtil.getBytes(message));
    }

    @Test
    @DisplayName("LNK-15: what was sent before a detach arrives before it, even when it had to wait")
    void lnk15WhatWaitsArrivesBeforeTheDetach() {
        Peer.Sender sender = sender(100);
        broker.connectionWire().writable = false;
        sender.send(AmqpConnectionTest.data(5), true, 1);
        sender.send(AmqpConnectionTest.data(6), true, 2);
        sender.link().detach(true, null);
        network.run();
        assertThat(sender.detached).isFalse();
        assertThat(far().detached).isFalse();
        broker.connectionWire().writable = true;
        broker.connection.writabilityChanged(true);
        network.run();
        assertThat(far().messages).hasSize(2);
        assertThat(far().detached).isTrue();
        assertThat(broker.routerSessions).isZero();
    }

    @Test
    @DisplayName("STR-06, LNK-16: an abort passes when the container has seen a part, otherwise the credit comes back")
    void str06AbortsPass() {
        Peer.Sender sender = sender(2);
        ByteBuf message = AmqpConnectionTest.data(100_000);
        int id = sender.link().begin(message, 0, 50_000, 0, false, sender, 5);
        network.run();
        sender.link().abort(id);
        network.run();
        assertThat(far().aborted).isTrue();
        assertThat(sender.outcomes).isEmpty();
        assertThat(inEnd().unsettledCount()).isZero();
        assertThat(outEnd().unsettledCount()).isZero();
        broker.connectionWire().writable = false;
        id = sender.link().begin(message, 0, 50_000, 0, false, sender, 6);
        network.run();
        sender.link().abort(id);
        network.run();
        broker.connectionWire().writable = true;
        broker.connection.writabilityChanged(true);
        network.run();
        assertThat(far().messages).isEmpty();
        assertThat(sender.link().credit()).isEqualTo(1);
        sender.send(message, false, 7);
        assertThat(sender.outcomes).containsExactly("7 accepted settled");
    }

    @Test
    @DisplayName("LNK-14: a sender that settles a waiting delivery sends it settled")
    void lnk14AWaitingDeliveryIsSettledByItsSender() {
        Peer.Sender sender = sender(2);
        broker.connectionWire().writable = false;
        int id = sender.send(AmqpConnectionTest.data(5), false, 1);
        assertThat(outEnd().undeliveredCount()).isEqualTo(1);
        sender.link().senderState(id, null, true);
        network.run();
        broker.connectionWire().writable = true;
        broker.connection.writabilityChanged(true);
        network.run();
        assertThat(far().settled).containsExactly(true);
        assertThat(outEnd().undeliveredCount()).isZero();
        assertThat(inEnd().unsettledCount()).isZero();
    }

    @Test
    @DisplayName("LNK-16: stopping the router and closing a client end both legs")
    void lnk16OrderlyEnds() {
        Peer.Sender sender = sender(1);
        Peer other = network.client("other");
        Peer.Receiver receiver = other.receiver("lr.q", 1);
        other.engine.close(null);
        network.run();
        assertThat(text(farSender().detachedWith)).isEqualTo(LOST);
        assertThat(receiver.detached).isTrue();
        broker.connection.forceClose();
        network.run();
        assertThat(text(sender.detachedWith)).isEqualTo(LOST);
        assertThat(client.sender("lr.q").detached).isTrue();
    }

    @Test
    @DisplayName("LNK-05: a container that serves itself is both ends of its link")
    void lnk05AContainerAsItsOwnClient() {
        Peer.Sender sender = broker.sender("lr.q");
        far().link().issueCredit(1);
        network.run();
        sender.send(AmqpConnectionTest.data(4), false, 1);
        assertThat(sender.outcomes).containsExactly("1 accepted settled");
        broker.wire.cut();
        network.run();
        assertThat(network.core.links()).isEmpty();
    }
}
