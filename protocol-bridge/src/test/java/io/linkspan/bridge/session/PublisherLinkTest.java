// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import static io.linkspan.bridge.codec.Bytes.bytes;
import static io.linkspan.bridge.codec.Bytes.publish;
import static io.linkspan.bridge.codec.MqttVersion.V3_1_1;
import static io.linkspan.bridge.codec.MqttVersion.V5_0;
import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.ErrorCondition;
import io.linkspan.bridge.MqttLimits;
import io.linkspan.bridge.MqttSettings;
import io.linkspan.bridge.codec.Bytes;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What becomes of a publish: which answer follows which outcome, when, and in which order. Chapter 3.1. */
class PublisherLinkTest {

    private Network network = new Network();

    @AfterEach
    void nothingIsLeftOver() {
        network.close();
    }

    private void use(MqttSettings settings) {
        network.close();
        network = new Network(settings);
    }

    private AmqpPeer.Receiver manual(String address) {
        AmqpPeer.Receiver receiver = network.amqp().receiver(address, 100);
        receiver.answers = null;
        return receiver;
    }

    private AmqpPeer.Receiver rejecting(String address, ErrorCondition condition) {
        AmqpPeer.Receiver receiver = network.amqp().receiver(address, 100);
        receiver.answers = DeliveryState.rejected(condition.error("no"));
        return receiver;
    }

    // ---- outcomes ------------------------------------------------------------------------------------------------

    @Test
    @DisplayName("3.1 Each rejection has its code")
    void codesOfRejections() {
        MqttPeer writer = network.client(V5_0, "w");
        List<ErrorCondition> conditions = List.of(
                ErrorCondition.UNAUTHORIZED_ACCESS,
                ErrorCondition.NOT_ALLOWED,
                ErrorCondition.RESOURCE_LIMIT_EXCEEDED,
                ErrorCondition.MESSAGE_SIZE_EXCEEDED,
                ErrorCondition.DECODE_ERROR,
                ErrorCondition.INVALID_FIELD,
                ErrorCondition.INTERNAL_ERROR);
        List<String> codes = List.of("0x87", "0x87", "0x97", "0x97", "0x83", "0x83", "0x83");
        for (int i = 0; i < conditions.size(); i++) {
            String topic = "t" + i;
            rejecting(topic, conditions.get(i));
            assertThat(writer.publish(topic, 1, i + 1, "x").takeEvents())
                    .containsExactly("PUBACK " + (i + 1) + " " + codes.get(i) + " {1f="
                            + conditions.get(i).error("no").condition() + " no}");
        }
    }

    @Test
    @DisplayName("3.1 decode-error and invalid-field of a payload that was said to be text: 0x99")
    void rejectedText() {
        rejecting("t", ErrorCondition.DECODE_ERROR);
        MqttPeer writer = network.client(V5_0, "w");
        writer.send(publish(V5_0, 2, "t", 1, bytes().b(1, 1), bytes().text("x")));
        assertThat(writer.takeEvents().toString()).startsWith("[PUBACK 1 0x99");
    }

    @Test
    @DisplayName("3.1 No Reason String for a client that wants none, or whose packets are too small for it")
    void reasonStringOnDemand() {
        rejecting("t", ErrorCondition.NOT_ALLOWED);
        MqttPeer modest = network.client(network.bridge, V5_0, "a", bytes().b(0x17, 0));
        assertThat(modest.publish("t", 1, 1, "x").takeEvents()).containsExactly("PUBACK 1 0x87");
        MqttPeer small =
                network.client(network.bridge, V5_0, "b", bytes().b(0x27).u4(40));
        assertThat(small.publish("t", 1, 1, "x").takeEvents()).containsExactly("PUBACK 1 0x87");
    }

    @Test
    @DisplayName("MQ-3-3 v3OnReject: close closes without an acknowledgement, ack acknowledges and drops")
    void v3OnReject() {
        rejecting("t", ErrorCondition.NOT_ALLOWED);
        MqttPeer closed = network.client(V3_1_1, "a").publish("t", 1, 1, "x");
        assertThat(closed.takeEvents()).containsExactly("CLOSED");
        use(new Settings().acknowledgesRejected().make());
        rejecting("t", ErrorCondition.NOT_ALLOWED);
        MqttPeer kept = network.client(V3_1_1, "a").publish("t", 1, 1, "x").publish("t", 1, 2, "y");
        assertThat(kept.takeEvents()).containsExactly("PUBACK 1", "PUBACK 2");
        assertThat(kept.isClosed()).isFalse();
        assertThat(network.client(V5_0, "b")
                        .publish("t", 1, 1, "x")
                        .takeEvents()
                        .toString())
                .as("MQTT 5.0 is told")
                .startsWith("[PUBACK 1 0x87");
    }

