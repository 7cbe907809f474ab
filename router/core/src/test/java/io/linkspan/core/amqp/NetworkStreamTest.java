// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.OutgoingLink;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Large messages over several routers: aborts, and the links of their own: routing, chapter 11. */
class NetworkStreamTest {

    /** Beyond the size from which a message is passed on before it is whole. */
    private static final int BEGUN = 150_000;

    @SuppressWarnings("NullAway.Init") // Each test connects its own.
    private InteriorRouters routers;

    private void connect(String... pairs) {
        routers = new InteriorRouters(pairs);
    }

    private void seconds(int count) {
        routers.seconds(count);
    }

    private Network first() {
        return routers.router("A");
    }

    private Network last() {
        return List.copyOf(routers.all().values()).get(routers.all().size() - 1);
    }

    /** How many links for large messages a router has opened. */
    private static int streams(Network router) {
        return router.core.connections().stream()
                .filter(connection -> connection instanceof AmqpConnection)
                .map(connection -> ((AmqpConnection) connection).routerLinks())
                .filter(Objects::nonNull)
                .mapToInt(links -> Objects.requireNonNull(links).streamCount())
                .sum();
    }

    @AfterEach
    void nothingIsLeftWhenTheConnectionsAreGone() {
        first().endAll();
        routers.all().values().forEach(router -> assertThat(router.core.links()).isEmpty());
    }

    private void abortAfterPartialForwarding(boolean settled) {
        connect("A-B", "B-C");
        Peer.Receiver receiver = last().client().receiver("q", 10);
        seconds(3);
        Peer.Sender sender = first().client().sender("q");
        OutgoingLink link = sender.link();
        ByteBuf large = AmqpConnectionTest.data(400_000);
        int id = link.begin(large, 0, BEGUN, 0, settled, sender, 1);
        first().run();
        assertThat(receiver.arrivingBytes()).as("begun at the far receiver").isPositive();
        link.abort(id);
        first().run();
        assertThat(receiver.aborted).isTrue();
        assertThat(receiver.messages).isEmpty();
        sender.send(large.slice(), settled, 2);
        assertThat(receiver.messages).hasSize(1);
        assertThat(receiver.messages.get(0)).isEqualTo(ByteBufUtil.getBytes(large));
        assertThat(streams(first())).as("the link is used again").isEqualTo(1);
        assertThat(link.credit()).isEqualTo(250);
        assertThat(Objects.requireNonNull(first().core.address("M0q")).remotes().outstanding())
                .isZero();
    }

    @Test
    @DisplayName(
            "STR-06: an abort after the message has begun crosses three routers, and the same links carry the next")
    void abortOverTwoHops() {
        abortAfterPartialForwarding(false);
    }

    @Test
    @DisplayName("STR-06: the same for a settled message")
    void abortOfASettledMessageOverTwoHops() {
        abortAfterPartialForwarding(true);
    }

    @Test
    @DisplayName(
            "STR-02, STR-05: a receiver behind two routers that does not read stops the sender, and no other message")
    void aSlowReceiverStopsTheSenderOverTwoHops() {
        connect("A-B", "B-C");
        Peer slow = last().client();
        Peer.Receiver receiver = slow.receiver("q", 10);
        Peer.Receiver other = last().client().receiver("p", 10);
        seconds(3);
        Peer client = first().client();
        Peer.Sender sender = client.sender("q");
        slow.connectionWire().writable = false;
        ByteBuf large = AmqpConnectionTest.data(24 << 20);
        int chunk = 64 * 1024;
        int id = sender.link().begin(large, 0, BEGUN, 0, false, sender, 1);
        first().run();
        int sent = BEGUN;
        while (sent < large.readableBytes() && sender.link().partSendable()) {
            sender.link().part(id, large, sent, chunk, false);
            sent += chunk;
            first().run();
        }
        // The windows of two sessions, 8 MiB each, and what a router holds.
        assertThat(sent).as("held back").isLessThan(20 << 20);
        Peer.Sender beside = first().client().sender("p");
        beside.send(AmqpConnectionTest.data(10), false, 2);
        beside.send(AmqpConnectionTest.data(BEGUN * 2), false, 3);
        assertThat(other.messages).as("other messages pass the same routers").hasSize(2);
        slow.connectionWire().writable = true;
        slow.connection.writabilityChanged(true);
        first().run();
        while (sent < large.readableBytes()) {
            assertThat(sender.link().partSendable()).isTrue();
            int length = Math.min(chunk, large.readableBytes() - sent);
            sender.link().part(id, large, sent, length, sent + length == large.readableBytes());
            sent += length;
            first().run();
        }
        assertThat(receiver.messages).hasSize(1);
        assertThat(receiver.messages.get(0)).isEqualTo(ByteBufUtil.getBytes(large));
        assertThat(sender.outcomes).containsExactly("1 accepted settled");
    }

