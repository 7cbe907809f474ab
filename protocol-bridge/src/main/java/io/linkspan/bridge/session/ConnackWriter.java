// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import io.linkspan.bridge.MqttLimits;
import io.linkspan.bridge.codec.ConnectPacket;
import io.linkspan.bridge.codec.PacketWriter;
import io.linkspan.bridge.codec.Property;
import io.linkspan.bridge.codec.PropertyWriter;
import io.linkspan.bridge.codec.ReasonCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/** Writes the answer to a CONNECT that is accepted: what the server does and does not. MQTT 5.0, 3.2. */
final class ConnackWriter {

    private ConnackWriter() {}

    /**
     * Appends a CONNACK.
     *
     * @param assignedClientId the identifier the client was given, or null if it had one
     * @param keepAliveSeconds the keep alive that is used
     * @param responseInformation the client's topic for answers, or null
     */
    static void write(
            ByteBuf out,
            ConnectPacket connect,
            MqttLimits limits,
            @Nullable String assignedClientId,
            int keepAliveSeconds,
            @Nullable String responseInformation) {
        if (!connect.version().isV5()) {
            PacketWriter.connack(out, false, PacketWriter.returnCode(ReasonCode.SUCCESS));
            return;
        }
        ByteBuf properties = Unpooled.buffer(64);
        if (connect.sessionExpirySeconds() > 0) {
            PropertyWriter.fourBytes(properties, Property.SESSION_EXPIRY_INTERVAL, 0);
        }
        // What the standard takes for granted is left unsaid: Eclipse Paho for Java reads 65535 as -1 and never
        // publishes.
        if (limits.effectiveReceiveMaximum() < MqttLimits.NO_RECEIVE_MAXIMUM) {
            PropertyWriter.twoBytes(properties, Property.RECEIVE_MAXIMUM, limits.receiveMaximum());
        }
        if (limits.effectiveMaximumQos() < 2) {
            PropertyWriter.flag(properties, Property.MAXIMUM_QOS, limits.effectiveMaximumQos() == 1);
        }
        PropertyWriter.flag(properties, Property.RETAIN_AVAILABLE, false);
        if (limits.maximumPacketSize() > 0) {
            PropertyWriter.fourBytes(properties, Property.MAXIMUM_PACKET_SIZE, limits.maximumPacketSize());
        }
        if (assignedClientId != null) {
            PropertyWriter.text(properties, Property.ASSIGNED_CLIENT_IDENTIFIER, assignedClientId);
        }
        if (limits.effectiveTopicAliasMaximum() > 0) {
            PropertyWriter.twoBytes(properties, Property.TOPIC_ALIAS_MAXIMUM, limits.effectiveTopicAliasMaximum());
        }
        if (keepAliveSeconds != connect.keepAliveSeconds()) {
            PropertyWriter.twoBytes(properties, Property.SERVER_KEEP_ALIVE, keepAliveSeconds);
        }
        if (responseInformation != null) {
            PropertyWriter.text(properties, Property.RESPONSE_INFORMATION, responseInformation);
        }
        PacketWriter.connack(out, false, ReasonCode.SUCCESS, properties);
    }
}
