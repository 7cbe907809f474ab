// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import static io.linkspan.bridge.codec.Bytes.bytes;
import static io.linkspan.bridge.codec.MqttVersion.V3_1_1;
import static io.linkspan.bridge.codec.MqttVersion.V5_0;
import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.ErrorCondition;
import io.linkspan.bridge.codec.Bytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Connections, acknowledgements and subscriptions, rule by rule. */
class MqttEngineTest {

    private final Network network = new Network();

    @AfterEach
    void nothingIsLeftOver() {
        network.close();
    }

    @Test
    @DisplayName("MQ-5-1 CONNACK announces the limits")
    void connack() {
        MqttPeer peer =
                network.peer().send(Bytes.connect(V5_0, "", bytes().b(0x11).u4(60), 0));
        assertThat(peer.takeEvents())
                .containsExactly("CONNACK 0 0x00 {11=0 12=linkspan-00000000-0000-0000-0000-000000000001 13=60"
                        + " 22=65535 24=1 25=0 27=268435455}");
        assertThat(network.events).contains("session not kept linkspan-00000000-0000-0000-0000-000000000001");
    }

    @Test
    @DisplayName("MQ-6-2 A second CONNECT ends the connection with 0x82")
    void secondConnect() {
        MqttPeer peer = network.client(V5_0, "c").send(Bytes.connect(V5_0));
        assertThat(peer.takeEvents().toString()).startsWith("[DISCONNECT 0x82").endsWith("CLOSED]");
    }

    @Test
    @DisplayName("MQ-4-5 A newer connection takes the client identifier")
    void takeOver() {
        MqttPeer older = network.client(V5_0, "c");
        MqttPeer newer = network.client(V5_0, "c");
        assertThat(older.takeEvents().toString()).startsWith("[DISCONNECT 0x8e").endsWith("CLOSED]");
        assertThat(newer.send(Bytes.of(0xc0, 0)).takeEvents()).containsExactly("PINGRESP");
    }

    @Test
    @DisplayName("3.1 Unroutable: 0x10, and a positive answer before MQTT 5.0")
    void unroutable() {
        assertThat(network.client(V5_0, "a").publish("t", 1, 3, "x").takeEvents())
                .containsExactly("PUBACK 3 0x10");
        assertThat(network.client(V3_1_1, "b").publish("t", 1, 3, "x").takeEvents())
                .containsExactly("PUBACK 3");
    }

    @Test
    @DisplayName("3.1 Rejected: the condition decides the code")
    void rejected() {
        AmqpPeer.Receiver receiver = network.amqp().receiver("t", 10);
        receiver.answers = DeliveryState.rejected(ErrorCondition.UNAUTHORIZED_ACCESS.error("no"));
        MqttPeer peer = network.client(V5_0, "a").publish("t", 1, 1, "x");
        assertThat(peer.takeEvents()).containsExactly("PUBACK 1 0x87 {1f=amqp:unauthorized-access no}");
        receiver.answers = DeliveryState.rejected(ErrorCondition.RESOURCE_LIMIT_EXCEEDED.error("full"));
        assertThat(peer.publish("t", 1, 2, "x").takeEvents().toString()).contains("PUBACK 2 0x97");
        MqttPeer v3 = network.client(V3_1_1, "b").publish("t", 1, 1, "x");
        assertThat(v3.takeEvents()).containsExactly("CLOSED");
    }

    @Test
    @DisplayName("3.1 Modified: tried again three times, then 0x80")
    void modified() {
        AmqpPeer.Receiver receiver = network.amqp().receiver("t", 10);
        receiver.answers = DeliveryState.MODIFIED_FAILED;
        MqttPeer peer = network.client(V5_0, "a").publish("t", 1, 1, "x");
        assertThat(receiver.texts()).containsExactly("x", "x", "x", "x");
        assertThat(peer.takeEvents()).containsExactly("PUBACK 1 0x80");
    }

    @Test
    @DisplayName("3.1 No credit although a receiver exists: held until publishTimeout, then 0x97")
    void noCredit() {
        network.amqp().receiver("t", 0);
        MqttPeer peer = network.client(V5_0, "a").publish("t", 1, 1, "x");
        network.pass(29);
        assertThat(peer.takeEvents()).isEmpty();
        network.pass(2);
        assertThat(peer.takeEvents().toString()).contains("PUBACK 1 0x97");
    }

