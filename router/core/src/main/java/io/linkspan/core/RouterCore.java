// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core;

import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.ErrorCondition;
import io.linkspan.core.address.Address;
import io.linkspan.core.address.AddressClass;
import io.linkspan.core.address.AddressEntities;
import io.linkspan.core.address.AddressEntity;
import io.linkspan.core.address.AddressKey;
import io.linkspan.core.address.AddressParser;
import io.linkspan.core.address.AddressTable;
import io.linkspan.core.address.Distribution;
import io.linkspan.core.address.Route;
import io.linkspan.core.address.RouteLookup;
import io.linkspan.core.address.Subscription;
import io.linkspan.core.address.TopicDirectory;
import io.linkspan.core.autolink.AutoLinks;
import io.linkspan.core.connection.Connection;
import io.linkspan.core.exchange.Exchanges;
import io.linkspan.core.forward.Forwarder;
import io.linkspan.core.link.InboundLink;
import io.linkspan.core.link.Link;
import io.linkspan.core.link.OutboundLink;
import io.linkspan.core.linkroute.LinkRoutes;
import io.linkspan.core.mesh.Mesh;
import io.linkspan.core.message.MessageFront;
import io.linkspan.core.message.RouterStamp;
import io.linkspan.mesh.MeshConfig;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The routing core: who is connected, who sends and receives what, and the way of every delivery.
 *
 * <p>Adaptors of protocols make their connections known ({@link #connected}), attach links ({@link #producer},
 * {@link #subscribe}) and then work with the links alone. Pure: time comes with {@link #tick(long)}, randomness with the
 * constructor. One loop calls everything.
 */
public final class RouterCore {

    /** Characters of a temporary address behind its prefix. */
    public static final int TEMPORARY_CHARACTERS = 15;

    /** Ticks between two scans for blocked links. */
    static final int BLOCKED_SCAN_TICKS = 5;

    /** Ticks between two scans for stuck deliveries (routing CNT-04). */
    static final int STUCK_SCAN_TICKS = 30;

    private static final String TEMPORARY_ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+_";

    private final CoreSettings settings;
    private final CoreEvents events;
    private final RandomGenerator random;
    private final AddressParser parser;
    private final AddressTable table;
    private final RouteLookup lookup;
    private final @Nullable RouteLookup[] lookupsInPhase = new RouteLookup[AddressKey.FALLBACK_PHASE + 1];
    private final @Nullable RouteLookup[] lookupsOfRouters = new RouteLookup[AddressKey.FALLBACK_PHASE + 1];
    private final RouterStamp stamp;
    private final MessageFront incomingFront = new MessageFront();
    private final MessageFront outgoingFront = new MessageFront();
    private final RouterTotals totals = new RouterTotals();
    private final Forwarder forwarder;
    private final LinkRoutes linkRoutes = new LinkRoutes(this::nextIdentity);
    private final AutoLinks autoLinks = new AutoLinks(this);
    private final InProcessConnection inProcess;
    private final Exchanges exchanges;
    private final Map<Long, Connection> connections = new LinkedHashMap<>();
    private final Map<Long, Link> links = new LinkedHashMap<>();
    private @Nullable Mesh mesh;
    private final Set<OutboundLink> expiring = new LinkedHashSet<>();
    private long epochMs;
    private long tick = 1;
    private long startTick = 1;
    private long lastConnection;
    private long lastIdentity;
    private long changes;

    public RouterCore(CoreSettings settings, CoreEvents events, RandomGenerator random) {
        this.settings = settings;
        this.events = events;
        this.random = random;
        this.parser = new AddressParser(settings.routerId(), settings.mode() == CoreSettings.Mode.EDGE);
        this.table = new AddressTable(settings.defaultDistribution(), events);
        this.lookup = new RouteLookup(this::route);
        this.stamp = new RouterStamp(settings.routerId());
        this.forwarder = new Forwarder(this);
        this.inProcess = new InProcessConnection(this);
        this.exchanges = new Exchanges(this);
        // Edge routers' heartbeats; who is silent for too long is the connection's concern.
        consume(
                AddressKey.mobile(ReservedAddress.EDGE_HEARTBEAT),
                Distribution.BALANCED,
                (amqp, settled, from) -> DeliveryState.ACCEPTED,
                true);
    }

    /** The configuration this was made with. */
    public CoreSettings settings() {
        return settings;
    }

    /** The addresses. Adaptors use the methods here; management reads the table. */
    public AddressTable table() {
        return table;
    }

    /** The exchanges and their bindings. */
    public Exchanges exchanges() {
        return exchanges;
    }

    /** The counters of the router. */
    public RouterTotals totals() {
        return totals;
    }

    /** The way of deliveries; for links only. */
    public Forwarder forwarder() {
        return forwarder;
    }

    /** Takes part in a network of routers from here on; for interior routers, once, before connections come. */
    public Mesh join(MeshConfig config) {
        return join(config, TopicDirectory.MAX_KEYS_PER_ROUTER);
    }

    /**
     * As {@link #join(MeshConfig)}, with another limit.
     *
     * @param topicKeys private keys that are taken from one router; with 0 no other router is taken for Linkspan
     */
    public Mesh join(MeshConfig config, int topicKeys) {
        if (mesh != null) {
            throw new IllegalStateException("the router has joined already");
        }
        Mesh joined = new Mesh(this, config, topicKeys);
        mesh = joined;
        forwarder.joined(joined);
        return joined;
    }

    /** The network of routers this one is part of; null for a router that is in none. */
    public @Nullable Mesh mesh() {
        return mesh;
    }

    /** The link routes. */
    public LinkRoutes linkRoutes() {
        return linkRoutes;
    }

    /** The autoLinks. */
    public AutoLinks autoLinks() {
        return autoLinks;
    }

    /** Where the core's events go. */
    public CoreEvents events() {
        return events;
    }

    /** Moves with every change of connections, links, addresses and entities. */
    public long generation() {
        return changes + table.generation() + linkRoutes.generation() + autoLinks.generation();
    }

    // ---- time --------------------------------------------------------------------------------------------------

    /** The present tick in seconds; starts at 1. */
    public long tick() {
        return tick;
    }

    /** Seconds since the router started. */
    public long uptimeSeconds() {
        return tick - startTick;
    }

    /** Milliseconds of the epoch at about this tick, 0 when nobody has told. */
    public long epochMs() {
        return epochMs;
    }

    /** The time of day, in milliseconds of the epoch: for messages that say when they expire. */
    public void clock(long nowEpochMs) {
        epochMs = nowEpochMs;
    }

    /** A link has queued deliveries that expire; they are looked for at each tick. */
    public void expires(OutboundLink link) {
        expiring.add(link);
    }

    /**
     * A second has passed, or several.
     *
     * @param seconds since the last call, at least 1
     */
    public void tick(long seconds) {
        long before = tick;
        tick += seconds;
        if (mesh != null) {
            mesh.tick();
        }
        autoLinks.tick(tick);
        epochMs += epochMs > 0 ? seconds * 1000 : 0;
        forwarder.tick(tick);
        for (OutboundLink link : List.copyOf(expiring)) {
            if (link.isLost() || !link.expire(tick, count -> events.deliveriesExpired(link, count))) {
                expiring.remove(link);
            }
        }
        if (tick / BLOCKED_SCAN_TICKS != before / BLOCKED_SCAN_TICKS) {
            for (Link link : links.values()) {
                if (link.becameBlocked()) {
                    events.linkBlocked(link);
                }
            }
        }
        if (tick / STUCK_SCAN_TICKS != before / STUCK_SCAN_TICKS) {
            for (Link link : links.values()) {
                int stuckBefore = link.stuckCount();
                int stuck = link.scanStuck();
                if (stuck > 0 && stuckBefore == 0) {
                    events.deliveriesStuck(link, stuck);
                }
            }
        }
    }

    // ---- connections -------------------------------------------------------------------------------------------

    /** A number for a management entity that is neither connection nor link. */
    public long nextIdentity() {
        return ++lastIdentity;
    }

    /** A connection came to life; it gets its number. */
    public void connected(Connection connection) {
        connection.identify(++lastConnection);
        connections.put(connection.identity(), connection);
        changes++;
        events.connectionKnown(connection);
    }

    /** The peer of a connection has opened: its container is known. */
    public void opened(Connection connection) {
        events.connectionOpened(connection);
        linkRoutes.opened(connection);
        autoLinks.opened(connection);
    }

    /** A connection is gone; the adaptor has ended its links before. */
    public void disconnected(Connection connection) {
        linkRoutes.gone(connection);
        autoLinks.gone(connection);
        if (connections.remove(connection.identity()) != null) {
            changes++;
            events.connectionGone(connection);
        }
    }

    /** All connections, oldest first. */
    public Collection<Connection> connections() {
        return Collections.unmodifiableCollection(connections.values());
    }

    /** The connection with a number, or null. */
    public @Nullable Connection connection(long identity) {
        return connections.get(identity);
    }

    /** All links, oldest first. */
    public Collection<Link> links() {
        return Collections.unmodifiableCollection(links.values());
    }

    // ---- addresses ---------------------------------------------------------------------------------------------

    /** Makes an {@code address} entity. */
    public AddressEntities.Result createAddress(AddressEntities.Request request) {
        return table.createEntity(request, nextIdentity());
    }

    /** Deletes an {@code address} entity; false if it does not exist. */
    public boolean deleteAddress(AddressEntity entity) {
        return table.deleteEntity(entity);
    }

    /** The key of an address text as an AMQP peer writes it; mobile addresses in phase 0. */
    public AddressKey parse(String address) {
        return parser.parse(address);
    }

    /**
     * The key of an address text in the space of a tenant, in which mobile addresses of clients have a prefix (routing
     * TEN-02, TEN-04).
     *
     * @param tenant the prefix with its slash, or null
     */
    public AddressKey parse(@Nullable String tenant, String address) {
        AddressKey key = parser.parse(address);
        boolean shared = tenant == null || key.addressClass() != AddressClass.MOBILE || AddressTable.isTemporary(key);
        return shared ? key : AddressKey.mobile(tenant + key.text());
    }

    /** As {@link #senderKey(String, String, int)} without a tenant. */
    public AddressKey senderKey(String address, int waypoint) {
        return senderKey(null, address, waypoint);
    }

    /**
     * The address a sender with this target text writes (routing PHS-03, PHS-04, TEN-05).
     *
     * @param tenant the tenant's prefix, or null
     * @param waypoint the ordinal of its waypoint capability, 0 without one
     */
    public AddressKey senderKey(@Nullable String tenant, String address, int waypoint) {
        AddressKey key = parse(tenant, address);
        if (waypoint > 0) {
            return key.inPhase(waypoint);
        }
        AddressEntity entity = table.entityOf(key);
        return entity == null ? key : key.inPhase(entity.ingressPhase());
    }

    /** As {@link #receiverKey(String, String, int)} without a tenant. */
    public AddressKey receiverKey(String address, int waypoint) {
        return receiverKey(null, address, waypoint);
    }

    /**
     * The address a receiver with this source text reads (routing PHS-03, PHS-04, TEN-05).
     *
     * @param tenant the tenant's prefix, or null
     * @param waypoint the ordinal of its waypoint capability, 0 without one
     */
    public AddressKey receiverKey(@Nullable String tenant, String address, int waypoint) {
        AddressKey key = parse(tenant, address);
        if (waypoint > 0) {
            return key.inPhase(waypoint - 1);
        }
        AddressEntity entity = table.entityOf(key);
        return entity == null ? key : key.inPhase(entity.egressPhase());
    }

    /** The entity whose prefix or pattern covers an address, or null. */
    public @Nullable AddressEntity entityOf(AddressKey key) {
        return table.entityOf(key);
    }

    /** The route of deliveries that name this address text (routing ANO-03, ANO-06). */
    public Route route(String address) {
        return table.route(parser.parse(address));
    }

    /** The route to an address whose class is known. */
    public Route route(AddressKey key) {
        return table.route(key);
    }

    /** As {@link #route(String)}, for UTF-8 text in an array; costs no allocation for an address seen lately. */
    public Route route(byte[] utf8, int index, int length) {
        return lookup.find(utf8, index, length);
    }

    /**
     * As {@link #route(byte[], int, int)}, in a phase that another router names.
     *
     * @return null for a phase that no address has
     */
    public @Nullable Route route(byte[] utf8, int index, int length, int phase) {
        if (phase == 0) {
            return lookup.find(utf8, index, length);
        }
        if (!AddressKey.isPhase(phase)) {
            return null;
        }
        RouteLookup inPhase = lookupsInPhase[phase];
        if (inPhase == null) {
            inPhase =
                    new RouteLookup(address -> table.route(parser.parse(address).inPhase(phase)));
            lookupsInPhase[phase] = inPhase;
        }
        return inPhase.find(utf8, index, length);
    }

    /**
     * As {@link #route(byte[], int, int, int)}, of a text that another router has written: it may be for a part of the
     * receivers.
     *
     * @return null for a phase that no address has
     */
    public @Nullable Route routeFromRouter(byte[] utf8, int index, int length, int phase) {
        if (!AddressKey.isPhase(phase)) {
            return null;
        }
        RouteLookup ofRouters = lookupsOfRouters[phase];
        if (ofRouters == null) {
            ofRouters = new RouteLookup(text -> table.routeFromRouter(parser, text, phase));
            lookupsOfRouters[phase] = ofRouters;
        }
        return ofRouters.find(utf8, index, length);
    }

    /** What this router adds to the annotations of messages it sends on. */
    public RouterStamp stamp() {
        return stamp;
    }

    /** For messages that are changed as they come in; lent out for one message at a time. */
    public MessageFront incomingFront() {
        return incomingFront;
    }

    /** For messages that are changed as they go out; lent out for one message at a time. */
    public MessageFront outgoingFront() {
        return outgoingFront;
    }

    /** Routers a message may have passed before it is taken for one that goes round (routing DST-33). */
    public int longestTrace() {
        return mesh == null ? Integer.MAX_VALUE : mesh.routes().longestWay() + 1;
    }

    /** A temporary address: what the peer is told, and its key. */
    public record Temporary(String address, AddressKey key) {}

    /** A new address for a dynamic source (routing ANO-09). */
    public Temporary temporarySource() {
        String text = "temp." + randomName();
        String place = settings.mode() == CoreSettings.Mode.EDGE ? "amqp:/_edge/" : "amqp:/_topo/0/";
        return new Temporary(place + settings.routerId() + "/" + text, AddressKey.local(text));
    }

    /** A new address for a dynamic target (routing ANO-10). */
    public Temporary temporaryTarget() {
        String text = AddressKey.TEMPORARY_PREFIX + randomName();
        return new Temporary("amqp:/" + text, AddressKey.mobile(text));
    }

    /** A name of fifteen characters that no one can guess. */
    public String randomName() {
        StringBuilder name = new StringBuilder(TEMPORARY_CHARACTERS);
        for (int i = 0; i < TEMPORARY_CHARACTERS; i++) {
            name.append(TEMPORARY_ALPHABET.charAt(random.nextInt(TEMPORARY_ALPHABET.length())));
        }
        return name.toString();
    }

    // ---- links -------------------------------------------------------------------------------------------------

    /** Whether a sender may attach to an address; null if it may. An adaptor asks before it answers the peer. */
    public Admission.@Nullable Refused refusesProducer(AddressKey target) {
        if (ReservedAddress.isForRouters(target) && !ReservedAddress.takesSenders(target)) {
            return new Admission.Refused(null);
        }
        return table.isUnavailable(target) ? nodeNotFound() : null;
    }

    /** Whether a receiver may attach to an address; null if it may. */
    public Admission.@Nullable Refused refusesConsumer(AddressKey source) {
        if (ReservedAddress.isForRouters(source)) {
            return new Admission.Refused(null);
        }
        if (source.addressClass() == AddressClass.ROUTER || source.addressClass() == AddressClass.AREA) {
            return noRoute();
        }
        return table.isUnavailable(source) ? nodeNotFound() : null;
    }

    private static Admission.Refused nodeNotFound() {
        return new Admission.Refused(ErrorCondition.NOT_FOUND.error("Node not found"));
    }

    /** The refusal of a receiver without a source address and of one at another router (routing ADR-10, ANO-08). */
    public static Admission.Refused noRoute() {
        return new Admission.Refused(ErrorCondition.NO_ROUTE_TO_DEST.error("No route to the destination node"));
    }

    /**
     * Makes an inbound link known. If it is admitted, its first credit has been issued within this call when there is a
     * destination.
     *
     * @param target null for an anonymous sender
     */
    public Admission producer(InboundLink link, @Nullable AddressKey target) {
        Admission.Refused refused = target == null ? null : refusesProducer(target);
        if (refused != null) {
            return refused;
        }
        know(link);
        link.bind(target == null ? null : table.addSender(target, link));
        return Admission.Admitted.INSTANCE;
    }

    /** Makes a subscription active, and the link known with its first one. */
    public Admission subscribe(OutboundLink link, Subscription subscription) {
        if (subscription.active()) {
            throw new IllegalStateException("the subscription is active already");
        }
        AddressKey source = subscription.address();
        Admission.Refused refused = source == null ? null : refusesConsumer(source);
        if (refused != null) {
            return refused;
        }
        know(link);
        link.subscribed(subscription);
        table.add(subscription, link);
        return Admission.Admitted.INSTANCE;
    }

    /** Ends one subscription; the link stays. No-op if it is not active. */
    public void unsubscribe(Subscription subscription) {
        OutboundLink link = subscription.link();
        if (link != null) {
            link.unsubscribed(subscription);
            table.remove(subscription);
        }
    }

    /** Makes an outbound link known that has no subscription yet (a client without one). */
    public void know(Link link) {
        if (link.identity() < 0) {
            link.identify(nextIdentity());
            if (!link.connection().isInProcess()) {
                links.put(link.identity(), link);
                changes++;
                events.linkAttached(link);
            }
        }
    }

    /**
     * Management disables or enables a link (its {@code adminStatus}).
     *
     * @return false for links of which that cannot be asked: those of other protocols than AMQP
     */
    public boolean administer(Link link, boolean enabled) {
        if (!link.canBeDisabled()) {
            return false;
        }
        link.administer(enabled);
        changes++;
        return true;
    }

    /** Called by a link that is lost. */
    public void remove(Link link) {
        if (link instanceof OutboundLink outbound) {
            outbound.subscriptions().forEach(this::unsubscribe);
        } else if (link instanceof InboundLink inbound && inbound.address() != null) {
            table.removeSender(inbound.address(), inbound);
        }
        if (links.remove(link.identity()) != null) {
            changes++;
            events.linkGone(link);
        }
    }

    // ---- the router's own ends ---------------------------------------------------------------------------------

    /**
     * Serves an address inside the router, such as {@code $management}.
     *
     * @param distribution of the address if it does not exist yet
     */
    public InProcessConsumer consume(AddressKey address, Distribution distribution, InProcessConsumer.Handler handler) {
        return consume(address, distribution, handler, false);
    }

    private InProcessConsumer consume(
            AddressKey address, Distribution distribution, InProcessConsumer.Handler handler, boolean hidden) {
        InProcessConsumer consumer = new InProcessConsumer(inProcess, address.toString(), handler);
        Subscription subscription = Subscription.plain(address);
        consumer.subscribed(subscription);
        table.addInProcess(subscription, consumer, distribution, hidden);
        return consumer;
    }

    /** A sender inside the router. */
    public InProcessProducer produce(String name) {
        InProcessProducer producer = new InProcessProducer(inProcess, name);
        producer.bind(null);
        return producer;
    }

    /** The record of an address with a key as management shows it, or null. */
    public @Nullable Address address(String keyText) {
        return table.find(keyText);
    }
}
