// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.forward;

import io.linkspan.amqp.DeliveryState;
import io.linkspan.core.address.Group;
import io.linkspan.core.address.Member;
import io.linkspan.core.address.Route;
import io.linkspan.core.delivery.Content;
import io.linkspan.core.delivery.Destination;
import io.linkspan.core.delivery.Origin;
import io.linkspan.core.link.InboundLink;
import io.linkspan.core.link.OutboundLink;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An unsettled delivery of which more is asked than to pass its outcome on: to go to another receiver when one releases
 * it, to be taken back from a receiver that does not answer. It stands between its origin and its destination until one
 * of them has settled, and holds the message as long when it may be sent again. Confined to the core's loop.
 */
final class KeptDelivery implements Origin, Destination {

    private final OptionForwarder forwarder;
    private final Origin origin;
    private final int originKey;
    private final @Nullable InboundLink sender;
    private final @Nullable Route route;
    private final @Nullable Content content;
    private final List<OutboundLink> tried = new ArrayList<>(1);
    private @Nullable OutboundLink link;
    private @Nullable Destination to;
    private int outKey;
    private long offeredTick;
    private boolean ended;

    // Membership of a watch.
    @Nullable
    DeliveryWatch watch;

    @Nullable
    KeptDelivery older;

    @Nullable
    KeptDelivery newer;

    /** A copy of a delivery that is not sent again. */
    KeptDelivery(OptionForwarder forwarder, Origin origin, int originKey) {
        this(forwarder, origin, originKey, null, null, null);
    }

    /**
     * A delivery that may be sent again.
     *
     * @param content held for it, released here; null to send it once only
     */
    KeptDelivery(
            OptionForwarder forwarder,
            Origin origin,
            int originKey,
            @Nullable InboundLink sender,
            @Nullable Route route,
            @Nullable Content content) {
        this.forwarder = forwarder;
        this.origin = origin;
        this.originKey = originKey;
        this.sender = sender;
        this.route = route;
        this.content = content;
    }

    /** When it was given to its present receiver. */
    long offeredTick() {
        return offeredTick;
    }

    /** Gives it to a receiver; the result is that of {@link OutboundLink#offer}. */
    int offer(Member member, Content message) {
        link = member.link();
        offeredTick = forwarder.tick();
        return member.link().offer(message, member, this, 0, false);
    }

    /** Gives it to a receiver that has not had it; false when there is none. */
    boolean sendAgain() {
        if (content == null || route == null || sender == null || sender.isLost()) {
            return false;
        }
        route.refresh();
        Group group = route.anycast();
        if (link != null) {
            tried.add(link);
        }
        to = null;
        Member next;
        while (group != null && (next = group.pickOther(tried)) != null) {
            forwarder.address(content, route);
            if (offer(next, content) != OutboundLink.REFUSED) {
                forwarder.sentAgain(next, route);
                return true;
            }
            tried.add(next.link());
        }
        return false;
    }

    /** Its receiver has had it for too long. */
    void takeBack(long seconds) {
        OutboundLink from = link;
        Destination at = to;
        to = null;
        if (at != null) {
            at.takeBack(outKey, DeliveryState.RELEASED, offeredTick);
        }
        if (from != null) {
            forwarder.takenBack(from, seconds);
        }
        DeliveryWatch watchedBy = watch;
        if (sendAgain()) {
            if (watchedBy != null && !ended) {
                watchedBy.remove(this);
                watchedBy.add(this);
            }
            return;
        }
        if (!ended) {
            end();
            origin.outcome(originKey, DeliveryState.RELEASED, true);
        }
    }

    /** It needs nothing any more. Idempotent. */
    void end() {
        if (ended) {
            return;
        }
        ended = true;
        if (watch != null) {
            watch.remove(this);
        }
        if (content != null) {
            content.release();
        }
    }

    @Override
    public void forwarded(int key, Destination destination, int destinationKey) {
        to = destination;
        outKey = destinationKey;
    }

    @Override
    public @Nullable DeliveryState outcome(int key, @Nullable DeliveryState state, boolean settled) {
        if (ended) {
            return state;
        }
        boolean released = state != null && state.code() == DeliveryState.RELEASED_CODE;
        if (released && content != null) {
            Destination at = to;
            if (!settled && at != null) {
                // A receiver that settles second waits for its sender, who is not to know yet.
                at.originState(outKey, state, true, offeredTick);
            }
            if (sendAgain()) {
                return state;
            }
            if (ended) {
                return state;
            }
            end();
            origin.outcome(originKey, state, true);
            return state;
        }
        if (settled) {
            end();
        }
        return origin.outcome(originKey, state, settled);
    }

    @Override
    public void handedOver(int key) {
        throw new IllegalStateException("an unsettled delivery was handed over");
    }

    @Override
    public long ingressTick(int key) {
        return offeredTick;
    }

    @Override
    public void originState(int key, @Nullable DeliveryState state, boolean settled, long ingressTick) {
        if (ended) {
            return;
        }
        Destination at = to;
        if (settled) {
            end();
        }
        if (at != null) {
            at.originState(outKey, state, settled, offeredTick);
        }
    }

    @Override
    public boolean isWaiting(int key) {
        return to != null && to.isWaiting(outKey);
    }
}
