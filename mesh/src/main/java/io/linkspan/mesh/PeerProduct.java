// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh;

/** What is known of the software at the other end of an inter-router connection, from its OPEN. */
public enum PeerProduct {
    /** Linkspan: bears any number of routers. */
    LINKSPAN,
    /** qdrouterd or unknown: bears {@link #OTHER_MAX_ROUTERS} routers, itself and us included. */
    OTHER;

    /** The routers a qdrouterd can number; its sets of routers are 128 bits wide. spec section 12. */
    public static final int OTHER_MAX_ROUTERS = 128;
}
