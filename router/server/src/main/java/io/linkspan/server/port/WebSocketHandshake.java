// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.port;

import io.linkspan.management.config.Protocol;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A client's wish for a WebSocket, checked (RFC 6455, 4.2). Any path is good.
 *
 * @param key the client's key
 * @param offered subprotocols in the client's order
 * @param status HTTP status of the refusal, if it is refused
 * @param refusal why it is refused; null if the request is right
 */
record WebSocketHandshake(
        String key,
        List<String> offered,
        int status,
        @Nullable String refusal) {
    /** The one version there is. */
    static final String VERSION = "13";

    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final int KEY_BYTES = 16;

    /**
     * A subprotocol that is served.
     *
     * @param name its name, echoed to the client
     * @param protocol what it carries
     */
    record Subprotocol(String name, Protocol protocol) {}

    static boolean isAsked(HttpRequest request) {
        return request.headers().containsValue(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true);
    }

    static WebSocketHandshake of(HttpRequest request) {
        String key = request.headers().get(HttpHeaderNames.SEC_WEBSOCKET_KEY, "");
        List<String> offered = new ArrayList<>();
        for (String line : request.headers().getAll(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL)) {
            for (String name : line.split(",", -1)) {
                if (!name.isBlank()) {
                    offered.add(name.strip());
                }
            }
        }
        if (!HttpMethod.GET.equals(request.method())
                || !HttpVersion.HTTP_1_1.equals(request.protocolVersion())
                || !request.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)) {
            return new WebSocketHandshake(key, offered, 400, "WebSocket without GET, HTTP/1.1 or Connection: Upgrade");
        }
        if (!VERSION.equals(request.headers().get(HttpHeaderNames.SEC_WEBSOCKET_VERSION))) {
            return new WebSocketHandshake(key, offered, 426, "WebSocket version other than " + VERSION);
        }
        if (!isKey(key)) {
            return new WebSocketHandshake(key, offered, 400, "WebSocket key is not " + KEY_BYTES + " bytes in Base64");
        }
        return new WebSocketHandshake(key, List.copyOf(offered), 101, null);
    }

    /**
     * The first offered subprotocol that is served: {@code amqp} and {@code binary} carry AMQP, {@code mqtt} and {@code
     * mqttv3.1} MQTT (rules HTT-02, MQ-5-11).
     */
    Optional<Subprotocol> choose(Set<Protocol> served) {
        for (String name : offered) {
            Protocol protocol =
                    switch (name) {
                        case "amqp", "binary" -> Protocol.AMQP;
                        case "mqtt", "mqttv3.1" -> Protocol.MQTT;
                        default -> null;
                    };
            if (protocol != null && served.contains(protocol)) {
                return Optional.of(new Subprotocol(name, protocol));
            }
        }
        return Optional.empty();
    }

    /** The answer that makes the connection a WebSocket. */
    FullHttpResponse response(Optional<Subprotocol> chosen) {
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.SWITCHING_PROTOCOLS, Unpooled.EMPTY_BUFFER);
        response.headers()
                .set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET)
                .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE)
                .set(HttpHeaderNames.SEC_WEBSOCKET_ACCEPT, accept());
        chosen.ifPresent(
                subprotocol -> response.headers().set(HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL, subprotocol.name()));
        return response;
    }

    private String accept() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }

    private static boolean isKey(String key) {
        try {
            return Base64.getDecoder().decode(key).length == KEY_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
