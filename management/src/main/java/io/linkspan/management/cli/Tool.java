// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * What the tools that talk to a management node have in common: the connection, and the exit codes 0, 1 for any
 * failure with one line on standard output, 2 for wrong usage.
 */
abstract class Tool implements Callable<Integer> {
    /** Environment variable that asks for the stack of a failure. */
    static final String DEBUG_VARIABLE = "_QPID_DISPATCH_TOOLS_DEBUG_";

    /** Sends the cursor to the upper left corner and empties the screen. */
    private static final String CLEAR = "\u001b[H\u001b[2J";

    final NodeConnector connector;
    final Terminal terminal;

    /** Set by picocli before it calls; null when it was not needed. */
    @Spec
    private @Nullable CommandSpec spec;

    private @Nullable PrintWriter printer;

    @Mixin
    BusOptions bus = new BusOptions(BusUrl.Protocol.AMQP);

    @Mixin
    WatchOptions watch = new WatchOptions();

    Tool(NodeConnector connector, Terminal terminal) {
        this.connector = connector;
        this.terminal = terminal;
    }

    /**
     * Does the work; a failure is thrown.
     *
     * @return the exit status
     */
    abstract int run(PrintWriter out);

    /** The resource that has the options of {@link PlainArguments}; empty when picocli reads all arguments. */
    String record() {
        return "";
    }

    /** What holds the value of an option, by the first part of its place in the record; empty for the tool itself. */
    Object holder(String name) {
        return switch (name) {
            case "" -> this;
            case "bus" -> bus;
            case "watch" -> watch;
            default -> throw new IllegalStateException("nothing holds " + name);
        };
    }

    /** Where to print when the tool is called without picocli. */
    final void printTo(PrintWriter out) {
        printer = out;
    }

    /** Prints the line of a failure, on standard output as the original's tools do; returns the exit status. */
    final int failed(Exception failure, PrintWriter out, PrintWriter err) {
        String text = failure instanceof ToolFailure known
                ? known.line()
                : failure.getClass().getSimpleName() + ": " + failure.getMessage();
        out.print(text + "\n");
        out.flush();
        if (System.getenv(DEBUG_VARIABLE) != null) {
            failure.printStackTrace(err);
            err.flush();
        }
        return failureStatus();
    }

    /** The exit status of a failure. */
    int failureStatus() {
        return 1;
    }

    @Override
    public final Integer call() {
        PrintWriter out = printer == null ? ToolLine.out(Objects.requireNonNull(spec)) : printer;
        try {
            boolean again;
            int code;
            do {
                if (watch.watching() && terminal.interactive()) {
                    out.print(CLEAR);
                }
                code = run(out);
                out.flush();
                again = watch.watching() && terminal.pause().between(watch.interval());
            } while (again);
            return code;
        } finally {
            out.flush();
        }
    }

    /** Connects to the node at the path of the URL, or else at the address that goes with the other options. */
    final ManagementNode connect(String address) {
        String path = bus.url().address();
        return connector.connect(bus, path == null ? address : path);
    }
}