    @Test
    @DisplayName("MQ-3-3 v3OnReject: ack also holds for what nobody took in time")
    void v3OnRejectAfterTheTime() {
        use(new Settings().acknowledgesRejected().make());
        network.amqp().receiver("t", 0);
        MqttPeer writer = network.client(V3_1_1, "w").publish("t", 1, 1, "x");
        network.pass(31);
        assertThat(writer.takeEvents()).containsExactly("PUBACK 1");
        assertThat(writer.isClosed()).isFalse();
    }

    @Test
    @DisplayName("3.1 modified, undeliverable here: another receiver; 0x10 if there is none")
    void undeliverableHere() {
        AmqpPeer.Receiver first = network.amqp().receiver("t", 10);
        first.answers = DeliveryState.modified(false, true, null);
        MqttPeer writer = network.client(V5_0, "w");
        assertThat(writer.publish("t", 1, 1, "x").takeEvents()).containsExactly("PUBACK 1 0x10");
        AmqpPeer.Receiver second = network.amqp().receiver("t", 10);
        assertThat(writer.publish("t", 1, 2, "y").takeEvents()).containsExactly("PUBACK 2");
        assertThat(second.texts()).containsExactly("y");
    }

    @Test
    @DisplayName("3.1 released although there are receivers: tried again until one takes it")
    void releasedIsTriedAgain() {
        AmqpPeer.Receiver receiver = network.amqp().receiver("t", 100);
        receiver.answers = DeliveryState.RELEASED;
        MqttPeer writer = network.client(V5_0, "w").publish("t", 1, 1, "x");
        assertThat(writer.takeEvents()).isEmpty();
        network.pass(5);
        assertThat(receiver.messages.size()).isBetween(3, 10);
        receiver.answers = DeliveryState.ACCEPTED;
        network.pass(3);
        assertThat(writer.takeEvents()).containsExactly("PUBACK 1");
        assertThat(network.bridge.counters().retries).isPositive();
    }

    @Test
    @DisplayName("3.1 released again and again: 0x97 after publishTimeout")
    void releasedForTooLong() {
        network.amqp().receiver("t", 1_000).answers = DeliveryState.RELEASED;
        MqttPeer writer = network.client(V5_0, "w").publish("t", 1, 1, "x");
        network.pass(29);
        assertThat(writer.takeEvents()).isEmpty();
        network.pass(3);
        assertThat(writer.takeEvents().toString()).startsWith("[PUBACK 1 0x97");
    }

    @Test
    @DisplayName("3.1 The receiver goes while a publish waits for its credit: no matching subscribers")
    void theReceiverGoes() {
        AmqpPeer.Receiver receiver = network.amqp().receiver("t", 0);
        MqttPeer writer = network.client(V5_0, "w").publish("t", 1, 1, "x");
        receiver.detach();
        assertThat(writer.takeEvents()).containsExactly("PUBACK 1 0x10");
    }

    @Test
    @DisplayName("3.1 A message whose expiry passes while it is tried again: no matching subscribers")
    void expiresWhileItIsTried() {
        network.amqp().receiver("t", 100).answers = DeliveryState.RELEASED;
        MqttPeer writer = network.client(V5_0, "w");
        writer.send(publish(V5_0, 2, "t", 1, bytes().b(2).u4(3), bytes().text("x")));
        network.pass(6);
        assertThat(writer.takeEvents()).containsExactly("PUBACK 1 0x10");
    }

    @Test
    @DisplayName("3.1 The connection is lost before the outcome: the outcome is nobody's")
    void lostBeforeTheOutcome() {
        AmqpPeer.Receiver receiver = manual("t");
        MqttPeer writer = network.client(V5_0, "w").publish("t", 1, 1, "x");
        writer.wire.cut();
        network.run();
        receiver.settle(receiver.ids.get(0), DeliveryState.ACCEPTED);
        assertThat(network.client(V5_0, "w").publish("u", 1, 1, "y").takeEvents())
                .containsExactly("PUBACK 1 0x10");
    }

