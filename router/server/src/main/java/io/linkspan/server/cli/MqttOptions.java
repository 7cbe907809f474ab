// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttVersion;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options of the MQTT commands: version, quality of service and client id. */
final class MqttOptions {
    @Option(
            names = {"-V", "--protocol-version"},
            paramLabel = "3.1.1|5",
            defaultValue = "3.1.1",
            converter = VersionConverter.class,
            description = "Version of MQTT (default ${DEFAULT-VALUE}).")
    private MqttVersion version = MqttVersion.MQTT_3_1_1;

    @Option(
            names = {"-q", "--qos"},
            paramLabel = "0|1",
            defaultValue = "0",
            converter = QosConverter.class,
            description = "Quality of service (default ${DEFAULT-VALUE}).")
    private MqttQoS qos = MqttQoS.AT_MOST_ONCE;

    @Option(
            names = {"-i", "--id"},
            paramLabel = "ID",
            description = "Client id; the server chooses one if it is left out.")
    private String clientId = "";

    MqttVersion version() {
        return version;
    }

    MqttQoS qos() {
        return qos;
    }

    String clientId() {
        return clientId;
    }

    static final class VersionConverter implements ITypeConverter<MqttVersion> {
        @Override
        public MqttVersion convert(String text) {
            return switch (text) {
                case "3.1", "31" -> MqttVersion.MQTT_3_1;
                case "3.1.1", "311", "4" -> MqttVersion.MQTT_3_1_1;
                case "5", "5.0" -> MqttVersion.MQTT_5;
                default -> throw new TypeConversionException("'" + text + "' is not 3.1, 3.1.1 or 5");
            };
        }
    }

    static final class QosConverter implements ITypeConverter<MqttQoS> {
        @Override
        public MqttQoS convert(String text) {
            return switch (text) {
                case "0" -> MqttQoS.AT_MOST_ONCE;
                case "1" -> MqttQoS.AT_LEAST_ONCE;
                default -> throw new TypeConversionException("'" + text + "' is not 0 or 1");
            };
        }
    }
}
