// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

import java.util.ArrayList;
import java.util.List;

/**
 * How a text is cut into levels, and which levels are wildcards.
 *
 * @param separators each character of this text separates levels
 * @param one the level that stands for exactly one level
 * @param many the level that stands for any number of levels, none included
 * @param emptyEnds whether a separator at an end of a text makes an empty level there; false ignores leading ones and
 *     one trailing one
 */
public record PatternSyntax(String separators, String one, String many, boolean emptyEnds) {

    /** {@code address}, {@code linkRoute} entities: dot and slash alike. Routing MAT-01, MAT-02. */
    public static final PatternSyntax CONFIGURED = new PatternSyntax("./", "*", "#", false);

    /** Receivers' patterns by default: levels between dots. */
    public static final PatternSyntax DOTS = new PatternSyntax(".", "*", "#", true);

    /** Receivers' patterns of the identity profile: levels between slashes. */
    public static final PatternSyntax SLASHES = new PatternSyntax("/", "+", "#", true);

    public PatternSyntax {
        if (separators.isEmpty() || one.isEmpty() || many.isEmpty() || one.equals(many)) {
            throw new IllegalArgumentException(
                    "separators '" + separators + "', wildcards '" + one + "', '" + many + "'");
        }
    }

    private boolean separates(char c) {
        return separators.indexOf(c) >= 0;
    }

    /** The levels of a text; a text without separator is one level. */
    public List<String> levels(String text) {
        int from = 0;
        int end = text.length();
        if (!emptyEnds) {
            while (from < end && separates(text.charAt(from))) {
                from++;
            }
            if (from < end && separates(text.charAt(end - 1))) {
                end--;
            }
            if (from == end) {
                return List.of();
            }
        }
        List<String> levels = new ArrayList<>();
        for (int i = from; i < end; i++) {
            if (separates(text.charAt(i))) {
                levels.add(text.substring(from, i));
                from = i + 1;
            }
        }
        levels.add(text.substring(from, end));
        return levels;
    }
}
