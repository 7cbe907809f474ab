// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.topic;

/**
 * Percent sequences as tokens. A token is {@code %}, any number of {@code 25}, and one of a set of two-digit codes.
 *
 * <p>Writing a text where some characters must not stand as themselves: such a character becomes {@code %XX}, and a
 * token that was there before gets one {@code 25} more; reading takes it away again. So every text has exactly one
 * written form and every written form one text, while a percent sign that could not be mistaken stays as it is.
 */
final class EscapeTokens {

    private static final String HEX = "0123456789ABCDEF";

    private EscapeTokens() {}

    /** Gives every token one {@code 25} more. */
    static String deepen(String text, String codes) {
        StringBuilder out = new StringBuilder(text.length() + 8);
        for (int i = 0; i < text.length(); i++) {
            out.append(text.charAt(i));
            if (codeOfToken(text, i, codes) >= 0) {
                out.append("25");
            }
        }
        return out.toString();
    }

    /** Takes one {@code 25} from every token that has one, and turns a token without into its character. */
    static String shallow(String text, String codes) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            int code = codeOfToken(text, i, codes);
            if (code < 0) {
                out.append(text.charAt(i));
            } else if (text.startsWith("25", i + 1)) {
                out.append('%');
                i += 2;
            } else {
                out.append((char) code);
                i += 2;
            }
        }
        return out.toString();
    }

    /** Takes one {@code 25} from every token that has one; a token without stays as it is. */
    static String shallowKeepingLast(String text, String codes) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            out.append(text.charAt(i));
            if (codeOfToken(text, i, codes) >= 0 && text.startsWith("25", i + 1)) {
                i += 2;
            }
        }
        return out.toString();
    }

    /** The character in upper-case hexadecimal with a percent sign before it; U+0000 .. U+00FF. */
    static String percent(char c) {
        return "%" + HEX.charAt(c >> 4) + HEX.charAt(c & 15);
    }

    /** The value of two hexadecimal digits at an index, or -1 if there are none. */
    static int hex(String text, int index) {
        if (index + 2 > text.length()) {
            return -1;
        }
        int high = digit(text.charAt(index));
        int low = digit(text.charAt(index + 1));
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    /** The code that ends the token at an index, or -1 if no token starts there. */
    private static int codeOfToken(String text, int index, String codes) {
        if (text.charAt(index) != '%') {
            return -1;
        }
        int i = index + 1;
        while (true) {
            int code = hex(text, i);
            if (code < 0 || Character.isLowerCase(text.charAt(i)) || Character.isLowerCase(text.charAt(i + 1))) {
                return -1;
            }
            if (codes.indexOf(code) >= 0) {
                return code;
            }
            if (code != '%') {
                return -1;
            }
            i += 2;
        }
    }

    private static int digit(char c) {
        return c < 0x80 ? Character.digit(c, 16) : -1;
    }
}
