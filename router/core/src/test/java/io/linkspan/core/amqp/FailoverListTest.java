// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.codec.Symbol;
import io.linkspan.core.amqp.AmqpProfile.Failover;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("CON-06: failover-server-list of a peer's Open")
class FailoverListTest {
    private static Map<?, ?> properties(Object list) {
        return Map.of(new Symbol("failover-server-list"), list);
    }

    private static Map<?, ?> place(String... namesAndValues) {
        return Map.of(new Symbol(namesAndValues[0]), namesAndValues[1]);
    }

    @Test
    void entriesAreReadWithSymbolsOrStringsAsKeys() {
        Map<?, ?> whole = Map.of(
                new Symbol("network-host"), "a", new Symbol("port"), "5671", new Symbol("scheme"), new Symbol("amqps"));
        assertThat(FailoverList.of(properties(List.of(whole, Map.of("network-host", "b", "port", 5673)))))
                .containsExactly(new Failover("amqps", "a", "5671"), new Failover(null, "b", "5673"));
    }

    @Test
    void portIsTheUsualOneWhenItIsNotTold() {
        assertThat(FailoverList.of(properties(List.of(place("network-host", "a")))))
                .containsExactly(new Failover(null, "a", "5672"));
    }

    @Test
    void entryWithoutAHostIsLeftOut() {
        assertThat(FailoverList.of(properties(List.of(place("port", "1"), "text", place("network-host", "a")))))
                .extracting(Failover::host)
                .containsExactly("a");
    }

    @Test
    void emptyListIsNotTheSameAsNone() {
        assertThat(FailoverList.of(properties(List.of()))).isEmpty();
        assertThat(FailoverList.of(Map.of("product", "x"))).isNull();
        assertThat(FailoverList.of(properties("no list"))).isNull();
        assertThat(FailoverList.of(null)).isNull();
    }

    @Test
    void listBeyondTheLimitIsCut() {
        List<Object> many = Collections.nCopies(FailoverList.MAX_ENTRIES + 1, place("network-host", "a"));
        assertThat(FailoverList.of(properties(many))).hasSize(FailoverList.MAX_ENTRIES);
    }
}
