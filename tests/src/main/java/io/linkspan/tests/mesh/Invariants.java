// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.mesh;

import io.linkspan.mesh.KnownRouter;
import io.linkspan.mesh.MeshConfig;
import io.linkspan.mesh.RouterId;
import io.linkspan.mesh.message.Hello;
import io.linkspan.mesh.message.LinkState;
import io.linkspan.mesh.message.LinkStateUpdate;
import io.linkspan.mesh.message.MeshMessage;
import io.linkspan.mesh.message.RouterAdvertisement;
import io.linkspan.mesh.message.Treatment;
import io.linkspan.mesh.path.RouteTable;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is true of one incarnation of a router after every event that its engine got, also while routers disagree about the
 * network and some of them are dead, deaf or two. Kept beside the engine, from what it is told and what it says:
 *
 * <ol>
 *   <li><b>Paths follow from what is known.</b> The table has the costs, next hops, radius, connections and valid origins
 *       that the {@link Oracle} computes from the router's own link states ({@link Belief}). It may be behind them for less
 *       than a second and until the next tick at the latest; a neighbour found or lost is in it at once.
 *   <li><b>Who agrees forwards without a loop.</b> From this router to any other, along routers that have the same link
 *       states, a message goes exactly the way that this router computed, and, when both ends of each connection tell the
 *       same of it, in no more hops than each router on it takes for the longest way. When all in reach agree, a multicast
 *       message comes to each once.
 *   <li><b>No message visits a router twice</b>, agreed or not: no trace names a router twice.
 *   <li><b>Nothing is kept past its age.</b> At the last tick each neighbour was heard, naming us, within
 *       {@code helloMaxAge} on the connection in use; each router whose link state counts was heard of within
 *       {@code remoteLsMaxAge}; each known router is a neighbour, or named, or names somebody, or was so two ticks ago;
 *       addresses of who is out of reach for more than a second are not with the core. Nor is anything missed: who is heard
 *       to hear us, by any connection that is up, is a neighbour.
 *   <li><b>Numbers.</b> Our own grow by one, in ticks, when what they number has changed, and are advertised then; those
 *       kept of a start of another router do not fall, unless to nothing.
 *   <li><b>Addresses kept of a router are a set that it announced</b>, under the same number and in the same start, once
 *       the start is known (a MAU does not tell it). Not of an id that two routers used.
 *   <li><b>Messages sent are bounded</b>, see {@link Sendings}.
 * </ol>
 */
final class Invariants {

    /** How long addresses may stay with the core when their router is out of reach. */
    private static final long HOLD_OFF = Simulation.SECOND;

    /** The longest step of a router's own clock from one thing it is told to the next. docs/mesh.md, Timers. */
    private static final long MAX_STEP = 1_500 * Simulation.MILLISECOND;

    private static final int LONELY_TICKS = 3;

    private final SimulatedRouter router;
    private final Simulation simulation;
    private final MeshConfig config;
    private final Sendings sendings;

    private long clock;
    private long now;
    private long lastTick;

    private final Map<Long, Long> heardUs = new HashMap<>();
    private final Map<RouterId, Long> toldOf = new HashMap<>();
    private final Map<RouterId, Long> outOfReachSince = new HashMap<>();
    private final Map<RouterId, Integer> lonely = new HashMap<>();
    private final Map<RouterId, KnownRouter> before = new HashMap<>();
    private final Set<RouterId> changedAddresses = new HashSet<>();
    private List<LinkState.Peer> ownAtLastTick = List.of();

    private RouteTable table;
    private Belief belief;
    private long computedAt;
    private boolean behind;

    Invariants(SimulatedRouter router, Simulation simulation, MeshConfig config, long clock) {
        this.router = router;
        this.simulation = simulation;
        this.config = config;
        this.clock = clock;
        sendings = new Sendings(router);
        table = router.node().routes();
        belief = new Belief(router.node().routers());
        computedAt = -Simulation.SECOND;
    }

    /** The engine is called with this time. */
    void advance(long newClock) {
        now += Math.max(0, Math.min(newClock - clock, MAX_STEP));
        clock = newClock;
    }

    /** The engine gets a message. */
    void told(MeshMessage message, long connection) {
        if (message instanceof Hello hello) {
            if (hello.seen().contains(router.id())) {
                heardUs.put(connection, now);
            }
        } else if (message instanceof RouterAdvertisement || message instanceof LinkStateUpdate) {
            toldOf.put(message.id(), now);
        }
    }

    /** The engine computed paths. */
    void computed() {
        computedAt = now;
    }

    /** The core is told of addresses of a router. */
    void addressesChanged(RouterId other) {
        changedAddresses.add(other);
    }

    /** Whether another router computed its paths from the same link states as this one, and knows nothing newer. */
    private boolean agrees(SimulatedRouter other) {
        Invariants others = other.invariants();
        return other == router || (others != null && !others.behind && belief.agrees(others.belief));
    }

