// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.codec;

import io.linkspan.bridge.topic.Topic;
import io.linkspan.bridge.topic.TopicCache;
import io.linkspan.bridge.topic.TopicProblem;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Reads the inside of the packets that {@link PacketDecoder} has found, and hands them to the handler. PUBLISH and the
 * acknowledgements are read in place, without allocating. Confined to the connection's loop.
 */
final class PacketParser {

    private final DecoderLimits limits;
    private final TopicCache topics;
    private final PacketHandler handler;

    private final PacketReader reader = new PacketReader();
    private final PublishPacket publish = new PublishPacket();
    private final SubscribePacket subscribe = new SubscribePacket();
    private @Nullable InboundAliases aliases;
    private @Nullable MqttVersion version;

    PacketParser(DecoderLimits limits, TopicCache topics, PacketHandler handler) {
        this.limits = limits;
        this.topics = topics;
        this.handler = handler;
    }

    @Nullable
    MqttVersion version() {
        return version;
    }

    boolean isV5() {
        return version == MqttVersion.V5_0;
    }

    /**
     * Handles {@code length} bytes from {@code index}: a packet, or a PUBLISH without its payload. Returns the bytes of
     * payload that are still to come.
     */
    int handle(ByteBuf in, int index, int length) {
        int first = in.getUnsignedByte(index);
        int type = first >> 4;
        int body = index + 2;
        int total = in.getByte(index + 1) & 0x7f;
        for (int shift = 7; in.getByte(body - 1) < 0; shift += 7) {
            total |= (in.getByte(body++) & 0x7f) << shift;
        }
        if (type == PacketType.PUBLISH) {
            return handlePublish(in, first, body, body + total, index + length);
        }
        PacketReader packet = reader;
        packet.reset(in, PacketType.name(type), body, index + length);
        switch (type) {
            case PacketType.CONNECT -> handleConnect(packet);
            case PacketType.PUBACK, PacketType.PUBREC, PacketType.PUBREL, PacketType.PUBCOMP ->
                handleAcknowledgement(type, packet);
            case PacketType.SUBSCRIBE -> handleSubscribe(packet);
            case PacketType.UNSUBSCRIBE -> handleUnsubscribe(packet);
            case PacketType.PINGREQ -> handler.onPing();
            case PacketType.DISCONNECT -> handleDisconnect(packet);
            default -> handleAuth(packet);
        }
        return 0;
    }

    private void handleConnect(PacketReader packet) {
        ConnectReader connect = new ConnectReader(limits, topics);
        try {
            ConnectPacket result = connect.read(packet, publish.properties());
            version = result.version();
            handler.onConnect(result);
        } finally {
            version = connect.version();
        }
    }

    /** {@code end} is the packet's, {@code to} what is there of it: all, or everything before the payload. */
    private int handlePublish(ByteBuf in, int first, int body, int end, int to) {
        if (to - body < 2) {
            throw ViolationException.malformed("PUBLISH of " + (to - body) + " bytes has no topic");
        }
        int topicLength = in.getUnsignedShort(body);
        int topicStart = body + 2;
        int i = topicStart + topicLength;
        boolean hasId = (first & 6) != 0;
        if (i + (hasId ? 2 : 0) > to) {
            throw ViolationException.malformed("A topic of " + topicLength + " bytes exceeds its PUBLISH");
        }
        int id = 0;
        if (hasId) {
            id = in.getUnsignedShort(i);
            if (id == 0) {
                throw ViolationException.protocol("Packet identifier 0 in PUBLISH");
            }
            i += 2;
        }
        int propertiesStart = i;
        PropertyView properties = publish.properties();
        if (!isV5()) {
            properties.clear();
        } else if (i < to && in.getByte(i) == 0) {
            properties.clear();
            i++;
        } else {
            i = properties.read(in, i, to, PropertyContext.PUBLISH, limits.maxUserProperties());
            checkResponseTopic(properties);
        }
        publish.set(in, first, findTopic(in, topicStart, topicLength, properties), id);
        publish.setPayload(propertiesStart, i, end - i);
        if (to == end) {
            handler.onPublish(publish);
        } else {
            handler.onPublishStart(publish);
        }
        return end - to;
    }

