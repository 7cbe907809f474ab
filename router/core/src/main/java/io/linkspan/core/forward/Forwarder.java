// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.forward;

import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.ErrorCondition;
import io.linkspan.core.RouterCore;
import io.linkspan.core.RouterTotals;
import io.linkspan.core.address.Address;
import io.linkspan.core.address.AddressCounters;
import io.linkspan.core.address.Group;
import io.linkspan.core.address.Member;
import io.linkspan.core.address.Route;
import io.linkspan.core.connection.Connection;
import io.linkspan.core.connection.ConnectionRole;
import io.linkspan.core.delivery.Content;
import io.linkspan.core.delivery.Origin;
import io.linkspan.core.link.InboundLink;
import io.linkspan.core.link.OutboundLink;
import io.linkspan.core.mesh.Mesh;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Takes a delivery from its inbound link to its receivers. Everything is decided here, once (routing DST-03). A delivery
 * with one destination passes without an object of its own. Confined to the core's loop.
 */
public final class Forwarder {

    /** Fan-outs kept for use again. */
    public static final int MAX_SPARE_FAN_OUTS = 256;

    /** Fan-outs that have grown beyond this many copies are not kept. */
    private static final int MAX_SPARE_COPIES = 64;

    private static final DeliveryState UNAVAILABLE = DeliveryState.rejected(
            ErrorCondition.NOT_FOUND.error("Deliveries cannot be sent to an unavailable address"));

    private final RouterCore core;
    private final RouterTotals totals;
    private final ExchangeForwarder exchanges = new ExchangeForwarder(this);
    private final OptionForwarder options;
    private final ArrayDeque<FanOut> spare = new ArrayDeque<>();
    private @Nullable NetworkForwarder network;

    /** What the last member that {@link #offerToGroup} asked has said; to be read at once. */
    private int offered;

    public Forwarder(RouterCore core) {
        this.core = core;
        this.totals = core.totals();
        this.options = new OptionForwarder(core, this);
    }

    /** From here on other routers take part. */
    public void joined(Mesh mesh) {
        network = new NetworkForwarder(core, this, options, mesh);
    }

    /** Sends one delivery on. The inbound link has counted it in. */
    public void forward(InboundLink in, Route route, Content content, int key, boolean settled) {
        route.refresh();
        content.sentTo(route.key());
        switch (route.way()) {
            case Route.NOWHERE -> forwardNowhere(in, route, content, key, settled);
            case Route.ONE -> forwardToOne(in, route, content, key, settled);
            case Route.SEVERAL -> forwardToSeveral(in, route, content, key, settled);
            case Route.NETWORK -> network().forward(in, route, content, key, settled);
            case Route.WITH_OPTIONS -> options.forward(in, route, content, key, settled);
            default -> exchanges.forward(in, route, content, key, settled);
        }
    }

    NetworkForwarder network() {
        if (network == null) {
            throw new IllegalStateException("other routers have an address, and this one has joined no network");
        }
        return network;
    }

    /** To the receivers of the address itself, whatever exchange there is. */
    void forwardDirectly(InboundLink in, Route route, Content content, int key, boolean settled) {
        if (route.isNetwork()) {
            network().forward(in, route, content, key, settled);
        } else if (!route.options().isNone()) {
            options.forward(in, route, content, key, settled);
        } else if (route.destinations() == 1) {
            forwardToOne(in, route, content, key, settled);
        } else {
            forwardToSeveral(in, route, content, key, settled);
        }
    }

    private void forwardToSeveral(InboundLink in, Route route, Content content, int key, boolean settled) {
        countIngress(in, route.address());
        if (settled) {
            copySettled(in, route, content, key);
        } else {
            copyUnsettled(in, route, content, key);
        }
    }

    private void forwardNowhere(InboundLink in, Route route, Content content, int key, boolean settled) {
        if (route.isUnavailable()) {
            // Another router did not refuse it, so its sender may try again elsewhere (DST-42).
            boolean released = in.connection().role() == ConnectionRole.INTER_ROUTER;
            in.finishHere(key, settled, released ? DeliveryState.RELEASED : UNAVAILABLE, true);
        } else if (!forwardToFallback(in, route, content, key, settled)) {
            Address address = in.address();
            in.unroutable(key, settled, address != null && address.route() == route);
        }
    }

