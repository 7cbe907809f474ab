// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import io.linkspan.bridge.codec.PublishPacket;
import io.linkspan.bridge.codec.ReasonCode;
import io.linkspan.bridge.mapping.MqttMessage;
import io.linkspan.bridge.text.Utf8Stream;
import io.linkspan.core.delivery.MessageStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * The large publish that a client is sending, passed on piece by piece (MQ-2-8). It goes as AMQP bytes, with the PUBLISH
 * itself beside them for receivers that speak MQTT. One per connection; confined to its loop.
 */
final class StreamIn {

    private final PublisherLink link;
    private final MqttEngine engine;
    private final MqttBridge bridge;

    /** Where its bytes go; null if there is none, or if it goes nowhere. */
    private @Nullable MessageStream stream;
    /** It is waiting for its answer; null with QoS 0. */
    private @Nullable PendingPublish pending;
    /** What it is answered with at its end, if it goes nowhere. */
    private @Nullable ReasonCode refusal;
    /** Looks at its payload, if that is to be looked at. */
    private @Nullable Utf8Stream text;

    private int qos;

    StreamIn(PublisherLink link, MqttEngine engine, MqttBridge bridge) {
        this.link = link;
        this.engine = engine;
        this.bridge = bridge;
    }

    void start(PublishPacket packet) {
        qos = packet.qos();
        bridge.counters().publishIn(qos);
        stream = null;
        pending = null;
        refusal = link.checks().refusal(packet, false);
        text = link.checks().checksText(packet.properties()) ? new Utf8Stream() : null;
        if (qos > 0) {
            PendingPublish mine = link.unanswered().begin(packet);
            if (mine == null) {
                return; // One we have already, or the connection is ending.
            }
            pending = mine;
            refusal = mine.answer != null ? mine.answer : refusal;
        }
        if (refusal == null) {
            deliver(packet);
        }
    }

    private void deliver(PublishPacket packet) {
        MqttMessage message = link.pointed(packet).message();
        ByteBuf prefix = engine.allocator().buffer(256);
        bridge.writer().writePrefix(message, prefix);
        MqttMessage head = new MqttMessage();
        head.copyFrom(message);
        byte[] properties = new byte[message.propertiesEnd() - message.propertiesStart()];
        message.buffer().getBytes(message.propertiesStart(), properties);
        head.locate(
                Unpooled.wrappedBuffer(properties), 0, properties.length, properties.length, message.payloadLength());
        MessageStream created = new MessageStream(0);
        created.nativePrefix(head, prefix.readableBytes());
        created.append(prefix);
        stream = created;
        PendingPublish mine = pending;
        if (mine == null) {
            link.deliverSettled(packet.topic(), created);
        } else {
            mine.message.copyFrom(head);
            link.deliver(mine, packet.topic(), created);
        }
        created.release();
    }

    void bytes(ByteBuf buffer, int offset, int length, boolean last) {
        MessageStream open = stream;
        if (open != null && isNoText(buffer, offset, length, last)) {
            stream = null;
            refusal = link.checks().refusePayload(qos);
            if (pending != null) {
                link.forget(pending);
            }
            open.abort();
        } else if (open != null) {
            open.append(bridge.keep(buffer, offset, length));
            if (last) {
                stream = null;
                open.finish();
            }
        }
        if (last) {
            end();
        }
    }

    private boolean isNoText(ByteBuf buffer, int offset, int length, boolean last) {
        Utf8Stream check = text;
        return check != null && !(check.accept(buffer, offset, length) && (!last || check.complete()));
    }

    private void end() {
        PendingPublish mine = pending;
        ReasonCode code = refusal;
        pending = null;
        refusal = null;
        if (mine != null && code != null) {
            link.unanswered().answer(mine, code, null);
        }
    }
}
