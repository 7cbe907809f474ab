// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.interop;

import static io.linkspan.tests.client.ClientProgram.HIVEMQ;
import static io.linkspan.tests.client.ClientProgram.MQTT_JS;
import static io.linkspan.tests.client.ClientProgram.PAHO_JAVA;
import static io.linkspan.tests.client.ClientProgram.PAHO_PYTHON;
import static io.linkspan.tests.client.ClientProgram.PROTONJ2;
import static io.linkspan.tests.client.ClientProgram.PROTON_PYTHON;
import static io.linkspan.tests.client.ClientProgram.QPID_JMS;
import static io.linkspan.tests.client.ClientProgram.RHEA;
import static io.linkspan.tests.client.ClientProgram.VERTX_MQTT;
import static io.linkspan.tests.client.ClientProgram.VERTX_PROTON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import io.linkspan.management.json.Json;
import io.linkspan.tests.client.ClientEvent;
import io.linkspan.tests.client.ClientProcess;
import io.linkspan.tests.client.ClientProgram;
import io.linkspan.tests.client.ToolProcess;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** AMQP clients and MQTT clients with each other through the router. */
class BridgeInteropSystemIT {

    @RegisterExtension
    static final InteropRouter router = new InteropRouter();

    @RegisterExtension
    static final Clients clients = new Clients();

    /** Each AMQP client with an MQTT client in a version. */
    static Stream<Arguments> pairs() {
        return Stream.of(
                Arguments.of(VERTX_PROTON, HIVEMQ, 5),
                Arguments.of(QPID_JMS, PAHO_JAVA, 4),
                Arguments.of(PROTONJ2, MQTT_JS, 5),
                Arguments.of(PROTON_PYTHON, PAHO_PYTHON, 3),
                Arguments.of(RHEA, VERTX_MQTT, 4),
                Arguments.of(PROTON_PYTHON, PAHO_JAVA, 5),
                Arguments.of(RHEA, HIVEMQ, 4));
    }

    /** The pairs whose MQTT client can hold an acknowledgement; Debian's Paho for Python cannot. */
    static Stream<Arguments> holdingPairs() {
        return pairs().filter(pair -> pair.get()[1] != PAHO_PYTHON);
    }

    private static ClientProcess amqp(ClientProgram program) {
        return clients.amqp(program, router.url("amqp"));
    }

    private static ClientProcess mqtt(ClientProgram program, int version, String options) {
        ClientProcess client = clients.start(program);
        client.tell(
                "connect %s --version=%d --id=%s %s",
                router.url("mqtt"), version, InteropRouter.address("bridge-"), options);
        client.await("connected");
        return client;
    }

    private static void subscribe(ClientProcess client, String filter, int qos) {
        client.tell("subscribe %s %d", filter, qos);
        client.await("subscribed", "filter", filter);
    }

    private static void attach(ClientProcess client, String role, String link, String address, String options) {
        client.tell("%s %s %s %s", role, link, address, options);
        client.await("attached", "link", link);
    }

    private static void close(ClientProcess... all) {
        for (ClientProcess client : all) {
            Clients.close(client);
        }
    }

