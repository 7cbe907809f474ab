// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.mesh;

import io.linkspan.mesh.RouterId;
import io.linkspan.mesh.path.RouteTable;
import io.linkspan.mesh.path.ValidOrigins;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What must be true of a network that has been left in peace. Each check answers null, or what is wrong first. */
public final class Checks {

    private final Simulation simulation;

    /** For one network. */
    public Checks(Simulation simulation) {
        this.simulation = simulation;
    }

    private List<SimulatedRouter> running() {
        List<SimulatedRouter> running = new ArrayList<>();
        for (SimulatedRouter router : simulation.routers()) {
            if (router.isRunning()) {
                running.add(router);
            }
        }
        return running;
    }

    /**
     * Next hops, costs and radius are the oracle's, and the addresses of all others are known as they are; except those of
     * an id that two routers used at the same time, which may stay mixed up until a restart, see {@link
     * Simulation#isUsedTwice}.
     */
    public @Nullable String routesAndAddresses() {
        List<SimulatedRouter> running = running();
        Oracle oracle = Oracle.of(running, simulation.wires());
        for (int at = 0; at < running.size(); at++) {
            SimulatedRouter router = running.get(at);
            RouteTable routes = router.node().routes();
            for (int to = 0; to < running.size(); to++) {
                if (to == at) {
                    continue;
                }
                String wrong = pair(running, oracle, at, to);
                if (wrong != null) {
                    return wrong;
                }
            }
            if (routes.reachable() != oracle.reachable(at)) {
                return router + " reaches " + routes.reachable() + " routers instead of " + oracle.reachable(at);
            }
            if (routes.radius() != oracle.radius(at)) {
                return router + " has radius " + routes.radius() + " instead of " + oracle.radius(at);
            }
        }
        return null;
    }

    private @Nullable String pair(List<SimulatedRouter> running, Oracle oracle, int at, int to) {
        SimulatedRouter router = running.get(at);
        RouteTable routes = router.node().routes();
        SimulatedRouter other = running.get(to);
        int index = routes.index(other.id());
        boolean reachable = index != RouteTable.UNKNOWN && routes.isReachable(index);
        if (reachable != oracle.reaches(at, to)) {
            return router + (reachable ? " reaches " : " does not reach ") + other;
        }
        if (!reachable) {
            return router.addressesOf(other.id()).isEmpty() ? null : router + " keeps addresses of " + other;
        }
        if (routes.cost(index) != oracle.cost(at, to)) {
            return router + " has cost " + routes.cost(index) + " to " + other + " instead of " + oracle.cost(at, to);
        }
        SimulatedRouter hop = running.get(oracle.path(at, to).get(0));
        if (router.behind(routes.nextHop(index)) != hop) {
            return router + " sends to " + other + " by " + router.behind(routes.nextHop(index)) + " instead of " + hop;
        }
        if (!simulation.isUsedTwice(other.id())
                && !router.addressesOf(other.id()).equals(other.local())) {
            return router + " has addresses " + router.addressesOf(other.id()) + " of " + other + " instead of "
                    + other.local();
        }
        return null;
    }

    /** Costs from some routers, evenly chosen, to all others are those of an independent computation; for large networks. */
    public @Nullable String costsOfSome(int count) {
        List<SimulatedRouter> routers = simulation.routers();
        Oracle oracle = Oracle.of(routers, simulation.wires());
        for (int n = 0; n < Math.min(count, routers.size()); n++) {
            int at = count >= routers.size() ? n : (int) ((long) n * routers.size() / count);
            RouteTable routes = routers.get(at).node().routes();
            for (int to = 0; to < routers.size(); to++) {
                int index = routes.index(routers.get(to).id());
                if (routes.cost(index) != oracle.cost(at, to)) {
                    return routers.get(at) + " has cost " + routes.cost(index) + " to " + routers.get(to)
                            + " instead of " + oracle.cost(at, to);
                }
            }
        }
        return null;
    }

    /** Valid origins are the oracle's for every pair. */
    public @Nullable String validOrigins() {
        List<SimulatedRouter> running = running();
        Oracle oracle = Oracle.of(running, simulation.wires());
        for (int at = 0; at < running.size(); at++) {
            SimulatedRouter router = running.get(at);
            RouteTable routes = router.node().routes();
            ValidOrigins origins = new ValidOrigins();
            for (int to = 0; to < running.size(); to++) {
                if (to == at || !oracle.reaches(at, to)) {
                    continue;
                }
                BitSet expected = oracle.validOrigins(at, to);
                BitSet found = new BitSet();
                int destination = routes.index(running.get(to).id());
                for (int origin = 0; origin < running.size(); origin++) {
                    int index = routes.index(running.get(origin).id());
                    if (origin != at && origins.isValid(routes, index, destination)) {
                        found.set(origin);
                    }
                }
                if (!found.equals(expected)) {
                    return router + " has valid origins " + found + " for " + running.get(to) + " instead of "
                            + expected;
                }
            }
        }
        return null;
    }

    /** A message to everybody reaches each router in reach once, by the test of valid origins; nobody forwards in circles. */
    public @Nullable String multicastReachesEachOnce() {
        for (SimulatedRouter origin : running()) {
            String wrong = multicastReachesEachOnce(origin, router -> true);
            if (wrong != null) {
                return wrong;
            }
        }
        return null;
    }

    /** The same for one origin, as long as its message comes to routers of which a condition holds only. */
    static @Nullable String multicastReachesEachOnce(SimulatedRouter origin, Predicate<SimulatedRouter> condition) {
        Set<SimulatedRouter> reached = new HashSet<>();
        Deque<SimulatedRouter> copies = new ArrayDeque<>();
        copies.add(origin);
        while (!copies.isEmpty()) {
            SimulatedRouter at = copies.removeFirst();
            if (!condition.test(at)) {
                return null;
            }
            if (!reached.add(at)) {
                return "a copy of " + origin + "'s message came to " + at + " a second time";
            }
            copies.addAll(nextCopies(at, origin));
        }
        int expected = origin.node().routes().reachable() + 1;
        return reached.size() == expected
                ? null
                : "the message of " + origin + " reached " + reached.size() + " routers of " + expected;
    }

    private static List<SimulatedRouter> nextCopies(SimulatedRouter at, SimulatedRouter origin) {
        RouteTable routes = at.node().routes();
        ValidOrigins origins = new ValidOrigins();
        int from = routes.index(origin.id());
        List<SimulatedRouter> next = new ArrayList<>();
        for (int destination = 1; destination < routes.size(); destination++) {
            if (routes.isReachable(destination) && origins.isValid(routes, from, destination)) {
                SimulatedRouter hop = at.behind(routes.nextHop(destination));
                if (hop != null && !next.contains(hop)) {
                    next.add(hop);
                }
            }
        }
        return next;
    }

    /** Nobody keeps a record of a router that does not run. */
    public @Nullable String noStateOfTheDead() {
        Set<RouterId> alive = new HashSet<>();
        for (SimulatedRouter router : simulation.routers()) {
            if (router.isRunning()) {
                alive.add(router.id());
            }
        }
        for (SimulatedRouter router : simulation.routers()) {
            if (!router.isRunning()) {
                continue;
            }
            for (RouterId known : router.known()) {
                if (!alive.contains(known)) {
                    return router + " still knows " + known;
                }
            }
        }
        return null;
    }
}
