// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import io.linkspan.management.config.ConfiguredEntity;
import java.util.function.Consumer;

/**
 * What the router does when a configured entity comes, changes or goes: opens and closes sockets and the like. Confined
 * to the core's loop; each call is answered once, at once or later on that loop.
 */
public interface EntityEffect {
    /** Nothing happens beyond the entity's being there. */
    EntityEffect NONE = new EntityEffect() {};

    /** Puts an entity to work before it is listed; refused if that fails, with nothing left behind. */
    default void create(ConfiguredEntity entity, Consumer<EntityLifecycle.Outcome> outcome) {
        outcome.accept(EntityLifecycle.done(entity.identity()));
    }

    /** Goes over to the new values of an entity before they are listed. */
    default void update(ConfiguredEntity before, ConfiguredEntity after, Consumer<EntityLifecycle.Outcome> outcome) {
        outcome.accept(EntityLifecycle.done(after.identity()));
    }

    /** Ends what an entity did; it is listed until that is done. */
    default void delete(ConfiguredEntity entity, Consumer<EntityLifecycle.Outcome> outcome) {
        outcome.accept(EntityLifecycle.done(entity.identity()));
    }
}
