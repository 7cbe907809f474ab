// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import io.linkspan.core.RouterCore;
import io.linkspan.core.address.AddressEntities;
import io.linkspan.core.address.AddressEntity;
import io.linkspan.core.address.DeliveryOptions;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The lifecycle of {@code address} entities, which the core keeps. As in the original, the core's rules and texts apply
 * and not the schema's: unknown attributes are passed over and types are taken as they come (management protocol, 6.3).
 * Confined to the core's loop.
 */
public final class AddressLifecycle implements EntityLifecycle {
    private final RouterCore core;

    /** Makes a lifecycle of the core's addresses. */
    public AddressLifecycle(RouterCore core) {
        this.core = core;
    }

    @Override
    public String type() {
        return "router.config.address";
    }

    @Override
    public void create(Map<String, @Nullable Object> attributes, Consumer<Outcome> outcome) {
        Lenient given = new Lenient(attributes);
        String refusal = given.refusedText("prefix", "pattern");
        if (refusal != null) {
            outcome.accept(EntityLifecycle.bad(refusal));
            return;
        }
        Integer releaseAfter = given.integer("releaseAfterSeconds");
        if (releaseAfter != null && (releaseAfter < 0 || releaseAfter > DeliveryOptions.MAX_RELEASE_AFTER_SECONDS)) {
            outcome.accept(EntityLifecycle.bad(
                    "releaseAfterSeconds must be from 0 to " + DeliveryOptions.MAX_RELEASE_AFTER_SECONDS));
            return;
        }
        AddressEntities.Result result = core.createAddress(new AddressEntities.Request(
                given.text("name"),
                given.text("prefix"),
                given.text("pattern"),
                given.text("distribution"),
                given.flag("waypoint"),
                given.integer("ingressPhase"),
                given.integer("egressPhase"),
                given.integer("priority"),
                given.flag("fallback") || given.flag("enableFallback"),
                given.flag("mqttPattern"),
                new DeliveryOptions(
                        given.flag("resendReleased"),
                        given.flag("expireQueued"),
                        releaseAfter == null ? 0 : releaseAfter)));
        if (result instanceof AddressEntities.Created created) {
            outcome.accept(EntityLifecycle.done(Long.toString(created.entity().identity())));
        } else if (result instanceof AddressEntities.Refused refused) {
            outcome.accept(EntityLifecycle.bad(refused.text()));
        }
    }

    @Override
    public void delete(String identity, Consumer<Outcome> outcome) {
        for (AddressEntity entity : core.table().entities().all()) {
            if (Long.toString(entity.identity()).equals(identity)) {
                core.deleteAddress(entity);
                outcome.accept(EntityLifecycle.done(identity));
                return;
            }
        }
        outcome.accept(EntityLifecycle.gone());
    }
}
