// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import io.linkspan.management.cli.BusOptions;
import io.linkspan.management.cli.ToolFailure;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.netty.handler.codec.mqtt.MqttVersion;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One MQTT connection of a tool, for versions 3.1.1 and 5.0, QoS 0 and 1, whose user waits for each step.
 *
 * <p>The client of vertx-mqtt speaks 3.1.1 alone; this one uses the same codec in the pipeline of the socket. The thread
 * of the command calls the public methods and blocks; everything of the connection is confined to the one event loop.
 */
final class MqttClient implements AutoCloseable {
    /** Largest packet that is taken, in bytes. */
    static final int MAX_PACKET_BYTES = 64 * 1024 * 1024;
    /** Keep alive that is announced; a ping goes out every half of it. */
    static final int KEEP_ALIVE_SECONDS = 60;

    private static final int FIRST_ERROR = 0x80;
    private static final int PACKET_IDS = 0xFFFF;

    private final BusOptions bus;
    private final Steps steps;
    private final MqttVersion version;

    // Confined to the loop.
    private final Map<Integer, CompletableFuture<Integer>> unacknowledged = new HashMap<>();
    private @Nullable NetSocketInternal socket;
    private @Nullable CompletableFuture<Boolean> connected;
    private Consumer<MqttPublishMessage> taker = ignored -> {};
    private int lastPacketId;

    private MqttClient(BusOptions bus, MqttVersion version) {
        this.bus = bus;
        this.version = version;
        this.steps = new Steps(bus);
    }

    /**
     * Connects with a clean session.
     *
     * @param clientId empty lets the server choose
     * @throws ToolFailure if that fails, is refused, or takes longer than the user waits
     */
    static MqttClient connect(BusOptions bus, MqttVersion version, String clientId) {
        MqttClient client = new MqttClient(bus, version);
        try {
            client.steps.<Boolean>await("Opening connection", done -> client.open(clientId, done));
            return client;
        } catch (RuntimeException e) {
            client.close();
            throw e;
        }
    }

    Steps steps() {
        return steps;
    }

    /**
     * Publishes one message; with QoS 1 it waits for the acknowledgement.
     *
     * @return the reason code of the acknowledgement, 0 for QoS 0 and for version 3.1.1
     */
    int publish(String topic, byte[] payload, MqttQoS qos, boolean retain, MqttProperties properties) {
        return steps.<Integer>await("Waiting for the acknowledgement", done -> {
            int id = nextPacketId();
            if (qos == MqttQoS.AT_LEAST_ONCE) {
                unacknowledged.put(id, done);
            }
            write(MqttMessageBuilders.publish()
                    .topicName(topic)
                    .messageId(id)
                    .qos(qos)
                    .retained(retain)
                    .properties(properties)
                    .payload(Unpooled.wrappedBuffer(payload))
                    .build());
            if (qos == MqttQoS.AT_MOST_ONCE) {
                done.complete(0);
            }
        });
    }

    /**
     * Subscribes, and hands every message to the taker, on the loop.
     *
     * @throws ToolFailure if the server refuses
     */
    void subscribe(String filter, MqttQoS qos, Consumer<MqttPublishMessage> onMessage) {
        int code = steps.<Integer>await("Waiting for the answer to SUBSCRIBE", done -> {
            taker = onMessage;
            int id = nextPacketId();
            unacknowledged.put(id, done);
            write(MqttMessageBuilders.subscribe()
                    .messageId(id)
                    .addSubscription(qos, filter)
                    .build());
        });
        if (code >= FIRST_ERROR) {
            throw new ToolFailure("MqttException", "subscription to '" + filter + "' refused: " + reason(code));
        }
    }

    /** A reason code for people. */
    static String reason(int code) {
        return String.format(Locale.ROOT, "reason code 0x%02x", code);
    }

    /** True if the reason code tells of an error. */
    static boolean isError(int code) {
        return code >= FIRST_ERROR;
    }

    private void open(String clientId, CompletableFuture<Boolean> done) {
        NetClientOptions options = new NetClientOptions().setConnectTimeout((int)
                Math.max(1, Math.min(Integer.MAX_VALUE, bus.timeout().toMillis())));
        TlsSettings.apply(bus, options);
        NetClient client = steps.vertx().createNetClient(options);
        client.connect(bus.url().port(), bus.url().host()).onComplete(result -> {
            if (result.failed()) {
                steps.end(ConnectFailures.of(bus, result.cause()));
            } else {
                connected = done;
                connected(client, result.result(), clientId);
            }
        });
    }

