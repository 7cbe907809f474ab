// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.mesh;

import io.linkspan.mesh.MeshConfig;
import io.linkspan.mesh.RouterId;
import io.linkspan.mesh.message.Treatment;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One seed's worth of trouble: a random network, a minute or two of faults of all kinds at the same time, then peace, in
 * which everything must become right: paths and addresses soon, the memory of the dead after its age.
 */
public final class Chaos {

    /** Kinds of trouble. */
    public enum Fault {
        /** A connection is lost and comes back. */
        CUT,
        /** One direction of a connection carries nothing; nobody is told. */
        ONE_WAY,
        /** Some routers are apart from the others, with or without being told. */
        PARTITION,
        /** A process stands still and goes on. */
        PAUSE,
        /** A process ends and starts again with the same id. */
        RESTART,
        /** A router goes for good. */
        DEATH,
        /** A second router with an id that is in use lives for a while. */
        DUPLICATE_ID,
        /** A monotonic clock jumps in either direction. */
        CLOCK_JUMP,
        /** Destinations come and go. */
        ADDRESSES,
        /** Messages are lost, doubled, overtaken, late. */
        WEATHER,
        /** Two routers have a second connection. */
        PARALLEL
    }

    private static final long SECOND = Simulation.SECOND;
    private static final long MILLISECOND = Simulation.MILLISECOND;

    /** Peace after which paths and addresses are right: an interval of RAs, and time to ask and answer. */
    private static final long RECOVERY = 45 * SECOND;

    /**
     * More, when an id was used twice. Messages of the survivor may count as those of a replaced instance for the age of
     * link states (60 s); its next RA comes within an interval of RAs (30 s) and is the first to be taken and passed on.
     * Until then who lies behind it may be out of reach, too, and lets its own next RA be heard after that (30 s). The
     * contest about addresses ends an interval and a tick after the last message that was not taken, which was at most
     * one interval before the first that was: with the same RAs, or 30 s later. Seed 32,285,575,783,872 needs 112 s.
     */
    private static final long RECOVERY_FROM_DUPLICATES = 150 * SECOND;

    /** Peace after which nothing is kept of the dead: the age of link states, ticks to count them lonely, and slack. */
    private static final long FORGETTING = 80 * SECOND;

    private static final List<Treatment> TREATMENTS =
            List.of(Treatment.MULTICAST, Treatment.CLOSEST, Treatment.BALANCED);

    private final Simulation simulation;
    private final Checks checks;
    private final SplittableRandom random;
    private final List<SimulatedRouter> citizens = new ArrayList<>();
    private final List<SimulatedRouter> intruders = new ArrayList<>();
    private final List<SimulatedRouter> dead = new ArrayList<>();
    private final Map<Fault, Integer> counts = new EnumMap<>(Fault.class);
    private boolean peace;

    private Chaos(long seed) {
        simulation = new Simulation(seed);
        checks = new Checks(simulation);
        random = simulation.random();
    }

    /** What one run did. */
    public record Outcome(int routers, long simulatedNs, long events, long recoveryNs, Map<Fault, Integer> faults) {}

    /**
     * Runs one seed.
     *
     * @param maxRouters the largest network, at least 3
     * @throws BrokenInvariant with seed and trace
     */
    public static Outcome run(long seed, int maxRouters) {
        return new Chaos(seed).run(maxRouters);
    }

    private Outcome run(int maxRouters) {
        build(2 + random.nextInt(maxRouters - 1));
        simulation.runFor(12 * SECOND);
        long end = simulation.now() + (40 + random.nextInt(60)) * SECOND;
        while (simulation.now() < end) {
            simulation.runFor(100 * MILLISECOND + random.nextLong(5 * SECOND));
            Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
            if (happens(fault)) {
                counts.merge(fault, 1, Integer::sum);
            }
        }
        heal();
        long limit = counts.containsKey(Fault.DUPLICATE_ID) ? RECOVERY_FROM_DUPLICATES : RECOVERY;
        long recovery = simulation.runUntil(
                () -> checks.routesAndAddresses() == null && checks.validOrigins() == null, SECOND, limit);
        require(checks.routesAndAddresses());
        require(checks.validOrigins());
        require(checks.multicastReachesEachOnce());
        // What was right by chance at once must still be right when the allowance is over.
        simulation.runFor(Math.max(FORGETTING, limit - recovery));
        require(checks.noStateOfTheDead());
        require(checks.routesAndAddresses());
        require(checks.validOrigins());
        return new Outcome(citizens.size(), simulation.now(), simulation.eventsDone(), recovery, counts);
    }

