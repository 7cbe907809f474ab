// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.soak;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A short slice of {@code scripts/soak big}. */
class BigMessageIT {

    private static final int MIB = 1 << 20;

    @Test
    @DisplayName("STR-01 STR-02 STR-03 STR-05 a message as large as the heap passes to a slower receiver with its hash")
    void messageAsLargeAsTheHeapPassesToASlowerReceiver() throws Exception {
        try (BigMessageSoak.Passage passage = new BigMessageSoak.Passage()) {
            passage.pass(64 * MIB, 32 * MIB, 1);
            assertThat(passage.finish()).contains("-Xmx64m");
        }
    }
}
