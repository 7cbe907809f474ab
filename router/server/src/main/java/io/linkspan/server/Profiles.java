// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import io.linkspan.management.agent.EntityEffect;
import io.linkspan.management.agent.EntityLifecycle;
import io.linkspan.management.agent.EntityLifecycle.Outcome;
import io.linkspan.management.config.ConfiguredEntity;
import io.linkspan.management.config.EntitySettings;
import io.linkspan.management.config.LiveConfiguration;
import io.linkspan.management.config.Problem;
import io.vertx.core.Context;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * Profiles that listeners and connectors refer to: read when they are made, so that a mistake is told, and again by each
 * listener and connector made with them. What is open already keeps what it has (management protocol, 6.5).
 */
final class Profiles implements EntityEffect {
    private final Context context;
    private final LiveConfiguration configuration;
    private final BiFunction<EntitySettings, ConfiguredEntity, EntitySettings.Reading<?>> reader;

    /**
     * Profiles of one type.
     *
     * @param context the verticle's
     * @param reader reads a profile; may block
     */
    Profiles(
            Context context,
            LiveConfiguration configuration,
            BiFunction<EntitySettings, ConfiguredEntity, EntitySettings.Reading<?>> reader) {
        this.context = context;
        this.configuration = configuration;
        this.reader = reader;
    }

    @Override
    public void create(ConfiguredEntity entity, Consumer<Outcome> outcome) {
        EntitySettings settings = configuration.settings();
        context.runOnContext(now -> context.executeBlocking(() -> outcome(entity, reader.apply(settings, entity)))
                .onComplete(outcome::accept, failure -> outcome.accept(EntityLifecycle.bad(failure.toString()))));
    }

    private static Outcome outcome(ConfiguredEntity entity, EntitySettings.Reading<?> reading) {
        return reading.refusal() == null
                ? new EntityLifecycle.Done(
                        entity.identity(),
                        String.join(
                                "; ",
                                reading.warnings().stream()
                                        .map(Problem::message)
                                        .toList()))
                : EntityLifecycle.bad(reading.refusal());
    }
}
