// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.port;

import io.linkspan.management.config.ListenerSettings;
import io.linkspan.management.config.Protocol;
import io.linkspan.server.loop.SocketFacts;
import io.linkspan.wire.Wire;
import io.linkspan.wire.WireEngine;

/** Makes the engines of the connections that a port accepts. */
@FunctionalInterface
public interface Engines {
    /**
     * An engine for a connection whose first bytes are of that protocol; it is given those bytes next.
     *
     * @param protocol AMQP or MQTT
     */
    WireEngine engine(Protocol protocol, ListenerSettings listener, SocketFacts facts, Wire wire);
}
