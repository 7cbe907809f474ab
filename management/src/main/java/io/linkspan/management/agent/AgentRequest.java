// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.agent;

import io.linkspan.amqp.codec.Symbol;
import io.linkspan.amqp.codec.UnsignedByte;
import io.linkspan.amqp.codec.UnsignedInteger;
import io.linkspan.amqp.codec.UnsignedLong;
import io.linkspan.amqp.codec.UnsignedShort;
import io.linkspan.core.connection.Connection;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A request to the management node.
 *
 * @param properties the application-properties, in the Java forms of {@link io.linkspan.amqp.codec.TypeDecoder}
 * @param body the value of the body, in those forms; null if there is none
 * @param asker the connection it came in over; null when it came in otherwise
 */
public record AgentRequest(
        Map<String, @Nullable Object> properties,
        @Nullable Object body,
        @Nullable Connection asker) {
    /** Copies the properties, keeping their order. */
    public AgentRequest {
        properties = Collections.unmodifiableMap(new LinkedHashMap<>(properties));
    }

    /** A request that came in over no connection. */
    AgentRequest(Map<String, @Nullable Object> properties, @Nullable Object body) {
        this(properties, body, null);
    }

    /** A property as text; null if it is absent or null. */
    @Nullable
    String text(String name) {
        return textOf(properties.get(name));
    }

    static @Nullable String textOf(@Nullable Object value) {
        if (value instanceof Symbol symbol) {
            return symbol.text();
        }
        return value == null ? null : value.toString();
    }

    /** A property as an integer, of any width or as decimal text; empty if it is none. An absent one is 0. */
    OptionalLong integer(String name) {
        Object value = properties.get(name);
        if (value == null) {
            return OptionalLong.of(0);
        }
        if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return OptionalLong.of(((Number) value).longValue());
        }
        boolean digits = value instanceof String
                || value instanceof UnsignedLong
                || value instanceof UnsignedInteger
                || value instanceof UnsignedShort
                || value instanceof UnsignedByte;
        if (digits && value.toString().strip().matches("[+-]?[0-9]{1,18}")) {
            return OptionalLong.of(Long.parseLong(value.toString().strip()));
        }
        return OptionalLong.empty();
    }

    /** The body as {@link #bodyMap}, its values in the plain forms of {@link EntitySource}. */
    Map<String, @Nullable Object> plainBody() {
        Map<String, @Nullable Object> map = bodyMap();
        map.replaceAll((name, value) -> plain(value));
        return map;
    }

    /** A value of AMQP as sources and files have it: null, Boolean, String, Long, Double, List and Map of these. */
    static @Nullable Object plain(@Nullable Object value) {
        if (value == null || value instanceof String || value instanceof Boolean || value instanceof BigInteger) {
            return value;
        }
        if (value instanceof Double || value instanceof Float) {
            return ((Number) value).doubleValue();
        }
        if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        if (value instanceof UnsignedLong number && number.bits() < 0) {
            return new BigInteger(number.toString());
        }
        if (value instanceof UnsignedLong
                || value instanceof UnsignedInteger
                || value instanceof UnsignedShort
                || value instanceof UnsignedByte) {
            return Long.valueOf(value.toString());
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> plain = new ArrayList<>(list.size());
            list.forEach(element -> plain.add(plain(element)));
            return plain;
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, @Nullable Object> plain = new LinkedHashMap<>();
            map.forEach((key, member) -> plain.put(String.valueOf(textOf(key)), plain(member)));
            return plain;
        }
        return textOf(value);
    }

    /** The body if it is a map, else an empty one. Keys that are no text are left out. */
    Map<String, @Nullable Object> bodyMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        if (body instanceof Map<?, ?> given) {
            given.forEach((key, value) -> {
                String name = textOf(key);
                if (name != null) {
                    map.put(name, value);
                }
            });
        }
        return map;
    }
}
