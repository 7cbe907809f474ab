// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import io.linkspan.bridge.MqttLimits;
import io.linkspan.bridge.codec.ConnectPacket;
import io.linkspan.bridge.codec.DisconnectPacket;
import io.linkspan.bridge.codec.PacketHandler;
import io.linkspan.bridge.codec.PacketType;
import io.linkspan.bridge.codec.PacketWriter;
import io.linkspan.bridge.codec.PublishPacket;
import io.linkspan.bridge.codec.ReasonCode;
import io.linkspan.bridge.codec.SubscribePacket;
import io.linkspan.bridge.codec.Violation;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** What a client's packets do to its connection. Confined to the connection's loop. */
final class ClientPackets implements PacketHandler {

    private final MqttEngine engine;
    private final MqttBridge bridge;
    private final MqttLimits limits;
    private final Admission admission;
    private @Nullable StreamIn large;
    private long sessionExpirySeconds;

    ClientPackets(MqttEngine engine, MqttBridge bridge) {
        this.engine = engine;
        this.bridge = bridge;
        this.limits = bridge.settings().limits();
        this.admission = new Admission(engine, bridge);
    }

    @Override
    public void onConnect(ConnectPacket connect) {
        sessionExpirySeconds = connect.sessionExpirySeconds();
        admission.decide(connect);
    }

    @Override
    public void onPublish(PublishPacket publish) {
        if (isServed(publish)) {
            engine.publishes().publish(publish);
        }
    }

    @Override
    public void onPublishStart(PublishPacket publish) {
        if (isServed(publish)) {
            if (large == null) {
                large = new StreamIn(engine.publishes(), engine, bridge);
            }
            large.start(publish);
        }
    }

    @Override
    public void onPublishBytes(ByteBuf buffer, int offset, int length, boolean last) {
        if (large != null) {
            large.bytes(buffer, offset, length, last);
        }
    }

    private boolean isServed(PublishPacket publish) {
        if (publish.qos() > limits.effectiveMaximumQos()) {
            engine.violation(ReasonCode.QOS_NOT_SUPPORTED, "PUBLISH with QoS " + publish.qos());
            return false;
        }
        if (publish.retain() && engine.isV5()) {
            engine.violation(ReasonCode.RETAIN_NOT_SUPPORTED, "PUBLISH with RETAIN");
            return false;
        }
        return true;
    }

    @Override
    public void onAcknowledgement(int type, int packetId, ReasonCode reason) {
        SubscriberLink subscriber = engine.subscriberIfAny();
        switch (type) {
            case PacketType.PUBACK -> {
                if (subscriber != null && subscriber.acknowledged(packetId, reason)) {
                    engine.windowOpened();
                }
            }
            case PacketType.PUBREC -> {
                if (!reason.isFailure()) {
                    answerUnknown(PacketType.PUBREL, packetId);
                }
            }
            case PacketType.PUBREL -> answerUnknown(PacketType.PUBCOMP, packetId);
            default -> {
                // PUBCOMP: nothing is waiting for one (MQ-6-28).
            }
        }
    }

    /** The exchange is not known (MQ-6-29; chapter 3.1, PUBREL). */
    private void answerUnknown(int type, int packetId) {
        ByteBuf out = engine.output().buffer(8);
        if (engine.isV5()) {
            PacketWriter.acknowledgement(out, type, packetId, ReasonCode.PACKET_IDENTIFIER_NOT_FOUND, null);
        } else {
            PacketWriter.acknowledgement(out, type, packetId);
        }
    }

    @Override
    public void onSubscribe(SubscribePacket subscribe) {
        byte[] codes = engine.subscriptions().subscribe(subscribe);
        if (codes != null) {
            answer(PacketType.SUBACK, subscribe.packetId(), codes);
        }
    }

    @Override
    public void onUnsubscribe(SubscribePacket unsubscribe) {
        answer(
                PacketType.UNSUBACK,
                unsubscribe.packetId(),
                engine.subscriptions().unsubscribe(unsubscribe));
    }

    private void answer(int type, int packetId, byte[] codes) {
        PacketWriter.subscriptionAnswer(engine.output().buffer(codes.length + 8), engine.isV5(), type, packetId, codes);
    }

    @Override
    public void onPing() {
        PacketWriter.pingresp(engine.output().buffer(2));
    }

    @Override
    public void onAuth(ReasonCode reason) {
        engine.violation(ReasonCode.PROTOCOL_ERROR, "AUTH without an authentication method");
    }

    @Override
    public void onDisconnect(DisconnectPacket disconnect) {
        if (disconnect.sessionExpirySeconds() > 0 && sessionExpirySeconds == 0) {
            engine.violation(ReasonCode.PROTOCOL_ERROR, "a session expiry of 0 cannot be raised by DISCONNECT");
            return;
        }
        String reason = disconnect.reasonString();
        engine.end(Ending.goodbye(disconnect.reason(), reason == null ? "the client disconnected" : reason));
    }

    @Override
    public void onViolation(Violation violation) {
        engine.unreadable(violation.code(), violation.silent(), violation.description());
    }
}
