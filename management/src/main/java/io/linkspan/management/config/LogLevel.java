// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Levels of log lines in the original's words, the least first. */
public enum LogLevel {
    TRACE,
    DEBUG,
    INFO,
    NOTICE,
    WARNING,
    ERROR,
    CRITICAL;

    /** Words that an item of {@code enable} is a beginning of; the first that fits counts. */
    private static final List<String> WORDS =
            List.of("default", "none", "trace", "debug", "info", "notice", "warning", "error", "critical");

    /** What an {@code enable} text asks for. */
    sealed interface Enable {
        /** These levels; none of them if the text is empty or none. */
        record Levels(Set<LogLevel> levels) implements Enable {}

        /** Whatever module DEFAULT has. */
        record AsDefault() implements Enable {}

        /** The text has an item that is no level. */
        record Unknown(String item) implements Enable {}
    }

    /**
     * Reads a text of items between commas, semicolons, colons or blanks. An item is the beginning of a level in any
     * letter case, with {@code +} for the levels above it too.
     */
    static Enable parse(String text) {
        EnumSet<LogLevel> levels = EnumSet.noneOf(LogLevel.class);
        for (String item : text.split("[,;:\\s]+", -1)) {
            if (item.isEmpty()) {
                continue;
            }
            boolean above = item.endsWith("+");
            String word = completed(above ? item.substring(0, item.length() - 1) : item);
            if (word == null) {
                return new Enable.Unknown(item);
            }
            if (word.equals("default")) {
                return new Enable.AsDefault();
            }
            if (!word.equals("none")) {
                LogLevel level = valueOf(word.toUpperCase(Locale.ROOT));
                levels.addAll(above ? EnumSet.range(level, CRITICAL) : EnumSet.of(level));
            }
        }
        return new Enable.Levels(levels);
    }

    private static @Nullable String completed(String beginning) {
        String lower = beginning.toLowerCase(Locale.ROOT);
        return lower.isEmpty()
                ? null
                : WORDS.stream()
                        .filter(word -> word.startsWith(lower))
                        .findFirst()
                        .orElse(null);
    }
}
