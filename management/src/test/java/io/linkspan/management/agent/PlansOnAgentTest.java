// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.core.CoreEvents;
import io.linkspan.core.CoreSettings;
import io.linkspan.core.RouterCore;
import io.linkspan.core.address.Distribution;
import io.linkspan.core.rows.CoreRows;
import io.linkspan.management.cli.ApplyCommand;
import io.linkspan.management.cli.DiffCommand;
import io.linkspan.management.cli.ExplainCommand;
import io.linkspan.management.cli.ManagementNode;
import io.linkspan.management.cli.ManagementRequest;
import io.linkspan.management.cli.ManagementResponse;
import io.linkspan.management.cli.NodeConnector;
import io.linkspan.management.cli.Terminal;
import io.linkspan.management.cli.ToolLine;
import io.linkspan.management.config.ConfiguredEntity;
import io.linkspan.management.config.LiveConfiguration;
import io.linkspan.management.config.Surroundings;
import io.linkspan.management.schema.Schema;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** diff, apply and explain on the agent of a router. */
class PlansOnAgentTest {
    private static final String FILE = """
            router {
              id: R
            }
            listener {
              name: amqp
              host: 127.0.0.1
              port: 5672
            }
            sslProfile {
              name: tls
              password: pass:secret
            }
            vhost {
              hostname: h
              maxConnections: 5
              groups: { "$default": { "users": "*" } }
            }
            address {
              prefix: orders
              distribution: closest
            }
            address {
              pattern: a.*.b
              waypoint: yes
            }
            """;
    private static final Terminal TERMINAL =
            Terminal.plain(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC), InputStream.nullInputStream());

    @TempDir
    @SuppressWarnings("NullAway.Init") // set before each test
    private Path directory;

    private final RouterCore core = new RouterCore(
            new CoreSettings("R", CoreSettings.Mode.STANDALONE, Distribution.BALANCED, "1.0", 4),
            CoreEvents.NONE,
            new SplittableRandom(1));
    private final LiveConfiguration configuration = Agents.configured(FILE);
    private @Nullable String refuses;
    private final Asked agent = new Asked(new ManagementAgent(
            Schema.standard(),
            Stream.concat(
                            Stream.of(EntitySource.of(CoreRows.router(core, () -> null)), AddressSource.of(core)),
                            Stream.of("listener", "sslProfile", "vhost", "mqtt", "policy")
                                    .<EntitySource>map(type -> new ConfiguredSource(
                                            type, configuration, ConfiguredSource.LiveValues.NONE)))
                    .toList(),
            List.of(
                    new AddressLifecycle(core),
                    new ConfiguredLifecycle("listener", configuration, new Refusing()),
                    new ConfiguredLifecycle("sslProfile", configuration, EntityEffect.NONE),
                    new ConfiguredLifecycle("vhost", configuration, EntityEffect.NONE)),
            new RouterView() {
                @Override
                public List<String> managementNodes() {
                    return List.of();
                }

                @Override
                public List<LogLine> log() {
                    return List.of();
                }

                @Override
                public Map<String, @Nullable Object> explain(Question question) {
                    return AddressExplanation.of(core, question, "none");
                }
            }));

    private final class Refusing implements EntityEffect {
        @Override
        public void create(ConfiguredEntity entity, Consumer<EntityLifecycle.Outcome> outcome) {
            outcome.accept(
                    entity.text("port").equals(refuses)
                            ? EntityLifecycle.bad("no such port")
                            : EntityLifecycle.done(entity.identity()));
        }
    }

    private static final class Diff extends DiffCommand {
        Diff(NodeConnector connector) {
            super(connector, TERMINAL, Surroundings.of(Map.of()));
        }
    }

    private static final class Apply extends ApplyCommand {
        Apply(NodeConnector connector) {
            super(connector, TERMINAL, Surroundings.of(Map.of()));
        }
    }

    private static final class Explain extends ExplainCommand {
        Explain(NodeConnector connector) {
            super(connector, TERMINAL);
        }
    }

    @BeforeEach
    void addresses() {
        create("address", "{\"prefix\": \"orders\", \"distribution\": \"closest\"}");
        create("address", "{\"pattern\": \"a.*.b\", \"waypoint\": true}");
    }

    private void create(String type, String body) {
        AgentRequest request = Agents.request("operation", "CREATE", "type", type);
        Object map = java.util.Objects.requireNonNull(io.linkspan.management.json.Json.parse(body));
        assertThat(agent.handle(Agents.withBody(request, map)).status()).isEqualTo(Status.CREATED);
    }

    private ManagementNode node() {
        return new ManagementNode() {
            @Override
            public ManagementResponse request(ManagementRequest request) {
                AgentResponse response = agent.handle(new AgentRequest(request.properties(), request.body()));
                return new ManagementResponse(
                        response.status().code(), response.description(), AgentRequest.plain(response.body()));
            }

            @Override
            public ManagementNode at(String address) {
                return this;
            }

            @Override
            public void close() {}
        };
    }

    private String run(Object command, String... arguments) {
        StringWriter out = new StringWriter();
        int code = ToolLine.of(command, "linkspan")
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(out))
                .execute(arguments);
        return code + "\n" + out;
    }

    private String file(String text) throws IOException {
        return Files.writeString(directory.resolve("router.conf"), text).toString();
    }

    private String diff(String text) throws IOException {
        return run(new Diff((bus, address) -> node()), file(text));
    }

    private String apply(String text, String... options) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(file(text)));
        arguments.addAll(Arrays.asList(options));
        return run(new Apply((bus, address) -> node()), arguments.toArray(new String[0]));
    }

    @Test
    void aRouterIsLikeItsFile() throws IOException {
        assertThat(diff(FILE)).isEqualTo("""
                0
                # the password of sslProfile tls cannot be compared: the router does not show it
                The router has what the file has.
                """);
    }

    private static final String OTHER = FILE.replace("maxConnections: 5", "maxConnections: 6")
            .replace("id: R", "id: R\n mode: standalone\n defaultDistribution: balanced")
            .replace("port: 5672", "port: 5673\n idleTimeoutSeconds: 30")
            .replace("pattern: a.*.b\n  waypoint: yes", "pattern: a/*/c\n  priority: 3");

    @Test
    void differencesAreToldByEntityAndValue() throws IOException {
        assertThat(diff(OTHER)).isEqualTo("""
                1
                - address 2
                ~ vhost h
                    maxConnections: 5 -> 6
                ~ listener amqp (made anew)
                    port: 5672 -> 5673
                    idleTimeoutSeconds: 16 -> 30
                + address 1
                    pattern: a/*/c
                    priority: 3
                # the password of sslProfile tls cannot be compared: the router does not show it
                """);
    }

    @Test
    void applyShowsBeforeItDoes() throws IOException {
        List<ConfiguredEntity> before = configuration.entities();
        assertThat(apply(OTHER)).startsWith("0\n- address 2\n").endsWith("Nothing was done. Do it with --yes.\n");
        assertThat(configuration.entities()).isEqualTo(before);
        assertThat(apply(OTHER, "--yes")).startsWith("0\n- address 2\n").endsWith("Done: 4 of 4\n");
        assertThat(diff(OTHER)).startsWith("0\n").endsWith("The router has what the file has.\n");
        assertThat(apply(OTHER, "--yes")).endsWith("The router has what the file has.\n");
        assertThat(apply(FILE, "--yes")).startsWith("0\n");
        assertThat(diff(FILE)).startsWith("0\n");
    }

    @Test
    void whatCannotBeMadeAnewIsAsItWas() throws IOException {
        refuses = "5673";
        String output = apply(OTHER, "--yes");
        assertThat(output)
                .startsWith("1\n")
                .endsWith("Done: 2 of 4; failed: listener amqp\nBadRequestStatus: no such port\n");
        assertThat(configuration.entities(Schema.standard().type("listener")))
                .extracting(entity -> entity.value("port"))
                .containsExactly("5672");
    }

    @Test
    void whatARunningRouterCannotChangeIsTold() throws IOException {
        String text = FILE.replace("id: R", "id: S");
        assertThat(diff(text)).startsWith("1\n! router R (needs a restart)\n    id: R -> S\n");
        assertThat(apply(text, "--yes")).startsWith("1\n! router R").endsWith("Nothing else is to be done.\n");
    }

    @Test
    void aFileWithErrorsIsNotCompared() throws IOException {
        assertThat(diff("listener {\n  prot: 1\n}\n"))
                .startsWith("2\nCannot load configuration file ")
                .contains("ConfigurationError: ");
        assertThat(diff(FILE + "address {\n  prefix: x\n  priority: 77\n}\n")).startsWith("2\n");
    }

    @Test
    void explainTellsTheRuleTheDistributionAndWhoWouldGetIt() {
        assertThat(run(new Explain((bus, address) -> node()), "send", "orders.new"))
                .isEqualTo("""
                0
                router: R
                direction: send
                address: orders.new
                key: M0orders.new
                class: mobile
                rule: address 1, prefix orders, distribution closest
                attach: accepted
                distribution: closest (of the address entity)
                copies: 0
                receivers: none
                outcome: senders get no credit until somebody receives; what comes without credit of the address is released
                policy: none
                """);
        String receive = run(new Explain((bus, address) -> node()), "receive", "a/x/b", "--json");
        assertThat(receive)
                .contains("\"key\": \"M1a/x/b\"")
                .contains("phases 0 in and 1 out")
                .contains("\"distribution\": \"balanced (of the address entity)\"")
                .contains("it takes turns");
        assertThat(run(new Explain((bus, address) -> node()), "send", "other"))
                .contains("rule: no address entity matches");
        assertThat(core.table().addresses())
                .as("nothing was made")
                .noneMatch(a -> a.keyText().contains("other"));
    }

    @Test
    void explainNamesReceivers() {
        core.consume(
                io.linkspan.core.address.AddressKey.mobile("orders.new"),
                Distribution.CLOSEST,
                (amqp, settled, from) -> io.linkspan.amqp.DeliveryState.ACCEPTED);
        assertThat(run(new Explain((bus, address) -> node()), "send", "orders.new"))
                .contains("copies: 1\nreceivers:\n  - router itself, subscription M0orders.new, share gets it\n");
    }

    @Test
    void explainWantsAnAddressAndADirection() {
        assertThat(Agents.told(agent.handle(Agents.request("operation", "EXPLAIN"))))
                .isEqualTo("400 EXPLAIN needs an 'address'");
        assertThat(Agents.told(agent.handle(Agents.request("operation", "EXPLAIN", "address", "a", "direction", "x"))))
                .isEqualTo("400 Invalid value 'x' for 'direction', expected send or receive");
    }
}
