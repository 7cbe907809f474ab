// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A condition on one column that rows have to meet.
 *
 * @param column its title
 * @param comparison {@code =}, {@code !=}, {@code >}, {@code >=}, {@code <} or {@code <=}
 * @param value a number for the last four; else a text in which {@code *} stands for anything
 */
record RowFilter(String column, String comparison, String value) {
    private static final Pattern FORM = Pattern.compile("([^=!<>]+)(!=|>=|<=|=|>|<)(.*)", Pattern.DOTALL);

    /**
     * Reads {@code COLUMN=VALUE} and the like.
     *
     * @throws IllegalArgumentException with what was expected
     */
    static RowFilter parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not COLUMN=VALUE, with =, !=, >, >=, < or <=");
        }
        RowFilter filter = new RowFilter(
                matcher.group(1).strip(), matcher.group(2), matcher.group(3).strip());
        if (!filter.isText() && RowOrder.number(filter.value()) == null) {
            throw new IllegalArgumentException(
                    "'" + filter.value() + "' is not a number, as " + filter.comparison() + " needs");
        }
        return filter;
    }

    private boolean isText() {
        return comparison.equals("=") || comparison.equals("!=");
    }

    /**
     * True if a row with this cell stays.
     *
     * @param cell its value
     * @param text its text as it is shown
     */
    boolean admits(@Nullable Object cell, String text) {
        if (isText()) {
            return glob().matcher(text).matches() == comparison.equals("=");
        }
        Double number = RowOrder.number(cell);
        Double bound = RowOrder.number(value);
        if (number == null || bound == null) {
            return false;
        }
        int compared = Double.compare(number, bound);
        return switch (comparison) {
            case ">" -> compared > 0;
            case ">=" -> compared >= 0;
            case "<" -> compared < 0;
            default -> compared <= 0;
        };
    }

    private Pattern glob() {
        StringBuilder regex = new StringBuilder();
        for (String part : value.split("\\*", -1)) {
            regex.append(regex.isEmpty() ? "" : ".*").append(part.isEmpty() ? "(?:)" : Pattern.quote(part));
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }
}
