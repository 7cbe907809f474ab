// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CorePropertyTest {

    static LongStream seeds() {
        return LongStream.range(1, 61);
    }

    @DisplayName("every unsettled delivery is settled exactly once, no credit is lost, no address is left")
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void nothingIsLostAndNothingIsLeft(long seed) {
        CoreScenario scenario = new CoreScenario(seed);
        for (int i = 0; i < 4_000; i++) {
            scenario.step();
        }
        scenario.finish();
        assertThat(scenario.unsettledSent()).as(scenario.summary()).isGreaterThan(100);
    }
}
