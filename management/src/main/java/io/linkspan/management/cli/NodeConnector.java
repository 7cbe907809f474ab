// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

/** Opens the connection to the management node the user named. */
@FunctionalInterface
public interface NodeConnector {
    /**
     * Connects, and opens the links of the request and its answers.
     *
     * @param address of the node, for example {@code $management}
     * @throws ToolFailure with the text of the original tools, if there is no connection within the timeout
     */
    ManagementNode connect(BusOptions bus, String address);
}
