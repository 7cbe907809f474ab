// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core;

import io.linkspan.core.address.AddressClass;
import io.linkspan.core.address.AddressKey;

/** Addresses that only routers use among themselves. Routing ADR-13, ADR-15. */
final class ReservedAddress {

    static final String EDGE_ADDRESS_TRACKING = "_$qd.edge_addr_tracking";
    static final String ADDRESS_LOOKUP = "_$qd.addr_lookup";
    static final String EDGE_HEARTBEAT = "_$qd.edge_heartbeat";

    private ReservedAddress() {}

    /** Whether ordinary links are refused, without an error. */
    static boolean isForRouters(AddressKey key) {
        if (key.addressClass() != AddressClass.MOBILE) {
            return false;
        }
        String text = key.text();
        return text.equals(EDGE_ADDRESS_TRACKING)
                || text.equals(ADDRESS_LOOKUP)
                || text.equals(EDGE_HEARTBEAT)
                || text.startsWith(AddressKey.PART_PREFIX);
    }

    /** The heartbeat takes senders on every connection. */
    static boolean takesSenders(AddressKey key) {
        return key.text().equals(EDGE_HEARTBEAT);
    }
}
