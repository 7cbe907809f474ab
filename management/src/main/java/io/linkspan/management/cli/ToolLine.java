// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import java.io.PrintWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * Makes the command line of a tool: how it reads options, what it prints when something is wrong, and its exit codes.
 *
 * <p>A wrong call prints the usage and {@code program: error: text} on standard error and gives 2. A failure gives 1
 * and prints one line: the tools of the original's kind on standard output, the others on standard error.
 */
public final class ToolLine {
    private static final int WIDTH_COLUMNS = 100;

    private ToolLine() {}

    /**
     * Wraps a command.
     *
     * @param program what the user called, as the usage and messages name it, for example {@code qdstat}
     */
    public static CommandLine of(Object command, String program) {
        CommandLine line = new CommandLine(command)
                .setCommandName(program)
                .setUsageHelpWidth(WIDTH_COLUMNS)
                .setAbbreviatedOptionsAllowed(true)
                .setOverwrittenOptionsAllowed(true)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((wrong, arguments) -> wrongUse(wrong))
                .setExecutionExceptionHandler((failure, failed, parsed) -> failed(failure, failed));
        line.getCommandSpec().version(version());
        return line;
    }

    private static String version() {
        String version = ToolLine.class.getPackage().getImplementationVersion();
        return version == null ? "unpackaged" : version;
    }

    private static int wrongUse(ParameterException wrong) {
        return wrongUse(
                wrong.getCommandLine(),
                wrong.getMessage(),
                wrong.getCommandLine().getErr());
    }

    /** Prints the usage of a tool and what is wrong; returns the exit status. */
    static int wrongUse(Tool tool, String program, WrongUse wrong, PrintWriter err) {
        return wrongUse(of(tool, program), wrong.getMessage(), err);
    }

    private static int wrongUse(CommandLine line, @Nullable String message, PrintWriter err) {
        err.print(line.getUsageMessage());
        err.print(line.getCommandName() + ": error: " + message + "\n");
        err.flush();
        return ExitCode.USAGE;
    }

    /** Where the command of picocli's model prints. */
    static PrintWriter out(CommandSpec spec) {
        return spec.commandLine().getOut();
    }

    /** What picocli wants to be thrown for a value that is none. */
    static RuntimeException wrongValue(@Nullable CommandSpec spec, String message) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
    }

    private static int failed(Exception failure, CommandLine line) {
        if (failure instanceof WrongUse) {
            return wrongUse(line, failure.getMessage(), line.getErr());
        }
        if (line.getCommand() instanceof Tool tool) {
            return tool.failed(failure, line.getOut(), line.getErr());
        }
        PrintWriter err = line.getErr();
        String text = failure instanceof ToolFailure known
                ? known.line()
                : failure.getClass().getSimpleName() + ": " + failure.getMessage();
        err.print(line.getCommandName() + ": " + text + "\n");
        err.flush();
        if (System.getenv(Tool.DEBUG_VARIABLE) != null) {
            failure.printStackTrace(err);
            err.flush();
        }
        return ExitCode.SOFTWARE;
    }
}
