// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.network;

import io.linkspan.management.config.ConfigurationReader;
import io.linkspan.management.config.ConfigurationResult;
import io.linkspan.management.config.RouterConfiguration;
import io.linkspan.management.config.Surroundings;
import io.linkspan.server.RouterServer;
import io.linkspan.server.StartFailure;
import io.linkspan.server.log.Log;
import io.linkspan.tests.RouterProcess;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Where the routers of a network run. */
public interface RoutersPlace {

    /** A router that was started; once it has ended it does nothing any more. */
    interface Running {

        /** The port of a listener. */
        int port(String listener);

        /** Ends it in order. */
        void stop();

        /** Ends it as it stands; where its place cannot do that, in order. */
        void kill();

        /** What it logged lately. */
        List<String> log();

        /** What went wrong in it that must never go wrong; empty for nothing. */
        String harm();
    }

    /** Starts a router and waits until its listeners listen. */
    Running start(String id, String configuration);

    /** In this JVM: cheap, but clients of a router that is killed see it end in order. */
    final class ThisProcess implements RoutersPlace {

        @Override
        public Running start(String id, String configuration) {
            ConfigurationResult read = ConfigurationReader.read("network.conf", configuration, Surroundings.ofSystem());
            RouterConfiguration accepted = read.configuration()
                    .orElseThrow(() -> new IllegalStateException(read.problems().toString()));
            Log log = new Log(Clock.systemUTC(), () -> {});
            log.apply(accepted.logs());
            try {
                return new Local(RouterServer.start(accepted, log, "test"), log, new AtomicBoolean());
            } catch (StartFailure e) {
                throw new IllegalStateException(e);
            }
        }

        private record Local(RouterServer router, Log messages, AtomicBoolean ended) implements Running {

            @Override
            public int port(String listener) {
                return router.port(listener);
            }

            @Override
            public void stop() {
                if (!ended.getAndSet(true)) {
                    router.stop();
                }
            }

            @Override
            public void kill() {
                stop();
            }

            @Override
            public List<String> log() {
                return messages.entries().stream().map(entry -> entry.text()).toList();
            }

            @Override
            public String harm() {
                long exceptions = router.unexpectedExceptions();
                return exceptions == 0 ? "" : exceptions + " unexpected exceptions: " + log();
            }
        }
    }

    /** Each in a process of its own. */
    final class OwnProcesses implements RoutersPlace {

        /** Quick to start and small; a router of a test is not there long enough for more. */
        private static final List<String> FLAGS =
                List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx96m");

        @Override
        public Running start(String id, String configuration) {
            return new Remote(RouterProcess.start(configuration, FLAGS));
        }

        /** A loop that did not run for a while is the machine's doing here, which has too few processors for all. */
        private static boolean tellsHarm(String line) {
            return (line.contains("Exception") || line.contains("Error")) && !line.contains("Thread blocked");
        }

        private record Remote(RouterProcess process) implements Running {

            @Override
            public int port(String listener) {
                return process.port(listener);
            }

            @Override
            public void stop() {
                process.close();
            }

            @Override
            public void kill() {
                process.kill();
            }

            @Override
            public List<String> log() {
                return process.output();
            }

            @Override
            public String harm() {
                List<String> lines = log();
                return lines.stream().noneMatch(OwnProcesses::tellsHarm) ? "" : String.join("\n", lines);
            }
        }
    }
}
