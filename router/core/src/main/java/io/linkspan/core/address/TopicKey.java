// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

import org.jspecify.annotations.Nullable;

/**
 * What a Linkspan router tells the others about receivers that get copies of their own: a private mobile key. Its class
 * letter is none of the original's, which keeps the key and sends nothing there (ADR 0013).
 *
 * <pre>
 * Xo PHASE TEXT                  the plain key of this address stands for topic receivers only
 * Xa PHASE TEXT                  receivers of the address that stand alone
 * Xs LENGTH=NAME PHASE TEXT      members of a shared group on the address
 * Xp SYNTAX PATTERN              receivers of the pattern that stand alone
 * Xh SYNTAX PATTERN              such that do not see addresses with $ when the pattern begins with a wildcard
 * Xq LENGTH=NAME SYNTAX PATTERN  members of a shared group on the pattern
 * Xr LENGTH=NAME SYNTAX PATTERN  the same, without addresses that begin with $
 * </pre>
 *
 * without the blanks. SYNTAX is the separator, the wildcard for one level and the one for many.
 *
 * @param kind which of these
 * @param share the name of the shared group, for those kinds that have one
 * @param address the address, for those kinds that name one
 * @param pattern the pattern, for those kinds that name one
 */
record TopicKey(
        Kind kind,
        @Nullable String share,
        @Nullable AddressKey address,
        @Nullable Pattern pattern) {

    /** The class letter of private keys. */
    static final char LETTER = 'X';

    /** Longer keys are not announced, and not taken from others. */
    static final int MAX_CHARACTERS = 65_535;

    /** Patterns of more levels are not announced, and not taken from others. */
    static final int MAX_LEVELS = 256;

    private static final int SYNTAX_CHARACTERS = 3;
    private static final char END_OF_LENGTH = '=';

    /** What is told. */
    enum Kind {
        /** The plain key of the address stands for topic receivers only. */
        ONLY_TOPICS('o', false),
        /** Receivers of an address that stand alone. */
        ALONE('a', false),
        /** A shared group on an address. */
        SHARED('s', false),
        /** Receivers of a pattern that stand alone. */
        PATTERN('p', true),
        /** Receivers of a pattern that stand alone and do not see what begins with {@code $}. */
        PATTERN_HIDING('h', true),
        /** A shared group on a pattern. */
        PATTERN_SHARED('q', true),
        /** A shared group on a pattern that does not see what begins with {@code $}. */
        PATTERN_SHARED_HIDING('r', true);

        private final char letter;
        private final boolean onPattern;

        Kind(char letter, boolean onPattern) {
            this.letter = letter;
            this.onPattern = onPattern;
        }

        boolean isShared() {
            return this == SHARED || this == PATTERN_SHARED || this == PATTERN_SHARED_HIDING;
        }

        boolean isHiding() {
            return this == PATTERN_HIDING || this == PATTERN_SHARED_HIDING;
        }

        static @Nullable Kind of(char letter) {
            for (Kind kind : values()) {
                if (kind.letter == letter) {
                    return kind;
                }
            }
            return null;
        }
    }

    static TopicKey of(Kind kind, AddressKey address) {
        return new TopicKey(kind, null, address, null);
    }

    static TopicKey shared(String share, AddressKey address) {
        return new TopicKey(Kind.SHARED, share, address, null);
    }

    static TopicKey alone(Pattern pattern, boolean hiding) {
        return new TopicKey(hiding ? Kind.PATTERN_HIDING : Kind.PATTERN, null, null, pattern);
    }

    static TopicKey shared(String share, Pattern pattern, boolean hiding) {
        return new TopicKey(hiding ? Kind.PATTERN_SHARED_HIDING : Kind.PATTERN_SHARED, share, null, pattern);
    }

    /** The key as it travels; null for what the others could not take. */
    @Nullable
    String text() {
        StringBuilder text = new StringBuilder().append(LETTER).append(kind.letter);
        if (share != null) {
            appendCounted(text, share);
        }
        if (pattern != null) {
            if (!isAnnounceable(pattern)) {
                return null;
            }
            appendPattern(text, pattern);
        } else if (address != null) {
            text.append((char) ('0' + address.phase())).append(address.text());
        }
        return text.length() <= MAX_CHARACTERS ? text.toString() : null;
    }

    static boolean isAnnounceable(Pattern pattern) {
        PatternSyntax syntax = pattern.syntax();
        return syntax.emptyEnds()
                && syntax.separators().length() == 1
                && syntax.one().length() == 1
                && syntax.many().length() == 1
                && pattern.levels().size() <= MAX_LEVELS;
    }

    static void appendPattern(StringBuilder text, Pattern pattern) {
        PatternSyntax syntax = pattern.syntax();
        text.append(syntax.separators()).append(syntax.one()).append(syntax.many());
        text.append(pattern);
    }

    static void appendCounted(StringBuilder text, String part) {
        text.append(part.length()).append(END_OF_LENGTH).append(part);
    }

    /** Whether a key that another router announces is a private one, be it well formed or not. */
    static boolean isPrivate(String key) {
        return !key.isEmpty() && key.charAt(0) == LETTER;
    }

    /** Reads what {@link #text} wrote; null for anything else. */
    static @Nullable TopicKey parse(String key) {
        Kind kind = key.length() < 3 || key.length() > MAX_CHARACTERS ? null : Kind.of(key.charAt(1));
        if (kind == null) {
            return null;
        }
        Reader reader = new Reader(key, 2);
        String share = kind.isShared() ? reader.counted() : null;
        if (kind.isShared() && share == null) {
            return null;
        }
        if (kind.onPattern) {
            Pattern pattern = reader.pattern();
            return pattern == null ? null : new TopicKey(kind, share, null, pattern);
        }
        AddressKey address = reader.address();
        return address == null ? null : new TopicKey(kind, share, address, null);
    }

    /** Takes a text apart from left to right. */
    static final class Reader {
        private final String text;
        private int at;

        Reader(String text, int start) {
            this.text = text;
            this.at = start;
        }

        /** A part with its length before it; null if there is none or it is empty. */
        @Nullable
        String counted() {
            String part = countedOrEmpty();
            return part == null || part.isEmpty() ? null : part;
        }

        /** A part with its length before it; null if there is none. */
        @Nullable
        String countedOrEmpty() {
            int length = 0;
            int start = at;
            while (start < text.length() && isDigit(text.charAt(start)) && length <= MAX_CHARACTERS) {
                length = length * 10 + text.charAt(start++) - '0';
            }
            boolean counted = start > at && start < text.length() && text.charAt(start) == END_OF_LENGTH;
            start++;
            if (!counted || start + length > text.length()) {
                return null;
            }
            at = start + length;
            return text.substring(start, at);
        }

        private static boolean isDigit(char c) {
            return c >= '0' && c <= '9';
        }

        /** The rest as the phase and the text of a mobile address; null if it is none. */
        @Nullable
        AddressKey address() {
            if (text.length() - at < 2) {
                return null;
            }
            int phase = text.charAt(at) - '0';
            return AddressKey.isPhase(phase) ? AddressKey.mobile(text.substring(at + 1), phase) : null;
        }

        /** The rest as a pattern with its syntax; null if it is none. */
        @Nullable
        Pattern pattern() {
            int start = at + SYNTAX_CHARACTERS;
            if (start >= text.length() || text.charAt(at + 1) == text.charAt(at + 2)) {
                return null;
            }
            PatternSyntax syntax = new PatternSyntax(
                    text.substring(at, at + 1), text.substring(at + 1, at + 2), text.substring(at + 2, start), true);
            Pattern pattern = Pattern.parse(text.substring(start), syntax);
            return pattern.levels().size() <= MAX_LEVELS ? pattern : null;
        }

        String rest() {
            return text.substring(at);
        }
    }
}