    /**
     * An event is over.
     *
     * @param told what was told to the engine; null when the message was not for it
     * @param packet the message, if it was one
     */
    void check(EventTimes.@Nullable Kind told, @Nullable Packet packet, List<SimulatedRouter.Sending> outbox) {
        List<KnownRouter> known = router.node().routers();
        if (told == EventTimes.Kind.TICK) {
            lastTick = now;
        }
        for (KnownRouter one : known) {
            if (isForgotten(before.get(one.id()), one)) {
                sendings.forgot(one.id(), now);
            }
        }
        require(sendings.wrong(told, packet, outbox, now));
        require(paths(told, packet, known));
        require(ages(known));
        require(neighbors(known));
        require(numbers(told, known));
        if (told == EventTimes.Kind.TICK) {
            require(existence(known));
            require(ownNumbers(known.get(0), outbox));
        }
        require(addresses(known));
        changedAddresses.clear();
        before.clear();
        for (KnownRouter one : known) {
            before.put(one.id(), one);
        }
    }

    private static boolean isForgotten(@Nullable KnownRouter old, KnownRouter one) {
        return old == null
                || old.instance() != one.instance()
                || old.linkStateSequence() > one.linkStateSequence()
                || old.mobileSequence() > one.mobileSequence();
    }

    private void require(@Nullable String wrong) {
        if (wrong != null) {
            throw simulation.broken(router + ": " + wrong);
        }
    }

    private @Nullable String paths(EventTimes.@Nullable Kind told, @Nullable Packet packet, List<KnownRouter> known) {
        RouteTable newest = router.node().routes();
        if (newest == table) {
            boolean wasBehind = behind;
            behind = !belief.isStill(known);
            boolean allowed = told != EventTimes.Kind.TICK && (wasBehind || isMessage(told));
            if (told != null && packet != null && !packet.message().id().equals(router.id())) {
                allowed &= now - computedAt < Simulation.SECOND;
            }
            if (behind && !allowed) {
                return "the table is older than what is known";
            }
            return behind && !sameNeighbors(known) ? "the table is behind a neighbour found or lost" : null;
        }
        table = newest;
        belief = new Belief(known);
        behind = false;
        for (KnownRouter one : known) {
            if (one.index() != RouteTable.SELF) {
                if (newest.isReachable(one.index())) {
                    outOfReachSince.remove(one.id());
                } else {
                    outOfReachSince.putIfAbsent(one.id(), now);
                }
            }
        }
        String wrong = belief.wrong(newest);
        return wrong != null ? wrong : ways();
    }

    private static boolean isMessage(EventTimes.@Nullable Kind told) {
        return told == EventTimes.Kind.RA
                || told == EventTimes.Kind.LSU
                || told == EventTimes.Kind.LSR
                || told == EventTimes.Kind.MAR;
    }

    private boolean sameNeighbors(List<KnownRouter> known) {
        for (KnownRouter one : known) {
            if (one.index() != RouteTable.SELF && table.neighborConnection(one.index()) != one.connection()) {
                return false;
            }
        }
        return true;
    }

    private boolean isTrusted(SimulatedRouter other) {
        return other.isRunning() && !other.isBehindhand() && agrees(other);
    }

    /** Where messages of this router go, as far as those on the way agree with it. */
    private @Nullable String ways() {
        Set<SimulatedRouter> agreeing = new HashSet<>();
        for (SimulatedRouter other : simulation.routers()) {
            if (isTrusted(other)) {
                agreeing.add(other);
            }
        }
        List<KnownRouter> routers = belief.routers();
        boolean symmetric = belief.oracle().isSymmetric();
        for (int to = 1; to < routers.size(); to++) {
            if (!belief.oracle().reaches(0, to)) {
                continue;
            }
            List<Integer> path = belief.oracle().path(0, to);
            SimulatedRouter at = router;
            for (int hop = 0; hop < path.size() && agreeing.contains(at); hop++) {
                RouteTable routes = at.node().routes();
                if (symmetric && hop > routes.longestWay()) {
                    return "a message to " + routers.get(to).id() + " is too old for " + at + " after " + hop + " hops";
                }
                SimulatedRouter next =
                        at.behind(routes.nextHop(routes.index(routers.get(to).id())));
                if (next == null || !next.id().equals(routers.get(path.get(hop)).id())) {
                    return "a message to " + routers.get(to).id() + " goes from " + at + " to " + next + " instead of "
                            + routers.get(path.get(hop)).id();
                }
                at = next;
            }
        }
        return Checks.multicastReachesEachOnce(router, agreeing::contains);
    }

    private @Nullable String ages(List<KnownRouter> known) {
        for (KnownRouter one : known) {
            if (one.index() == RouteTable.SELF) {
                continue;
            }
            if (one.connection() != RouteTable.NO_CONNECTION) {
                if (router.behind(one.connection()) == null && !router.isBehindhand()) {
                    return one.id() + " is a neighbour by a connection that is down";
                }
                if (lastTick - heardUs.getOrDefault(one.connection(), Long.MIN_VALUE / 2)
                        > config.helloMaxAge().toNanos()) {
                    return one.id() + " is a neighbour and was not heard in time";
                }
            }
            if (one.linkStateSequence() > 0
                    && lastTick - toldOf.getOrDefault(one.id(), Long.MIN_VALUE / 2)
                            > config.remoteLsMaxAge().toNanos()) {
                return one.id() + " was not heard of in time and has link state " + one.linkStateSequence();
            }
            Long since = outOfReachSince.get(one.id());
            if (since != null
                    && lastTick - since > HOLD_OFF
                    && !router.addressesOf(one.id()).isEmpty()) {
                return one.id() + " is out of reach and has addresses " + router.addressesOf(one.id());
            }
        }
        return null;
    }

