// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A short slice of {@code scripts/soak churn}. */
class ChurnSystemIT {
    private static final int WARM_UP = 10;
    private static final int ROUNDS = 15;

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void entitiesThatComeAndGoUnderTrafficLeaveNothing() throws Exception {
        assertThat(ChurnSoak.run(20_261_128, WARM_UP, ROUNDS, Duration.ZERO))
                .startsWith(ROUNDS + " times made and deleted: listener connector sslProfile");
    }
}
