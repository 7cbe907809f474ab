// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import static io.linkspan.bridge.codec.Bytes.bytes;
import static io.linkspan.bridge.codec.Bytes.publish;
import static io.linkspan.bridge.codec.MqttVersion.V3_1_1;
import static io.linkspan.bridge.codec.MqttVersion.V5_0;
import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.DeliveryState;
import io.linkspan.bridge.DropCause;
import io.linkspan.bridge.codec.Bytes;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** MQ-2-8: messages that pass before they are complete, between the protocols and within MQTT. */
class LargeMessageTest {

    private static final int PIECE = 50_000;

    private Network network = new Network();

    @AfterEach
    void nothingIsLeftOver() {
        network.close();
    }

    private static byte[] text(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 'x');
        return bytes;
    }

    /** What {@code ServerPackets} says about a payload of that many x. */
    private static String shown(int length) {
        int sum = 0;
        for (int i = 0; i < length; i++) {
            sum = 31 * sum + 'x';
        }
        return length + " bytes " + Integer.toHexString(sum);
    }

    // ---- AMQP to MQTT --------------------------------------------------------------------------------------------

    @Test
    @DisplayName("A data section passes while it comes, the packet before its end; accepted with the PUBACK")
    void dataPassesWhileItComes() {
        MqttPeer reader = network.client(V5_0, "r").subscribe("big", 1);
        MqttPeer old = network.client(V3_1_1, "o").subscribe("#", 0);
        AmqpPeer.Sender sender = network.amqp().sender("big");
        int id = sender.begin(AmqpPeer.dataHead(6 * PIECE), 7);
        for (int i = 0; i < 5; i++) {
            sender.part(id, text(PIECE), false);
        }
        assertThat(reader.receivedBytes()).as("on its way").isGreaterThan(3 * PIECE);
        assertThat(reader.takeEvents()).isEmpty();
        sender.part(id, text(PIECE), true);
        assertThat(reader.takeEvents()).containsExactly("PUBLISH big q1 id1 " + shown(6 * PIECE));
        assertThat(old.takeEvents()).containsExactly("PUBLISH big q0 " + shown(6 * PIECE));
        assertThat(sender.outcomes).isEmpty();
        reader.puback(1);
        assertThat(sender.outcomes).containsExactly("7 accepted settled");
    }

    @Test
    @DisplayName("What else goes to the client waits until the last byte, answers too")
    void otherPacketsWait() {
        MqttPeer reader = network.client(V5_0, "r").subscribe("#", 1);
        AmqpPeer.Sender sender = network.amqp().sender("big");
        int id = sender.begin(AmqpPeer.dataHead(4 * PIECE), 7);
        sender.part(id, text(PIECE), false).part(id, text(PIECE), false).part(id, text(PIECE), false);
        MqttPeer writer = network.client(V5_0, "w").publish("small", 1, 1, "y");
        reader.send(Bytes.of(0xc0, 0));
        assertThat(reader.takeEvents()).isEmpty();
        sender.part(id, text(PIECE), true);
        assertThat(reader.takeEvents())
                .containsExactly("PUBLISH big q1 id1 " + shown(4 * PIECE), "PINGRESP", "PUBLISH small q1 id2 y");
        reader.puback(1).puback(2);
        assertThat(writer.takeEvents()).containsExactly("PUBACK 1");
    }

    @Test
    @DisplayName("A sender that gives up after the PUBLISH has begun costs the client its connection, no other")
    void givenUpAfterItBegan() {
        MqttPeer reader = network.client(V5_0, "r").subscribe("big", 1);
        AmqpPeer.Receiver amqp = network.amqp().receiver("big", 10);
        AmqpPeer.Sender sender = network.amqp().sender("big");
        int id = sender.begin(AmqpPeer.dataHead(10 * PIECE), 7);
        for (int i = 0; i < 5; i++) {
            sender.part(id, text(PIECE), false);
        }
        sender.abort(id);
        assertThat(reader.takeEvents()).containsExactly("CLOSED");
        assertThat(reader.wire.dropped).isTrue();
        assertThat(amqp.aborted).isTrue();
        sender.send(AmqpPeer.data("next"), false, 8);
        assertThat(amqp.texts()).containsExactly("next");
    }

    @Test
    @DisplayName("A message whose length is not known is gathered, and sent when it is whole")
    void aTextIsGathered() {
        MqttPeer reader = network.client(V5_0, "r").subscribe("big", 1);
        AmqpPeer.Sender sender = network.amqp().sender("big");
        // An amqp-value section with a string of four bytes of length.
        byte[] head = AmqpPeer.dataHead(4 * PIECE);
        head[2] = 0x77;
        head[3] = (byte) 0xb1;
        int id = sender.begin(head, 7);
        for (int i = 0; i < 4; i++) {
            assertThat(reader.receivedBytes()).isLessThan(PIECE);
            sender.part(id, text(PIECE), i == 3);
        }
        assertThat(reader.takeEvents()).containsExactly("PUBLISH big q1 id1 {01=1} " + shown(4 * PIECE));
        reader.puback(1);
        assertThat(sender.outcomes).containsExactly("7 accepted settled");
    }

    @Test
    @DisplayName("A gathered message that is given up leaves nothing; the next one comes")
    void gatheredAndGivenUp() {
        MqttPeer reader = network.client(V5_0, "r").subscribe("big", 1);
        AmqpPeer.Sender sender = network.amqp().sender("big");
        byte[] head = AmqpPeer.dataHead(10 * PIECE);
        head[2] = 0x77;
        head[3] = (byte) 0xb1;
        int id = sender.begin(head, 7);
        for (int i = 0; i < 4; i++) {
            sender.part(id, text(PIECE), false);
        }
        sender.abort(id);
        assertThat(reader.takeEvents()).isEmpty();
        sender.send(AmqpPeer.data("next"), false, 8);
        assertThat(reader.takeEvents().toString())
                .contains("PUBLISH big q1 ")
                .contains(" next")
                .doesNotContain("CLOSED");
    }

    @Test
    @DisplayName("A gathered message above 16 MiB is rejected: message-size-exceeded; the connection stays")
    void gatheredTooMuch() {
        MqttPeer reader = network.client(V5_0, "r").subscribe("big", 1);
        AmqpPeer.Sender sender = network.amqp().sender("big");
        byte[] head = AmqpPeer.dataHead(20 << 20);
        head[2] = 0x77;
        head[3] = (byte) 0xb1;
        int id = sender.begin(head, 7);
        for (int left = 20 << 20; left > 0; left -= PIECE) {
            sender.part(id, text(Math.min(PIECE, left)), left <= PIECE);
        }
        assertThat(sender.outcomes).hasSize(1);
        assertThat(sender.outcomes.get(0)).startsWith("7 rejected").contains("message-size-exceeded");
        assertThat(reader.isClosed()).isFalse();
        assertThat(reader.takeEvents()).isEmpty();
    }

    @Test
    @DisplayName("A second data section shows that the length announced was wrong: rejected, the connection is dropped")
    void twoDataSections() {
        MqttPeer reader = network.client(V5_0, "r").subscribe("big", 1);
        AmqpPeer.Sender sender = network.amqp().sender("big");
        int id = sender.begin(AmqpPeer.dataHead(4 * PIECE), 7);
        for (int i = 0; i < 4; i++) {
            sender.part(id, text(PIECE), false);
        }
        sender.part(id, AmqpPeer.dataHead(0), true);
        assertThat(reader.takeEvents()).containsExactly("CLOSED");
        assertThat(sender.outcomes).hasSize(1);
        assertThat(sender.outcomes.get(0)).startsWith("7 rejected").contains("decode-error");
    }

    @Test
    @DisplayName("A footer after the data section is left out")
    void footer() {
        MqttPeer reader = network.client(V5_0, "r").subscribe("big", 1);
        AmqpPeer.Sender sender = network.amqp().sender("big");
        int id = sender.begin(AmqpPeer.dataHead(4 * PIECE), 7);
        for (int i = 0; i < 4; i++) {
            sender.part(id, text(PIECE), false);
        }
        sender.part(id, new byte[] {0, 0x53, 0x78, (byte) 0xc1, 1, 0}, true);
        assertThat(reader.takeEvents()).containsExactly("PUBLISH big q1 id1 " + shown(4 * PIECE));
        reader.puback(1);
        assertThat(sender.outcomes).containsExactly("7 accepted settled");
    }

    @Test
    @DisplayName("A message that ends before the length its section announced: rejected, the connection is dropped")
    void tooShort() {
        MqttPeer reader = network.client(V5_0, "r").subscribe("big", 1);
        AmqpPeer.Sender sender = network.amqp().sender("big");
        int id = sender.begin(AmqpPeer.dataHead(10 * PIECE), 7);
        for (int i = 0; i < 4; i++) {
            sender.part(id, text(PIECE), i == 3);
        }
        assertThat(reader.takeEvents()).containsExactly("CLOSED");
        assertThat(sender.outcomes).hasSize(1);
        assertThat(sender.outcomes.get(0)).startsWith("7 rejected");
    }

    @Test
    @DisplayName("STR-02 A subscriber whose socket takes no more holds the sender back")
    void aSlowSubscriberHoldsTheSenderBack() {
        MqttPeer reader = network.client(V5_0, "r").subscribe("big", 1);
        AmqpPeer.Sender sender = network.amqp().sender("big");
        int id = sender.begin(AmqpPeer.dataHead(400 * PIECE), 7);
        sender.part(id, text(PIECE), false).part(id, text(PIECE), false).part(id, text(PIECE), false);
        reader.wire.setWritable(false);
        int taken = 3;
        while (taken < 400 && sender.link().partSendable()) {
            sender.part(id, text(PIECE), false);
            taken++;
        }
        assertThat(taken).as("pieces until the window is used up").isLessThan(399);
        reader.wire.setWritable(true);
        network.run();
        while (taken < 400) {
            assertThat(sender.link().partSendable()).isTrue();
            sender.part(id, text(PIECE), ++taken == 400);
        }
        assertThat(reader.takeEvents()).containsExactly("PUBLISH big q1 id1 " + shown(400 * PIECE));
    }

    @Test
    @DisplayName("The subscriber leaves in the middle: modified")
    void theSubscriberLeaves() {
        MqttPeer reader = network.client(V5_0, "r").subscribe("big", 1);
        AmqpPeer.Sender sender = network.amqp().sender("big");
        int id = sender.begin(AmqpPeer.dataHead(10 * PIECE), 7);
        for (int i = 0; i < 5; i++) {
            sender.part(id, text(PIECE), false);
        }
        reader.wire.cut();
        network.run();
        for (int i = 0; i < 5; i++) {
            sender.part(id, text(PIECE), i == 4);
        }
        assertThat(sender.outcomes).hasSize(1);
        assertThat(sender.outcomes.get(0)).startsWith("7 modified");
    }

    // ---- MQTT to both --------------------------------------------------------------------------------------------

    private static void sendInPieces(MqttPeer writer, Bytes whole) {
        byte[] all = whole.array();
        for (int i = 0; i < all.length; i += PIECE) {
            writer.send(bytes().raw(Arrays.copyOfRange(all, i, Math.min(all.length, i + PIECE))));
        }
    }

    @Test
    @DisplayName("A large publish reaches AMQP as one data section while it comes, and is acknowledged by the outcome")
    void publishToAmqp() {
        AmqpPeer.Receiver receiver = network.amqp().receiver("big", 10);
        receiver.answers = null;
        MqttPeer writer = network.client(V5_0, "w");
        sendInPieces(writer, publish(V5_0, 2, "big", 5, bytes(), bytes().raw(text(300_000))));
        assertThat(receiver.texts()).containsExactly("x".repeat(300_000));
        assertThat(writer.takeEvents()).isEmpty();
        receiver.settle(receiver.ids.get(0), DeliveryState.ACCEPTED);
        assertThat(writer.takeEvents()).containsExactly("PUBACK 5");
    }

    @Test
    @DisplayName("The publisher is lost in the middle: aborted at AMQP; an MQTT reader in the middle of it is dropped")
    void thePublisherIsLost() {
        AmqpPeer.Receiver receiver = network.amqp().receiver("big", 10);
        MqttPeer reader = network.client(V5_0, "r").subscribe("big", 1);
        MqttPeer writer = network.client(V5_0, "w");
        writer.send(Bytes.of(0x32).var(900_000).s("big").u2(5).b(0).raw(text(250_000)));
        writer.wire.cut();
        network.run();
        assertThat(receiver.aborted).isTrue();
        assertThat(reader.takeEvents()).containsExactly("CLOSED");
        assertThat(network.client(V5_0, "w").publish("big", 1, 1, "next").takeEvents())
                .containsExactly("PUBACK 1");
        assertThat(receiver.texts()).containsExactly("next");
    }

    @Test
    @DisplayName("A large publish that nobody takes is read to its end and answered 0x10")
    void nobodyTakesIt() {
        MqttPeer writer = network.client(V5_0, "w");
        sendInPieces(
                writer,
                publish(V5_0, 2, "big", 5, bytes(), bytes().raw(text(300_000))).add(Bytes.of(0xc0, 0)));
        assertThat(writer.takeEvents()).containsExactlyInAnyOrder("PUBACK 5 0x10", "PINGRESP");
    }

    @Test
    @DisplayName("MQ-6-27 A large publish whose text turns out to be none: aborted, 0x99; the publisher stays")
    void largeAndNoText() {
        network.close();
        network = new Network(new Settings().validatesPayloads().make());
        AmqpPeer.Receiver receiver = network.amqp().receiver("big", 10);
        MqttPeer writer = network.client(V5_0, "w");
        byte[] payload = text(300_000);
        payload[270_000] = (byte) 0xff;
        sendInPieces(writer, publish(V5_0, 2, "big", 5, bytes().b(1, 1), bytes().raw(payload)));
        assertThat(receiver.messages).isEmpty();
        assertThat(receiver.aborted).isTrue();
        assertThat(writer.takeEvents()).containsExactly("PUBACK 5 0x99");
        sendInPieces(writer, publish(V5_0, 0, "big", 0, bytes().b(1, 1), bytes().raw(payload)));
        assertThat(network.bridge.counters().dropped(DropCause.PAYLOAD_FORMAT)).isEqualTo(1);
        payload[270_000] = 'x';
        sendInPieces(writer, publish(V5_0, 2, "big", 6, bytes().b(1, 1), bytes().raw(payload)));
        assertThat(receiver.texts()).containsExactly("x".repeat(300_000));
        assertThat(writer.takeEvents()).containsExactly("PUBACK 6");
    }

    @Test
    @DisplayName("Two large publishes, both QoS 0 and 1, from one client: in order, to readers of each version")
    void oneAfterTheOther() {
        MqttPeer reader = network.client(V5_0, "r").subscribe("#", 1);
        MqttPeer old = network.client(V3_1_1, "o").subscribe("big/+", 1);
        MqttPeer writer = network.client(V3_1_1, "w");
        sendInPieces(
                writer,
                publish(V3_1_1, 0, "big/1", 0, bytes(), bytes().raw(text(200_000)))
                        .add(publish(V3_1_1, 2, "big/2", 9, bytes(), bytes().raw(text(150_000))))
                        .add(publish(V3_1_1, 0, "big/3", 0, bytes(), bytes().text("end"))));
        for (MqttPeer each : java.util.List.of(reader, old)) {
            assertThat(each.takeEvents())
                    .containsExactly(
                            "PUBLISH big/1 q0 " + shown(200_000),
                            "PUBLISH big/2 q1 id1 " + shown(150_000),
                            "PUBLISH big/3 q0 end");
            each.puback(1);
        }
        assertThat(writer.takeEvents()).containsExactly("PUBACK 9");
    }
}
