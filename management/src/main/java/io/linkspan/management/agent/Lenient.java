// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Attributes of a request read as the original's core reads them: what cannot be understood counts as absent, except
 * for texts that have to be texts and numbers that are out of every range.
 *
 * @param attributes in plain values
 */
record Lenient(Map<String, @Nullable Object> attributes) {
    /** Stands for a number that is given and is none; no range has it. */
    static final int NO_NUMBER = Integer.MIN_VALUE;

    /** A text, null if it is absent, null or something else. */
    @Nullable
    String text(String name) {
        return attributes.get(name) instanceof String text ? text : null;
    }

    /** A text under its present or its deprecated name. */
    @Nullable
    String text(String name, String deprecatedName) {
        String text = text(name);
        return text != null ? text : text(deprecatedName);
    }

    /** The refusal of the first attribute that is given and is no text: {@code Prefix must be a non-empty string type}. */
    @Nullable
    String refusedText(String... names) {
        for (String name : names) {
            Object value = attributes.get(name);
            if (value != null && !(value instanceof String text && !text.isEmpty())) {
                return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1)
                        + " must be a non-empty string type";
            }
        }
        return null;
    }

    /** True for true, non-zero numbers and the texts true, yes, on. */
    boolean flag(String name) {
        Object value = attributes.get(name);
        if (value instanceof Number number) {
            return number.doubleValue() != 0;
        }
        return Boolean.TRUE.equals(value)
                || (value instanceof String text
                        && (text.equalsIgnoreCase("true")
                                || text.equalsIgnoreCase("yes")
                                || text.equalsIgnoreCase("on")));
    }

    /** An integer or its decimal text; null if it is absent, {@link #NO_NUMBER} if it is none. */
    @Nullable
    Integer integer(String name) {
        Object value = attributes.get(name);
        if (value == null) {
            return null;
        }
        if (value instanceof Number number && number.longValue() == number.intValue()) {
            return number.intValue();
        }
        return value instanceof String text && text.strip().matches("[+-]?[0-9]{1,9}")
                ? Integer.valueOf(text.strip())
                : (Integer) NO_NUMBER;
    }
}
