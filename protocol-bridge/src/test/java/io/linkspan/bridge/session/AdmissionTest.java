// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import static io.linkspan.bridge.codec.Bytes.bytes;
import static io.linkspan.bridge.codec.Bytes.connect;
import static io.linkspan.bridge.codec.Bytes.packet;
import static io.linkspan.bridge.codec.MqttVersion.V3_1_1;
import static io.linkspan.bridge.codec.MqttVersion.V5_0;
import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.bridge.Authenticator;
import io.linkspan.bridge.DropCause;
import io.linkspan.bridge.codec.Bytes;
import io.linkspan.bridge.codec.ReasonCode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Who is let in, under which name, and what belongs to whom. */
class AdmissionTest {

    private Network network = new Network();

    @AfterEach
    void nothingIsLeftOver() {
        network.close();
    }

    private static Bytes asUser(String user, String password) {
        return packet(
                0x10, bytes().s("MQTT").b(5, 0xc2).u2(0).b(0).s("c").s(user).s(password));
    }

    @Test
    @DisplayName("MQ-5-14 The decision comes later: nothing is read meanwhile, then everything in order")
    void aDecisionThatComesLater() {
        List<Consumer<Authenticator.Decision>> waiting = new ArrayList<>();
        List<String> asked = new ArrayList<>();
        network.authenticator = (request, decide) -> {
            asked.add(request.toString());
            waiting.add(decide);
        };
        MqttPeer peer = network.peer().send(asUser("ann", "secret").add(Bytes.of(0xc0, 0)));
        assertThat(asked).containsExactly("client c user ann").doesNotContain("secret");
        assertThat(peer.takeEvents()).isEmpty();
        assertThat(peer.wire.reading).isFalse();
        waiting.get(0).accept(new Authenticator.Accepted("ann", "PLAIN"));
        network.run();
        List<String> events = peer.takeEvents();
        assertThat(events).hasSize(2);
        assertThat(events.get(0)).startsWith("CONNACK 0 0x00");
        assertThat(events.get(1)).isEqualTo("PINGRESP");
        assertThat(peer.engine.facts().user()).isEqualTo("ann");
    }

    @Test
    @DisplayName("MQ-5-14 Refused: 0x86, v3 0x04, and never which part was wrong")
    void refused() {
        network.authenticator = (request, decide) -> decide.accept(
                new Authenticator.Refused(ReasonCode.BAD_USER_NAME_OR_PASSWORD, "password of ann is wrong"));
        assertThat(network.peer().send(asUser("ann", "guess")).takeEvents())
                .containsExactly("CONNACK 0 0x86", "CLOSED");
        Bytes old =
                packet(0x10, bytes().s("MQTT").b(4, 0xc2).u2(0).s("c").s("ann").s("guess"));
        assertThat(network.peer().send(old).takeEvents()).containsExactly("CONNACK 0 0x04", "CLOSED");
        assertThat(network.bridge.counters().refused(ReasonCode.BAD_USER_NAME_OR_PASSWORD))
                .isEqualTo(2);
    }

    @Test
    @DisplayName("MQ-5-14 A client that leaves before the decision is not let in by it")
    void leavesBeforeTheDecision() {
        List<Consumer<Authenticator.Decision>> waiting = new ArrayList<>();
        network.authenticator = (request, decide) -> waiting.add(decide);
        MqttPeer peer = network.peer().send(asUser("ann", "secret"));
        peer.wire.cut();
        waiting.get(0).accept(new Authenticator.Accepted("ann", "PLAIN"));
        network.run();
        assertThat(network.bridge.counters().connects).isZero();
        assertThat(network.registry.size()).isZero();
    }

    @Test
    @DisplayName("MQ-5-4 A decision that does not come in time: closed")
    void noDecisionInTime() {
        network.authenticator = (request, decide) -> {};
        MqttPeer peer = network.peer().send(asUser("ann", "secret"));
        network.pass(11);
        assertThat(peer.takeEvents()).containsExactly("CLOSED");
    }

