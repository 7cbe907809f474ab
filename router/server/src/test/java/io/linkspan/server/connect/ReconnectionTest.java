// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.server.connect.Reconnection.Entry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ReconnectionTest {
    private static final Entry A = new Entry("a", 1);
    private static final Entry B = new Entry("b", 2);
    private static final Entry C = new Entry("c", 3);

    private final Reconnection reconnection = new Reconnection(List.of(A));

    private long fail() {
        reconnection.attempted();
        return reconnection.ended();
    }

    private long openAndLose() {
        reconnection.attempted();
        reconnection.opened();
        return reconnection.ended();
    }

    @Test
    @DisplayName("CON-07: 5 s after a failed attempt, without end and without growing")
    void failedAttemptIsRepeatedAfterFiveSeconds() {
        for (int i = 0; i < 100; i++) {
            assertThat(fail()).isEqualTo(5_000_000_000L);
            assertThat(reconnection.entry()).isEqualTo(A);
        }
    }

    @Test
    @DisplayName("CON-07: 2 s after a connection that had opened, 5 s again after the next failure")
    void lostConnectionIsRepeatedAfterTwoSeconds() {
        assertThat(openAndLose()).isEqualTo(2_000_000_000L);
        assertThat(fail()).isEqualTo(5_000_000_000L);
        assertThat(openAndLose()).isEqualTo(2_000_000_000L);
    }

    @Test
    @DisplayName("CON-07: several entries, 1 s, each tried twice, round robin")
    void entriesTakeTurns() {
        reconnection.learnt(List.of(B, C));
        List<Entry> tried = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            tried.add(reconnection.entry());
            assertThat(fail()).isEqualTo(1_000_000_000L);
        }
        assertThat(tried).containsExactly(A, A, B, B, C, C, A, A);
    }

    @Test
    @DisplayName("CON-06: a told port is a number, amqp or amqps; a place with another is left out")
    void toldPortsAreNumbersOrTheTwoNames() {
        assertThat(Entry.told("h", "5673")).contains(new Entry("h", 5673));
        assertThat(Entry.told("h", "amqp")).contains(new Entry("h", 5672));
        assertThat(Entry.told("h", "amqps")).contains(new Entry("h", 5671));
        assertThat(Entry.told("h", "65535")).contains(new Entry("h", 65535));
        assertThat(Entry.told("h", "65536")).isEmpty();
        assertThat(Entry.told("h", "0")).isEmpty();
        assertThat(Entry.told("h", "-1")).isEmpty();
        assertThat(Entry.told("h", "none")).isEmpty();
        assertThat(Entry.told("", "5672")).isEmpty();
    }

    @Test
    @DisplayName("CON-06: what is told anew replaces what was learnt, behind the configured and the present entry")
    void learntEntriesReplaceEarlierOnes() {
        reconnection.learnt(List.of(B, A));
        assertThat(reconnection.entries()).containsExactly(A, B);
        fail();
        fail();
        assertThat(reconnection.entry()).isEqualTo(B);
        reconnection.attempted();
        reconnection.opened();
        reconnection.learnt(List.of(C));
        assertThat(reconnection.entries()).containsExactly(A, B, C);
        assertThat(reconnection.entry()).isEqualTo(B);
        reconnection.learnt(List.of());
        assertThat(reconnection.entries()).containsExactly(A, B);
    }

    @Test
    void entriesBeyondTheLimitAreLeftOut() {
        List<Entry> many = new ArrayList<>();
        for (int i = 0; i < Reconnection.MAX_ENTRIES; i++) {
            many.add(new Entry("h" + i, i));
        }
        reconnection.learnt(many);
        assertThat(reconnection.entries()).hasSize(Reconnection.MAX_ENTRIES);
    }

    @Test
    @DisplayName("CON-06, CON-07: several configured entries are tried in turn and stay when the peer tells others")
    void severalConfiguredEntriesStay() {
        Reconnection several = new Reconnection(List.of(A, B));
        several.attempted();
        assertThat(several.ended()).isEqualTo(1_000_000_000L);
        several.attempted();
        several.ended();
        assertThat(several.entry()).isEqualTo(B);
        several.attempted();
        several.opened();
        several.learnt(List.of(C, A));
        assertThat(several.entries()).containsExactly(A, B, C);
        assertThat(several.entry()).isEqualTo(B);
        several.learnt(List.of());
        assertThat(several.entries()).containsExactly(A, B);
    }
}
