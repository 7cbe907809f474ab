// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh.message;

import io.linkspan.mesh.RouterId;

/**
 * A message of the routing protocol, version 1. spec inter-router-protocol, section 6.
 *
 * <p>Only HELLO, RA, LSU carry the instance (start time) of their sender; 0 means that it was absent.
 */
public sealed interface MeshMessage
        permits Hello,
                LinkStateRequest,
                LinkStateUpdate,
                MobileAddressRequest,
                MobileAddressUpdate,
                RouterAdvertisement {

    /** The newest version of the protocol that is understood; messages with a larger {@code pv} are not read. */
    int PROTOCOL_VERSION = 1;

    /** The router that composed the message. */
    RouterId id();

    /** The value of the application property {@code opcode}. */
    String opcode();
}
