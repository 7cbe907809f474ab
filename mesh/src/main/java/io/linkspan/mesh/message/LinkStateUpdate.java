// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh.message;

import io.linkspan.mesh.RouterId;

/**
 * LSU: the link state of the sender. The outer {@code ls_seq} of the wire format equals the inner one when written and is
 * not looked at when read.
 *
 * @param id the sender
 * @param instance start time of the sender in seconds, 0 if absent
 * @param linkState the inner map {@code ls}
 */
public record LinkStateUpdate(RouterId id, long instance, LinkState linkState) implements MeshMessage {

    @Override
    public String opcode() {
        return "LSU";
    }
}
