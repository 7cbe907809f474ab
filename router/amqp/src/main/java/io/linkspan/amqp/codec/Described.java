// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp.codec;

import org.jspecify.annotations.Nullable;

/**
 * A value with a descriptor that says what it means. AMQP 1.0 part 1, 1.3 and 1.5.
 *
 * @param descriptor by custom an {@link UnsignedLong} or a {@link Symbol}
 * @param value the described value
 */
public record Described(
        @Nullable Object descriptor, @Nullable Object value) {}
