// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

import io.linkspan.core.delivery.ToAnnotation;
import io.linkspan.core.exchange.Exchange;
import io.linkspan.core.link.OutboundLink;
import java.util.ArrayList;
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

    /** {@link #way}: other routers have the address too. */
    public static final int NETWORK = 4;

    /** {@link #way}: one copy or several, with the options of the address. */
    public static final int WITH_OPTIONS = 5;

    private static final Member[] NO_MEMBERS = {};
    private static final Group[] NO_GROUPS = {};

    private final AddressTable table;
    private final AddressKey key;
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
    private int destinations;
    private @Nullable Remotes remotes;
    private @Nullable Group queue;
    private Distribution distribution = Distribution.BALANCED;
    private @Nullable ToAnnotation annotation;
    private @Nullable Route fallback;
    private int way;
    private DeliveryOptions options = DeliveryOptions.NONE;

    Route(AddressTable table, AddressKey key) {
        this.table = table;
        this.key = key;
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
        refresh();
        return way != NOWHERE || (fallback != null && fallback.isReachable());
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
        return address == null ? null : address.exchange();
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
        AddressKey other = AddressTable.fallbackOf(key, entity);
        fallback = other == null ? null : table.route(other);
        boolean configured = cause == Distribution.Cause.CONFIGURED;
        unavailable = distribution == Distribution.UNAVAILABLE;
        boolean multicast = distribution == Distribution.MULTICAST || distribution == Distribution.FLOOD;

        List<Member> all = new ArrayList<>();
        List<Group> groups = new ArrayList<>();
        Group one = null;
        remotes = null;
        int deciding = -1;
        if (address != null) {
            if (multicast) {
                addAll(all, address.inProcess());
                addAll(all, address.common());
                if (!configured && !all.isEmpty()) {
                    deciding = all.size();
                }
            } else if (address.inProcess().size() > 0) {
                one = address.inProcess();
            } else if (address.common().size() > 0) {
                one = address.common();
            }
            if (!address.remotes().isEmpty()
                    && (multicast || address.inProcess().size() == 0)) {
                remotes = address.remotes();
            }
            all.addAll(address.alone());
            groups.addAll(address.shared().values());
        }
        if (!unavailable && table.patternsMayMatch(key, address, entity)) {
            boolean queue = configured && !multicast;
            List<Member> queued = new ArrayList<>();
            AddressEntity covering = queue ? entity : null;
            table.matchPatterns(key.text(), filter -> {
                if (covering == null) {
                    addAlone(all, filter);
                } else if (filter.containedIn(covering)) {
                    addAlone(queued, filter);
                } else {
                    return; // A queue's deliveries do not go to those who look at more than the queue.
                }
                for (Group group : filter.shared().values()) {
                    if (!group.get(0).subscriptions().get(0).matchesDollar(key.text())) {
                        continue;
                    }
                    if (covering == null) {
                        groups.add(group);
                    } else {
                        addAll(queued, group);
                    }
                }
            });
            if (!queued.isEmpty()) {
                one = composed(one, queued, distribution);
            }
        }
        boolean anycastDecides = one != null;
        anycast = one;
        copies = mergedByLink(all, Math.max(deciding, 0));
        decidingCopies = anycastDecides ? 0 : deciding >= 0 ? Math.min(deciding, copies.length) : copies.length;
        shared = groups.toArray(NO_GROUPS);
        sharedDecide = !anycastDecides && deciding < 0;
        destinations = (one != null ? 1 : 0) + copies.length + shared.length;
        queue = one == null && remotes != null && !multicast && address != null ? address.common() : one;
        options = entity == null ? DeliveryOptions.NONE : entity.options();
        boolean plain = options.isNone() || destinations == 0;
        if (exchange() != null) {
            way = EXCHANGE;
        } else if (remotes != null) {
            way = NETWORK; // With the options for what stays here; other routers look after their own receivers.
        } else {
            way = plain ? Math.min(destinations, SEVERAL) : WITH_OPTIONS;
        }
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

    private void addAlone(List<Member> members, Filter filter) {
        for (Member member : filter.alone()) {
            if (member.subscriptions().get(0).matchesDollar(key.text())) {
                members.add(member);
            }
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
