// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import io.linkspan.core.address.Member;
import io.linkspan.core.address.Subscription;
import java.util.Arrays;
import java.util.List;

/**
 * The subscriptions of a client that take one message, and what they say together: the highest QoS and all subscription
 * identifiers (MQ-3-10). A flyweight of its link.
 */
final class Selection {

    private MqttSubscription[] taken = new MqttSubscription[2];
    private int[] identifiers = new int[2];
    private int count;
    private int identifierCount;
    private int qos;
    private boolean retainAsPublished;

    /** Goes through the subscriptions by which a delivery came; false if none of them takes the message. */
    boolean select(Member via, OutgoingMessage message, MqttEngine engine) {
        count = 0;
        identifierCount = 0;
        qos = 0;
        retainAsPublished = false;
        String topic = message.topic().name();
        if (engine.isForeignReply(topic)) {
            return false; // Answers are for the client that was given their topic, whoever subscribed before it came.
        }
        List<Subscription> subscriptions = via.subscriptions();
        for (int i = 0, n = subscriptions.size(); i < n; i++) {
            MqttSubscription subscription =
                    (MqttSubscription) subscriptions.get(i).attachment();
            if (subscription == null) {
                throw new IllegalStateException("a subscription without its filter");
            }
            boolean takes = !(subscription.noLocal() && engine.publisher().equals(message.publisher()))
                    && subscription.takes(topic)
                    && !isTaken(subscription);
            if (takes) {
                take(subscription);
            }
        }
        return count > 0;
    }

    /** A filter with two patterns may have come by both. */
    private boolean isTaken(MqttSubscription subscription) {
        boolean found = false;
        for (int i = 0; i < count && !found; i++) {
            found = taken[i] == subscription;
        }
        return found;
    }

    private void take(MqttSubscription subscription) {
        if (count == taken.length) {
            taken = Arrays.copyOf(taken, count * 2);
        }
        taken[count++] = subscription;
        qos = Math.max(qos, subscription.qos());
        retainAsPublished |= subscription.retainAsPublished();
        if (subscription.identifier() > 0) {
            if (identifierCount == identifiers.length) {
                identifiers = Arrays.copyOf(identifiers, identifierCount * 2);
            }
            identifiers[identifierCount++] = subscription.identifier();
        }
    }

    /** Makes it one of the subscriptions alone. */
    void narrowTo(MqttSubscription one) {
        count = 0;
        identifierCount = 0;
        qos = 0;
        retainAsPublished = false;
        take(one);
    }

    /** The subscriptions, as they are now. */
    MqttSubscription[] all() {
        return Arrays.copyOf(taken, count);
    }

    int count() {
        return count;
    }

    /** Whether all of them are members of shared subscriptions. */
    boolean isShared() {
        boolean shared = true;
        for (int i = 0; i < count; i++) {
            shared &= taken[i].filter().isShared();
        }
        return shared;
    }

    /** The highest granted QoS. */
    int qos() {
        return qos;
    }

    boolean retainAsPublished() {
        return retainAsPublished;
    }

    int identifierCount() {
        return identifierCount;
    }

    int identifier(int index) {
        return identifiers[index];
    }
}
