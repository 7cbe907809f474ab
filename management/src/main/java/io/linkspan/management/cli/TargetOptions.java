// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which router is asked, if not the connected one; at most one of these. */
class TargetOptions {
    private static final String MANAGEMENT = "$management";

    @Option(
            names = {"-r", "--router"},
            paramLabel = "ROUTER-ID",
            description = "Ask this router of the network.")
    private @Nullable String router;

    @Option(
            names = {"-d", "--edge-router"},
            paramLabel = "EDGE-ROUTER-ID",
            description = "Ask this edge router.")
    private @Nullable String edge;

    /** Address of the node that is meant. */
    final String address() {
        if (router != null) {
            return "_topo/0/" + router + "/" + MANAGEMENT;
        }
        return edge != null ? "_edge/" + edge + "/" + MANAGEMENT : MANAGEMENT;
    }
}
