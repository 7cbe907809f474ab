// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.mesh;

import io.linkspan.mesh.message.LinkState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Networks of a size, made of production nodes. */
public final class Networks {

    private Networks() {}

    /**
     * A ring with chords: each router has four neighbours on average and no single connection holds the network together.
     * Costs are 1 to 3.
     */
    public static Simulation ringWithChords(long seed, int size) {
        Simulation simulation = new Simulation(seed).large();
        List<SimulatedRouter> routers = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            routers.add(simulation.router("R" + (10_000 + simulation.random().nextInt(10_000)) + "." + i));
        }
        Set<Long> joined = new HashSet<>();
        for (int i = 0; i < size; i++) {
            join(simulation, routers, joined, i, (i + 1) % size);
        }
        for (int i = 0; size > 4 && i < size; i++) {
            join(simulation, routers, joined, i, simulation.random().nextInt(size));
        }
        return simulation;
    }

    private static void join(Simulation simulation, List<SimulatedRouter> routers, Set<Long> joined, int a, int b) {
        if (a != b && joined.add((long) Math.min(a, b) << 32 | Math.max(a, b))) {
            simulation.connect(
                    routers.get(a), routers.get(b), 1 + simulation.random().nextInt(3));
        }
    }

    /** Lets all nodes of a new network know all of it, by messages, but without the time a cold start takes. */
    public static void bootstrap(Simulation simulation) {
        List<LinkState> states = new ArrayList<>();
        for (SimulatedRouter router : simulation.routers()) {
            states.add(new LinkState(router.id(), 1, router.peers()));
            router.bootstrapNeighbors();
        }
        for (SimulatedRouter router : simulation.routers()) {
            router.bootstrapLinkStates(states);
        }
    }
}
