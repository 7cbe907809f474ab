// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.link;

import io.linkspan.amqp.DeliveryState;
import io.linkspan.core.address.AddressKey;
import io.linkspan.core.address.Member;
import io.linkspan.core.delivery.Content;
import io.linkspan.core.delivery.Destination;
import io.linkspan.core.delivery.MessageStream;
import io.linkspan.core.delivery.Origin;
import io.linkspan.core.delivery.ToAnnotation;
import org.jspecify.annotations.Nullable;

/** A delivery that waits in an outbound link, with its content held. Confined to the loop of the link. */
final class QueuedDelivery implements Destination, MessageStream.Listener {

    private final OutboundLink link;
    final Content content;
    final Member via;
    final Origin origin;
    final int key;
    private final @Nullable AddressKey sentTo;
    private final @Nullable ToAnnotation annotatedTo;
    private final long copy;
    private final MessageStream.@Nullable Reader reader;
    boolean settled;
    boolean creditDue;
    boolean opened;
    /** When it began to wait, by the clock of the link's adaptor. */
    long queuedAt;
    /** The tick from which on it is too old to be sent; 0 for never. */
    long expiresAt;
    /** What the sender said while the delivery waited; told when it has been sent. */
    @Nullable
    DeliveryState originState;

    QueuedDelivery(
            OutboundLink link,
            Content content,
            Member via,
            Origin origin,
            int key,
            boolean settled,
            boolean creditDue) {
        this.link = link;
        this.via = via;
        this.origin = origin;
        this.key = key;
        this.settled = settled;
        this.creditDue = creditDue;
        this.opened = !settled;
        this.content = content.hold();
        this.content.likeDelivered(content);
        this.sentTo = content.sentTo();
        this.annotatedTo = content.annotatedTo();
        this.copy = content.copy();
        // A place at the beginning of a stream that still arrives, to hear of an abort.
        this.reader = !content.complete() && content instanceof MessageStream stream ? stream.reader(this) : null;
    }

    /** Copies of one message share their content: before this one is sent it says where this one goes. */
    void address() {
        content.sentTo(sentTo);
        content.annotatedTo(annotatedTo, copy);
    }

    @Override
    public boolean isWaiting(int outKey) {
        return true;
    }

    @Override
    public void originState(int outKey, @Nullable DeliveryState state, boolean senderSettled, long ingressTick) {
        if (senderSettled && !settled) {
            link.settledInQueue(this, ingressTick);
        } else if (!senderSettled) {
            originState = state;
        }
    }

    @Override
    public void takeBack(int outKey, DeliveryState state, long ingressTick) {
        link.takenBackInQueue(this, state);
    }

    @Override
    public void streamChanged(MessageStream.Reader changed) {
        if (changed.aborted()) {
            link.abortedInQueue(this);
        }
    }

    /** Gives the content back. */
    void discard() {
        if (reader != null) {
            reader.close();
        }
        content.release();
    }
}
