// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh.message;

import io.linkspan.mesh.RouterId;
import java.util.List;

/**
 * HELLO: the sender tells its neighbours whom it hears.
 *
 * @param id the sender
 * @param instance start time of the sender in seconds, 0 if absent
 * @param seen all routers from which the sender heard a HELLO lately, on any connection
 */
public record Hello(RouterId id, long instance, List<RouterId> seen) implements MeshMessage {

    /** Keeps a copy of the list. */
    public Hello {
        seen = List.copyOf(seen);
    }

    @Override
    public String opcode() {
        return "HELLO";
    }
}
