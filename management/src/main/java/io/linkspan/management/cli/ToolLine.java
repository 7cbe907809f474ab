// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
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
        CommandLine line = wrong.getCommandLine();
        PrintWriter err = line.getErr();
        err.print(line.getUsageMessage());
        err.print(line.getCommandName() + ": error: " + wrong.getMessage() + "\n");
        err.flush();
        return ExitCode.USAGE;
    }

    private static int failed(Exception failure, CommandLine line) {
        boolean original = line.getCommand() instanceof Tool;
        PrintWriter out = original ? line.getOut() : line.getErr();
        String text = failure instanceof ToolFailure known
                ? known.line()
                : failure.getClass().getSimpleName() + ": " + failure.getMessage();
        out.print((original ? text : line.getCommandName() + ": " + text) + "\n");
        out.flush();
        if (System.getenv(Tool.DEBUG_VARIABLE) != null) {
            failure.printStackTrace(line.getErr());
            line.getErr().flush();
        }
        return line.getCommand() instanceof Tool tool ? tool.failureStatus() : ExitCode.SOFTWARE;
    }
}
