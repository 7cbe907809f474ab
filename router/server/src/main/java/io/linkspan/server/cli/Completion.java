// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import io.linkspan.management.cli.ToolLine;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code linkspan completion}: a script that makes a shell complete commands, options and values. */
@Command(
        name = "completion",
        description = {
            "Print a script that makes bash or zsh complete the commands and options of this program.",
            "",
            "  source <(linkspan completion)             in bash and zsh",
            "  source <(linkspan completion qdstat)      for one of the original names",
            ""
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class Completion implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "PROGRAM",
            defaultValue = "linkspan",
            description = "linkspan, qdstat or qdmanage (default ${DEFAULT-VALUE}).")
    private Program program = Program.LINKSPAN;

    /** The programs by name. */
    enum Program {
        LINKSPAN,
        QDSTAT,
        QDMANAGE
    }

    @Command(name = "linkspan", mixinStandardHelpOptions = true)
    private static final class All {}

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        out.print(script());
        out.flush();
        return 0;
    }

    private String script() {
        return switch (program) {
            case QDSTAT -> AutoComplete.bash("qdstat", ToolLine.of(new Stat(), "qdstat"));
            case QDMANAGE -> AutoComplete.bash("qdmanage", ToolLine.of(new Manage(), "qdmanage"));
            case LINKSPAN -> {
                CommandLine all = ToolLine.of(new All(), "linkspan");
                for (Subcommands.Subcommand command : Subcommands.all()) {
                    all.addSubcommand(command.name(), command.command());
                }
                all.addSubcommand("router", new RouterOptions());
                yield AutoComplete.bash("linkspan", all);
            }
        };
    }

    /** The options of the router, which reads them in the original's way. */
    @Command(name = "router")
    @SuppressWarnings({"NullAway.Init", "UnusedVariable"}) // Only its annotations are read.
    private static final class RouterOptions {
        @CommandLine.Option(names = {"-c", "--config"})
        private java.nio.file.Path configuration;

        @CommandLine.Option(names = {"-I", "--include"})
        private java.nio.file.Path include;

        @CommandLine.Option(names = {"-P", "--pidfile"})
        private java.nio.file.Path pidFile;

        @CommandLine.Option(names = {"-U", "--user"})
        private String user;

        @CommandLine.Option(names = {"-d", "--daemon"})
        private boolean daemon;

        @CommandLine.Option(names = {"-s", "--strict"})
        private boolean strict;

        @CommandLine.Option(names = {"-T", "--test-hooks"})
        private boolean testHooks;

        @CommandLine.Option(names = {"-v", "--version"})
        private boolean version;

        @CommandLine.Option(names = {"-h", "--help"})
        private boolean help;
    }
}
