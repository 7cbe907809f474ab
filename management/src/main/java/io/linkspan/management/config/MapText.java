// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import io.linkspan.management.json.JsonReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a map inside a section of a conf-style file, such as the groups of a vhost.
 *
 * <p>Takes JSON in any layout, with commas left out or too many and with comments, and the bare style of releases up to
 * 1.10: names without quotes, values to the end of their line, nested maps as a name and a brace,
 * with or without a colon. A bare value is always text. What release 1.19 takes means here what it means there; the rest it refuses.
 */
final class MapText {
    /** Deepest nesting of maps and lists that is read; one more is refused. */
    static final int MAX_DEPTH = 32;

    private final String text;
    private int position;
    private int line;
    private int depth;

    /** Begins at the opening brace at that position, which is on that line. */
    MapText(String text, int position, int line) {
        this.text = text;
        this.position = position;
        this.line = line;
    }

    /** Position behind the closing brace. */
    int position() {
        return position;
    }

    /** Line of that position. */
    int line() {
        return line;
    }

    /** Reads from the opening brace to the closing one. */
    Map<String, @Nullable Object> read() throws SyntaxException {
        int begin = line;
        enter();
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        while (true) {
            skipSeparators();
            if (position >= text.length()) {
                throw new SyntaxException("a brace of line " + begin + " is not closed", line, "}");
            }
            if (text.charAt(position) == '}') {
                leave();
                return members;
            }
            readMember(members);
        }
    }

    private void readMember(Map<String, @Nullable Object> members) throws SyntaxException {
        boolean quoted = text.charAt(position) == '"';
        String name = quoted ? readString() : readBareName();
        skipBlanks();
        boolean colon = position < text.length() && text.charAt(position) == ':';
        if (colon) {
            position++;
            skipBlanks();
        }
        char next = position < text.length() ? text.charAt(position) : '\0';
        if (next == '{') {
            members.put(name, read());
        } else if (!colon) {
            throw new SyntaxException("no colon after the name '" + name + "'", line, "NAME: VALUE or NAME: {");
        } else if (next == '[') {
            members.put(name, readList());
        } else if (next == '"') {
            members.put(name, readString());
        } else if (quoted) {
            members.put(name, readLiteral());
        } else {
            members.put(name, readBareValue(name));
        }
    }

    private List<@Nullable Object> readList() throws SyntaxException {
        int begin = line;
        enter();
        List<@Nullable Object> elements = new ArrayList<>();
        while (true) {
            skipSeparators();
            if (position >= text.length()) {
                throw new SyntaxException("a bracket of line " + begin + " is not closed", line, "]");
            }
            char next = text.charAt(position);
            if (next == ']') {
                leave();
                return elements;
            }
            switch (next) {
                case '{' -> elements.add(read());
                case '[' -> elements.add(readList());
                case '"' -> elements.add(readString());
                default -> elements.add(readLiteral());
            }
        }
    }

    private void enter() throws SyntaxException {
        if (++depth > MAX_DEPTH) {
            throw new SyntaxException("nested deeper than " + MAX_DEPTH, line, "");
        }
        position++;
    }

    private void leave() {
        depth--;
        position++;
    }

    private String readString() throws SyntaxException {
        int end = position + 1;
        while (end < text.length() && text.charAt(end) != '"' && text.charAt(end) != '\n') {
            end += text.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= text.length() || text.charAt(end) != '"') {
            throw new SyntaxException("a text in quotes does not end on its line", line, "\"");
        }
        String value = unescape(position + 1, end);
        position = end + 1;
        return value;
    }

    private String readBareName() throws SyntaxException {
        int end = position;
        while (end < text.length()
                && !Character.isWhitespace(text.charAt(end))
                && ":\"{}[],#".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        if (end == position) {
            throw new SyntaxException("'" + text.charAt(position) + "' where a name is expected", line, "a name or }");
        }
        String name = text.substring(position, end);
        position = end;
        return name;
    }

    /** A JSON number, true, false or null. */
    private @Nullable Object readLiteral() throws SyntaxException {
        int end = position;
        while (end < text.length()
                && !Character.isWhitespace(text.charAt(end))
                && ",}]#".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        String word = text.substring(position, end);
        position = end;
        return switch (word) {
            case "true" -> true;
            case "false" -> false;
            case "null" -> null;
            default -> number(word);
        };
    }

    private Object number(String word) throws SyntaxException {
        Object number = word.length() > JsonReader.MAX_NUMBER_CHARS ? null : JsonReader.numberOf(word);
        if (number == null) {
            throw new SyntaxException(
                    "'" + word + "' is not a JSON value", line, "a text in quotes, a number, true, false or null");
        }
        return number;
    }

    /** Text to the end of the line, or to a comment, or to a brace that closes what this value did not open. */
    private String readBareValue(String name) throws SyntaxException {
        boolean keepsHash = ConfGrammar.KEEPS_HASH.contains(name);
        int end = position;
        int braces = 0;
        while (end < text.length() && text.charAt(end) != '\n') {
            char c = text.charAt(end);
            if (c == '#' && !keepsHash) {
                break;
            }
            braces += c == '{' ? 1 : 0;
            braces -= c == '}' ? 1 : 0;
            if (braces < 0) {
                break;
            }
            end++;
        }
        int stop = end;
        while (stop > position && Character.isWhitespace(text.charAt(stop - 1))) {
            stop--;
        }
        if (stop > position && text.charAt(stop - 1) == ',') {
            stop--;
        }
        String value = unescape(position, stop).strip();
        if (value.isEmpty()) {
            throw new SyntaxException("no value for '" + name + "'", line, "a value");
        }
        position = end;
        return value;
    }

    private String unescape(int from, int to) throws SyntaxException {
        try {
            return JsonReader.unescape(text, from, to);
        } catch (IllegalArgumentException e) {
            throw new SyntaxException(String.valueOf(e.getMessage()), line, "");
        }
    }

    /** Skips blanks within a line. */
    private void skipBlanks() {
        while (position < text.length() && (text.charAt(position) == ' ' || text.charAt(position) == '\t')) {
            position++;
        }
    }

    /** Skips blanks, line ends, comments and commas. */
    private void skipSeparators() {
        while (position < text.length()) {
            char c = text.charAt(position);
            if (c == '#') {
                int end = text.indexOf('\n', position);
                position = end < 0 ? text.length() : end;
            } else if (c == '\n') {
                line++;
                position++;
            } else if (Character.isWhitespace(c) || c == ',') {
                position++;
            } else {
                return;
            }
        }
    }
}
