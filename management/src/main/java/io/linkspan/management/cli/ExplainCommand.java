// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import io.linkspan.management.json.Json;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks a running router what would become of a message or a receiver. */
@Command(
        name = "explain",
        description = {
            "Ask a router what happens when somebody sends to an address or receives from it: which rule applies, how",
            "messages are distributed, who would get them, and what the policy says.",
            ""
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
public class ExplainCommand extends Tool {
    private static final int OK = 200;
    private static final int INDENT = 2;

    /** What somebody does. */
    enum Direction {
        SEND,
        RECEIVE
    }

    @Parameters(index = "0", paramLabel = "send|receive", description = "What somebody does.")
    private Direction direction = Direction.SEND;

    @Parameters(index = "1", paramLabel = "ADDRESS", description = "The address, as an AMQP client writes it.")
    private String address = "";

    @Option(names = "--user", paramLabel = "USER", description = "Who does it.")
    private @Nullable String user;

    @Option(names = "--host", paramLabel = "HOST", description = "From where.")
    private @Nullable String host;

    @Option(names = "--json", description = "Print the router's answer as JSON.")
    private boolean json;

    @ArgGroup(exclusive = true, heading = "Target:%n")
    private TargetOptions target = new TargetOptions();

    /** Makes the command. */
    protected ExplainCommand(NodeConnector connector, Terminal terminal) {
        super(connector, terminal);
    }

    @Override
    final int run(PrintWriter out) {
        Map<String, @Nullable Object> request = new LinkedHashMap<>();
        request.put("operation", "EXPLAIN");
        request.put("name", "self");
        request.put("address", address);
        request.put("direction", direction == Direction.SEND ? "send" : "receive");
        if (user != null) {
            request.put("user", user);
        }
        if (host != null) {
            request.put("host", host);
        }
        try (ManagementNode node = connect(target.address())) {
            Map<?, ?> answer = ManagementClient.asMap(new ManagementClient(node).call(request, Map.of(), OK));
            out.print(json ? Json.write(answer, INDENT) + "\n" : text(answer));
        }
        return 0;
    }

    /** The answer for people: a line for each fact; lists one line for each element. */
    private static String text(Map<?, ?> answer) {
        StringBuilder text = new StringBuilder();
        answer.forEach((name, value) -> {
            if (value instanceof List<?> list) {
                line(text, name, list.isEmpty() ? "none" : "");
                list.forEach(
                        element -> text.append("  - ").append(inline(element)).append('\n'));
            } else {
                line(text, name, inline(value));
            }
        });
        return text.toString();
    }

    private static void line(StringBuilder text, Object name, String value) {
        text.append((name + ": " + value).stripTrailing()).append('\n');
    }

    private static String inline(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            StringBuilder text = new StringBuilder();
            map.forEach((name, member) -> text.append(text.isEmpty() ? "" : ", ")
                    .append(name)
                    .append(' ')
                    .append(inline(member)));
            return text.toString();
        }
        return value == null ? "none" : PythonText.str(value);
    }
}
