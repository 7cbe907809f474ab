// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh;

import io.linkspan.mesh.hello.HelloTable;
import io.linkspan.mesh.hello.PeerConnection;
import io.linkspan.mesh.linkstate.LinkStateDatabase;
import io.linkspan.mesh.linkstate.RemoteRouter;
import io.linkspan.mesh.message.Hello;
import io.linkspan.mesh.message.LinkState;
import io.linkspan.mesh.message.LinkStateRequest;
import io.linkspan.mesh.message.LinkStateUpdate;
import io.linkspan.mesh.message.MeshMessage;
import io.linkspan.mesh.message.MobileAddressRequest;
import io.linkspan.mesh.message.MobileAddressUpdate;
import io.linkspan.mesh.message.RouterAdvertisement;
import io.linkspan.mesh.message.Treatment;
import io.linkspan.mesh.path.PathEngine;
import io.linkspan.mesh.path.RouteTable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One router's part in the routing protocol: facts in (messages, connections, addresses, time), {@link Effects} out. Knows
 * no socket, clock or thread; confined to one loop. docs/mesh.md describes states and timers.
 *
 * <p><b>Who relays.</b> The node composes and consumes control messages; the core moves them by their address:
 *
 * <ul>
 *   <li>{@code _local/qdhello} is for the node alone.
 *   <li>{@code _topo/0/all/...}: the core calls {@link #onMessage}; if that returns true it also sends the message, with
 *       our id added to its trace, on each of {@link RouteTable#floodConnections()} except those of neighbours that are in
 *       the trace. The table is the one after the call.
 *   <li>{@code _topo/0/ID/...} of another router: not given to the node; the core sends it on {@link RouteTable#nextHop}.
 *       It is dropped when there is no next hop or when our id is in the trace.
 *   <li>Before a control message of any origin is written to a connection for which {@link #narrows} holds, it goes
 *       through {@link #narrow}.
 * </ul>
 */
public final class MeshNode {

    /** The distance between two calls of {@link #tick}. */
    public static final long TICK_NS = 1_000_000_000L;

    /** How long a router may be out of reach before its addresses are taken from the core. */
    static final long HOLD_OFF_NS = TICK_NS;

    private final MeshConfig config;
    private final Effects effects;
    private final MeshClock clock;
    private final HelloTable hellos;
    private final LinkStateDatabase database;
    private final PathEngine paths;
    private final AddressSync addresses;
    private final Complaints complaints;
    private final NarrowedNetwork narrowed = new NarrowedNetwork();

    private final long helloMaxAgeNs;
    private final long lsMaxAgeNs;
    private final long fluxNs;
    private final long floodMemoryNs;
    private final long contestNs;

    private int ticksToHello;
    private int ticksSinceRa;
    private long lastTopologyChange;
    private long lastComputed;
    private boolean pathsOutdated;

    /**
     * Starts a node that knows nobody.
     *
     * @param nowNs the monotonic time, as in all other calls
     */
    public MeshNode(MeshConfig config, Effects effects, long nowNs) {
        this.config = config;
        this.effects = effects;
        clock = new MeshClock(nowNs);
        helloMaxAgeNs = config.helloMaxAge().toNanos();
        lsMaxAgeNs = config.remoteLsMaxAge().toNanos();
        fluxNs = 2 * config.raIntervalFlux().toNanos();
        contestNs = config.raInterval().toNanos() + TICK_NS;
        floodMemoryNs = config.raIntervalFlux().toNanos() / 2;
        hellos = new HelloTable(config.limits().connections(), helloMaxAgeNs);
        database = new LinkStateDatabase(config.self(), config.limits().routers());
        paths = new PathEngine(config.self());
        complaints = new Complaints(effects);
        addresses = new AddressSync(config, effects, complaints);
        lastTopologyChange = -fluxNs;
        ticksSinceRa = (int) config.raInterval().toSeconds();
        lastComputed = -TICK_NS;
    }

    /** The newest route table. */
    public RouteTable routes() {
        return paths.current();
    }

    /**
     * The control links of an inter-router connection are up.
     *
     * @param connection any number that no other connection of this node has, at least 0
     * @param peer the container-id of the other end; HELLOs of other routers are not taken from this connection
     * @param cost at least 1, the greater of both ends' costs
     * @param product the software of the other end
     */
    public void connectionUp(long connection, RouterId peer, int cost, PeerProduct product, long nowNs) {
        clock.advance(nowNs);
        if (cost < 1 || connection < 0) {
            throw new IllegalArgumentException("connection " + connection + " with cost " + cost);
        }
        if (!hellos.add(connection, peer, cost, product)) {
            complaints.limit("connections", config.limits().connections(), peer);
        }
    }

    /** The connection or one of its control links is gone. The neighbour is lost at once unless it has another one. */
    public void connectionDown(long connection, long nowNs) {
        long now = clock.advance(nowNs);
        PeerConnection gone = hellos.remove(connection);
        RemoteRouter router = gone == null ? null : database.find(gone.peer());
        if (router != null && router.connection() == connection) {
            loseNeighbor(router, MeshEvent.Loss.CONNECTION_LOST, now);
            computeIfOutdated(now);
        }
    }

    /** An address has a destination at this router now. The class is one of M, C, D, E, F, H or a private one. */
    public void addressAdded(String key, Treatment hint) {
        addresses.local().add(key, hint);
    }

    /** An address has no destination at this router any more. */
    public void addressRemoved(String key) {
        addresses.local().remove(key);
    }

    /** A message of a protocol newer than {@link MeshMessage#PROTOCOL_VERSION} came; its body was not read. */
    public void onNewerProtocol(RouterId sender, long version) {
        complaints.newerProtocol(sender, version);
    }

    /**
     * A message came for us or for all.
     *
     * @param connection the connection by which it came
     * @return whether a message for all is to be sent on to the others
     */
    public boolean onMessage(MeshMessage message, long connection, long nowNs) {
        long now = clock.advance(nowNs);
        PeerConnection from = hellos.find(connection);
        if (from == null) {
            return false;
        }
        boolean relay = false;
        if (message instanceof Hello hello) {
            onHello(hello, from, now);
        } else if (message.id().equals(config.self())) {
            return false;
        } else if (message instanceof RouterAdvertisement advertisement) {
            relay = onAdvertisement(advertisement, now);
        } else if (message instanceof LinkStateUpdate update) {
            onLinkState(update, now);
        } else if (message instanceof LinkStateRequest request) {
            onLinkStateRequest(request, now);
        } else if (message instanceof MobileAddressUpdate update) {
            relay = onAddresses(update, now);
        } else if (message instanceof MobileAddressRequest request) {
            onAddressRequest(request, now);
        }
        if (pathsOutdated && now - lastComputed >= TICK_NS) {
            compute(now);
        }
        return relay;
    }

    /** Another {@link #TICK_NS} has passed. */
    public void tick(long nowNs) {
        long now = clock.advance(nowNs);
        complaints.tick();
        if (--ticksToHello <= 0) {
            ticksToHello = (int) config.helloInterval().toSeconds();
            sendHello(now);
        }
        age(now);
        boolean advertise = database.numberOwn();
        pathsOutdated |= advertise;
        computeIfOutdated(now);
        addresses.tick(database.routers(), now);
        MobileAddressUpdate changes = addresses.announce();
        if (changes != null) {
            effects.flood(changes);
            advertise = true;
        }
        ticksSinceRa++;
        boolean flux = now - lastTopologyChange < fluxNs;
        long interval = (flux ? config.raIntervalFlux() : config.raInterval()).toSeconds();
        if (advertise || ticksSinceRa >= interval) {
            ticksSinceRa = 0;
            effects.flood(new RouterAdvertisement(
                    config.self(),
                    config.instance(),
                    database.ownSequence(),
                    addresses.local().sequence()));
        }
        ask();
    }

    private void sendHello(long now) {
        if (hellos.all().isEmpty()) {
            return;
        }
        Hello hello = new Hello(config.self(), config.instance(), hellos.seen(now));
        for (PeerConnection connection : hellos.all()) {
            effects.sendToNeighbor(connection.id(), hello);
        }
    }

    private void onHello(Hello hello, PeerConnection from, long now) {
        if (hello.id().equals(config.self())) {
            if (hello.instance() == config.instance()) {
                if (from.saySelf()) {
                    effects.event(new MeshEvent.ConnectedToSelf(from.id()));
                }
            } else if (from.noteStrangeInstance(hello.instance())) {
                effects.event(new MeshEvent.OwnIdUsed(from.id(), hello.instance()));
            }
            return;
        }
        if (!hello.id().equals(from.peer())) {
            if (from.sayForged()) {
                effects.event(new MeshEvent.ForgedHello(from.id(), from.peer(), hello.id()));
            }
            return;
        }
        if (hello.seen().size() > config.limits().peers()) {
            complaints.ignored(hello, "it names " + hello.seen().size() + " routers");
            return;
        }
        long heardBefore = from.heardAt();
        boolean seesUs = hello.seen().contains(config.self());
        from.heard(hello.instance(), seesUs, now);
        PeerConnection other = hellos.contradicting(from, heardBefore, now);
        if (other != null) {
            complaints.duplicate(hello.id(), hello.instance(), other.instance(), now, lsMaxAgeNs);
        }
        if (seesUs) {
            onTwoWay(from, now);
        }
    }

    /** The peer of a connection hears us and we hear it. */
    private void onTwoWay(PeerConnection from, long now) {
        RemoteRouter router = obtain(from.peer(), now);
        if (router == null) {
            return;
        }
        if (router.connection() != from.id()) {
            PeerConnection used = hellos.find(router.connection());
            if (used != null && used.isTwoWay(now, helloMaxAgeNs)) {
                if (from.sayParallel()) {
                    effects.event(new MeshEvent.ParallelConnection(router.id(), used.id(), from.id()));
                }
                return;
            }
            adopt(router, from, now);
        }
        checkIncarnation(router, from.instance(), now);
        computeIfOutdated(now);
    }

    private void adopt(RemoteRouter router, PeerConnection by, long now) {
        database.setNeighbor(router, by.id(), by.cost());
        router.linkStateQuestion().open();
        topologyChanged(now);
        effects.event(new MeshEvent.NeighborFound(router.id(), by.id(), by.cost()));
    }

    /** Loses a neighbour, or moves it to the best connection that is left. */
    private void loseNeighbor(RemoteRouter router, MeshEvent.Loss reason, long now) {
        effects.event(new MeshEvent.NeighborLost(router.id(), router.connection(), reason));
        PeerConnection spare = hellos.best(router.id(), now);
        if (spare != null) {
            adopt(router, spare, now);
            checkIncarnation(router, spare.instance(), now);
        } else {
            database.setNeighbor(router, RouteTable.NO_CONNECTION, 0);
            topologyChanged(now);
        }
    }

    private boolean onAdvertisement(RouterAdvertisement message, long now) {
        RemoteRouter router = obtain(message.id(), now);
        if (router == null || !checkIncarnation(router, message.instance(), now)) {
            return false;
        }
        router.told(now);
        boolean first = router.advertisements()
                .isFirstCopy(message.linkStateSequence(), message.mobileSequence(), now, floodMemoryNs);
        boolean less = message.linkStateSequence() < router.sequence()
                || message.mobileSequence() < router.addresses().sequence();
        if (first && router.doubts(less)) {
            // Numbers only grow. It was another router, or an earlier incarnation with the same start time, that told
            // us.
            forget(router, now);
        }
        if (router.sequence() < message.linkStateSequence()) {
            router.linkStateQuestion().openAnew();
            if (router.isReachable()) {
                askLinkState(router);
            }
        }
        if (router.addresses().sequence() < message.mobileSequence()) {
            router.addressQuestion().openAnew();
        } else if (first) {
            // We have all it announced, and it would not answer.
            router.addressQuestion().close();
        }
        return first;
    }

    private void onLinkState(LinkStateUpdate update, long now) {
        RemoteRouter router = obtain(update.id(), now);
        if (router == null || !checkIncarnation(router, update.instance(), now)) {
            return;
        }
        // An answer of what we have, or cannot take: to ask again would bring the same.
        router.linkStateQuestion().close();
        LinkState state = update.linkState();
        if (!isTakeable(update) || state.sequence() <= router.sequence()) {
            return;
        }
        router.told(now);
        for (LinkState.Peer peer : state.peers()) {
            obtain(peer.id(), now);
        }
        if (database.replace(router, state)) {
            topologyChanged(now);
        }
    }

    private boolean isTakeable(LinkStateUpdate update) {
        LinkState state = update.linkState();
        if (!state.id().equals(update.id())) {
            complaints.ignored(update, "the link state is that of " + state.id());
            return false;
        }
        if (state.peers().size() > config.limits().peers()) {
            complaints.limit("peers", config.limits().peers(), update.id());
            return false;
        }
        for (LinkState.Peer peer : state.peers()) {
            if (peer.cost() < 1) {
                complaints.ignored(update, "the cost to " + peer.id() + " is " + peer.cost());
                return false;
            }
        }
        return true;
    }

    private void onLinkStateRequest(LinkStateRequest request, long now) {
        RemoteRouter router = obtain(request.id(), now);
        if (router != null && router.isReachable()) {
            effects.sendToRouter(router.id(), new LinkStateUpdate(config.self(), config.instance(), database.own()));
        }
    }

    private boolean onAddresses(MobileAddressUpdate update, long now) {
        RemoteRouter router = database.find(update.id());
        if (router == null) {
            return false; // It comes before all else of a router that is new here; once known it is asked.
        }
        if (update instanceof MobileAddressUpdate.Absolute absolute) {
            addresses.onAbsolute(absolute, router);
            return false;
        }
        addresses.onDifferential((MobileAddressUpdate.Differential) update, router);
        return router.addressUpdates().isFirstCopy(update.sequence(), 0, now, floodMemoryNs);
    }

    private void onAddressRequest(MobileAddressRequest request, long now) {
        RemoteRouter router = obtain(request.id(), now);
        if (router != null) {
            addresses.onRequest(request, router);
        }
    }

    /** The record of a router, made if there is room; null for ourselves and when there is none. */
    private @Nullable RemoteRouter obtain(RouterId id, long now) {
        RemoteRouter router = database.find(id);
        if (router != null || id.equals(config.self())) {
            return router;
        }
        if (!database.hasRoom()) {
            complaints.limit("routers", config.limits().routers(), id);
            return null;
        }
        router = database.create(id, now);
        effects.routerAppeared(id, router.index());
        pathsOutdated = true;
        return router;
    }

    /** Whether a message counts; forgets what an earlier incarnation of its sender told. */
    private boolean checkIncarnation(RemoteRouter router, long instance, long now) {
        RemoteRouter.Incarnation incarnation = router.incarnation(instance, now, lsMaxAgeNs);
        if (incarnation == RemoteRouter.Incarnation.REPLACED) {
            router.contested(now);
            if (router.hasReplacedFor(now) > floodMemoryNs) {
                complaints.duplicate(router.id(), instance, router.instance(), now, lsMaxAgeNs);
            }
            return false;
        }
        if (incarnation == RemoteRouter.Incarnation.NEW) {
            effects.event(new MeshEvent.RouterRestarted(router.id(), instance));
            forget(router, now);
            // A restarted router advertises at once; one of two with the same id may not for long.
            if (router.isContested()) {
                router.addressQuestion().open();
            }
        }
        return true;
    }

    /** What a router told is void. */
    private void forget(RemoteRouter router, long now) {
        database.forget(router);
        addresses.forget(router);
        router.forgetFloods();
        router.linkStateQuestion().open();
        topologyChanged(now);
    }

    private void topologyChanged(long now) {
        lastTopologyChange = now;
        pathsOutdated = true;
    }

    private void age(long now) {
        for (RemoteRouter router : database.routers()) {
            if (router.isNeighbor()) {
                PeerConnection connection = hellos.find(router.connection());
                if (connection == null || !connection.isTwoWay(now, helloMaxAgeNs)) {
                    loseNeighbor(router, MeshEvent.Loss.HELLO_EXPIRED, now);
                }
            }
            if (router.endsContest(now, contestNs)) {
                // Some of its addresses may be those of the other router: what it has is asked for anew.
                addresses.forget(router);
                router.addressQuestion().open();
            }
            if (router.sequence() > 0 && now - router.lastTold() > lsMaxAgeNs) {
                effects.event(new MeshEvent.LinkStateExpired(router.id()));
                if (database.expire(router)) {
                    topologyChanged(now);
                }
            }
        }
        for (RemoteRouter router : database.forgetLonely()) {
            addresses.forget(router);
            effects.routerGone(router.id(), router.index());
            topologyChanged(now);
        }
    }

    private void ask() {
        for (RemoteRouter router : database.routers()) {
            if (!router.isReachable()) {
                continue;
            }
            if (router.linkStateQuestion().tick()) {
                askLinkState(router);
            }
            if (router.addressQuestion().tick()) {
                effects.sendToRouter(
                        router.id(),
                        new MobileAddressRequest(
                                config.self(), router.addresses().sequence()));
            }
        }
    }

    private void askLinkState(RemoteRouter router) {
        effects.sendToRouter(router.id(), new LinkStateRequest(config.self()));
    }

    private void computeIfOutdated(long now) {
        if (pathsOutdated) {
            compute(now);
        }
    }

    private void compute(long now) {
        pathsOutdated = false;
        lastComputed = now;
        RouteTable table = database.compute(paths);
        effects.routesChanged(table);
        effects.event(new MeshEvent.PathsComputed(table.generation(), table.reachable(), table.radius()));
        for (RemoteRouter router : database.routers()) {
            boolean reachable = table.isReachable(router.index());
            router.setReachable(reachable, now);
            if (reachable) {
                addresses.inReach(router);
            }
        }
        narrowed.update(database, hellos.all(), effects);
    }

    /**
     * Whether the network is larger than the other end of a connection bears, so that not all control messages may be
     * written to it as they are. False for Linkspan, and for everybody up to {@link PeerProduct#OTHER_MAX_ROUTERS}.
     */
    public boolean narrows(long connection) {
        PeerConnection peer = hellos.find(connection);
        return peer != null && peer.product() == PeerProduct.OTHER && narrowed.isNeeded(database);
    }

    /**
     * What of a control message, our own or one that is relayed, may be written to a connection that {@link #narrows}.
     *
     * @return the same message, one with fewer neighbours in its link state, or null if it is not to be written
     */
    public @Nullable MeshMessage narrow(long connection, MeshMessage message) {
        return narrows(connection) ? narrowed.narrow(message, config.self(), database) : message;
    }

    /** All known routers, ourselves first; for management. */
    public List<KnownRouter> routers() {
        RouteTable table = routes();
        List<KnownRouter> list = new ArrayList<>(database.size());
        list.add(new KnownRouter(
                config.self(),
                RouteTable.SELF,
                config.instance(),
                null,
                RouteTable.NO_CONNECTION,
                0,
                database.own().peers(),
                database.ownSequence(),
                addresses.local().sequence(),
                addresses.local().announcedCount()));
        for (RemoteRouter router : database.routers()) {
            int hop = table.nextHopRouter(router.index());
            list.add(new KnownRouter(
                    router.id(),
                    router.index(),
                    router.instance(),
                    hop == RouteTable.UNKNOWN || hop == router.index() ? null : table.router(hop),
                    router.connection(),
                    table.cost(router.index()),
                    database.peers(router),
                    router.sequence(),
                    router.addresses().sequence(),
                    router.addresses().size()));
        }
        return list;
    }
}