    @ParameterizedTest
    @MethodSource("pairs")
    @DisplayName("MQ-1-5: what MQTT publishes on a/b an AMQP receiver gets from a.b, in order")
    void amqpReceiverGetsPublications(ClientProgram amqp, ClientProgram mqtt, int version) {
        String name = InteropRouter.address("up");
        ClientProcess receiver = amqp(amqp);
        attach(receiver, "receiver", "in", name + ".london", "");
        ClientProcess publisher = mqtt(mqtt, version, "");
        publisher.tell("publish %s/london 1 10", name);
        for (int n = 0; n < 10; n++) {
            ClientEvent message = receiver.await("message", "link", "in");
            assertThat(message.get("body")).isEqualTo(Shown.binary(name + "/london-" + n));
            assertThat(message.get("durable")).isEqualTo(true);
            assertThat(message.text("to")).isEqualTo(name + ".london");
            if (amqp != QPID_JMS) {
                assertThat(message.text("section")).isEqualTo("data");
                assertThat(message.get("settled")).isEqualTo(false);
            }
        }
        publisher.await(10, "published");
        publisher.tell("publish %s/london 0 1", name);
        ClientEvent settled = receiver.await("message", "link", "in");
        assertThat(settled.get("durable")).isEqualTo(false);
        if (amqp != QPID_JMS) {
            assertThat(settled.get("settled")).isEqualTo(true);
        }
        close(receiver, publisher);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    @DisplayName("MQ-1-5, MQ-3-7: what AMQP sends to a.b an MQTT subscriber of a/+ gets, with the QoS of the message")
    void mqttSubscriberGetsMessages(ClientProgram amqp, ClientProgram mqtt, int version) {
        String name = InteropRouter.address("down");
        ClientProcess subscriber = mqtt(mqtt, version, "");
        subscribe(subscriber, name + "/+", 1);
        ClientProcess sender = amqp(amqp);
        attach(sender, "sender", "out", name + ".london", "");
        sender.tell("send out 5 --durable");
        sender.tell("send out 5 --body=data --durable");
        for (int n = 0; n < 10; n++) {
            ClientEvent message = subscriber.await("message");
            assertThat(message.text("topic")).isEqualTo(name + "/london");
            assertThat(message.text("body")).isEqualTo("out-" + n);
            assertThat(message.number("qos")).isEqualTo(1);
            sender.await("outcome", "n", n, "state", "accepted");
        }
        attach(sender, "sender", "quick", name + ".paris", "--settled");
        sender.tell("send quick 1 --settled");
        ClientEvent message = subscriber.await("message", "topic", name + "/paris");
        assertThat(message.number("qos")).isZero();
        close(subscriber, sender);
    }

    @ParameterizedTest
    @MethodSource("pairs")
    @DisplayName("MQ-3-1: PUBACK only after the AMQP receiver accepted")
    void acknowledgementWaitsForTheReceiver(ClientProgram amqp, ClientProgram mqtt, int version) {
        String name = InteropRouter.address("wait");
        ClientProcess receiver = amqp(amqp);
        attach(receiver, "receiver", "in", name, "--manual");
        ClientProcess publisher = mqtt(mqtt, version, "");
        publisher.tell("publish %s 1 1", name);
        receiver.await("message", "link", "in");
        assertThat(publisher.left("published")).isEmpty();
        receiver.tell("dispose in accepted 1");
        publisher.await("published", "topic", name);
        close(receiver, publisher);
    }

    @ParameterizedTest
    @EnumSource(names = {"HIVEMQ", "PAHO_JAVA"})
    @DisplayName("3.1: MQTT 5.0 is told what the AMQP receiver decided")
    void publisherIsToldWhatTheReceiverDecided(ClientProgram mqtt) {
        String name = InteropRouter.address("why");
        ClientProcess receiver = amqp(PROTON_PYTHON);
        attach(receiver, "receiver", "in", name, "--manual");
        ClientProcess publisher = mqtt(mqtt, 5, "");
        List<Map.Entry<String, Integer>> reasons = List.of(
                Map.entry("amqp:unauthorized-access", 0x87),
                Map.entry("amqp:resource-limit-exceeded", 0x97),
                Map.entry("amqp:link:message-size-exceeded", 0x97),
                Map.entry("test:other", 0x83));
        for (Map.Entry<String, Integer> each : reasons) {
            publisher.tell("publish %s 1 1", name);
            receiver.await("message", "link", "in");
            receiver.tell("dispose in rejected 1 --condition=" + each.getKey());
            assertThat(publisher.await("published", "topic", name).number("reason"))
                    .as(each.getKey())
                    .isEqualTo(each.getValue().longValue());
        }
        publisher.tell("publish %s/nobody 1 1", name);
        assertThat(publisher.await("published", "topic", name + "/nobody").number("reason"))
                .as("no matching subscribers")
                .isEqualTo(0x10);
        close(receiver, publisher);
    }

    @ParameterizedTest
    @MethodSource("holdingPairs")
    @DisplayName("3.2: the AMQP sender sees accepted only after the subscriber's PUBACK")
    void outcomeWaitsForTheSubscriber(ClientProgram amqp, ClientProgram mqtt, int version) {
        String name = InteropRouter.address("held");
        ClientProcess subscriber = mqtt(mqtt, version, "--manual");
        subscribe(subscriber, name, 1);
        ClientProcess sender = amqp(amqp);
        attach(sender, "sender", "out", name, "");
        sender.tell("send out 1 --durable");
        subscriber.await("message", "topic", name);
        assertThat(sender.left("outcome")).isEmpty();
        subscriber.tell("ack 1");
        sender.await("outcome", "n", 0, "state", "accepted");
        close(subscriber, sender);
    }

    @Test
    @DisplayName("2.1: the properties of a publication are AMQP properties")
    void propertiesOfAPublicationAreAmqpProperties() {
        String name = InteropRouter.address("map");
        ClientProcess receiver = amqp(PROTON_PYTHON);
        attach(receiver, "receiver", "in", name + ".t", "");
        ClientProcess publisher = mqtt(PAHO_JAVA, 5, "");
        publisher.tell(
                "publish %s/t 1 1 --content-type=text/plain --response-topic=re/1/x --correlation=00ff10"
                        + " --expiry=600 --format --user=a:1 --user=b:2",
                name);
        ClientEvent message = receiver.await("message", "link", "in");
        assertThat(message.text("contentType")).isEqualTo("text/plain");
        assertThat(message.text("replyTo")).isEqualTo("re.1.x");
        assertThat(message.get("correlationId")).isEqualTo(Map.of("binary", "00ff10"));
        assertThat(message.number("ttl")).isBetween(590_000L, 600_000L);
        assertThat(message.get("properties")).isEqualTo(Map.of("a", "1", "b", "2"));
        assertThat(message.get("annotations")).isEqualTo(Map.of("x-opt-mqtt-qos", 1L, "x-opt-mqtt-payload-format", 1L));
        close(receiver, publisher);
    }

    @Test
    @DisplayName("2.2: the properties of an AMQP message are MQTT 5.0 properties")
    void propertiesOfAMessageAreMqttProperties() {
        String name = InteropRouter.address("pam");
        ClientProcess subscriber = mqtt(HIVEMQ, 5, "");
        subscribe(subscriber, name + "/#", 1);
        ClientProcess sender = amqp(PROTON_PYTHON);
        attach(sender, "sender", "out", name + ".x.y", "");
        sender.tell("send out 1 --durable --ttl=60000 --reply-to=answers.here --correlation-id=c-1"
                + " --content-type=text/plain --property=s:s:text --property=i:i:-5 --property=b:b:true");
        ClientEvent message = subscriber.await("message", "topic", name + "/x/y");
        assertThat(message.text("contentType")).isEqualTo("text/plain");
        assertThat(message.text("responseTopic")).isEqualTo("answers/here");
        assertThat(message.text("correlation")).isEqualTo("632d31");
        assertThat(message.number("expiry")).isBetween(50L, 60L);
        assertThat(message.number("format")).isEqualTo(1);
        assertThat(message.get("user"))
                .asInstanceOf(LIST)
                .containsExactlyInAnyOrder(List.of("s", "text"), List.of("i", "-5"), List.of("b", "true"));
        for (String kind : List.of("map", "list", "sequence")) {
            sender.tell("send out 1 --durable --body=" + kind);
            ClientEvent json = subscriber.await("message", "topic", name + "/x/y");
            assertThat(json.text("contentType")).as(kind).isEqualTo("application/json");
            assertThat(Json.parse(json.text("body")))
                    .isEqualTo(
                            kind.equals("map")
                                    ? Map.of("text", "x", "number", 5L, "yes", true)
                                    : List.of("one", 2L, true));
        }
        for (Map.Entry<String, String> kind :
                Map.of("integer", "42", "boolean", "true", "null", "").entrySet()) {
            sender.tell("send out 1 --durable --body=" + kind.getKey());
            assertThat(subscriber.await("message", "topic", name + "/x/y").text("body"))
                    .isEqualTo(kind.getValue());
        }
        close(subscriber, sender);
    }

    @ParameterizedTest
    @EnumSource(names = {"PROTON_PYTHON", "RHEA"})
    @DisplayName("MQ-1-8: an AMQP receiver with the capability topic-pattern subscribes with wildcards")
    void amqpReceiverMaySubscribeWithWildcards(ClientProgram amqp) {
        String name = InteropRouter.address("pattern");
        ClientProcess receiver = amqp(amqp);
        attach(receiver, "receiver", "star", name + ".*", "--capability=topic-pattern");
        attach(receiver, "receiver", "hash", name + ".#", "--capability=topic-pattern");
        attach(receiver, "receiver", "literal", name + ".*.*", "");
        ClientProcess publisher = mqtt(HIVEMQ, 5, "");
        for (String topic : List.of(name, name + "/a", name + "/a/b")) {
            publisher.tell("publish %s 1 1", topic);
            publisher.await("published", "topic", topic);
        }
        receiver.tell("sender out " + name + ".sent");
        receiver.await("attached", "link", "out");
        receiver.tell("send out 1");
        receiver.await("outcome", "link", "out", "state", "accepted");
        assertThat(receiver.await(2, "message", "link", "star").stream().map(message -> message.get("body")))
                .containsExactly(Shown.binary(name + "/a-0"), "out-0");
        assertThat(receiver.await(4, "message", "link", "hash").stream().map(message -> message.get("body")))
                .containsExactly(
                        Shown.binary(name + "-0"), Shown.binary(name + "/a-0"), Shown.binary(name + "/a/b-0"), "out-0");
        close(receiver, publisher);
        assertThat(receiver.left("message")).isEmpty();
    }

    @Test
    @DisplayName("MQ-2-9: an MQTT request is answered by an AMQP service, and the other way round")
    void requestsAreAnsweredAcrossTheProtocols() {
        String name = InteropRouter.address("rpc");
        ClientProcess service = amqp(RHEA);
        attach(service, "receiver", "requests", name + ".service", "");
        attach(service, "sender", "answers", "-", "");
        ClientProcess device = mqtt(HIVEMQ, 5, "");
        subscribe(device, name + "/re/1/x", 1);
        device.tell("publish %s/service 1 1 --response-topic=%s/re/1/x --correlation=0102", name, name);
        ClientEvent request = service.await("message", "link", "requests");
        assertThat(request.text("replyTo")).isEqualTo(name + ".re.1.x");
        assertThat(request.get("correlationId")).isEqualTo(Map.of("binary", "0102"));
        service.tell("send answers 1 --durable --to=%s --correlation-id=call", request.text("replyTo"));
        ClientEvent answer = device.await("message");
        assertThat(answer.text("body")).isEqualTo("answers-0");
        assertThat(answer.text("correlation")).isEqualTo("63616c6c");

        subscribe(device, name + "/commands", 1);
        attach(service, "receiver", "replies", "-", "");
        service.tell("detach replies");
        service.await("detached", "link", "replies");
        service.tell("receiver again -");
        String replyTo = service.await("attached", "link", "again").text("address");
        service.tell("send answers 1 --durable --to=%s.commands --reply-to=%s --correlation-id=c-9", name, replyTo);
        ClientEvent command = device.await("message", "topic", name + "/commands");
        assertThat(command.text("correlation")).isEqualTo("632d39");
        device.tell("publish %s 1 1 --correlation=632d39", command.text("responseTopic"));
        ClientEvent reply = service.await("message", "link", "again");
        assertThat(reply.get("correlationId")).isEqualTo(Map.of("binary", "632d39"));
        close(service, device);
    }

    @Test
    @DisplayName("MQ-1-11: a dot in a topic level is not a separator")
    void dotInATopicLevelIsNoSeparator() {
        String name = InteropRouter.address("esc");
        ClientProcess receiver = amqp(PROTON_PYTHON);
        attach(receiver, "receiver", "in", name + ".1%2E5.x", "");
        attach(receiver, "sender", "out", name + ".1%2E5.x", "");
        ClientProcess device = mqtt(PAHO_JAVA, 4, "");
        device.tell("publish %s/1.5/x 1 1", name);
        assertThat(receiver.await("message", "link", "in").get("body")).isEqualTo(Shown.binary(name + "/1.5/x-0"));
        subscribe(device, name + "/+/x", 1);
        receiver.tell("send out 1 --durable");
        assertThat(device.await("message").text("topic")).isEqualTo(name + "/1.5/x");
        close(receiver, device);
    }

    private String port() {
        return Integer.toString(router.process().port("any"));
    }

    @ParameterizedTest
    @EnumSource(names = {"PROTON_PYTHON", "RHEA"})
    @DisplayName("mosquitto_sub -t 'cities/+' prints what an AMQP sender sends to cities.london")
    void mosquittoSubPrintsWhatAnAmqpSenderSends(ClientProgram amqp) {
        try (ToolProcess subscriber = ToolProcess.start(
                "mosquitto_sub",
                "-d",
                "-h",
                "127.0.0.1",
                "-p",
                port(),
                "-q",
                "1",
                "-t",
                "cities/+",
                "-F",
                "%t %q %p")) {
            subscriber.await(line -> line.startsWith("Subscribed (mid: 1): 1"));
            ClientProcess sender = amqp(amqp);
            attach(sender, "sender", "out", "cities.london", "");
            sender.tell("send out 3 --durable");
            for (int n = 0; n < 3; n++) {
                String line = "cities/london 1 out-" + n;
                subscriber.await(line::equals);
                sender.await("outcome", "n", n, "state", "accepted");
            }
            close(sender);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"PROTON_PYTHON", "RHEA"})
    @DisplayName("mosquitto_pub -q 1 ends when the AMQP receiver on cities.london has accepted, not before")
    void mosquittoPubEndsWhenTheReceiverAccepted(ClientProgram amqp) {
        ClientProcess receiver = amqp(amqp);
        attach(receiver, "receiver", "in", "cities.london", "--manual");
        try (ToolProcess publisher = ToolProcess.start(
                "mosquitto_pub",
                "-d",
                "-h",
                "127.0.0.1",
                "-p",
                port(),
                "-q",
                "1",
                "-t",
                "cities/london",
                "-m",
                "rain")) {
            ClientEvent message = receiver.await("message", "link", "in");
            assertThat(message.get("body")).isEqualTo(Shown.binary("rain"));
            assertThat(publisher.isAlive()).isTrue();
            // A message sent later arrives, so the acknowledgement of the first would have had its time.
            try (ToolProcess second = ToolProcess.start(
                    "mosquitto_pub", "-h", "127.0.0.1", "-p", port(), "-q", "0", "-t", "cities/london", "-m", "sun")) {
                assertThat(second.exitStatus()).isZero();
            }
            assertThat(receiver.await("message", "link", "in").get("body")).isEqualTo(Shown.binary("sun"));
            assertThat(publisher.isAlive()).isTrue();
            assertThat(publisher.text()).doesNotContain("PUBACK");
            receiver.tell("dispose in accepted 1");
            assertThat(publisher.exitStatus()).isZero();
            publisher.await(line -> line.contains("received PUBACK"));
        }
        close(receiver);
    }

    @ParameterizedTest
    @EnumSource(names = {"PROTON_PYTHON", "RHEA"})
    @DisplayName("a message of 1 MiB passes between the protocols in both directions")
    void largeMessagePassesInBothDirections(ClientProgram amqp) {
        int size = 1024 * 1024;
        String name = InteropRouter.address("large");
        ClientProcess application = amqp(amqp);
        attach(application, "receiver", "in", name + ".up", "");
        attach(application, "sender", "out", name + ".down", "");
        ClientProcess device = mqtt(HIVEMQ, 5, "");
        device.tell("publish %s/up 1 1 --size=%d", name, size);
        assertThat(application.await("message", "link", "in").get("body")).isEqualTo(Shown.large(name + "/up-0", size));
        device.await("published");
        subscribe(device, name + "/down", 1);
        application.tell("send out 1 --durable --body=data --size=" + size);
        assertThat(device.await("message").get("body")).isEqualTo(Shown.large("out-0", size));
        application.await("outcome", "n", 0, "state", "accepted");
        close(application, device);
    }
}