    // ---- several receivers ---------------------------------------------------------------------------------------

    @Test
    @DisplayName("MQ-3-1 multicastAck all: success only after all have answered; rejected over accepted")
    void allHaveToAnswer() {
        network.address("t", "multicast");
        AmqpPeer.Receiver first = manual("t");
        AmqpPeer.Receiver second = manual("t");
        MqttPeer writer = network.client(V5_0, "w").publish("t", 1, 1, "x").publish("t", 1, 2, "y");
        first.settle(first.ids.get(0), DeliveryState.ACCEPTED);
        assertThat(writer.takeEvents()).isEmpty();
        second.settle(second.ids.get(0), DeliveryState.ACCEPTED);
        assertThat(writer.takeEvents()).containsExactly("PUBACK 1");
        first.settle(first.ids.get(1), DeliveryState.rejected(ErrorCondition.NOT_ALLOWED.error("no")));
        assertThat(writer.takeEvents()).isEmpty();
        second.settle(second.ids.get(1), DeliveryState.ACCEPTED);
        assertThat(writer.takeEvents().toString()).startsWith("[PUBACK 2 0x87");
    }

    @Test
    @DisplayName("MQ-3-1 multicastAck any: the first acceptance is success, whatever comes later")
    void oneAnswerSuffices() {
        use(new Settings().multicastAckAny().make());
        network.address("t", "multicast");
        AmqpPeer.Receiver first = manual("t");
        AmqpPeer.Receiver second = manual("t");
        MqttPeer writer = network.client(V5_0, "w").publish("t", 1, 1, "x").publish("t", 1, 2, "y");
        first.settle(first.ids.get(0), DeliveryState.ACCEPTED);
        assertThat(writer.takeEvents()).containsExactly("PUBACK 1");
        second.settle(second.ids.get(0), DeliveryState.rejected(ErrorCondition.NOT_ALLOWED.error("no")));
        assertThat(writer.takeEvents()).isEmpty();
        first.settle(first.ids.get(1), DeliveryState.rejected(ErrorCondition.NOT_ALLOWED.error("no")));
        assertThat(writer.takeEvents()).as("a rejection is not an acceptance").isEmpty();
        second.settle(second.ids.get(1), DeliveryState.ACCEPTED);
        assertThat(writer.takeEvents()).containsExactly("PUBACK 2");
        writer.publish("t", 1, 3, "z");
        first.settle(first.ids.get(2), DeliveryState.rejected(ErrorCondition.NOT_ALLOWED.error("no")));
        second.settle(second.ids.get(2), DeliveryState.rejected(ErrorCondition.NOT_ALLOWED.error("no")));
        assertThat(writer.takeEvents().toString()).as("all rejected").startsWith("[PUBACK 3 0x87");
    }

    @Test
    @DisplayName("MQ-3-1 multicastAck any: the identifier is free again, and a receiver that leaves changes nothing")
    void oneAnswerAndThenLost() {
        use(new Settings().multicastAckAny().make());
        network.address("t", "multicast");
        AmqpPeer.Receiver first = manual("t");
        AmqpPeer.Receiver second = manual("t");
        MqttPeer writer = network.client(V5_0, "w").publish("t", 1, 1, "x");
        first.settle(first.ids.get(0), DeliveryState.ACCEPTED);
        second.detach();
        writer.publish("t", 1, 1, "y");
        first.settle(first.ids.get(1), DeliveryState.ACCEPTED);
        assertThat(writer.takeEvents()).containsExactly("PUBACK 1", "PUBACK 1");
    }

    @Test
    @DisplayName("Architecture 3: subscribers of QoS 0 do not decide, those of QoS 1 do")
    void qos0DoesNotDecide() {
        network.client(V5_0, "zero").subscribe("t", 0);
        MqttPeer one = network.client(V5_0, "one").subscribe("t", 1);
        MqttPeer writer = network.client(V5_0, "w").publish("t", 1, 1, "x");
        assertThat(writer.takeEvents()).isEmpty();
        one.send(Bytes.of(0x40, 3, 0, 1, 0x87));
        assertThat(writer.takeEvents().toString()).startsWith("[PUBACK 1 0x87");
        one.wire.cut();
        assertThat(writer.publish("t", 1, 2, "y").takeEvents()).containsExactly("PUBACK 2");
    }

