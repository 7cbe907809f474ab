// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.forward;

import io.linkspan.core.address.Address;
import io.linkspan.core.address.Distribution;
import io.linkspan.core.address.Group;
import io.linkspan.core.address.Member;
import io.linkspan.core.address.Remotes;
import io.linkspan.core.address.Route;
import io.linkspan.core.address.SharedChoice;
import io.linkspan.core.address.TopicsBeyond;
import io.linkspan.core.connection.Connection;
import io.linkspan.core.connection.ConnectionRole;
import io.linkspan.core.delivery.Content;
import io.linkspan.core.delivery.ToAnnotation;
import io.linkspan.core.mesh.Mesh;
import io.linkspan.core.mesh.Neighbor;
import io.linkspan.core.mesh.RouterNode;
import io.linkspan.core.message.RouterAnnotations;
import io.linkspan.mesh.path.RouteTable;
import org.jspecify.annotations.Nullable;

/**
 * Who gets a delivery whose address has receivers at other routers too, and what each copy says it is for (ADR 0013).
 *
 * <p>Where a message enters the network all is decided: one of the common group, one member of each shared group, all who
 * stand alone. A copy from a Linkspan router says which of these it is for; a copy that says nothing comes from a router of
 * another product and is for everybody here, and goes on by plain keys alone. Confined to the core's loop.
 */
final class NetworkChoice {

    private final Mesh mesh;

    NetworkChoice(Mesh mesh) {
        this.mesh = mesh;
    }

    /** A receiver of this router, or a neighbour's link; null when there is no way. */
    @Nullable
    Member pick(Route route, Remotes remotes, Group group, Content content, @Nullable RouterAnnotations keys) {
        int origin = mesh.origin(keys);
        Member local = group.pick(remotes, mesh, origin == RouteTable.UNKNOWN ? RouteTable.SELF : origin);
        if (local != null) {
            return local;
        }
        Neighbor hop = hop(remotes.chosen());
        return hop == null ? null : hop.linkFor(content, priority(route, content));
    }

    private static @Nullable Neighbor hop(@Nullable RouterNode node) {
        return node == null ? null : node.nextHop();
    }

    private static int priority(Route route, Content content) {
        Address address = route.address();
        return address != null && address.priority() >= 0 ? address.priority() : content.priority();
    }

    /**
     * All copies of a delivery.
     *
     * @param from where it came from; null when its way begins here
     * @param keys the routers' keys of the message, or null
     */
    void gather(
            @Nullable Connection from,
            Route route,
            Content content,
            @Nullable RouterAnnotations keys,
            boolean settled,
            NetworkCopies copies) {
        boolean passing = isRouter(from);
        Remotes remotes = route.remotes();
        Group group = route.queue();
        boolean goesOn = mayGoOn(route, keys);
        long round = 0;
        if (group != null) {
            toOne(route, remotes, group, content, keys, settled, passing, copies);
        } else if (remotes != null && goesOn) {
            round = mesh.newRound(keys);
            toEachHop(from, route, remotes.nodes(), content, keys, round, true, copies);
        }
        int plain = round == 0 ? 0 : copies.size();
        // Where there is a common group, its outcome alone counts (architecture, section 3).
        boolean topicsDecide = route.sharedDecide() && (copies.size() == 0 || route.allDecide());
        Member[] members = route.copies();
        for (int i = 0; i < members.length; i++) {
            boolean decides = route.sharedDecide() ? topicsDecide : i < route.decidingCopies();
            copies.add(members[i], null, content.annotatedTo(), decides);
        }
        for (Group shared : route.shared()) {
            copies.add(shared.pick(settled), null, content.annotatedTo(), topicsDecide);
        }
        TopicsBeyond beyond = route.beyond();
        if (beyond == null) {
            return;
        }
        boolean forEverybody = passing && route.isForEverybody();
        for (SharedChoice shared : beyond.shared()) {
            toShared(shared, route, content, keys, settled, passing, forEverybody, topicsDecide, copies);
        }
        if (!forEverybody && goesOn) {
            toTopics(from, route, beyond, content, keys, plain, passing, topicsDecide, copies);
        } else if (goesOn && beyond.plainNodes().length > 0) {
            long same = round == 0 ? mesh.newRound(keys) : round;
            toEachHop(from, route, beyond.plainNodes(), content, keys, same, topicsDecide, copies);
        }
    }

    /** What the copies of a message for the same receivers have in common. */
    private long number(boolean passing, @Nullable RouterAnnotations keys) {
        if (!passing) {
            return mesh.nextCopyNumber();
        }
        return keys == null ? 0 : keys.copy();
    }

    private static boolean isRouter(@Nullable Connection from) {
        return from != null && from.role() == ConnectionRole.INTER_ROUTER;
    }

    /** A copy for many goes on unless it comes from this router or one that is not known; a flood always. */
    private boolean mayGoOn(Route route, @Nullable RouterAnnotations keys) {
        boolean fromNetwork = keys != null && keys.ingress() >= 0;
        return !fromNetwork || route.distribution() == Distribution.FLOOD || mesh.origin(keys) > RouteTable.SELF;
    }

    // ---- the common group ----------------------------------------------------------------------------------------

