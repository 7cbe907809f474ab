// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * Calls a command from the command line of the process.
 *
 * <p>picocli reads every command line; but it takes it longer to read the annotations of our options than the router to
 * answer. So what it would do with plain arguments is recorded ({@link PlainArguments}), and only the rest, such as
 * abbreviations, {@code --help} and mistakes, comes to picocli itself.
 */
public final class ToolCall {
    private ToolCall() {}

    /**
     * Runs a command.
     *
     * @param program what the user called, as the usage and messages name it
     * @return the exit status
     */
    public static int execute(Callable<Integer> command, String program, List<String> arguments) {
        if (command instanceof Tool tool && PlainArguments.give(tool, arguments)) {
            return run(tool, program, writer(System.out, "stdout"), writer(System.err, "stderr"));
        }
        return ToolLine.of(command, program).execute(arguments.toArray(String[]::new));
    }

    /** A writer in the encoding of the terminal, where the Java runtime tells it. */
    private static PrintWriter writer(PrintStream stream, String name) {
        String encoding = System.getProperty(name + ".encoding", System.getProperty("sun." + name + ".encoding"));
        Charset charset = encoding == null ? Charset.defaultCharset() : Charset.forName(encoding);
        return new PrintWriter(new OutputStreamWriter(stream, charset));
    }

    /** Runs a tool whose arguments have been given, to the end that {@link ToolLine} would give it. */
    static int run(Tool tool, String program, PrintWriter out, PrintWriter err) {
        tool.printTo(out);
        try {
            return tool.call();
        } catch (WrongUse wrong) {
            return ToolLine.wrongUse(tool, program, wrong, err);
        } catch (RuntimeException failure) {
            return tool.failed(failure, out, err);
        }
    }
}