    /** There is no way at present to those who have the address. */
    void undeliverable(InboundLink in, Route route, Content content, int key, boolean settled) {
        if (!forwardToFallback(in, route, content, key, settled)) {
            in.unroutable(key, settled, false);
        }
    }

    /** Nobody took it: it goes to the fallback destination, unless it comes from one (routing FBK-03). */
    boolean forwardToFallback(InboundLink in, Route route, Content content, int key, boolean settled) {
        Route fallback = route.fallback();
        if (fallback == null || in.isFallback() || !fallback.isReachable()) {
            return false;
        }
        content.sentTo(fallback.key());
        content.annotatedTo(fallback.annotation());
        int result;
        if (fallback.way() == Route.NETWORK) {
            result = network().offerToOne(in, fallback, content, key, settled);
        } else {
            Group group = fallback.anycast();
            if (group == null) {
                throw new IllegalStateException(fallback.keyText() + " is no queue");
            }
            Member member = group.pick(settled);
            result = member.link().offer(content, member, in, key, settled);
        }
        if (result == OutboundLink.REFUSED) {
            return false;
        }
        Address address = route.address();
        countIngress(in, address);
        totals.redirectedToFallback++;
        if (address != null) {
            address.counters().redirectedToFallback++;
        }
        if (settled && result != OutboundLink.WAITING) {
            in.handedOver(key);
        }
        return true;
    }

    private void forwardToOne(InboundLink in, Route route, Content content, int key, boolean settled) {
        Group group = route.anycast();
        if (group != null && !settled && in.resendsReleased()) {
            options.toOne(in, route, group.pick(false), content, key, 0);
            return;
        }
        boolean alone = group == null && route.copies().length > 0;
        Member member;
        int result;
        if (alone) {
            member = route.copies()[0];
            result = member.link().offer(content, member, in, key, settled);
        } else {
            member = offerToGroup(group != null ? group : route.shared()[0], content, in, key, settled);
            result = offered;
        }
        Address address = route.address();
        if (result == OutboundLink.REFUSED) {
            if (!forwardToFallback(in, route, content, key, settled)) {
                in.unroutable(key, settled, false);
            }
            return;
        }
        countIngress(in, address);
        countEgress(member, address);
        if (settled && result != OutboundLink.WAITING) {
            in.handedOver(key);
        }
    }

    /**
     * Offers a delivery to the member whose turn it is. If the delivery is not for that one, it counts as though it were
     * no member, and the others are asked.
     *
     * @return the last one asked, whose answer is {@link #offered}
     */
    private Member offerToGroup(Group group, Content content, Origin origin, int key, boolean settled) {
        Member picked = group.pick(settled);
        int result = picked.link().offer(content, picked, origin, key, settled);
        Member last = picked;
        for (int i = 0; result == OutboundLink.REFUSED && i < group.size(); i++) {
            if (!group.get(i).equals(picked)) {
                last = group.get(i);
                result = last.link().offer(content, last, origin, key, settled);
            }
        }
        offered = result;
        return last;
    }

    private void copySettled(InboundLink in, Route route, Content content, int key) {
        Address address = route.address();
        int waiting = 0;
        Group group = route.anycast();
        if (group != null) {
            waiting += copied(offerToGroup(group, content, in, key, true), offered, address);
        }
        for (Member member : route.copies()) {
            waiting += copied(member, member.link().offer(content, member, in, key, true), address);
        }
        for (Group shared : route.shared()) {
            waiting += copied(offerToGroup(shared, content, in, key, true), offered, address);
        }
        in.copiesWait(waiting);
    }

    private int copied(Member member, int result, @Nullable Address address) {
        if (result != OutboundLink.REFUSED) {
            countEgress(member, address);
        }
        return result == OutboundLink.WAITING ? 1 : 0;
    }

    private void copyUnsettled(InboundLink in, Route route, Content content, int key) {
        Address address = route.address();
        Group group = route.anycast();
        Member[] copies = route.copies();
        Group[] groups = route.shared();
        int decidingCopies = route.decidingCopies();
        boolean sharedDecide = route.sharedDecide();
        int deciding = (group != null ? 1 : 0) + decidingCopies + (sharedDecide ? groups.length : 0);

        FanOut fanOut = fanOut(route.destinations());
        fanOut.begin(in, key, core.tick(), deciding);
        in.forwarded(key, fanOut, fanOut.serial());
        if (group != null) {
            copyUnsettled(group, address, content, fanOut, true);
        }
        for (int i = 0; i < copies.length; i++) {
            copyUnsettled(copies[i], address, content, fanOut, i < decidingCopies);
        }
        for (Group shared : groups) {
            copyUnsettled(shared, address, content, fanOut, sharedDecide);
        }
        fanOut.sealed();
    }

