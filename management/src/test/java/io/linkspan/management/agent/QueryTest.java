// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import static io.linkspan.management.agent.Agents.agent;
import static io.linkspan.management.agent.Agents.columns;
import static io.linkspan.management.agent.Agents.query;
import static io.linkspan.management.agent.Agents.request;
import static io.linkspan.management.agent.Agents.results;
import static io.linkspan.management.agent.Agents.row;
import static io.linkspan.management.agent.Agents.source;
import static io.linkspan.management.agent.Agents.told;
import static io.linkspan.management.agent.Agents.withBody;
import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.codec.Symbol;
import io.linkspan.amqp.codec.UnsignedInteger;
import io.linkspan.amqp.codec.UnsignedLong;
import io.linkspan.amqp.codec.UnsignedShort;
import io.linkspan.management.schema.EntityType;
import io.linkspan.management.schema.Schema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueryTest {
    private static final EntitySource LINKS = source(
            "router.link",
            List.of("identity", "name", "deliveryCount", "priority", "owningAddr", "ingressHistogram", "linkName"),
            new @Nullable Object[] {"1", "a", 5L, 4, null, null, "a"},
            new @Nullable Object[] {"2", "b", 1L << 40, 4, "M0x", List.of(1, 2L), "b"});

    private static final EntitySource LOGS = source(
            "logStats",
            List.of("identity", "name", "infoCount", "debugCount"),
            new @Nullable Object[] {"logStats/A", "A", 5L, null},
            new @Nullable Object[] {"logStats/B", "B", 1L << 40, null});

    @ParameterizedTest
    @ValueSource(strings = {"router.link", "org.apache.qpid.dispatch.router.link"})
    void liveTypesAnswerAllColumnsInTheirOrderAndTypes(String type) {
        AgentResponse response = agent(LINKS).handle(query(type));
        List<String> all = Schema.standard().type("router.link").columns().stream()
                .map(EntityType.Column::name)
                .toList();
        assertThat(columns(response)).isEqualTo(all);
        List<?> second = (List<?>) results(response).get(1);
        assertThat(second.get(all.indexOf("name"))).isEqualTo("b");
        assertThat(second.get(all.indexOf("type"))).isEqualTo("org.apache.qpid.dispatch.router.link");
        assertThat(second.get(all.indexOf("deliveryCount"))).isEqualTo(new UnsignedLong(1L << 40));
        assertThat(second.get(all.indexOf("priority"))).isEqualTo(new UnsignedInteger(4));
        assertThat(second.get(all.indexOf("ingressHistogram")))
                .isEqualTo(List.of(new UnsignedLong(1), new UnsignedLong(2)));
    }

    @Test
    void countersAreNumbersEvenIfASourceHasNone() {
        AgentResponse response =
                agent(LINKS).handle(query("router.link", "acceptedCount", "settleRate", "owningAddr", "peer"));
        assertThat(results(response).get(0)).isEqualTo(row(new UnsignedLong(0), new UnsignedInteger(0), null, null));
    }

    @Test
    void otherTypesHaveTheLeastIntegerWidth() {
        AgentResponse response = agent(LOGS).handle(query("logStats", "infoCount", "name"));
        assertThat(results(response)).isEqualTo(List.of(List.of(5, "A"), List.of(1L << 40, "B")));
    }

    @Test
    void operationAndTypeMayBeWrittenInAnyWay() {
        Asked agent = agent(LINKS);
        assertThat(results(agent.handle(request("operation", "query", "type", "router.link"))))
                .hasSize(2);
        assertThat(results(agent.handle(
                        request("operation", new Symbol("Query"), "entityType", new Symbol("router.link")))))
                .hasSize(2);
    }

    @Test
    void unknownColumnsAreNullForLiveTypesAndNotFoundForOthers() {
        AgentResponse live = agent(LINKS).handle(query("router.link", "foo", "name"));
        assertThat(columns(live)).isEqualTo(List.of("foo", "name"));
        assertThat(results(live)).isEqualTo(List.of(row(null, "a"), row(null, "b")));
        assertThat(told(agent(LOGS).handle(query("logStats", "foo", "name", "bar"))))
                .isEqualTo("404 Unknown attributes ['foo', 'bar'] for type org.apache.qpid.dispatch.logStats.");
        assertThat(told(agent(LOGS)
                        .handle(withBody(request("operation", "QUERY"), Map.of("attributeNames", List.of("foo"))))))
                .isEqualTo("404 Unknown attributes ['foo'].");
    }

    @Test
    void columnNamesMayBeSymbolsAndTheBodyNull() {
        AgentResponse symbols = agent(LINKS)
                .handle(withBody(
                        request("operation", "QUERY", "entityType", "router.link"),
                        Map.of(new Symbol("attributeNames"), Arrays.asList(new Symbol("name"), null))));
        assertThat(columns(symbols)).isEqualTo(List.of("name"));
        assertThat(columns(agent(LINKS).handle(request("operation", "QUERY", "entityType", "router.link"))))
                .hasSize(29);
        assertThat(columns(agent(LINKS)
                        .handle(withBody(request("operation", "QUERY", "entityType", "router.link"), "text"))))
                .hasSize(29);
    }

    @Test
    void rowsOfNullsAreLeftOutExceptForLiveTypes() {
        assertThat(results(agent(LOGS).handle(query("logStats", "debugCount")))).isEmpty();
        assertThat(results(agent(LINKS).handle(query("router.link", "peer"))))
                .isEqualTo(List.of(row((Object) null), row((Object) null)));
    }

    @Test
    void pagesCountTheRowsThatAreKept() {
        EntitySource mixed = source(
                "logStats",
                List.of("identity", "name", "infoCount"),
                new @Nullable Object[] {"1", "1", null},
                new @Nullable Object[] {"2", "2", 2},
                new @Nullable Object[] {"3", "3", null},
                new @Nullable Object[] {"4", "4", 4},
                new @Nullable Object[] {"5", "5", 5});
        AgentRequest request = query("logStats", "infoCount");
        assertThat(results(agent(mixed).handle(paged(request, 1L, 1L)))).isEqualTo(List.of(row(4)));
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0..9",
        "0, 3, 0..2",
        "3, 3, 3..5",
        "9, 3, 9..9",
        "10, 3, ",
        "99, 0, ",
        "7, 0, 7..9",
        "0, 500, 0..9"
    })
    void countAndOffsetAreHonoured(long offset, long count, @Nullable String expected) {
        List<@Nullable Object[]> rows = new ArrayList<>();
        IntStream.range(0, 10).forEach(i -> rows.add(new Object[] {"" + i, "" + i}));
        for (String type : List.of("router.address", "logStats")) {
            Asked agent = agent(EntitySource.of(type, List.of("identity", "name"), () -> rows));
            List<?> names = results(agent.handle(paged(query(type, "name"), offset, count))).stream()
                    .map(row -> ((List<?>) row).get(0))
                    .toList();
            assertThat(names)
                    .isEqualTo(
                            expected == null
                                    ? List.of()
                                    : IntStream.rangeClosed(expected.charAt(0) - '0', expected.charAt(3) - '0')
                                            .mapToObj(String::valueOf)
                                            .toList());
        }
    }

    private static AgentRequest paged(AgentRequest request, Object offset, Object count) {
        Map<String, @Nullable Object> properties = new java.util.LinkedHashMap<>(request.properties());
        properties.put("offset", offset);
        properties.put("count", count);
        return new AgentRequest(properties, request.body());
    }

    @Test
    void countAndOffsetMayHaveAnyIntegerTypeOrBeText() {
        for (Object one : List.of(
                1, 1L, (short) 1, (byte) 1, new UnsignedLong(1), new UnsignedInteger(1), new UnsignedShort(1), "1")) {
            assertThat(results(agent(LINKS).handle(paged(query("router.link", "name"), one, one))))
                    .isEqualTo(List.of(row("b")));
        }
    }

    @Test
    void countAndOffsetThatAreNoNumbersAreRefused() {
        assertThat(told(agent(LINKS).handle(paged(query("router.link", "name"), "x", 1))))
                .isEqualTo("400 Invalid value 'x' for 'offset', expected 0 or more");
        assertThat(told(agent(LINKS).handle(paged(query("router.link", "name"), 0, -1))))
                .isEqualTo("400 Invalid value '-1' for 'count', expected 0 or more");
    }

    @Test
    void aTypeStandsForThoseThatExtendIt() {
        Asked agent = agent(LINKS, LOGS);
        AgentResponse response = agent.handle(query("operationalEntity"));
        assertThat(columns(response)).isEqualTo(List.of("name", "identity", "type"));
        assertThat(results(response)).hasSize(5); // Two links, two log statistics, and the management node itself.
        assertThat(results(agent.handle(paged(query("operationalEntity", "name"), 1, 3))))
                .isEqualTo(List.of(row("b"), row("A"), row("B")));
    }

    @Test
    void withoutATypeEverythingIsAnsweredWithAllAttributes() {
        AgentResponse response = agent(LOGS).handle(request("operation", "QUERY"));
        // The original's 252, mqttProfile, addressAliases, protocolTrace, mqttPattern, three options of addresses,
        // streamingThresholdBytes and the 37 of mqtt; sslProfile has protocols too.
        assertThat(columns(response)).hasSize(252 + 8 + 37);
        assertThat(results(response)).hasSize(3);
    }

    @Test
    void aTypeWithoutASourceHasNoEntities() {
        AgentResponse response = agent().handle(query("allocator", "identity"));
        assertThat(columns(response)).isEqualTo(List.of("identity"));
        assertThat(results(response)).isEmpty();
    }

    @Test
    void anUnknownTypeIsRefused() {
        assertThat(told(agent().handle(query("foo")))).isEqualTo("400 No such entity type 'foo'");
        assertThat(told(agent().handle(query("tcpListener")))).isEqualTo("400 No such entity type 'tcpListener'");
    }

    @Test
    void consoleIsForbidden() {
        AgentResponse response = agent().handle(query("console"));
        assertThat(told(response)).isEqualTo("403 Forbidden");
        assertThat(response.body()).isEqualTo(Map.of("attributeNames", List.of(), "results", List.of()));
    }

    @Test
    void anAnswerHasItsLimitOfRows() {
        @Nullable Object[] row = {"1", "1"};
        int[] rows = {Query.MAX_ROWS};
        EntitySource many = new EntitySource() {
            @Override
            public String type() {
                return "router.address";
            }

            @Override
            public List<String> attributes() {
                return List.of("identity", "name");
            }

            @Override
            public void read(long skip, RowReader reader) {
                for (long i = skip; i < rows[0] && reader.row(row); i++) {}
            }
        };
        assertThat(results(agent(many).handle(query("router.address", "name")))).hasSize(Query.MAX_ROWS);
        rows[0]++;
        AgentResponse refused = agent(many).handle(query("router.address", "name"));
        assertThat(told(refused)).isEqualTo("400 more than 100000 results; ask for pages with offset and count");
        assertThat(results(agent(many).handle(paged(query("router.address", "name"), Query.MAX_ROWS, 500))))
                .hasSize(1);
    }
}
