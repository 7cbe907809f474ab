// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.mesh;

import io.linkspan.mesh.RouterId;
import io.linkspan.mesh.message.MeshMessage;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A control message under way.
 *
 * @param message the message
 * @param to its destination if that is one router; null for a neighbour or all
 * @param flood counts the copies of a message to all; null for others
 * @param trace the routers it passed, the sender last
 */
record Packet(
        MeshMessage message,
        @Nullable RouterId to,
        @Nullable Flood flood,
        Trace trace) {

    /** How often one message to all was sent on a connection. */
    static final class Flood {
        int copies;
        /** When a router passed it on last, by its own clock. */
        final Map<Sendings, Long> passedOn = new HashMap<>();
    }
}
