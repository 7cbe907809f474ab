// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import io.linkspan.core.RouterCore;
import io.linkspan.management.agent.EntityLifecycle;
import io.linkspan.management.agent.ExchangeLifecycles;
import io.linkspan.management.config.ConfiguredEntity;
import io.linkspan.server.log.Log;
import io.linkspan.server.log.LogModule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the configured exchanges and bindings when the router starts. Confined to the core's loop. */
final class ConfiguredExchanges {
    private final List<EntityLifecycle> lifecycles;
    private final Log log;

    ConfiguredExchanges(RouterCore core, Log log) {
        this.lifecycles = ExchangeLifecycles.of(core);
        this.log = log;
    }

    /** Exchanges first, wherever they are in the file. */
    void create(List<ConfiguredEntity> entities) {
        for (EntityLifecycle lifecycle : lifecycles) {
            entities.stream()
                    .filter(entity -> entity.type().key().equals(lifecycle.type()))
                    .forEach(entity -> create(lifecycle, entity));
        }
    }

    private void create(EntityLifecycle lifecycle, ConfiguredEntity entity) {
        Map<String, @Nullable Object> attributes = new LinkedHashMap<>(entity.given());
        attributes.put("name", entity.name());
        lifecycle.create(attributes, outcome -> {
            if (outcome instanceof EntityLifecycle.Refused refused) {
                log.error(
                        LogModule.ROUTER_CORE,
                        "Error configuring " + entity.type().shortName() + " '" + entity.name() + "': "
                                + refused.text());
            }
        });
    }
}
