// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp.codec;

/**
 * AMQP {@code uint}, 0 .. 2^32-1. AMQP 1.0 part 1, 1.6.5.
 *
 * @param value the number
 */
public record UnsignedInteger(long value) {
    public UnsignedInteger {
        if (value < 0 || value > 0xffff_ffffL) {
            throw new IllegalArgumentException(value + " is not in 0 .. 2^32-1");
        }
    }

    /** The number whose 32 bits are {@code bits}. */
    public static UnsignedInteger ofBits(int bits) {
        return new UnsignedInteger(bits & 0xffff_ffffL);
    }

    /** The 32 bits of the number. */
    public int bits() {
        return (int) value;
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
