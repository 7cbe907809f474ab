// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.mapping;

import io.linkspan.amqp.codec.Char;
import io.linkspan.amqp.codec.Decimal;
import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.amqp.codec.Timestamp;
import io.linkspan.amqp.codec.UnsignedByte;
import io.linkspan.amqp.codec.UnsignedInteger;
import io.linkspan.amqp.codec.UnsignedLong;
import io.linkspan.amqp.codec.UnsignedShort;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** AMQP scalars as texts: decimal numbers, ISO-8601 times, canonical UUIDs. */
final class BodyText {

    private static final int MAX_32_DIGITS = 7;
    private static final int MAX_64_DIGITS = 16;
    private static final int MAX_128_DIGITS = 34;

    private BodyText() {}

    /** The text of a scalar, or null if the value is none: null, binary, a list, a map, an array. */
    static @Nullable String of(@Nullable Object value) {
        if (value instanceof Described described) {
            return of(described.value());
        }
        if (value instanceof Timestamp timestamp) {
            return time(timestamp);
        }
        if (value instanceof Decimal decimal) {
            return decimal(decimal);
        }
        boolean isScalar = value instanceof String
                || value instanceof Symbol
                || value instanceof Char
                || value instanceof Boolean
                || value instanceof UUID
                || isNumber(value);
        return isScalar ? String.valueOf(value) : null;
    }

    /** Whether its text is a number, as JSON writes one if it is finite. */
    static boolean isNumber(@Nullable Object value) {
        return value instanceof Number
                || value instanceof UnsignedByte
                || value instanceof UnsignedShort
                || value instanceof UnsignedInteger
                || value instanceof UnsignedLong
                || value instanceof Decimal;
    }

    /** ISO-8601; a time that no calendar has stays a number of milliseconds. */
    static String time(Timestamp timestamp) {
        return Instant.ofEpochMilli(timestamp.millis()).toString();
    }

    /** IEEE 754-2008 decimal in binary integer coding. AMQP 1.0 part 1, 1.6.13. */
    static String decimal(Decimal decimal) {
        int width = decimal.width();
        int exponentBits = width == 32 ? 8 : width == 64 ? 10 : 14;
        int bias = width == 32 ? 101 : width == 64 ? 398 : 6_176;
        int digits = width == 32 ? MAX_32_DIGITS : width == 64 ? MAX_64_DIGITS : MAX_128_DIGITS;
        BigInteger bits = unsigned(decimal.low());
        if (width == 128) {
            bits = unsigned(decimal.high()).shiftLeft(64).or(bits);
        }
        boolean negative = bits.testBit(width - 1);
        String sign = negative ? "-" : "";
        int top = bits.shiftRight(width - 6).intValue() & 0x1f;
        if (top == 0x1f) {
            return "NaN";
        }
        if (top == 0x1e) {
            return sign + "Infinity";
        }
        boolean large = (top & 0x18) == 0x18;
        int coefficientBits = width - 1 - exponentBits - (large ? 2 : 0);
        int exponent = bits.shiftRight(coefficientBits).intValue() & ((1 << exponentBits) - 1);
        BigInteger coefficient =
                bits.and(BigInteger.ONE.shiftLeft(coefficientBits).subtract(BigInteger.ONE));
        if (large) {
            coefficient = coefficient.setBit(coefficientBits + 2);
        }
        if (coefficient.compareTo(BigInteger.TEN.pow(digits)) >= 0) {
            coefficient = BigInteger.ZERO;
        }
        return sign + new BigDecimal(coefficient, bias - exponent);
    }

    private static BigInteger unsigned(long bits) {
        return new BigInteger(Long.toUnsignedString(bits));
    }
}
