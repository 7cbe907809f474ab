// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Copies of messages for many from routers that are not known (ADR 0016). */
class StrangeCopiesTest {

    private final StrangeCopies strangers = new StrangeCopies();
    private final CopyNumbers numbers = new CopyNumbers(1_795_000_000L);

    @Test
    @DisplayName(
            "A second copy from a router that is not known is seen, and so it is once the router is known, or is not again")
    void seen() {
        long one = numbers.next();
        assertThat(strangers.add("0/A", one)).isTrue();
        assertThat(strangers.add("0/A", one)).isFalse();
        assertThat(strangers.add("0/B", one)).isTrue();
        SeenCopies known = Objects.requireNonNull(strangers.take("0/A"));
        assertThat(strangers.take("0/A")).isNull();
        long two = numbers.next();
        assertThat(known.add(one)).isFalse();
        assertThat(known.add(two)).isTrue();
        strangers.keep("0/A", known);
        assertThat(strangers.add("0/A", two)).isFalse();
        strangers.keep("0/C", null);
        assertThat(strangers.size()).isEqualTo(2);
    }

    @Test
    @DisplayName("64 routers that are not known are remembered; one more takes the place of the first")
    void limit() {
        long one = numbers.next();
        for (int i = 0; i < StrangeCopies.MAX_ROUTERS; i++) {
            assertThat(strangers.add("0/" + i, one)).isTrue();
        }
        assertThat(strangers.add("0/0", one)).isFalse();
        assertThat(strangers.add("0/more", one)).isTrue();
        assertThat(strangers.size()).isEqualTo(StrangeCopies.MAX_ROUTERS);
        assertThat(strangers.add("0/1", one)).isFalse();
        assertThat(strangers.add("0/0", one)).as("forgotten").isTrue();
    }
}
