// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.json;

import java.util.Iterator;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Writes values as YAML 1.2 in block style, which every YAML parser reads back to the same values. */
public final class Yaml {
    /** Texts that are written without quotes: they begin with a letter, a slash or a dollar and have nothing special. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z/$][A-Za-z0-9_./$@+-]*(?: [A-Za-z0-9_./$@+-]+)*");

    /** Plain words that some parser takes for something else than a text. */
    private static final Pattern WORDS = Pattern.compile("(?i)null|true|false|yes|no|on|off|y|n|nan|inf");

    private Yaml() {}

    /** Writes a value of the kinds of {@link Json#write}; ends with a line end. */
    public static String write(@Nullable Object value) {
        StringBuilder out = new StringBuilder();
        if (isBlock(value)) {
            block(value, 0, out);
        } else {
            out.append(scalar(value)).append('\n');
        }
        return out.toString();
    }

    /** True for maps and lists with something in them. */
    private static boolean isBlock(@Nullable Object value) {
        return (value instanceof Map<?, ?> map && !map.isEmpty())
                || (value instanceof Iterable<?> list && list.iterator().hasNext());
    }

    private static void block(@Nullable Object value, int indent, StringBuilder out) {
        if (value instanceof Map<?, ?> map) {
            Iterator<? extends Map.Entry<?, ?>> members = map.entrySet().iterator();
            for (boolean first = true; members.hasNext(); first = false) {
                Map.Entry<?, ?> member = members.next();
                out.append(first ? "" : " ".repeat(indent)).append(scalar(String.valueOf(member.getKey())));
                out.append(':');
                if (isBlock(member.getValue())) {
                    out.append('\n').append(" ".repeat(indent + 2));
                    block(member.getValue(), indent + 2, out);
                } else {
                    out.append(' ').append(scalar(member.getValue())).append('\n');
                }
            }
        } else if (value instanceof Iterable<?> list) {
            Iterator<?> elements = list.iterator();
            for (boolean first = true; elements.hasNext(); first = false) {
                Object element = elements.next();
                out.append(first ? "" : " ".repeat(indent)).append("- ");
                if (isBlock(element)) {
                    block(element, indent + 2, out);
                } else {
                    out.append(scalar(element)).append('\n');
                }
            }
        }
    }

    private static String scalar(@Nullable Object value) {
        if (value instanceof Double || value instanceof Float) {
            double number = ((Number) value).doubleValue();
            if (Double.isNaN(number)) {
                return ".nan";
            }
            return Double.isInfinite(number) ? (number > 0 ? ".inf" : "-.inf") : value.toString();
        }
        if (value == null || value instanceof Boolean || value instanceof Number) {
            return String.valueOf(value);
        }
        if (value instanceof Map) {
            return "{}";
        }
        if (value instanceof Iterable) {
            return "[]";
        }
        String text = value.toString();
        boolean plain = PLAIN.matcher(text).matches() && !WORDS.matcher(text).matches();
        return plain ? text : Json.write(text, Json.COMPACT);
    }
}
