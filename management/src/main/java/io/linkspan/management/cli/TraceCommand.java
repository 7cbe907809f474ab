// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import io.linkspan.management.json.Json;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Shows the way of a message through the network, from each router: every router is asked what it would do with the
 * message, through the one the tool is connected to, and their next hops are followed to the end.
 */
@Command(
        name = "trace",
        description = {
            "Ask every router of the network where a message to an address would go from there: who gets it, by which",
            "routers, at what cost and why.",
            ""
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
public class TraceCommand extends Tool {
    private static final int OK = 200;
    private static final int INDENT = 2;
    private static final String MANAGEMENT = "$management";

    @Parameters(index = "0", paramLabel = "ADDRESS", description = "The address, as an AMQP client writes it.")
    private String address = "";

    @Option(names = "--json", description = "Print what was found as JSON.")
    private boolean json;

    /** Makes the command. */
    protected TraceCommand(NodeConnector connector, Terminal terminal) {
        super(connector, terminal);
    }

    @Override
    final int run(PrintWriter out) {
        Map<String, Map<?, ?>> answers = new LinkedHashMap<>();
        Map<String, String> silent = new LinkedHashMap<>();
        try (ManagementNode node = connect(MANAGEMENT)) {
            ManagementClient here = new ManagementClient(node);
            Map<?, ?> own = explain(here);
            String self = String.valueOf(own.get("router"));
            answers.put(self, own);
            for (QueryResult.Row row : here.query(
                            ManagementClient.PREFIX + "router.node", List.of("id"), ManagementClient.UNLIMITED)
                    .rows()) {
                String id = String.valueOf(row.get("id"));
                if (!id.equals(self)) {
                    try {
                        answers.put(id, explain(here.at("_topo/0/" + id + "/" + MANAGEMENT)));
                    } catch (ToolFailure e) {
                        silent.put(id, e.line());
                    }
                }
            }
        }
        List<Map<String, @Nullable Object>> routers = new ArrayList<>();
        answers.forEach((id, answer) -> routers.add(router(id, answer, answers)));
        silent.forEach((id, error) -> {
            Map<String, @Nullable Object> router = new LinkedHashMap<>();
            router.put("router", id);
            router.put("error", error);
            routers.add(router);
        });
        if (json) {
            out.print(Json.write(Map.of("address", address, "routers", routers), INDENT) + "\n");
        } else {
            routers.forEach(router -> out.print(text(router)));
        }
        return 0;
    }

    private Map<?, ?> explain(ManagementClient client) {
        return ManagementClient.asMap(client.call(
                Map.of("operation", "EXPLAIN", "name", "self", "address", address, "direction", "send"), Map.of(), OK));
    }

    private static Map<String, @Nullable Object> router(String id, Map<?, ?> answer, Map<String, Map<?, ?>> answers) {
        Map<String, @Nullable Object> router = new LinkedHashMap<>();
        router.put("router", id);
        for (String fact : List.of("rule", "distribution", "linkRoute", "receivers")) {
            if (answer.get(fact) != null) {
                router.put(fact, answer.get(fact));
            }
        }
        List<Map<String, @Nullable Object>> ways = new ArrayList<>();
        for (Map<?, ?> other : otherRouters(answer)) {
            Map<String, @Nullable Object> way = new LinkedHashMap<>();
            other.forEach((name, value) -> way.put(String.valueOf(name), value));
            way.put("path", path(id, String.valueOf(other.get("router")), answers));
            ways.add(way);
        }
        router.put("otherRouters", ways);
        router.put("outcome", answer.get("outcome"));
        return router;
    }

    private static List<Map<?, ?>> otherRouters(Map<?, ?> answer) {
        List<Map<?, ?>> others = new ArrayList<>();
        if (answer.get("otherRouters") instanceof List<?> list) {
            list.forEach(other -> others.add(ManagementClient.asMap(other)));
        }
        return others;
    }

    /** The routers from one to another as each tells its next hop; ends early where one does not know further. */
    private static List<String> path(String from, String to, Map<String, Map<?, ?>> answers) {
        Set<String> path = new LinkedHashSet<>();
        String at = from;
        while (at != null && path.add(at) && !at.equals(to)) {
            at = nextHop(answers.getOrDefault(at, Map.of()), to);
        }
        return List.copyOf(path);
    }

    private static @Nullable String nextHop(Map<?, ?> answer, String to) {
        for (Map<?, ?> other : otherRouters(answer)) {
            if (to.equals(other.get("router")) && other.get("nextHop") instanceof String hop) {
                return hop;
            }
        }
        return null;
    }

    /** One router's part for people. */
    private static String text(Map<String, @Nullable Object> router) {
        StringBuilder text = new StringBuilder();
        if (router.get("error") != null) {
            return text.append("from ")
                    .append(router.get("router"))
                    .append(": not known, ")
                    .append(router.get("error"))
                    .append('\n')
                    .toString();
        }
        Object distribution = router.get("distribution");
        text.append("from ").append(router.get("router"));
        text.append(distribution == null ? "" : ": " + distribution).append('\n');
        if (router.get("linkRoute") != null) {
            text.append("  link route ").append(router.get("linkRoute")).append('\n');
        }
        if (router.get("receivers") instanceof List<?> receivers) {
            receivers.forEach(receiver -> {
                Map<?, ?> row = ManagementClient.asMap(receiver);
                Object who = row.get("container") == null ? "the router itself" : row.get("container");
                text.append("  ")
                        .append(who)
                        .append(" here: ")
                        .append(row.get("share"))
                        .append('\n');
            });
        }
        for (Map<?, ?> way : otherRouters(router)) {
            text.append("  ");
            text.append(String.join(
                    " -> ",
                    ManagementClient.asList(way.get("path")).stream()
                            .map(String::valueOf)
                            .toList()));
            text.append(", cost ").append(way.get("cost"));
            text.append(": ").append(way.get("share")).append('\n');
        }
        return text.append("  ").append(router.get("outcome")).append('\n').toString();
    }
}
