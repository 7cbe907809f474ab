// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.forward;

import io.linkspan.core.RouterCore;
import io.linkspan.core.address.Group;
import io.linkspan.core.address.Member;
import io.linkspan.core.address.NeighborLoad;
import io.linkspan.core.address.Remotes;
import io.linkspan.core.address.Route;
import io.linkspan.core.delivery.Content;
import io.linkspan.core.delivery.Origin;
import io.linkspan.core.link.InboundLink;
import io.linkspan.core.link.OutboundLink;
import io.linkspan.core.mesh.Mesh;
import io.linkspan.core.message.RouterAnnotations;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The way of deliveries whose address has receivers at other routers too. Routing, chapter 3; inter-router protocol,
 * section 9; ADR 0013.
 *
 * <p>A neighbour's link is an outbound link as any other; what is different is the choice: by cost and by what is out
 * already for one copy, by next hop for many. What a copy is for (the common group, those who get copies of their own, a
 * member of a shared group) is decided where the message enters the network, and each copy between routers says it in its
 * address. Confined to the core's loop.
 */
final class NetworkForwarder {

    private final RouterCore core;
    private final Forwarder forwarder;
    private final OptionForwarder options;
    private final NetworkChoice choice;
    private final ArrayDeque<NetworkCopies> spare = new ArrayDeque<>();

    NetworkForwarder(RouterCore core, Forwarder forwarder, OptionForwarder options, Mesh mesh) {
        this.core = core;
        this.forwarder = forwarder;
        this.options = options;
        this.choice = new NetworkChoice(mesh);
    }

    void forward(InboundLink in, Route route, Content content, int key, boolean settled) {
        RouterAnnotations keys = content.hasRouterKeys() ? in.routerKeys() : null;
        Group group = route.queue();
        Remotes remotes = route.remotes();
        boolean toOne = route.beyond() == null && route.copies().length == 0 && route.shared().length == 0;
        if (toOne && group != null && remotes != null) {
            toOne(in, route, remotes, group, content, keys, key, settled);
            return;
        }
        // Receivers may answer at once and so come back here: each call has copies of its own.
        NetworkCopies copies = spare.isEmpty() ? new NetworkCopies() : spare.pop();
        try {
            choice.gather(in.connection(), route, content, keys, settled, copies);
            toAll(in, route, copies, content, key, settled);
        } finally {
            copies.clear();
            spare.push(copies);
        }
    }

    /** Those who get a settled copy of a message whose way begins here, receivers and neighbours (routing EXC-03). */
    void eachMember(Route route, Content content, Consumer<Member> taker) {
        NetworkCopies copies = new NetworkCopies();
        choice.gather(null, route, content, null, true, copies);
        for (int i = 0; i < copies.size(); i++) {
            copies.address(i, content);
            taker.accept(copies.member(i));
        }
    }

    /** One copy to a receiver here or elsewhere, as {@link OutboundLink#offer}; refused when there is no way. */
    int offerToOne(InboundLink in, Route route, Content content, int key, boolean settled) {
        Group group = route.queue();
        Remotes remotes = route.remotes();
        RouterAnnotations keys = content.hasRouterKeys() ? in.routerKeys() : null;
        Member member = group == null || remotes == null ? null : choice.pick(route, remotes, group, content, keys);
        if (member == null || remotes == null) {
            return OutboundLink.REFUSED;
        }
        NeighborLoad load = settled || !member.isNeighbor() ? null : remotes.chosenLoad();
        return offer(member, load, route, content, in, key, settled);
    }

    private void toOne(
            InboundLink in,
            Route route,
            Remotes remotes,
            Group group,
            Content content,
            @Nullable RouterAnnotations keys,
            int key,
            boolean settled) {
        Member member = choice.pick(route, remotes, group, content, keys);
        if (member == null) {
            forwarder.undeliverable(in, route, content, key, settled);
            return;
        }
        if (route.isCommonPart() && member.isNeighbor()) {
            content.annotatedTo(choice.commonPart(route, remotes.chosen(), content, true));
        }
        NeighborLoad load = settled || !member.isNeighbor() ? null : remotes.chosenLoad();
        offerOnly(in, route, member, load, content, key, settled);
    }

    /** The only copy; for a receiver of this router with what its address asks for. */
    private void offerOnly(
            InboundLink in,
            Route route,
            Member member,
            @Nullable NeighborLoad load,
            Content content,
            int key,
            boolean settled) {
        boolean asked = in.resendsReleased() || !route.options().isNone();
        if (asked && !settled && !member.isNeighbor()) {
            options.toOne(in, route, member, content, key, options.expiry(route, content));
        } else {
            offerOne(in, route, member, load, content, key, settled);
        }
    }

    private void offerOne(
            InboundLink in,
            Route route,
            Member member,
            @Nullable NeighborLoad load,
            Content content,
            int key,
            boolean settled) {
        int result = offer(member, load, route, content, in, key, settled);
        if (result != OutboundLink.REFUSED) {
            forwarder.countIngress(in, route.address());
        }
        if (result == OutboundLink.REFUSED) {
            forwarder.undeliverable(in, route, content, key, settled);
        } else if (settled && result != OutboundLink.WAITING) {
            in.handedOver(key);
        }
    }

    private int offer(
            Member member,
            @Nullable NeighborLoad load,
            Route route,
            Content content,
            Origin origin,
            int key,
            boolean settled) {
        Origin from = load == null ? origin : load.counted(origin);
        int result = member.link().offer(content, member, from, key, settled);
        if (settled) {
            forwarder.expire(route, member, content, result);
        }
        if (result != OutboundLink.REFUSED) {
            forwarder.countOnward(member, route.address());
        } else if (load != null) {
            load.uncounted(from);
        }
        return result;
    }

    private void toAll(InboundLink in, Route route, NetworkCopies copies, Content content, int key, boolean settled) {
        int count = copies.size();
        if (count == 0) {
            forwarder.undeliverable(in, route, content, key, settled);
            return;
        }
        if (count == 1) {
            copies.address(0, content);
            offerOnly(in, route, copies.member(0), settled ? null : copies.load(0), content, key, settled);
            return;
        }
        forwarder.countIngress(in, route.address());
        if (settled) {
            int waiting = 0;
            for (int i = 0; i < count; i++) {
                copies.address(i, content);
                int result = offer(copies.member(i), null, route, content, in, key, true);
                waiting += result == OutboundLink.WAITING ? 1 : 0;
            }
            in.copiesWait(waiting);
            return;
        }
        FanOut fanOut = forwarder.fanOut(count);
        fanOut.begin(in, key, core.tick(), copies.deciding());
        in.forwarded(key, fanOut, fanOut.serial());
        for (int i = 0; i < count; i++) {
            copies.address(i, content);
            copy(copies.member(i), copies.load(i), route, content, fanOut, copies.decides(i));
        }
        fanOut.sealed();
    }

    private void copy(
            Member member, @Nullable NeighborLoad load, Route route, Content content, FanOut fanOut, boolean decides) {
        int index = fanOut.add(decides, member.link().contributes(member));
        int result;
        if (route.options().isNone() || member.isNeighbor()) {
            result = offer(member, load, route, content, fanOut, index, false);
        } else {
            result = options.copy(route, member, content, fanOut, index, options.expiry(route, content));
            if (result != OutboundLink.REFUSED) {
                forwarder.countEgress(member, route.address());
            }
        }
        if (result == OutboundLink.REFUSED) {
            fanOut.withdraw(index);
        }
    }
}