    /** Copies whose outcomes do not matter to the sender. */
    void copyUndeciding(Route route, Content content, FanOut fanOut) {
        Address address = route.address();
        Group group = route.anycast();
        if (group != null) {
            copyUnsettled(group.pick(false), address, content, fanOut, false);
        }
        for (Member member : route.copies()) {
            copyUnsettled(member, address, content, fanOut, false);
        }
        for (Group shared : route.shared()) {
            copyUnsettled(shared.pick(false), address, content, fanOut, false);
        }
    }

    private void copyUnsettled(
            Group group, @Nullable Address address, Content content, FanOut fanOut, boolean decides) {
        Member picked = group.pick(false);
        boolean taken = copyUnsettled(picked, address, content, fanOut, decides);
        for (int i = 0; !taken && i < group.size(); i++) {
            if (!group.get(i).equals(picked)) {
                taken = copyUnsettled(group.get(i), address, content, fanOut, decides);
            }
        }
    }

    private boolean copyUnsettled(
            Member member, @Nullable Address address, Content content, FanOut fanOut, boolean decides) {
        OutboundLink link = member.link();
        int index = fanOut.add(decides, link.contributes(member));
        if (link.offer(content, member, fanOut, index, false) == OutboundLink.REFUSED) {
            fanOut.withdraw(index);
            return false;
        }
        countEgress(member, address);
        return true;
    }

    FanOut fanOut(int copies) {
        FanOut used = spare.poll();
        return used != null ? used : new FanOut(this, Math.max(copies, 4));
    }

    void recycle(FanOut fanOut) {
        if (spare.size() < MAX_SPARE_FAN_OUTS && fanOut.capacity() <= MAX_SPARE_COPIES) {
            spare.push(fanOut);
        }
    }

    long tick() {
        return core.tick();
    }

    /** What a settled copy that waits at a receiver of this router may be too old for. */
    void expire(Route route, Member member, Content content, int result) {
        if (route.options().expireQueued() && !member.isNeighbor()) {
            OptionForwarder.expire(member.link(), result, options.expiry(route, content));
        }
    }

    /** A receiver of several has declared a transaction, which counts as a rejection (routing OUT-12). */
    void declared(InboundLink sender) {
        core.events().declaredByOneOfSeveral(sender);
    }

    /** A second has passed, or several. */
    public void tick(long tick) {
        options.tick(tick);
    }

    void countIngress(InboundLink in, @Nullable Address address) {
        Connection connection = in.connection();
        if (in.isFallback()) {
            return;
        }
        AddressCounters counters = address == null ? null : address.counters();
        if (connection.isInProcess()) {
            if (counters != null) {
                counters.fromContainer++;
            }
            return;
        }
        if (connection.role() == ConnectionRole.INTER_ROUTER) {
            return; // Counted where it entered the network.
        }
        totals.ingress++;
        if (counters != null) {
            counters.ingress++;
        }
        if (connection.isRouteContainer()) {
            totals.ingressRouteContainer++;
            if (counters != null) {
                counters.ingressRouteContainer++;
            }
        }
    }

    /** A copy left for a receiver here, or for another router. */
    void countOnward(Member member, @Nullable Address address) {
        if (!member.isNeighbor()) {
            countEgress(member, address);
            return;
        }
        totals.transit++;
        if (address != null) {
            address.counters().transit++;
        }
    }

    void countEgress(Member member, @Nullable Address address) {
        Connection connection = member.link().connection();
        AddressCounters counters = address == null ? null : address.counters();
        if (connection.isInProcess()) {
            if (counters != null) {
                counters.toContainer++;
            }
            return;
        }
        totals.egress++;
        if (counters != null) {
            counters.egress++;
        } else {
            member.countEgress();
        }
        if (connection.isRouteContainer()) {
            totals.egressRouteContainer++;
            if (counters != null) {
                counters.egressRouteContainer++;
            }
        }
    }
}
