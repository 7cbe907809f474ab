// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh.message;

import io.linkspan.mesh.RouterId;

/**
 * RA: the sender is alive, and these are the numbers of its newest link state and of its newest set of mobile addresses.
 *
 * @param id the sender
 * @param instance start time of the sender in seconds, 0 if absent
 * @param linkStateSequence {@code ls_seq}
 * @param mobileSequence {@code mobile_seq}
 */
public record RouterAdvertisement(RouterId id, long instance, long linkStateSequence, long mobileSequence)
        implements MeshMessage {

    @Override
    public String opcode() {
        return "RA";
    }
}
