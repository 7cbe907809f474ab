// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import io.linkspan.bridge.DropCause;
import io.linkspan.bridge.codec.Property;
import io.linkspan.bridge.codec.PropertyView;
import io.linkspan.bridge.codec.PropertyWriter;
import io.linkspan.bridge.mapping.AmqpReader;
import io.linkspan.bridge.mapping.MqttMessage;
import io.linkspan.bridge.mapping.Publisher;
import io.linkspan.bridge.text.Utf8;
import io.linkspan.bridge.topic.Topic;
import io.linkspan.bridge.topic.TopicMapping;
import io.linkspan.core.address.AddressKey;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way to a client, wherever it came from: what of it goes into a PUBLISH, in place.
 *
 * <p>A flyweight of a {@link MqttBridge}, pointed at one delivery after the other. Confined to the loop.
 */
final class OutgoingMessage {

    private final MqttBridge bridge;
    private final PropertyView view = new PropertyView();
    private final ByteBuf rewritten = Unpooled.buffer(256);

    private @Nullable Topic topic;
    private @Nullable Publisher publisher;
    private int qos;
    private boolean retain;
    private boolean expired;
    private long expirySeconds;
    private ByteBuf properties = Unpooled.EMPTY_BUFFER;
    private int propertiesStart;
    private int propertiesLength;
    private ByteBuf payload = Unpooled.EMPTY_BUFFER;
    private int payloadStart;
    private int payloadLength;

    OutgoingMessage(MqttBridge bridge) {
        this.bridge = bridge;
    }

    /**
     * Points it at a publish of another client.
     *
     * @param sentTo its address, by which a client of a listener with another mapping knows it
     * @param hasWaited whether its time may be over
     * @return false if it has no topic here
     */
    boolean point(MqttMessage message, @Nullable AddressKey sentTo, boolean hasWaited, boolean wantsProperties) {
        TopicMapping here = bridge.settings().topics();
        boolean sameMapping = message.mapping().equals(here);
        topic = sameMapping ? message.topic() : bridge.topicOf(sentTo);
        publisher = message.publisher();
        qos = message.qos();
        retain = message.retain();
        expired = false;
        expirySeconds = MqttMessage.NO_EXPIRY;
        if (message.expirySeconds() >= 0) {
            pointExpiry(message, hasWaited);
        }
        payload = message.buffer();
        payloadStart = message.payloadStart();
        payloadLength = message.payloadLength();
        properties = message.buffer();
        propertiesStart = message.propertiesStart();
        propertiesLength = wantsProperties ? message.propertiesEnd() - message.propertiesStart() : 0;
        if (propertiesLength > 0) {
            rewriteProperties(message, sameMapping);
        }
        return topic != null;
    }

    private void pointExpiry(MqttMessage message, boolean hasWaited) {
        long nowMs = hasWaited ? bridge.nowMs() : message.receivedMs();
        expired = hasWaited && message.isExpired(nowMs);
        long leftMs = message.receivedMs() + message.expirySeconds() * 1_000 - nowMs;
        expirySeconds = Math.max(1, (leftMs + 999) / 1_000);
    }

    /** Leaves out what belongs to one hop, and translates what names an address, if there is any of it. */
    private void rewriteProperties(MqttMessage message, boolean sameMapping) {
        ByteBuf source = message.buffer();
        view.reread(source, message.propertiesStart(), message.propertiesEnd());
        boolean foreignResponse = !sameMapping && view.has(Property.RESPONSE_TOPIC);
        if (!foreignResponse && !view.has(Property.TOPIC_ALIAS) && !view.has(Property.MESSAGE_EXPIRY_INTERVAL)) {
            return;
        }
        rewritten.clear();
        for (int i = view.start(); i < view.end(); ) {
            int after = PropertyView.skip(source, i);
            int id = source.getUnsignedByte(i);
            if (foreignResponse && id == Property.RESPONSE_TOPIC.id()) {
                String address = message.mapping().toAddress(view.text(Property.RESPONSE_TOPIC));
                String response = bridge.settings().topics().toTopic(address);
                if (response != null) {
                    PropertyWriter.text(rewritten, Property.RESPONSE_TOPIC, response);
                }
            } else if (id != Property.TOPIC_ALIAS.id() && id != Property.MESSAGE_EXPIRY_INTERVAL.id()) {
                rewritten.writeBytes(source, i, after - i);
            }
            i = after;
        }
        properties = rewritten;
        propertiesStart = 0;
        propertiesLength = rewritten.readableBytes();
    }

    /** Points it at what a reader has just read of an AMQP message; false if it has no topic here. */
    boolean point(AmqpReader reader, @Nullable AddressKey sentTo) {
        topic = bridge.topicOf(sentTo);
        String named = reader.topicAnnotation();
        if (topic != null && named != null && !named.equals(topic.name())) {
            useNamedTopic(named, topic.address());
        }
        publisher = null;
        qos = reader.qos();
        retain = reader.retain();
        expired = reader.isExpired();
        expirySeconds = reader.expirySeconds();
        payload = reader.payload();
        payloadStart = reader.payloadStart();
        payloadLength = reader.payloadLength();
        properties = reader.properties();
        propertiesStart = 0;
        propertiesLength = reader.properties().readableBytes();
        if (reader.droppedUserProperties() > 0) {
            bridge.counters().drop(DropCause.USER_PROPERTY, reader.droppedUserProperties());
        }
        return topic != null;
    }

    /** The sender's own name of the topic counts if it leads to the same address. */
    private void useNamedTopic(String named, String address) {
        ByteBuf bytes = Unpooled.wrappedBuffer(Utf8.encode(named));
        Topic found = bridge.topics().find(bytes, 0, bytes.readableBytes());
        if (found != null && found.address().equals(address)) {
            topic = found;
        }
    }

    Topic topic() {
        if (topic == null) {
            throw new IllegalStateException("No message");
        }
        return topic;
    }

    /** Who published it, if it came by MQTT. */
    @Nullable
    Publisher publisher() {
        return publisher;
    }

    int qos() {
        return qos;
    }

    boolean retain() {
        return retain;
    }

    boolean isExpired() {
        return expired;
    }

    /** Seconds it still lives, or {@link MqttMessage#NO_EXPIRY}. */
    long expirySeconds() {
        return expirySeconds;
    }

    ByteBuf properties() {
        return properties;
    }

    int propertiesStart() {
        return propertiesStart;
    }

    int propertiesLength() {
        return propertiesLength;
    }

    ByteBuf payload() {
        return payload;
    }

    int payloadStart() {
        return payloadStart;
    }

    int payloadLength() {
        return payloadLength;
    }

    /** Its payload comes in pieces: this many bytes altogether. */
    void payloadComes(int length) {
        payload = Unpooled.EMPTY_BUFFER;
        payloadStart = 0;
        payloadLength = length;
    }
}
