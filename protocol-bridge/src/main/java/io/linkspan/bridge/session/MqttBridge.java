// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import io.linkspan.bridge.Authenticator;
import io.linkspan.bridge.BridgeEvents;
import io.linkspan.bridge.MqttCounters;
import io.linkspan.bridge.MqttSettings;
import io.linkspan.bridge.codec.DecoderLimits;
import io.linkspan.bridge.mapping.AmqpReader;
import io.linkspan.bridge.mapping.AmqpWriter;
import io.linkspan.bridge.mapping.MqttMessage;
import io.linkspan.bridge.topic.AddressTopics;
import io.linkspan.bridge.topic.Topic;
import io.linkspan.bridge.topic.TopicCache;
import io.linkspan.bridge.topic.TopicMapping;
import io.linkspan.core.RouterCore;
import io.linkspan.core.address.AddressClass;
import io.linkspan.core.address.AddressEntity;
import io.linkspan.core.address.AddressKey;
import io.linkspan.core.address.PatternSyntax;
import io.linkspan.core.address.Route;
import io.linkspan.wire.Retention;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the MQTT connections of one listener share: settings, the topics seen so far, and the translation of messages.
 * One per listener and loop; confined to that loop.
 */
public final class MqttBridge {

    /** Bytes of the buffer for AMQP forms that is kept between messages. */
    private static final int MAX_SCRATCH_BYTES = 64 << 10;

    /**
     * What the rest of the program provides.
     *
     * @param clients the client identifiers of the router
     * @param authenticator decides about clients with a name
     * @param events where the bridge says what happens
     * @param epochMs the wall clock, milliseconds since 1970
     * @param uuids random UUIDs, for assigned client identifiers and message identifiers
     * @param allocator for messages that wait
     * @param counters what happens at all clients of the router
     */
    public record Services(
            ClientRegistry clients,
            Authenticator authenticator,
            BridgeEvents events,
            LongSupplier epochMs,
            Supplier<UUID> uuids,
            ByteBufAllocator allocator,
            MqttCounters counters) {}

    private final RouterCore core;
    private final MqttSettings settings;
    private final Services services;
    private final DecoderLimits decoderLimits;
    private final PatternSyntax patterns;
    private final TopicCache topics;
    private final AddressTopics addressTopics;
    private final AmqpWriter writer;
    private final AmqpReader reader;
    private final ConnectRate connectRate;
    private final MqttContent content = new MqttContent(this);
    private final OutgoingMessage outgoing = new OutgoingMessage(this);
    private @Nullable ByteBuf scratch;
    private boolean toldAboutDots;

    /** A bridge for the connections of one listener. */
    public MqttBridge(RouterCore core, MqttSettings settings, Services services) {
        this.core = core;
        this.settings = settings;
        this.services = services;
        this.decoderLimits = settings.limits().decoder(settings.strictUtf8());
        TopicMapping mapping = settings.topics();
        this.patterns = new PatternSyntax(
                String.valueOf(mapping.separator()),
                String.valueOf(mapping.singleWildcard()),
                String.valueOf(mapping.multiWildcard()),
                true);
        this.topics = new TopicCache(mapping, settings.limits().maxTopicLevels(), settings.strictUtf8());
        this.addressTopics = new AddressTopics(topics);
        this.writer = new AmqpWriter(settings.messages(), services.uuids());
        this.connectRate = new ConnectRate(settings.limits().maxConnectRate());
        this.reader = new AmqpReader(settings.messages(), this::replyTopic);
    }

    /** The counters, which it may share with other bridges. */
    public MqttCounters counters() {
        return services.counters();
    }

    /** The settings it was made with. */
    public MqttSettings settings() {
        return settings;
    }

    RouterCore core() {
        return core;
    }

    Services services() {
        return services;
    }

    BridgeEvents events() {
        return services.events();
    }

    DecoderLimits decoderLimits() {
        return decoderLimits;
    }

    PatternSyntax patterns() {
        return patterns;
    }

