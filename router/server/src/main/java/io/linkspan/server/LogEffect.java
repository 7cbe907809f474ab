// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import io.linkspan.management.agent.EntityEffect;
import io.linkspan.management.agent.EntityLifecycle;
import io.linkspan.management.agent.EntityLifecycle.Outcome;
import io.linkspan.management.agent.Status;
import io.linkspan.management.config.ConfiguredEntity;
import io.linkspan.management.config.EntitySettings;
import io.linkspan.management.config.LiveConfiguration;
import io.linkspan.management.config.LogSettings;
import io.linkspan.server.log.Log;
import io.vertx.core.Context;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Changes of log entities, with effect at once; what is refused changes nothing (management protocol, 6.6). */
final class LogEffect implements EntityEffect {
    private final Context context;
    private final LiveConfiguration configuration;
    private final Log log;

    /**
     * Makes the effect.
     *
     * @param context the verticle's
     */
    LogEffect(Context context, LiveConfiguration configuration, Log log) {
        this.context = context;
        this.configuration = configuration;
        this.log = log;
    }

    @Override
    public void update(ConfiguredEntity before, ConfiguredEntity after, Consumer<Outcome> outcome) {
        EntitySettings.Reading<Map<String, LogSettings>> reading = configuration.logs(after);
        Map<String, LogSettings> settings = reading.settings();
        if (settings == null) {
            outcome.accept(failed(String.valueOf(reading.refusal())));
            return;
        }
        context.runOnContext(now -> context.executeBlocking(() -> log.apply(settings))
                .onComplete(
                        unopened -> outcome.accept(answer(after, unopened)),
                        failure -> outcome.accept(failed(failure.toString()))));
    }

    private static Outcome answer(ConfiguredEntity after, Optional<String> unopened) {
        return unopened.isPresent()
                ? failed("Configuration: Failed to open log file '" + unopened.get() + "'")
                : EntityLifecycle.done(after.identity());
    }

    private static Outcome failed(String text) {
        return new EntityLifecycle.Refused(Status.INTERNAL_SERVER_ERROR, "CError: " + text);
    }
}
