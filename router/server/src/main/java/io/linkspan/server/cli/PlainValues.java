// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import java.lang.reflect.Array;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.DescribedType;
import org.apache.qpid.proton.amqp.UnsignedLong;
import org.jspecify.annotations.Nullable;

/**
 * Turns the AMQP values of the client library into the plain ones of the tools, whatever their width on the wire. What
 * has no plain form, such as an identifier or a time, becomes text.
 */
final class PlainValues {
    private PlainValues() {}

    static @Nullable Object of(@Nullable Object value) {
        if (value == null || value instanceof Boolean || value instanceof String || value instanceof Double) {
            return value;
        }
        if (value instanceof Float number) {
            return number.doubleValue();
        }
        if (value instanceof UnsignedLong number) {
            BigInteger big = number.bigIntegerValue();
            return big.bitLength() < Long.SIZE ? (Object) big.longValue() : big;
        }
        if (value instanceof Number number) {
            return number.longValue();
        }
        if (value instanceof Binary binary) {
            return new String(binary.getArray(), binary.getArrayOffset(), binary.getLength(), StandardCharsets.UTF_8);
        }
        if (value instanceof DescribedType described) {
            return of(described.getDescribed());
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, @Nullable Object> plain = new LinkedHashMap<>();
            map.forEach((key, element) -> plain.put(String.valueOf(of(key)), of(element)));
            return plain;
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> plain = new ArrayList<>(list.size());
            list.forEach(element -> plain.add(of(element)));
            return plain;
        }
        if (value.getClass().isArray()) {
            List<@Nullable Object> plain = new ArrayList<>();
            for (int i = 0; i < Array.getLength(value); i++) {
                plain.add(of(Array.get(value, i)));
            }
            return plain;
        }
        return value.toString();
    }
}
