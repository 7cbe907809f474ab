// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

import io.linkspan.core.connection.ConnectionRole;
import io.linkspan.core.link.OutboundLink;
import java.util.List;

/**
 * A receiver in a group: the link, and the subscriptions through which an address reached it. There is more than one
 * when several subscriptions of one link match the same address; the link still gets one copy.
 *
 * @param link where deliveries go
 * @param subscriptions in the order they were made; none for a link to another router
 */
public record Member(OutboundLink link, List<Subscription> subscriptions) {

    public Member {
        subscriptions = List.copyOf(subscriptions);
    }

    /** Whether it is a link to another router. */
    public boolean isNeighbor() {
        return link.connection().role() == ConnectionRole.INTER_ROUTER;
    }

    /** A delivery to an address without a record went here: counted with the pattern. */
    public void countEgress() {
        if (subscriptions.isEmpty()) {
            return;
        }
        Filter filter = subscriptions.get(0).filter;
        if (filter != null) {
            filter.countEgress();
        }
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
