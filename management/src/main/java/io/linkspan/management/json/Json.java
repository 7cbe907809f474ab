// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.json;

import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * JSON text to plain Java values and back.
 *
 * <p>The written form is the one the original's tools print: members in their order, a blank after the colon, all
 * characters beyond ASCII as escapes.
 */
public final class Json {
    /** Indent that puts everything on one line. */
    public static final int COMPACT = -1;

    private Json() {}

    /**
     * Reads a text that is one JSON value; the types are those of {@link JsonReader}.
     *
     * @throws JsonException with the place, if the text is not JSON
     */
    public static @Nullable Object parse(String text) {
        return new JsonReader(text).readDocument();
    }

    /**
     * Writes a value: null, Boolean, Number, {@link Map}, {@link Iterable} as themselves, anything else by its text.
     *
     * @param indent blanks per level, 0 for line ends alone, or {@link #COMPACT}
     */
    public static String write(@Nullable Object value, int indent) {
        StringBuilder out = new StringBuilder();
        write(value, indent, 0, out);
        return out.toString();
    }

    private static void write(@Nullable Object value, int indent, int level, StringBuilder out) {
        if (value == null || value instanceof Boolean) {
            out.append(value);
        } else if (value instanceof Number number) {
            out.append(number(number));
        } else if (value instanceof Map<?, ?> map) {
            writeMap(map, indent, level, out);
        } else if (value instanceof Iterable<?> list) {
            writeList(list, indent, level, out);
        } else {
            writeString(value.toString(), out);
        }
    }

    private static String number(Number number) {
        double asDouble = number.doubleValue();
        if (Double.isNaN(asDouble)) {
            return "NaN";
        }
        boolean floating = number instanceof Double || number instanceof Float;
        if (floating && Double.isInfinite(asDouble)) {
            return asDouble > 0 ? "Infinity" : "-Infinity";
        }
        return number.toString();
    }

    private static void writeMap(Map<?, ?> map, int indent, int level, StringBuilder out) {
        if (map.isEmpty()) {
            out.append("{}");
            return;
        }
        out.append('{');
        Iterator<? extends Map.Entry<?, ?>> members = map.entrySet().iterator();
        while (members.hasNext()) {
            Map.Entry<?, ?> member = members.next();
            newLine(indent, level + 1, out);
            writeString(String.valueOf(member.getKey()), out);
            out.append(": ");
            write(member.getValue(), indent, level + 1, out);
            separate(members.hasNext(), indent, out);
        }
        newLine(indent, level, out);
        out.append('}');
    }

    private static void writeList(Iterable<?> list, int indent, int level, StringBuilder out) {
        Iterator<?> elements = list.iterator();
        if (!elements.hasNext()) {
            out.append("[]");
            return;
        }
        out.append('[');
        while (elements.hasNext()) {
            newLine(indent, level + 1, out);
            write(elements.next(), indent, level + 1, out);
            separate(elements.hasNext(), indent, out);
        }
        newLine(indent, level, out);
        out.append(']');
    }

    private static void separate(boolean more, int indent, StringBuilder out) {
        if (more) {
            out.append(indent < 0 ? ", " : ",");
        }
    }

    private static void newLine(int indent, int level, StringBuilder out) {
        if (indent >= 0) {
            out.append('\n').append(" ".repeat(indent * level));
        }
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
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c < ' ' || c > '~') {
                        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
