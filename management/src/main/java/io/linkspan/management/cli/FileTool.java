// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import io.linkspan.management.config.ConfigurationReader;
import io.linkspan.management.config.ConfigurationResult;
import io.linkspan.management.config.RouterConfiguration;
import io.linkspan.management.config.Severity;
import io.linkspan.management.config.Surroundings;
import java.io.PrintWriter;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Parameters;

/** What the tools that compare a router with a file have in common. */
abstract class FileTool extends Tool {
    private final Surroundings surroundings;

    @Parameters(index = "0", paramLabel = "FILE", description = "The configuration file.")
    private String file = "";

    @ArgGroup(exclusive = true, heading = "Target:%n")
    private TargetOptions target = new TargetOptions();

    FileTool(NodeConnector connector, Terminal terminal, Surroundings surroundings) {
        super(connector, terminal);
        this.surroundings = surroundings;
    }

    @Override
    final int run(PrintWriter out) {
        ConfigurationResult result = ConfigurationReader.readFile(file, surroundings);
        RouterConfiguration configuration = result.configuration().orElse(null);
        if (configuration == null || !result.isSound()) {
            result.problems().stream()
                    .filter(problem -> problem.severity() == Severity.FATAL || problem.severity() == Severity.ERROR)
                    .forEach(problem -> out.print(problem.render() + "\n"));
            throw new ToolFailure("ConfigurationError", file + " has errors; nothing was done");
        }
        try (ManagementNode node = connect(target.address())) {
            ManagementClient client = new ManagementClient(node);
            ConfigurationPlan plan = ConfigurationPlan.of(configuration.entities(), client);
            plan.steps().forEach(step -> out.print(step.text()));
            plan.notes().forEach(note -> out.print("# " + note + "\n"));
            return act(plan, client, out);
        }
    }

    /** Does something about the differences, which have been printed. */
    abstract int act(ConfigurationPlan plan, ManagementClient client, PrintWriter out);
}
