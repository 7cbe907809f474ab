// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import io.linkspan.management.config.ConfigurationReader;
import io.linkspan.management.config.ConfigurationResult;
import io.linkspan.management.config.Problem;
import io.linkspan.management.config.RouterConfiguration;
import io.linkspan.management.config.Severity;
import io.linkspan.management.config.Surroundings;
import io.linkspan.server.log.JulLines;
import io.linkspan.server.log.Log;
import io.linkspan.server.log.LogModule;
import java.io.PrintStream;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The router as a process: {@code linkspan router} and {@code qdrouterd}, with the original's command line, exit
 * statuses and signals (configuration, 4).
 */
final class RouterCommand {
    /** Where a package puts the configuration. */
    static final String DEFAULT_CONFIGURATION = "/etc/qpid-dispatch/qdrouterd.conf";

    private static final String INTERRUPTED = "INT";

    private static final List<GnuOptions.Option> OPTIONS = List.of(
            new GnuOptions.Option('c', "config", true),
            new GnuOptions.Option('I', "include", true),
            new GnuOptions.Option('d', "daemon", false),
            new GnuOptions.Option('P', "pidfile", true),
            new GnuOptions.Option('U', "user", true),
            new GnuOptions.Option('T', "test-hooks", false),
            new GnuOptions.Option('s', "strict", false),
            new GnuOptions.Option('v', "version", false),
            new GnuOptions.Option('h', "help", false));

    private final String program;
    private final PrintStream out;
    private final PrintStream err;
    private final CompletableFuture<Integer> exit = new CompletableFuture<>();

    /**
     * A router process that has not begun.
     *
     * @param program the name it was called by, for messages
     */
    RouterCommand(String program, PrintStream out, PrintStream err) {
        this.program = program;
        this.out = out;
        this.err = err;
    }

    /**
     * Runs the router until it is told to stop.
     *
     * @return the exit status: 0 after an orderly stop, 1 if it did not start or its log cannot be written
     */
    int run(List<String> arguments) {
        GnuOptions options = GnuOptions.read(OPTIONS, arguments);
        if (!options.error().isEmpty()) {
            err.println(program + ": " + options.error());
            usage();
            return 1;
        }
        if (!options.rest().isEmpty()) {
            err.println("Unexpected arguments: " + String.join(" ", options.rest()));
            err.println();
            usage();
            return 1;
        }
        if (options.has('h')) {
            usage();
            return 0;
        }
        if (options.has('v')) {
            out.println(Version.TEXT);
            return 0;
        }
        if (options.has('d')) {
            err.println(program + ": -d is not available: run it under a service manager, or in the background");
            return 1;
        }
        return serve(options.values().getOrDefault('c', DEFAULT_CONFIGURATION), options.has('s'));
    }

    private int serve(String path, boolean strict) {
        Log log = new Log(Clock.systemUTC(), () -> exit.complete(1));
        ConfigurationResult result = ConfigurationReader.readFile(path, Surroundings.ofSystem());
        Optional<RouterConfiguration> configuration = result.configuration();
        if (configuration.isEmpty() || (strict && !result.isSound())) {
            return refused(log, result.problems(), strict);
        }
        RouterConfiguration accepted = configuration.get();
        log.times(accepted.router().timestampFormat(), accepted.router().timestampsInUtc());
        Optional<String> unopened = log.apply(accepted.logs());
        if (unopened.isPresent()) {
            return failed(log, "Configuration: Failed to open log file '" + unopened.get() + "'");
        }
        JulLines.into(log);
        result.problems().forEach(problem -> tell(log, problem));
        RouterServer server;
        try {
            server = RouterServer.start(accepted, log, Version.TEXT);
        } catch (StartFailure failure) {
            return failed(log, String.valueOf(failure.getMessage()));
        }
        CompletableFuture<String> signal = new CompletableFuture<>();
        Signals.handle("TERM", signal::complete);
        Signals.handle(INTERRUPTED, signal::complete);
        Signals.handle("HUP", ignored -> {});
        CompletableFuture<Void> broken = exit.thenAccept(status -> signal.complete(""));
        String stoppedBy = signal.join();
        server.stop();
        if (stoppedBy.equals(INTERRUPTED)) {
            Signals.die(INTERRUPTED);
        }
        return broken.isDone() ? 1 : 0;
    }

    private static void tell(Log log, Problem problem) {
        if (problem.severity() == Severity.WARNING) {
            log.warning(LogModule.AGENT, problem.render());
        } else if (problem.severity() != Severity.ADVICE) {
            log.error(LogModule.AGENT, problem.render());
        }
    }

    /** Tells every problem at once, the ones that stop the start on standard error too. */
    private int refused(Log log, List<Problem> problems, boolean strict) {
        String first = "";
        for (Problem problem : problems) {
            boolean stops = problem.severity() == Severity.FATAL || (strict && problem.severity() == Severity.ERROR);
            tell(log, problem);
            if (stops) {
                err.println(program + ": " + problem.render());
                first = first.isEmpty() ? problem.render() : first;
            }
        }
        log.critical(LogModule.MAIN, "Router start-up failed: " + first);
        return 1;
    }

    private int failed(Log log, String message) {
        log.critical(LogModule.MAIN, "Router start-up failed: " + message);
        err.println(program + ": " + message);
        return 1;
    }

    private void usage() {
        out.println("Usage: " + program + " [OPTIONS]");
        out.println();
        out.println("  -c, --config=PATH    Load configuration from file at PATH (" + DEFAULT_CONFIGURATION + ")");
        out.println("  -s, --strict         Do not start with a configuration that has errors of any kind");
        out.println("  -I, --include=PATH   Accepted and ignored: there is no library to be found");
        out.println("  -d, --daemon         Not available: run it under a service manager");
        out.println("  -P, --pidfile        With -d only");
        out.println("  -U, --user           With -d only");
        out.println("  -T, --test-hooks     Accepted and ignored");
        out.println("  -v, --version        Print the version and exit");
        out.println("  -h, --help           Print this help and exit");
    }
}
