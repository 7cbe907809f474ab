// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.Attach;
import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.Terminus;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.amqp.codec.TypeEncoder;
import io.linkspan.core.CoreSettings;
import io.linkspan.core.address.AddressEntities;
import io.linkspan.core.address.Distribution;
import io.linkspan.core.link.OutboundLink;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Messages of many frames through AMQP connections. Routing, chapter 11. */
class AmqpStreamTest {

    private final Network network = new Network();
    private final Peer receiving = network.client();
    private final Peer sending = network.client();

    private int begin(Peer.Sender sender, ByteBuf message, int length, boolean settled) {
        int id = sender.link().begin(message, message.readerIndex(), length, 0, settled, sender, 1);
        message.skipBytes(length);
        network.run();
        return id;
    }

    private void rest(Peer.Sender sender, int id, ByteBuf message) {
        sender.link().part(id, message, message.readerIndex(), message.readableBytes(), true);
        network.run();
    }

    @Test
    @DisplayName("STR-04 what waits behind a stream goes out when the stream ends, without new credit")
    void whatWaitsBehindAStream() {
        Peer.Receiver receiver = receiving.receiver("q", 2);
        Peer.Sender streamer = sending.sender("q");
        Peer.Sender other = sending.sender("q");
        ByteBuf message = AmqpConnectionTest.data(300_000);
        int id = begin(streamer, message, 200_000, false);
        other.send(AmqpConnectionTest.data(10), false, 2);
        assertThat(receiver.messages).isEmpty();
        rest(streamer, id, message);
        assertThat(receiver.messages.size()).isEqualTo(2);
        assertThat(other.outcomes).containsExactly("2 accepted settled");
    }

    @Test
    @DisplayName("STR-01 the threshold is a setting of the router: below it a message waits to be complete")
    void threshold() {
        Network own =
                new Network(new CoreSettings("R", CoreSettings.Mode.STANDALONE, Distribution.BALANCED, "0", 1, 4096));
        Peer.Receiver receiver = own.client().receiver("q", 10);
        Peer.Sender sender = own.client().sender("q");
        ByteBuf message = AmqpConnectionTest.data(20_000);
        int id = sender.link().begin(message, 0, 4095, 0, false, sender, 1);
        own.run();
        assertThat(receiver.arrivingBytes()).isZero();
        sender.link().part(id, message, 4095, 1, false);
        own.run();
        assertThat(receiver.arrivingBytes()).isEqualTo(4096);
        sender.link().part(id, message, 4096, message.readableBytes() - 4096, true);
        own.run();
        assertThat(sender.outcomes).containsExactly("1 accepted settled");
        own.endAll();
    }

    @Test
    @DisplayName("STR-07 a message whose last frame has come is delivered although its sender detaches at once")
    void detachBehindTheLastFrame() {
        Peer.Receiver receiver = receiving.receiver("q", 0);
        Peer.Sender streamer = sending.sender("q");
        ByteBuf message = AmqpConnectionTest.data(300_000);
        int id = begin(streamer, message, 200_000, false);
        streamer.link().part(id, message, message.readerIndex(), message.readableBytes(), true);
        streamer.link().detach(true, null);
        network.run();
        receiver.link().issueCredit(1);
        network.run();
        assertThat(receiver.aborted).isFalse();
        assertThat(receiver.messages).hasSize(1);
    }

    @Test
    @DisplayName("STR-06 what waits behind a stream goes out when the stream is aborted, and the count is right")
    void whatWaitsBehindAnAbortedStream() {
        Peer.Receiver receiver = receiving.receiver("q", 2);
        Peer.Sender streamer = sending.sender("q");
        Peer.Sender other = sending.sender("q");
        int id = begin(streamer, AmqpConnectionTest.data(300_000), 200_000, false);
        other.send(AmqpConnectionTest.data(10), false, 2);
        streamer.link().abort(id);
        network.run();
        assertThat(receiver.messages.size()).isEqualTo(1);
        network.core.links().forEach(link -> {
            assertThat(link.unsettledCount()).isZero();
            assertThat(!(link instanceof OutboundLink out) || out.outstanding() == 0)
                    .isTrue();
        });
    }

    @Test
    @DisplayName("STR-01 OUT-17 a stream to a receiver of settled deliveries: accepted at its end")
    void streamToAReceiverOfSettled() {
        Peer.Receiver receiver = receiving.receiver(
                Attach.of("settled", Terminus.source("q"), Terminus.target(null))
                        .withSenderSettleMode(Attach.SENDER_SETTLED),
                1);
        Peer.Sender sender = sending.sender("q");
        ByteBuf message = AmqpConnectionTest.data(300_000);
        byte[] whole = ByteBufUtil.getBytes(message);
        int id = begin(sender, message, 200_000, false);
        assertThat(sender.outcomes).isEmpty();
        rest(sender, id, message);
        assertThat(sender.outcomes).containsExactly("1 accepted settled");
        assertThat(receiver.messages.get(0)).isEqualTo(whole);
    }

