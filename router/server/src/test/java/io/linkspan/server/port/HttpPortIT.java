// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.port;

import static io.linkspan.server.port.WebSocketFramesTest.frame;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.linkspan.server.loop.ScriptedEngine;
import io.netty.buffer.Unpooled;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("HTT, MQ-5-11: HTTP and WebSocket on a port")
class HttpPortIT {
    private static final String ALL = "protocols: amqp, mqtt, http";

    private static String upgrade(String path, String extraHeaders) {
        return "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: AAECAwQFBgcICQoLDA0ODw==\r\nSec-WebSocket-Version: 13\r\n" + extraHeaders
                + "\r\n";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void requestsAreAnsweredOneAfterTheOtherOnOneConnection() throws Exception {
        try (PortFixture fixture = PortFixture.listener(ALL);
                Peer peer = Peer.connect(fixture.number())) {
            for (int i = 0; i < 3; i++) {
                peer.send("GET /hello?x=1 HTTP/1.1\r\nHost: x\r\n\r\n");
                assertThat(peer.readHead())
                        .startsWith("HTTP/1.1 200 OK\r\n")
                        .contains("server: linkspan\r\n", "content-type: text/plain\r\n", "content-length: 6\r\n");
                assertThat(peer.read(6)).isEqualTo("hello\n");
            }
        }
    }

    @Test
    void answersKeepTheOrderOfTheRequestsThoughOneComesLate() throws Exception {
        try (PortFixture fixture = PortFixture.listener("http: yes");
                Peer peer = Peer.connect(fixture.number())) {
            peer.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\nGET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
            fixture.loop().execute(() -> fixture.slow.complete(HttpPages.Page.text(200, "slow\n", false)));
            assertThat(peer.readHead()).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(peer.read(5)).isEqualTo("slow\n");
            peer.readHead();
            assertThat(peer.read(6)).isEqualTo("hello\n");
            peer.send("GET /hello HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(peer.readHead()).startsWith("HTTP/1.1 200 OK\r\n");
        }
    }

    @Test
    void pageThatCannotBeMadeIs500() throws Exception {
        try (PortFixture fixture = PortFixture.listener("http: yes");
                Peer peer = Peer.connect(fixture.number())) {
            fixture.slow.fail(new java.io.IOException("disk"));
            peer.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(peer.readToEnd()).startsWith("HTTP/1.1 500 ").contains("connection: close");
        }
    }

    @Test
    void webSocketBehindARequestWithoutAnAnswerIsRefused() throws Exception {
        try (PortFixture fixture = PortFixture.listener(ALL);
                Peer peer = Peer.connect(fixture.number())) {
            peer.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n" + upgrade("/", "Sec-WebSocket-Protocol: amqp\r\n"));
            assertThat(peer.readToEnd()).isEmpty();
            assertThat(PortFixture.next(fixture.refusals)).startsWith("BAD_REQUEST WebSocket behind");
        }
    }

    @Test
    void requestIsReadOneByteAtATime() throws Exception {
        try (PortFixture fixture = PortFixture.listener("http: yes");
                Peer peer = Peer.connect(fixture.number())) {
            for (char c : "GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".toCharArray()) {
                peer.send(String.valueOf(c));
            }
            assertThat(peer.readToEnd())
                    .startsWith("HTTP/1.1 200 OK")
                    .contains("connection: close")
                    .endsWith("hello\n");
        }
    }

    @Test
    void unknownPathIsNotFoundAndHeadHasNoBody() throws Exception {
        try (PortFixture fixture = PortFixture.listener("http: yes");
                Peer peer = Peer.connect(fixture.number())) {
            peer.send("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(peer.readHead()).startsWith("HTTP/1.1 404");
            peer.read("Not Found\n".length());
            peer.send("HEAD /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            assertThat(peer.readToEnd()).startsWith("HTTP/1.1 200 OK").endsWith("\r\n\r\n");
        }
    }

    @Test
    void bodyUpToTheLimitIsIgnoredAndBeyondItRefused() throws Exception {
        try (PortFixture fixture = PortFixture.listener("http: yes");
                Peer peer = Peer.connect(fixture.number())) {
            peer.send("POST /hello HTTP/1.1\r\nHost: x\r\nContent-Length: " + HttpHandler.MAX_BODY_BYTES + "\r\n\r\n");
            peer.send(new byte[HttpHandler.MAX_BODY_BYTES]);
            assertThat(peer.readHead()).startsWith("HTTP/1.1 200");
            peer.read(6);
            peer.send("POST /hello HTTP/1.1\r\nHost: x\r\nContent-Length: " + (HttpHandler.MAX_BODY_BYTES + 1)
                    + "\r\n\r\n");
            peer.send(new byte[HttpHandler.MAX_BODY_BYTES + 1]);
            assertThat(peer.readToEnd()).startsWith("HTTP/1.1 413");
            assertThat(PortFixture.next(fixture.refusals)).startsWith("BAD_REQUEST body of more than");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /\r\n\r\n", "GET / HTTP/9x\r\n\r\n"})
    void brokenRequestIsAnsweredWith400(String request) throws Exception {
        try (PortFixture fixture = PortFixture.listener("http: yes");
                Peer peer = Peer.connect(fixture.number())) {
            assertThat(peer.send(request).readToEnd()).startsWith("HTTP/1.1 400");
            assertThat(PortFixture.next(fixture.refusals)).startsWith("BAD_REQUEST ");
        }
    }

    @Test
    void headersBeyondTheLimitAreRefused() throws Exception {
        try (PortFixture fixture = PortFixture.listener("http: yes");
                Peer peer = Peer.connect(fixture.number())) {
            peer.send("GET / HTTP/1.1\r\nX: " + "y".repeat(8192) + "\r\n\r\n");
            assertThat(peer.readToEnd()).startsWith("HTTP/1.1 400");
        }
    }

    @ParameterizedTest
    @DisplayName("HTT-02, MQ-5-11: the first offered subprotocol that is served is chosen, on any path")
    @CsvSource({
        "/,amqp,amqp,AMQP",
        "/any/path?and=query,amqp,amqp,AMQP",
        "/,binary,binary,AMQP",
        "/,'chat, amqp',amqp,AMQP",
        "/,'binary, amqp',binary,AMQP",
        "/mqtt,mqtt,mqtt,MQTT",
        "/,mqttv3.1,mqttv3.1,MQTT",
        "/,'mqtt, amqp',mqtt,MQTT"
    })
    void subprotocolIsChosen(String path, String offered, String chosen, String engine) throws Exception {
        try (PortFixture fixture = PortFixture.listener(ALL);
                Peer peer = Peer.connect(fixture.number())) {
            peer.send(upgrade(path, "Sec-WebSocket-Protocol: " + offered + "\r\n"));
            assertThat(peer.readHead())
                    .startsWith("HTTP/1.1 101 Switching Protocols\r\n")
                    .contains(
                            "sec-websocket-accept: Bz3qJYTGdOe8gUSpLosEdiLKDrk=\r\n",
                            "sec-websocket-protocol: " + chosen + "\r\n");
            peer.send(frame(true, WebSocketFrames.BINARY, bytes("hi")));
            assertThat(peer.readBytes(4)).isEqualTo(new byte[] {(byte) 0x82, 2, 'h', 'i'});
            assertThat(PortFixture.next(fixture.made)).isEqualTo(engine + " ws");
        }
    }

    @ParameterizedTest
    @DisplayName("HTT-02: an unknown subprotocol is closed without an answer")
    @CsvSource({"http: yes,chat", "http: yes,mqtt", "'protocols: mqtt, http',amqp", "'protocols: amqp, http',mqtt"})
    void unservedSubprotocolIsClosedWithoutAnAnswer(String listener, String offered) throws Exception {
        try (PortFixture fixture = PortFixture.listener(listener);
                Peer peer = Peer.connect(fixture.number())) {
            peer.send(upgrade("/", "Sec-WebSocket-Protocol: " + offered + "\r\n"));
            assertThat(peer.readToEnd()).isEmpty();
            assertThat(PortFixture.next(fixture.refusals)).isEqualTo("SUBPROTOCOL " + offered);
        }
    }

    @Test
    @DisplayName("HTT-02: without a subprotocol the upgrade succeeds but carries nothing")
    void webSocketWithoutSubprotocolAnswersPingAndCloseOnly() throws Exception {
        try (PortFixture fixture = PortFixture.listener(ALL);
                Peer peer = Peer.connect(fixture.number())) {
            peer.send(upgrade("/", ""));
            assertThat(peer.readHead()).startsWith("HTTP/1.1 101").doesNotContain("protocol:");
            peer.send(frame(true, WebSocketFrames.BINARY, bytes("AMQP\3\1\0\0")));
            peer.send(frame(true, WebSocketFrames.PING, bytes("hello")));
            assertThat(peer.readBytes(7)).isEqualTo(bytes("\u008a\5hello"));
            peer.send(frame(true, WebSocketFrames.CLOSE, new byte[] {3, (byte) 0xE8}));
            assertThat(peer.readToEnd()).isEqualTo("\u0088\2\3\u00e8");
            assertThat(fixture.engines).isEmpty();
        }
    }

    @Test
    @DisplayName("HTT-04: websockets: no ends an upgrade with 1011 cannot-upgrade")
    void switchedOffWebSocketIsClosedWith1011() throws Exception {
        try (PortFixture fixture = PortFixture.listener("http: yes\nwebsockets: no");
                Peer peer = Peer.connect(fixture.number())) {
            peer.send(upgrade("/", "Sec-WebSocket-Protocol: amqp\r\n"));
            assertThat(peer.readHead()).startsWith("HTTP/1.1 101");
            assertThat(peer.read(18)).isEqualTo("\u0088\u0010\3\u00f3cannot-upgrade");
            peer.send(frame(true, WebSocketFrames.CLOSE, new byte[] {3, (byte) 0xF3}));
            assertThat(peer.readToEnd()).isEmpty();
            assertThat(PortFixture.next(fixture.refusals)).isEqualTo("NO_WEB_SOCKET");
        }
    }

    @ParameterizedTest
    @DisplayName("RFC 6455, 4.2: wishes that break the rules")
    @CsvSource({
        "Sec-WebSocket-Version: 13,Sec-WebSocket-Version: 8,426",
        "Sec-WebSocket-Key: AAECAwQFBgcICQoLDA0ODw==,Sec-WebSocket-Key: AAEC,400",
        "Sec-WebSocket-Key: AAECAwQFBgcICQoLDA0ODw==,Sec-WebSocket-Key: ?,400",
        "Connection: Upgrade,Connection: keep-alive,400",
        "GET ,POST ,400",
        "HTTP/1.1,HTTP/1.0,400"
    })
    void wrongUpgradeIsRefused(String right, String wrong, int status) throws Exception {
        try (PortFixture fixture = PortFixture.listener(ALL);
                Peer peer = Peer.connect(fixture.number())) {
            peer.send(upgrade("/", "Sec-WebSocket-Protocol: amqp\r\n").replace(right, wrong));
            assertThat(peer.readToEnd()).contains(" " + status + " ").contains("sec-websocket-version: 13");
            assertThat(PortFixture.next(fixture.refusals)).startsWith("BAD_REQUEST WebSocket");
        }
    }

    @Test
    @DisplayName("MQ-5-11: several packets in a frame, and a packet over several frames")
    void framesAndPacketsNeedNotAgree() throws Exception {
        try (PortFixture fixture = PortFixture.listener(ALL);
                Peer peer = Peer.connect(fixture.number())) {
            peer.send(upgrade("/", "Sec-WebSocket-Protocol: mqtt\r\n"));
            peer.readHead();
            peer.send(Unpooled.wrappedBuffer(
                    frame(false, WebSocketFrames.BINARY, bytes("a")),
                    frame(true, WebSocketFrames.PING, bytes("p")),
                    frame(true, 0, bytes("b")),
                    frame(true, WebSocketFrames.BINARY, bytes("cd"))));
            assertThat(peer.readBytes(3)).isEqualTo(bytes("\u008a\1p"));
            StringBuilder echoed = new StringBuilder();
            while (echoed.length() < 4) {
                byte[] header = peer.readBytes(2);
                assertThat(header[0]).isEqualTo((byte) 0x82);
                echoed.append(peer.read(header[1]));
            }
            assertThat(echoed).hasToString("abcd");
        }
    }

    @Test
    @DisplayName("MQ-5-11: text frames close with 1003")
    void textFrameClosesWith1003() throws Exception {
        try (PortFixture fixture = PortFixture.listener(ALL);
                Peer peer = Peer.connect(fixture.number())) {
            peer.send(upgrade("/", "Sec-WebSocket-Protocol: mqtt\r\n"));
            peer.readHead();
            peer.send(frame(true, 1, bytes("text")));
            assertThat(peer.readToEnd()).isEqualTo("\u0088\u000e\3\u00ebtext message");
            assertThat(PortFixture.next(fixture.refusals)).isEqualTo("BAD_FRAME text message, 1003");
            peer.hangUp();
            ScriptedEngine engine = PortFixture.next(fixture.engines);
            await().until(() -> engine.events.contains("closed"));
        }
    }

    @Test
    @DisplayName("HTT-05: the engine's close is followed by WebSocket close 1000")
    void orderlyCloseEndsWithTheClosingHandshake() throws Exception {
        try (PortFixture fixture = PortFixture.listener(ALL);
                Peer peer = Peer.connect(fixture.number())) {
            peer.send(upgrade("/", "Sec-WebSocket-Protocol: amqp\r\n"));
            peer.readHead();
            peer.send(frame(true, WebSocketFrames.BINARY, bytes("bye")));
            assertThat(peer.read(13)).isEqualTo("\u0082\u0007goodbye\u0088\2\3\u00e8");
            peer.send(frame(true, WebSocketFrames.CLOSE, new byte[] {3, (byte) 0xE8}));
            assertThat(peer.readToEnd()).isEmpty();
            ScriptedEngine engine = PortFixture.next(fixture.engines);
            await().until(() -> engine.events.contains("closed"));
        }
    }

    @Test
    void clientsCloseIsEchoedAndReachesTheEngine() throws Exception {
        try (PortFixture fixture = PortFixture.listener(ALL);
                Peer peer = Peer.connect(fixture.number())) {
            peer.send(upgrade("/", "Sec-WebSocket-Protocol: amqp\r\n"));
            peer.readHead();
            peer.send(frame(true, WebSocketFrames.CLOSE, new byte[] {0x0F, (byte) 0xA0}));
            assertThat(peer.readToEnd()).isEqualTo("\u0088\2\u000f\u00a0");
            ScriptedEngine engine = PortFixture.next(fixture.engines);
            await().until(() -> engine.events.contains("closed"));
        }
    }

    @Test
    void bytesSentTogetherWithTheUpgradeAreNotLost() throws Exception {
        try (PortFixture fixture = PortFixture.listener(ALL);
                Peer peer = Peer.connect(fixture.number())) {
            peer.send(Unpooled.wrappedBuffer(
                    Unpooled.copiedBuffer(upgrade("/", "Sec-WebSocket-Protocol: amqp\r\n"), StandardCharsets.US_ASCII),
                    frame(true, WebSocketFrames.BINARY, bytes("early"))));
            peer.readHead();
            assertThat(peer.read(7)).isEqualTo("\u0082\5early");
        }
    }

    @Test
    void foreignWebSocketClientTalksToAnEngine() throws Exception {
        Vertx vertx = Vertx.vertx();
        // Closes its sockets when it is collected as garbage, so it is held to the end.
        WebSocketClient client = vertx.createWebSocketClient();
        try (PortFixture fixture = PortFixture.listener(ALL)) {
            CompletableFuture<Buffer> answer = new CompletableFuture<>();
            WebSocket socket = PortFixture.await(client.connect(new WebSocketConnectOptions()
                    .setHost("127.0.0.1")
                    .setPort(fixture.number())
                    .setURI("/some/where")
                    .addSubProtocol("amqp")));
            socket.handler(answer::complete);
            PortFixture.await(socket.writeBinaryMessage(Buffer.buffer("x".repeat(70_000))));
            assertThat(answer.get(20, TimeUnit.SECONDS).toString()).startsWith("xxx");
            assertThat(socket.subProtocol()).isEqualTo("amqp");
            // Both ends close when the handshake is done, so either may see the other's end first.
            PortFixture.await(socket.close().transform(done -> io.vertx.core.Future.succeededFuture()));
        } finally {
            PortFixture.await(client.close());
            PortFixture.await(vertx.close());
        }
    }
}