    private Topic findTopic(ByteBuf in, int offset, int length, PropertyView properties) {
        Topic topic = length == 0 ? null : topics.find(in, offset, length);
        if (topic == null && length > 0) {
            throw refusedTopic(topics.problem(in, offset, length), ReasonCode.PROTOCOL_ERROR, "Topic");
        }
        if (!properties.has(Property.TOPIC_ALIAS)) {
            if (topic == null) {
                throw ViolationException.protocol("PUBLISH without topic and without alias");
            }
            return topic;
        }
        int alias = (int) properties.number(Property.TOPIC_ALIAS, 0);
        if (alias == 0 || alias > limits.topicAliasMaximum()) {
            throw ViolationException.of(
                    ReasonCode.TOPIC_ALIAS_INVALID,
                    "Topic alias " + alias + ", allowed are 1 to " + limits.topicAliasMaximum());
        }
        if (aliases == null) {
            aliases = new InboundAliases();
        }
        if (topic != null) {
            aliases.set(alias, topic);
            return topic;
        }
        topic = aliases.get(alias);
        if (topic == null) {
            throw ViolationException.protocol("Topic alias " + alias + " was never set");
        }
        return topic;
    }

    static ViolationException refusedTopic(@Nullable TopicProblem problem, ReasonCode empty, String what) {
        if (problem == TopicProblem.EMPTY) {
            return ViolationException.of(empty, what + " is empty");
        }
        if (problem == TopicProblem.WILDCARD) {
            return ViolationException.of(ReasonCode.TOPIC_NAME_INVALID, what + " has a wildcard");
        }
        if (problem == TopicProblem.TOO_MANY_LEVELS) {
            return ViolationException.of(ReasonCode.TOPIC_NAME_INVALID, what + " has too many levels");
        }
        return ViolationException.malformed(
                problem == TopicProblem.MALFORMED
                        ? what + " is not UTF-8 without U+0000"
                        : what + " has a control character or non-character");
    }

    /** MQ-6-26. */
    static void checkResponseTopic(PropertyView properties) {
        if (!properties.has(Property.RESPONSE_TOPIC)) {
            return;
        }
        int offset = properties.offset(Property.RESPONSE_TOPIC);
        int length = properties.length(Property.RESPONSE_TOPIC);
        boolean legal = length > 0;
        for (int i = offset; i < offset + length; i++) {
            byte b = properties.buffer().getByte(i);
            legal &= b != '+' && b != '#';
        }
        if (!legal) {
            throw ViolationException.protocol("The response topic is empty or has a wildcard");
        }
    }

    private void handleAcknowledgement(int type, PacketReader packet) {
        int id = packet.readPacketId();
        ReasonCode reason = ReasonCode.SUCCESS;
        if (isV5() && packet.remaining() > 0) {
            int code = packet.readByte("Reason code");
            ReasonCode known = ReasonCode.of(code);
            boolean isAnswer = type == PacketType.PUBACK || type == PacketType.PUBREC;
            if (known == null || !(isAnswer ? known.isAllowedInPubackOrPubrec() : known.isAllowedInPubrelOrPubcomp())) {
                throw ViolationException.protocol(
                        "Reason code 0x" + Integer.toHexString(code) + " in " + PacketType.name(type));
            }
            reason = known;
            if (packet.remaining() > 0) {
                packet.readProperties(publish.properties(), contextOf(type), limits.maxUserProperties());
            }
        }
        packet.expectEnd();
        handler.onAcknowledgement(type, id, reason);
    }

    private static PropertyContext contextOf(int type) {
        return switch (type) {
            case PacketType.PUBACK -> PropertyContext.PUBACK;
            case PacketType.PUBREC -> PropertyContext.PUBREC;
            case PacketType.PUBREL -> PropertyContext.PUBREL;
            default -> PropertyContext.PUBCOMP;
        };
    }

