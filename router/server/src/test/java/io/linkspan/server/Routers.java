// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.management.config.ConfigurationReader;
import io.linkspan.management.config.ConfigurationResult;
import io.linkspan.management.config.RouterConfiguration;
import io.linkspan.management.config.Surroundings;
import io.linkspan.server.log.Log;
import java.time.Clock;
import java.util.Map;

/** Routers in the process of the test. */
public final class Routers {
    private Routers() {}

    static RouterConfiguration configuration(String text) {
        return configuration(text, Map.of());
    }

    private static RouterConfiguration configuration(String text, Map<String, String> environment) {
        ConfigurationResult result = ConfigurationReader.read("router.conf", text, Surroundings.of(environment));
        return result.configuration()
                .orElseThrow(
                        () -> new IllegalArgumentException(result.problems().toString()));
    }

    /** Starts a router with a log of its own; sections for the log are obeyed. */
    public static Running start(String text) throws StartFailure {
        return start(text, Map.of());
    }

    /** The same with environment variables that the configuration may name. */
    public static Running start(String text, Map<String, String> environment) throws StartFailure {
        RouterConfiguration configuration = configuration(text, environment);
        Log log = new Log(Clock.systemUTC(), () -> {});
        assertThat(log.apply(configuration.logs())).isEmpty();
        return new Running(RouterServer.start(configuration, log, "0.1.0"), log);
    }

    /** A router that runs; closing it stops it and looks for exceptions that left an engine. */
    public record Running(RouterServer server, Log log) implements AutoCloseable {
        /** Where a listener with that name is. */
        public int port(String listener) {
            return server.port(listener);
        }

        /** Whether it has logged a line with that text lately. */
        public boolean logged(String text) {
            return log.entries().stream().anyMatch(entry -> entry.text().contains(text));
        }

        @Override
        public void close() {
            server.stop();
            assertThat(server.unexpectedExceptions()).isZero();
        }
    }
}
