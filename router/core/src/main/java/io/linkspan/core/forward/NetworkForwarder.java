// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.forward;

import io.linkspan.core.RouterCore;
import io.linkspan.core.address.Address;
import io.linkspan.core.address.Distribution;
import io.linkspan.core.address.Group;
import io.linkspan.core.address.Member;
import io.linkspan.core.address.NeighborLoad;
import io.linkspan.core.address.Remotes;
import io.linkspan.core.address.Route;
import io.linkspan.core.connection.Connection;
import io.linkspan.core.delivery.Content;
import io.linkspan.core.delivery.Origin;
import io.linkspan.core.link.InboundLink;
import io.linkspan.core.link.OutboundLink;
import io.linkspan.core.mesh.Mesh;
import io.linkspan.core.mesh.Neighbor;
import io.linkspan.core.mesh.RouterNode;
import io.linkspan.core.message.RouterAnnotations;
import io.linkspan.mesh.path.RouteTable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The way of deliveries whose address other routers have too. Routing, chapter 3; inter-router protocol, section 9.
 *
 * <p>A neighbour's link is an outbound link as any other; what is different is the choice: by cost and by what is out
 * already for one copy, by next hop for many. Confined to the core's loop.
 */
final class NetworkForwarder {

    private final RouterCore core;
    private final Forwarder forwarder;
    private final OptionForwarder options;
    private final Mesh mesh;
    private final ArrayDeque<List<Member>> spareLists = new ArrayDeque<>();

    NetworkForwarder(RouterCore core, Forwarder forwarder, OptionForwarder options, Mesh mesh) {
        this.core = core;
        this.forwarder = forwarder;
        this.options = options;
        this.mesh = mesh;
    }

    void forward(InboundLink in, Route route, Content content, int key, boolean settled) {
        RouterAnnotations keys = content.hasRouterKeys() ? in.routerKeys() : null;
        Remotes remotes = remotes(route);
        Group group = route.queue();
        if (group != null && route.copies().length == 0 && route.shared().length == 0) {
            toOne(in, route, remotes, group, content, keys, key, settled);
            return;
        }
        // Receivers may answer at once and so come back here: each call has a list of its own.
        List<Member> beyond = spareLists.isEmpty() ? new ArrayList<>() : spareLists.pop();
        try {
            Member one = null;
            NeighborLoad load = null;
            if (group != null) {
                one = pick(route, remotes, group, content, keys);
                load = one != null && one.isNeighbor() ? remotes.chosenLoad() : null;
            } else {
                gather(in.connection(), route, remotes, content, keys, beyond);
            }
            toMany(in, route, one, load, beyond, content, key, settled);
        } finally {
            beyond.clear();
            spareLists.push(beyond);
        }
    }

    /** Those who get a settled copy of a message whose way begins here, receivers and neighbours (routing EXC-03). */
    void eachMember(Route route, Content content, Consumer<Member> taker) {
        Remotes remotes = remotes(route);
        Group group = route.queue();
        if (group != null) {
            Member one = pick(route, remotes, group, content, null);
            if (one != null) {
                taker.accept(one);
            }
        } else {
            List<Member> beyond = new ArrayList<>();
            gather(null, route, remotes, content, null, beyond);
            beyond.forEach(taker);
        }
        for (Member member : route.copies()) {
            taker.accept(member);
        }
        for (Group shared : route.shared()) {
            taker.accept(shared.pick(true));
        }
    }

    private static Remotes remotes(Route route) {
        Remotes remotes = route.remotes();
        if (remotes == null) {
            throw new IllegalStateException("no other router has " + route.keyText());
        }
        return remotes;
    }

    /** One copy to a receiver here or elsewhere, as {@link OutboundLink#offer}; refused when there is no way. */
    int offerToOne(InboundLink in, Route route, Content content, int key, boolean settled) {
        Group group = route.queue();
        Remotes remotes = remotes(route);
        Member member = group == null
                ? null
                : pick(route, remotes, group, content, content.hasRouterKeys() ? in.routerKeys() : null);
        NeighborLoad load = member == null || settled || !member.isNeighbor() ? null : remotes.chosenLoad();
        return member == null ? OutboundLink.REFUSED : offer(member, load, route, content, in, key, settled);
    }

