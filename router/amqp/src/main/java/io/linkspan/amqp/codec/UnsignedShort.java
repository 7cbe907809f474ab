// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp.codec;

/**
 * AMQP {@code ushort}, 0 .. 65535. AMQP 1.0 part 1, 1.6.4.
 *
 * @param value the number
 */
public record UnsignedShort(int value) {
    public UnsignedShort {
        if (value < 0 || value > 0xffff) {
            throw new IllegalArgumentException(value + " is not in 0 .. 65535");
        }
    }

    @Override
    public String toString() {
        return Integer.toString(value);
    }
}
