// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code trace}: the next hops of all routers put together. */
class TraceCommandTest {
    private final ToolFixture network = new ToolFixture();
    private final Map<String, Map<String, Object>> answers = new HashMap<>();

    @BeforeEach
    void routersAnswer() {
        network.otherwise = request -> {
            assertThat(request.properties())
                    .containsEntry("operation", "EXPLAIN")
                    .containsEntry("address", "q")
                    .containsEntry("direction", "send");
            String asked = network.addresses.get(network.addresses.size() - 1);
            String id = asked.equals("$management") ? "A" : asked.split("/", -1)[2];
            Map<String, Object> answer = answers.get(id);
            return answer == null ? new ManagementResponse(501, "Not Implemented", null) : ToolFixture.ok(answer);
        };
    }

    private static Map<String, Object> way(String router, String nextHop, long cost) {
        Map<String, Object> way = new LinkedHashMap<>();
        way.put("router", router);
        way.put("nextHop", nextHop);
        way.put("cost", cost);
        way.put("share", "gets a copy");
        return way;
    }

    private void answer(String id, List<Map<String, Object>> receivers, List<Map<String, Object>> others) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("router", id);
        answer.put("rule", "no address entity matches");
        answer.put("distribution", "multicast (told by another router)");
        answer.put("receivers", receivers);
        answer.put("otherRouters", others);
        answer.put("outcome", "known");
        answers.put(id, answer);
    }

    private void line() {
        network.entities("router.node", List.of("id"), List.of("A"), List.of("B"), List.of("C"));
        answer("A", List.of(), List.of(way("C", "B", 5)));
        answer("B", List.of(), List.of(way("C", "C", 3)));
        answer("C", List.of(Map.of("container", "app", "share", "gets it")), List.of());
    }

    @Test
    void theNextHopsOfAllRoutersMakeThePaths() {
        line();
        ToolFixture.Run run = network.trace("q");
        assertThat(run.out()).isEqualTo("""
                from A: multicast (told by another router)
                  A -> B -> C, cost 5: gets a copy
                  known
                from B: multicast (told by another router)
                  B -> C, cost 3: gets a copy
                  known
                from C: multicast (told by another router)
                  app here: gets it
                  known
                """);
        assertThat(run.code()).isZero();
        assertThat(network.addresses).containsExactly("$management", "_topo/0/B/$management", "_topo/0/C/$management");
        assertThat(network.closed).isEqualTo(1);
    }

    @Test
    void theSameIsPrintedAsJson() {
        line();
        ToolFixture.Run run = network.trace("q", "--json");
        assertThat(run.out().replaceAll("\\s+", " "))
                .contains("\"address\": \"q\"")
                .contains("\"path\": [ \"A\", \"B\", \"C\" ]")
                .contains("\"cost\": 5");
    }

    @Test
    void aRouterThatDoesNotAnswerIsNamedAndEndsThePathsBehindIt() {
        line();
        answers.remove("B");
        ToolFixture.Run run = network.trace("q");
        assertThat(run.out())
                .contains("  A -> B, cost 5: gets a copy\n")
                .contains("from B: not known, NotImplementedStatus: Not Implemented\n");
        assertThat(run.code()).isZero();
    }

    @Test
    void nextHopsThatGoRoundAreFollowedOnce() {
        line();
        answer("B", List.of(), List.of(way("C", "A", 9)));
        assertThat(network.trace("q").out()).contains("  A -> B, cost 5").contains("  B -> A, cost 9");
    }

    @Test
    void aRouterWithoutANetworkIsTracedAlone() {
        network.entities("router.node", List.of("id"));
        answer("A", List.of(), List.of());
        Objects.requireNonNull(answers.get("A")).put("linkRoute", "r1, prefix q, to container broker on connection 2");
        assertThat(network.trace("q").out()).isEqualTo("""
                from A: multicast (told by another router)
                  link route r1, prefix q, to container broker on connection 2
                  known
                """);
    }
}
