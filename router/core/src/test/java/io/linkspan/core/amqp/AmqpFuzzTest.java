// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AmqpFuzzTest {

    @Test
    void spoiltConversationsHurtNobodyElseAndLeaveNothingBehind() {
        AmqpFuzz fuzz = new AmqpFuzz();
        assertThat(fuzz.frameCount()).isGreaterThan(30);
        for (long seed = 1; seed <= 600; seed++) {
            try {
                fuzz.attack(seed);
                fuzz.checkBystander();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        fuzz.finish();
    }
}
