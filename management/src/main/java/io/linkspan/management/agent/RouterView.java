// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the agent asks of the router besides entities. Confined to the agent's loop. */
public interface RouterView {
    /**
     * Addresses of the management nodes of the network, {@code amqp:/_topo/0/ID/$management}, the own one first; empty
     * on routers that are not interior.
     */
    List<String> managementNodes();

    /** The log lines that are remembered, the oldest first. */
    List<LogLine> log();

    /**
     * A log line.
     *
     * @param module module that wrote it
     * @param level its level in lower case
     * @param text the text
     * @param file source file; null if it is not known
     * @param line line there; null if it is not known
     * @param epochSeconds when, in seconds since 1970
     */
    record LogLine(
            String module,
            String level,
            String text,
            @Nullable String file,
            @Nullable Integer line,
            long epochSeconds) {}
}
