// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import io.linkspan.management.json.JsonException;
import io.linkspan.management.json.JsonReader;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads the raw JSON form of a configuration, for files named {@code *.json}: a list of two-element lists, each the
 * name of a section and a map of its attributes. Lines that begin with {@code #} are comments; otherwise JSON is strict.
 */
final class JsonGrammar {
    private static final Pattern COMMENT = Pattern.compile("(?m)^[^\\S\\n]*#.*$");

    private JsonGrammar() {}

    /** Reads a text whose lines end with LF alone. */
    static List<Section> read(String text, Problems problems) {
        List<Section> sections = new ArrayList<>();
        // Comments become blanks of the same length, so that lines and columns stay.
        JsonReader in = new JsonReader(COMMENT.matcher(text)
                .replaceAll(found -> " ".repeat(found.group().length())));
        try {
            in.beginArray();
            while (in.hasNext()) {
                sections.add(readSection(in));
            }
            in.endDocument();
        } catch (JsonException e) {
            problems.syntax(
                    e.line(),
                    "Invalid JSON at column " + e.column() + ": " + e.getMessage(),
                    "[[\"SECTION\", {\"ATTRIBUTE\": VALUE, ...}], ...]");
        }
        return sections;
    }

    private static Section readSection(JsonReader in) {
        in.beginArray();
        int line = in.line();
        Object name = in.hasNext() ? in.readValue() : null;
        Section section = new Section(String.valueOf(name), line);
        for (int element = 1; name != null && in.hasNext(); element++) {
            if (element == 1) {
                readAttributes(in, section);
            } else {
                in.readValue(); // The original ignores what follows the second element.
            }
        }
        return section;
    }

    private static void readAttributes(JsonReader in, Section section) {
        in.beginObject();
        for (String key = in.nextName(); key != null; key = in.nextName()) {
            int line = in.line();
            Object value = in.readValue();
            if (value != null) {
                section.attributes().add(new SectionAttribute(key, value, line, false));
            }
        }
    }
}