    private void connected(NetClient client, NetSocket fresh, String clientId) {
        NetSocketInternal internal = (NetSocketInternal) fresh;
        socket = internal;
        ChannelPipeline pipeline = internal.channelHandlerContext().pipeline();
        pipeline.addBefore("handler", "mqttEncoder", MqttEncoder.INSTANCE);
        pipeline.addBefore("handler", "mqttDecoder", new MqttDecoder(MAX_PACKET_BYTES));
        internal.messageHandler(message -> {
            try {
                received((MqttMessage) message);
            } finally {
                ReferenceCountUtil.release(message);
            }
        });
        internal.closeHandler(gone -> {
            client.close(); // and it is held until then: a client that is collected closes its sockets
            steps.end(new ToolFailure(
                    "ConnectionException", "Connection " + bus.url() + " closed by the server without a reason"));
        });
        MqttMessageBuilders.ConnectBuilder connect = MqttMessageBuilders.connect()
                .protocolVersion(version)
                .clientId(clientId)
                .cleanSession(true)
                .keepAlive(KEEP_ALIVE_SECONDS);
        String user = bus.user();
        String password = bus.password();
        if (user != null) {
            connect.hasUser(true).username(user);
        }
        if (password != null) {
            connect.hasPassword(true).password(password.getBytes(StandardCharsets.UTF_8));
        }
        write(connect.build());
        steps.vertx().setPeriodic(KEEP_ALIVE_SECONDS * 500L, timer -> write(bare(MqttMessageType.PINGREQ)));
    }

    private void received(MqttMessage message) {
        if (message.decoderResult().isFailure()) {
            steps.end(new ToolFailure(
                    "MqttException",
                    "the server sent a malformed packet: "
                            + message.decoderResult().cause()));
            return;
        }
        switch (message.fixedHeader().messageType()) {
            case CONNACK -> connectAnswered((MqttConnAckMessage) message);
            case PUBACK ->
                acknowledged(
                        packetId(message),
                        message.variableHeader() instanceof MqttPubReplyMessageVariableHeader reply
                                ? reply.reasonCode() & 0xFF
                                : 0);
            case SUBACK ->
                acknowledged(
                        packetId(message),
                        ((MqttSubAckMessage) message).payload().reasonCodes().get(0) & 0xFF);
            case PUBLISH -> published((MqttPublishMessage) message);
            case DISCONNECT -> disconnected(message);
            case PINGRESP -> {}
            default ->
                steps.end(new ToolFailure(
                        "MqttException", "unexpected " + message.fixedHeader().messageType() + " from the server"));
        }
    }

    private void connectAnswered(MqttConnAckMessage answer) {
        MqttConnectReturnCode code = answer.variableHeader().connectReturnCode();
        if (code != MqttConnectReturnCode.CONNECTION_ACCEPTED) {
            steps.end(new ToolFailure(
                    "ConnectionException",
                    "Connection " + bus.url() + " refused: "
                            + code.name()
                                    .substring("CONNECTION_REFUSED_".length())
                                    .toLowerCase(Locale.ROOT)
                                    .replace('_', ' ')
                            + ", " + reason(code.byteValue() & 0xFF)));
        } else if (connected != null) {
            connected.complete(true);
        }
    }

    private void disconnected(MqttMessage message) {
        int code = message.variableHeader() instanceof MqttReasonCodeAndPropertiesVariableHeader header
                ? header.reasonCode() & 0xFF
                : 0;
        steps.end(new ToolFailure(
                "ConnectionException", "Connection " + bus.url() + " closed by the server: " + reason(code)));
    }

    private void acknowledged(int packetId, int code) {
        CompletableFuture<Integer> waiting = unacknowledged.remove(packetId);
        if (waiting == null) {
            steps.end(new ToolFailure("MqttException", "acknowledgement of unknown packet id " + packetId));
        } else {
            waiting.complete(code);
        }
    }

    private void published(MqttPublishMessage message) {
        taker.accept(message);
        if (message.fixedHeader().qosLevel() == MqttQoS.AT_LEAST_ONCE) {
            write(new MqttMessage(
                    new MqttFixedHeader(MqttMessageType.PUBACK, false, MqttQoS.AT_MOST_ONCE, false, 0),
                    MqttMessageIdVariableHeader.from(message.variableHeader().packetId())));
        }
    }

    /** The payload of a message, copied. */
    static byte[] payload(MqttPublishMessage message) {
        return ByteBufUtil.getBytes(message.payload());
    }

    private static int packetId(MqttMessage message) {
        return ((MqttMessageIdVariableHeader) message.variableHeader()).messageId();
    }

    private int nextPacketId() {
        lastPacketId = lastPacketId % PACKET_IDS + 1;
        return lastPacketId;
    }

    private void write(MqttMessage message) {
        if (socket == null) {
            throw new IllegalStateException("not connected");
        }
        // A failed write comes with the end of the socket, which is handled there.
        var unused = socket.writeMessage(message);
    }

    private static MqttMessage bare(MqttMessageType type) {
        return new MqttMessage(new MqttFixedHeader(type, false, MqttQoS.AT_MOST_ONCE, false, 0));
    }

    /** Says goodbye if there is somebody to say it to, and stops the loop. */
    @Override
    public void close() {
        steps.close(done -> {
            if (socket == null) {
                done.complete(true);
                return;
            }
            socket.closeHandler(gone -> done.complete(true));
            write(bare(MqttMessageType.DISCONNECT));
            var unused = socket.end();
        });
    }
}
