// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.rows;

import io.linkspan.core.RouterCore;
import io.linkspan.core.address.Address;
import io.linkspan.core.address.AddressCounters;
import io.linkspan.core.address.AddressKey;
import io.linkspan.core.address.Distribution;
import io.linkspan.core.linkroute.LinkRoutePattern;
import io.linkspan.core.mesh.RouterNode;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The rows of {@code router.address}. A pattern with receivers is shown under the key a plain receiver of the same text
 * would have, {@code M0} and the text; if both are there, they share one row. The patterns of link routes come last.
 */
final class AddressRows {

    static final List<String> COLUMNS = List.of(
            "name",
            "identity",
            "key",
            "distribution",
            "inProcess",
            "subscriberCount",
            "remoteCount",
            "containerCount",
            "remoteHostRouters",
            "deliveriesIngress",
            "deliveriesEgress",
            "deliveriesTransit",
            "deliveriesToContainer",
            "deliveriesFromContainer",
            "deliveriesEgressRouteContainer",
            "deliveriesIngressRouteContainer",
            "transitOutstanding",
            "trackedDeliveries",
            "priority",
            "deliveriesRedirectedToFallback");

    /** One row in the making. */
    static final class Row {
        private final String key;
        private final @Nullable Address address;
        private final @Nullable LinkRoutePattern linkRoute;
        private final Map<Integer, RouterNode> routers = new TreeMap<>();
        private int patternReceivers;
        private long patternEgress;

        private Row(String key, @Nullable Address address, @Nullable LinkRoutePattern linkRoute) {
            this.key = key;
            this.address = address;
            this.linkRoute = linkRoute;
        }
    }

    private AddressRows() {}

    static int count(RouterCore core) {
        return of(core).size();
    }

    static Collection<Row> of(RouterCore core) {
        Map<String, Row> rows = new LinkedHashMap<>();
        for (Address address : core.table().addresses()) {
            Row row = new Row(address.keyText(), address, null);
            address.routers().forEach(router -> row.routers.put(router.index(), router));
            rows.put(row.key, row);
        }
        core.table().forEachPattern((pattern, receivers, routers, egress) -> {
            Row row = rows.computeIfAbsent(
                    AddressKey.mobile(pattern.toString()).toString(), key -> new Row(key, null, null));
            row.patternReceivers += receivers;
            routers.forEach(router -> row.routers.put(router.index(), router));
            row.patternEgress += egress;
        });
        for (LinkRoutePattern pattern : core.linkRoutes().patterns()) {
            rows.put(pattern.key(), new Row(pattern.key(), null, pattern));
        }
        return rows.values();
    }

    static @Nullable Object[] values(Row row) {
        Address address = row.address;
        AddressCounters counters = address == null ? new AddressCounters() : address.counters();
        LinkRoutePattern linkRoute = row.linkRoute;
        Distribution distribution = address != null
                ? address.distribution()
                : linkRoute == null ? Distribution.MULTICAST : Distribution.LINK_BALANCED;
        return new @Nullable Object[] {
            row.key,
            row.key,
            row.key,
            distribution.toString(),
            address == null ? 0 : address.inProcessCount(),
            (address == null ? 0 : address.subscriberCount()) + row.patternReceivers,
            linkRoute == null ? row.routers.size() : linkRoute.remoteCount(),
            linkRoute == null ? 0 : linkRoute.containerCount(),
            row.routers.values().stream().map(router -> router.id().value()).toList(),
            counters.ingress,
            counters.egress + row.patternEgress,
            counters.transit,
            counters.toContainer,
            counters.fromContainer,
            counters.egressRouteContainer,
            counters.ingressRouteContainer,
            null,
            0L,
            address == null ? -1 : address.priority(),
            counters.redirectedToFallback
        };
    }
}
