// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TickWheelTest {
    private static final long G = TickWheel.GRANULARITY_NS;
    private static final long ORIGIN = 7_000_000_123L;

    private final TickWheel wheel = new TickWheel(ORIGIN);
    private final List<Long> fired = new ArrayList<>();

    @Test
    void timerFiresNeverBeforeItsDeadlineAndAtMostOneGranularityLater() {
        Random random = new Random(42);
        for (int round = 0; round < 2_000; round++) {
            long start = ORIGIN + (long) round * 10 * G;
            wheel.advance(start);
            long deadline = start + 1 + (long) (random.nextDouble() * 5 * G);
            wheel.timer(fired::add).arm(deadline);
            fired.clear();
            wheel.advance(deadline - 1);
            assertThat(fired).isEmpty();
            wheel.advance(deadline + G - 1);
            assertThat(fired).hasSize(1);
        }
    }

    @Test
    void deadlineBeyondOneTurnOfTheWheelWaitsForItsOwnTurn() {
        long deadline = ORIGIN + 3L * TickWheel.SLOTS * G + 5 * G;
        wheel.timer(fired::add).arm(deadline);
        for (long now = ORIGIN; now < deadline; now += G / 2) {
            wheel.advance(now);
            assertThat(fired).isEmpty();
        }
        wheel.advance(deadline + G);
        assertThat(fired).hasSize(1);
    }

    @Test
    void pauseOfManyTurnsFiresEverythingOnce() {
        for (int i = 0; i < 3 * TickWheel.SLOTS; i++) {
            wheel.timer(fired::add).arm(ORIGIN + i * G);
        }
        wheel.advance(ORIGIN + 100L * TickWheel.SLOTS * G);
        assertThat(fired).hasSize(3 * TickWheel.SLOTS);
        assertThat(wheel.armedCount()).isZero();
    }

    @Test
    void armingAgainReplacesTheDeadline() {
        TickWheel.Timer timer = wheel.timer(fired::add);
        timer.arm(ORIGIN + G);
        timer.arm(ORIGIN + 10 * G);
        wheel.advance(ORIGIN + 9 * G);
        assertThat(fired).isEmpty();
        timer.arm(ORIGIN + 20 * G);
        timer.arm(ORIGIN + 11 * G);
        wheel.advance(ORIGIN + 12 * G);
        assertThat(fired).hasSize(1);
        assertThat(wheel.armedCount()).isZero();
    }

    @Test
    void pastDeadlineFiresInTheNextSlot() {
        wheel.advance(ORIGIN + 1000 * G);
        wheel.timer(fired::add).arm(0);
        assertThat(wheel.nextNs()).isEqualTo(ORIGIN + 1001 * G);
        wheel.advance(ORIGIN + 1001 * G);
        assertThat(fired).hasSize(1);
    }

    @Test
    void cancelledTimerDoesNotFireEvenWhenCancelledByItsNeighbour() {
        TickWheel.Timer second = wheel.timer(fired::add);
        TickWheel.Timer first = wheel.timer(now -> {
            fired.add(-1L);
            second.cancel();
        });
        second.arm(ORIGIN + G);
        first.arm(ORIGIN + G);
        wheel.advance(ORIGIN + 2 * G);
        assertThat(fired).containsExactly(-1L);
    }

    @Test
    void timerThatArmsItselfFiresOncePerPeriod() {
        TickWheel.Timer[] self = new TickWheel.Timer[1];
        self[0] = wheel.timer(now -> {
            fired.add(now);
            self[0].arm(now + 10 * G);
        });
        self[0].arm(ORIGIN + 10 * G);
        for (int i = 0; i <= 1_000; i++) {
            wheel.advance(ORIGIN + i * G);
        }
        assertThat(fired).hasSize(100);
    }

    @Test
    void nextTimeIsThatOfTheFirstArmedSlot() {
        TickWheel.Timer late = wheel.timer(fired::add);
        late.arm(ORIGIN + 30 * G);
        TickWheel.Timer early = wheel.timer(fired::add);
        early.arm(ORIGIN + 4 * G);
        assertThat(wheel.nextNs()).isEqualTo(ORIGIN + 4 * G);
        early.cancel();
        assertThat(wheel.nextNs()).isEqualTo(ORIGIN + 30 * G);
    }
}
