// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.mesh;

import io.linkspan.core.mesh.ControlWriter;
import io.linkspan.mesh.message.MeshMessage;
import io.linkspan.mesh.message.MobileAddressUpdate;
import io.linkspan.mesh.message.Treatment;
import io.linkspan.mesh.path.RouteTable;
import io.linkspan.mesh.path.ValidOrigins;
import io.netty.buffer.ByteBuf;
import java.io.PrintStream;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How fast the mesh heals and how much it costs: {@code MeshBenchmark [LARGEST]}. Simulated time for the network, CPU time
 * of one thread for the engine. 2,000 routers in one process need a heap of about 4 GiB.
 */
public final class MeshBenchmark {

    private static final long SECOND = Simulation.SECOND;
    private static final int[] SIZES = {5, 50, 500, 2_000};
    private static final int ADDRESSES = 100_000;

    private MeshBenchmark() {}

    /** See the class. */
    public static void main(String[] arguments) {
        int largest = arguments.length == 1 ? Integer.parseInt(arguments[0]) : 2_000;
        run(System.out, largest);
    }

    /** Prints all tables. */
    static void run(PrintStream out, int largest) {
        out.println(
                "One connection cut in a ring with chords, delay 1 to 20 ms per hop. converged: until the last router"
                        + " has");
        out.println(
                "its new paths, simulated; propagation: the longest path there and back three times (RA, LSR, LSU) at"
                        + " 20 ms.");
        out.println(
                "own tree: CPU time to compute paths after one changed link; lazy: one tree of an origin, and all of"
                        + " them.");
        out.println("Below each network the CPU time of each call of the engines in the three seconds after the cut, by"
                + " what was told to them.");
        out.printf(
                Locale.ROOT,
                "%8s %6s %13s %15s %12s %14s %13s %13s %12s%n",
                "routers",
                "radius",
                "converged ms",
                "propagation ms",
                "messages",
                "CPU/router ms",
                "own tree ms",
                "lazy tree ms",
                "all lazy ms");
        convergence(null, 50);
        for (int size : SIZES) {
            if (size <= largest) {
                convergence(out, size);
            }
        }
        out.println();
        out.println(ADDRESSES
                + " mobile addresses between two engines in one process, which share the texts of the keys; bytes: of the"
                + " encoded messages that carry them");
        addresses(null, "absolute");
        addresses(out, "absolute");
        addresses(out, "differential");
    }

    /** What one cut did. */
    record Healing(int radius, long convergedNs, long propagationNs) {}

    private static void convergence(@Nullable PrintStream out, int size) {
        Simulation simulation = Networks.ringWithChords(7, size);
        Networks.bootstrap(simulation);
        // Past the flux that follows the start, and before the advertisements of the stable network.
        simulation.runFor(10 * SECOND);
        EventTimes times = new EventTimes();
        for (SimulatedRouter router : simulation.routers()) {
            router.measure(times);
        }
        long sentBefore = simulation.messagesSent();
        Healing healing = cut(simulation, simulation.wires().get(size / 2));
        long sent = simulation.messagesSent() - sentBefore;
        double[] trees = trees(simulation);
        if (out != null) {
            out.printf(
                    Locale.ROOT,
                    "%8d %6d %13d %15d %12d %14.2f %13.2f %13.3f %12.1f%n",
                    size,
                    healing.radius(),
                    healing.convergedNs() / Simulation.MILLISECOND,
                    healing.propagationNs() / Simulation.MILLISECOND,
                    sent,
                    times.total() / 1e6 / size,
                    trees[0],
                    trees[1],
                    trees[2]);
            times.print(out);
        }
    }

