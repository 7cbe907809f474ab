// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import io.linkspan.management.cli.ToolCall;
import io.linkspan.server.cli.Subcommands;
import io.linkspan.server.cli.Subcommands.Subcommand;
import io.linkspan.server.log.LibraryLines;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The {@code linkspan} program: {@code linkspan COMMAND [OPTIONS]}.
 *
 * <p>The first word chooses the command. Exit status: that of the command; 1 for a wrong call.
 */
public final class Main {
    /** System property with the name under which the launcher was called. */
    static final String PROGRAM_NAME_PROPERTY = "linkspan.program";

    private static final String PROGRAM = "linkspan";

    /** The name under which the program is the router, with no command before its options. */
    private static final String ORIGINAL_ROUTER = "qdrouterd";

    private static final String ROUTER = "router";

    private Main() {}

    public static void main(String[] args) {
        // Netty 4.2 leaves Unsafe alone on new JDKs unless told otherwise; the hot path is several times slower
        // without.
        if (System.getProperty("io.netty.noUnsafe") == null) {
            System.setProperty("io.netty.noUnsafe", "false");
        }
        LibraryLines.take();
        // Names are resolved as the system does it, /etc/hosts and search domains included.
        System.setProperty("vertx.disableDnsResolver", "true");
        int status = run(args, System.out, System.err);
        if (isRouter(System.getProperty(PROGRAM_NAME_PROPERTY, PROGRAM), args)) {
            System.exit(status);
        }
        // A tool has nothing left to do, and System.exit looks in every jar for who logs that it was called.
        System.out.flush();
        System.err.flush();
        Runtime.getRuntime().halt(status);
    }

    private static boolean isRouter(String program, String[] args) {
        return program.equals(ORIGINAL_ROUTER) || (args.length > 0 && args[0].equals(ROUTER));
    }

    static int run(String[] args, PrintStream out, PrintStream err) {
        String program = System.getProperty(PROGRAM_NAME_PROPERTY, PROGRAM);
        List<String> arguments = List.of(args);
        if (program.equals(ORIGINAL_ROUTER)) {
            List<String> options =
                    args.length > 0 && args[0].equals(ROUTER) ? arguments.subList(1, args.length) : arguments;
            return new RouterCommand(program, out, err).run(options);
        }
        if (args.length == 0) {
            usage(program, err);
            return 1;
        }
        String word = args[0];
        if (word.equals("help") || word.equals("--help") || word.equals("-h")) {
            usage(program, out);
            return 0;
        }
        if (word.equals(ROUTER)) {
            return new RouterCommand(program, out, err).run(arguments.subList(1, args.length));
        }
        Optional<Subcommand> command = Subcommands.named(word);
        if (command.isPresent()) {
            return execute(program, command.get(), arguments);
        }
        err.println(program + ": unknown command '" + word + "'");
        usage(program, err);
        return 1;
    }

    /** Runs a command; under a name of the original's, such as qdstat, that name alone is the program. */
    private static int execute(String program, Subcommand command, List<String> arguments) {
        String name = program.equals(PROGRAM) ? program + " " + command.name() : program;
        return ToolCall.execute(command.command(), name, arguments.subList(1, arguments.size()));
    }

    private static void usage(String program, PrintStream to) {
        to.println("Usage: " + program + " COMMAND [OPTIONS]");
        to.println();
        to.println("Commands:");
        to.println(String.format(Locale.ROOT, "  %-10s %s", ROUTER, "run a router, as qdrouterd does"));
        for (Subcommand command : Subcommands.all()) {
            to.println(String.format(Locale.ROOT, "  %-10s %s", command.name(), command.summary()));
        }
    }
}
