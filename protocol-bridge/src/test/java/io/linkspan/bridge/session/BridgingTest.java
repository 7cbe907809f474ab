// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import static io.linkspan.bridge.codec.MqttVersion.V3_1_1;
import static io.linkspan.bridge.codec.MqttVersion.V5_0;
import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.codec.Binary;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Messages between MQTT clients, and between MQTT and AMQP clients, of one router. */
class BridgingTest {

    private final Network network = new Network();

    @AfterEach
    void nothingIsLeftOver() {
        network.close();
    }

    @Test
    void mqttPublishReachesMqttSubscriber() {
        MqttPeer subscriber = network.client(V3_1_1, "sub").subscribe("cities/+", 0);
        MqttPeer publisher = network.client(V5_0, "pub");
        publisher.publish("cities/london", 0, 0, "rain");
        assertThat(subscriber.takeEvents()).containsExactly("PUBLISH cities/london q0 rain");
        assertThat(publisher.takeEvents()).isEmpty();
    }

    @Test
    void mqttPublishReachesAmqpReceiver() {
        AmqpPeer.Receiver receiver = network.amqp().receiver("cities.london", 10);
        MqttPeer publisher = network.client(V3_1_1, "pub");
        publisher.publish("cities/london", 1, 7, "rain");
        assertThat(receiver.messages).hasSize(1);
        assertThat(AmqpPeer.sections(receiver.messages.get(0)).get(0x75))
                .isEqualTo(new Binary("rain".getBytes(StandardCharsets.UTF_8)));
        assertThat(publisher.takeEvents()).containsExactly("PUBACK 7");
    }

    @Test
    void amqpMessageReachesMqttSubscriberWithWildcard() {
        MqttPeer subscriber = network.client(V5_0, "sub").subscribe("cities/#", 1);
        AmqpPeer.Sender sender = network.amqp().sender("cities.london");
        sender.send(AmqpPeer.data("sun"), false, 5);
        assertThat(subscriber.takeEvents()).containsExactly("PUBLISH cities/london q1 id1 sun");
        assertThat(sender.outcomes).isEmpty();
        subscriber.puback(1);
        assertThat(sender.outcomes).containsExactly("5 accepted settled");
    }

    @Test
    @DisplayName("The acknowledgement comes only after the AMQP receiver accepted")
    void pubackFollowsTheReceiver() {
        AmqpPeer.Receiver receiver = network.amqp().receiver("cities.london", 10);
        receiver.answers = null;
        MqttPeer publisher = network.client(V5_0, "pub");
        publisher.publish("cities/london", 1, 9, "rain");
        assertThat(publisher.takeEvents()).isEmpty();
        receiver.settle(receiver.ids.get(0), io.linkspan.amqp.DeliveryState.ACCEPTED);
        assertThat(publisher.takeEvents()).containsExactly("PUBACK 9");
    }
}
