// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.codec;

import io.linkspan.bridge.text.Utf8;
import io.linkspan.bridge.topic.Topic;
import io.linkspan.bridge.topic.TopicCache;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Reads the first packet of a connection. MQTT 5.0 and 3.1.1, 3.1. */
final class ConnectReader {

    private static final int RESERVED = 0x01;
    private static final int CLEAN_START = 0x02;
    private static final int WILL = 0x04;
    private static final int WILL_RETAIN = 0x20;
    private static final int PASSWORD = 0x40;
    private static final int USER_NAME = 0x80;
    /** Set in the level by servers that connect as a bridge; they try again without. */
    private static final int BRIDGE = 0x80;

    private final DecoderLimits limits;
    private final TopicCache topics;
    private @Nullable MqttVersion version;

    ConnectReader(DecoderLimits limits, TopicCache topics) {
        this.limits = limits;
        this.topics = topics;
    }

    /** The version in whose form an answer is to be written; null while it is not known. */
    @Nullable
    MqttVersion version() {
        return version;
    }

    ConnectPacket read(PacketReader in, PropertyView properties) {
        MqttVersion v = readVersion(in);
        int flags = in.readByte("Connect flags");
        checkFlags(flags, v);
        int keepAlive = in.readShort("Keep alive");

        properties.clear();
        if (v.isV5()) {
            in.readProperties(properties, PropertyContext.CONNECT, limits.maxUserProperties());
        }
        long sessionExpiry = properties.number(Property.SESSION_EXPIRY_INTERVAL, 0);
        int receiveMaximum = (int) properties.number(Property.RECEIVE_MAXIMUM, 65_535);
        long maximumPacketSize = properties.number(Property.MAXIMUM_PACKET_SIZE, DecoderLimits.MAX_PACKET_BYTES);
        int aliasMaximum = (int) properties.number(Property.TOPIC_ALIAS_MAXIMUM, 0);
        boolean responseInformation = properties.number(Property.REQUEST_RESPONSE_INFORMATION, 0) == 1;
        boolean problemInformation = properties.number(Property.REQUEST_PROBLEM_INFORMATION, 1) == 1;
        String method =
                properties.has(Property.AUTHENTICATION_METHOD) ? properties.text(Property.AUTHENTICATION_METHOD) : null;
        if (receiveMaximum == 0 || maximumPacketSize == 0) {
            throw ViolationException.protocol("Receive Maximum and Maximum Packet Size must not be 0");
        }
        if (method == null && properties.has(Property.AUTHENTICATION_DATA)) {
            throw ViolationException.protocol("Authentication Data without Authentication Method");
        }

        String clientId = in.readText("Client identifier", limits.strictUtf8(), refusedName(v));
        WillPacket will = (flags & WILL) != 0 ? readWill(in, flags, v, properties) : null;
        String user = (flags & USER_NAME) != 0
                ? in.readText("User name", limits.strictUtf8(), ReasonCode.MALFORMED_PACKET)
                : null;
        byte[] password = (flags & PASSWORD) != 0 ? in.readBinary("Password") : null;
        in.expectEnd();
        return new ConnectPacket(
                v,
                clientId,
                (flags & CLEAN_START) != 0,
                keepAlive,
                will,
                user,
                password,
                sessionExpiry,
                receiveMaximum,
                Math.min(maximumPacketSize, DecoderLimits.MAX_PACKET_BYTES),
                aliasMaximum,
                responseInformation,
                problemInformation,
                method);
    }

    /** What a client identifier with control characters costs: before MQTT 5.0 nothing is answered (MQ-6-33). */
    private static ReasonCode refusedName(MqttVersion version) {
        return version.isV5() ? ReasonCode.CLIENT_IDENTIFIER_NOT_VALID : ReasonCode.MALFORMED_PACKET;
    }

    private MqttVersion readVersion(PacketReader in) {
        String name;
        int level;
        try {
            int offset = in.skipBinary("Protocol name");
            name = Utf8.decode(in.buffer(), offset, in.index() - offset);
            level = in.readByte("Protocol level");
        } catch (ViolationException unreadable) {
            throw ViolationException.silent(
                    ReasonCode.MALFORMED_PACKET, unreadable.violation().description());
        }
        boolean isCurrentName = name.equals(MqttVersion.V5_0.protocolName());
        if (!isCurrentName && !name.equals(MqttVersion.V3_1.protocolName())) {
            throw ViolationException.silent(
                    ReasonCode.UNSUPPORTED_PROTOCOL_VERSION, "The protocol name is neither MQTT nor MQIsdp");
        }
        for (MqttVersion known : MqttVersion.values()) {
            if (known.level() == level && known.protocolName().equals(name)) {
                version = known;
                return known;
            }
        }
        boolean isNewer = isCurrentName && level > MqttVersion.V5_0.level() && (level & BRIDGE) == 0;
        version = isNewer ? MqttVersion.V5_0 : MqttVersion.V3_1_1;
        throw ViolationException.of(
                ReasonCode.UNSUPPORTED_PROTOCOL_VERSION, "Protocol level " + level + " with name " + name);
    }

    private static void checkFlags(int flags, MqttVersion version) {
        if ((flags & RESERVED) != 0) {
            throw ViolationException.malformed("The reserved connect flag is set");
        }
        int willQos = flags >> 3 & 3;
        if (willQos == 3) {
            throw ViolationException.malformed("Will QoS 3");
        }
        if ((flags & WILL) == 0 && (willQos != 0 || (flags & WILL_RETAIN) != 0)) {
            throw ViolationException.malformed("Will QoS " + willQos + " or Will Retain without the will flag");
        }
        if (!version.isV5() && (flags & PASSWORD) != 0 && (flags & USER_NAME) == 0) {
            throw ViolationException.malformed("A password without a user name");
        }
    }

    private WillPacket readWill(PacketReader in, int flags, MqttVersion v, PropertyView properties) {
        byte[] raw = new byte[0];
        long delay = 0;
        if (v.isV5()) {
            in.readProperties(properties, PropertyContext.WILL, limits.maxUserProperties());
            PacketParser.checkResponseTopic(properties);
            raw = withoutDelay(properties);
            delay = properties.number(Property.WILL_DELAY_INTERVAL, 0);
        }
        int offset = in.skipBinary("Will topic");
        int length = in.index() - offset;
        ByteBuf buffer = in.buffer();
        Topic topic = length == 0 ? null : topics.find(buffer, offset, length);
        if (topic == null) {
            throw PacketParser.refusedTopic(
                    topics.problem(buffer, offset, length), ReasonCode.TOPIC_NAME_INVALID, "Will topic");
        }
        return new WillPacket(topic, flags >> 3 & 3, (flags & WILL_RETAIN) != 0, delay, raw, in.readBinary("Will"));
    }

    /** The properties that a message can carry: all but the delay. */
    private static byte[] withoutDelay(PropertyView properties) {
        ByteBuf source = properties.buffer();
        byte[] kept = new byte[properties.end() - properties.start()];
        int length = 0;
        for (int i = properties.start(); i < properties.end(); ) {
            int after = PropertyView.skip(source, i);
            if (source.getByte(i) != Property.WILL_DELAY_INTERVAL.id()) {
                source.getBytes(i, kept, length, after - i);
                length += after - i;
            }
            i = after;
        }
        return Arrays.copyOf(kept, length);
    }
}
