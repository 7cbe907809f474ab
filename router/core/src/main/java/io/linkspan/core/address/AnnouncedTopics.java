// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The private keys that one address or pattern has now, as the network was told. Confined to the core's loop. */
final class AnnouncedTopics {

    private Set<String> keys = Set.of();

    /** Tells what has come and what has gone. */
    void become(List<String> wanted, AddressTable.Announcements network) {
        if (keys.size() == wanted.size() && keys.containsAll(wanted)) {
            return;
        }
        Set<String> now = new LinkedHashSet<>(wanted);
        for (String key : keys) {
            if (!now.contains(key)) {
                network.announceTopics(key, false);
            }
        }
        for (String key : now) {
            if (!keys.contains(key)) {
                network.announceTopics(key, true);
            }
        }
        keys = now;
    }
}
