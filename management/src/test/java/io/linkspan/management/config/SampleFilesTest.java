// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whole files and what is made of them, as check tells it. Beside each sample is a file of the same name that ends in
 * .expected: the problems, then what starts.
 */
class SampleFilesTest {
    private static final Path SAMPLES = Path.of("src/test/resources/io/linkspan/management/config/samples");

    static List<String> samples() throws IOException {
        try (Stream<Path> files = Files.list(SAMPLES)) {
            return files.map(path -> path.getFileName().toString())
                    .filter(name -> !name.endsWith(".expected") && !name.startsWith("."))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    void aSampleIsTakenAsExpected(String name) throws IOException {
        String text = Files.readString(SAMPLES.resolve(name), StandardCharsets.UTF_8);
        Path expected = SAMPLES.resolve(name.substring(0, name.indexOf('.')) + ".expected");
        String described = describe(ConfigurationReader.check(name, text, Configurations.NOWHERE));
        if (Boolean.getBoolean("update.golden")) {
            Files.writeString(expected, described, StandardCharsets.UTF_8);
        }
        assertThat(described).isEqualTo(Files.readString(expected, StandardCharsets.UTF_8));
    }

    @Test
    void thereAreAtLeastTwelve() throws IOException {
        assertThat(samples()).hasSizeGreaterThanOrEqualTo(12);
    }

    @Test
    void theExampleOfTheDistributionIsSoundAndBridgesBothProtocolsOnOnePort() throws IOException {
        String text = Files.readString(Path.of("../etc/qdrouterd.conf.example"), StandardCharsets.UTF_8);
        ConfigurationResult result = ConfigurationReader.check("example", text, Configurations.NOWHERE);
        assertThat(result.problems()).isEmpty();
        List<ListenerSettings> listeners = result.configuration().orElseThrow().listeners();
        assertThat(listeners).hasSize(2);
        assertThat(listeners.get(0).portNumber()).isEqualTo(5672);
        assertThat(listeners.get(0).protocols()).containsExactly(Protocol.AMQP, Protocol.MQTT, Protocol.HTTP);
        assertThat(listeners.get(0).mqttAnonymous()).isTrue();
        assertThat(listeners.get(1).portNumber()).isEqualTo(1883);
        assertThat(listeners.get(1).protocols()).containsExactly(Protocol.MQTT);
        assertThat(result.configuration().orElseThrow().addresses().stream().map(AddressSettings::prefix))
                .containsExactly("closest", "unicast", "exclusive", "multicast", "broadcast");
    }

    private static String describe(ConfigurationResult result) {
        List<String> lines = new ArrayList<>();
        result.problems().forEach(problem -> lines.add(problem.render()));
        result.configuration()
                .ifPresentOrElse(configuration -> describe(configuration, lines), () -> lines.add("does not start"));
        return String.join("\n", lines) + "\n";
    }

    private static void describe(RouterConfiguration configuration, List<String> lines) {
        RouterSettings router = configuration.router();
        lines.add("starts " + router.mode().tag() + " " + router.id() + " with " + router.workerThreads() + " loops");
        for (ListenerSettings listener : configuration.listeners()) {
            lines.add("listener " + listener.name() + ": " + listener.host() + " port " + listener.portNumber() + " "
                    + listener.protocols() + " over WebSocket " + listener.webSocketProtocols()
                    + (listener.tls() == null ? "" : " " + listener.tls())
                    + (listener.requireTls() ? " TLS alone" : "")
                    + (listener.accepts(Protocol.MQTT)
                            ? " mqtt " + listener.mqtt().name() + (listener.mqttAnonymous() ? " anonymous" : "")
                            : ""));
            lines.add("  " + listener.connection());
        }
        for (ConnectorSettings connector : configuration.connectors()) {
            lines.add("connector " + connector.name() + ": " + connector.host() + " port " + connector.portNumber());
            lines.add("  " + connector.connection());
        }
        configuration.addresses().forEach(address -> lines.add(address.toString()));
        configuration.logs().values().stream()
                .filter(log -> !log.levels().equals(java.util.EnumSet.range(LogLevel.INFO, LogLevel.CRITICAL)))
                .forEach(log -> lines.add(log.toString()));
    }
}
