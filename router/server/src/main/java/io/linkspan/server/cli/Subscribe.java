// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import io.linkspan.management.cli.BusOptions;
import io.linkspan.management.cli.BusUrl;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code linkspan sub}: subscribes by MQTT and prints one line for each message. */
@Command(
        name = "sub",
        description = {"Subscribe to a topic filter by MQTT and print one line for each message: topic and payload.", ""
        },
        footer = {
            "",
            "Exit status: 0, or 1 if the connection fails or fewer messages than --count came.",
            "",
            "Examples:",
            "  linkspan sub 'cities/+'",
            "  linkspan sub -q 1 -V 5 --verbose '#'"
        },
        sortOptions = false)
public final class Subscribe implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Mixin
    private BusOptions bus = new BusOptions(BusUrl.Protocol.MQTT);

    @Mixin
    private MqttOptions mqtt = new MqttOptions();

    @Mixin
    private ReceiveOptions options = new ReceiveOptions();

    @Mixin
    HelpOption help = new HelpOption();

    @Parameters(
            index = "0",
            paramLabel = "FILTER",
            description = "The topics: '+' stands for one level, '#' at the end for any number of levels.")
    private String filter = "";

    @Override
    public Integer call() {
        try (MqttClient client = MqttClient.connect(bus, mqtt.version(), mqtt.clientId())) {
            PrintWriter out = spec.commandLine().getOut();
            Arrivals arrivals = new Arrivals(options, client.steps().vertx());
            client.subscribe(filter, mqtt.qos(), message -> {
                arrivals.arrived();
                print(out, message);
                arrivals.settled();
            });
            client.steps().<Boolean>await(arrivals::start);
            return arrivals.report(spec.commandLine());
        }
    }

    private void print(PrintWriter out, MqttPublishMessage message) {
        String payload = new String(MqttClient.payload(message), StandardCharsets.UTF_8);
        out.print(MessageLine.of(
                        message.variableHeader().topicName(), payload, options.verbose() ? properties(message) : null)
                + "\n");
        out.flush();
    }

    private static Map<String, Object> properties(MqttPublishMessage message) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("qos", message.fixedHeader().qosLevel().value());
        if (message.fixedHeader().isRetain()) {
            shown.put("retain", true);
        }
        MqttProperties properties = message.variableHeader().properties();
        put(shown, "content-type", properties, MqttProperties.CONTENT_TYPE);
        put(shown, "response-topic", properties, MqttProperties.RESPONSE_TOPIC);
        put(shown, "message-expiry", properties, MqttProperties.PUBLICATION_EXPIRY_INTERVAL);
        put(shown, "payload-format", properties, MqttProperties.PAYLOAD_FORMAT_INDICATOR);
        put(shown, "correlation-data", properties, MqttProperties.CORRELATION_DATA);
        for (MqttProperties.MqttProperty<?> property : properties.getProperties(MqttProperties.USER_PROPERTY)) {
            if (property.value() instanceof MqttProperties.StringPair pair) {
                shown.put(pair.key, pair.value);
            }
        }
        return shown;
    }

    private static void put(Map<String, Object> shown, String name, MqttProperties properties, int type) {
        MqttProperties.@Nullable MqttProperty<?> property = properties.getProperty(type);
        if (property != null) {
            Object value = property.value();
            shown.put(name, value instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : value);
        }
    }
}
