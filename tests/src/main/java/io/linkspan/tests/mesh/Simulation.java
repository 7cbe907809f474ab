// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.mesh;

import io.linkspan.mesh.KnownRouter;
import io.linkspan.mesh.MeshConfig;
import io.linkspan.mesh.RouterId;
import io.linkspan.mesh.message.Treatment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * A network of {@link SimulatedRouter}s in simulated time. Events are done in the order of (time, sequence); everything
 * random comes from one generator. Not thread-safe.
 */
public final class Simulation {

    /** A second of simulated time. */
    public static final long SECOND = 1_000_000_000L;

    /** A millisecond of simulated time. */
    public static final long MILLISECOND = 1_000_000L;

    private static final int TRACE_LINES = 60;

    /** Something that happens at a time. */
    private static final class Event implements Comparable<Event> {
        final long time;
        final long sequence;
        final @Nullable Runnable action;
        final @Nullable Wire wire;
        final int side;
        final int epoch;
        final @Nullable Packet packet;

        Event(
                long time,
                long sequence,
                @Nullable Runnable action,
                @Nullable Wire wire,
                int side,
                int epoch,
                @Nullable Packet packet) {
            this.time = time;
            this.sequence = sequence;
            this.action = action;
            this.wire = wire;
            this.side = side;
            this.epoch = epoch;
            this.packet = packet;
        }

        @Override
        public int compareTo(Event other) {
            return time != other.time ? Long.compare(time, other.time) : Long.compare(sequence, other.sequence);
        }
    }

    private final long seed;
    private final SplittableRandom random;
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final List<SimulatedRouter> routers = new ArrayList<>();
    private final List<Wire> wires = new ArrayList<>();
    private final Deque<String> trace = new ArrayDeque<>();
    private final Set<RouterId> usedTwice = new HashSet<>();
    private final Map<RouterId, Map<Long, Map<Long, Map<String, Treatment>>>> announced = new HashMap<>();

    private long now;
    private long sequence;
    private long eventsDone;
    private long messagesSent;
    private int instances;

    private long minDelay = MILLISECOND;
    private long maxDelay = 20 * MILLISECOND;
    private double loss;
    private double duplication;
    private double reordering;
    private boolean large;

    /** An empty network. */
    public Simulation(long seed) {
        this.seed = seed;
        random = new SplittableRandom(seed);
    }

    /** Each message takes a time in this range; on one connection they stay in order. */
    public Simulation delay(long minNs, long maxNs) {
        minDelay = minNs;
        maxDelay = maxNs;
        return this;
    }

    /** The probabilities that a message is lost, comes twice, overtakes others. */
    public Simulation faults(double newLoss, double newDuplication, double newReordering) {
        loss = newLoss;
        duplication = newDuplication;
        reordering = newReordering;
        return this;
    }

    /** Without the text of a trace and without {@link Invariants}; for large networks, before there are routers. */
    public Simulation large() {
        large = true;
        return this;
    }

    boolean isLarge() {
        return large;
    }

    /** Adds a router with default timers; its ticks have a phase of their own. */
    public SimulatedRouter router(String id) {
        return router(MeshConfig.of(new RouterId(id), nextInstance()));
    }

    /** Adds a router. */
    public SimulatedRouter router(MeshConfig config) {
        for (SimulatedRouter other : routers) {
            if (other.id().equals(config.self())) {
                usedTwice.add(config.self());
            }
        }
        SimulatedRouter router = new SimulatedRouter(this, config, routers.size());
        routers.add(router);
        after(random.nextLong(SECOND), router::tick);
        return router;
    }

    /** Connects two routers now. */
    public Wire connect(SimulatedRouter a, SimulatedRouter b, int cost) {
        Wire wire = new Wire(wires.size(), a, b, cost);
        wires.add(wire);
        raise(wire);
        return wire;
    }

    /** A connection comes up, if both ends run. */
    public void raise(Wire wire) {
        if (wire.up || !wire.ends[0].isRunning() || !wire.ends[1].isRunning()) {
            return;
        }
        wire.up = true;
        wire.silent[0] = false;
        wire.silent[1] = false;
        say("up", wire);
        wire.ends[0].connectionUp(wire);
        wire.ends[1].connectionUp(wire);
    }

    /** A connection is lost; both ends learn it, each after a moment of its own. */
    public void cut(Wire wire) {
        if (!wire.up) {
            return;
        }
        wire.up = false;
        wire.epoch++;
        say("down", wire);
        for (SimulatedRouter end : wire.ends) {
            end.connectionDown(wire);
        }
    }

    /** Does something after a time. */
    public void after(long delayNs, Runnable action) {
        events.add(new Event(now + delayNs, sequence++, action, null, 0, 0, null));
    }

