// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.port;

import io.linkspan.management.config.ListenerSettings;
import io.linkspan.server.loop.SocketFacts;

/** What a port has to say. Called on the port's loop. */
public interface PortEvents {
    /** An engine has taken a connection. */
    void accepted(ListenerSettings listener, SocketFacts facts);

    /**
     * A connection was ended before an engine took it.
     *
     * @param remote the peer as {@code HOST:PORT}
     * @param detail what came instead, or why; empty if there is nothing to add
     */
    void refused(ListenerSettings listener, String remote, Refusal refusal, String detail);
}
