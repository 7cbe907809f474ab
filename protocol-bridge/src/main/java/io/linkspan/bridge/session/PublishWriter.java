// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import io.linkspan.bridge.codec.PacketWriter;
import io.linkspan.bridge.codec.Property;
import io.linkspan.bridge.codec.PropertyWriter;
import io.linkspan.bridge.topic.Topic;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Writes PUBLISH packets to one client, in the form of its version. Confined to the connection's loop. */
final class PublishWriter {

    private static final int EXPIRY_BYTES = 5;
    private static final int ALIAS_BYTES = 3;
    /** First byte, remaining length, packet identifier, property length: more than these take. */
    private static final int FIXED_BYTES = 16;

    private final OutputBuffer output;
    private final boolean isV5;
    private final long maximumPacketSize;
    private final @Nullable OutboundAliases aliases;

    PublishWriter(OutputBuffer output, boolean isV5, long maximumPacketSize, @Nullable OutboundAliases aliases) {
        this.output = output;
        this.isV5 = isV5;
        this.maximumPacketSize = maximumPacketSize;
        this.aliases = aliases;
    }

    /** Whether the client takes a packet of this size, and MQTT can express it. */
    boolean fits(OutgoingMessage message, int qos, Selection selection) {
        long remaining = remaining(message, qos, selection, message.topic().byteLength(), 0);
        return remaining <= PacketWriter.MAX_REMAINING
                && 1 + PacketWriter.variableLength((int) remaining) + remaining <= maximumPacketSize;
    }

    /** Writes the packet without its payload, which follows at once. The packet fits. */
    void writeHeader(OutgoingMessage message, int qos, boolean retain, int packetId, Selection selection) {
        Topic topic = message.topic();
        int alias = 0;
        if (aliases != null) {
            long withAlias = remaining(message, qos, selection, topic.byteLength(), ALIAS_BYTES);
            if (withAlias + 5 <= Math.min(maximumPacketSize, PacketWriter.MAX_REMAINING)) {
                alias = aliases.use(topic);
            }
        }
        int topicLength = alias < 0 ? 0 : topic.byteLength();
        int aliasBytes = alias == 0 ? 0 : ALIAS_BYTES;
        int remaining = (int) remaining(message, qos, selection, topicLength, aliasBytes);
        int properties = isV5 ? properties(message, selection) + aliasBytes : 0;
        ByteBuf out = output.buffer(FIXED_BYTES + topicLength + properties);
        out.writeByte(PacketWriter.publishByte(false, qos, retain));
        PacketWriter.variable(out, remaining);
        if (alias < 0) {
            out.writeShort(0);
        } else {
            topic.writeTo(out);
        }
        if (qos > 0) {
            out.writeShort(packetId);
        }
        if (isV5) {
            PacketWriter.variable(out, properties);
            if (properties > 0) {
                writeProperties(message, selection, Math.abs(alias), out);
            }
        }
    }

    private static void writeProperties(OutgoingMessage message, Selection selection, int alias, ByteBuf out) {
        if (message.expirySeconds() >= 0) {
            PropertyWriter.fourBytes(out, Property.MESSAGE_EXPIRY_INTERVAL, message.expirySeconds());
        }
        if (alias > 0) {
            PropertyWriter.twoBytes(out, Property.TOPIC_ALIAS, alias);
        }
        out.writeBytes(message.properties(), message.propertiesStart(), message.propertiesLength());
        for (int i = 0; i < selection.identifierCount(); i++) {
            PropertyWriter.variable(out, Property.SUBSCRIPTION_IDENTIFIER, selection.identifier(i));
        }
    }

    private long remaining(OutgoingMessage message, int qos, Selection selection, int topicLength, int aliasBytes) {
        long length = 2L + topicLength + (qos > 0 ? 2 : 0) + message.payloadLength();
        if (isV5) {
            int properties = properties(message, selection) + aliasBytes;
            length += PacketWriter.variableLength(properties) + properties;
        }
        return length;
    }

    private static int properties(OutgoingMessage message, Selection selection) {
        int length = message.propertiesLength() + (message.expirySeconds() >= 0 ? EXPIRY_BYTES : 0);
        for (int i = 0; i < selection.identifierCount(); i++) {
            length += 1 + PacketWriter.variableLength(selection.identifier(i));
        }
        return length;
    }
}
