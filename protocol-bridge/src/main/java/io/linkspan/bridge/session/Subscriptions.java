// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import io.linkspan.bridge.codec.MqttVersion;
import io.linkspan.bridge.codec.ReasonCode;
import io.linkspan.bridge.codec.SubscribePacket;
import io.linkspan.bridge.topic.TopicFilter;
import io.linkspan.bridge.topic.TopicMapping;
import io.linkspan.core.Admission;
import io.linkspan.core.address.AddressKey;
import io.linkspan.core.address.Pattern;
import io.linkspan.core.address.Subscription;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one client is subscribed to, and the answers to SUBSCRIBE and UNSUBSCRIBE (MQ-4-24..28, 6-19, 6-43). At most
 * {@code maxSubscriptions}. Confined to the connection's loop.
 */
final class Subscriptions {

    /** Answer before MQTT 5.0 for any failure. */
    private static final int V3_FAILURE = 0x80;

    private final MqttEngine engine;
    private final MqttBridge bridge;
    private final MqttVersion version;
    private final Map<String, MqttSubscription> byFilter = new LinkedHashMap<>();

    Subscriptions(MqttEngine engine, MqttBridge bridge, MqttVersion version) {
        this.engine = engine;
        this.bridge = bridge;
        this.version = version;
    }

    int size() {
        return byFilter.size();
    }

    /** A code for each filter; null if the packet breaks a rule, which has been told to the engine. */
    byte @Nullable [] subscribe(SubscribePacket packet) {
        byte[] codes = new byte[packet.count()];
        for (int i = 0; packet.next(); i++) {
            String text = packet.filter();
            TopicFilter filter = text.isEmpty() ? null : TopicFilter.parse(text);
            if (filter != null && filter.isShared() && packet.noLocal()) {
                engine.violation(ReasonCode.PROTOCOL_ERROR, "No Local on the shared subscription " + text);
                return null;
            }
            int granted = Math.min(packet.qos(), bridge.settings().limits().effectiveMaximumQos());
            ReasonCode failure = filter == null ? ReasonCode.TOPIC_FILTER_INVALID : add(filter, packet, granted);
            codes[i] = (byte) (failure == null ? granted : failureCode(failure, granted));
        }
        return codes;
    }

    /** Clients of MQTT 3.1 have no word for a failure: the subscription is granted and stays inactive (MQ-4-27). */
    private int failureCode(ReasonCode failure, int granted) {
        return switch (version) {
            case V3_1 -> granted;
            case V3_1_1 -> V3_FAILURE;
            case V5_0 -> failure.code();
        };
    }

    private @Nullable ReasonCode add(TopicFilter filter, SubscribePacket packet, int granted) {
        if (namesForeignReplies(filter.filter())) {
            return ReasonCode.NOT_AUTHORIZED;
        }
        MqttSubscription known = byFilter.get(filter.text());
        if (known != null) {
            known.options(granted, packet.noLocal(), packet.retainAsPublished(), packet.subscriptionId());
            return null;
        }
        if (byFilter.size() >= bridge.settings().limits().maxSubscriptions()
                || filter.levelCount() > bridge.settings().limits().maxTopicLevels()) {
            return ReasonCode.QUOTA_EXCEEDED;
        }
        TopicMapping mapping = bridge.settings().topics();
        List<String> addresses =
                filter.hasWildcard() ? mapping.toPatterns(filter) : List.of(mapping.toAddress(filter.filter()));
        boolean mayTakeMore = filter.hasWildcard() && mapping.patternsTakeMore(filter);
        MqttSubscription subscription = new MqttSubscription(filter, mayTakeMore);
        subscription.options(granted, packet.noLocal(), packet.retainAsPublished(), packet.subscriptionId());
        if (!filter.hasWildcard() && mapping.isTemporaryAddress(addresses.get(0))) {
            return ReasonCode.NOT_AUTHORIZED;
        }
        List<Subscription> active = new ArrayList<>(addresses.size());
        for (String address : addresses) {
            Subscription wish = wish(filter, address).attach(subscription);
            if (bridge.core().subscribe(engine.subscriber(), wish) instanceof Admission.Refused) {
                active.forEach(bridge.core()::unsubscribe);
                return ReasonCode.IMPLEMENTATION_SPECIFIC_ERROR;
            }
            active.add(wish);
        }
        subscription.activated(active);
        byFilter.put(filter.text(), subscription);
        return null;
    }

    private Subscription wish(TopicFilter filter, String address) {
        String share = filter.shareName();
        if (filter.hasWildcard()) {
            Pattern pattern = Pattern.parse(address, bridge.patterns());
            Subscription wish = share == null ? Subscription.alone(pattern) : Subscription.shared(share, pattern);
            return filter.startsWithWildcard() ? wish.hidingDollar() : wish;
        }
        AddressKey key = bridge.sourceKey(address);
        return share == null ? Subscription.alone(key) : Subscription.shared(share, key);
    }

    /** Answers are for the client that was given their topic, and nobody listens to those of all (MQ-2-9). */
    private boolean namesForeignReplies(String filter) {
        boolean ofEverybody = filter.startsWith(ClientRegistry.REPLY)
                && (filter.startsWith("+", ClientRegistry.REPLY.length())
                        || filter.startsWith("#", ClientRegistry.REPLY.length()));
        return ofEverybody || engine.isForeignReply(filter);
    }

    /** A code for each filter. */
    byte[] unsubscribe(SubscribePacket packet) {
        byte[] codes = new byte[packet.count()];
        for (int i = 0; packet.next(); i++) {
            String text = packet.filter();
            MqttSubscription known = byFilter.remove(text);
            if (known != null) {
                known.active().forEach(bridge.core()::unsubscribe);
            } else {
                boolean legal = !text.isEmpty() && TopicFilter.parse(text) != null;
                codes[i] = (byte) (legal ? ReasonCode.NO_SUBSCRIPTION_EXISTED : ReasonCode.TOPIC_FILTER_INVALID).code();
            }
        }
        return codes;
    }
}
