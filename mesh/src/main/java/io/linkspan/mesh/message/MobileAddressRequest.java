// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh.message;

import io.linkspan.mesh.RouterId;

/**
 * MAR: the sender asks the receiver for all its mobile addresses.
 *
 * @param id the sender
 * @param haveSequence {@code have_seq}, the number of the set the sender has
 */
public record MobileAddressRequest(RouterId id, long haveSequence) implements MeshMessage {

    @Override
    public String opcode() {
        return "MAR";
    }
}
