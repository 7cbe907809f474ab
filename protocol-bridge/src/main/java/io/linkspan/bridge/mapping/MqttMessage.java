// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.mapping;

import io.linkspan.bridge.topic.Topic;
import io.linkspan.bridge.topic.TopicMapping;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * A message as an MQTT client published it: the parts of its PUBLISH, in place.
 *
 * <p>May be pointed at one message after the other; the buffer is not its own. Confined to the connection's loop.
 */
public final class MqttMessage {

    /** Expiry of a message that has none. */
    public static final long NO_EXPIRY = -1;

    private @Nullable Topic topic;
    private @Nullable TopicMapping mapping;
    private @Nullable Publisher publisher;
    private int qos;
    private boolean retain;
    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    private int propertiesStart;
    private int propertiesEnd;
    private int payloadStart;
    private int payloadLength;
    private long expirySeconds = NO_EXPIRY;
    private long receivedMs;

    /** Names what it is and who sent it. */
    public void describe(
            Topic messageTopic, TopicMapping topicMapping, Publisher sender, int messageQos, boolean isRetained) {
        topic = messageTopic;
        mapping = topicMapping;
        publisher = sender;
        qos = messageQos;
        retain = isRetained;
    }

    /**
     * Points it at its bytes.
     *
     * @param source where they are
     * @param propertiesFrom first property, after the property length
     * @param propertiesTo after the last property; the same if there is none
     * @param payloadFrom first byte of the payload
     * @param length bytes of the whole payload
     */
    public void locate(ByteBuf source, int propertiesFrom, int propertiesTo, int payloadFrom, int length) {
        buffer = source;
        propertiesStart = propertiesFrom;
        propertiesEnd = propertiesTo;
        payloadStart = payloadFrom;
        payloadLength = length;
    }

    /**
     * Says when it came and how long it lives.
     *
     * @param nowMs milliseconds since 1970
     * @param seconds 0 .. 4294967295, or {@link #NO_EXPIRY}
     */
    public void received(long nowMs, long seconds) {
        receivedMs = nowMs;
        expirySeconds = seconds;
    }

    /** Makes it the same as another one. */
    public void copyFrom(MqttMessage other) {
        topic = other.topic;
        mapping = other.mapping;
        publisher = other.publisher;
        qos = other.qos;
        retain = other.retain;
        receivedMs = other.receivedMs;
        expirySeconds = other.expirySeconds;
        locate(other.buffer, other.propertiesStart, other.propertiesEnd, other.payloadStart, other.payloadLength);
    }

    /** The topic. */
    public Topic topic() {
        if (topic == null) {
            throw new IllegalStateException("No message");
        }
        return topic;
    }

    /** The mapping of the listener it came in by. */
    public TopicMapping mapping() {
        if (mapping == null) {
            throw new IllegalStateException("No message");
        }
        return mapping;
    }

    /** Who sent it. */
    public Publisher publisher() {
        if (publisher == null) {
            throw new IllegalStateException("No message");
        }
        return publisher;
    }

    /** QoS of the publish, 0 .. 2. */
    public int qos() {
        return qos;
    }

    /** RETAIN of the publish. */
    public boolean retain() {
        return retain;
    }

    /** Where the bytes are. */
    public ByteBuf buffer() {
        return buffer;
    }

    /** Index of the first property. */
    public int propertiesStart() {
        return propertiesStart;
    }

    /** Index after the last property. */
    public int propertiesEnd() {
        return propertiesEnd;
    }

    /** Whether it has properties. */
    public boolean hasProperties() {
        return propertiesEnd > propertiesStart;
    }

    /** Index of the payload. */
    public int payloadStart() {
        return payloadStart;
    }

    /** Bytes of the whole payload. */
    public int payloadLength() {
        return payloadLength;
    }

    /** Seconds it lives from {@link #receivedMs()}, or {@link #NO_EXPIRY}. */
    public long expirySeconds() {
        return expirySeconds;
    }

    /** When it came, in milliseconds since 1970. */
    public long receivedMs() {
        return receivedMs;
    }

    /** Whether its time is over; one with no time at all lives only at the moment it comes. */
    public boolean isExpired(long nowMs) {
        return expirySeconds >= 0 && nowMs >= receivedMs + expirySeconds * 1_000;
    }
}