    /** A receiver of this router, or a neighbour's link; null when there is no way. */
    private @Nullable Member pick(
            Route route, Remotes remotes, Group group, Content content, @Nullable RouterAnnotations keys) {
        int origin = mesh.origin(keys);
        Member local = group.pick(remotes, mesh, origin == RouteTable.UNKNOWN ? RouteTable.SELF : origin);
        if (local != null) {
            return local;
        }
        RouterNode node = remotes.chosen();
        Neighbor hop = node == null ? null : node.nextHop();
        return hop == null ? null : hop.linkFor(content, priority(route, content));
    }

    private static int priority(Route route, Content content) {
        Address address = route.address();
        return address != null && address.priority() >= 0 ? address.priority() : content.priority();
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
        Member member = pick(route, remotes, group, content, keys);
        if (member == null) {
            forwarder.undeliverable(in, route, content, key, settled);
            return;
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

    /** The neighbours that get a copy: one for each next hop with a receiver behind it (routing DST-30 to DST-32). */
    private void gather(
            @Nullable Connection from,
            Route route,
            Remotes remotes,
            Content content,
            @Nullable RouterAnnotations keys,
            List<Member> beyond) {
        boolean flood = route.distribution() == Distribution.FLOOD;
        int origin = mesh.origin(keys);
        boolean fromNetwork = keys != null && keys.ingress() >= 0;
        if (!flood && fromNetwork && origin <= RouteTable.SELF) {
            return;
        }
        long round = mesh.newRound(keys);
        int priority = priority(route, content);
        for (RouterNode node : remotes.nodes()) {
            Neighbor hop = node.nextHop();
            if (hop == null || hop.connection() == from || !(flood || mesh.isValid(origin, node))) {
                continue;
            }
            if (hop.mark(round)) {
                Member link = hop.linkFor(content, priority);
                if (link != null) {
                    beyond.add(link);
                }
            }
        }
    }

    private void toMany(
            InboundLink in,
            Route route,
            @Nullable Member one,
            @Nullable NeighborLoad load,
            List<Member> beyond,
            Content content,
            int key,
            boolean settled) {
        Member[] copies = route.copies();
        Group[] shared = route.shared();
        int total = (one == null ? 0 : 1) + beyond.size() + copies.length + shared.length;
        if (total == 0) {
            forwarder.undeliverable(in, route, content, key, settled);
            return;
        }
        if (total == 1 && shared.length == 0) {
            Member only = one != null ? one : beyond.isEmpty() ? copies[0] : beyond.get(0);
            offerOnly(in, route, only, settled ? null : load, content, key, settled);
            return;
        }
        forwarder.countIngress(in, route.address());
        if (settled) {
            int waiting = one == null ? 0 : waits(offer(one, null, route, content, in, key, true));
            for (Member member : beyond) {
                waiting += waits(offer(member, null, route, content, in, key, true));
            }
            for (Member member : copies) {
                waiting += waits(offer(member, null, route, content, in, key, true));
            }
            for (Group group : shared) {
                waiting += waits(offer(group.pick(true), null, route, content, in, key, true));
            }
            in.copiesWait(waiting);
        } else {
            FanOut fanOut = forwarder.fanOut(total);
            int decidingCopies = route.decidingCopies();
            boolean sharedDecide = route.sharedDecide();
            int deciding = (one == null ? 0 : 1) + beyond.size() + decidingCopies + (sharedDecide ? shared.length : 0);
            fanOut.begin(in, key, core.tick(), deciding);
            in.forwarded(key, fanOut, fanOut.serial());
            if (one != null) {
                copy(one, load, route, content, fanOut, true);
            }
            for (Member member : beyond) {
                copy(member, null, route, content, fanOut, true);
            }
            for (int i = 0; i < copies.length; i++) {
                copy(copies[i], null, route, content, fanOut, i < decidingCopies);
            }
            for (Group group : shared) {
                copy(group.pick(false), null, route, content, fanOut, sharedDecide);
            }
            fanOut.sealed();
        }
    }

    private static int waits(int result) {
        return result == OutboundLink.WAITING ? 1 : 0;
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
