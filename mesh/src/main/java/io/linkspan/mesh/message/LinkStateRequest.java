// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh.message;

import io.linkspan.mesh.RouterId;

/**
 * LSR: the sender asks the receiver for its link state.
 *
 * @param id the sender
 */
public record LinkStateRequest(RouterId id) implements MeshMessage {

    @Override
    public String opcode() {
        return "LSR";
    }
}
