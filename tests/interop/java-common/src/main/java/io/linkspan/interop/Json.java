// SPDX-License-Identifier: Apache-2.0
package io.linkspan.interop;

import java.util.Map;

/** Plain Java values as JSON text on one line. Arrays of bytes become {@code {"binary": HEX}}, long values digests. */
public final class Json {

    private Json() {}

    /** Writes null, Boolean, Number, CharSequence, byte[], Map, Iterable; anything else by its text. */
    public static String write(Object value) {
        StringBuilder out = new StringBuilder();
        write(value, out);
        return out.toString();
    }

    private static void write(Object value, StringBuilder out) {
        if (value == null || value instanceof Boolean || value instanceof Number) {
            out.append(value);
        } else if (value instanceof Map<?, ?> map) {
            char before = '{';
            for (Map.Entry<?, ?> member : map.entrySet()) {
                out.append(before);
                text(String.valueOf(member.getKey()), out);
                out.append(':');
                write(member.getValue(), out);
                before = ',';
            }
            out.append(map.isEmpty() ? "{}" : "}");
        } else if (value instanceof Iterable<?> list) {
            out.append('[');
            String before = "";
            for (Object item : list) {
                out.append(before);
                write(item, out);
                before = ",";
            }
            out.append(']');
        } else if (value instanceof byte[] bytes) {
            write(Bodies.digest(bytes), out);
        } else {
            String text = value.toString();
            if (text.length() > Bodies.SHOWN_LIMIT) {
                write(Bodies.digest(text), out);
            } else {
                text(text, out);
            }
        }
    }

    private static void text(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
