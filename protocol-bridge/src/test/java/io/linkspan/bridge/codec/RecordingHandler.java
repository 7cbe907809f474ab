// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes down what a decoder found, as sentences. */
class RecordingHandler implements PacketHandler {

    final List<String> events = new ArrayList<>();

    @Nullable
    Violation violation;

    @Nullable
    ConnectPacket connect;

    long payloadBytes;

    @Override
    public void onConnect(ConnectPacket packet) {
        connect = packet;
        events.add("CONNECT " + packet.version().label() + " " + packet.clientId());
    }

    @Override
    public void onPublish(PublishPacket publish) {
        events.add(describe("PUBLISH", publish) + " "
                + publish.buffer().toString(publish.payloadStart(), publish.payloadLength(), StandardCharsets.UTF_8));
    }

    @Override
    public void onPublishStart(PublishPacket publish) {
        events.add(describe("START", publish) + " " + publish.payloadLength());
    }

    private static String describe(String name, PublishPacket publish) {
        String properties = ByteBufUtil.hexDump(
                publish.properties().buffer(),
                publish.properties().start(),
                publish.properties().end() - publish.properties().start());
        return name + " " + publish.topic().name() + " q" + publish.qos() + (publish.dup() ? " dup" : "")
                + (publish.retain() ? " retain" : "") + " id" + publish.packetId()
                + (properties.isEmpty() ? "" : " p" + properties);
    }

    @Override
    public void onPublishBytes(ByteBuf buffer, int offset, int length, boolean last) {
        payloadBytes += length;
        if (last) {
            events.add("END " + payloadBytes);
        }
    }

    @Override
    public void onAcknowledgement(int type, int packetId, ReasonCode reason) {
        events.add(PacketType.name(type) + " " + packetId + " " + reason);
    }

    @Override
    public void onSubscribe(SubscribePacket subscribe) {
        StringBuilder text = new StringBuilder("SUBSCRIBE " + subscribe.packetId() + " " + subscribe.subscriptionId());
        while (subscribe.next()) {
            text.append(' ').append(subscribe.filter()).append(":q").append(subscribe.qos());
            text.append(subscribe.noLocal() ? "n" : "").append(subscribe.retainAsPublished() ? "r" : "");
            text.append(subscribe.retainHandling());
        }
        events.add(text.toString());
    }

    @Override
    public void onUnsubscribe(SubscribePacket unsubscribe) {
        StringBuilder text = new StringBuilder("UNSUBSCRIBE " + unsubscribe.packetId());
        while (unsubscribe.next()) {
            text.append(' ').append(unsubscribe.filter());
        }
        events.add(text.toString());
    }

    @Override
    public void onPing() {
        events.add("PINGREQ");
    }

    @Override
    public void onAuth(ReasonCode reason) {
        events.add("AUTH " + reason);
    }

    @Override
    public void onDisconnect(DisconnectPacket disconnect) {
        events.add("DISCONNECT " + disconnect.reason() + " " + disconnect.sessionExpirySeconds());
    }

    @Override
    public void onViolation(Violation found) {
        if (violation != null) {
            throw new IllegalStateException("A second violation: " + found);
        }
        violation = found;
        events.add("VIOLATION " + found.code() + (found.silent() ? " silent" : ""));
    }
}
