// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.management.json.Json;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What our stat tool has beyond the original's: JSON, sorting, filters, colours, watching. */
class StatExtrasTest {
    private static final List<String> COLUMNS = List.of(
            "distribution",
            "inProcess",
            "subscriberCount",
            "remoteCount",
            "containerCount",
            "deliveriesIngress",
            "deliveriesEgress",
            "deliveriesRedirectedToFallback",
            "deliveriesTransit",
            "deliveriesToContainer",
            "deliveriesFromContainer",
            "name",
            "priority");

    private final ToolFixture router = new ToolFixture();

    private static List<@Nullable Object> address(String key, long subscribers, long in) {
        return Arrays.asList("balanced", 0L, subscribers, 0L, 0L, in, 0L, 0L, 0L, 0L, 0L, key, -1L);
    }

    @BeforeEach
    void addresses() {
        router.otherwise = request -> ToolFixture.ok(List.of());
        router.entities("router", List.of("id"), List.of("R"))
                .entities(
                        "router.address",
                        COLUMNS,
                        address("M0orders", 2, 10),
                        address("M0alerts", 10, 9),
                        address("M0orders.old", 0, 100),
                        address("Ltemp.x", 1, 0));
    }

    /** The addresses in the order in which they are shown. */
    private List<String> shown(String... options) {
        String[] all = new String[options.length + 1];
        all[0] = "-a";
        System.arraycopy(options, 0, all, 1, options.length);
        ToolFixture.Run run = router.stat(all);
        assertThat(run.code()).as(run.out()).isZero();
        return run.out()
                .lines()
                .skip(6)
                .map(line -> line.strip().split("\\s+", -1)[1])
                .toList();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "in | temp.x alerts orders orders.old",
                "-in | orders.old orders alerts temp.x",
                "local | orders.old temp.x orders alerts",
                "class | temp.x alerts orders orders.old",
                "phs | alerts orders orders.old temp.x"
            })
    void rowsAreSortedByNumbersAsNumbersAndNothingLast(String column, String order) {
        assertThat(shown("--sort=" + column)).containsExactly(order.split(" ", -1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "addr=orders | orders",
                "addr=orders* | orders orders.old",
                "addr!=*.* | alerts orders",
                "in>9 | orders orders.old",
                "in>=9 | alerts orders orders.old",
                "in<10 | alerts temp.x",
                "in<=10 | alerts orders temp.x",
                "phs= | temp.x",
                "class=local | temp.x"
            })
    void filtersKeepWhatMeetsThem(String filter, String kept) {
        assertThat(shown("--filter", filter)).containsExactly(kept.split(" ", -1));
    }

    @Test
    void allFiltersHaveToBeMet() {
        assertThat(shown("--filter", "addr=o*", "--filter", "in>10")).containsExactly("orders.old");
        assertThat(router.stat("-a", "--filter", "addr=none").out()).endsWith("\nRouter Addresses\n");
    }

    @Test
    void aColumnThatNoTableHasIsTold() {
        ToolFixture.Run run = router.stat("-a", "--sort", "foo");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).contains("ValueError: no table has a column 'foo'; there are class, addr, phs, distrib");
        assertThat(router.stat("-a", "--filter", "foo").code()).isEqualTo(2);
        assertThat(router.stat("-a", "--filter", "in>x").err()).contains("'x' is not a number");
    }

    @Test
    void jsonIsOneDocumentWithNumbersAndNothingElse() {
        ToolFixture.Run run = router.stat("-a", "--json", "--filter", "addr=temp.x");
        assertThat(run.code()).isZero();
        List<?> document = (List<?>) Objects.requireNonNull(Json.parse(run.out()));
        assertThat(document).hasSize(1);
        Map<?, ?> table = (Map<?, ?>) document.get(0);
        assertThat(table.get("router")).isEqualTo("R");
        assertThat(table.get("table")).isEqualTo("Router Addresses");
        Map<?, ?> row = (Map<?, ?>) ((List<?>) Objects.requireNonNull(table.get("rows"))).get(0);
        assertThat(row.get("addr")).isEqualTo("temp.x");
        assertThat(row.get("local")).isEqualTo(1L);
        assertThat(row.get("phs")).isEqualTo("");
    }

    @Test
    void jsonOfNothingIsAnEmptyList() {
        router.entities("router.node", List.of("id"));
        assertThat(router.stat("-n", "--json").out()).isEqualTo("[]\n");
        assertThat(router.stat("-a", "--json", "--csv").code()).isEqualTo(2);
    }

    @Test
    void coloursAreForTerminalsAlone() {
        assertThat(router.stat("-a").out()).doesNotContain("\u001b");
        assertThat(router.stat("-a", "--color=always").out()).contains("\u001b[1mRouter Addresses\u001b[0m\n");
        router.interactive = true;
        assertThat(router.stat("-a").out()).contains("\u001b[1mRouter Addresses\u001b[0m\n");
        assertThat(router.stat("-a", "--color=never").out()).doesNotContain("\u001b");
        assertThat(router.stat("-a", "--csv").out()).doesNotContain("\u001b");
        assertThat(router.stat("-a", "--json").out()).doesNotContain("\u001b");
    }

    @Test
    void coloursDoNotMoveColumns() {
        String plain = router.stat("-a").out();
        String coloured = router.stat("-a", "--color=always").out();
        assertThat(coloured.replaceAll("\u001b\\[[0-9]*m", "")).isEqualTo(plain);
    }

    @Test
    void watchingShowsItAgainUntilItIsInterrupted() {
        router.rounds = 3;
        ToolFixture.Run run = router.stat("-a", "--watch", "--interval", "0.5");
        assertThat(run.code()).isZero();
        assertThat(run.out().split("Router Addresses", -1)).hasSize(4);
        assertThat(router.pauses)
                .containsExactly(Duration.ofMillis(500), Duration.ofMillis(500), Duration.ofMillis(500));
        assertThat(run.out()).doesNotContain("\u001b");
    }

    @Test
    void onATerminalEachRoundBeginsAtTheTop() {
        router.rounds = 2;
        router.interactive = true;
        assertThat(router.stat("-a", "--watch").out().split("\u001b\\[H\u001b\\[2J", -1))
                .hasSize(3);
        assertThat(router.pauses).containsOnly(Duration.ofSeconds(2));
    }

    @Test
    void withoutWatchThereIsOneRound() {
        router.rounds = 3;
        assertThat(router.stat("-a").out().split("Router Addresses", -1)).hasSize(2);
        assertThat(router.pauses).isEmpty();
    }
}
