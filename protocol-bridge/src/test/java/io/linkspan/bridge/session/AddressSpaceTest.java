// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import static io.linkspan.bridge.codec.Bytes.bytes;
import static io.linkspan.bridge.codec.MqttVersion.V3_1_1;
import static io.linkspan.bridge.codec.MqttVersion.V5_0;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.ErrorCondition;
import io.linkspan.amqp.Terminus;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.bridge.codec.Bytes;
import io.linkspan.bridge.topic.TopicMapping;
import io.linkspan.core.address.AddressEntities;
import io.linkspan.core.amqp.AmqpProfile;
import io.linkspan.core.autolink.AutoLinks;
import io.linkspan.core.connection.ConnectionRole;
import io.linkspan.core.link.Direction;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** One address space for the clients of all listeners, of AMQP and of brokers. Chapter 1. */
class AddressSpaceTest {

    private final Network network = new Network();

    @AfterEach
    void nothingIsLeftOver() {
        network.close();
    }

    private static Terminus capable(String address, String... capabilities) {
        List<Symbol> symbols = Arrays.stream(capabilities).map(Symbol::new).toList();
        return Terminus.source(address).withCapabilities(symbols);
    }

    // ---- listeners -----------------------------------------------------------------------------------------------

    @Test
    @DisplayName("MQ-1-2 The mapping is the listener's: clients of two profiles and AMQP share one address space")
    void listenersOfTwoProfiles() {
        MqttBridge other =
                network.bridge(new Settings().topics(TopicMapping.identity("")).make());
        MqttPeer here = network.client(network.bridge, V5_0, "here", bytes()).subscribe("cities/+", 1);
        MqttPeer there = network.client(other, V5_0, "there", bytes()).subscribe("cities.london", 1);
        AmqpPeer.Receiver amqp = network.amqp().receiver("cities.london", 10);
        MqttPeer writer = network.client(other, V5_0, "w", bytes()).publish("cities.london", 1, 1, "from there");
        assertThat(here.takeEvents()).containsExactly("PUBLISH cities/london q1 id1 from there");
        assertThat(there.takeEvents()).containsExactly("PUBLISH cities.london q1 id1 from there");
        assertThat(amqp.texts()).containsExactly("from there");
        assertThat(writer.takeEvents())
                .as("the outcome of the plain AMQP receivers counts")
                .containsExactly("PUBACK 1");
        here.puback(1);
        there.puback(1);
        network.client(V3_1_1, "v").publish("cities/london", 0, 0, "from here");
        assertThat(here.takeEvents()).containsExactly("PUBLISH cities/london q0 from here");
        assertThat(there.takeEvents()).containsExactly("PUBLISH cities.london q0 from here");
        here.subscribe("a%2Fb", 0);
        network.client(other, V5_0, "x", bytes()).publish("a/b", 0, 0, "a slash of an address");
        assertThat(here.takeEvents()).containsExactly("PUBLISH a%2Fb q0 a slash of an address");
    }

    // ---- brokers -------------------------------------------------------------------------------------------------

    @Test
    @DisplayName("MQ-1-4 A publish to a waypoint goes to the broker, whose outcome decides the PUBACK")
    void publishToAWaypoint() {
        AddressEntities.Request queue =
                new AddressEntities.Request(null, "queue", null, "balanced", true, null, null, null, false, false);
        assertThat(network.core.createAddress(queue)).isInstanceOf(AddressEntities.Created.class);
        AmqpPeer.Receiver broker = network.amqp().receiver("in", capable("queue", "qd.waypoint"), 10);
        broker.answers = null;
        AmqpPeer.Receiver reader = network.amqp().receiver("queue", 10);
        MqttPeer writer =
                network.client(V5_0, "w").publish("queue", 1, 1, "kept").publish("queue", 1, 2, "refused");
        assertThat(broker.texts()).containsExactly("kept", "refused");
        assertThat(reader.messages).as("before the broker gives it").isEmpty();
        assertThat(writer.takeEvents()).isEmpty();
        broker.settle(broker.ids.get(0), DeliveryState.ACCEPTED);
        assertThat(writer.takeEvents()).containsExactly("PUBACK 1");
        broker.settle(broker.ids.get(1), DeliveryState.rejected(ErrorCondition.RESOURCE_LIMIT_EXCEEDED.error("full")));
        assertThat(writer.takeEvents()).containsExactly("PUBACK 2 0x97 {1f=amqp:resource-limit-exceeded full}");
    }

