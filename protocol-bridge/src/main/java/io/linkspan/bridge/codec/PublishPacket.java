// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.codec;

import io.linkspan.bridge.topic.Topic;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * A PUBLISH in place. MQTT 5.0, 3.3.
 *
 * <p>A flyweight of its decoder: valid while it is being handled. Offsets are indices of {@link #buffer()}.
 */
public final class PublishPacket {

    private final PropertyView properties = new PropertyView();
    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    private @Nullable Topic topic;
    private int flags;
    private int packetId;
    private int propertiesStart;
    private int payloadStart;
    private int payloadLength;

    void set(ByteBuf source, int firstByte, Topic name, int id) {
        buffer = source;
        flags = firstByte;
        topic = name;
        packetId = id;
    }

    void setPayload(int propertiesIndex, int index, int length) {
        propertiesStart = propertiesIndex;
        payloadStart = index;
        payloadLength = length;
    }

    /** The topic, by name or by alias. */
    public Topic topic() {
        if (topic == null) {
            throw new IllegalStateException("No PUBLISH is being handled");
        }
        return topic;
    }

    /** 0, 1 or 2. */
    public int qos() {
        return flags >> 1 & 3;
    }

    /** Whether the client sends it again. */
    public boolean dup() {
        return (flags & 8) != 0;
    }

    /** Whether it is to be retained. */
    public boolean retain() {
        return (flags & 1) != 0;
    }

    /** The packet identifier, 1 .. 65535; 0 with QoS 0. */
    public int packetId() {
        return packetId;
    }

    /** The properties; none before MQTT 5.0. */
    public PropertyView properties() {
        return properties;
    }

    /** Index of the first byte after the packet identifier: the property length in MQTT 5.0, else the payload. */
    public int propertiesStart() {
        return propertiesStart;
    }

    /** Index of the first byte of the payload. */
    public int payloadStart() {
        return payloadStart;
    }

    /** Bytes of the whole payload, also if it comes in pieces. */
    public int payloadLength() {
        return payloadLength;
    }

    /** Where the packet is. */
    public ByteBuf buffer() {
        return buffer;
    }
}
