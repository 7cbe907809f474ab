// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

import io.linkspan.core.CoreEvents;
import io.linkspan.core.exchange.Exchange;
import io.linkspan.core.link.InboundLink;
import io.linkspan.core.link.OutboundLink;
import io.linkspan.core.mesh.RouterNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Every address this router knows: exact records by key, patterns beside them, and the configuration entities.
 *
 * <p>{@link #generation} moves with every change; a {@link Route} resolves itself again when it sees a new one. An
 * address with senders and without destination is <i>starved</i>: it is indexed by its levels, so that the first
 * pattern that matches it finds it and gives its senders the credit they are owed (routing CRD-09).
 *
 * <p>Confined to the core's loop.
 */
public final class AddressTable {

    /** Routes to address texts that are kept for later deliveries; the least recently used one goes first. */
    public static final int MAX_CACHED_ROUTES = 10_000;

    private final Distribution defaultDistribution;
    private final CoreEvents events;
    private final AddressEntities entities = new AddressEntities();
    private final Map<String, Address> exact = new LinkedHashMap<>();
    private final Map<PatternSyntax, PatternTrie<Filter>> tries = new LinkedHashMap<>();
    private final Map<Pattern, Filter> filters = new LinkedHashMap<>();
    private final Set<Address> starved = new LinkedHashSet<>();
    private final Map<PatternSyntax, AddressIndex> starvedByLevels = new LinkedHashMap<>();
    private final Map<String, Route> routes = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Route> eldest) {
            return size() > MAX_CACHED_ROUTES;
        }
    };
    private Announcements announcements = Announcements.NONE;
    private long generation;
    private long patternGeneration;

    /** Where it goes who receives at this router. */
    public interface Announcements {

        /** There is no network. */
        Announcements NONE = new Announcements() {
            @Override
            public void announce(Address address, boolean there) {}

            @Override
            public void announceTopics(String key, boolean there) {}
        };

        /** An address has got its first receiver here, or has lost its last. */
        void announce(Address address, boolean there);

        /** A private key, for Linkspan routers alone, has come or gone. */
        void announceTopics(String key, boolean there);
    }

    /** An empty table. */
    public AddressTable(Distribution defaultDistribution, CoreEvents events) {
        this.defaultDistribution = defaultDistribution;
        this.events = events;
    }

    /** From here on the network hears of local receivers. */
    public void announceTo(Announcements network) {
        announcements = network;
    }

    /** Moves with every change of who receives what. */
    public long generation() {
        return generation;
    }

    /** Moves with every change of patterns and entities. */
    long patternGeneration() {
        return patternGeneration;
    }

    /** The configuration entities. */
    public AddressEntities entities() {
        return entities;
    }

    /** All records, oldest first. */
    public Collection<Address> addresses() {
        return Collections.unmodifiableCollection(exact.values());
    }

    /** How many patterns have receivers. */
    public int patternCount() {
        return filters.size();
    }

    /** How many routes are cached. */
    public int cachedRouteCount() {
        return routes.size();
    }

    /** How many addresses wait for a destination. */
    public int starvedCount() {
        return starved.size();
    }

    /** The record with a key as management shows it, or null. */
    public @Nullable Address find(String keyText) {
        return exact.get(keyText);
    }

    /** The route of an address. */
    public Route route(AddressKey key) {
        String text = key.toString();
        Address address = exact.get(text);
        if (address != null) {
            return address.route();
        }
        Route route = routes.get(text);
        if (route == null) {
            route = new Route(this, key, Part.EVERYBODY);
            routes.put(text, route);
        }
        return route;
    }

    /**
     * The route of an address text that another router names, which may be for a part of the receivers only.
     *
     * @param phase of the address, if it is a mobile one
     */
    public Route routeFromRouter(AddressParser parser, String text, int phase) {
        Part.Addressed addressed = parser.parsePart(text);
        return addressed == null
                ? route(parser.parseFromRouter(text).inPhase(phase))
                : routes.computeIfAbsent(
                        phase + text,
                        key -> new Route(this, AddressKey.mobile(addressed.address(), phase), addressed.part()));
    }

    /** The entity of an address by the configuration of now, or null. */
    public @Nullable AddressEntity entityOf(AddressKey key) {
        boolean configurable = key.addressClass() == AddressClass.MOBILE && !isTemporary(key) && !key.isFallback();
        return configurable ? entities.match(key.text()) : null;
    }

    /** The distribution that an address would come up with now. */
    public Distribution distribution(AddressKey key) {
        return distributionOf(key, entityOf(key));
    }

    Distribution distributionOf(AddressKey key, @Nullable AddressEntity entity) {
        if (entity != null) {
            return entity.distribution();
        }
        return switch (key.addressClass()) {
            case ROUTER, AREA -> Distribution.CLOSEST;
            case EDGE -> Distribution.BALANCED;
            case TOPOLOGICAL -> Distribution.MULTICAST;
            case MOBILE, LOCAL -> key.isFallback() || isTemporary(key) ? Distribution.BALANCED : defaultDistribution;
        };
    }

    Distribution.Cause causeOf(AddressKey key, @Nullable AddressEntity entity) {
        if (entity != null) {
            return Distribution.Cause.CONFIGURED;
        }
        if (key.isFallback()) {
            return Distribution.Cause.CONFIGURED; // It exists because an entity says so, and is one queue.
        }
        return switch (key.addressClass()) {
            case ROUTER, AREA, EDGE, TOPOLOGICAL -> Distribution.Cause.CLASS;
            case MOBILE, LOCAL -> isTemporary(key) ? Distribution.Cause.CLASS : Distribution.Cause.DEFAULT;
        };
    }

    /** Whether an address has been made by a router for a dynamic terminus (routing ANO-09, ANO-10). */
    public static boolean isTemporary(AddressKey key) {
        return switch (key.addressClass()) {
            case MOBILE -> key.text().startsWith(AddressKey.TEMPORARY_PREFIX);
            case LOCAL -> key.text().startsWith("temp.");
            case TOPOLOGICAL, ROUTER, AREA, EDGE -> false;
        };
    }

    /**
     * Whether attaches to an address are refused, since nothing but {@code unavailable} applies to it (DST-40, DST-43).
     */
    public boolean isUnavailable(AddressKey key) {
        return exact.get(key.toString()) == null && distributionOf(key, entityOf(key)) == Distribution.UNAVAILABLE;
    }

    // ---- changes -----------------------------------------------------------------------------------------------

    /** The record of an address, made if need be. */
    public Address obtain(AddressKey key) {
        Address address = exact.get(key.toString());
        if (address == null) {
            AddressEntity entity = entityOf(key);
            Distribution distribution = distributionOf(key, entity);
            address = create(key, entity, distribution, causeOf(key, entity));
        }
        return address;
    }

    /** The record of an address that configuration refers to; {@code unavailable} becomes balanced (routing AUT-10). */
    public Address obtainServed(AddressKey key) {
        return isUnavailable(key) ? obtain(key, Distribution.BALANCED) : obtain(key);
    }

    /** The record of an address the router itself serves or refers to; {@code unavailable} becomes the given one. */
    public Address obtain(AddressKey key, Distribution distribution) {
        Address address = exact.get(key.toString());
        return address != null ? address : create(key, null, distribution, Distribution.Cause.CLASS);
    }

    private Address create(
            AddressKey key, @Nullable AddressEntity entity, Distribution distribution, Distribution.Cause cause) {
        if (distribution == Distribution.UNAVAILABLE) {
            throw new IllegalStateException(key + " is unavailable");
        }
        Route route = route(key);
        routes.remove(key.toString());
        Address address = new Address(key, entity, distribution, cause, route);
        exact.put(address.keyText(), address);
        generation++;
        events.addressCreated(address);
        AddressKey fallback = fallbackOf(key, entity);
        if (fallback != null) {
            obtain(fallback).pin();
        }
        return address;
    }

    /** Where deliveries to an address go that nobody takes there, or null (routing FBK-01). */
    static @Nullable AddressKey fallbackOf(AddressKey key, @Nullable AddressEntity entity) {
        return entity != null && entity.fallback() && key.phase() == 0 ? key.inPhase(AddressKey.FALLBACK_PHASE) : null;
    }

    /** Makes a configuration entity. Addresses that exist keep what they were born with (routing MAT-11). */
    public AddressEntities.Result createEntity(AddressEntities.Request request, long identity) {
        AddressEntities.Result result = entities.create(request, identity);
        if (result instanceof AddressEntities.Created) {
            entitiesChanged();
        }
        return result;
    }

    /** Deletes a configuration entity; false if it does not exist. */
    public boolean deleteEntity(AddressEntity entity) {
        boolean deleted = entities.delete(entity);
        if (deleted) {
            entitiesChanged();
        }
        return deleted;
    }

    private void entitiesChanged() {
        filters.values().forEach(Filter::forgetContainment);
        patternGeneration++;
        generation++;
    }

    /** A sender attached. Wakes nobody; the caller asks the route whether there is a destination. */
    public Address addSender(AddressKey key, InboundLink link) {
        Address address = obtain(key);
        address.priority(entityOf(key));
        address.addSender(link);
        return address;
    }

    /** A sender left. */
    public void removeSender(Address address, InboundLink link) {
        address.removeSender(link);
        if (address.inbound().isEmpty()) {
            feed(address);
        }
        removeIfUnused(address);
    }

    /** Makes a subscription active. */
    public void add(Subscription subscription, OutboundLink link) {
        if (subscription.active()) {
            throw new IllegalStateException("the subscription is active already");
        }
        Member member = new Member(link, List.of(subscription));
        subscription.link = link;
        subscription.member = member;
        AddressKey key = subscription.address();
        if (key != null) {
            Address address = obtain(key);
            address.priority(entityOf(key));
            subscription.record = address;
            address.add(subscription, member);
            changed(address);
        } else {
            addToFilter(subscription, member);
        }
    }

    /** An in-process consumer; hidden ones are not counted in management. */
    public void addInProcess(Subscription subscription, OutboundLink link, Distribution distribution, boolean hidden) {
        AddressKey key = subscription.address();
        if (key == null || subscription.active()) {
            throw new IllegalStateException("an in-process consumer needs an address and a new subscription");
        }
        Address address = obtain(key, distribution);
        Member member = new Member(link, List.of(subscription));
        subscription.link = link;
        subscription.member = member;
        subscription.record = address;
        address.addInProcess(member, hidden);
        changed(address);
    }

    private void addToFilter(Subscription subscription, Member member) {
        Pattern pattern = subscription.pattern();
        if (pattern == null) {
            throw new IllegalStateException("neither address nor pattern");
        }
        Filter filter = obtainFilter(pattern);
        filter.add(subscription, member);
        subscription.filter = filter;
        announceTopics(filter);
        patternCame(pattern);
    }

    private Filter obtainFilter(Pattern pattern) {
        PatternTrie<Filter> trie = tries.computeIfAbsent(pattern.syntax(), s -> new PatternTrie<>());
        Filter filter = trie.get(pattern);
        if (filter == null) {
            filter = new Filter(pattern);
            trie.put(pattern, filter);
            filters.put(pattern, filter);
        }
        return filter;
    }

    private void patternCame(Pattern pattern) {
        patternGeneration++;
        generation++;
        if (!starved.isEmpty()) {
            starvedIndex(pattern.syntax()).matching(pattern).forEach(this::wakeIfFed);
        }
    }

    private AddressIndex starvedIndex(PatternSyntax syntax) {
        AddressIndex index = starvedByLevels.get(syntax);
        if (index == null) {
            index = new AddressIndex(syntax);
            starved.forEach(index::add);
            starvedByLevels.put(syntax, index);
        }
        return index;
    }

    /** Ends a subscription. */
    public void remove(Subscription subscription) {
        if (!subscription.active()) {
            return;
        }
        Address address = subscription.record;
        Filter filter = subscription.filter;
        if (address != null) {
            address.remove(subscription);
            address.touch();
            generation++;
            announceChange(address);
            removeIfUnused(address);
        } else if (filter != null) {
            filter.remove(subscription);
            announceTopics(filter);
            patternWent(filter);
        }
        subscription.link = null;
        subscription.member = null;
        subscription.record = null;
        subscription.filter = null;
    }

    private void patternWent(Filter filter) {
        if (filter.isUnused()) {
            removeFilter(filter);
        }
        patternGeneration++;
        generation++;
    }

    private void removeFilter(Filter filter) {
        PatternSyntax syntax = filter.pattern().syntax();
        filters.remove(filter.pattern());
        PatternTrie<Filter> trie = tries.get(syntax);
        if (trie != null) {
            trie.remove(filter.pattern());
            if (trie.size() == 0) {
                tries.remove(syntax);
                starvedByLevels.remove(syntax);
            }
        }
    }

    /** Something outside keeps the record alive: a configuration element. */
    public void pin(Address address) {
        address.pin();
    }

    /**
     * The record of an address that a configuration element refers to, made if need be and kept alive until {@link
     * #unpin}; {@code unavailable} becomes balanced (routing DST-43, ADR-16).
     */
    public Address refer(AddressKey key) {
        Address address = exact.get(key.toString());
        if (address == null) {
            AddressEntity entity = entityOf(key);
            Distribution distribution = distributionOf(key, entity);
            address = create(
                    key,
                    entity,
                    distribution == Distribution.UNAVAILABLE ? Distribution.BALANCED : distribution,
                    causeOf(key, entity));
        }
        address.pin();
        return address;
    }

    /** An exchange takes what is sent to an address, or no longer does (null). */
    public void exchange(Address address, @Nullable Exchange exchange) {
        address.exchange(exchange);
        changed(address);
    }

    /** The reverse of {@link #pin}. */
    public void unpin(Address address) {
        address.unpin();
        removeIfUnused(address);
    }

    private void removeIfUnused(Address address) {
        if (address.isUnused() && exact.remove(address.keyText(), address)) {
            address.touch();
            generation++;
            events.addressRemoved(address);
            AddressKey fallback = fallbackOf(address.key(), address.entity());
            Address partner = fallback == null ? null : exact.get(fallback.toString());
            if (partner != null) {
                unpin(partner);
            }
        }
    }

    // ---- starvation --------------------------------------------------------------------------------------------

    /** Senders of the address found no destination; they wait to be woken. */
    public void starve(Address address) {
        if (starved.add(address)) {
            starvedByLevels.values().forEach(index -> index.add(address));
        }
    }

    private void feed(Address address) {
        if (starved.remove(address)) {
            starvedByLevels.values().forEach(index -> index.remove(address));
        }
    }

    /** Membership of an exact address changed by somebody's coming. */
    private void changed(Address address) {
        address.touch();
        generation++;
        announceChange(address);
        wakeIfFed(address);
        if (address.key().isFallback()) {
            Address primary = exact.get(address.key().inPhase(0).toString());
            if (primary != null) {
                wakeIfFed(primary);
            }
        }
    }

    private void announceTopics(Filter filter) {
        if (announcements != Announcements.NONE) {
            filter.announceTopics(announcements);
        }
    }

    private void announceChange(Address address) {
        AddressKey key = address.key();
        if (announcements != Announcements.NONE
                && key.addressClass() == AddressClass.MOBILE
                && !key.isFallback()
                && !isTemporary(key)) {
            address.announceTopics(announcements);
        }
        if (address.announcementChanged()) {
            announcements.announce(address, address.announced());
        }
    }

    // ---- other routers -----------------------------------------------------------------------------------------

    /**
     * Another router has an address.
     *
     * @param hint how it spreads its deliveries there; counts only when the record is made now and nothing is configured
     *     (routing MAT-12)
     */
    public void addRemote(AddressKey key, RouterNode node, @Nullable Distribution hint) {
        Address address = exact.get(key.toString());
        if (address == null) {
            AddressEntity entity = entityOf(key);
            boolean hinted = entity == null && hint != null;
            Distribution distribution = entity == null && hint != null ? hint : distributionOf(key, entity);
            address = create(
                    key,
                    entity,
                    distribution == Distribution.UNAVAILABLE ? Distribution.BALANCED : distribution,
                    hinted ? Distribution.Cause.HINT : causeOf(key, entity));
        }
        if (!address.remotes().contains(node)) {
            address.remotes().add(node);
            changed(address);
        }
    }

    /** Another router does not have an address any more; whether it had it. */
    public boolean removeRemote(AddressKey key, RouterNode node) {
        Address address = exact.get(key.toString());
        if (address == null || !address.remotes().remove(node)) {
            return false;
        }
        went(address);
        return true;
    }

    /** Another router has topic receivers of an address or a pattern. */
    void addAway(TopicKey topic, RouterNode node) {
        Pattern pattern = topic.pattern();
        AddressKey key = topic.address();
        if (pattern != null) {
            obtainFilter(pattern).away().add(topic, node);
            patternCame(pattern);
        } else if (key != null) {
            Address address = obtainServed(key);
            address.away().add(topic, node);
            changed(address);
        }
    }

    /** The reverse of {@link #addAway}. */
    void removeAway(TopicKey topic, RouterNode node) {
        Pattern pattern = topic.pattern();
        AddressKey key = topic.address();
        if (pattern != null) {
            Filter filter = filters.get(pattern);
            if (filter != null) {
                filter.away().remove(topic, node);
                patternWent(filter);
            }
        } else if (key != null) {
            Address address = exact.get(key.toString());
            if (address != null) {
                address.away().remove(topic, node);
                went(address);
            }
        }
    }

    private void went(Address address) {
        address.touch();
        generation++;
        removeIfUnused(address);
    }

    private void wakeIfFed(Address address) {
        if (!starved.contains(address) || !address.route().isReachable()) {
            return;
        }
        feed(address);
        for (InboundLink sender : new ArrayList<>(address.inbound())) {
            if (sender.reaches(address.route())) {
                sender.wake();
            } else {
                starve(address); // A fallback's own sender still waits.
            }
        }
    }

    // ---- patterns ----------------------------------------------------------------------------------------------

    /** Architecture, section 3: mobile addresses at their egress phase, never temporary, routers' own or served ones. */
    boolean patternsMayMatch(AddressKey key, @Nullable Address address, @Nullable AddressEntity entity) {
        if (filters.isEmpty()
                || key.addressClass() != AddressClass.MOBILE
                || key.phase() != (entity == null ? 0 : entity.egressPhase())
                || (address != null && address.inProcess().size() > 0)) {
            return false;
        }
        String text = key.text();
        return !text.startsWith("_$")
                && !text.startsWith("_topo/")
                && !text.startsWith("_edge/")
                && !text.startsWith("_local/")
                && !text.startsWith(Part.PREFIX);
    }

    void matchPatterns(String text, Consumer<Filter> matches) {
        tries.forEach((syntax, trie) -> trie.matchAll(syntax.levels(text), matches));
    }

    /** Visits patterns. */
    @FunctionalInterface
    public interface PatternVisitor {
        /**
         * One pattern.
         *
         * @param receivers how many receive through it at this router
         * @param routers the other routers with receivers; one may be named twice
         * @param egress deliveries that went to those of this router alone
         */
        void pattern(Pattern pattern, int receivers, Collection<RouterNode> routers, long egress);
    }

    /** Visits the patterns that have receivers, oldest first. */
    public void forEachPattern(PatternVisitor visitor) {
        filters.values()
                .forEach(filter -> visitor.pattern(
                        filter.pattern(), filter.memberCount(), filter.away().routers(), filter.egress()));
    }
}