    @Test
    @DisplayName("MQ-1-4 A publish to the address of an autoLink goes to the broker, whose outcome decides the PUBACK")
    void publishToAnAutoLink() {
        assertThat(network.core
                        .autoLinks()
                        .create(AutoLinks.Request.over("broker", "orders.new", Direction.OUT)
                                .external("ORDERS")))
                .isInstanceOf(AutoLinks.Created.class);
        AmqpPeer container = new AmqpPeer(network, AmqpProfile.DEFAULT.of("broker", ConnectionRole.ROUTE_CONTAINER));
        network.run();
        assertThat(container.attached).hasSize(1);
        AmqpPeer.Receiver queue = container.attached.get(0);
        queue.answers = null;
        MqttPeer writer = network.client(V3_1_1, "w").publish("orders/new", 1, 7, "one");
        assertThat(queue.texts()).containsExactly("one");
        assertThat(writer.takeEvents()).isEmpty();
        queue.settle(queue.ids.get(0), DeliveryState.ACCEPTED);
        assertThat(writer.takeEvents()).containsExactly("PUBACK 7");
    }

    // ---- shared subscriptions ------------------------------------------------------------------------------------

    @Test
    @DisplayName("MQ-1-21 MQTT's $share, AMQP's $share/name/address and the capability shared are one group")
    void sharedByBothProtocols() {
        MqttPeer mqtt = network.client(V5_0, "m").subscribe("$share/g/t/+", 0);
        AmqpPeer amqp = network.amqp();
        AmqpPeer.Receiver byAddress = amqp.receiver("r", capable("$share/g/t.*", "topic-pattern"), 100);
        AmqpPeer.Receiver byName = amqp.receiver("g", capable("t.*", "shared", "topic-pattern"), 100);
        AmqpPeer.Receiver otherGroup = amqp.receiver("h", capable("t.*", "shared", "topic-pattern"), 100);
        MqttPeer writer = network.client(V3_1_1, "w");
        for (int i = 0; i < 9; i++) {
            writer.publish("t/x", 0, 0, "m" + i);
        }
        List<String> events = mqtt.takeEvents();
        assertThat(events.size() + byAddress.messages.size() + byName.messages.size())
                .isEqualTo(9);
        assertThat(events).hasSize(3);
        assertThat(byAddress.messages).hasSize(3);
        assertThat(byName.messages).hasSize(3);
        assertThat(otherGroup.messages).hasSize(9);
        mqtt.wire.cut();
        byName.detach();
        writer.publish("t/x", 0, 0, "for who is left");
        assertThat(byAddress.texts()).hasSize(4).contains("for who is left");
    }

    // ---- subscribing ---------------------------------------------------------------------------------------------

    @Test
    @DisplayName("MQ-1-28 When SUBACK is on its way the filter is active: a publish at that moment follows it")
    void subackOfAnActiveFilter() {
        MqttPeer reader = network.client(V5_0, "r");
        MqttPeer writer = network.client(V3_1_1, "w");
        reader.give(Bytes.subscribe(V5_0, 5, "t/#", 0));
        assertThat(reader.takeEvents()).as("not even SUBACK has left").isEmpty();
        writer.give(Bytes.publish(V3_1_1, 0, "t/x", 0, bytes(), bytes().text("at once")));
        network.run();
        assertThat(reader.takeEvents()).containsExactly("SUBACK 5 [0]", "PUBLISH t/x q0 at once");
    }

    // ---- failures ------------------------------------------------------------------------------------------------

    @Test
    @DisplayName("MQ-6-44 An exception in the work of one connection leaves the others, and what is shared, working")
    void oneFailingConnection() {
        MqttPeer reader = network.client(V5_0, "r").subscribe("t", 1);
        MqttPeer writer = network.client(V5_0, "w");
        network.authenticator = (request, decide) -> {
            throw new IllegalStateException("a bug");
        };
        MqttPeer failing = network.peer();
        Bytes connect = Bytes.packet(
                0x10, bytes().s("MQTT").b(5, 0xc2).u2(0).b(0).s("r").s("ann").s("x"));
        assertThatThrownBy(() -> failing.send(connect)).hasMessage("a bug");
        failing.wire.cut(); // As the loop does with a connection that failed.
        writer.publish("t", 1, 1, "x");
        assertThat(reader.takeEvents()).containsExactly("PUBLISH t q1 id1 x");
        reader.puback(1);
        assertThat(writer.takeEvents()).containsExactly("PUBACK 1");
        assertThat(network.registry.size()).isEqualTo(2);
        assertThat(network.bridge.counters().clients).isEqualTo(2);
        MqttPeer next = network.client(V5_0, "next").subscribe("t", 0);
        writer.publish("t", 0, 0, "y");
        assertThat(next.takeEvents()).containsExactly("PUBLISH t q0 y");
    }
}
