// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

import io.linkspan.core.delivery.ToAnnotation;
import io.linkspan.core.exchange.Exchange;
import io.linkspan.core.link.OutboundLink;
import io.linkspan.core.mesh.RouterNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who gets what is sent to one address text: the exact record, if there is one, and the patterns that match.
 *
 * <p>An adaptor may keep a route as long as it likes: it refreshes itself when the table has changed since, which costs
 * one comparison otherwise, and it does not keep the address record alive. A delivery makes one copy for each of
 * {@link #copies}, one for each of {@link #shared} and one for the {@link #anycast} group. The copies that decide the
 * sender's outcome are the anycast one if there is that group, else the plain receivers of a multicast address by
 * default, else all (architecture, section 3).
 *
 * <p>Confined to the core's loop.
 */
public final class Route {

    /** {@link #way}: nobody. */
    public static final int NOWHERE = 0;

    /** {@link #way}: one copy. */
    public static final int ONE = 1;

    /** {@link #way}: several copies. */
    public static final int SEVERAL = 2;

    /** {@link #way}: through an exchange. */
    public static final int EXCHANGE = 3;

    /** {@link #way}: other routers have receivers too. */
    public static final int NETWORK = 4;

    /** {@link #way}: one copy or several, with the options of the address. */
    public static final int WITH_OPTIONS = 5;

    private static final Member[] NO_MEMBERS = {};
    private static final Group[] NO_GROUPS = {};

    private final AddressTable table;
    private final AddressKey key;
    private final Part part;
    private final String keyText;
    private long generation = -1;
    private long patternGeneration = -1;
    private int addressVersion;
    private @Nullable Address address;
    private boolean unavailable;
    private @Nullable Group anycast;
    private @Nullable Group composed;
    private Member[] copies = NO_MEMBERS;
    private int decidingCopies;
    private Group[] shared = NO_GROUPS;
    private boolean sharedDecide;
    private boolean allDecide;
    private int destinations;
    private @Nullable Remotes remotes;
    private @Nullable Remotes composedRemotes;
    private @Nullable TopicsBeyond beyond;
    private @Nullable Group queue;
    private Distribution distribution = Distribution.BALANCED;
    private @Nullable ToAnnotation annotation;
    private @Nullable Route fallback;
    private int way;
    private DeliveryOptions options = DeliveryOptions.NONE;

    Route(AddressTable table, AddressKey key, Part part) {
        this.table = table;
        this.key = key;
        this.part = part;
        this.keyText = key.toString();
    }

    /** The address this leads to. */
    public AddressKey key() {
        return key;
    }

    /** The key as management shows it. */
    public String keyText() {
        return keyText;
    }

    /** What router annotations say of a delivery on this route; null when the message itself must say it. */
    public @Nullable ToAnnotation annotation() {
        if (annotation == null && key.addressClass() == AddressClass.MOBILE) {
            annotation = ToAnnotation.of(key.text(), key.phase());
        }
        return annotation;
    }

    /** Brings the route up to date; cheap when nothing has changed. Everything below assumes it. */
    public void refresh() {
        if (generation != table.generation()) {
            resolve();
        }
    }

    /** The record of the address, or null. */
    public @Nullable Address address() {
        return address;
    }

    /** Whether deliveries are refused, since the distribution is {@code unavailable}. */
    public boolean isUnavailable() {
        return unavailable;
    }

    /** How many copies a delivery makes here; other routers' come to them. */
    public int destinations() {
        return destinations;
    }

    /** Whether a delivery would reach somebody, be it at the fallback: what gives senders credit. Refreshes. */
    public boolean isReachable() {
        return isReachableItself() || (fallback != null && fallback.isReachable());
    }

    /** Whether a delivery would reach somebody at this address itself. Refreshes. */
    public boolean isReachableItself() {
        refresh();
        return way != NOWHERE;
    }

    /** What the forwarder does with a delivery: one of the constants. */
    public int way() {
        return way;
    }

    /** What the address asks for. */
    public DeliveryOptions options() {
        return options;
    }

    /** The exchange at the address, or null. */
    public @Nullable Exchange exchange() {
        return address == null || !part.is(Part.Kind.EVERYBODY) ? null : address.exchange();
    }

    /** Where deliveries go that reach nobody here, or null (routing FBK-03). */
    public @Nullable Route fallback() {
        return fallback;
    }

    /** The group of which one member gets the delivery, or null. */
    public @Nullable Group anycast() {
        return anycast;
    }

    /** As {@link #anycast}, or without local members an empty group, when other routers take part in the choice. */
    public @Nullable Group queue() {
        return queue;
    }

    /** Those who always get a copy; the first {@link #decidingCopies} of them decide the outcome. */
    public Member[] copies() {
        return copies;
    }

    /** How many of {@link #copies} decide the outcome. */
    public int decidingCopies() {
        return decidingCopies;
    }

    /** The other routers that take part; null when there are none. */
    public @Nullable Remotes remotes() {
        return remotes;
    }

    /** What other routers have beside plain receivers; null when there is nothing. */
    public @Nullable TopicsBeyond beyond() {
        return beyond;
    }

    /** Whether other routers take part. */
    public boolean isNetwork() {
        return remotes != null || beyond != null;
    }

    /** Whether it leads to everybody who receives the address, and not to a part of them. */
    public boolean isForEverybody() {
        return part.is(Part.Kind.EVERYBODY);
    }

    /** Whether each receiver decides the outcome, since configuration treats all alike. */
    public boolean allDecide() {
        return allDecide;
    }

    /** Whether another router has told the plain key of the address. */
    public boolean hasPlainKey(RouterNode node) {
        return address != null
                && (address.remotes().contains(node) || address.away().has(node));
    }

    /** Whether a copy is for the common group alone, and further routers are to know that (architecture, section 3). */
    public boolean isCommonPart() {
        return part.is(Part.Kind.COMMON);
    }

    /** How the address spreads its deliveries. */
    public Distribution distribution() {
        return distribution;
    }

    /** The named groups, each of which gets a copy. */
    public Group[] shared() {
        return shared;
    }

    /** Whether the named groups decide the outcome too. */
    public boolean sharedDecide() {
        return sharedDecide;
    }

    private void resolve() {
        generation = table.generation();
        Address found = table.find(keyText);
        if (found == address
                && patternGeneration == table.patternGeneration()
                && (found == null || addressVersion == found.version())) {
            return; // The change was elsewhere.
        }
        patternGeneration = table.patternGeneration();
        address = found;
        addressVersion = found == null ? 0 : found.version();
        AddressEntity entity;
        Distribution.Cause cause;
        if (address != null) {
            entity = address.entity();
            distribution = address.distribution();
            cause = address.distributionCause();
        } else {
            entity = table.entityOf(key);
            distribution = table.distributionOf(key, entity);
            cause = table.causeOf(key, entity);
        }
        AddressKey other = part.hasCommon() ? AddressTable.fallbackOf(key, entity) : null;
        fallback = other == null ? null : table.route(other);
        boolean configured = cause == Distribution.Cause.CONFIGURED;
        unavailable = distribution == Distribution.UNAVAILABLE;
        boolean multicast = distribution == Distribution.MULTICAST || distribution == Distribution.FLOOD;
        allDecide = configured && multicast;

        List<Member> all = new ArrayList<>();
        Group one = null;
        remotes = null;
        int deciding = -1;
        boolean served = address != null && address.inProcess().size() > 0;
        if (address != null && part.hasCommon()) {
            if (multicast) {
                addAll(all, address.inProcess());
                addAll(all, address.common());
                if (!configured && !all.isEmpty()) {
                    deciding = all.size();
                }
            } else if (served) {
                one = address.inProcess();
            } else if (address.common().size() > 0) {
                one = address.common();
            }
            if (!address.remotes().isEmpty() && (multicast || !served)) {
                remotes = address.remotes();
            }
        }
        AddressEntity covering = configured && !multicast ? entity : null;
        TopicReceivers topics = topics(covering, entity);
        List<Group> groups = List.of();
        beyond = null;
        if (covering != null) {
            List<Member> queued = part.hasCommon() ? topics.members() : List.of();
            one = queued.isEmpty() ? one : composed(one, queued, distribution);
            if (part.hasCommon() && !served && !topics.away().isEmpty()) {
                remotes = inQueue(remotes, topics.away());
                beyond = new TopicsBeyond(key, List.of(), List.of(), List.of(), topics.away());
            }
        } else {
            all.addAll(part.hasTopics() ? topics.alone() : List.of());
            groups = groups(topics);
            beyond = topics.away().isEmpty() ? null : beyond(topics);
        }
        if (part.here()) {
            remotes = null;
            beyond = null;
        }
        boolean anycastDecides = one != null;
        anycast = one;
        copies = mergedByLink(all, Math.max(deciding, 0));
        decidingCopies = anycastDecides ? 0 : deciding >= 0 ? Math.min(deciding, copies.length) : copies.length;
        shared = groups.toArray(NO_GROUPS);
        sharedDecide = !anycastDecides && deciding < 0;
        destinations = (one != null ? 1 : 0) + copies.length + shared.length;
        queue = one == null && remotes != null && !multicast
                ? address == null ? composed(null, List.of(), distribution) : address.common()
                : one;
        options = entity == null ? DeliveryOptions.NONE : entity.options();
        boolean plain = options.isNone() || destinations == 0;
        if (exchange() != null) {
            way = EXCHANGE;
        } else if (isNetwork()) {
            way = NETWORK; // With the options for what stays here; other routers look after their own receivers.
        } else {
            way = plain ? Math.min(destinations, SEVERAL) : WITH_OPTIONS;
        }
    }

    /** Those who get copies of their own, or take part in the queue that {@code covering} makes of the address. */
    private TopicReceivers topics(@Nullable AddressEntity covering, @Nullable AddressEntity entity) {
        TopicReceivers topics = new TopicReceivers(key);
        if (address != null) {
            topics.add(address);
        }
        if (!unavailable && table.patternsMayMatch(key, address, entity)) {
            table.matchPatterns(key.text(), filter -> {
                // A queue's deliveries do not go to those who look at more than the queue.
                if (covering == null || filter.containedIn(covering)) {
                    topics.add(filter);
                }
            });
        }
        return topics;
    }

    private List<Group> groups(TopicReceivers topics) {
        String share = part.share();
        if (share != null) {
            Group group = topics.group(share, part.pattern());
            boolean here = part.here() || topics.choice(share, part.pattern()) == null;
            return group == null || !here ? List.of() : List.of(group);
        }
        return part.is(Part.Kind.EVERYBODY) ? topics.localGroups() : List.of();
    }

    private TopicsBeyond beyond(TopicReceivers topics) {
        String share = part.share();
        SharedChoice one = share == null ? null : topics.choice(share, part.pattern());
        return new TopicsBeyond(
                key,
                part.hasTopics() ? topics.aloneAway() : List.of(),
                isForEverybody() ? topics.plainAway() : List.of(),
                isForEverybody() ? topics.choices() : one == null ? List.of() : List.of(one),
                topics.away());
    }

    /** The routers that have the address and those whose patterns take part in the queue. */
    private Remotes inQueue(@Nullable Remotes exact, Collection<RouterNode> more) {
        if (composedRemotes == null) {
            composedRemotes = new Remotes();
        }
        composedRemotes.become(exact, more);
        return composedRemotes;
    }

    /** Members of the exact address and of patterns in one queue. */
    private Group composed(@Nullable Group exact, List<Member> queued, Distribution distribution) {
        if (exact != null) {
            List<Member> everybody = new ArrayList<>(exact.size() + queued.size());
            addAll(everybody, exact);
            everybody.addAll(queued);
            queued = everybody;
        }
        if (composed == null) {
            composed = new Group(distribution);
        }
        composed.become(queued);
        return composed;
    }

    private static void addAll(List<Member> members, Group group) {
        for (int i = 0; i < group.size(); i++) {
            members.add(group.get(i));
        }
    }

    /** A link that is reached through several subscriptions gets one copy that names them all. */
    private static Member[] mergedByLink(List<Member> members, int deciding) {
        IdentityHashMap<OutboundLink, Integer> places = null;
        List<Member> merged = null;
        for (int i = 0; i < members.size(); i++) {
            Member member = members.get(i);
            Integer place = null;
            if (member.link().subscriptionCount() > 1) {
                if (places == null) {
                    places = new IdentityHashMap<>();
                }
                place = places.putIfAbsent(member.link(), merged == null ? i : merged.size());
            }
            if (place == null) {
                if (merged != null) {
                    merged.add(member);
                }
                continue;
            }
            if (merged == null) {
                merged = new ArrayList<>(members.subList(0, i));
            }
            Member first = merged.get(place);
            List<Subscription> both = new ArrayList<>(first.subscriptions());
            both.addAll(member.subscriptions());
            merged.set(place, new Member(first.link(), both));
        }
        if (deciding > members.size()) {
            throw new IllegalStateException("deciding " + deciding + " of " + members.size());
        }
        return (merged == null ? members : merged).toArray(NO_MEMBERS);
    }
}
