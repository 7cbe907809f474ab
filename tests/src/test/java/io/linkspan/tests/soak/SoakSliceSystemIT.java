// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SoakSliceSystemIT {

    @Test
    @Timeout(value = 3, unit = TimeUnit.MINUTES)
    void mq641SpoiltInputOfBothProtocolsEndsNobodyElsesConnection() {
        assertThat(run("fuzz", "20261121", "0.25")).contains("result OK");
    }

    @Test
    @Timeout(value = 3, unit = TimeUnit.MINUTES)
    void aMixOfEverythingSettlesEachDeliveryOnceAndLeavesNothingBehind() {
        assertThat(run("mix", "20261128", "0.3")).contains("result OK");
    }

    @Test
    @Timeout(value = 3, unit = TimeUnit.MINUTES)
    void aMeshOfFiveProcessesSettlesEachDeliveryOnceWhenLinksAreCutAndRoutersKilled() throws Exception {
        assertThat(CutsSoak.run(20261128, 2, Duration.ZERO)).contains("rounds");
    }

    @Test
    void anUnknownRunIsRefusedWithTheListOfNames() {
        assertThat(run("nothing", "1", "1")).startsWith("usage: ").contains("fuzz");
    }

    private static String run(String... arguments) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Soak.run(arguments, new PrintStream(bytes, true, StandardCharsets.UTF_8));
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