    private void require(@Nullable String wrong) {
        if (wrong != null) {
            throw simulation.broken(wrong);
        }
    }

    /** A connected network with random ids, so that the order of ids is not that of indices, and costs that often tie. */
    private void build(int size) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            names.add(i, Character.toString((char) ('A' + random.nextInt(26))) + i);
            SimulatedRouter router = simulation.router(names.get(i));
            citizens.add(router);
            for (int key = random.nextInt(3); key > 0; key--) {
                addAddress(router);
            }
            if (i > 0) {
                simulation.connect(citizens.get(random.nextInt(i)), router, cost());
            }
        }
        for (int extra = random.nextInt(size + 1); extra > 0; extra--) {
            SimulatedRouter a = citizens.get(random.nextInt(size));
            SimulatedRouter b = citizens.get(random.nextInt(size));
            if (a != b && simulation.wires().stream().noneMatch(w -> joins(w, a, b))) {
                simulation.connect(a, b, cost());
            }
        }
    }

    private int cost() {
        return 1 + random.nextInt(random.nextInt(4) == 0 ? 20 : 3);
    }

    private static boolean joins(Wire wire, SimulatedRouter a, SimulatedRouter b) {
        return (wire.ends[0] == a && wire.ends[1] == b) || (wire.ends[0] == b && wire.ends[1] == a);
    }

    private void addAddress(SimulatedRouter router) {
        int key = random.nextInt(12);
        router.add("M0a" + key, TREATMENTS.get(key % TREATMENTS.size()));
    }

    private SimulatedRouter citizen() {
        return citizens.get(random.nextInt(citizens.size()));
    }

    private Wire wire() {
        return simulation.wires().get(random.nextInt(simulation.wires().size()));
    }

    private void later(long minNs, long maxNs, Runnable action) {
        simulation.after(minNs + random.nextLong(maxNs - minNs), () -> {
            if (!peace) {
                action.run();
            }
        });
    }

    private boolean happens(Fault fault) {
        return switch (fault) {
            case CUT -> cut();
            case ONE_WAY -> oneWay();
            case PARTITION -> partition();
            case PAUSE -> pause();
            case RESTART -> restart();
            case DEATH -> death();
            case DUPLICATE_ID -> duplicate();
            case CLOCK_JUMP -> clockJump();
            case ADDRESSES -> addresses();
            case WEATHER -> weather();
            case PARALLEL -> parallel();
        };
    }

    private boolean cut() {
        Wire wire = wire();
        simulation.cut(wire);
        later(100 * MILLISECOND, 20 * SECOND, () -> simulation.raise(wire));
        return true;
    }

    private boolean oneWay() {
        Wire wire = wire();
        int side = random.nextInt(2);
        wire.silent[side] = true;
        simulation.say("silent from side " + side, wire);
        later(SECOND, 15 * SECOND, () -> wire.silent[side] = false);
        return true;
    }

    private boolean partition() {
        List<SimulatedRouter> island = new ArrayList<>();
        for (SimulatedRouter router : citizens) {
            if (random.nextBoolean()) {
                island.add(router);
            }
        }
        boolean told = random.nextBoolean();
        List<Wire> crossing = new ArrayList<>();
        for (Wire wire : simulation.wires()) {
            if (wire.up && island.contains(wire.ends[0]) != island.contains(wire.ends[1])) {
                crossing.add(wire);
            }
        }
        simulation.say(told ? "partition" : "silent partition", island);
        for (Wire wire : crossing) {
            if (told) {
                simulation.cut(wire);
            } else {
                wire.silent[0] = true;
                wire.silent[1] = true;
            }
        }
        later(SECOND, 40 * SECOND, () -> {
            for (Wire wire : crossing) {
                wire.silent[0] = false;
                wire.silent[1] = false;
                simulation.raise(wire);
            }
        });
        return true;
    }

    private boolean pause() {
        SimulatedRouter router = citizen();
        router.pause();
        later(100 * MILLISECOND, 20 * SECOND, router::resume);
        return true;
    }

    private boolean restart() {
        SimulatedRouter router = citizen();
        if (!router.isRunning()) {
            return false;
        }
        router.stop();
        later(SECOND, 10 * SECOND, () -> revive(router));
        return true;
    }

    private void revive(SimulatedRouter router) {
        if (router.isRunning() || dead.contains(router)) {
            return;
        }
        router.start();
        addAddress(router);
        for (Wire wire : simulation.wires()) {
            if (wire.ends[0] == router || wire.ends[1] == router) {
                later(1, 3 * SECOND, () -> simulation.raise(wire));
            }
        }
    }

    private boolean death() {
        SimulatedRouter router = citizen();
        if (dead.size() > citizens.size() / 4 || citizens.size() < 3) {
            return false;
        }
        if (router.isRunning()) {
            router.stop();
        }
        dead.add(router);
        return true;
    }

    private boolean duplicate() {
        RouterId id = citizen().id();
        SimulatedRouter intruder = simulation.router(MeshConfig.of(id, simulation.nextInstance()));
        intruders.add(intruder);
        simulation.say("second router", intruder);
        for (int wires = 1 + random.nextInt(2); wires > 0; wires--) {
            SimulatedRouter host = citizen();
            if (host.isRunning()) {
                simulation.connect(host, intruder, cost());
            }
        }
        addAddress(intruder);
        later(2 * SECOND, 20 * SECOND, intruder::stop);
        return true;
    }

    private boolean clockJump() {
        citizen().jumpClock((random.nextInt(7200) - 3600) * SECOND);
        return true;
    }

    private boolean addresses() {
        for (int change = 1 + random.nextInt(6); change > 0; change--) {
            SimulatedRouter router = citizen();
            if (!router.isRunning()) {
                continue;
            }
            if (random.nextBoolean() || router.local().isEmpty()) {
                addAddress(router);
            } else {
                List<String> keys = new ArrayList<>(router.local().keySet());
                router.remove(keys.get(random.nextInt(keys.size())));
            }
        }
        return true;
    }

    private boolean weather() {
        simulation.faults(
                random.nextDouble() * 0.2, random.nextDouble() * 0.1, random.nextBoolean() ? random.nextDouble() : 0);
        simulation.delay(MILLISECOND, (1 + random.nextInt(300)) * MILLISECOND);
        simulation.say("weather", "");
        later(2 * SECOND, 15 * SECOND, this::fairWeather);
        return true;
    }

    private void fairWeather() {
        simulation.faults(0, 0, 0);
        simulation.delay(MILLISECOND, 20 * MILLISECOND);
    }

    private boolean parallel() {
        Wire first = wire();
        if (!first.up || intruders.contains(first.ends[0]) || intruders.contains(first.ends[1])) {
            return false;
        }
        Wire second = simulation.connect(first.ends[0], first.ends[1], first.cost);
        later(3 * SECOND, 20 * SECOND, () -> simulation.cut(random.nextBoolean() ? second : first));
        return true;
    }

    /** Everything is mended at once; what was to be mended later does not happen any more. */
    private void heal() {
        simulation.say("peace", "");
        peace = true;
        fairWeather();
        for (SimulatedRouter intruder : intruders) {
            if (intruder.isRunning()) {
                intruder.stop();
            }
        }
        for (SimulatedRouter router : citizens) {
            router.resume();
            if (!router.isRunning() && !dead.contains(router)) {
                router.start();
                addAddress(router);
            }
        }
        for (Wire wire : simulation.wires()) {
            wire.silent[0] = false;
            wire.silent[1] = false;
            simulation.raise(wire);
        }
    }
}
