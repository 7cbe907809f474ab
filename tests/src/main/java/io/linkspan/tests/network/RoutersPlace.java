// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.network;

import io.linkspan.management.config.ConfigurationReader;
import io.linkspan.management.config.ConfigurationResult;
import io.linkspan.management.config.Surroundings;
import io.linkspan.server.RouterServer;
import io.linkspan.server.StartFailure;
import io.linkspan.server.log.Log;
import io.linkspan.tests.RouterProcess;
import java.time.Clock;
import java.util.List;

/** Where the routers of a network run. */
public interface RoutersPlace {

    /** A router that was started; once it has ended it does nothing any more. */
    interface Running {

        /** The port of a listener. */
        int port(String listener);

        /** Ends it in order. */
        void stop();

        /** Ends it as it stands, if its place can do that. */
        void kill();

        /** What it logged lately. */
        List<String> log();

        /** What went wrong in it that must never go wrong; empty for nothing. */
        String harm();
    }

    /** Starts a router and waits until its listeners listen. */
    Running start(String id, String configuration);

    /** In this JVM: cheap, but a router cannot be killed. */
    final class ThisProcess implements RoutersPlace {

        @Override
        public Running start(String id, String configuration) {
            ConfigurationResult read = ConfigurationReader.read("network.conf", configuration, Surroundings.ofSystem());
            Log log = new Log(Clock.systemUTC(), () -> {});
            try {
                RouterServer router = RouterServer.start(
                        read.configuration()
                                .orElseThrow(() -> new IllegalStateException(
                                        read.problems().toString())),
                        log,
                        "test");
                return new Local(router, log);
            } catch (StartFailure e) {
                throw new IllegalStateException(e);
            }
        }

        private record Local(RouterServer router, Log messages) implements Running {

            @Override
            public int port(String listener) {
                return router.port(listener);
            }

            @Override
            public void stop() {
                router.stop();
            }

            @Override
            public void kill() {
                throw new UnsupportedOperationException("a router in this process cannot be killed");
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
