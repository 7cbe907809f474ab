// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.codec;

import io.linkspan.bridge.topic.TopicCache;
import io.linkspan.bridge.topic.TopicMapping;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;

/** A decoder with what it needs; what it holds is given back by {@link #close()}. */
final class DecoderFixture implements AutoCloseable {

    static final DecoderLimits LIMITS = new DecoderLimits(10_000_000, 64 << 10, 200, 1_000, 10, true);

    final RecordingHandler handler = new RecordingHandler();
    final PacketDecoder decoder;

    DecoderFixture() {
        this(LIMITS);
    }

    DecoderFixture(DecoderLimits limits) {
        TopicCache topics = new TopicCache(TopicMapping.standard(), limits.maxTopicLevels(), limits.strictUtf8());
        decoder = new PacketDecoder(limits, topics, handler, PooledByteBufAllocator.DEFAULT);
    }

    /** One that has read a CONNECT. */
    static DecoderFixture connected(MqttVersion version) {
        return connected(version, LIMITS);
    }

    static DecoderFixture connected(MqttVersion version, DecoderLimits limits) {
        DecoderFixture fixture = new DecoderFixture(limits);
        fixture.send(Bytes.connect(version));
        fixture.handler.events.clear();
        return fixture;
    }

    DecoderFixture send(Bytes bytes) {
        ByteBuf buf = bytes.buf();
        decoder.receive(buf);
        if (buf.isReadable()) {
            throw new IllegalStateException(buf.readableBytes() + " bytes were not taken");
        }
        return this;
    }

    DecoderFixture sendInPieces(Bytes bytes, int size) {
        byte[] all = bytes.array();
        for (int i = 0; i < all.length; i += size) {
            byte[] piece = java.util.Arrays.copyOfRange(all, i, Math.min(all.length, i + size));
            send(Bytes.bytes().raw(piece));
        }
        return this;
    }

    @Override
    public void close() {
        decoder.close();
    }
}
