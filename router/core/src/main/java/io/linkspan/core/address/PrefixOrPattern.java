// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the attributes {@code prefix} and {@code pattern} of an {@code address} or {@code linkRoute} entity say: exactly
 * one of them is given, and a prefix stands for itself and everything below it. Routing MAT-05, MAT-06, MAT-08.
 */
public sealed interface PrefixOrPattern {

    /** What a prefix has behind it as a pattern. */
    String ANYTHING_BELOW = "/#";

    /**
     * It can be used.
     *
     * @param text without the separators around it
     * @param matcher of the addresses that belong to the entity
     */
    record Read(String text, Pattern matcher) implements PrefixOrPattern {}

    /**
     * It cannot.
     *
     * @param reason in the original's words
     */
    record Wrong(String reason) implements PrefixOrPattern {}

    /** Reads the two attributes. */
    static PrefixOrPattern of(@Nullable String prefix, @Nullable String pattern) {
        if (prefix == null && pattern == null) {
            return new Wrong("Either a 'prefix' or 'pattern' attribute must be provided");
        }
        if (prefix != null && pattern != null) {
            return new Wrong("Cannot specify both a 'prefix' and a 'pattern' attribute");
        }
        String kind = prefix != null ? "Prefix" : "Pattern";
        String given = prefix != null ? prefix : Objects.requireNonNull(pattern);
        if (given.isEmpty()) {
            return new Wrong(kind + " must be a non-empty string type");
        }
        String text = withoutSeparatorsAround(given);
        if (text.isEmpty()) {
            return new Wrong(kind + " invalid - no tokens");
        }
        String levels = prefix != null ? text + ANYTHING_BELOW : text;
        return new Read(text, Pattern.parse(levels, PatternSyntax.CONFIGURED));
    }

    /** The text without its first and last separators (MAT-06). */
    static String withoutSeparatorsAround(String text) {
        int from = 0;
        int end = text.length();
        while (from < end && isSeparator(text.charAt(from))) {
            from++;
        }
        while (end > from && isSeparator(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(from, end);
    }

    /** The prefix that says the same as a pattern whose one wildcard is a last {@code #}; null for any other pattern. */
    static @Nullable String asPrefix(String pattern) {
        String text = withoutSeparatorsAround(pattern);
        int end = text.length() - ANYTHING_BELOW.length();
        if (end < 1 || text.charAt(end + 1) != '#' || !isSeparator(text.charAt(end))) {
            return null;
        }
        String prefix = withoutSeparatorsAround(text.substring(0, end));
        boolean literal = Pattern.parse(prefix, PatternSyntax.CONFIGURED).levels().stream()
                .allMatch(level -> level instanceof Pattern.Literal);
        return literal && !prefix.isEmpty() ? prefix : null;
    }

    private static boolean isSeparator(char c) {
        return PatternSyntax.CONFIGURED.separators().indexOf(c) >= 0;
    }
}
