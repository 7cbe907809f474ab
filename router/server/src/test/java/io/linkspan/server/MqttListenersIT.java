// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a router tells its operator about MQTT clients, on real sockets. */
class MqttListenersIT {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String CONNECT = "100d00044d51545404020000000163";
    private static final String CONNECT_AS_ANN = "101200044d51545404820000000163" + "0003616e6e";
    private static final String PUBLISH = "30040001612e";

    @TempDir
    Path directory;

    private static Socket client(int port, String hex) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout((int) LIMIT.toMillis());
        socket.getOutputStream().write(HexFormat.of().parseHex(hex));
        return socket;
    }

    private static String metrics(int port) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) LIMIT.toMillis());
            socket.getOutputStream()
                    .write("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    @DisplayName("MQ-5-25, 5-34: clients are in the metrics, and in the log of module MQTT alone")
    void clientsAreCountedAndLogged() throws Exception {
        Path file = directory.resolve("mqtt.log");
        String text = """
                listener {
                    name: all
                    host: 127.0.0.1
                    port: 0
                    protocols: mqtt http
                }
                log {
                    module: DEFAULT
                    enable: none
                }
                log {
                    module: MQTT
                    enable: info+
                    outputFile: FILE
                }
                """.replace("FILE", file.toString());
        try (Routers.Running router = Routers.start(text)) {
            int port = router.port("all");
            try (Socket client = client(port, CONNECT + PUBLISH);
                    Socket refused = client(port, CONNECT_AS_ANN)) {
                assertThat(client.getInputStream().readNBytes(4)).containsExactly(0x20, 2, 0, 0);
                assertThat(refused.getInputStream().readAllBytes()).containsExactly(0x20, 2, 0, 4);
                await().atMost(LIMIT)
                        .untilAsserted(() -> assertThat(metrics(port))
                                .contains("\nmqtt_clients 1\n", "\nmqtt_connects_total 1\n")
                                .contains("\nmqtt_publishes_in_total{qos=\"0\"} 1\n")
                                .contains("\nmqtt_refused_connects_total{code=\"0x86\"} 1\n"));
            }
            await().atMost(LIMIT).until(() -> Files.readString(file).contains("client gone"));
            assertThat(Files.readString(file).lines())
                    .anyMatch(line -> line.contains(" MQTT (info) ") && line.contains("client connected"))
                    .anyMatch(line -> line.contains(" MQTT (warning) ") && line.contains("client refused"))
                    .allMatch(line -> line.contains(" MQTT ("));
        }
    }
}