    @Test
    @DisplayName("STR-08 an early outcome is told when the last frame has arrived")
    void earlyOutcome() {
        Peer.Receiver receiver = receiving.receiver("q", 1);
        Peer.Sender sender = sending.sender("q");
        ByteBuf message = AmqpConnectionTest.data(300_000);
        int id = begin(sender, message, 200_000, false);
        receiver.link().detach(true, null);
        network.run();
        assertThat(sender.outcomes).isEmpty();
        rest(sender, id, message);
        assertThat(sender.outcomes).containsExactly("1 modified failed settled");
    }

    @Test
    @DisplayName(
            "STR-02 STR-10 two receivers, one without credit: the other is slowed down, and goes on when it leaves")
    void slowMulticastReceiver() {
        network.core.createAddress(AddressEntities.Request.prefix("m", "multicast"));
        Peer.Receiver fast = receiving.receiver("m", 10);
        Peer.Receiver slow = receiving.receiver("m", 0);
        Peer.Sender sender = sending.sender("m");
        ByteBuf message = AmqpConnectionTest.data(20_000_000);
        byte[] whole = ByteBufUtil.getBytes(message);
        int id = begin(sender, message, 200_000, false);
        int rounds = 0;
        while (sender.link().partSendable() && message.isReadable() && rounds++ < 10_000) {
            int length = Math.min(message.readableBytes(), 64 * 1024);
            sender.link().part(id, message, message.readerIndex(), length, length == message.readableBytes());
            message.skipBytes(length);
            network.run();
        }
        assertThat(message.readableBytes()).as("held by the session window").isPositive();
        slow.link().detach(true, null);
        network.run();
        while (message.isReadable()) {
            assertThat(sender.link().partSendable()).isTrue();
            int length = Math.min(message.readableBytes(), 64 * 1024);
            sender.link().part(id, message, message.readerIndex(), length, length == message.readableBytes());
            message.skipBytes(length);
            network.run();
        }
        assertThat(fast.messages.get(0)).isEqualTo(whole);
        assertThat(sender.outcomes).containsExactly("1 accepted settled");
    }

    @Test
    @DisplayName("OUT-22 a stream whose head is wrong is rejected at its end, with its credit")
    void malformedStream() {
        receiving.receiver("q", 10);
        Peer.Sender sender = sending.sender("q");
        ByteBuf bad = Unpooled.buffer();
        bad.writeBytes(new byte[] {0, 0x53, 0x70, (byte) 0xa1, 1, 'x'}).writeZero(300_000);
        int id = begin(sender, bad, 150_000, false);
        rest(sender, id, bad);
        assertThat(sender.outcomes).hasSize(1);
        assertThat(sender.outcomes.get(0)).contains("amqp:decode-error").endsWith("settled");
        assertThat(sender.link().credit()).isEqualTo(250);
        sender.send(AmqpConnectionTest.data(10), false, 2);
        assertThat(sender.outcomes.get(1)).isEqualTo("2 accepted settled");
    }

    @Test
    @DisplayName("ANO-03 an anonymous sender's stream finds its way although the address is in a later frame")
    void addressInALaterFrame() {
        Peer.Receiver receiver = receiving.receiver("later", 10);
        Peer.Sender sender = sending.sender((String) null);
        ByteBuf message = AmqpConnectionTest.to("later", 50_000);
        byte[] whole = ByteBufUtil.getBytes(message);
        int id = begin(sender, message, 2, false);
        ByteBuf middle = message.readSlice(5);
        sender.link().part(id, middle, middle.readerIndex(), 5, false);
        network.run();
        rest(sender, id, message);
        assertThat(receiver.messages.get(0)).isEqualTo(whole);
        assertThat(sender.outcomes).containsExactly("1 accepted settled");
    }

    @Test
    @DisplayName(
            "STR-01 a long head of annotations is waited for beyond the threshold, one frame beyond the limit is malformed")
    void longHead() {
        Peer.Receiver receiver = receiving.receiver("q", 10);
        Peer.Sender sender = sending.sender("q");
        for (int length : new int[] {AmqpInbound.MAX_HEAD_BYTES - 100_000, AmqpInbound.MAX_HEAD_BYTES + 20_000}) {
            ByteBuf head = Unpooled.buffer().writeByte(0).writeByte(0x53).writeByte(0x72);
            TypeEncoder.writeValue(head, Map.of(new Symbol("k"), "v".repeat(length)));
            ByteBuf message = Unpooled.wrappedBuffer(head, AmqpConnectionTest.data(10));
            int id = begin(sender, message, 150_000, false);
            rest(sender, id, message);
        }
        assertThat(receiver.messages.size()).isEqualTo(1);
        assertThat(sender.outcomes.get(0)).isEqualTo("1 " + DeliveryState.ACCEPTED + " settled");
        assertThat(sender.outcomes.get(1)).contains("amqp:decode-error");
    }
}
