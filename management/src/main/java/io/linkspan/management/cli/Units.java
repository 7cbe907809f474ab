// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Writes durations, sizes and large numbers as the tables show them. */
final class Units {
    private static final String[] SIZES = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    private static final double BASE = 1024;
    private static final int[] POWERS = {1, 10, 100};

    private Units() {}

    /** Seconds as {@code ddd:hh:mm:ss}; a dash for null. */
    static String dayTime(@Nullable Number seconds) {
        if (seconds == null) {
            return "-";
        }
        long s = seconds.longValue();
        return padded(s / 86_400, 3) + ":" + padded(s / 3600 % 24, 2) + ":" + padded(s / 60 % 60, 2) + ":"
                + padded(s % 60, 2);
    }

    /** Seconds as {@code hh:mm:ss}, a dash for zero. */
    static String blockedTime(long seconds) {
        return seconds == 0
                ? "-"
                : padded(seconds / 3600, 2) + ":" + padded(seconds / 60 % 60, 2) + ":" + padded(seconds % 60, 2);
    }

    /** A number with zeros before it; a formatter of the JDK would take longer to load than all the rest. */
    static String padded(long number, int width) {
        String digits = Long.toString(number);
        return digits.length() >= width ? digits : "0".repeat(width - digits.length()) + digits;
    }

    /** Bytes to the base 1024 with three significant digits, for example {@code 1.80 MiB}. */
    static String size(long bytes) {
        int unit = 0;
        double value = bytes;
        while (value >= BASE && unit < SIZES.length - 1) {
            value /= BASE;
            unit++;
        }
        if (unit == 0) {
            return bytes + " " + SIZES[unit];
        }
        int decimals = value < 10 ? 2 : value < 100 ? 1 : 0;
        if (decimals > 0 && Math.rint(value * POWERS[decimals]) >= 1000) {
            decimals--; // 9.996 is 10.0 with three digits.
        }
        long rounded = (long) Math.rint(value * POWERS[decimals]);
        String whole = String.valueOf(rounded / POWERS[decimals]);
        String shown = decimals == 0 ? whole : whole + "." + padded(rounded % POWERS[decimals], decimals);
        return shown + " " + SIZES[unit];
    }

    /** A number with its digits in groups, for example {@code 2,472}. */
    static String grouped(Number number) {
        return String.format(Locale.ROOT, "%,d", number.longValue());
    }
}