    // ---- identifiers and windows ---------------------------------------------------------------------------------

    @Test
    @DisplayName("MQ-3-5 An identifier in use: 0x91 in its turn; with DUP it is the publish we have")
    void identifierInUse() {
        AmqpPeer.Receiver receiver = manual("t");
        MqttPeer writer = network.client(V5_0, "w").publish("t", 1, 1, "x").publish("t", 1, 1, "other");
        writer.send(publish(V5_0, 0x0a, "t", 1, bytes(), bytes().text("x")));
        assertThat(receiver.texts()).containsExactly("x");
        assertThat(writer.takeEvents()).isEmpty();
        receiver.settle(receiver.ids.get(0), DeliveryState.ACCEPTED);
        assertThat(writer.takeEvents()).containsExactly("PUBACK 1", "PUBACK 1 0x91");
        writer.publish("t", 1, 1, "again");
        assertThat(receiver.texts()).containsExactly("x", "again");
    }

    private static MqttLimits receiveMaximum(int maximum) {
        return new MqttLimits(maximum, 0, -1, 60, false, 2, 10, 1_000, 200, 10, 64 << 10, 0, 1_024, 1_000, 60);
    }

    @Test
    @DisplayName("MQ-3-6 One more than our Receive Maximum: DISCONNECT 0x93")
    void oneMoreThanReceiveMaximum() {
        use(new Settings().limits(receiveMaximum(2)).make());
        manual("t");
        MqttPeer writer = network.peer().send(Bytes.connect(V5_0, "w", bytes(), 0));
        assertThat(writer.takeEvents().toString()).contains(" 21=2 ");
        writer.publish("t", 1, 1, "a").publish("t", 1, 2, "b");
        assertThat(writer.isClosed()).isFalse();
        assertThat(writer.publish("t", 1, 3, "c").takeEvents().toString())
                .startsWith("[DISCONNECT 0x93")
                .endsWith("CLOSED]");
    }

    @Test
    @DisplayName("MQ-3-6 v3: reading pauses at our Receive Maximum and goes on with the next answer")
    void v3PausesReading() {
        use(new Settings().limits(receiveMaximum(2)).make());
        AmqpPeer.Receiver receiver = manual("t");
        MqttPeer writer = network.client(V3_1_1, "w").publish("t", 1, 1, "a").publish("t", 1, 2, "b");
        assertThat(writer.wire.reading).isFalse();
        writer.publish("t", 1, 3, "c").send(Bytes.of(0xc0, 0));
        assertThat(receiver.texts()).containsExactly("a", "b");
        assertThat(writer.takeEvents()).isEmpty();
        receiver.settle(receiver.ids.get(0), DeliveryState.ACCEPTED);
        assertThat(receiver.texts()).containsExactly("a", "b", "c");
        assertThat(writer.takeEvents()).containsExactly("PUBACK 1");
        receiver.settle(receiver.ids.get(1), DeliveryState.ACCEPTED);
        receiver.settle(receiver.ids.get(2), DeliveryState.ACCEPTED);
        assertThat(writer.takeEvents()).containsExactly("PUBACK 2", "PINGRESP", "PUBACK 3");
        assertThat(writer.wire.reading).isTrue();
    }

    @Test
    @DisplayName("3.1, 3.4.2.1 of MQTT 5.0: no outcome gives a code that PUBACK may not have")
    void everyCodeIsOneOfPuback() {
        for (ErrorCondition condition : List.of(
                ErrorCondition.UNAUTHORIZED_ACCESS,
                ErrorCondition.RESOURCE_LIMIT_EXCEEDED,
                ErrorCondition.MESSAGE_SIZE_EXCEEDED,
                ErrorCondition.DECODE_ERROR,
                ErrorCondition.NOT_FOUND,
                ErrorCondition.INTERNAL_ERROR)) {
            for (boolean isText : new boolean[] {true, false}) {
                int code = OutcomeCodes.ofRejected(condition.error("x"), isText).code();
                MqttPeer peer = network.client(V5_0, "c").send(Bytes.of(0x40, 3, 0, 1, code));
                assertThat(peer.isClosed())
                        .as(condition + " 0x" + Integer.toHexString(code))
                        .isFalse();
            }
        }
    }
}