    TopicCache topics() {
        return topics;
    }

    AmqpWriter writer() {
        return writer;
    }

    AmqpReader reader() {
        return reader;
    }

    ConnectRate connectRate() {
        return connectRate;
    }

    /** The one that is pointed at publishes. */
    MqttContent content() {
        return content;
    }

    /** The one that is pointed at what goes out. */
    OutgoingMessage outgoing() {
        return outgoing;
    }

    long nowMs() {
        return services.epochMs().getAsLong();
    }

    // ---- addresses -----------------------------------------------------------------------------------------------

    /** The way of publishes on a topic. */
    Route route(Topic topic) {
        Route route = topic.route();
        long generation = core.table().generation();
        if (route == null || topic.routeGeneration() != generation) {
            AddressKey key = key(topic.address());
            AddressEntity entity = core.entityOf(key);
            route = core.route(entity == null ? key : key.inPhase(entity.ingressPhase()));
            topic.keepRoute(route, generation);
        }
        return route;
    }

    /** The address that a filter without wildcards reads. */
    AddressKey sourceKey(String address) {
        AddressKey key = key(address);
        AddressEntity entity = core.entityOf(key);
        return entity == null ? key : key.inPhase(entity.egressPhase());
    }

    /** The class is never read from the text (MQ-1-15), but for the one address of a router that a topic may name. */
    private AddressKey key(String address) {
        return settings.topics().isTemporaryAddress(address) ? core.parse(address) : AddressKey.mobile(address);
    }

    /** The topic of a delivery that did not come as one; null if its address is none (MQ-1-17). */
    @Nullable
    Topic topicOf(@Nullable AddressKey sentTo) {
        if (sentTo == null) {
            throw new IllegalStateException("a delivery without address");
        }
        return sentTo.addressClass() == AddressClass.MOBILE ? addressTopics.find(sentTo.text()) : null;
    }

    /** The topic that an answer to an AMQP message goes to; null if there is none (second table, reply-to). */
    private @Nullable String replyTopic(String replyTo) {
        TopicMapping mapping = settings.topics();
        String address = replyTo;
        if (!mapping.isTemporaryAddress(replyTo)) {
            AddressKey key = core.parse(replyTo);
            if (key.addressClass() != AddressClass.MOBILE) {
                return null;
            }
            address = key.text();
        }
        String topic = mapping.toTopic(address);
        return topic != null && mapping.toAddress(topic).equals(address) ? topic : null;
    }

    /** Warns once that the dots of topics get lost (MQ-1-12). */
    void noticeDots(MqttEngine engine, Topic topic) {
        if (!toldAboutDots && settings.topics().losesDots() && topic.name().indexOf('.') >= 0) {
            toldAboutDots = true;
            events().topicLosesDots(engine, topic.name());
        }
    }

    // ---- memory --------------------------------------------------------------------------------------------------

    /** Bytes that outlive the call, see {@link Retention}. The caller releases them. */
    ByteBuf keep(ByteBuf bytes, int offset, int length) {
        return Retention.keep(services.allocator(), bytes, offset, length);
    }

    ByteBuf allocateAmqp(MqttMessage message) {
        return services.allocator().buffer(message.payloadLength() + 256);
    }

    /** An empty buffer for the AMQP form of the present message. */
    ByteBuf scratchAmqp() {
        ByteBuf buffer = scratch;
        if (buffer == null) {
            buffer = services.allocator().buffer(1 << 10);
            scratch = buffer;
        }
        return buffer.clear();
    }

    /** The present message has gone; the buffer is used again unless somebody kept a part of it. */
    void scratchUsed() {
        ByteBuf buffer = scratch;
        if (buffer != null && (buffer.refCnt() > 1 || buffer.capacity() > MAX_SCRATCH_BYTES)) {
            buffer.release();
            scratch = null;
        }
    }

    /** Gives back the memory it keeps; its connections are gone. */
    public void close() {
        if (scratch != null) {
            scratch.release();
            scratch = null;
        }
    }
}
