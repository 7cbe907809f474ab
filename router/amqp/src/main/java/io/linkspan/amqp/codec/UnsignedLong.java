// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp.codec;

/**
 * AMQP {@code ulong}, 0 .. 2^64-1. AMQP 1.0 part 1, 1.6.6.
 *
 * @param bits the 64 bits of the number; negative stands for 2^63 and above
 */
public record UnsignedLong(long bits) {
    @Override
    public String toString() {
        return Long.toUnsignedString(bits);
    }
}
