// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.TypeDecoder;
import io.linkspan.amqp.codec.UnsignedInteger;
import io.linkspan.amqp.codec.UnsignedLong;
import io.linkspan.core.CoreEvents;
import io.linkspan.core.CoreSettings;
import io.linkspan.core.RouterCore;
import io.linkspan.core.rows.CoreRows;
import io.linkspan.core.rows.RouteRows;
import io.linkspan.management.config.LiveConfiguration;
import io.linkspan.management.json.Json;
import io.linkspan.management.schema.EntityType;
import io.linkspan.management.schema.Schema;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Requests of the original's qdstat and qdmanage, recorded with the answers of qdrouterd 1.19 (recorded.jsonl). The
 * entities of an answer are given to the agent as a source, and its answer to the recorded request has to mean the same:
 * status, columns, values and their types.
 */
class RecordedRequestsTest {
    private static final int PROPERTIES = 0x73;
    private static final int APPLICATION_PROPERTIES = 0x74;
    private static final int AMQP_VALUE = 0x77;

    private record Exchange(String run, ByteBuf request, ByteBuf response) {
        @Override
        public String toString() {
            return run;
        }
    }

    private static List<Exchange> exchanges() throws IOException {
        try (InputStream in =
                Objects.requireNonNull(RecordedRequestsTest.class.getResourceAsStream("recorded.jsonl"))) {
            List<Exchange> exchanges = new ArrayList<>();
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
                if (!line.isEmpty()) {
                    Map<?, ?> recorded = (Map<?, ?>) Objects.requireNonNull(Json.parse(line));
                    exchanges.add(new Exchange(
                            recorded.get("run") + " " + recorded.get("operation") + " " + recorded.get("entityType"),
                            bytes(recorded.get("request")),
                            bytes(recorded.get("response"))));
                }
            }
            return exchanges;
        }
    }

    private static ByteBuf bytes(@Nullable Object hex) {
        return Unpooled.wrappedBuffer(java.util.HexFormat.of().parseHex((String) Objects.requireNonNull(hex)));
    }

    /** The recorded requests as messages. */
    static List<byte[]> requests() throws IOException {
        return exchanges().stream()
                .map(exchange -> io.netty.buffer.ByteBufUtil.getBytes(exchange.request()))
                .toList();
    }

    static List<Exchange> queries() throws IOException {
        return exchanges().stream().filter(e -> e.run().contains(" QUERY ")).toList();
    }

    static List<Exchange> others() throws IOException {
        List<String> answered =
                List.of("14", "28", "30", "48", "49", "50", "51", "52", "53", "54", "56", "01-qdstat-g GET");
        return exchanges().stream()
                .filter(e -> !e.run().contains(" QUERY "))
                .filter(e -> answered.stream().anyMatch(e.run()::startsWith))
                .toList();
    }

    static List<Exchange> writes() throws IOException {
        List<String> operations = List.of(" CREATE ", " UPDATE ", " DELETE ");
        return exchanges().stream()
                .filter(e -> operations.stream().anyMatch(e.run()::contains))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("queries")
    void aQueryIsAnsweredWithTheRecordedColumnsValuesAndTypes(Exchange exchange) {
        Map<Integer, Object> recorded = sections(exchange.response());
        Map<Integer, Object> request = sections(exchange.request());
        String type = (String) map(request, APPLICATION_PROPERTIES).get("entityType");
        List<?> columns = Agents.list(map(recorded, AMQP_VALUE), "attributeNames");
        List<?> rows = Agents.list(map(recorded, AMQP_VALUE), "results");
        Asked agent = Agents.agent(source(Objects.requireNonNull(type), columns, rows));
        Map<Integer, Object> answer = answer(agent, exchange);
        List<?> answeredColumns = Agents.list(map(answer, AMQP_VALUE), "attributeNames");
        List<?> answeredRows = Agents.list(map(answer, AMQP_VALUE), "results");
        assertThat(answeredColumns.stream().filter(columns::contains).toList()).isEqualTo(columns);
        assertThat(answeredRows).hasSameSizeAs(rows);
        for (int i = 0; i < rows.size(); i++) {
            for (int column = 0; column < columns.size(); column++) {
                Object value = ((List<?>) answeredRows.get(i)).get(answeredColumns.indexOf(columns.get(column)));
                assertThat(value)
                        .as(columns.get(column) + " of row " + i)
                        .isEqualTo(((List<?>) rows.get(i)).get(column));
            }
        }
        assertThat(map(answer, APPLICATION_PROPERTIES)).isEqualTo(map(recorded, APPLICATION_PROPERTIES));
        assertThat(answer.get(PROPERTIES)).isEqualTo(recorded.get(PROPERTIES));
    }

    @ParameterizedTest
    @MethodSource("others")
    void anotherReadingRequestIsAnsweredAsRecorded(Exchange exchange) {
        Map<Integer, Object> recorded = sections(exchange.response());
        Map<Integer, Object> answer = answer(agentOf(recorded), exchange);
        assertThat(map(answer, APPLICATION_PROPERTIES)).isEqualTo(map(recorded, APPLICATION_PROPERTIES));
        assertThat(answer.get(PROPERTIES)).isEqualTo(recorded.get(PROPERTIES));
        assertThat(withoutOurs(answer.get(AMQP_VALUE))).isEqualTo(recorded.get(AMQP_VALUE));
    }

    /**
     * The recorded changes, one after the other, on an agent with lifecycles: the same status, and a body with what the
     * recorded one has. Run 58 needs a connection (LiveChangesIT has it); identities are numbers of the recorded router.
     */
    @Test
    void theRecordedChangesAreMadeInTheirOrder() throws IOException {
        Asked agent = agentOfTheRecordedRouter();
        int made = 0;
        for (Exchange exchange : writes()) {
            if (exchange.run().startsWith("58-")) {
                continue;
            }
            Map<Integer, Object> recorded = sections(exchange.response());
            Map<Integer, Object> answer = answer(agent, exchange);
            Map<?, ?> status = map(answer, APPLICATION_PROPERTIES);
            Map<?, ?> recordedStatus = map(recorded, APPLICATION_PROPERTIES);
            assertThat(status.get("statusCode"))
                    .as(exchange + " " + status)
                    .isEqualTo(recordedStatus.get("statusCode"));
            if ((Integer) Objects.requireNonNull(status.get("statusCode")) >= 400) {
                assertThat(status).as(exchange.run()).isEqualTo(recordedStatus);
            }
            assertThat(answer.get(PROPERTIES)).isEqualTo(recorded.get(PROPERTIES));
            if (recorded.get(AMQP_VALUE) instanceof Map<?, ?> entity) {
                Map<Object, @Nullable Object> known = new LinkedHashMap<>();
                entity.forEach((name, value) -> known.put(name, value));
                known.keySet().removeAll(OF_THE_RECORDED_ROUTER);
                Map<?, ?> body = map(answer, AMQP_VALUE);
                known.forEach((name, value) -> assertThat(body.get(name))
                        .as(exchange.run() + " " + name)
                        .isEqualTo(value));
            }
            made++;
        }
        assertThat(made).isEqualTo(18);
    }

    /** Values that another router has otherwise: its own numbers, and what its connectors are doing. */
    private static final List<String> OF_THE_RECORDED_ROUTER =
            List.of("identity", "failoverUrls", "connectionStatus", "connectionMsg");

    private static Asked agentOfTheRecordedRouter() {
        LiveConfiguration configuration = Agents.configured("""
                listener {
                  name: amqp
                  host: 127.0.0.1
                  port: 31101
                  authenticatePeer: no
                  saslMechanisms: ANONYMOUS
                }
                vhost {
                  hostname: $default
                  maxConnections: 100
                  allowUnknownUser: true
                  groups: {
                    "$default": {
                      "users": "*",
                      "remoteHosts": "*",
                      "sources": "*",
                      "targets": "*",
                      "allowDynamicSource": true,
                      "allowAnonymousSender": true,
                      "allowAdminStatusUpdate": true
                    }
                  }
                }
                """);
        RouterCore core = new RouterCore(CoreSettings.standalone("A"), CoreEvents.NONE, new SplittableRandom(1));
        List<String> types = List.of("listener", "connector", "vhost", "log");
        List<EntitySource> sources = new ArrayList<>(types.stream()
                .<EntitySource>map(type -> new ConfiguredSource(type, configuration, ConfiguredSource.LiveValues.NONE))
                .toList());
        sources.add(AddressSource.of(core));
        sources.add(EntitySource.of(RouteRows.linkRoutes(core)));
        sources.add(EntitySource.of(RouteRows.autoLinks(core)));
        sources.add(EntitySource.of(CoreRows.exchanges(core)));
        sources.add(EntitySource.of(CoreRows.bindings(core)));
        List<EntityLifecycle> lifecycles = new ArrayList<>(types.stream()
                .<EntityLifecycle>map(type -> new ConfiguredLifecycle(type, configuration, EntityEffect.NONE))
                .toList());
        lifecycles.add(new AddressLifecycle(core));
        lifecycles.addAll(RouteLifecycles.of(core));
        lifecycles.addAll(ExchangeLifecycles.of(core));
        return new Asked(new ManagementAgent(Schema.standard(), sources, lifecycles, Agents.router(List.of())));
    }

    /** An agent that knows the recorded listener, address, nodes and log lines. */
    private static Asked agentOf(Map<Integer, Object> recorded) {
        List<EntitySource> sources = new ArrayList<>();
        Object body = recorded.get(AMQP_VALUE);
        Map<?, ?> entity = body instanceof Map<?, ?> map ? map : Map.of();
        if (entity.get("identity") instanceof String) {
            List<Object> columns = new ArrayList<>(entity.keySet());
            sources.add(source(
                    (String) Objects.requireNonNull(entity.get("type")),
                    columns,
                    List.of(new ArrayList<@Nullable Object>(entity.values()))));
        } else {
            sources.add(source("listener", List.of("name", "identity"), List.of(List.of("amqp", "listener/x"))));
        }
        List<String> nodes = new ArrayList<>();
        List<RouterView.LogLine> lines = new ArrayList<>();
        for (Object item : body instanceof List<?> list ? list : List.of()) {
            if (item instanceof String node) {
                nodes.add(node);
            } else if (item instanceof List<?> line) {
                lines.add(new RouterView.LogLine(
                        (String) Objects.requireNonNull(line.get(0)),
                        (String) Objects.requireNonNull(line.get(1)),
                        (String) Objects.requireNonNull(line.get(2)),
                        (String) line.get(3),
                        (Integer) line.get(4),
                        ((Number) Objects.requireNonNull(line.get(5))).longValue()));
            }
        }
        return new Asked(new ManagementAgent(
                Schema.standard(), sources, List.of(), Agents.router(nodes, lines.toArray(RouterView.LogLine[]::new))));
    }

    /** A source of recorded rows; what the type needs and the recording has not is filled in. */
    private static EntitySource source(String type, List<?> columns, List<?> rows) {
        List<String> names = new ArrayList<>();
        columns.forEach(column -> names.add((String) column));
        List<String> missing = List.of("name", "identity").stream()
                .filter(n -> !names.contains(n))
                .toList();
        names.addAll(missing);
        List<@Nullable Object[]> plain = new ArrayList<>();
        for (Object row : rows) {
            List<@Nullable Object> values = new ArrayList<>();
            ((List<?>) row).forEach(value -> values.add(plain(value)));
            missing.forEach(n -> values.add("x"));
            plain.add(values.toArray());
        }
        return EntitySource.of(type, names, () -> plain);
    }

    /** A value as sources give it. */
    private static @Nullable Object plain(@Nullable Object value) {
        if (value instanceof UnsignedLong number) {
            return number.bits();
        }
        if (value instanceof UnsignedInteger number) {
            return number.value();
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

    /** Without the attributes and columns that the original has not. */
    private static @Nullable Object withoutOurs(@Nullable Object body) {
        List<String> ours = List.of(
                "protocols",
                "mqttProfile",
                "addressAliases",
                "protocolTrace",
                "mqttPattern",
                "enableFallback",
                "EXPLAIN",
                "resendReleased",
                "expireQueued",
                "releaseAfterSeconds",
                "streamingThresholdBytes");
        if (body instanceof Map<?, ?> map) {
            Map<Object, @Nullable Object> kept = new LinkedHashMap<>();
            map.forEach((key, value) -> {
                if (!ours.contains(key)) {
                    kept.put(key, withoutOurs(value));
                }
            });
            return kept;
        }
        if (body instanceof List<?> list) {
            List<@Nullable Object> kept = new ArrayList<>();
            list.forEach(value -> {
                if (!ours.contains(value)) {
                    kept.add(withoutOurs(value));
                }
            });
            return kept;
        }
        return body;
    }

    private static Map<Integer, Object> answer(Asked agent, Exchange exchange) {
        AskedEndpoint endpoint = new AskedEndpoint(agent, UnpooledByteBufAllocator.DEFAULT);
        AskedEndpoint.Answer answer = endpoint.answer(exchange.request().duplicate());
        assertThat(answer).isInstanceOf(AskedEndpoint.Answer.Reply.class);
        ByteBuf message = ((AskedEndpoint.Answer.Reply) answer).message();
        try {
            return sections(message);
        } finally {
            message.release();
        }
    }

    private static Map<Integer, Object> sections(ByteBuf message) {
        ByteBuf rest = message.duplicate();
        Map<Integer, Object> sections = new LinkedHashMap<>();
        while (rest.isReadable()) {
            Described section = (Described) Objects.requireNonNull(TypeDecoder.readValue(rest));
            int code = (int) ((UnsignedLong) Objects.requireNonNull(section.descriptor())).bits();
            if (section.value() != null) {
                sections.put(code, section.value());
            }
        }
        return sections;
    }

    private static Map<?, ?> map(Map<Integer, Object> sections, int code) {
        return (Map<?, ?>) Objects.requireNonNull(sections.get(code));
    }

    /** Every column that the recorded answers have for all attributes is one of the schema, in the same order. */
    @Test
    void theSchemaHasTheRecordedColumns() throws IOException {
        for (Exchange exchange : queries()) {
            Map<Integer, Object> request = sections(exchange.request());
            if (!((List<?>) Objects.requireNonNull(map(request, AMQP_VALUE).get("attributeNames"))).isEmpty()) {
                continue;
            }
            EntityType type = Schema.standard().type((String)
                    Objects.requireNonNull(map(request, APPLICATION_PROPERTIES).get("entityType")));
            List<?> recorded = Agents.list(map(sections(exchange.response()), AMQP_VALUE), "attributeNames");
            List<String> columns =
                    type.columns().stream().map(EntityType.Column::name).toList();
            assertThat(columns.stream().filter(recorded::contains).toList()).isEqualTo(recorded);
        }
    }
}
