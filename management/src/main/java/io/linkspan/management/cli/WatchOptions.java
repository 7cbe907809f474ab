// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import java.time.Duration;
import picocli.CommandLine.Option;

/** Showing the same again and again. */
final class WatchOptions {
    private static final double LEAST_SECONDS = 0.1;

    @Option(names = "--watch", description = "Show it again and again, until the tool is interrupted.")
    private boolean watch;

    @Option(
            names = "--interval",
            paramLabel = "SECS",
            defaultValue = "2",
            description = "Seconds between two rounds of --watch (default ${DEFAULT-VALUE}).")
    private double seconds = 2;

    boolean watching() {
        return watch;
    }

    Duration interval() {
        return Duration.ofNanos((long) (Math.max(LEAST_SECONDS, seconds) * 1e9));
    }
}
