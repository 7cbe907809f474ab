// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp.codec;

/**
 * AMQP {@code char}: one Unicode character. AMQP 1.0 part 1, 1.6.16.
 *
 * @param codePoint the character, 0 .. 0x10ffff
 */
public record Char(int codePoint) {
    public Char {
        if (!Character.isValidCodePoint(codePoint)) {
            throw new IllegalArgumentException(codePoint + " is not a Unicode character");
        }
    }

    @Override
    public String toString() {
        return Character.toString(codePoint);
    }
}
