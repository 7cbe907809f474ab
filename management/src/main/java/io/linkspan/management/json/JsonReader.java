// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.json;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Strict pull reader of one JSON text (RFC 8259) that knows the line of what it reads.
 *
 * <p>Either {@link #readValue()} reads a whole value, or the caller walks: {@link #beginArray()} then
 * {@link #hasNext()} before each element; {@link #beginObject()} then {@link #nextName()} until it gives null. Values
 * are String, Boolean, null, {@link Map} (in order; the last of equal names wins), {@link List}, and for numbers Long,
 * BigInteger beyond its range, or Double when there is a fraction or an exponent. Confined to its caller.
 */
public final class JsonReader {
    /** Deepest nesting of arrays and objects that is read; one more is refused. */
    public static final int MAX_DEPTH = 64;

    /** Most digits of a number that is read; one more is refused (the cost of conversion grows with the square). */
    public static final int MAX_NUMBER_CHARS = 1000;

    private final String text;
    private int position;
    private int depth;
    private int line = 1;
    private int lineStart;
    private boolean afterElement;

    /** Makes a reader at the start of the text. */
    public JsonReader(String text) {
        this.text = text;
    }

    /** Line of the next token, counted from 1. */
    public int line() {
        skipBlanks();
        return line;
    }

    /** Reads the text to its end, which has to be one value. */
    public @Nullable Object readDocument() {
        Object value = readValue();
        endDocument();
        return value;
    }

    /** Demands that nothing but blanks follows. */
    public void endDocument() {
        skipBlanks();
        if (position < text.length()) {
            throw failure("unexpected text after the value");
        }
    }

    /** True if the next value is an array. */
    public boolean atArray() {
        return peek() == '[';
    }

    /** True if the next value is an object. */
    public boolean atObject() {
        return peek() == '{';
    }

    /** Enters an array. */
    public void beginArray() {
        open('[', "an array");
    }

    /** Enters an object. */
    public void beginObject() {
        open('{', "an object");
    }

    /** Moves to the next element of the array entered last; false when the array has ended (and is left). */
    public boolean hasNext() {
        return advance(']');
    }

    /** Reads the name of the next member of the object entered last; null when the object has ended (and is left). */
    public @Nullable String nextName() {
        if (!advance('}')) {
            return null;
        }
        if (peek() != '"') {
            throw failure("expected a member name in double quotes");
        }
        String name = readString();
        if (peek() != ':') {
            throw failure("expected ':' after a member name");
        }
        position++;
        return name;
    }

    /** Reads the next value whole. */
    public @Nullable Object readValue() {
        Object value;
        switch (peek()) {
            case '{' -> value = readObject();
            case '[' -> value = readArray();
            case '"' -> value = readString();
            case 't' -> value = readWord("true", Boolean.TRUE);
            case 'f' -> value = readWord("false", Boolean.FALSE);
            case 'n' -> value = readWord("null", null);
            default -> value = readNumber();
        }
        afterElement = true;
        return value;
    }

    private Map<String, @Nullable Object> readObject() {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        beginObject();
        for (String name = nextName(); name != null; name = nextName()) {
            members.put(name, readValue());
        }
        return members;
    }

    private List<@Nullable Object> readArray() {
        List<@Nullable Object> elements = new ArrayList<>();
        beginArray();
        while (hasNext()) {
            elements.add(readValue());
        }
        return elements;
    }

    private void open(char bracket, String what) {
        if (peek() != bracket) {
            throw failure("expected " + what);
        }
        if (++depth > MAX_DEPTH) {
            throw failure("nested deeper than " + MAX_DEPTH);
        }
        position++;
        afterElement = false;
    }

    private boolean advance(char closing) {
        char next = peek();
        if (next == closing) {
            position++;
            depth--;
            afterElement = true;
            return false;
        }
        if (afterElement) {
            if (next != ',') {
                throw failure("expected ',' or '" + closing + "'");
            }
            position++;
            afterElement = false;
            if (peek() == closing) {
                throw failure("a comma before '" + closing + "'");
            }
        }
        return true;
    }

    private String readString() {
        int end = position + 1;
        while (end < text.length() && text.charAt(end) != '"') {
            end += text.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= text.length()) {
            throw failure("a string that does not end");
        }
        try {
            String value = unescape(text, position + 1, end);
            position = end + 1;
            return value;
        } catch (IllegalArgumentException notAString) {
            throw failure(String.valueOf(notAString.getMessage()));
        }
    }

    private @Nullable Object readWord(String word, @Nullable Boolean value) {
        if (!text.startsWith(word, position)) {
            throw failure("expected a value");
        }
        position += word.length();
        return value;
    }

    private Object readNumber() {
        int start = position;
        int end = start;
        while (end < text.length() && "+-.0123456789eE".indexOf(text.charAt(end)) >= 0) {
            end++;
        }
        if (end == start) {
            throw failure(end == text.length() ? "the text ends where a value is expected" : "expected a value");
        }
        if (end - start > MAX_NUMBER_CHARS) {
            throw failure("a number of more than " + MAX_NUMBER_CHARS + " characters");
        }
        Object number = numberOf(text.substring(start, end));
        if (number == null) {
            throw failure("not a number: " + text.substring(start, end));
        }
        position = end;
        return number;
    }

    /** Reads the text of a JSON number; null if it is none. */
    public static @Nullable Object numberOf(String digits) {
        int i = digits.startsWith("-") ? 1 : 0;
        int integerEnd = skipDigits(digits, i);
        if (integerEnd == i || (digits.charAt(i) == '0' && integerEnd - i > 1)) {
            return null;
        }
        if (integerEnd == digits.length()) {
            return digits.length() < 19 ? (Object) Long.valueOf(digits) : shortest(new BigInteger(digits));
        }
        i = integerEnd;
        if (digits.charAt(i) == '.') {
            int fractionEnd = skipDigits(digits, i + 1);
            if (fractionEnd == i + 1) {
                return null;
            }
            i = fractionEnd;
        }
        if (i < digits.length() && (digits.charAt(i) == 'e' || digits.charAt(i) == 'E')) {
            i++;
            if (i < digits.length() && (digits.charAt(i) == '+' || digits.charAt(i) == '-')) {
                i++;
            }
            int exponentEnd = skipDigits(digits, i);
            if (exponentEnd == i) {
                return null;
            }
            i = exponentEnd;
        }
        return i == digits.length() ? Double.valueOf(digits) : null;
    }

    private static Object shortest(BigInteger value) {
        return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
    }

    private static int skipDigits(String digits, int from) {
        int i = from;
        while (i < digits.length() && digits.charAt(i) >= '0' && digits.charAt(i) <= '9') {
            i++;
        }
        return i;
    }

    /**
     * Turns the inside of a JSON string, without its quotes, into the text it stands for.
     *
     * @throws IllegalArgumentException with the reason, for a control character, a bare double quote or an unknown
     *     escape
     */
    public static String unescape(String text, int from, int to) {
        StringBuilder plain = new StringBuilder(to - from);
        int i = from;
        while (i < to) {
            char c = text.charAt(i++);
            if (c < ' ') {
                throw new IllegalArgumentException(
                        String.format(Locale.ROOT, "control character U+%04X in a string", (int) c));
            }
            if (c == '"') {
                throw new IllegalArgumentException("a double quote in a value");
            }
            if (c != '\\') {
                plain.append(c);
                continue;
            }
            char escape = i < to ? text.charAt(i++) : '\0';
            int known = "\"\\/bfnrt".indexOf(escape);
            if (known >= 0) {
                plain.append("\"\\/\b\f\n\r\t".charAt(known));
            } else if (escape == 'u' && i + 4 <= to && isHex(text, i)) {
                plain.append((char) Integer.parseInt(text.substring(i, i + 4), 16));
                i += 4;
            } else {
                throw new IllegalArgumentException(
                        "a backslash that begins no escape (known: \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX)");
            }
        }
        return plain.toString();
    }

    private static boolean isHex(String text, int from) {
        for (int i = from; i < from + 4; i++) {
            if (Character.digit(text.charAt(i), 16) < 0 || text.charAt(i) > 'f') {
                return false;
            }
        }
        return true;
    }

    /** Next character after blanks; NUL at the end. */
    private char peek() {
        skipBlanks();
        return position < text.length() ? text.charAt(position) : '\0';
    }

    private void skipBlanks() {
        while (position < text.length()) {
            char c = text.charAt(position);
            if (c == '\n') {
                line++;
                lineStart = position + 1;
            } else if (c != ' ' && c != '\t' && c != '\r') {
                return;
            }
            position++;
        }
    }

    private JsonException failure(String reason) {
        return new JsonException(reason, line, position - lineStart + 1);
    }
}
