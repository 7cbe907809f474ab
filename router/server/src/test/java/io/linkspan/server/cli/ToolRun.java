// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import io.linkspan.management.cli.ToolLine;
import java.io.PrintWriter;
import java.io.StringWriter;

/** What one run of a command printed and how it ended. */
record ToolRun(int code, String out, String err) {
    static ToolRun of(Object command, String program, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = ToolLine.of(command, program)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
        return new ToolRun(code, out.toString(), err.toString());
    }
}
