// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp.codec;

/**
 * AMQP {@code symbol}: a name from a constrained domain, ASCII. AMQP 1.0 part 1, 1.6.21. Plain values: nothing keeps the
 * symbols that peers send.
 *
 * @param text the name, US-ASCII
 */
public record Symbol(String text) implements Comparable<Symbol> {
    public Symbol {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0x7f) {
                throw new IllegalArgumentException("symbol with a character beyond ASCII at " + i + ": " + text);
            }
        }
    }

    @Override
    public int compareTo(Symbol other) {
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return text;
    }
}
