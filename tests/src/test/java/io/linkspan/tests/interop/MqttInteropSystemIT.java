// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.interop;

import static io.linkspan.tests.client.ClientProgram.HIVEMQ;
import static io.linkspan.tests.client.ClientProgram.MQTT_JS;
import static io.linkspan.tests.client.ClientProgram.PAHO_JAVA;
import static io.linkspan.tests.client.ClientProgram.PAHO_PYTHON;
import static io.linkspan.tests.client.ClientProgram.VERTX_MQTT;
import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.tests.client.ClientEvent;
import io.linkspan.tests.client.ClientProcess;
import io.linkspan.tests.client.ClientProgram;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each MQTT client, in each version and over each transport it knows, against the router. */
class MqttInteropSystemIT {

    private static final int MANY = 50;

    @RegisterExtension
    static final InteropRouter router = new InteropRouter();

    @RegisterExtension
    static final Clients clients = new Clients();

    /** A client in one version over one transport. */
    record Mqtt(ClientProgram program, int version, String scheme) {
        @Override
        public String toString() {
            return program + " " + version + " " + scheme;
        }

        ClientProcess connect(String options) {
            ClientProcess client = clients.start(program);
            client.tell("connect %s --version=%d %s", router.url(scheme), version, options);
            ClientEvent connected = client.await("connected");
            assertThat(connected.number("reason")).isZero();
            assertThat(connected.get("session")).isEqualTo(false);
            return client;
        }

        ClientProcess connect() {
            return connect("--id=" + InteropRouter.address("client-"));
        }
    }

    private static final List<Mqtt> ALL = List.of(
            new Mqtt(HIVEMQ, 4, "mqtt"),
            new Mqtt(HIVEMQ, 5, "mqtt"),
            new Mqtt(HIVEMQ, 5, "ws"),
            new Mqtt(PAHO_JAVA, 3, "mqtt"),
            new Mqtt(PAHO_JAVA, 4, "ws"),
            new Mqtt(PAHO_JAVA, 5, "mqtt"),
            new Mqtt(PAHO_JAVA, 5, "ws"),
            new Mqtt(PAHO_PYTHON, 3, "mqtt"),
            new Mqtt(PAHO_PYTHON, 4, "mqtt"),
            new Mqtt(PAHO_PYTHON, 5, "ws"),
            new Mqtt(MQTT_JS, 3, "mqtt"),
            new Mqtt(MQTT_JS, 4, "ws"),
            new Mqtt(MQTT_JS, 5, "mqtt"),
            new Mqtt(MQTT_JS, 5, "ws"),
            new Mqtt(VERTX_MQTT, 4, "mqtt"));

    static Stream<Mqtt> all() {
        return ALL.stream();
    }

    /** Each client as publisher; a client of another library, five places further, as subscriber. */
    static Stream<Arguments> pairs() {
        return pairs(ALL, 5);
    }

    /**
     * Two programs of which the subscriber can hold an acknowledgement (Debian's Paho for Python cannot).
     */
    static Stream<Arguments> holdingPairs() {
        return pairs().filter(pair -> {
            ClientProgram to = ((Mqtt) pair.get()[1]).program();
            return to != PAHO_PYTHON && to != ((Mqtt) pair.get()[0]).program();
        });
    }

    /** The same among those that speak 5.0, so that properties can be seen. */
    static Stream<Arguments> pairs5() {
        return pairs(all().filter(mqtt -> mqtt.version() == 5).toList(), 2);
    }

    private static Stream<Arguments> pairs(List<Mqtt> list, int step) {
        return IntStream.range(0, list.size())
                .mapToObj(i -> Arguments.of(list.get(i), list.get((i + step) % list.size())));
    }

    private static void subscribe(ClientProcess client, String filter, int qos, int granted) {
        client.tell("subscribe %s %d", filter, qos);
        assertThat(client.await("subscribed", "filter", filter).get("codes")).isEqualTo(List.of((long) granted));
    }

    private static List<String> bodies(List<ClientEvent> messages) {
        return messages.stream().map(message -> message.text("body")).toList();
    }

    private static List<String> numbered(String topic, int count) {
        return IntStream.range(0, count).mapToObj(n -> topic + "-" + n).toList();
    }

