// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import static io.linkspan.bridge.codec.Bytes.bytes;
import static io.linkspan.bridge.codec.Bytes.publish;
import static io.linkspan.bridge.codec.MqttVersion.V3_1_1;
import static io.linkspan.bridge.codec.MqttVersion.V5_0;
import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.bridge.topic.TopicEscape;
import io.linkspan.bridge.topic.TopicMapping;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** MQ-1-22, 1-23: the clients of a listener with an address prefix are among themselves. */
class AddressPrefixTest {

    private final Network network = new Network();
    private final MqttBridge first = network.bridge(with("t1."));
    private final MqttBridge second = network.bridge(with("t2."));

    private static io.linkspan.bridge.MqttSettings with(String prefix) {
        return new Settings()
                .topics(new TopicMapping('.', '*', '#', TopicEscape.PERCENT, false, prefix))
                .make();
    }

    @AfterEach
    void nothingIsLeftOver() {
        network.close();
    }

    @Test
    @DisplayName("MQ-1-22 The prefix is put before every address, and taken off on the way out")
    void thePrefixIsInTheAddressOnly() {
        AmqpPeer.Receiver receiver = network.amqp().receiver("t1.cities.london", 10);
        MqttPeer reader = network.client(first, V5_0, "r", bytes()).subscribe("cities/+", 0);
        MqttPeer writer = network.client(first, V5_0, "w", bytes()).publish("cities/london", 1, 1, "x");
        assertThat(receiver.texts()).containsExactly("x");
        assertThat(reader.takeEvents()).containsExactly("PUBLISH cities/london q0 x");
        assertThat(writer.takeEvents()).containsExactly("PUBACK 1");
        network.amqp().sender("t1.cities.paris").send(AmqpPeer.data("y"), true, 1);
        assertThat(reader.takeEvents()).containsExactly("PUBLISH cities/paris q0 y");
    }

    @Test
    @DisplayName("MQ-1-22 Subscriptions, shared ones too, stay within the prefix; so do client identifiers")
    void tenantsDoNotMeet() {
        List<String> filters = List.of("#", "+/x", "$share/g/#", "a/x");
        MqttPeer one = network.client(first, V5_0, "same", bytes());
        MqttPeer two = network.client(second, V5_0, "same", bytes());
        MqttPeer outside = network.client(V3_1_1, "outside").subscribe("a/x", 0);
        filters.forEach(filter -> one.subscribe(filter, 0));
        filters.forEach(filter -> two.subscribe(filter, 0));
        network.client(first, V3_1_1, "w", bytes()).publish("a/x", 0, 0, "m");
        assertThat(one.takeEvents()).isNotEmpty().allMatch("PUBLISH a/x q0 m"::equals);
        assertThat(two.takeEvents()).isEmpty();
        assertThat(outside.takeEvents()).isEmpty();
        network.client(V5_0, "w").publish("a/x", 0, 0, "n");
        assertThat(one.takeEvents()).isEmpty();
        assertThat(outside.takeEvents()).containsExactly("PUBLISH a/x q0 n");
    }

    @Test
    @DisplayName("MQ-1-23 No topic leads out of the prefix")
    void noTopicLeadsOut() {
        MqttPeer spy = network.client(second, V5_0, "spy", bytes()).subscribe("#", 0);
        MqttPeer plain = network.client(V5_0, "plain").subscribe("t2/#", 0).subscribe("x", 0);
        MqttPeer writer = network.client(first, V5_0, "w", bytes());
        for (String topic : List.of(
                "../t2/x",
                "/t2/x",
                "//t2/x",
                "t2/x",
                "%2E%2E/t2/x",
                "t2%2Ex",
                "x",
                "/",
                "./x",
                "$management",
                "amqp:/t2.x")) {
            assertThat(writer.publish(topic, 1, 1, "m").takeEvents()).as(topic).containsExactly("PUBACK 1 0x10");
        }
        assertThat(spy.takeEvents()).isEmpty();
        assertThat(plain.takeEvents()).isEmpty();
    }

    @Test
    @DisplayName("MQ-1-22 A Response Topic gets the prefix in AMQP; for a listener without it the topic shows it")
    void responseTopics() {
        MqttPeer same = network.client(first, V5_0, "r", bytes()).subscribe("q", 0);
        MqttPeer without = network.client(V5_0, "plain").subscribe("t1/q", 0);
        AmqpPeer.Receiver service = network.amqp().receiver("t1.q", 10);
        network.client(first, V5_0, "w", bytes())
                .send(publish(V5_0, 0, "q", 0, bytes().b(8).s("re/1"), bytes().text("?")));
        assertThat(same.takeEvents()).containsExactly("PUBLISH q q0 {08=re/1} ?");
        assertThat(without.takeEvents()).containsExactly("PUBLISH t1/q q0 {08=t1/re/1} ?");
        assertThat(String.valueOf(AmqpPeer.sections(service.messages.get(0)).get(0x73)))
                .contains("t1.re.1");
    }
}