    private void toOne(
            Route route,
            @Nullable Remotes remotes,
            Group group,
            Content content,
            @Nullable RouterAnnotations keys,
            boolean settled,
            boolean passing,
            NetworkCopies copies) {
        Member one = remotes == null ? group.pick(settled) : pick(route, remotes, group, content, keys);
        if (one == null) {
            return;
        }
        if (remotes == null || !one.isNeighbor()) {
            copies.add(one, null, content.annotatedTo(), true);
            return;
        }
        ToAnnotation to = commonPart(route, remotes.chosen(), content, passing);
        copies.add(one, settled ? null : remotes.chosenLoad(), to, true);
    }

    /** One copy for each next hop with a plain key behind it (routing DST-30 to DST-32). */
    private void toEachHop(
            @Nullable Connection from,
            Route route,
            RouterNode[] nodes,
            Content content,
            @Nullable RouterAnnotations keys,
            long round,
            boolean decides,
            NetworkCopies copies) {
        boolean flood = route.distribution() == Distribution.FLOOD;
        boolean passing = isRouter(from);
        long number = number(passing, keys);
        int origin = mesh.origin(keys);
        int priority = priority(route, content);
        for (RouterNode node : nodes) {
            Neighbor hop = node.nextHop();
            if (hop == null || hop.connection() == from || !(flood || mesh.isValid(origin, node))) {
                continue;
            }
            if (hop.mark(round)) {
                add(hop, plainPart(route, hop, content, passing), number, content, priority, decides, copies);
            }
        }
    }

    /** What a copy by plain keys says to the next router. */
    private static @Nullable ToAnnotation plainPart(Route route, Neighbor hop, Content content, boolean passing) {
        TopicsBeyond beyond = route.beyond();
        if (route.isCommonPart()) {
            return hop.isLinkspan() ? content.annotatedTo() : route.annotation();
        }
        if (passing || beyond == null || !beyond.hasReceivers() || !hop.isLinkspan()) {
            return content.annotatedTo();
        }
        return beyond.common();
    }

    /**
     * What a copy for one router's share of the common group says to the next one. Behind a neighbour that is not Linkspan
     * it names that router, if that is known to understand it: the neighbour would take it for everybody's.
     */
    @Nullable
    ToAnnotation commonPart(Route route, @Nullable RouterNode chosen, Content content, boolean passing) {
        Neighbor hop = hop(chosen);
        if (chosen == null || hop == null) {
            return content.annotatedTo();
        }
        TopicsBeyond beyond = route.beyond();
        ToAnnotation there = null;
        if (beyond != null && !hop.isLinkspan() && (!passing || route.isCommonPart() || !beyond.hasReceivers())) {
            there = beyond.commonAt(chosen);
        }
        return there != null ? there : plainPart(route, hop, content, passing);
    }

    // ---- those who get copies of their own -----------------------------------------------------------------------

    private void toShared(
            SharedChoice shared,
            Route route,
            Content content,
            @Nullable RouterAnnotations keys,
            boolean settled,
            boolean passing,
            boolean onlyHere,
            boolean decides,
            NetworkCopies copies) {
        Group local = shared.local();
        if (onlyHere) {
            if (local.size() > 0) {
                copies.add(local.pick(settled), null, content.annotatedTo(), decides);
            }
            return;
        }
        Remotes remotes = shared.remotes();
        Member member = pick(route, remotes, local, content, keys);
        if (member == null) {
            return;
        }
        RouterNode chosen = remotes.chosen();
        Neighbor hop = hop(chosen);
        if (!member.isNeighbor() || chosen == null || hop == null) {
            copies.add(member, null, content.annotatedTo(), decides);
            return;
        }
        ToAnnotation onward = passing ? content.annotatedTo() : shared.onward();
        ToAnnotation to = hop.isLinkspan() ? onward : shared.at(chosen);
        copies.add(member, settled ? null : remotes.chosenLoad(), to, decides);
    }

    /**
     * One copy for each next hop that is Linkspan; behind another one for each router, which the copy names.
     *
     * @param plain how many of the copies so far go by plain keys to many
     */
    private void toTopics(
            @Nullable Connection from,
            Route route,
            TopicsBeyond beyond,
            Content content,
            @Nullable RouterAnnotations keys,
            int plain,
            boolean passing,
            boolean decides,
            NetworkCopies copies) {
        RouterNode[] nodes = beyond.nodes();
        if (nodes.length == 0) {
            return;
        }
        long round = mesh.newRound(keys);
        long number = number(passing, keys);
        int origin = mesh.origin(keys);
        int priority = priority(route, content);
        ToAnnotation onward = passing ? content.annotatedTo() : beyond.topics();
        for (RouterNode node : nodes) {
            Neighbor hop = node.nextHop();
            if (hop == null || hop.connection() == from || !mesh.isValid(origin, node)) {
                continue;
            }
            if (hop.isLinkspan()) {
                if (hop.mark(round)) {
                    add(hop, onward, number, content, priority, decides, copies);
                }
            } else if (!hop.isMarked(round) && !isServed(node, hop, route, copies, plain)) {
                add(hop, beyond.topicsAt(node), 0, content, priority, decides, copies);
            }
        }
    }

    /** Whether a multicast copy, by the plain key, reaches the router through a neighbour that is not Linkspan. */
    private static boolean isServed(RouterNode node, Neighbor hop, Route route, NetworkCopies copies, int plain) {
        return plain > 0 && route.hasPlainKey(node) && copies.go(hop.connection(), plain);
    }

    private static void add(
            Neighbor hop,
            @Nullable ToAnnotation to,
            long number,
            Content content,
            int priority,
            boolean decides,
            NetworkCopies copies) {
        Member link = hop.linkFor(content, priority);
        if (link != null) {
            copies.add(link, null, to, number, decides);
        }
    }
}
