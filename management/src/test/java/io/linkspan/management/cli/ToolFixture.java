// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import java.io.ByteArrayInputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Runs the tools against a node that answers what a test says, and keeps the requests. */
final class ToolFixture {
    private static final Instant NOW = Instant.parse("2026-11-06T09:08:07.000123Z");

    final List<ManagementRequest> requests = new ArrayList<>();
    final List<String> addresses = new ArrayList<>();
    final Map<String, Function<ManagementRequest, ManagementResponse>> queries = new HashMap<>();
    Function<ManagementRequest, ManagementResponse> otherwise = request -> ok(List.of());
    String input = "";
    int closed;

    @Nullable
    BusOptions bus;

    boolean interactive;
    int rounds = 1;
    final List<Duration> pauses = new ArrayList<>();
    UnaryOperator<String> edit = UnaryOperator.identity();

    @Nullable
    String edited;

    /** What a run printed and how it ended. */
    record Run(int code, String out, String err) {}

    static ManagementResponse ok(@Nullable Object body) {
        return new ManagementResponse(200, "OK", body);
    }

    /** Answers queries for the type (without prefix) with rows; of a page, what offset and count ask for. */
    ToolFixture entities(String type, List<String> names, List<?>... rows) {
        queries.put(ManagementClient.PREFIX + type, request -> {
            int offset = number(request, "offset");
            int count = number(request, "count");
            List<List<?>> page =
                    Arrays.asList(rows).subList(Math.min(offset, rows.length), Math.min(offset + count, rows.length));
            return ok(Map.of("attributeNames", names, "results", page));
        });
        return this;
    }

    private static int number(ManagementRequest request, String property) {
        return request.properties().get(property) instanceof Long number ? number.intValue() : -1;
    }

    Run stat(String... arguments) {
        return run(new StatCommand(this::connect, terminal()), "qdstat", arguments);
    }

    Run manage(String... arguments) {
        return run(new ManageCommand(this::connect, terminal()), "qdmanage", arguments);
    }

    Run trace(String... arguments) {
        return run(new TraceCommand(this::connect, terminal()) {}, "linkspan trace", arguments);
    }

    private Terminal terminal() {
        return new Terminal(
                Clock.fixed(NOW, ZoneId.of("Europe/Berlin")),
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                interactive,
                time -> {
                    pauses.add(time);
                    return pauses.size() < rounds;
                },
                text -> {
                    edited = text;
                    return edit.apply(text);
                });
    }

    private ManagementNode connect(BusOptions options, String address) {
        bus = options;
        addresses.add(address);
        return new Node();
    }

    private Run run(Tool tool, String program, String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = ToolLine.of(tool, program)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments);
        return new Run(code, out.toString(), err.toString());
    }

    private final class Node implements ManagementNode {
        @Override
        public ManagementResponse request(ManagementRequest request) {
            requests.add(request);
            Object type = request.properties().get("entityType");
            Function<ManagementRequest, ManagementResponse> query =
                    "QUERY".equals(request.properties().get("operation")) ? queries.get(type) : null;
            return (query == null ? otherwise : query).apply(request);
        }

        @Override
        public ManagementNode at(String address) {
            addresses.add(address);
            return this;
        }

        @Override
        public void close() {
            closed++;
        }
    }
}
