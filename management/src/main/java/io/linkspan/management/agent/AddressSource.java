// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import io.linkspan.core.RouterCore;
import io.linkspan.core.address.AddressEntity;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The {@code address} entities that the core has. Confined to the core's loop. */
public final class AddressSource {
    private static final List<String> COLUMNS = List.of(
            "name",
            "identity",
            "prefix",
            "pattern",
            "distribution",
            "waypoint",
            "ingressPhase",
            "egressPhase",
            "priority",
            "fallback",
            "enableFallback",
            "mqttPattern",
            "resendReleased",
            "expireQueued",
            "releaseAfterSeconds");

    private AddressSource() {}

    /** The addresses of a core. */
    public static EntitySource of(RouterCore core) {
        return EntitySource.of("router.config.address", COLUMNS, () -> rows(core));
    }

    private static List<@Nullable Object[]> rows(RouterCore core) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (AddressEntity entity : core.table().entities().all()) {
            rows.add(new @Nullable Object[] {
                entity.name(),
                Long.toString(entity.identity()),
                entity.prefix(),
                entity.pattern(),
                entity.distribution().toString(),
                entity.isWaypoint(),
                entity.ingressPhase(),
                entity.egressPhase(),
                entity.priority(),
                entity.fallback(),
                entity.fallback(),
                entity.topicPattern(),
                entity.options().resendReleased(),
                entity.options().expireQueued(),
                entity.options().releaseAfterSeconds()
            });
        }
        return rows;
    }
}
