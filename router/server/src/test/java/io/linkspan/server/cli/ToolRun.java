// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import io.linkspan.management.cli.ToolLine;
import java.io.PrintWriter;
import java.io.StringWriter;

/** What one run of a command printed and how it ended. */
record ToolRun(int code, String out, String err) {
    /** Longest wait for one step unless the arguments name another: long enough for a machine that is busy. */
    private static final String PATIENCE = "--timeout=60";

    static ToolRun of(Object command, String program, String... given) {
        String[] arguments = new String[given.length + 1];
        arguments[0] = PATIENCE;
        System.arraycopy(given, 0, arguments, 1, given.length);
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = ToolLine.of(command, program)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
        return new ToolRun(code, out.toString(), err.toString());
    }

    /** The same towards the router that listens on a port of this machine. */
    static ToolRun at(int port, Object command, String program, String... given) {
        String[] arguments = new String[given.length + 2];
        arguments[0] = "-b";
        arguments[1] = "127.0.0.1:" + port;
        System.arraycopy(given, 0, arguments, 2, given.length);
        return of(command, program, arguments);
    }
}
