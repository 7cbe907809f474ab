// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * The order of rows by one column: numbers by size, everything else by its text, nothing last.
 *
 * @param column its title
 * @param descending greatest first
 */
record RowOrder(String column, boolean descending) {
    /** Reads {@code COLUMN}, or {@code -COLUMN} for the greatest first. */
    static RowOrder parse(String text) {
        return text.startsWith("-") ? new RowOrder(text.substring(1), true) : new RowOrder(text, false);
    }

    Comparator<@Nullable Object> comparator() {
        Comparator<Object> natural = RowOrder::compare;
        return Comparator.nullsLast(descending ? natural.reversed() : natural);
    }

    private static int compare(Object one, Object other) {
        Double first = number(one);
        Double second = number(other);
        if (first != null && second != null) {
            return Double.compare(first, second);
        }
        return first != null ? -1 : second != null ? 1 : one.toString().compareTo(other.toString());
    }

    /** A number, also one that is written as text; null for anything else. */
    static @Nullable Double number(@Nullable Object value) {
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        return value instanceof String text && text.matches("[+-]?[0-9]{1,18}(\\.[0-9]{1,9})?")
                ? Double.valueOf(text)
                : null;
    }
}
