// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp.codec;

/**
 * AMQP {@code timestamp}. AMQP 1.0 part 1, 1.6.17.
 *
 * @param millis milliseconds since the Unix epoch; may be negative
 */
public record Timestamp(long millis) {}
