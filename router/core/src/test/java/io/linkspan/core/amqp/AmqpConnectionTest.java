// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.Attach;
import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.OutgoingLink;
import io.linkspan.amqp.Terminus;
import io.linkspan.amqp.codec.Binary;
import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.amqp.codec.TypeEncoder;
import io.linkspan.amqp.codec.UnsignedLong;
import io.linkspan.core.address.AddressEntities;
import io.linkspan.core.connection.ConnectionRole;
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

class AmqpConnectionTest {

    private final Network network = new Network();
    private final Peer a = network.client();
    private final Peer b = network.client();

    @AfterEach
    void nothingIsLeftWhenTheConnectionsAreGone() {
        a.wire.cut();
        b.wire.cut();
        assertThat(network.core.connections()).isEmpty();
        assertThat(network.core.links()).isEmpty();
        assertThat(network.core.address("M0q")).isNull();
    }

    static ByteBuf data(int bytes) {
        byte[] body = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            body[i] = (byte) (i * 31);
        }
        return section(0x75, new Binary(body));
    }

    static ByteBuf section(int code, Object value) {
        ByteBuf buf = Unpooled.buffer();
        TypeEncoder.writeValue(buf, new Described(new UnsignedLong(code), value));
        return buf;
    }

    static ByteBuf to(@Nullable String address, int bytes) {
        return Unpooled.wrappedBuffer(section(0x73, Arrays.asList(null, null, address)), data(bytes));
    }

    private static String condition(io.linkspan.amqp.@Nullable AmqpError error) {
        return error == null ? "none" : error.condition() + ": " + error.description();
    }

    @Test
    void out01AnUnsettledMessageCrossesUnchangedAndItsOutcomeComesBack() {
        Peer.Receiver receiver = a.receiver("q", 10);
        Peer.Sender sender = b.sender("q");
        ByteBuf message = data(100);
        sender.send(message, false, 7);
        assertThat(receiver.messages).hasSize(1);
        assertThat(receiver.messages.get(0)).isEqualTo(ByteBufUtil.getBytes(message));
        assertThat(sender.outcomes).containsExactly("7 accepted settled");
    }

    @Test
    void crd02WholeWindowWithADestinationAndNothingWithoutOne() {
        Peer.Sender early = b.sender("q");
        assertThat(early.link().credit()).isZero();
        a.receiver("q", 0);
        assertThat(early.link().credit()).isEqualTo(250);
        assertThat(b.sender("q").link().credit()).isEqualTo(250);
    }

    @Test
    void crd04CreditComesBackWhenTheDeliveryIsSettled() {
        Peer.Receiver receiver = a.receiver("q", 10);
        receiver.answers = null;
        Peer.Sender sender = b.sender("q");
        sender.send(data(10), false, 0);
        sender.send(data(10), false, 1);
        assertThat(sender.link().credit()).isEqualTo(248);
        receiver.settle(receiver.ids.get(0), DeliveryState.ACCEPTED);
        assertThat(sender.link().credit()).isEqualTo(249);
        sender.send(data(10), true, 2);
        assertThat(sender.link().credit()).isEqualTo(249);
    }

    @Test
    void ano03AnAnonymousSendersMessageGoesWhereItSays() {
        Peer.Receiver receiver = a.receiver("q", 10);
        Peer.Sender sender = b.sender((String) null);
        assertThat(sender.link().credit()).isEqualTo(250);
        sender.send(to("q", 5), false, 1);
        sender.send(to("nowhere", 5), false, 2);
        sender.send(to(null, 5), false, 3);
        assertThat(receiver.messages).hasSize(1);
        assertThat(sender.outcomes).hasSize(3);
        assertThat(sender.outcomes).contains("1 accepted settled", "2 released settled");
        assertThat(sender.outcomes)
                .anyMatch(outcome ->
                        outcome.startsWith("3 rejected") && outcome.contains("Routing failure: no address present"));
        assertThat(sender.link().credit()).isEqualTo(250);
    }

    @Test
    void ano09ADynamicSourceIsAnsweredWithAnAddressThatCanBeSentTo() {
        Peer.Receiver receiver = a.receiver(Terminus.source(null).withDynamic(true), 10);
        Terminus source =
                Objects.requireNonNull(Objects.requireNonNull(receiver.answer).source());
        assertThat(source.dynamic()).isTrue();
        assertThat(source.address()).matches("amqp:/_topo/0/R/temp\\.[a-zA-Z0-9+_]{15}");
        Peer.Sender sender = b.sender(source.address());
        sender.send(data(3), true, 0);
        assertThat(receiver.messages).hasSize(1);
    }

    @Test
    void ano08AReceiverWithoutSourceAddressIsRefused() {
        Peer.Receiver receiver = a.receiver(Terminus.source(null), 0);
        assertThat(Objects.requireNonNull(receiver.answer).source()).isNull();
        assertThat(condition(receiver.detachedWith)).isEqualTo("qd:no-route-to-dest: No route to the destination node");
    }

    @Test
    void lnk22ACoordinatorIsRefused() {
        Peer.Sender sender = b.sender(Terminus.coordinator(List.of()));
        assertThat(Objects.requireNonNull(sender.answer).target()).isNull();
        assertThat(condition(sender.detachedWith)).startsWith("amqp:precondition-failed: The router can't coordinate");
    }

    @Test
    void ano14RouterCapabilitiesAreForbidden() {
        Peer.Sender sender = b.sender(Terminus.target("x").withCapability(new Symbol("qd.router")));
        assertThat(condition(sender.detachedWith)).isEqualTo("qd:forbidden: Connectivity to the node is forbidden");
    }

    @Test
    void dst40AnUnavailableAddressRefusesBothDirections() {
        network.core.createAddress(AddressEntities.Request.prefix("closed", "unavailable"));
        assertThat(condition(a.receiver("closed.x", 0).detachedWith)).isEqualTo("amqp:not-found: Node not found");
        assertThat(condition(b.sender("closed.x").detachedWith)).isEqualTo("amqp:not-found: Node not found");
        Peer.Sender sender = b.sender((String) null);
        sender.send(to("closed.x", 3), false, 0);
        assertThat(sender.outcomes.get(0)).contains("Deliveries cannot be sent to an unavailable address");
    }

    @Test
    void out22AMessageThatCannotBeDecodedIsRejectedAndTheLinkStays() {
        Peer.Receiver receiver = a.receiver("q", 10);
        Peer.Sender sender = b.sender("q");
        ByteBuf bad = Unpooled.wrappedBuffer(new byte[] {0, 0x53, 0x70, (byte) 0xc0, 9, 9});
        sender.send(bad, false, 0);
        assertThat(sender.outcomes.get(0)).contains("amqp:decode-error").contains("invalid message format");
        assertThat(sender.link().credit()).isEqualTo(250);
        sender.send(data(1), false, 1);
        assertThat(receiver.messages).hasSize(1);
    }

    @Test
    void ann02RouterKeysOfAClientDoNotCross() {
        Peer.Receiver receiver = a.receiver("q", 10);
        Map<Object, Object> annotations = new LinkedHashMap<>();
        annotations.put(new Symbol("x-opt-qd.to"), "elsewhere");
        annotations.put(new Symbol("mine"), 1);
        b.sender("q").send(Unpooled.wrappedBuffer(section(0x72, annotations), data(5)), true, 0);
        annotations.remove(new Symbol("x-opt-qd.to"));
        MessageSections sections = MessageSections.of(receiver.messages.get(0));
        assertThat(sections.values()).hasSize(2);
        assertThat(sections.values().get(0)).isEqualTo(annotations);
    }

    @Test
    void str01ALargeMessageIsCutThroughBeforeItIsComplete() {
        Peer.Receiver receiver = a.receiver("q", 10);
        receiver.answers = null;
        Peer.Sender sender = b.sender("q");
        ByteBuf message = data(400_000);
        OutgoingLink link = sender.link();
        int id = link.begin(message, 0, 100_000, 0, false, sender, 5);
        network.run();
        assertThat(receiver.arrivingBytes()).as("below the threshold it waits").isZero();
        part(link, id, message, 100_000, 200_000, false);
        assertThat(receiver.arrivingBytes()).isEqualTo(200_000);
        part(link, id, message, 200_000, message.readableBytes(), true);
        assertThat(receiver.arrivingBytes()).isZero();
        assertThat(receiver.messages.get(0)).isEqualTo(ByteBufUtil.getBytes(message));
        receiver.settle(receiver.ids.get(0), DeliveryState.RELEASED);
        assertThat(sender.outcomes).containsExactly("5 released settled");
    }

    private void part(OutgoingLink link, int id, ByteBuf message, int from, int to, boolean last) {
        assertThat(link.part(id, message, from, to - from, last)).isTrue();
        network.run();
    }

    @Test
    void str06AnAbortReachesTheReceiverThatGotAPartAndRestoresTheCredit() {
        Peer.Receiver receiver = a.receiver("q", 10);
        Peer.Sender sender = b.sender("q");
        ByteBuf message = data(400_000);
        int id = sender.link().begin(message, 0, 200_000, 0, false, sender, 5);
        network.run();
        assertThat(receiver.arrivingBytes()).isPositive();
        sender.link().abort(id);
        network.run();
        assertThat(receiver.aborted).isTrue();
        assertThat(sender.outcomes).isEmpty();
        assertThat(sender.link().credit()).isEqualTo(250);
        sender.send(data(3), false, 6);
        assertThat(receiver.messages).hasSize(1);
    }

    @Test
    void str06AMessageAbortedBeforeTheThresholdIsNeverSeen() {
        Peer.Receiver receiver = a.receiver("q", 10);
        Peer.Sender sender = b.sender("q");
        int id = sender.link().begin(data(100_000), 0, 50_000, 0, false, sender, 5);
        network.run();
        sender.link().abort(id);
        network.run();
        assertThat(receiver.aborted).isFalse();
        assertThat(sender.link().credit()).isEqualTo(250);
    }

    @Test
    @DisplayName("STR-06 OUT-10 a sender that vanishes in the middle aborts its message")
    void str06ASenderThatVanishesInTheMiddleAbortsItsMessage() {
        Peer.Receiver receiver = a.receiver("q", 10);
        Peer.Sender sender = b.sender("q");
        sender.link().begin(data(400_000), 0, 200_000, 0, false, sender, 5);
        network.run();
        b.wire.cut();
        network.run();
        assertThat(receiver.aborted).isTrue();
    }

    @Test
    void out07AReceiverThatLeavesModifiesWhatItHasAndReleasesWhatWaits() {
        Peer.Receiver receiver = a.receiver("q", 1);
        receiver.answers = null;
        Peer.Sender sender = b.sender("q");
        sender.send(data(10), false, 1);
        sender.send(data(10), false, 2);
        receiver.link().detach(true, null);
        network.run();
        assertThat(sender.outcomes).containsExactlyInAnyOrder("1 modified failed settled", "2 released settled");
    }

    @Test
    void out17AReceiverThatAskedForSettledGetsSettledAndTheSenderAccepted() {
        Attach attach = Attach.of("settled", Terminus.source("q"), Terminus.target(null))
                .withSenderSettleMode(Attach.SENDER_SETTLED);
        Peer.Receiver receiver = a.receiver(attach, 10);
        Peer.Sender sender = b.sender("q");
        sender.send(data(10), false, 3);
        assertThat(receiver.settled).containsExactly(true);
        assertThat(sender.outcomes).containsExactly("3 accepted settled");
        assertThat(sender.link().credit()).isEqualTo(250);
    }

    @Test
    void out05ThreeAcknowledgementsPassEndToEnd() {
        Peer.Receiver receiver = a.receiver("q", 10);
        receiver.answers = null;
        Peer.Sender sender = b.sender("q");
        int id = sender.send(data(10), false, 3);
        receiver.link().dispose(receiver.ids.get(0), DeliveryState.ACCEPTED, false);
        network.run();
        assertThat(sender.outcomes).containsExactly("3 accepted");
        sender.link().senderState(id, null, true);
        network.run();
        assertThat(receiver.senderStates).hasSize(1);
        assertThat(receiver.senderStates.get(0)).endsWith("settled");
        assertThat(sender.link().credit()).isEqualTo(250);
    }

    @Test
    void mq18AReceiverWithTheCapabilityTopicPatternGetsWhatMatches() {
        Peer.Receiver wild =
                a.receiver(Terminus.source("cities.*").withCapabilities(List.of(new Symbol("topic-pattern"))), 10);
        Peer.Sender sender = b.sender("cities.london");
        assertThat(sender.link().credit()).isEqualTo(250);
        sender.send(data(4), false, 1);
        assertThat(wild.messages).hasSize(1);
        assertThat(sender.outcomes).containsExactly("1 accepted settled");
        Peer.Receiver literal = a.receiver("cities.*", 10);
        sender.send(data(4), false, 2);
        assertThat(literal.messages)
                .as("without the capability a star is a star")
                .isEmpty();
        assertThat(wild.messages).hasSize(2);
    }

    @Test
    @DisplayName("CON-01 CON-02 the open says who we are, and with which properties")
    void con01TheOpenSaysWhoWeAre() {
        Peer c = network.client();
        assertThat(Objects.requireNonNull(c.remoteOpen).containerId()).isEqualTo("R");
        assertThat(c.remoteOpen.maxFrameSize()).isEqualTo(16_384);
        assertThat(c.remoteOpen.channelMax()).isEqualTo(32_767);
        assertThat(c.remoteOpen.idleTimeOutMs()).isEqualTo(8_000);
        Map<?, ?> properties = (Map<?, ?>) Objects.requireNonNull(
                Objects.requireNonNull(c.remoteOpen.properties()).decode());
        assertThat(properties.get(new Symbol("product"))).isEqualTo(AmqpProfile.PRODUCT);
        assertThat(properties.get(new Symbol("qd.conn-id"))).isEqualTo(3);
        assertThat(Terminus.symbols(Objects.requireNonNull(c.remoteOpen.offeredCapabilities())))
                .containsExactly(new Symbol("ANONYMOUS-RELAY"), new Symbol("qd.streaming-links"));
        assertThat(c.connection.role()).isEqualTo(ConnectionRole.NORMAL);
        c.wire.cut();
    }

    @Test
    void crd11ADrainIsAnsweredWithWhatThereIs() {
        Peer.Receiver receiver = a.receiver("q", 5);
        b.sender("q").send(data(1), true, 0);
        receiver.link().drain();
        network.run();
        assertThat(receiver.messages).hasSize(1);
        assertThat(receiver.link().credit()).isZero();
    }
}
