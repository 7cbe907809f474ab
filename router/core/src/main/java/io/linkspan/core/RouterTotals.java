// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core;

import io.linkspan.core.link.LinkCounters;

/** Deliveries of the whole router. Outcomes count inbound links only (routing CNT-01). Confined to the core's loop. */
public final class RouterTotals extends LinkCounters {
    /** From endpoint links. */
    public long ingress;
    /** To endpoint links. */
    public long egress;
    /** To other routers. */
    public long transit;
    /** From links of role route-container. */
    public long ingressRouteContainer;
    /** To links of role route-container. */
    public long egressRouteContainer;
    /** To fallback destinations. */
    public long redirectedToFallback;
}