    @Test
    @DisplayName("MQ-2-9 Response Information: a topic on which only the client itself may subscribe")
    void responseInformation() {
        MqttPeer peer = network.peer().send(connect(V5_0, "dev1", bytes().b(0x19, 1), 0));
        assertThat(peer.takeEvents().toString()).contains("1a=reply/dev1/");
        peer.subscribe("reply/dev1/#", 1);
        MqttPeer spy = network.client(V5_0, "spy");
        for (String filter : List.of("reply/dev1/#", "reply/dev1/x", "reply/+/x", "reply/#", "$share/g/reply/dev1/#")) {
            spy.send(Bytes.subscribe(V5_0, 1, filter, 0));
            assertThat(spy.takeEvents()).as(filter).containsExactly("SUBACK 1 [0x87]");
        }
        spy.subscribe("#", 0).subscribe("+/+/+", 0);
        network.client(V3_1_1, "service").publish("reply/dev1/7", 0, 0, "answer");
        assertThat(peer.takeEvents()).containsExactly("PUBLISH reply/dev1/7 q0 answer");
        assertThat(spy.takeEvents()).isEmpty();
        peer.wire.cut();
        network.run();
        spy.subscribe("reply/dev1/#", 0);
    }

    @Test
    @DisplayName(
            "MQ-2-9 Who subscribed to the answers of a client before it came gets none, and may not subscribe again")
    void answersAreNotForWhoCameFirst() {
        MqttPeer spy = network.client(V5_0, "spy");
        List<String> filters = List.of("reply/victim/#", "reply/victim/x", "$share/g/reply/victim/#", "+/victim/x");
        filters.forEach(filter -> spy.subscribe(filter, 1));
        MqttPeer victim = network.peer().send(connect(V5_0, "victim", bytes().b(0x19, 1), 0));
        assertThat(victim.takeEvents().toString()).contains("1a=reply/victim/");
        victim.subscribe("reply/victim/x", 1);
        AmqpPeer.Sender responder = network.amqp().sender("reply.victim.x");
        responder.send(AmqpPeer.data("secret"), false, 1);
        MqttPeer service = network.client(V3_1_1, "service").publish("reply/victim/x", 0, 0, "secret too");
        assertThat(spy.takeEvents()).isEmpty();
        assertThat(victim.takeEvents())
                .containsExactly("PUBLISH reply/victim/x q1 id1 secret", "PUBLISH reply/victim/x q0 secret too");
        victim.puback(1);
        assertThat(responder.outcomes).containsExactly("1 accepted settled");
        for (String filter : filters.subList(0, 3)) {
            spy.send(Bytes.subscribe(V5_0, 1, filter, 0));
            assertThat(spy.takeEvents()).as(filter).containsExactly("SUBACK 1 [0x87]");
        }
        victim.wire.cut();
        network.run();
        service.publish("reply/victim/x", 0, 0, "for whoever is there");
        assertThat(spy.takeEvents())
                .as("topics of nobody are ordinary topics: one copy, and one of the shared subscription")
                .hasSize(2)
                .containsOnly("PUBLISH reply/victim/x q0 for whoever is there");
    }

    @Test
    @DisplayName("MQ-5-10 Shutting down: DISCONNECT 0x8B, v3 closed, no wills")
    void shuttingDown() {
        MqttPeer watcher = network.client(V5_0, "watcher").subscribe("gone", 0);
        MqttPeer five = network.peer()
                .send(packet(
                        0x10,
                        bytes().s("MQTT")
                                .b(5, 6)
                                .u2(0)
                                .b(0)
                                .s("five")
                                .b(0)
                                .s("gone")
                                .s("x")));
        MqttPeer three = network.peer()
                .send(packet(
                        0x10,
                        bytes().s("MQTT").b(4, 6).u2(0).s("three").s("gone").s("x")));
        five.takeEvents();
        three.takeEvents();
        five.engine.shutdown();
        three.engine.shutdown();
        network.run();
        assertThat(five.takeEvents().toString()).startsWith("[DISCONNECT 0x8b").endsWith("CLOSED]");
        assertThat(three.takeEvents()).containsExactly("CLOSED");
        assertThat(watcher.takeEvents()).isEmpty();
    }

