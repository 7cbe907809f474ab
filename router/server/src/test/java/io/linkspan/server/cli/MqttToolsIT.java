// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.mqtt.MqttEndpoint;
import io.vertx.mqtt.MqttServer;
import io.vertx.mqtt.MqttServerOptions;
import io.vertx.mqtt.messages.MqttPublishMessage;
import io.vertx.mqtt.messages.codes.MqttPubAckReasonCode;
import io.vertx.mqtt.messages.codes.MqttSubAckReasonCode;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code pub} and {@code sub} over real sockets, against a scripted MQTT server. */
class MqttToolsIT {
    private final Vertx vertx = Vertx.vertx();
    private final MqttServer server = MqttServer.create(
            vertx, new MqttServerOptions().setHost("127.0.0.1").setPort(0));
    private final List<MqttPublishMessage> published = Collections.synchronizedList(new ArrayList<>());
    private final List<MqttEndpoint> clients = Collections.synchronizedList(new ArrayList<>());
    private final List<Integer> acknowledged = Collections.synchronizedList(new ArrayList<>());

    private volatile Consumer<MqttEndpoint> onConnect = endpoint -> endpoint.accept(false);
    private volatile Consumer<MqttEndpoint> onSubscribed = endpoint -> {};
    private volatile MqttSubAckReasonCode granted = MqttSubAckReasonCode.GRANTED_QOS1;
    private volatile MqttPubAckReasonCode pubAck = MqttPubAckReasonCode.SUCCESS;

    @BeforeEach
    void start() {
        server.endpointHandler(endpoint -> {
            clients.add(endpoint);
            endpoint.publishAutoAck(false);
            endpoint.publishHandler(message -> {
                published.add(message);
                if (message.qosLevel() == MqttQoS.AT_LEAST_ONCE) {
                    endpoint.publishAcknowledge(message.messageId(), pubAck, MqttProperties.NO_PROPERTIES);
                }
            });
            endpoint.publishAcknowledgeHandler(acknowledged::add);
            endpoint.subscribeHandler(subscribe -> {
                endpoint.subscribeAcknowledge(subscribe.messageId(), List.of(granted), MqttProperties.NO_PROPERTIES);
                onSubscribed.accept(endpoint);
            });
            onConnect.accept(endpoint);
        });
        ScriptedRouter.get(server.listen().toCompletionStage().toCompletableFuture());
    }

    @AfterEach
    void stop() {
        ScriptedRouter.get(vertx.close().toCompletionStage().toCompletableFuture());
    }

    private String bus() {
        return "127.0.0.1:" + server.actualPort();
    }

    private ToolRun pub(String... arguments) {
        return run(new Publish(new ByteArrayInputStream("one\ntwo\n".getBytes(StandardCharsets.UTF_8))), arguments);
    }

    private ToolRun sub(String... arguments) {
        return run(new Subscribe(), arguments);
    }

    private ToolRun run(Object command, String... arguments) {
        List<String> all = new ArrayList<>(List.of("-b", bus()));
        all.addAll(Arrays.asList(arguments));
        return ToolRun.of(command, "linkspan", all.toArray(new String[0]));
    }

    private static String text(MqttPublishMessage message) {
        return message.topicName() + " " + message.payload();
    }

    @ParameterizedTest
    @ValueSource(strings = {"3.1", "3.1.1", "5"})
    void withQosOneTheAcknowledgementIsPrinted(String version) {
        ToolRun run = pub("-V", version, "-q", "1", "-i", "c1", "cities/london", "-m", "17", "-m", "-");
        assertThat(run).isEqualTo(new ToolRun(0, "acknowledged\nacknowledged\nacknowledged\n", ""));
        assertThat(published)
                .extracting(MqttToolsIT::text)
                .containsExactly("cities/london 17", "cities/london one", "cities/london two");
        int wire = version.equals("5") ? 5 : version.equals("3.1") ? 3 : 4;
        assertThat(clients.get(0).protocolVersion()).isEqualTo(wire);
        assertThat(clients.get(0).clientIdentifier()).isEqualTo("c1");
        assertThat(clients.get(0).isCleanSession()).isTrue();
    }

    @Test
    void withQosZeroTheMessageIsOutBeforeTheConnectionEnds() {
        ToolRun run = pub("-n", "200", "t", "-m", "x");
        assertThat(run).isEqualTo(new ToolRun(0, "", ""));
        await().untilAsserted(() -> assertThat(published).hasSize(200));
    }

    @Test
    void propertiesTravelWithVersionFive() {
        pub(
                "-V",
                "5",
                "-r",
                "-q",
                "1",
                "--property",
                "unit=celsius",
                "--content-type",
                "text/plain",
                "--response-topic",
                "answers",
                "t",
                "-m",
                "17");
        MqttPublishMessage message = published.get(0);
        assertThat(message.isRetain()).isTrue();
        MqttProperties properties = message.properties();
        assertThat(properties.getProperty(MqttProperties.CONTENT_TYPE).value()).isEqualTo("text/plain");
        assertThat(properties.getProperty(MqttProperties.RESPONSE_TOPIC).value())
                .isEqualTo("answers");
        MqttProperties.StringPair pair = (MqttProperties.StringPair)
                properties.getProperties(MqttProperties.USER_PROPERTY).get(0).value();
        assertThat(pair.key + "=" + pair.value).isEqualTo("unit=celsius");
    }

