// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.soak;

import io.linkspan.tests.mesh.BrokenInvariant;
import io.linkspan.tests.mesh.Chaos;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Simulated networks of 2 to {@value #MAX_ROUTERS} routers in all kinds of trouble, one seed after the other; each seed is
 * drawn from the first, {@value #SEEDS} or more until the time is over. A seed that fails runs again alone by {@code --seed} with {@code Chaos}, and belongs into the tests.
 */
final class MeshSoak implements Soak.Run {

    private static final int MAX_ROUTERS = 24;

    /** Seeds of a run, at least. */
    private static final int SEEDS = 1000;

    @Override
    public String run(long seed, Duration duration) throws Soak.BrokenPromise {
        SplittableRandom seeds = new SplittableRandom(seed);
        long start = System.nanoTime();
        long runs = 0;
        long events = 0;
        long simulatedNs = 0;
        long worstNs = 0;
        Map<Chaos.Fault, Integer> faults = new EnumMap<>(Chaos.Fault.class);
        while (runs < SEEDS || System.nanoTime() - start < duration.toNanos()) {
            long one = runs == 0 ? seed : seeds.nextLong(1L << 48);
            Chaos.Outcome outcome;
            try {
                outcome = Chaos.run(one, MAX_ROUTERS);
            } catch (BrokenInvariant e) {
                throw new Soak.BrokenPromise("after " + runs + " seeds: " + e.getMessage());
            }
            runs++;
            events += outcome.events();
            simulatedNs += outcome.simulatedNs();
            worstNs = Math.max(worstNs, outcome.recoveryNs());
            outcome.faults().forEach((fault, count) -> faults.merge(fault, count, Integer::sum));
        }
        return "seeds " + runs + ", events " + events + ", simulated " + simulatedNs / 3_600_000_000_000L
                + " h, longest recovery " + worstNs / 1_000_000_000L + " s\nfaults " + faults;
    }
}
