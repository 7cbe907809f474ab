// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.forward;

import io.linkspan.core.RouterCore;
import io.linkspan.core.address.Address;
import io.linkspan.core.address.DeliveryOptions;
import io.linkspan.core.address.Group;
import io.linkspan.core.address.Member;
import io.linkspan.core.address.Route;
import io.linkspan.core.delivery.Content;
import io.linkspan.core.link.InboundLink;
import io.linkspan.core.link.OutboundLink;
import io.linkspan.core.message.MessageView;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Forwards deliveries whose address or sender asks for {@link DeliveryOptions}. The rules are those of {@link
 * Forwarder}; beside them a delivery may be kept, watched and given a time to be sent by. Messages that still arrive
 * when they are forwarded are neither sent again nor watched nor expired. Confined to the core's loop.
 */
final class OptionForwarder {

    private static final long MS_PER_TICK = 1000;

    private final RouterCore core;
    private final Forwarder forwarder;
    private final MessageView view = new MessageView();
    private final List<DeliveryWatch> watches = new ArrayList<>(1);

    OptionForwarder(RouterCore core, Forwarder forwarder) {
        this.core = core;
        this.forwarder = forwarder;
    }

    long tick() {
        return core.tick();
    }

    void forward(InboundLink in, Route route, Content content, int key, boolean settled) {
        long expiry = expiry(route, content);
        if (settled) {
            copySettled(in, route, content, key, expiry);
        } else if (route.destinations() == 1) {
            Group group = route.anycast();
            Member member = group != null
                    ? group.pick(false)
                    : route.copies().length > 0 ? route.copies()[0] : route.shared()[0].pick(false);
            toOne(in, route, member, content, key, expiry);
        } else {
            copyUnsettled(in, route, content, key, expiry);
        }
    }

    /** One unsettled copy. */
    void toOne(InboundLink in, Route route, Member member, Content content, int key, long expiry) {
        boolean again = route.anycast() != null
                && content.complete()
                && (route.options().resendReleased() || in.resendsReleased());
        int seconds = content.complete() ? route.options().releaseAfterSeconds() : 0;
        boolean taken;
        if (again || seconds > 0) {
            KeptDelivery kept = new KeptDelivery(this, in, key, in, route, again ? content.hold() : null);
            in.forwarded(key, kept, 0);
            watch(kept, seconds);
            int result = kept.offer(member, content);
            taken = result != OutboundLink.REFUSED || kept.sendAgain();
            if (taken) {
                expire(member.link(), result, expiry);
            } else {
                kept.end();
            }
        } else {
            int result = member.link().offer(content, member, in, key, false);
            taken = result != OutboundLink.REFUSED;
            expire(member.link(), result, expiry);
        }
        if (taken) {
            forwarder.countIngress(in, route.address());
            forwarder.countEgress(member, route.address());
        } else if (!forwarder.forwardToFallback(in, route, content, key, false)) {
            in.unroutable(key, false, false);
        }
    }

    private void copySettled(InboundLink in, Route route, Content content, int key, long expiry) {
        Address address = route.address();
        int taken = 0;
        int waiting = 0;
        for (Member member : members(route, true)) {
            int result = member.link().offer(content, member, in, key, true);
            if (result != OutboundLink.REFUSED) {
                taken++;
                waiting += result == OutboundLink.WAITING ? 1 : 0;
                forwarder.countEgress(member, address);
                expire(member.link(), result, expiry);
            }
        }
        if (taken > 0) {
            forwarder.countIngress(in, address);
            in.copiesWait(waiting);
        } else if (!forwarder.forwardToFallback(in, route, content, key, true)) {
            in.unroutable(key, true, false);
        }
    }

    private void copyUnsettled(InboundLink in, Route route, Content content, int key, long expiry) {
        Address address = route.address();
        boolean anycast = route.anycast() != null;
        int copies = route.copies().length;
        int deciding = (anycast ? 1 : 0) + route.decidingCopies() + (route.sharedDecide() ? route.shared().length : 0);
        int decidingCopies = route.decidingCopies();
        boolean sharedDecide = route.sharedDecide();
        forwarder.countIngress(in, address);
        FanOut fanOut = forwarder.fanOut(route.destinations());
        fanOut.begin(in, key, core.tick(), deciding);
        in.forwarded(key, fanOut, fanOut.serial());
        int at = anycast ? -1 : 0;
        for (Member member : members(route, false)) {
            boolean decides = at < 0 || (at < copies ? at < decidingCopies : sharedDecide);
            at++;
            int index = fanOut.add(decides, member.link().contributes(member));
            if (copy(route, member, content, fanOut, index, expiry) == OutboundLink.REFUSED) {
                fanOut.withdraw(index);
            } else {
                forwarder.countEgress(member, address);
            }
        }
        fanOut.sealed();
    }

