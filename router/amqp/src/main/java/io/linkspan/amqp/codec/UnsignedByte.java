// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp.codec;

/**
 * AMQP {@code ubyte}, 0 .. 255. AMQP 1.0 part 1, 1.6.3.
 *
 * @param value the number
 */
public record UnsignedByte(int value) {
    public UnsignedByte {
        if (value < 0 || value > 0xff) {
            throw new IllegalArgumentException(value + " is not in 0 .. 255");
        }
    }

    @Override
    public String toString() {
        return Integer.toString(value);
    }
}
