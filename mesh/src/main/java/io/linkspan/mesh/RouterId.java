// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh;

import org.jspecify.annotations.Nullable;

/**
 * The id of a router, unique in its network; it is the AMQP container-id as well (1 to 127 characters).
 *
 * <p>Characters of the Unicode categories C (control, format, ...) and Z (separators) are refused, because the id is a
 * part of addresses and of log lines. spec configuration, section 2, rules 8 and 9.
 */
public record RouterId(String value) implements Comparable<RouterId> {

    /** The longest id, in characters. */
    public static final int MAX_CHARACTERS = 127;

    /**
     * Checks the id.
     *
     * @throws IllegalArgumentException with a message for the operator when the id is empty, too long or holds a
     *     character that is not allowed
     */
    public RouterId {
        if (value.isEmpty()) {
            throw new IllegalArgumentException("Router ID must not be empty");
        }
        if (value.codePointCount(0, value.length()) > MAX_CHARACTERS) {
            throw new IllegalArgumentException("Router ID \"" + value + "\" exceeds the maximum allowed length ("
                    + MAX_CHARACTERS + " characters)");
        }
        value.codePoints().filter(RouterId::isDisallowed).findFirst().ifPresent(c -> {
            throw new IllegalArgumentException("Router id attribute containing character '" + Integer.toHexString(c)
                    + "' in id '" + value + "' is disallowed.");
        });
    }

    /** The id that a peer wrote, or null when no router can have it. */
    public static @Nullable RouterId ofPeer(String text) {
        try {
            return new RouterId(text);
        } catch (IllegalArgumentException e) {
            return null; // A peer's mistake is no error of ours.
        }
    }

    private static boolean isDisallowed(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.SPACE_SEPARATOR,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }

    /** The order of code points: the original's, which breaks ties between paths. Java's own compares UTF-16 units. */
    @Override
    public int compareTo(RouterId other) {
        String a = value;
        String b = other.value;
        int length = Math.min(a.length(), b.length());
        for (int i = 0; i < length; i++) {
            char x = a.charAt(i);
            char y = b.charAt(i);
            if (x != y) {
                boolean bothOrNone = Character.isSurrogate(x) == Character.isSurrogate(y);
                return bothOrNone ? x - y : Character.isSurrogate(x) ? 1 : -1;
            }
        }
        return a.length() - b.length();
    }

    @Override
    public String toString() {
        return value;
    }
}
