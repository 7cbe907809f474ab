// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.mapping;

import io.linkspan.amqp.codec.AmqpArray;
import io.linkspan.amqp.codec.Binary;
import io.linkspan.amqp.codec.Decimal;
import io.linkspan.amqp.codec.Described;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * AMQP values as JSON (RFC 8259). Lists, arrays and maps nest, keys are texts, binary is Base64, numbers that are not
 * finite and all other scalars are strings. Decoded values nest at most 32 deep, so this does too.
 */
final class BodyJson {

    private static final String HEX = "0123456789abcdef";

    private BodyJson() {}

    static void write(@Nullable Object value, StringBuilder out) {
        if (value == null) {
            out.append("null");
        } else if (value instanceof Described described) {
            write(described.value(), out);
        } else if (value instanceof Map<?, ?> map) {
            writeMap(map, out);
        } else if (value instanceof List<?> list) {
            writeList(list, out);
        } else if (value instanceof AmqpArray array) {
            writeList(array.elements(), out);
        } else if (value instanceof Binary binary) {
            writeString(Base64.getEncoder().encodeToString(binary.octets()), out);
        } else if (value instanceof Boolean || isFiniteNumber(value)) {
            out.append(BodyText.of(value));
        } else {
            writeString(String.valueOf(BodyText.of(value)), out);
        }
    }

    private static void writeList(List<?> list, StringBuilder out) {
        out.append('[');
        String comma = "";
        for (Object element : list) {
            out.append(comma);
            write(element, out);
            comma = ",";
        }
        out.append(']');
    }

    private static void writeMap(Map<?, ?> map, StringBuilder out) {
        out.append('{');
        String comma = "";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            out.append(comma);
            writeString(key(entry.getKey()), out);
            out.append(':');
            write(entry.getValue(), out);
            comma = ",";
        }
        out.append('}');
    }

    private static String key(@Nullable Object key) {
        String text = BodyText.of(key);
        if (text != null) {
            return text;
        }
        if (key instanceof Binary binary) {
            return Base64.getEncoder().encodeToString(binary.octets());
        }
        StringBuilder json = new StringBuilder();
        write(key, json);
        return json.toString();
    }

    private static boolean isFiniteNumber(Object value) {
        if (value instanceof Float number) {
            return Float.isFinite(number);
        }
        if (value instanceof Double number) {
            return Double.isFinite(number);
        }
        if (value instanceof Decimal number) {
            String text = BodyText.decimal(number);
            return Character.isDigit(text.charAt(text.length() - 1));
        }
        return BodyText.isNumber(value);
    }

    private static void writeString(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20 || c == 0x7f) {
                        out.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
