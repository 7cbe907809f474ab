// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp.codec;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * AMQP {@code array}: values of one type. AMQP 1.0 part 1, 1.6.24.
 *
 * @param format format code of the elements as it came from the wire; the encoder takes a wider one of the same type
 *     when an element needs it
 * @param descriptor descriptor of all elements, null when they are not described
 * @param elements the elements without their descriptor; null elements only with format {@code 0x40}
 */
public record AmqpArray(int format, @Nullable Object descriptor, List<@Nullable Object> elements) {

    /** An array of symbols in the shortest form. */
    public static AmqpArray ofSymbols(List<Symbol> symbols) {
        return new AmqpArray(FormatCode.SYM8, null, new ArrayList<>(symbols));
    }
}
