// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a command that receives: when it ends, and how much it prints. */
final class ReceiveOptions {
    @Option(
            names = {"-n", "--count"},
            paramLabel = "N",
            description = "End after N messages.")
    private @Nullable Integer count;

    @Option(
            names = {"-w", "--wait"},
            paramLabel = "SECS",
            description = "End when no message has come for so long.")
    private @Nullable Double waitSeconds;

    @Option(
            names = {"-v", "--verbose"},
            description = "Print the properties of each message too.")
    private boolean verbose;

    /** Messages after which the command ends; null for no limit. */
    @Nullable
    Integer count() {
        return count;
    }

    /** Longest pause between messages in milliseconds; null for no limit. */
    @Nullable
    Long waitMs() {
        return waitSeconds == null ? null : Math.max(1, (long) (waitSeconds * 1000));
    }

    boolean verbose() {
        return verbose;
    }
}
