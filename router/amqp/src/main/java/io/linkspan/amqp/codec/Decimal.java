// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp.codec;

/**
 * AMQP {@code decimal32}, {@code decimal64} or {@code decimal128}: kept as bits, never calculated with. AMQP 1.0 part 1,
 * 1.6.13 to 1.6.15.
 *
 * @param width 32, 64 or 128
 * @param high the upper 64 bits of a decimal128, otherwise 0
 * @param low the lower 64 bits (decimal32: the lower 32)
 */
public record Decimal(int width, long high, long low) {
    public Decimal {
        if (width != 32 && width != 64 && width != 128) {
            throw new IllegalArgumentException("decimal of " + width + " bits");
        }
    }
}
