// SPDX-License-Identifier: Apache-2.0
package io.linkspan.interop;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttClientBuilder;
import java.net.URI;

/** The HiveMQ client, for MQTT 3.1.1 and 5.0. */
public final class HivemqPeer extends MqttPeer {

    /** Reads commands from standard input. */
    public static void main(String[] arguments) throws Exception {
        new HivemqPeer().run();
    }

    @Override
    protected Session session(String version) {
        return version.equals("5")
                ? new HivemqSession5(this::emit, this::published)
                : new HivemqSession3(this::emit, this::published);
    }

    /** How a publication ended. */
    @FunctionalInterface
    interface Published {
        void report(Publication publication, Integer reason, Throwable error);
    }

    static MqttClientBuilder builder(Command command) {
        URI url = URI.create(command.word(0));
        MqttClientBuilder builder = MqttClient.builder()
                .serverHost(url.getHost())
                .serverPort(url.getPort())
                .identifier(command.option("id", ""));
        return url.getScheme().equals("ws")
                ? builder.webSocketConfig()
                        .serverPath(url.getPath().replaceFirst("^/", ""))
                        .applyWebSocketConfig()
                : builder;
    }
}
