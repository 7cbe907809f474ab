// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.soak;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * Runs one long test by name: {@code Soak NAME SEED MINUTES}. Prints what was done, line by line, and ends with status
 * 0 when every promise held, 1 when one was broken, 2 for a wrong call. The same seed makes the same choices; what the
 * operating system's scheduling makes of them may differ.
 */
public final class Soak {

    /** One long run. */
    interface Run {
        /**
         * Runs for the given time.
         *
         * @return what was done, as lines for the result file
         * @throws BrokenPromise when the router did what it must not do
         */
        String run(long seed, Duration duration) throws Exception;
    }

    /** The router did what it must not do. */
    static final class BrokenPromise extends Exception {
        private static final long serialVersionUID = 1;

        BrokenPromise(String message) {
            super(message);
        }
    }

    private static final Map<String, Run> RUNS = new TreeMap<>();

    static {
        RUNS.put("big", new BigMessageSoak());
        RUNS.put("churn", new ChurnSoak());
        RUNS.put("cuts", new CutsSoak());
        RUNS.put("fuzz", new FuzzSoak());
        RUNS.put("mesh", new MeshSoak());
        RUNS.put("mix", new MixSoak());
    }

    private Soak() {}

    /** See the class. */
    public static void main(String[] arguments) {
        System.exit(run(arguments, System.out));
    }

    static int run(String[] arguments, PrintStream out) {
        Run run = arguments.length == 3 ? RUNS.get(arguments[0]) : null;
        if (run == null) {
            out.println("usage: Soak NAME SEED MINUTES, with NAME one of " + RUNS.keySet());
            return 2;
        }
        long seed = Long.parseLong(arguments[1]);
        Duration duration = Duration.ofMillis((long) (Double.parseDouble(arguments[2]) * 60_000));
        out.println("run " + arguments[0] + ", seed " + seed + ", " + duration.toSeconds() + " s");
        try {
            out.println(run.run(seed, duration));
            out.println("result OK");
            return 0;
        } catch (BrokenPromise e) {
            out.println(e.getMessage());
            out.println("result FAILED");
            return 1;
        } catch (Exception e) {
            e.printStackTrace(out);
            out.println("result FAILED");
            return 1;
        }
    }
}