    @Test
    @DisplayName("MQ-3-2 PUBACKs come in the order of the publishes")
    void order() {
        AmqpPeer.Receiver receiver = network.amqp().receiver("t", 10);
        receiver.answers = null;
        MqttPeer peer = network.client(V5_0, "a").publish("t", 1, 1, "x").publish("t", 1, 2, "y");
        receiver.settle(receiver.ids.get(1), DeliveryState.ACCEPTED);
        assertThat(peer.takeEvents()).isEmpty();
        receiver.settle(receiver.ids.get(0), DeliveryState.ACCEPTED);
        assertThat(peer.takeEvents()).containsExactly("PUBACK 1", "PUBACK 2");
    }

    @Test
    @DisplayName("MQ-3-10 A message that matches several filters comes once, with all identifiers")
    void overlap() {
        MqttPeer peer = network.client(V5_0, "a");
        peer.send(Bytes.subscribe(V5_0, 1, bytes().b(0x0b, 1), bytes().s("t/+").b(0)));
        peer.send(Bytes.subscribe(V5_0, 2, bytes().b(0x0b, 2), bytes().s("t/#").b(1)));
        peer.takeEvents();
        network.client(V5_0, "b").publish("t/x", 1, 1, "m");
        assertThat(peer.takeEvents().toString())
                .containsAnyOf("PUBLISH t/x q1 id1 {0b=1,2} m", "PUBLISH t/x q1 id1 {0b=2,1} m")
                .doesNotContain("id2");
    }

    @Test
    @DisplayName("MQ-4-18 A will is published when the connection is lost, not after DISCONNECT")
    void will() {
        MqttPeer watcher = network.client(V3_1_1, "w").subscribe("gone/#", 0);
        Bytes connect = Bytes.packet(
                0x10, bytes().s("MQTT").b(4, 6).u2(0).s("c").s("gone/c").s("bye"));
        network.peer().send(connect).wire.cut();
        network.run();
        assertThat(watcher.takeEvents()).containsExactly("PUBLISH gone/c q0 bye");
        network.peer().send(connect).send(Bytes.of(0xe0, 0));
        assertThat(watcher.takeEvents()).isEmpty();
    }

    @Test
    @DisplayName("MQ-5-2 Silence for one and a half keep alive intervals: 0x8D")
    void keepAlive() {
        MqttPeer peer = network.peer().send(Bytes.connect(V5_0, "c", bytes(), 4));
        peer.takeEvents();
        network.pass(5.5);
        assertThat(peer.takeEvents()).isEmpty();
        network.pass(2);
        assertThat(peer.takeEvents().toString()).startsWith("[DISCONNECT 0x8d");
    }

    @Test
    @DisplayName("MQ-5-4 No CONNECT in time: closed without a word")
    void connectTimeout() {
        MqttPeer peer = network.peer();
        network.pass(9);
        assertThat(peer.isClosed()).isFalse();
        network.pass(2);
        assertThat(peer.takeEvents()).containsExactly("CLOSED");
    }

    @Test
    @DisplayName("MQ-2-8 A large publish passes from client to client in pieces")
    void largePublish() {
        MqttPeer reader = network.client(V5_0, "r").subscribe("big", 1);
        MqttPeer writer = network.client(V5_0, "w");
        byte[] publish = Bytes.publish(V5_0, 2, "big", 5, bytes(), bytes().raw(new byte[500_000]))
                .array();
        for (int i = 0; i < publish.length; i += 60_000) {
            byte[] piece = java.util.Arrays.copyOfRange(publish, i, Math.min(publish.length, i + 60_000));
            writer.send(bytes().raw(piece));
        }
        assertThat(reader.takeEvents()).containsExactly("PUBLISH big q1 id1 500000 bytes 0");
        reader.puback(1);
        assertThat(writer.takeEvents()).containsExactly("PUBACK 5");
    }

    @Test
    @DisplayName("MQ-1-21 Members of a shared subscription take turns")
    void shared() {
        MqttPeer first = network.client(V5_0, "a").subscribe("$share/g/t/#", 0);
        MqttPeer second = network.client(V3_1_1, "b").subscribe("$share/g/t/#", 0);
        MqttPeer writer = network.client(V5_0, "w").publish("t/1", 0, 0, "x").publish("t/2", 0, 0, "y");
        assertThat(writer.takeEvents()).isEmpty();
        assertThat(first.takeEvents()).hasSize(1);
        assertThat(second.takeEvents()).hasSize(1);
    }
}
