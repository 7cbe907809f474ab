// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes values the way the original tools, Python programs, print them. */
final class PythonText {
    private PythonText() {}

    /** The text of a value: strings as they are, anything else as {@link #repr}. */
    static String str(@Nullable Object value) {
        return value instanceof String text ? text : repr(value);
    }

    /** The text of a value inside a list or a map: strings in quotes. */
    static String repr(@Nullable Object value) {
        if (value == null) {
            return "None";
        }
        if (value instanceof Boolean truth) {
            return truth ? "True" : "False";
        }
        if (value instanceof String text) {
            return quoted(text);
        }
        if (value instanceof List<?> list) {
            return listText(list);
        }
        if (value instanceof Map<?, ?> map) {
            return mapText(map);
        }
        return value.toString();
    }

    private static String listText(List<?> list) {
        StringBuilder out = new StringBuilder("[");
        for (Iterator<?> i = list.iterator(); i.hasNext(); ) {
            out.append(repr(i.next())).append(i.hasNext() ? ", " : "");
        }
        return out.append(']').toString();
    }

    private static String mapText(Map<?, ?> map) {
        StringBuilder out = new StringBuilder("{");
        for (Iterator<? extends Map.Entry<?, ?>> i = map.entrySet().iterator(); i.hasNext(); ) {
            Map.Entry<?, ?> entry = i.next();
            out.append(repr(entry.getKey())).append(": ").append(repr(entry.getValue()));
            out.append(i.hasNext() ? ", " : "");
        }
        return out.append('}').toString();
    }

    private static String quoted(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        StringBuilder out = new StringBuilder().append(quote);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c == quote) {
                        out.append('\\').append(c);
                    } else if (c < ' ' || c == 0x7f) {
                        out.append(String.format(Locale.ROOT, "\\x%02x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return out.append(quote).toString();
    }
}
