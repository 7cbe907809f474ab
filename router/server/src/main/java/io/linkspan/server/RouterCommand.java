// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import io.linkspan.management.config.ConfigurationResult;
import io.linkspan.management.config.Problem;
import io.linkspan.management.config.RouterConfiguration;
import io.linkspan.management.config.Severity;
import io.linkspan.management.config.Surroundings;
import io.linkspan.server.log.LibraryLines;
import io.linkspan.server.log.Log;
import io.linkspan.server.log.LogModule;
import io.vertx.core.Vertx;
import java.io.IOException;
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

    /** What a shell shows of a process that SIGINT has ended. */
    private static final int STATUS_INTERRUPTED = 128 + 2;

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
    private PrintStream err;
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
        if (!options.has('d')) {
            return serve(options, () -> {});
        }
        if (!Daemon.isThis()) {
            return new Daemon(program, err).start(options.values());
        }
        try (PrintStream status = Daemon.status()) {
            err = status;
            return serve(options, () -> Daemon.ready(status));
        } catch (IOException e) {
            return 1; // Nobody waits for the daemon any more.
        }
    }

    private ConfigurationSource source(GnuOptions options, Log log) {
        Surroundings system = Surroundings.ofSystem();
        boolean ofEnvironment = system.variable(ConfigurationSource.VARIABLE)
                .filter(text -> !text.isBlank())
                .isPresent();
        String file = options.values().getOrDefault('c', ofEnvironment ? "" : DEFAULT_CONFIGURATION);
        return new ConfigurationSource(file, system, notice -> log.warning(LogModule.MAIN, notice));
    }

    /**
     * Runs the router.
     *
     * @param started called once it is operational
     */
    private int serve(GnuOptions options, Runnable started) {
        boolean strict = options.has('s');
        Log log = new Log(Clock.systemUTC(), () -> exit.complete(1));
        LibraryLines.into(log);
        CompletableFuture<Vertx> loops = EventLoops.begin();
        ConfigurationSource source = source(options, log);
        ConfigurationResult result = source.read();
        Optional<RouterConfiguration> configuration = result.configuration();
        if (configuration.isEmpty() || (strict && !result.isSound())) {
            EventLoops.end(loops);
            return refused(log, result.problems(), strict);
        }
        RouterConfiguration accepted = configuration.get();
        log.times(accepted.router().timestampFormat(), accepted.router().timestampsInUtc());
        Optional<String> unopened = log.apply(accepted.logs());
        if (unopened.isPresent()) {
            EventLoops.end(loops);
            return failed(log, "Configuration: Failed to open log file '" + unopened.get() + "'");
        }
        result.problems().forEach(problem -> tell(log, problem));
        RouterServer server;
        try {
            server = RouterServer.start(accepted, log, Version.TEXT, loops.join());
        } catch (StartFailure failure) {
            return failed(log, String.valueOf(failure.getMessage()));
        }
        CompletableFuture<String> signal = new CompletableFuture<>();
        Signals.handle("TERM", signal::complete);
        Signals.handle(INTERRUPTED, signal::complete);
        Signals.handle("HUP", ignored -> reread(source, log, server));
        started.run();
        CompletableFuture<Void> broken = exit.thenAccept(status -> signal.complete(""));
        String stoppedBy = signal.join();
        server.stop();
        if (stoppedBy.equals(INTERRUPTED)) {
            Signals.die(INTERRUPTED);
            return STATUS_INTERRUPTED;
        }
        return broken.isDone() ? 1 : 0;
    }

    /** Opens log files anew and takes the log settings of the configuration as it is now. */
    private static void reread(ConfigurationSource source, Log log, RouterServer server) {
        log.reopen().ifPresent(file -> log.error(LogModule.MAIN, "SIGHUP: failed to open log file '" + file + "'"));
        ConfigurationResult result = source.read();
        result.problems().forEach(problem -> tell(log, problem));
        Optional<RouterConfiguration> read = result.configuration();
        if (read.isEmpty()) {
            log.error(LogModule.MAIN, "SIGHUP: the configuration is refused, the log stays as it is");
            return;
        }
        Optional<String> unopened = log.apply(read.get().logs());
        if (unopened.isPresent()) {
            log.error(
                    LogModule.MAIN, "SIGHUP: failed to open log file '" + unopened.get() + "', the log stays as it is");
            return;
        }
        log.times(read.get().router().timestampFormat(), read.get().router().timestampsInUtc());
        server.showLogs(read.get());
        log.info(LogModule.MAIN, "SIGHUP: log settings were read again");
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
        out.println("  -d, --daemon         Run in the background; returns when the router is operational");
        out.println("  -P, --pidfile=FILE   With -d: write the process id to FILE");
        out.println("  -U, --user=USER      With -d: run as USER");
        out.println("  -T, --test-hooks     Accepted and ignored");
        out.println("  -v, --version        Print the version and exit");
        out.println("  -h, --help           Print this help and exit");
        out.println();
        out.println(
                "Without -c the environment variable " + ConfigurationSource.VARIABLE + ", where it is set, holds the");
        out.println("configuration or paths of its files. SIGHUP reads log settings again and reopens log files.");
    }
}