    void send(SimulatedRouter from, Wire wire, Packet packet) {
        int side = wire.side(from);
        if (!wire.up) {
            return;
        }
        messagesSent++;
        if (packet.flood() != null) {
            packet.flood().copies++;
        }
        if (wire.silent[side] || (loss > 0 && random.nextDouble() < loss)) {
            return;
        }
        deliver(wire, side, packet);
        if (duplication > 0 && random.nextDouble() < duplication) {
            deliver(wire, side, packet);
        }
    }

    private void deliver(Wire wire, int side, Packet packet) {
        long delay = minDelay + random.nextLong(maxDelay - minDelay + 1) + wire.extraDelayNs;
        long arrival = now + delay;
        if (reordering == 0 || random.nextDouble() >= reordering) {
            arrival = Math.max(arrival, wire.lastArrival[side]);
            wire.lastArrival[side] = arrival;
        }
        events.add(new Event(arrival, sequence++, null, wire, side, wire.epoch, packet));
    }

    /** Runs for a time. */
    public void runFor(long durationNs) {
        long end = now + durationNs;
        while (true) {
            Event next = events.peek();
            if (next == null || next.time > end) {
                break;
            }
            events.poll();
            now = next.time;
            eventsDone++;
            if (next.action != null) {
                next.action.run();
            } else if (next.wire != null && next.packet != null && next.epoch == next.wire.epoch) {
                next.wire.ends[1 - next.side].arrived(next.packet, next.wire);
            }
        }
        now = end;
    }

    /**
     * Runs until a condition holds, looked at every so often.
     *
     * @return the time it took, at most the limit
     */
    public long runUntil(java.util.function.BooleanSupplier condition, long everyNs, long limitNs) {
        long start = now;
        while (!condition.getAsBoolean() && now - start < limitNs) {
            runFor(everyNs);
        }
        return now - start;
    }

    /** Simulated time since the start. */
    public long now() {
        return now;
    }

    /** The seed of this run. */
    public long seed() {
        return seed;
    }

    /** The one generator. */
    public SplittableRandom random() {
        return random;
    }

    /** All routers that were ever added, those that do not run included. */
    public List<SimulatedRouter> routers() {
        return routers;
    }

    /** All connections that were ever made, those that are down included. */
    public List<Wire> wires() {
        return wires;
    }

    /** A start time that no other router had. */
    long nextInstance() {
        return 1_000_000L + ++instances;
    }

    /**
     * Whether two routers used this id at the same time. What others keep of the addresses of such a router may stay mixed
     * up with those of the other until it restarts: a MAU names no instance, and the numbers of both may be equal.
     */
    boolean isUsedTwice(RouterId id) {
        return usedTwice.contains(id);
    }

    /** A router announces this set of addresses. */
    void announce(MeshConfig router, long number, Map<String, Treatment> addresses) {
        announced
                .computeIfAbsent(router.self(), unused -> new HashMap<>())
                .computeIfAbsent(router.instance(), unused -> new HashMap<>())
                .put(number, addresses);
    }

    /** Whether others may know these addresses of a router whose newest start they know. */
    boolean mayKeep(KnownRouter router, Map<String, Treatment> addresses) {
        Map<Long, Map<Long, Map<String, Treatment>>> starts = announced.getOrDefault(router.id(), Map.of());
        long newest = 0;
        for (SimulatedRouter one : routers) {
            newest = one.id().equals(router.id()) ? one.instance() : newest;
        }
        return router.instance() != newest
                || addresses.equals(
                        starts.getOrDefault(newest, Map.of()).getOrDefault(router.mobileSequence(), Map.of()));
    }

    /** Events done so far. */
    public long eventsDone() {
        return eventsDone;
    }

    /** Messages sent on connections so far. */
    public long messagesSent() {
        return messagesSent;
    }

    /** Connections that are up. */
    int wiresUp() {
        int up = 0;
        for (Wire wire : wires) {
            if (wire.up) {
                up++;
            }
        }
        return up;
    }

    /** Notes a line for the trace of a failure. */
    void say(String what, Object about) {
        if (!large) {
            if (trace.size() == TRACE_LINES) {
                trace.removeFirst();
            }
            trace.addLast((now / MILLISECOND) + " ms " + what + " " + about);
        }
    }

    /** The exception for a broken promise, with seed and trace. */
    BrokenInvariant broken(String what) {
        StringBuilder text = new StringBuilder("seed " + seed + ", " + (now / MILLISECOND) + " ms: " + what);
        for (String line : trace) {
            text.append("\n  ").append(line);
        }
        return new BrokenInvariant(text.toString());
    }
}
