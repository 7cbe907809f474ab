// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import io.linkspan.management.config.Surroundings;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes a running router have what a file has. */
@Command(
        name = "apply",
        description = {
            "Create, change and delete entities of a running router so that it has what a configuration file has.",
            "Without --yes only what would be done is shown.",
            ""
        },
        footer = {
            "",
            "An entity that cannot be changed is deleted and made anew. The first failure ends it.",
            "Exit status: 0 if the router has what the file has, or would have; 1 otherwise."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
public class ApplyCommand extends FileTool {
    private static final int OK = 200;
    private static final int CREATED = 201;
    private static final int NO_CONTENT = 204;

    @Option(
            names = {"-y", "--yes"},
            description = "Do it.")
    private boolean agreed;

    /** Makes the command. */
    protected ApplyCommand(NodeConnector connector, Terminal terminal, Surroundings surroundings) {
        super(connector, terminal, surroundings);
    }

    @Override
    final int act(ConfigurationPlan plan, ManagementClient client, PrintWriter out) {
        List<ConfigurationPlan.Step> steps = plan.steps().stream()
                .filter(step -> step.kind() != ConfigurationPlan.Kind.RESTART)
                .toList();
        boolean restart = steps.size() < plan.steps().size();
        if (steps.isEmpty()) {
            out.print(restart ? "Nothing else is to be done.\n" : "The router has what the file has.\n");
            return restart ? 1 : 0;
        }
        if (!agreed) {
            out.print("Nothing was done. Do it with --yes.\n");
            return 0;
        }
        int done = 0;
        for (ConfigurationPlan.Step step : steps) {
            try {
                perform(step, client);
            } catch (ToolFailure e) {
                out.print("Done: " + done + " of " + steps.size() + "; failed: "
                        + step.type().shortName() + " " + step.name() + "\n");
                throw e;
            }
            done++;
        }
        out.print("Done: " + done + " of " + steps.size() + "\n");
        return restart ? 1 : 0;
    }

    private static void perform(ConfigurationPlan.Step step, ManagementClient client) {
        switch (step.kind()) {
            case CREATE -> create(step, step.given(), client);
            case DELETE -> client.call(to("DELETE", step), Map.of(), NO_CONTENT);
            case UPDATE -> {
                Map<String, @Nullable Object> body = new LinkedHashMap<>();
                step.differences()
                        .forEach((name, difference) ->
                                body.put(name, step.given().containsKey(name) ? difference.wanted() : null));
                client.call(to("UPDATE", step), body, OK);
            }
            case REPLACE -> {
                client.call(to("DELETE", step), Map.of(), NO_CONTENT);
                try {
                    create(step, step.given(), client);
                } catch (ToolFailure e) {
                    create(step, step.was(), client); // As it was, as far as the router shows it.
                    throw e;
                }
            }
            case RESTART -> throw new IllegalStateException("a restart cannot be done");
        }
    }

    private static void create(ConfigurationPlan.Step step, Map<String, Object> attributes, ManagementClient client) {
        Map<String, Object> body = new LinkedHashMap<>(attributes);
        Map<String, @Nullable Object> properties = new LinkedHashMap<>();
        properties.put("operation", "CREATE");
        properties.put("type", step.type().longName());
        Object name = body.remove("name");
        if (name != null) {
            properties.put("name", name);
        }
        client.call(properties, body, CREATED);
    }

    private static Map<String, @Nullable Object> to(String operation, ConfigurationPlan.Step step) {
        Map<String, @Nullable Object> properties = new LinkedHashMap<>();
        properties.put("operation", operation);
        properties.put("type", step.type().longName());
        properties.put("identity", step.identity());
        return properties;
    }
}