    @Test
    @DisplayName("STR-06: a sender that is lost within a message aborts it behind two routers")
    void lostSenderAborts() {
        connect("A-B", "B-C");
        Peer.Receiver receiver = last().client().receiver("q", 10);
        seconds(3);
        Peer client = first().client();
        Peer.Sender sender = client.sender("q");
        ByteBuf large = AmqpConnectionTest.data(400_000);
        sender.link().begin(large, 0, BEGUN, 0, false, sender, 1);
        first().run();
        assertThat(receiver.arrivingBytes()).isPositive();
        client.wire.cut();
        first().run();
        assertThat(receiver.aborted).isTrue();
        first().client().sender("q").send(large.slice(), false, 2);
        assertThat(receiver.messages).hasSize(1);
    }

    @Test
    @DisplayName("STR-04: of the links for large messages that are idle 128 stay, what is more is closed by tens")
    void idleStreamLinksAreClosedByTens() {
        connect("A-B");
        int count = RouterLinks.MAX_IDLE_STREAMS + RouterLinks.CLOSED_AT_ONCE + 2;
        List<Peer.Receiver> receivers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            receivers.add(last().client().receiver("q" + i, 10));
        }
        seconds(3);
        ByteBuf large = AmqpConnectionTest.data(BEGUN + 1000);
        List<Peer.Sender> senders = new ArrayList<>();
        List<Integer> begun = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Peer.Sender sender = first().client().sender("q" + i);
            senders.add(sender);
            begun.add(sender.link().begin(large, 0, BEGUN, 0, false, sender, 1));
            first().run();
        }
        assertThat(streams(first())).as("each has one of its own").isEqualTo(count);
        seconds(RouterLinks.SCAN_TICKS);
        assertThat(streams(first())).as("busy links stay").isEqualTo(count);
        for (int i = 0; i < count; i++) {
            assertThat(senders.get(i).link().part(begun.get(i), large, BEGUN, large.readableBytes() - BEGUN, true))
                    .isTrue();
            first().run();
            assertThat(receivers.get(i).messages).hasSize(1);
            assertThat(senders.get(i).outcomes).containsExactly("1 accepted settled");
        }
        seconds(RouterLinks.SCAN_TICKS);
        assertThat(streams(first())).isEqualTo(RouterLinks.MAX_IDLE_STREAMS + 2);
        seconds(RouterLinks.SCAN_TICKS);
        assertThat(streams(first())).isEqualTo(RouterLinks.MAX_IDLE_STREAMS);
        seconds(RouterLinks.SCAN_TICKS);
        assertThat(streams(first())).isEqualTo(RouterLinks.MAX_IDLE_STREAMS);
    }

    @Test
    @DisplayName("STR-04: 1,024 messages that still arrive have links of their own, one more takes the data link")
    void streamLinksAreLimited() {
        connect("A-B");
        int count = RouterLinks.MAX_STREAMS + 1;
        Peer.Receiver receiver = last().client().receiver("q", count);
        seconds(3);
        Peer client = first().client(RouterAnnotationsTest.stripping("no"));
        ByteBuf body = AmqpConnectionTest.data(1000);
        ByteBuf front =
                Unpooled.wrappedBuffer(RouterAnnotationsTest.annotations("x-opt-qd.stream", 1), body.slice(0, 500));
        List<Peer.Sender> senders = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            senders.add(client.sender("q"));
        }
        List<Integer> begun = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Peer.Sender sender = senders.get(i);
            begun.add(sender.link().begin(front, 0, front.readableBytes(), 0, false, sender, i));
            if (i % 100 == 0) {
                first().run();
            }
            if (i >= count - 2) {
                first().run();
                assertThat(streams(first())).as("begun " + (i + 1)).isEqualTo(RouterLinks.MAX_STREAMS);
            }
        }
        for (int i = count - 1; i >= 0; i--) {
            assertThat(senders.get(i).link().part(begun.get(i), body, 500, body.readableBytes() - 500, true))
                    .isTrue();
            if (i % 100 == 0) {
                first().run();
            }
        }
        assertThat(receiver.messages).hasSize(count);
        for (int i = 0; i < count; i++) {
            assertThat(senders.get(i).outcomes).containsExactly(i + " accepted settled");
        }
        assertThat(streams(first())).isEqualTo(RouterLinks.MAX_STREAMS);
    }
}