    /**
     * Cuts a connection and waits until all paths are new.
     *
     * @throws BrokenInvariant when some router has other paths than an independent computation
     */
    static Healing cut(Simulation simulation, Wire wire) {
        long start = simulation.now();
        simulation.cut(wire);
        simulation.runFor(3 * SECOND);
        long last = start;
        int radius = 0;
        for (SimulatedRouter router : simulation.routers()) {
            last = Math.max(last, router.routesChangedAt());
            radius = Math.max(radius, router.node().routes().radius());
        }
        String wrong = new Checks(simulation).costsOfSome(50);
        if (wrong != null) {
            throw simulation.broken(wrong);
        }
        return new Healing(radius, last - start, 3L * radius * 20 * Simulation.MILLISECOND);
    }

    /** Medians of the time for the own tree after a change and for one lazy tree, and the time for all lazy trees, in ms. */
    private static double[] trees(Simulation simulation) {
        SimulatedRouter router = simulation.routers().get(0);
        Wire wire = simulation.wires().get(0);
        double[] own = new double[21];
        for (int i = 0; i < own.length; i++) {
            EventTimes times = new EventTimes();
            if (i % 2 == 0) {
                router.measure(times);
                router.connectionDown(wire);
            } else {
                router.connectionUp(wire);
                router.measure(times);
                router.hear(wire);
            }
            own[i] = times.total() / 1e6;
        }
        RouteTable routes = router.node().routes();
        ValidOrigins origins = new ValidOrigins();
        double[] lazy = new double[routes.size() - 1];
        double all = 0;
        for (int origin = 1; origin < routes.size(); origin++) {
            long start = SimulatedRouter.CPU.getCurrentThreadCpuTime();
            origins.destinationsOf(routes, origin);
            lazy[origin - 1] = (SimulatedRouter.CPU.getCurrentThreadCpuTime() - start) / 1e6;
            all += lazy[origin - 1];
        }
        return new double[] {median(own), median(lazy), all};
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static void addresses(@Nullable PrintStream out, String how) {
        long before = memory();
        Simulation simulation = new Simulation(3).large();
        SimulatedRouter a = simulation.router("A");
        SimulatedRouter b = simulation.router("B");
        boolean known = how.equals("differential");
        if (known) {
            simulation.connect(a, b, 1);
            simulation.runFor(10 * SECOND);
        }
        for (int i = 0; i < ADDRESSES; i++) {
            a.add("M0region.plant-" + (i % 100) + ".line." + i, Treatment.BALANCED);
        }
        if (!known) {
            simulation.runFor(3 * SECOND);
            simulation.connect(a, b, 1);
        }
        EventTimes sender = new EventTimes();
        EventTimes receiver = new EventTimes();
        a.measure(sender);
        b.measure(receiver);
        List<MeshMessage> sent = a.record();
        long took = simulation.runUntil(
                () -> b.addressesOf(a.id()).size() == ADDRESSES, 10 * Simulation.MILLISECOND, 60 * SECOND);
        simulation.runFor(2 * SECOND);
        if (!b.addressesOf(a.id()).equals(a.local())) {
            throw simulation.broken(b + " has " + b.addressesOf(a.id()).size() + " addresses");
        }
        long used;
        try {
            used = memory() - before;
        } finally {
            Reference.reachabilityFence(simulation);
        }
        if (out != null) {
            out.printf(
                    Locale.ROOT,
                    "%-14s simulated %5d ms, CPU sender %7.1f ms, receiver %7.1f ms, %d bytes, memory of both engines and"
                            + " of both simulated cores' tables %d KiB%n",
                    how,
                    took / Simulation.MILLISECOND,
                    sender.total() / 1e6,
                    receiver.total() / 1e6,
                    bytes(sent),
                    used / 1024);
        }
    }

    /** Of the messages that carry addresses. */
    private static long bytes(List<MeshMessage> messages) {
        long bytes = 0;
        for (MeshMessage message : messages) {
            if (message instanceof MobileAddressUpdate) {
                ByteBuf encoded = ControlWriter.encode(message, ControlWriter.addressOfAll(message));
                bytes += encoded.readableBytes();
                encoded.release();
            }
        }
        return bytes;
    }

    @SuppressWarnings("DoNotCall")
    private static long memory() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