    @Test
    @DisplayName("MQ-4-18, MQ-5-10 willOnShutdown: the wills are published when the router stops")
    void willsOnShutdown() {
        network.close();
        network = new Network(new Settings().willOnShutdown().make());
        MqttPeer watcher = network.client(V5_0, "watcher").subscribe("gone", 0);
        MqttPeer leaving = network.peer()
                .send(packet(
                        0x10,
                        bytes().s("MQTT").b(4, 6).u2(0).s("three").s("gone").s("x")));
        leaving.takeEvents();
        leaving.engine.shutdown();
        network.run();
        assertThat(leaving.takeEvents()).containsExactly("CLOSED");
        assertThat(watcher.takeEvents()).containsExactly("PUBLISH gone q0 x");
    }

    @Test
    @DisplayName("MQ-5-15 allowAnonymous: no: 0x87, v3 0x05; never one with a user name and an empty password")
    void anonymousClientsRefused() {
        network.close();
        network = new Network(new Settings().refusesAnonymous().make());
        assertThat(network.peer().send(connect(V5_0, "c", bytes(), 0)).takeEvents())
                .containsExactly("CONNACK 0 0x87", "CLOSED");
        assertThat(network.peer().send(connect(V3_1_1, "c", bytes(), 0)).takeEvents())
                .containsExactly("CONNACK 0 0x05", "CLOSED");
        assertThat(network.bridge.counters().refused(ReasonCode.NOT_AUTHORIZED)).isEqualTo(2);
        assertThat(network.events).contains("refused 10.0.0.1:4711 c null NOT_AUTHORIZED");
        List<String> asked = new ArrayList<>();
        network.authenticator = (request, decide) -> {
            asked.add(request.toString());
            decide.accept(new Authenticator.Refused(ReasonCode.BAD_USER_NAME_OR_PASSWORD, "wrong"));
        };
        assertThat(network.peer().send(asUser("ann", "")).takeEvents()).containsExactly("CONNACK 0 0x86", "CLOSED");
        assertThat(asked).as("not taken for anonymous").hasSize(1);
    }

    @Test
    @DisplayName(
            "MQ-5-15 A user name with an empty password is not anonymous where anonymous clients are let in either")
    void anEmptyPasswordIsNotAnonymous() {
        assertThat(network.peer().send(asUser("ann", "")).takeEvents()).containsExactly("CONNACK 0 0x86", "CLOSED");
    }

    @Test
    @DisplayName("MQ-1-17 An address that is no topic: rejected if MQTT is its only consumer, and counted")
    void anAddressThatIsNoTopic() {
        MqttPeer all = network.client(V5_0, "all").subscribe("#", 1);
        AmqpPeer amqp = network.amqp();
        AmqpPeer.Sender sender = amqp.sender("a.b\0c");
        sender.send(AmqpPeer.data("x"), false, 1);
        assertThat(sender.outcomes).hasSize(1);
        assertThat(sender.outcomes.get(0)).startsWith("1 rejected").contains("amqp:invalid-field");
        AmqpPeer.Receiver receiver = amqp.receiver("a.b\0c", 10);
        sender.send(AmqpPeer.data("y"), false, 2);
        assertThat(receiver.texts()).containsExactly("y");
        assertThat(sender.outcomes.get(1)).isEqualTo("2 accepted settled");
        assertThat(all.takeEvents()).isEmpty();
        assertThat(network.bridge.counters().dropped(DropCause.UNMAPPABLE)).isEqualTo(2);
    }

    @Test
    @DisplayName("MQ-1-15 Topics that read like addresses of the router are ordinary topics")
    void topicsThatReadLikeTheRouter() {
        MqttPeer reader = network.client(V5_0, "r");
        MqttPeer writer = network.client(V5_0, "w");
        for (String topic : List.of(
                "$management",
                "_topo/0/all/$management",
                "_local/x",
                "_edge/x",
                "qdrouter",
                "qdhello",
                "amqp:/_topo/0/R/$management")) {
            reader.subscribe(topic, 0);
            assertThat(writer.publish(topic, 1, 1, "x").takeEvents()).as(topic).containsExactly("PUBACK 1");
            assertThat(reader.takeEvents()).containsExactly("PUBLISH " + topic + " q0 x");
        }
    }
}
