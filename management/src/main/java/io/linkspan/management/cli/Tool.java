// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
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

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    CommandSpec spec;

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

    /** The exit status of a failure. */
    int failureStatus() {
        return 1;
    }

    @Override
    public final Integer call() {
        PrintWriter out = spec.commandLine().getOut();
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
