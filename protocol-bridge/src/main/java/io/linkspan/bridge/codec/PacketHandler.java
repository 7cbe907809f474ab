// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.codec;

import io.netty.buffer.ByteBuf;

/**
 * What a decoder finds in a client's bytes, in order. Flyweights ({@link PublishPacket}, {@link SubscribePacket}) and
 * buffers are valid during the call; a buffer that is to outlive it is retained or copied by the handler.
 */
public interface PacketHandler {

    /** The first packet. */
    void onConnect(ConnectPacket connect);

    /** A whole message. */
    void onPublish(PublishPacket publish);

    /** A message of more than {@link DecoderLimits#STREAM_ABOVE_BYTES}; its payload follows piece by piece. */
    void onPublishStart(PublishPacket publish);

    /** A piece of the payload of the message that was started; {@code last} with its last byte. */
    void onPublishBytes(ByteBuf buffer, int offset, int length, boolean last);

    /** PUBACK, PUBREC, PUBREL or PUBCOMP, by {@link PacketType}; the reason is SUCCESS before MQTT 5.0. */
    void onAcknowledgement(int type, int packetId, ReasonCode reason);

    /** Filters to subscribe to. */
    void onSubscribe(SubscribePacket subscribe);

    /** Filters to leave. */
    void onUnsubscribe(SubscribePacket unsubscribe);

    /** A sign of life that wants an answer. */
    void onPing();

    /** A step of an enhanced authentication. */
    void onAuth(ReasonCode reason);

    /** The client's last packet. */
    void onDisconnect(DisconnectPacket disconnect);

    /** The bytes are no legal packet: the last call of this decoder, which reads nothing more. */
    void onViolation(Violation violation);
}
