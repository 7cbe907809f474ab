// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

/**
 * A management node of some router, as a tool of the command line sees it: a request goes out, the answer comes back.
 *
 * <p>Calls block up to the timeout the user gave; a tool is no event loop. Used by one thread.
 */
public interface ManagementNode extends AutoCloseable {
    /**
     * Sends a request and waits for its answer.
     *
     * @throws ToolFailure if the connection ends or the answer does not come in time; a status that tells of an error
     *     is an answer
     */
    ManagementResponse request(ManagementRequest request);

    /** The node with this address, by the same connection; closing either closes the connection. */
    ManagementNode at(String address);

    /** Ends the connection; never fails. */
    @Override
    void close();
}