    @Test
    void propertiesWithoutVersionFiveAreAWrongCall() {
        ToolRun run = pub("--property", "a=b", "t", "-m", "17");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).endsWith("linkspan: error: properties need -V 5\n");
        assertThat(clients).isEmpty();
    }

    @Test
    void aRefusedPublicationFailsTheRun() {
        pubAck = MqttPubAckReasonCode.NOT_AUTHORIZED;
        ToolRun run = pub("-V", "5", "-q", "1", "t", "-m", "17");
        assertThat(run).isEqualTo(new ToolRun(1, "refused, reason code 0x87\n", ""));
    }

    @Test
    void aPublicationWithoutSubscriberIsAcknowledgedWithItsReason() {
        pubAck = MqttPubAckReasonCode.NO_MATCHING_SUBSCRIBERS;
        ToolRun run = pub("-V", "5", "-q", "1", "t", "-m", "17");
        assertThat(run).isEqualTo(new ToolRun(0, "acknowledged, reason code 0x10\n", ""));
    }

    @Test
    void aRefusedConnectionIsReported() {
        onConnect = endpoint -> endpoint.reject(MqttConnectReturnCode.CONNECTION_REFUSED_NOT_AUTHORIZED);
        ToolRun run = sub("t");
        assertThat(run)
                .isEqualTo(new ToolRun(
                        1,
                        "",
                        "linkspan: ConnectionException: Connection mqtt://" + bus()
                                + " refused: not authorized, reason code 0x05\n"));
    }

    @Test
    void credentialsComeFromOptionsOrUrl() {
        ToolRun.of(new Publish(), "linkspan", "-b", "mqtt://u:p%40w@" + bus(), "t", "-m", "x");
        pub("--username", "v", "--password", "q", "t", "-m", "x");
        assertThat(clients.get(0).auth().getUsername()).isEqualTo("u");
        assertThat(clients.get(0).auth().getPassword()).isEqualTo("p@w");
        assertThat(clients.get(1).auth().getUsername()).isEqualTo("v");
        assertThat(clients.get(1).auth().getPassword()).isEqualTo("q");
    }

    @Test
    void subscribedMessagesAreOneLineEachAndAcknowledged() {
        onSubscribed = endpoint -> {
            endpoint.publish("cities/london", Buffer.buffer("17 degrees"), MqttQoS.AT_LEAST_ONCE, false, false, 7);
            endpoint.publish("cities/rome", Buffer.buffer("25\n"), MqttQoS.AT_MOST_ONCE, false, false, 8);
        };
        ToolRun run = sub("-q", "1", "cities/+", "--count", "2");
        assertThat(run).isEqualTo(new ToolRun(0, "cities/london 17 degrees\ncities/rome 25\\n\n", ""));
        await().untilAsserted(() -> assertThat(acknowledged).containsExactly(7));
    }

    @Test
    void verboseLinesHaveTheProperties() {
        onSubscribed = endpoint -> {
            MqttProperties properties = new MqttProperties();
            properties.add(new MqttProperties.StringProperty(MqttProperties.CONTENT_TYPE, "text/plain"));
            properties.add(new MqttProperties.UserProperty("unit", "celsius"));
            endpoint.publish("t", Buffer.buffer("17"), MqttQoS.AT_MOST_ONCE, false, true, 1, properties);
        };
        ToolRun run = sub("-V", "5", "-v", "t", "-n", "1");
        assertThat(run.out())
                .isEqualTo("t 17 {\"qos\": 0, \"retain\": true, \"content-type\": \"text/plain\","
                        + " \"unit\": \"celsius\"}\n");
    }

    @Test
    void aRefusedSubscriptionIsReported() {
        granted = MqttSubAckReasonCode.UNSPECIFIED_ERROR;
        ToolRun run = sub("t");
        assertThat(run)
                .isEqualTo(
                        new ToolRun(1, "", "linkspan: MqttException: subscription to 't' refused: reason code 0x80\n"));
    }

    @Test
    void missingMessagesAreCountedAndFailTheRun() {
        ToolRun run = sub("t", "-n", "2", "--wait", "0.1");
        assertThat(run).isEqualTo(new ToolRun(1, "", "linkspan: 0 of 2 messages came\n"));
    }

    @Test
    void aServerThatGoesAwayEndsTheSubscription() {
        onSubscribed = MqttEndpoint::close;
        ToolRun run = sub("t");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .isEqualTo("linkspan: ConnectionException: Connection mqtt://" + bus()
                        + " closed by the server without a reason\n");
    }

    @Test
    void aQosThatIsNotThereIsAWrongCall() {
        ToolRun run = pub("-q", "2", "t", "-m", "x");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("'2' is not 0 or 1");
    }
}
