// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import java.io.PrintWriter;
import java.time.Clock;
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

    final NodeConnector connector;
    final Clock clock;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    CommandSpec spec;

    @Mixin
    BusOptions bus = new BusOptions(BusUrl.Protocol.AMQP);

    Tool(NodeConnector connector, Clock clock) {
        this.connector = connector;
        this.clock = clock;
    }

    /** Does the work; a failure is thrown. */
    abstract void run(PrintWriter out);

    @Override
    public final Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try {
            run(out);
            return 0;
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
