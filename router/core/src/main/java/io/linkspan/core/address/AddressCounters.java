// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

/** Deliveries of one address. Plain counts, raised as they happen. Routing CNT-02. Confined to the core's loop. */
public final class AddressCounters {
    /** From endpoint links. */
    public long ingress;
    /** To endpoint links. */
    public long egress;
    /** To other routers. */
    public long transit;
    /** To in-process consumers. */
    public long toContainer;
    /** From in-process producers. */
    public long fromContainer;
    /** From links of role route-container. */
    public long ingressRouteContainer;
    /** To links of role route-container. */
    public long egressRouteContainer;
    /** To the fallback destination. */
    public long redirectedToFallback;
}
