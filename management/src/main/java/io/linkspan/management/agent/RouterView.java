// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import java.util.List;
import java.util.Map;
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

    /** What becomes of a sender or receiver at an address: facts by name, in the order in which they are to be read. */
    Map<String, @Nullable Object> explain(Question question);

    /**
     * Somebody who wants to send or receive.
     *
     * @param address as an AMQP client writes it
     * @param sends whether it sends
     * @param user who it is; null for anybody
     * @param host where it is; null for anywhere
     */
    record Question(
            String address,
            boolean sends,
            @Nullable String user,
            @Nullable String host) {}

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
