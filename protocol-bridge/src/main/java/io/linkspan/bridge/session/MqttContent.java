// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import io.linkspan.bridge.mapping.MqttMessage;
import io.linkspan.core.delivery.Content;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A publish as the core carries it: still an MQTT message. It becomes AMQP bytes only when a receiver of another
 * protocol asks.
 *
 * <p>One object of a {@link MqttBridge} is pointed at one publish after the other ({@link #message()}, then
 * {@link #passed()}); what must wait is held as an object of its own, which several holders share. Confined to the loop.
 */
final class MqttContent extends Content {

    private final MqttBridge bridge;
    private final MqttMessage message = new MqttMessage();
    private @Nullable ByteBuf amqp;
    /** Of a held one: how many hold it. */
    private int holds;
    /** Of the one that is pointed at messages: what the present message is held as. */
    private @Nullable MqttContent heldAs;

    MqttContent(MqttBridge bridge) {
        this.bridge = bridge;
    }

    /** The message. */
    MqttMessage message() {
        return message;
    }

    /** Whether it has waited, so that its time may be over. */
    boolean isHeld() {
        return holds > 0;
    }

    @Override
    public boolean complete() {
        return true;
    }

    @Override
    public ByteBuf amqpBytes() {
        ByteBuf bytes = amqp;
        if (bytes == null) {
            bytes = holds > 0 ? bridge.allocateAmqp(message) : bridge.scratchAmqp();
            bridge.writer().write(message, bytes);
            amqp = bytes;
        }
        return bytes;
    }

    @Override
    public MqttContent hold() {
        if (holds > 0) {
            holds++;
            return this;
        }
        MqttContent held = heldAs;
        if (held == null || held.holds == 0) {
            held = new MqttContent(bridge);
            held.copy(message);
            heldAs = held;
        }
        held.holds++;
        return held;
    }

    @Override
    public void release() {
        if (holds > 0 && --holds == 0) {
            message.buffer().release();
            if (amqp != null) {
                amqp.release();
                amqp = null;
            }
        }
    }

    /** The core has taken the message; the object may be pointed at the next one. */
    void passed() {
        heldAs = null;
        if (amqp != null) {
            amqp = null;
            bridge.scratchUsed();
        }
    }

    private void copy(MqttMessage other) {
        int start = other.propertiesStart();
        int length = other.payloadStart() + other.payloadLength() - start;
        ByteBuf bytes = bridge.keep(other.buffer(), start, length);
        message.copyFrom(other);
        message.locate(bytes, 0, other.propertiesEnd() - start, other.payloadStart() - start, other.payloadLength());
    }
}
