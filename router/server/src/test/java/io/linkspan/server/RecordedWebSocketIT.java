// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.TypeDecoder;
import io.linkspan.amqp.codec.UnsignedLong;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Connections that clients made to a qdrouterd 1.19 over WebSocket, played to our port byte by byte as they were
 * recorded. What comes back is compared by meaning: performatives in order, without the number of FLOW frames.
 */
@DisplayName("HTT-02..07: recorded WebSocket and HTTP connections")
class RecordedWebSocketIT {
    private static final int LIMIT_MS = 30_000;
    private static final Pattern LINE = Pattern.compile("\"dir\":\"([^\"]*)\".*?\"hex\":\"([0-9a-f]*)\"");

    @SuppressWarnings("NullAway.Init") // started before all tests
    private static Routers.Running router;

    @BeforeAll
    static void start() throws StartFailure {
        router = Routers.start("""
                router {
                    id: A
                }
                listener {
                    name: web
                    host: 127.0.0.1
                    port: 0
                    http: yes
                    authenticatePeer: no
                    saslMechanisms: ANONYMOUS
                }
                log {
                    module: DEFAULT
                    enable: error+
                }
                """);
    }

    @AfterAll
    static void stop() {
        router.close();
    }

    /** Bytes of one side of a connection. */
    private record Line(boolean ofClient, String hex) {
        byte[] bytes() {
            return ByteBufUtil.decodeHexDump(hex);
        }
    }

