// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import picocli.CommandLine.Option;

/** The help of the MQTT commands, whose {@code -V} is the version of the protocol. */
final class HelpOption {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    boolean asked;
}
