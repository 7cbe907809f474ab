// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import io.linkspan.management.cli.BusOptions;
import io.linkspan.management.cli.BusUrl;
import io.linkspan.management.cli.ToolFailure;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code linkspan pub}: publishes messages by MQTT. */
@Command(
        name = "pub",
        description = {
            "Publish messages to a topic by MQTT. With QoS 1 the acknowledgement of each is awaited and printed;",
            "the router acknowledges when a receiver has accepted the message.",
            ""
        },
        footer = {
            "",
            "Exit status: 0 if every message was sent (QoS 0) or acknowledged (QoS 1), 1 otherwise.",
            "",
            "Examples:",
            "  linkspan pub cities/london -m '17 degrees'",
            "  linkspan pub -q 1 -V 5 --property unit=celsius cities/london -m 17",
            "  tail -f events.log | linkspan pub log/events -m -"
        },
        mixinStandardHelpOptions = false,
        sortOptions = false)
public final class Publish implements Callable<Integer> {
    private final InputStream input;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Mixin
    private BusOptions bus = new BusOptions(BusUrl.Protocol.MQTT);

    @Mixin
    private MqttOptions mqtt = new MqttOptions();

    @Mixin
    HelpOption help = new HelpOption();

    @Parameters(index = "0", paramLabel = "TOPIC", description = "Where the messages go.")
    private String topic = "";

    @Option(
            names = {"-m", "--message"},
            required = true,
            paramLabel = "MESSAGE",
            description = "The text of a message, can be repeated; '-' sends each line of standard input.")
    private List<String> messages = new ArrayList<>();

    @Option(
            names = {"-n", "--count"},
            paramLabel = "N",
            defaultValue = "1",
            description = "Publish the messages N times (default ${DEFAULT-VALUE}).")
    private int count = 1;

    @Option(
            names = {"-r", "--retain"},
            description = "Ask the server to keep the message for later subscribers.")
    private boolean retain;

    @Option(names = "--property", paramLabel = "NAME=VALUE", description = "A user property (MQTT 5); can be repeated.")
    private Map<String, String> properties = new LinkedHashMap<>();

    @Option(names = "--content-type", paramLabel = "TYPE", description = "Content type of the messages (MQTT 5).")
    private @Nullable String contentType;

    @Option(names = "--response-topic", paramLabel = "TOPIC", description = "Where answers should go (MQTT 5).")
    private @Nullable String responseTopic;

    /** Makes the command with the standard input of the system. */
    public Publish() {
        this(System.in);
    }

    Publish(InputStream input) {
        this.input = input;
    }

    @Override
    public Integer call() {
        MqttProperties attached = attached();
        if (!attached.isEmpty() && mqtt.version() != MqttVersion.MQTT_5) {
            throw new ParameterException(spec.commandLine(), "properties need -V 5");
        }
        boolean[] allWell = {true};
        try (MqttClient client = MqttClient.connect(bus, mqtt.version(), mqtt.clientId())) {
            for (int i = 0; i < count; i++) {
                for (String message : messages) {
                    if (message.equals("-")) {
                        Lines.each(input, line -> allWell[0] &= publish(client, line, attached));
                    } else {
                        allWell[0] &= publish(client, message, attached);
                    }
                }
            }
        } catch (IOException e) {
            throw new ToolFailure("OSError", "cannot read standard input: " + e.getMessage(), e);
        }
        return allWell[0] ? 0 : 1;
    }

    private boolean publish(MqttClient client, String text, MqttProperties attached) {
        int code = client.publish(topic, text.getBytes(StandardCharsets.UTF_8), mqtt.qos(), retain, attached);
        boolean well = !MqttClient.isError(code);
        if (mqtt.qos() == MqttQoS.AT_LEAST_ONCE) {
            PrintWriter out = spec.commandLine().getOut();
            out.print((well ? "acknowledged" : "refused") + (code == 0 ? "" : ", " + MqttClient.reason(code)) + "\n");
            out.flush();
        }
        return well;
    }

    private MqttProperties attached() {
        MqttProperties attached = new MqttProperties();
        if (contentType != null) {
            attached.add(new MqttProperties.StringProperty(MqttProperties.CONTENT_TYPE, contentType));
        }
        if (responseTopic != null) {
            attached.add(new MqttProperties.StringProperty(MqttProperties.RESPONSE_TOPIC, responseTopic));
        }
        properties.forEach((name, value) -> attached.add(new MqttProperties.UserProperty(name, value)));
        return attached;
    }
}
