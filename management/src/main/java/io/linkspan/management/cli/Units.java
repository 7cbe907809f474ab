// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes durations, sizes and large numbers as the tables show them. */
final class Units {
    private static final String[] SIZES = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    private static final int SIGNIFICANT_DIGITS = 3;

    private Units() {}

    /** Seconds as {@code ddd:hh:mm:ss}; a dash for null. */
    static String dayTime(@Nullable Number seconds) {
        if (seconds == null) {
            return "-";
        }
        long s = seconds.longValue();
        return String.format(Locale.ROOT, "%03d:%02d:%02d:%02d", s / 86_400, s / 3600 % 24, s / 60 % 60, s % 60);
    }

    /** Seconds as {@code hh:mm:ss}, a dash for zero. */
    static String blockedTime(long seconds) {
        return seconds == 0
                ? "-"
                : String.format(Locale.ROOT, "%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }

    /** Bytes to the base 1024 with three significant digits, for example {@code 1.80 MiB}. */
    static String size(long bytes) {
        int unit = 0;
        BigDecimal value = BigDecimal.valueOf(bytes);
        BigDecimal base = BigDecimal.valueOf(1024);
        while (value.compareTo(base) >= 0 && unit < SIZES.length - 1) {
            value = value.divide(base, MathContext.DECIMAL64);
            unit++;
        }
        if (unit == 0) {
            return bytes + " " + SIZES[unit];
        }
        BigDecimal rounded = value.round(new MathContext(SIGNIFICANT_DIGITS, RoundingMode.HALF_EVEN));
        int decimals = Math.max(0, SIGNIFICANT_DIGITS - (rounded.precision() - rounded.scale()));
        return value.setScale(decimals, RoundingMode.HALF_EVEN).toPlainString() + " " + SIZES[unit];
    }

    /** A number with its digits in groups, for example {@code 2,472}. */
    static String grouped(Number number) {
        return String.format(Locale.ROOT, "%,d", number.longValue());
    }
}
