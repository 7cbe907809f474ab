// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DeliveryAgesTest {

    @Test
    void keysTellTheTickTheyCameAt() {
        DeliveryAges ages = new DeliveryAges(5, 9);
        ages.opened(5, 10);
        ages.opened(5, 12);
        ages.opened(7, 13);
        assertThat(ages.tickOf(7, 10)).isEqualTo(5);
        assertThat(ages.tickOf(7, 12)).isEqualTo(5);
        assertThat(ages.tickOf(7, 13)).isEqualTo(7);
        assertThat(ages.tickOf(15, 12)).isEqualTo(5);
        assertThat(ages.tickOf(16, 12)).isZero();
        assertThat(ages.tickOf(17, 13)).isEqualTo(7);
        assertThat(ages.tickOf(100, 13)).isZero();
    }

    @Test
    void serialNumbersMayWrap() {
        DeliveryAges ages = new DeliveryAges(1, Integer.MAX_VALUE - 1);
        ages.opened(1, Integer.MAX_VALUE);
        ages.opened(2, Integer.MIN_VALUE);
        ages.opened(3, Integer.MIN_VALUE + 1);
        assertThat(ages.tickOf(3, Integer.MAX_VALUE)).isEqualTo(1);
        assertThat(ages.tickOf(3, Integer.MIN_VALUE)).isEqualTo(2);
        assertThat(ages.tickOf(3, Integer.MIN_VALUE + 1)).isEqualTo(3);
    }

    @Test
    @DisplayName("CNT-04 stuck is what is older than ten ticks at the scan, and goes down when it finishes")
    void stuck() {
        DeliveryAges ages = new DeliveryAges(1, 0);
        ages.opened(1, 1);
        ages.opened(1, 2);
        ages.opened(2, 3);
        assertThat(ages.scanStuck(11, 0)).isZero();
        assertThat(ages.scanStuck(12, 0)).isEqualTo(2);
        assertThat(ages.scanStuck(12, 1)).isEqualTo(1);
        assertThat(ages.scanStuck(13, 0)).isEqualTo(3);
        ages.closed(13, 0, true);
        assertThat(ages.stuck()).isEqualTo(2);
        ages.opened(13, 4);
        ages.closed(13, 13, true);
        assertThat(ages.stuck()).isEqualTo(2);
        assertThat(ages.openCount()).isEqualTo(2);
    }

    @Test
    @DisplayName("CNT-06 the rate is over the last five ticks")
    void settleRate() {
        DeliveryAges ages = new DeliveryAges(1, 0);
        for (int i = 0; i < 50; i++) {
            ages.passed(1);
        }
        assertThat(ages.settleRate(1)).isEqualTo(10);
        ages.opened(5, 1);
        ages.closed(5, 5, false);
        assertThat(ages.settleRate(5)).isEqualTo(10);
        assertThat(ages.settleRate(6)).isZero();
    }

    @Test
    void randomTrafficIsAccountedExactly() {
        SplittableRandom random = new SplittableRandom(3);
        DeliveryAges ages = new DeliveryAges(1, 0);
        List<long[]> open = new ArrayList<>();
        long tick = 1;
        int key = 0;
        for (int step = 0; step < 20_000; step++) {
            switch (random.nextInt(8)) {
                case 0 -> tick += random.nextInt(40) == 0 ? 30 : 1;
                case 1, 2, 3, 4 -> {
                    key += random.nextInt(1, 4);
                    ages.opened(tick, key);
                    open.add(new long[] {key, tick});
                }
                default -> {
                    if (!open.isEmpty()) {
                        long[] delivery = open.remove(random.nextInt(open.size()));
                        long expected = tick - delivery[1] > DeliveryAges.OLD_TICKS ? 0 : delivery[1];
                        assertThat(ages.tickOf(tick, (int) delivery[0])).isEqualTo(expected);
                        ages.closed(tick, expected, true);
                    }
                }
            }
            assertThat(ages.openCount()).isEqualTo(open.size());
            long now = tick;
            long old = open.stream()
                    .filter(d -> now - d[1] > DeliveryAges.OLD_TICKS)
                    .count();
            assertThat(ages.scanStuck(tick, 0)).isEqualTo((int) old);
        }
    }
}