    private void handleSubscribe(PacketReader packet) {
        int id = packet.readPacketId();
        int subscriptionId = 0;
        if (isV5()) {
            PropertyView properties = publish.properties();
            packet.readProperties(properties, PropertyContext.SUBSCRIBE, limits.maxUserProperties());
            subscriptionId = (int) properties.number(Property.SUBSCRIPTION_IDENTIFIER, 0);
            if (subscriptionId == 0 && properties.has(Property.SUBSCRIPTION_IDENTIFIER)) {
                throw ViolationException.protocol("Subscription identifier 0");
            }
        }
        int start = packet.index();
        int filters = 0;
        while (packet.remaining() > 0) {
            checkFilter(packet);
            checkOptions(packet.readByte("Subscription options"));
            filters++;
        }
        expectFilters(filters, "SUBSCRIBE");
        subscribe.set(packet.buffer(), false, id, subscriptionId, start, filters);
        handler.onSubscribe(subscribe);
    }

    private void handleUnsubscribe(PacketReader packet) {
        int id = packet.readPacketId();
        if (isV5()) {
            packet.readProperties(publish.properties(), PropertyContext.UNSUBSCRIBE, limits.maxUserProperties());
        }
        int start = packet.index();
        int filters = 0;
        while (packet.remaining() > 0) {
            checkFilter(packet);
            filters++;
        }
        expectFilters(filters, "UNSUBSCRIBE");
        subscribe.set(packet.buffer(), true, id, 0, start, filters);
        handler.onUnsubscribe(subscribe);
    }

    private void checkFilter(PacketReader packet) {
        int offset = packet.skipBinary("Topic filter");
        int length = packet.index() - offset;
        if (length == 0 && !isV5()) {
            throw ViolationException.protocol("An empty topic filter");
        }
        packet.checkText(offset, length, "Topic filter", limits.strictUtf8(), ReasonCode.MALFORMED_PACKET);
    }

    private void checkOptions(int options) {
        int reserved = isV5() ? 0xc0 : 0xfc;
        if ((options & 3) == 3 || (options & reserved) != 0 || (options & 0x30) == 0x30) {
            throw ViolationException.malformed("Subscription options 0x" + Integer.toHexString(options));
        }
    }

    private static void expectFilters(int filters, String packet) {
        if (filters == 0) {
            throw ViolationException.protocol(packet + " without a topic filter");
        }
    }

    private void handleDisconnect(PacketReader packet) {
        ReasonCode reason = ReasonCode.SUCCESS;
        long expiry = -1;
        String text = null;
        if (isV5() && packet.remaining() > 0) {
            int code = packet.readByte("Reason code");
            ReasonCode known = ReasonCode.of(code);
            if (known == null) {
                throw ViolationException.malformed("Reason code 0x" + Integer.toHexString(code) + " in DISCONNECT");
            }
            if (!known.isAllowedInClientDisconnect()) {
                throw ViolationException.protocol("Reason code " + known + " in DISCONNECT of a client");
            }
            reason = known;
            if (packet.remaining() > 0) {
                PropertyView properties = publish.properties();
                packet.readProperties(properties, PropertyContext.DISCONNECT, limits.maxUserProperties());
                expiry = properties.number(Property.SESSION_EXPIRY_INTERVAL, -1);
                text = properties.has(Property.REASON_STRING) ? properties.text(Property.REASON_STRING) : null;
            }
        }
        packet.expectEnd();
        handler.onDisconnect(new DisconnectPacket(reason, expiry, text));
    }

    private void handleAuth(PacketReader packet) {
        ReasonCode reason = ReasonCode.SUCCESS;
        if (packet.remaining() > 0) {
            int code = packet.readByte("Reason code");
            ReasonCode known = ReasonCode.of(code);
            if (known != ReasonCode.CONTINUE_AUTHENTICATION && known != ReasonCode.RE_AUTHENTICATE) {
                throw ViolationException.protocol(
                        "Reason code 0x" + Integer.toHexString(code) + " in AUTH of a client");
            }
            reason = known;
            packet.readProperties(publish.properties(), PropertyContext.AUTH, limits.maxUserProperties());
        }
        packet.expectEnd();
        handler.onAuth(reason);
    }
}
