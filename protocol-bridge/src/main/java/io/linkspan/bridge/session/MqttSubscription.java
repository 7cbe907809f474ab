// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import io.linkspan.bridge.topic.TopicFilter;
import io.linkspan.core.address.Subscription;
import java.util.List;

/**
 * One subscription of a client: its filter, the options that a later SUBSCRIBE may change (MQ-4-25), and what the core
 * knows it as. Confined to the connection's loop.
 */
final class MqttSubscription {

    private final TopicFilter filter;
    private final boolean mayTakeMore;
    private List<Subscription> active = List.of();
    private int qos;
    private boolean noLocal;
    private boolean retainAsPublished;
    private int identifier;

    /**
     * A subscription that is not active yet.
     *
     * @param mayTakeMore whether the core's patterns match more than the filter
     */
    MqttSubscription(TopicFilter filter, boolean mayTakeMore) {
        this.filter = filter;
        this.mayTakeMore = mayTakeMore;
    }

    void options(int grantedQos, boolean isNoLocal, boolean keepsRetain, int subscriptionIdentifier) {
        qos = grantedQos;
        noLocal = isNoLocal;
        retainAsPublished = keepsRetain;
        identifier = subscriptionIdentifier;
    }

    void activated(List<Subscription> subscriptions) {
        active = subscriptions;
    }

    List<Subscription> active() {
        return active;
    }

    TopicFilter filter() {
        return filter;
    }

    int qos() {
        return qos;
    }

    boolean noLocal() {
        return noLocal;
    }

    boolean retainAsPublished() {
        return retainAsPublished;
    }

    /** The subscription identifier, 0 for none. */
    int identifier() {
        return identifier;
    }

    /** Whether a topic that the core found for it really is in its filter's language. */
    boolean takes(String topic) {
        boolean hidden = filter.startsWithWildcard() && topic.charAt(0) == '$';
        return !hidden && (!mayTakeMore || filter.matches(topic));
    }
}
