// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import io.linkspan.management.config.Surroundings;
import java.io.PrintWriter;
import picocli.CommandLine.Command;

/** Tells how a running router differs from a file. */
@Command(
        name = "diff",
        description = {
            "Compare a running router with a configuration file: + what the file has and the router has not, - what the",
            "router has and the file has not, ~ what has other values, ! what a running router cannot change.",
            ""
        },
        footer = {"", "Exit status: 0 if there is no difference, 1 if there is one, 2 if they could not be compared."},
        mixinStandardHelpOptions = true,
        sortOptions = false)
public class DiffCommand extends FileTool {
    /** Makes the command. */
    protected DiffCommand(NodeConnector connector, Terminal terminal, Surroundings surroundings) {
        super(connector, terminal, surroundings);
    }

    @Override
    final int act(ConfigurationPlan plan, ManagementClient client, PrintWriter out) {
        if (plan.steps().isEmpty()) {
            out.print("The router has what the file has.\n");
            return 0;
        }
        return 1;
    }

    @Override
    final int failureStatus() {
        return 2;
    }
}