    private static List<Line> recorded(String name) throws IOException {
        List<Line> lines = new ArrayList<>();
        try (BufferedReader reader = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(resource(name + ".jsonl.gz")), StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                Matcher matcher = LINE.matcher(line);
                assertThat(matcher.find()).as(line).isTrue();
                lines.add(new Line(matcher.group(1).startsWith("client"), matcher.group(2)));
            }
        }
        return lines;
    }

    private static InputStream resource(String name) {
        return Objects.requireNonNull(
                RecordedWebSocketIT.class.getResourceAsStream("/captures/10-websocket/" + name), name);
    }

    /** What a router says, in words. */
    private static final class Events {
        private final ByteBuf in = Unpooled.buffer();
        private final ByteBuf amqp = Unpooled.buffer();
        private final List<String> events = new ArrayList<>();
        private boolean webSocket;

        List<String> add(byte[] bytes, int length) {
            in.writeBytes(bytes, 0, length);
            boolean more = true;
            while (more) {
                more = webSocket ? frame() : head();
            }
            return events;
        }

        private boolean head() {
            String text = in.toString(StandardCharsets.ISO_8859_1);
            int end = text.indexOf("\r\n\r\n");
            if (end < 0) {
                return false;
            }
            Matcher chosen =
                    Pattern.compile("(?i)sec-websocket-protocol: (\\S+)").matcher(text);
            Matcher accept = Pattern.compile("(?i)sec-websocket-accept: (\\S+)").matcher(text);
            events.add("http " + text.substring(9, 12) + " " + (chosen.find() ? chosen.group(1) : "none") + " "
                    + (accept.find() ? accept.group(1) : "none"));
            in.skipBytes(end + 4);
            webSocket = true;
            return true;
        }

        private boolean frame() {
            if (in.readableBytes() < 4) {
                int small = in.readableBytes() < 2 ? Integer.MAX_VALUE : in.getByte(in.readerIndex() + 1);
                return small < 2 && payload(2, small);
            }
            int length = in.getUnsignedByte(in.readerIndex() + 1);
            return length == 126 ? payload(4, in.getUnsignedShort(in.readerIndex() + 2)) : payload(2, length);
        }

        private boolean payload(int header, int length) {
            if (in.readableBytes() < header + length) {
                return false;
            }
            int opcode = in.readUnsignedByte();
            ByteBuf payload = in.skipBytes(header - 1).readSlice(length);
            switch (opcode) {
                case 0x82 -> {
                    amqp.writeBytes(payload);
                    while (amqp.readableBytes() >= 8 && unit()) {
                        // On to the next.
                    }
                }
                case 0x88 -> events.add("close " + payload.readUnsignedShort());
                case 0x8a -> events.add("pong " + payload.toString(StandardCharsets.US_ASCII));
                default -> events.add("opcode " + opcode);
            }
            return true;
        }

        private boolean unit() {
            int size = amqp.getInt(amqp.readerIndex());
            if (size == 0x414d5150) {
                events.add("header " + amqp.readSlice(8).getByte(4));
                return true;
            }
            if (amqp.readableBytes() < size) {
                return false;
            }
            ByteBuf frame = amqp.readSlice(size).skipBytes(8);
            if (frame.isReadable()) {
                performative((Described) Objects.requireNonNull(TypeDecoder.readValue(frame)), frame);
            }
            return true;
        }

        private void performative(Described performative, ByteBuf payload) {
            int code = (int) ((UnsignedLong) Objects.requireNonNull(performative.descriptor())).bits();
            List<?> fields = (List<?>) Objects.requireNonNull(performative.value());
            switch (code) {
                case AmqpSocket.FLOW -> {
                    // Their number is free.
                }
                case AmqpSocket.ATTACH -> events.add("attach " + fields.get(0) + " " + fields.get(2));
                case AmqpSocket.TRANSFER -> events.add("transfer " + ByteBufUtil.hexDump(payload));
                case AmqpSocket.DISPOSITION ->
                    events.add("disposition " + fields.get(0) + " " + fields.get(3) + " "
                            + ((Described) Objects.requireNonNull(fields.get(4))).descriptor());
                case AmqpSocket.MECHANISMS, AmqpSocket.OUTCOME -> events.add("sasl " + code + " " + fields.get(0));
                // The original tells the smaller channel-max of both sides; ours is our own.
                case AmqpSocket.OPEN -> events.add("open " + fields.get(0) + " " + fields.get(4));
                default -> events.add("performative " + code);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "01-ws-amqp-with-sasl",
                "02-ws-amqp-without-sasl",
                "03-ws-subprotocol-binary",
                "04-ws-no-subprotocol",
                "05-ws-subprotocol-list",
                "06-ws-other-path"
            })
    void connectionIsAnsweredAsItWas(String name) throws IOException {
        Events expected = new Events();
        Events actual = new Events();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), router.port("web"))) {
            socket.setSoTimeout(LIMIT_MS);
            for (Line line : recorded(name)) {
                if (line.ofClient()) {
                    // Not before as much has come as had come when it was recorded.
                    await(socket, actual, expected.events.size());
                    socket.getOutputStream().write(line.bytes());
                } else {
                    expected.add(line.bytes(), line.bytes().length);
                }
            }
            await(socket, actual, expected.events.size());
        }
        assertThat(actual.events).isEqualTo(expected.events).hasSizeGreaterThan(2);
    }

    private static void await(Socket socket, Events events, int count) throws IOException {
        byte[] bytes = new byte[8192];
        while (events.events.size() < count) {
            int length = socket.getInputStream().read(bytes);
            if (length < 0) {
                return;
            }
            events.add(bytes, length);
        }
    }

    /** Request and answer of a recording in text. */
    private static String[] recordedText(String name) throws IOException {
        try (InputStream in = resource(name)) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1)
                    .replace("\r\n", "\n")
                    .split("---- answer ----\n", -1);
        }
    }

    private static String answer(String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), router.port("web"))) {
            socket.setSoTimeout(LIMIT_MS);
            socket.getOutputStream()
                    .write(request.strip()
                            .replace("\n", "\r\n")
                            .concat("\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1)
                    .replace("\r\n", "\n");
        }
    }

    @Test
    @DisplayName("HTT-06: /healthz")
    void healthIsAnsweredAsItWas() throws IOException {
        String[] recorded = recordedText("20-http-healthz.txt");
        String answer = answer(recorded[0]);
        assertThat(answer)
                .startsWith("HTTP/1.1 200 OK\n")
                .contains("\ncontent-type: text/plain\n", "\ncontent-length: 3\n");
        assertThat(answer.substring(answer.indexOf("\n\n"))).isEqualTo("\n\nOK\n");
        assertThat(recorded[1].strip()).endsWith("\n\nOK");
    }

    @Test
    @DisplayName("HTT-07: /metrics has the recorded metrics, in their order and of their kind")
    void metricsAreThoseThatWere() throws IOException {
        String[] recorded = recordedText("21-http-metrics.txt");
        String answer = answer(recorded[0]);
        assertThat(answer)
                .startsWith("HTTP/1.1 200 OK\n")
                .contains("\nconnection: close\n", "\ncontent-type: text/plain\n");
        List<String> expected = recorded[1]
                .lines()
                .filter(line -> line.startsWith("# TYPE qdr_") && !line.contains("allocator"))
                .toList();
        assertThat(expected).hasSizeGreaterThan(15);
        assertThat(answer.lines().filter(line -> line.startsWith("# TYPE qdr_")))
                .containsExactlyElementsOf(expected);
    }

    @Test
    @DisplayName("HTT-09: / without a directory of files")
    void rootIsNotFound() throws IOException {
        assertThat(answer(recordedText("22-http-root.txt")[0])).startsWith("HTTP/1.1 404 Not Found\n");
    }
}