    private static void disconnect(ClientProcess one, ClientProcess other) {
        Clients.close(one);
        if (other != one) {
            Clients.close(other);
        }
        assertThat(one.left("lost")).isEmpty();
        assertThat(other.left("lost")).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("all")
    @DisplayName("MQ-4-1, MQ-5-1: every version connects; 5.0 is told Maximum QoS 1")
    void everyVersionConnects(Mqtt mqtt) {
        ClientProcess client = clients.start(mqtt.program());
        client.tell(
                "connect %s --version=%d --id=%s", router.url(mqtt.scheme()), mqtt.version(), "conn-" + mqtt.version());
        ClientEvent connected = client.await("connected");
        assertThat(connected.number("reason")).isZero();
        if (mqtt.version() == 5) {
            assertThat(connected.number("maximumQos")).isEqualTo(1);
            assertThat(connected.number("aliases")).isEqualTo(65_535);
        }
        Clients.close(client);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    @DisplayName("MQ-3-7, MQ-3-11: QoS 0 and 1 arrive in order, each with its own QoS")
    void publicationsArriveInOrder(Mqtt from, Mqtt to) {
        String topic = InteropRouter.address("cities/t");
        ClientProcess subscriber = to.connect();
        subscribe(subscriber, topic, 1, 1);
        ClientProcess publisher = from.connect();
        for (int qos = 0; qos <= 1; qos++) {
            publisher.tell("publish %s %d %d", topic, qos, MANY);
            List<ClientEvent> messages = subscriber.await(MANY, "message", "topic", topic, "qos", qos);
            assertThat(bodies(messages)).isEqualTo(numbered(topic, 2 * MANY).subList(qos * MANY, (qos + 1) * MANY));
            assertThat(messages).noneMatch(message -> Boolean.TRUE.equals(message.get("retain")));
            List<ClientEvent> published = publisher.await(MANY, "published", "topic", topic);
            assertThat(published).noneMatch(event -> event.get("error") != null);
            if (qos == 1 && from.program() != PAHO_PYTHON) {
                assertThat(published).allMatch(event -> event.number("reason") == 0);
            }
        }
        disconnect(publisher, subscriber);
        assertThat(subscriber.left("message")).as("one copy of each").isEmpty();
    }

    @ParameterizedTest
    @MethodSource("pairs")
    @DisplayName("MQ-1-7, MQ-3-10: + takes one level, # any number and the parent; each message comes once")
    void wildcardsTakeTheirLevels(Mqtt from, Mqtt to) {
        String top = InteropRouter.address("w");
        ClientProcess subscriber = to.connect();
        subscribe(subscriber, top + "/+", 1, 1);
        ClientProcess publisher = from.connect();
        for (String topic : List.of(top, top + "/a", top + "/a/b", top + "x/a", top + "/")) {
            publish(publisher, topic);
        }
        assertThat(subscriber.await("message").text("topic")).isEqualTo(top + "/a");
        assertThat(subscriber.await("message").text("topic")).isEqualTo(top + "/");
        subscriber.tell("unsubscribe " + top + "/+");
        subscriber.await("unsubscribed");
        subscribe(subscriber, top + "/#", 1, 1);
        for (String topic : List.of(top, top + "/a", top + "x", top + "/a/b/c")) {
            publish(publisher, topic);
        }
        assertThat(subscriber.await(3, "message").stream().map(message -> message.text("topic")))
                .containsExactly(top, top + "/a", top + "/a/b/c");
        subscriber.tell("unsubscribe " + top + "/#");
        subscriber.await("unsubscribed");
        publish(publisher, top + "/a");
        subscribe(subscriber, "#", 0, 0);
        publish(publisher, top + "/last");
        assertThat(subscriber.await("message").text("topic")).isEqualTo(top + "/last");
        disconnect(publisher, subscriber);
        assertThat(subscriber.left("message")).as("no other message").isEmpty();
    }

    /** One publication, acknowledged: whoever subscribed before has been sent it. */
    private static void publish(ClientProcess publisher, String topic) {
        publisher.tell("publish %s 1 1", topic);
        publisher.await("published", "topic", topic);
    }

    @ParameterizedTest
    @MethodSource("all")
    @DisplayName("MQ-4-27: a subscription that asks for QoS 2 is granted 1")
    void qosTwoIsGrantedOne(Mqtt mqtt) {
        ClientProcess client = mqtt.connect();
        String topic = InteropRouter.address("granted/");
        subscribe(client, topic, 2, 1);
        subscribe(client, topic + "/0", 0, 0);
        client.tell("publish %s/0 1 1", topic);
        assertThat(client.await("message").number("qos")).isZero();
        Clients.close(client);
    }

    @ParameterizedTest
    @MethodSource("pairs5")
    @DisplayName(
            "MQ-2-5: the properties of MQTT 5.0 pass from client to client, user properties with order and repeats")
    void propertiesPassFromClientToClient(Mqtt from, Mqtt to) {
        String topic = InteropRouter.address("props/");
        ClientProcess subscriber = to.connect();
        subscribe(subscriber, topic, 1, 1);
        ClientProcess publisher = from.connect();
        // mqtt.js keeps user properties in an object: what it sends and shows is grouped by key.
        publisher.tell(
                "publish %s 1 1 --content-type=text/plain --response-topic=re/1/x --correlation=00ff10 --expiry=600"
                        + " --format --user=a:1 --user=a:2 --user=b:1",
                topic);
        ClientEvent message = subscriber.await("message");
        assertThat(message.text("contentType")).isEqualTo("text/plain");
        assertThat(message.text("responseTopic")).isEqualTo("re/1/x");
        assertThat(message.text("correlation")).isEqualTo("00ff10");
        assertThat(message.number("expiry")).isBetween(590L, 600L);
        assertThat(message.number("format")).isEqualTo(1);
        assertThat(message.get("user")).isEqualTo(List.of(List.of("a", "1"), List.of("a", "2"), List.of("b", "1")));
        disconnect(publisher, subscriber);
    }

    @ParameterizedTest
    @MethodSource("pairs5")
    @DisplayName("MQ-5-3: topic aliases in both directions")
    void topicAliasesInBothDirections(Mqtt from, Mqtt to) {
        String topic = InteropRouter.address("alias/");
        // Paho's clients do not resolve the aliases of a server.
        boolean resolves = to.program() != PAHO_PYTHON && to.program() != PAHO_JAVA;
        ClientProcess subscriber = to.connect("--id=" + topic.replace('/', '-') + (resolves ? " --aliases=5" : ""));
        subscribe(subscriber, topic, 1, 1);
        ClientProcess publisher = from.connect();
        // HiveMQ's client chooses aliases itself.
        publisher.tell("publish %s 1 3%s", topic, from.program() == HIVEMQ ? "" : " --alias=7");
        List<ClientEvent> messages = subscriber.await(3, "message");
        assertThat(messages).allMatch(message -> message.text("topic").equals(topic));
        assertThat(bodies(messages)).isEqualTo(numbered(topic, 3));
        publisher.await(3, "published", "topic", topic);
        disconnect(publisher, subscriber);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    @DisplayName("MQ-4-28: after UNSUBACK nothing more of the filter comes")
    void unsubscribingEndsTheFlow(Mqtt from, Mqtt to) {
        String topic = InteropRouter.address("off/");
        ClientProcess subscriber = to.connect();
        subscribe(subscriber, topic, 1, 1);
        ClientProcess publisher = from.connect();
        publish(publisher, topic);
        subscriber.await("message");
        subscriber.tell("unsubscribe " + topic);
        ClientEvent unsubscribed = subscriber.await("unsubscribed", "filter", topic);
        if (to.version() == 5) {
            assertThat(unsubscribed.get("codes")).isEqualTo(List.of(0L));
        }
        publish(publisher, topic);
        subscribe(subscriber, topic + "/end", 1, 1);
        publish(publisher, topic + "/end");
        assertThat(subscriber.await("message").text("topic")).isEqualTo(topic + "/end");
        disconnect(publisher, subscriber);
    }

    @ParameterizedTest
    @MethodSource("holdingPairs")
    @DisplayName("MQ-3-1: PUBACK waits for the subscriber's PUBACK")
    void acknowledgementWaitsForTheSubscriber(Mqtt from, Mqtt to) {
        String topic = InteropRouter.address("held/");
        ClientProcess subscriber = to.connect("--manual --id=" + topic.replace('/', '-'));
        subscribe(subscriber, topic, 1, 1);
        ClientProcess publisher = from.connect();
        publisher.tell("publish %s 1 1", topic);
        subscriber.await("message", "topic", topic);
        // An unrelated publication is acknowledged (nobody subscribed), which the held one must not be.
        String other = topic + "/other";
        publisher.tell("publish %s 0 1", other);
        publisher.await("published", "topic", other);
        assertThat(publisher.left("published", "topic", topic)).isEmpty();
        subscriber.tell("ack 1");
        publisher.await("published", "topic", topic);
        disconnect(publisher, subscriber);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    @DisplayName("MQ-2-8: a publication of 1 MiB arrives whole")
    void largePublicationArrivesWhole(Mqtt from, Mqtt to) {
        int size = 1024 * 1024;
        String topic = InteropRouter.address("large/");
        ClientProcess subscriber = to.connect();
        subscribe(subscriber, topic, 1, 1);
        ClientProcess publisher = from.connect();
        publisher.tell("publish %s 1 2 --size=%d", topic, size);
        for (int n = 0; n < 2; n++) {
            assertThat(subscriber.await("message").get("body")).isEqualTo(Shown.large(topic + "-" + n, size));
        }
        publisher.await(2, "published", "topic", topic);
        disconnect(publisher, subscriber);
    }
}
