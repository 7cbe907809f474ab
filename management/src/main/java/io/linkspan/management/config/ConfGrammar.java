// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import io.linkspan.management.json.JsonReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads conf style, the form of qdrouterd.conf(5): sections in braces with one attribute on a line.
 *
 * <p>Outside of maps this is the language of the original, line by line: what it refuses is refused here. After a line
 * that cannot be read the reading goes on, so that all such lines are told at once. Maps are read by {@link MapText}.
 */
final class ConfGrammar {
    /** Attributes whose values keep {@code #} and end at the first blank, in exactly these spellings. */
    static final Set<String> KEEPS_HASH = Set.of("pattern", "bindingKey", "hostname");

    private static final Pattern COMMA_BEFORE_BRACKET = Pattern.compile(",\\s*([\\]}])");

    private final String text;
    private final Problems problems;
    private final List<Section> sections = new ArrayList<>();
    private @Nullable Section open;
    private int position;
    private int line;

    private ConfGrammar(String text, Problems problems) {
        this.text = text;
        this.problems = problems;
    }

    /** Reads a text whose lines end with LF alone. */
    static List<Section> read(String text, Problems problems) {
        ConfGrammar grammar = new ConfGrammar(text, problems);
        grammar.readLines();
        return grammar.sections;
    }

    private void readLines() {
        while (position < text.length()) {
            line++;
            int begin = position;
            int newLine = text.indexOf('\n', begin);
            int end = newLine < 0 ? text.length() : newLine;
            position = Math.min(end + 1, text.length());
            readLine(text.substring(begin, end).strip(), begin);
        }
        if (open != null) {
            problems.about(open, Severity.FATAL, "section '" + open.name() + "' is not closed", "}");
            sections.add(open.asDamaged());
        }
    }

    private void readLine(String raw, int begin) {
        if (raw.isEmpty() || raw.startsWith("#")) {
            return;
        }
        int nameEnd = nameEnd(raw);
        String name = raw.substring(0, nameEnd);
        int next = skipBlanks(raw, nameEnd);
        boolean attribute = nameEnd > 0 && next < raw.length() && raw.charAt(next) == ':';
        if (attribute && KEEPS_HASH.contains(name)) {
            readScalar(name, firstWord(raw.substring(next + 1).strip()), raw);
            return;
        }
        String bare = withoutComment(raw);
        if (bare.equals("}")) {
            closeSection(raw);
        } else if (nameEnd > 0 && next == bare.length() - 1 && bare.charAt(next) == '{' && name.charAt(0) != '$') {
            openSection(name);
        } else if (!attribute || next >= bare.length()) {
            invalid(raw, open == null ? "NAME {" : "NAME: VALUE or }");
        } else if (bare.startsWith("{", skipBlanks(bare, next + 1))) {
            readMap(name, begin, raw);
        } else {
            warnOfHash(raw, bare, name);
            readScalar(name, bare.substring(next + 1).strip(), raw);
        }
    }

    /** End of the name that a line begins with: dollar signs, then letters, digits, underscores and dashes. */
    private static int nameEnd(String line) {
        int end = 0;
        while (end < line.length() && line.charAt(end) == '$') {
            end++;
        }
        int dollars = end;
        while (end < line.length()
                && (Character.isLetterOrDigit(line.charAt(end))
                        || line.charAt(end) == '_'
                        || line.charAt(end) == '-')) {
            end++;
        }
        return end == dollars ? 0 : end;
    }

    private static int skipBlanks(String line, int from) {
        int i = from;
        while (i < line.length() && (line.charAt(i) == ' ' || line.charAt(i) == '\t')) {
            i++;
        }
        return i;
    }

    private static String withoutComment(String raw) {
        int hash = raw.indexOf('#');
        return hash < 0 ? raw : raw.substring(0, hash).strip();
    }

    private static String firstWord(String value) {
        int end = 0;
        while (end < value.length() && !Character.isWhitespace(value.charAt(end))) {
            end++;
        }
        return value.substring(0, end);
    }

    private void warnOfHash(String raw, String bare, String name) {
        int hash = raw.indexOf('#');
        if (open != null && hash > 0 && !Character.isWhitespace(raw.charAt(hash - 1)) && bare.length() < raw.length()) {
            SectionAttribute cut = new SectionAttribute(name, raw.substring(hash), line, true);
            problems.about(
                    open, cut, Severity.WARNING, "a comment begins at #, also inside of a value", "a blank before #");
        }
    }

    private void openSection(String name) {
        if (open != null) {
            problems.about(
                    open, Severity.FATAL, "section '" + open.name() + "' is not closed before line " + line, "}");
            sections.add(open.asDamaged());
        }
        open = new Section(name, line);
    }

    private void closeSection(String raw) {
        if (open == null) {
            invalid(raw, "NAME {");
        } else {
            sections.add(open);
            open = null;
        }
    }

    private void readScalar(String name, String value, String raw) {
        if (open == null || name.startsWith("$")) {
            invalid(raw, open == null ? "NAME {" : "NAME: VALUE or }");
        } else if (value.isEmpty()) {
            invalid(raw, "a value after the colon");
        } else {
            try {
                String plain = value.indexOf(',') < 0
                        ? value
                        : COMMA_BEFORE_BRACKET.matcher(value).replaceAll("$1");
                open.attributes()
                        .add(new SectionAttribute(name, JsonReader.unescape(plain, 0, plain.length()), line, false));
            } catch (IllegalArgumentException e) {
                invalid(raw, "", " - " + e.getMessage());
            }
        }
    }

    private void readMap(String name, int begin, String raw) {
        if (open == null) {
            invalid(raw, "NAME { without a colon");
            return;
        }
        int brace = text.indexOf('{', begin);
        MapText map = new MapText(text, brace, line);
        try {
            SectionAttribute attribute = new SectionAttribute(name, map.read(), line, false);
            line = map.line();
            int newLine = text.indexOf('\n', map.position());
            int end = newLine < 0 ? text.length() : newLine;
            String rest = withoutComment(text.substring(map.position(), end).strip());
            position = Math.min(end + 1, text.length());
            open.attributes().add(attribute);
            if (!rest.isEmpty() && !rest.equals(",")) {
                invalid(rest, "a new line after the map");
            }
        } catch (SyntaxException e) {
            SectionAttribute here = new SectionAttribute(name, "", e.line(), false);
            problems.about(
                    open,
                    here,
                    Severity.FATAL,
                    e.getMessage() + ", in the map '" + name + "' that begins on line " + line,
                    e.expected());
            open = open.asDamaged();
            skipSection();
        }
    }

    /** Goes on behind the next closing brace in the first column, where sections end in files that are laid out well. */
    private void skipSection() {
        while (position < text.length() && !(text.charAt(position) == '}' && text.charAt(position - 1) == '\n')) {
            line += text.charAt(position) == '\n' ? 1 : 0;
            position++;
        }
        if (position >= text.length()) {
            // What is left open was told already as the map that does not end.
            if (open != null) {
                sections.add(open);
            }
            open = null;
        }
    }

    private void invalid(String raw, String expected) {
        invalid(raw, expected, "");
    }

    private void invalid(String raw, String expected, String reason) {
        open = open == null ? null : open.asDamaged();
        String name = raw.substring(0, nameEnd(raw));
        boolean secret = Section.camelCase(name).toLowerCase(Locale.ROOT).contains("password");
        problems.syntax(
                line,
                "Invalid config file syntax (line " + line + "): >>> "
                        + (secret ? name + ": " + SectionAttribute.MASK : raw)
                        + reason,
                expected);
    }
}