    /** One unsettled copy of several, for a receiver of this router; the result is that of {@link OutboundLink#offer}. */
    int copy(Route route, Member member, Content content, FanOut fanOut, int index, long expiry) {
        int seconds = content.complete() ? route.options().releaseAfterSeconds() : 0;
        int result;
        if (seconds > 0) {
            KeptDelivery kept = new KeptDelivery(this, fanOut, index);
            watch(kept, seconds);
            fanOut.forwarded(index, kept, 0);
            result = kept.offer(member, content);
            if (result == OutboundLink.REFUSED) {
                kept.end();
            }
        } else {
            result = member.link().offer(content, member, fanOut, index, false);
        }
        expire(member.link(), result, expiry);
        return result;
    }

    /** One of the anycast group, then the copies, then one of each named group. */
    private static List<Member> members(Route route, boolean settled) {
        List<Member> members = new ArrayList<>(route.destinations());
        Group group = route.anycast();
        if (group != null) {
            members.add(group.pick(settled));
        }
        members.addAll(List.of(route.copies()));
        for (Group shared : route.shared()) {
            members.add(shared.pick(settled));
        }
        return members;
    }

    private void watch(KeptDelivery kept, int seconds) {
        if (seconds == 0) {
            return;
        }
        for (DeliveryWatch watch : watches) {
            if (watch.seconds() == seconds) {
                watch.add(kept);
                return;
            }
        }
        DeliveryWatch watch = new DeliveryWatch(seconds);
        watches.add(watch);
        watch.add(kept);
    }

    /** What was just queued on the link, if it was, is too old from a tick on; 0 for never. */
    static void expire(OutboundLink link, int result, long expiry) {
        if (expiry > 0 && (result == OutboundLink.QUEUED || result == OutboundLink.WAITING)) {
            link.expireNewest(expiry);
        }
    }

    /** Until when the message may wait, see {@link #expire}; 0 when the address does not ask for that. */
    long expiry(Route route, Content content) {
        return route.options().expireQueued() ? expiryTick(content) : 0;
    }

    /** The tick from which on the message is too old, a little late rather than early; 0 for never. */
    private long expiryTick(Content content) {
        if (!content.complete()) {
            return 0;
        }
        ByteBuf bytes = content.amqpBytes();
        MessageView.Result result =
                view.readWhole(bytes, bytes.readerIndex(), bytes.readableBytes(), MessageView.Depth.PROPERTIES);
        if (result != MessageView.Result.OK) {
            return 0;
        }
        long leftMs = Long.MAX_VALUE;
        if (view.ttlMs() > 0) {
            leftMs = view.ttlMs();
        }
        if (view.absoluteExpiryMs() > 0 && core.epochMs() > 0) {
            leftMs = Math.min(leftMs, Math.max(0, view.absoluteExpiryMs() - core.epochMs()));
        }
        return leftMs == Long.MAX_VALUE
                ? 0
                : core.tick() + 1 + leftMs / MS_PER_TICK + (leftMs % MS_PER_TICK > 0 ? 1 : 0);
    }

    /** Looks for deliveries that have been with their receivers for too long. */
    void tick(long tick) {
        for (DeliveryWatch watch : List.copyOf(watches)) {
            watch.tick(tick);
        }
        watches.removeIf(DeliveryWatch::isEmpty);
    }

    // ---- for kept deliveries -------------------------------------------------------------------------------------

    void address(Content content, Route route) {
        content.sentTo(route.key());
        content.annotatedTo(route.annotation());
    }

    void sentAgain(Member member, Route route) {
        @Nullable Address address = route.address();
        forwarder.countEgress(member, address);
    }

    void takenBack(OutboundLink link, long seconds) {
        core.events().deliveryTakenBack(link, seconds);
    }
}