    /** Who is heard to hear us is a neighbour. */
    private @Nullable String neighbors(List<KnownRouter> known) {
        if (router.isBehindhand()) {
            return null;
        }
        heardUs.keySet().removeIf(connection -> router.behind(connection) == null);
        for (Map.Entry<Long, Long> heard : heardUs.entrySet()) {
            SimulatedRouter other = router.behind(heard.getKey());
            if (other == null
                    || other.id().equals(router.id())
                    || now - heard.getValue() > config.helloMaxAge().toNanos()) {
                continue;
            }
            if (known.stream()
                    .noneMatch(one -> one.id().equals(other.id()) && one.connection() != RouteTable.NO_CONNECTION)) {
                return other + " is heard by connection " + heard.getKey() + " and is no neighbour";
            }
        }
        return null;
    }

    /** Each record has a reason, or had one lately. */
    private @Nullable String existence(List<KnownRouter> known) {
        Set<RouterId> named = new HashSet<>();
        for (KnownRouter one : known) {
            List<LinkState.Peer> peers = one.peers();
            if (peers != null) {
                peers.forEach(peer -> named.add(peer.id()));
            }
        }
        Set<RouterId> all = new HashSet<>();
        for (KnownRouter one : known) {
            all.add(one.id());
            List<LinkState.Peer> peers = one.peers();
            boolean reason = one.index() == RouteTable.SELF
                    || one.connection() != RouteTable.NO_CONNECTION
                    || named.contains(one.id())
                    || (peers != null && !peers.isEmpty());
            if (reason) {
                lonely.remove(one.id());
            } else if (lonely.merge(one.id(), 1, Integer::sum) >= LONELY_TICKS) {
                return one.id() + " is known, and nothing speaks for it";
            }
        }
        lonely.keySet().retainAll(all);
        outOfReachSince.keySet().retainAll(all);
        return null;
    }

    private @Nullable String numbers(EventTimes.@Nullable Kind told, List<KnownRouter> known) {
        for (KnownRouter one : known) {
            KnownRouter old = before.get(one.id());
            if (old == null) {
                continue;
            }
            if (one.index() == RouteTable.SELF) {
                long steps = told == EventTimes.Kind.TICK ? 1 : 0;
                if (one.linkStateSequence() < old.linkStateSequence()
                        || one.linkStateSequence() > old.linkStateSequence() + steps
                        || one.mobileSequence() < old.mobileSequence()
                        || one.mobileSequence() > old.mobileSequence() + steps) {
                    return "our numbers went from " + old + " to " + one;
                }
            } else if (one.instance() == old.instance()
                    && ((one.linkStateSequence() < old.linkStateSequence() && one.linkStateSequence() > 0)
                            || (one.mobileSequence() < old.mobileSequence() && one.mobileSequence() > 0))) {
                return "numbers fell from " + old + " to " + one;
            }
        }
        return null;
    }

    /** After a tick. */
    private @Nullable String ownNumbers(KnownRouter own, List<SimulatedRouter.Sending> outbox) {
        KnownRouter old = before.get(own.id());
        List<LinkState.Peer> peers = own.peers();
        if (old == null || peers == null) {
            return peers == null ? "we told nothing" : null;
        }
        boolean grown = own.linkStateSequence() > old.linkStateSequence();
        if (!grown && !new HashSet<>(peers).equals(new HashSet<>(ownAtLastTick))) {
            return "our neighbours are " + peers + " and were " + ownAtLastTick + " under the same number";
        }
        ownAtLastTick = peers;
        if (grown || own.mobileSequence() > old.mobileSequence()) {
            RouterAdvertisement newest =
                    new RouterAdvertisement(own.id(), config.instance(), own.linkStateSequence(), own.mobileSequence());
            if (table.reachable() > 0
                    && outbox.stream()
                            .noneMatch(sending -> sending.packet().message().equals(newest))) {
                return "new numbers are not advertised: " + newest;
            }
        }
        return null;
    }

    private @Nullable String addresses(List<KnownRouter> known) {
        for (KnownRouter one : known) {
            if (one.index() == RouteTable.SELF || simulation.isUsedTwice(one.id())) {
                continue;
            }
            Map<String, Treatment> kept = router.addressesOf(one.id());
            KnownRouter old = before.get(one.id());
            boolean changed =
                    old == null || old.mobileSequence() != one.mobileSequence() || changedAddresses.contains(one.id());
            if (!changed || (kept.isEmpty() && !table.isReachable(one.index()))) {
                continue;
            }
            if (!simulation.mayKeep(one, kept)) {
                return "addresses of " + one.id() + " are " + kept + ", which it never announced as number "
                        + one.mobileSequence();
            }
        }
        return null;
    }
}
