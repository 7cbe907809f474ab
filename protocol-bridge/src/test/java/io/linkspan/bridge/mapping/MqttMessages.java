// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.mapping;

import io.linkspan.bridge.codec.Bytes;
import io.linkspan.bridge.topic.TopicCache;
import io.linkspan.bridge.topic.TopicMapping;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** Messages as a client might publish them. */
final class MqttMessages {

    private final TopicMapping mapping;
    private final TopicCache topics;

    MqttMessages(TopicMapping mapping) {
        this.mapping = mapping;
        this.topics = new TopicCache(mapping, 200, true);
    }

    TopicCache topics() {
        return topics;
    }

    void point(MqttMessage message, String topic, int qos, boolean retain, Bytes properties, byte[] payload) {
        message.describe(topics.of(topic), mapping, new Publisher("dev-1", "bob"), qos, retain);
        ByteBuf buffer = Unpooled.wrappedBuffer(new byte[] {9, 9}, properties.array(), payload, new byte[] {9});
        int properties0 = 2;
        int payload0 = properties0 + properties.size();
        message.locate(buffer, properties0, payload0, payload0, payload.length);
    }
}
