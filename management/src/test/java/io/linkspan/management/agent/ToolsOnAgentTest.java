// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.codec.UnsignedInteger;
import io.linkspan.amqp.codec.UnsignedLong;
import io.linkspan.core.CoreEvents;
import io.linkspan.core.CoreSettings;
import io.linkspan.core.RouterCore;
import io.linkspan.core.address.AddressKey;
import io.linkspan.core.address.Distribution;
import io.linkspan.core.rows.CoreRows;
import io.linkspan.management.cli.ManageCommand;
import io.linkspan.management.cli.ManagementNode;
import io.linkspan.management.cli.ManagementRequest;
import io.linkspan.management.cli.ManagementResponse;
import io.linkspan.management.cli.NodeConnector;
import io.linkspan.management.cli.StatCommand;
import io.linkspan.management.cli.Terminal;
import io.linkspan.management.cli.ToolLine;
import io.linkspan.management.config.LiveConfiguration;
import io.linkspan.management.schema.Schema;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Our tools read what our agent answers for a router without traffic: every column that they need is there. */
class ToolsOnAgentTest {
    private static final Clock CLOCK = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);

    private final Asked agent = agentOfARouter();

    private static Asked agentOfARouter() {
        LiveConfiguration configured = Agents.configured("""
                router {
                  id: R
                }
                listener {
                  port: 5672
                  name: amqp
                }
                vhost {
                  hostname: h
                  groups: { "g": { "users": "u" } }
                }
                vhost {
                  hostname: without-groups
                }
                """);
        RouterCore core = new RouterCore(
                new CoreSettings("R", CoreSettings.Mode.STANDALONE, Distribution.BALANCED, "1.0", 1),
                CoreEvents.NONE,
                new SplittableRandom(1));
        core.consume(
                AddressKey.mobile("$management"),
                Distribution.CLOSEST,
                (amqp, settled, from) -> DeliveryState.ACCEPTED);
        Stream<EntitySource> live = Stream.of(
                        CoreRows.router(core, () -> 4096L),
                        CoreRows.connections(core),
                        CoreRows.links(core),
                        CoreRows.addresses(core))
                .map(EntitySource::of);
        Stream<EntitySource> ofFile = Stream.of("listener", "policy", "vhost")
                .map(type -> new ConfiguredSource(type, configured, ConfiguredSource.LiveValues.NONE));
        List<EntitySource> sources = new ArrayList<>(Stream.concat(live, ofFile).toList());
        sources.add(new ConfiguredSource("log", configured, ConfiguredSource.LiveValues.NONE));
        return new Asked(new ManagementAgent(
                Schema.standard(),
                sources,
                List.of(),
                Agents.router(List.of(), new RouterView.LogLine("SERVER", "notice", "Operational", null, null, 0))));
    }

    /** The agent as a node that a tool is connected to. */
    private ManagementNode node() {
        return new ManagementNode() {
            @Override
            public ManagementResponse request(ManagementRequest request) {
                AgentResponse response = agent.handle(new AgentRequest(request.properties(), request.body()));
                return new ManagementResponse(response.status().code(), response.description(), plain(response.body()));
            }

            @Override
            public ManagementNode at(String address) {
                return this;
            }

            @Override
            public void close() {}
        };
    }

    private static @Nullable Object plain(@Nullable Object value) {
        if (value instanceof UnsignedLong number) {
            return number.bits();
        }
        if (value instanceof UnsignedInteger number) {
            return number.value();
        }
        if (value instanceof Integer number) {
            return (long) number;
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> plain = new ArrayList<>();
            list.forEach(element -> plain.add(plain(element)));
            return plain;
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, @Nullable Object> plain = new LinkedHashMap<>();
            map.forEach((key, member) -> plain.put(key, plain(member)));
            return plain;
        }
        return value;
    }

    private static final class Stat extends StatCommand {
        Stat(NodeConnector connector) {
            super(connector, Terminal.plain(CLOCK, InputStream.nullInputStream()));
        }
    }

    private static final class Manage extends ManageCommand {
        Manage(NodeConnector connector, InputStream in) {
            super(connector, Terminal.plain(CLOCK, in));
        }
    }

    private String run(String program, String... arguments) {
        NodeConnector connector = (bus, address) -> node();
        Object command = program.equals("qdstat")
                ? new Stat(connector)
                : new Manage(connector, new ByteArrayInputStream(new byte[0]));
        StringWriter out = new StringWriter();
        CommandLine line =
                ToolLine.of(command, program).setOut(new PrintWriter(out)).setErr(new PrintWriter(out));
        int code = line.execute(arguments);
        return code + "\n" + out;
    }

    @ParameterizedTest
    @CsvSource({
        "-g, Router Id                        R",
        "-c, Connections",
        "-e, No Edge Router Connections",
        "-l, Router Links",
        "-a, mobile  $management",
        "-n, Router is Standalone - No Router List",
        "-m, No memory statistics available",
        "-p, maximum concurrent connections",
        "--autolinks, No AutoLinks found",
        "--linkroutes, No Link Routes found",
        "--vhosts, without-groups",
        "--vhostgroups, 2147483647",
        "--vhoststats, No Vhost Stats",
        "--log, Operational",
        "--all-entities, Router Statistics"
    })
    void qdstatReadsEveryAnswer(String option, String expected) {
        String output = run("qdstat", option);
        assertThat(output).startsWith("0\n");
        assertThat(output.toLowerCase(Locale.ROOT)).contains(expected.toLowerCase(Locale.ROOT));
        assertThat(output).doesNotContain("Error");
    }

    @Test
    void qdmanageReadsAndQueries() {
        assertThat(run("qdmanage", "read", "--type=listener", "--name=amqp"))
                .startsWith("0\n")
                .contains("\"port\": \"5672\"");
        assertThat(run("qdmanage", "query", "--type=router", "id", "memoryUsage"))
                .startsWith("0\n")
                .contains("\"memoryUsage\": 4096");
        assertThat(run("qdmanage", "get-mgmt-nodes")).isEqualTo("0\n[]\n");
        assertThat(run("qdmanage", "read", "--type=listener", "--name=none"))
                .isEqualTo("1\nNotFoundStatus: No entity with name=none\n");
        assertThat(run("qdmanage", "get-log", "limit=1")).startsWith("0\n").contains("Operational");
    }
}
