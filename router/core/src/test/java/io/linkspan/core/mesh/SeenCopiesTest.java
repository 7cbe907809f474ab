// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a router remembers of the messages for many that another one has sent (ADR 0016). */
class SeenCopiesTest {

    private static final int WINDOW = SeenCopies.WINDOW;

    private final SeenCopies seen = new SeenCopies();
    private final CopyNumbers numbers = new CopyNumbers(1_795_000_000L);

    private long number(int count) {
        long last = 0;
        for (int i = 0; i < count; i++) {
            last = numbers.next();
        }
        return last;
    }

    @Test
    @DisplayName("Each number is new once, in whatever order they come")
    void onceInAnyOrder() {
        SplittableRandom random = new SplittableRandom(20261128);
        long first = number(1);
        Set<Long> before = new HashSet<>();
        for (int i = 0; i < 100_000; i++) {
            // Never more than a window behind the newest.
            long next = first + i / 4 + random.nextInt(WINDOW / 2);
            assertThat(seen.add(next)).as("number %d", next - first).isEqualTo(before.add(next));
        }
    }

    @Test
    @DisplayName("The oldest of a window is still known; one before it counts as new, and is not remembered")
    void theWindow() {
        long first = number(1);
        assertThat(seen.add(first)).isTrue();
        assertThat(seen.add(first + 1)).isTrue();
        long last = first + WINDOW;
        assertThat(seen.add(last)).isTrue();
        assertThat(seen.add(first + 1)).isFalse();
        assertThat(seen.add(first)).isTrue();
        assertThat(seen.add(first)).isTrue();
        assertThat(seen.add(last)).isFalse();
    }

    @Test
    @DisplayName("A leap of more than a window forgets all before it")
    void aLeap() {
        long first = number(1);
        seen.add(first);
        assertThat(seen.add(first + 10 * WINDOW)).isTrue();
        assertThat(seen.add(first + 10 * WINDOW)).isFalse();
        for (int i = 1; i < WINDOW; i++) {
            assertThat(seen.add(first + 10 * WINDOW - i)).isTrue();
        }
    }

    @Test
    @DisplayName("A router that started anew counts anew, with an earlier clock too")
    void aRestart() {
        long old = number(5);
        assertThat(seen.add(old)).isTrue();
        for (long start : new long[] {1_795_000_001L, 1_794_999_990L}) {
            CopyNumbers anew = new CopyNumbers(start);
            long one = anew.next();
            assertThat(seen.add(one)).isTrue();
            assertThat(seen.add(one)).isFalse();
            assertThat(seen.add(anew.next())).isTrue();
        }
    }

    @Test
    @DisplayName("No number is 0, which means none")
    void neverZero() {
        assertThat(new CopyNumbers(0).next()).isNotZero();
        assertThat(new CopyNumbers(1L << 20).next()).isNotZero();
    }
}
