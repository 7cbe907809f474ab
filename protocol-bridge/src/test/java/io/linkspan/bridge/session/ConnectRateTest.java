// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import static io.linkspan.bridge.session.ConnectRate.Verdict.ADMITTED;
import static io.linkspan.bridge.session.ConnectRate.Verdict.REFUSED;
import static io.linkspan.bridge.session.ConnectRate.Verdict.REFUSED_AGAIN;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** MQ-6-36: how many CONNECTs one origin may send. */
class ConnectRateTest {

    @Test
    void asManyAtOnceAsInASecond() {
        ConnectRate rate = new ConnectRate(500);
        for (int i = 0; i < 500; i++) {
            assertThat(rate.admit("10.0.0.1:" + i, 1_000)).isEqualTo(ADMITTED);
        }
        assertThat(rate.admit("10.0.0.1:501", 1_000)).isEqualTo(REFUSED);
        assertThat(rate.admit("10.0.0.1:502", 1_000)).isEqualTo(REFUSED_AGAIN);
        assertThat(rate.admit("10.0.0.2:1", 1_000)).as("another origin").isEqualTo(ADMITTED);
        assertThat(rate.admit("10.0.0.1:503", 1_002)).as("one more every 2 ms").isEqualTo(ADMITTED);
        assertThat(rate.admit("10.0.0.1:504", 1_002)).isEqualTo(REFUSED_AGAIN);
    }

    @Test
    void inTheLongRunNoMoreThanTheRate() {
        ConnectRate rate = new ConnectRate(500);
        int admitted = 0;
        int told = 0;
        for (int ms = 0; ms < 10_000; ms++) {
            ConnectRate.Verdict verdict = rate.admit("[::1]:" + ms, ms);
            admitted += verdict == ADMITTED ? 1 : 0;
            told += verdict == REFUSED ? 1 : 0;
        }
        assertThat(admitted).isBetween(5_000, 5_500);
        assertThat(told).as("once a second").isBetween(8, 10);
    }

    @Test
    @DisplayName("Memory does not grow: the origin not seen for longest is forgotten")
    void originsAreForgotten() {
        ConnectRate rate = new ConnectRate(1);
        for (int i = 0; i < 3 * ConnectRate.MAX_ORIGINS; i++) {
            assertThat(rate.admit("host" + i + ":1", 0)).isEqualTo(ADMITTED);
        }
        assertThat(rate.originCount()).isEqualTo(ConnectRate.MAX_ORIGINS);
        assertThat(rate.admit("host" + (3 * ConnectRate.MAX_ORIGINS - 1) + ":2", 0))
                .isEqualTo(REFUSED);
        assertThat(rate.admit("host0:2", 0)).isEqualTo(ADMITTED);
    }

    @Test
    void aClockThatIsSetBackLocksNobodyOut() {
        ConnectRate rate = new ConnectRate(2);
        assertThat(rate.admit("h:1", 3_600_000)).isEqualTo(ADMITTED);
        assertThat(rate.admit("h:1", 3_600_000)).isEqualTo(ADMITTED);
        assertThat(rate.admit("h:1", 3_600_000)).isEqualTo(REFUSED);
        assertThat(rate.admit("h:1", 0)).isEqualTo(ADMITTED);
    }

    @Test
    void zeroIsNoLimit() {
        ConnectRate rate = new ConnectRate(0);
        for (int i = 0; i < 10_000; i++) {
            assertThat(rate.admit("h:1", 0)).isEqualTo(ADMITTED);
        }
        assertThat(rate.originCount()).isZero();
    }
}
