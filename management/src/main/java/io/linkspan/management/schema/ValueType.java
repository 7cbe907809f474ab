// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.schema;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * The type of an attribute: turns what a file, a tool or a peer gives into the value meant.
 *
 * <p>Takes the values of {@link io.linkspan.management.json.JsonReader} and any Number. The rules and the words of
 * refusals are those of the original, so that files and scripts made for it keep working.
 */
public final class ValueType {
    /** The kinds of values, by their name in the schema. */
    public enum Kind {
        STRING,
        PATH,
        ENTITY_ID,
        INTEGER,
        BOOLEAN,
        ENUM,
        MAP,
        PROPERTIES,
        LIST,
        WORDS
    }

    /** Longest text that is read as an integer; more digits than a long has are out of range anyway. */
    private static final int MAX_INTEGER_CHARS = 100;

    private static final List<String> TRUE_WORDS = List.of("yes", "true", "on");
    private static final List<String> FALSE_WORDS = List.of("no", "false", "off");

    private final Kind kind;
    private final List<String> tags;
    private final int indexed;

    private ValueType(Kind kind, List<String> tags, int indexed) {
        this.kind = kind;
        this.tags = tags;
        this.indexed = indexed;
    }

    /** Reads a type as it is written in the schema, such as {@code enum(in|out)}. */
    static ValueType parse(String text) {
        int bracket = text.indexOf('(');
        if (bracket < 0) {
            Kind kind = text.equals("entityId") ? Kind.ENTITY_ID : Kind.valueOf(text.toUpperCase(Locale.ROOT));
            return new ValueType(kind, List.of(), 0);
        }
        Kind kind = Kind.valueOf(text.substring(0, bracket).toUpperCase(Locale.ROOT));
        List<String> tags = new ArrayList<>();
        int indexed = 0;
        for (String tag : text.substring(bracket + 1, text.length() - 1).split("\\|", -1)) {
            boolean ours = tag.startsWith("+");
            indexed += ours ? 0 : 1;
            tags.add(ours ? tag.substring(1) : tag);
        }
        return new ValueType(kind, List.copyOf(tags), indexed);
    }

    /** What values it has. */
    public Kind kind() {
        return kind;
    }

    /** The tags of an enum or the words of a word list, in order; empty for other kinds. */
    public List<String> tags() {
        return tags;
    }

    /** Name of the type as the schema answers of management give it; an enum's is the list of its tags. */
    public Object schemaName() {
        return switch (kind) {
            case ENUM -> tags;
            case ENTITY_ID -> "entityId";
            case WORDS -> "string";
            case STRING, PATH, INTEGER, BOOLEAN, MAP, PROPERTIES, LIST ->
                kind.name().toLowerCase(Locale.ROOT);
        };
    }

    /** Turns a value that was given, and is not null, into one of this type. */
    public Conversion convert(Object given) {
        return switch (kind) {
            case STRING, PATH, ENTITY_ID -> toText(given);
            case INTEGER -> toInteger(given);
            case BOOLEAN -> toBoolean(given);
            case ENUM -> toTag(given);
            case MAP, PROPERTIES -> toMap(given);
            case LIST ->
                given instanceof List<?> list
                        ? new Conversion.Converted(Collections.unmodifiableList(new ArrayList<>(list)))
                        : new Conversion.Refused("not a list: " + quoted(given), "a JSON list");
            case WORDS -> toWords(given);
        };
    }

    private static Conversion toText(Object given) {
        if (given instanceof Map || given instanceof List) {
            return new Conversion.Refused("not a text: " + quoted(given), "a text");
        }
        if (given instanceof Boolean flag) {
            return new Conversion.Converted(flag ? "True" : "False");
        }
        return new Conversion.Converted(given.toString());
    }

    private static Conversion toInteger(Object given) {
        BigInteger value = integerOf(given);
        if (value == null) {
            return new Conversion.Refused("invalid literal for int() with base 10: " + quoted(given), "an integer");
        }
        if (value.bitLength() >= Long.SIZE) {
            return new Conversion.Refused("integer " + value + " is out of range", "an integer of 64 bits");
        }
        return new Conversion.Converted(value.longValue());
    }

    /** Decimal text with sign, underscores between digits and blanks around; numbers lose their fraction. */
    private static @Nullable BigInteger integerOf(Object given) {
        if (given instanceof Boolean flag) {
            return flag ? BigInteger.ONE : BigInteger.ZERO;
        }
        if (given instanceof BigInteger big) {
            return big;
        }
        if (given instanceof Double || given instanceof Float) {
            double value = ((Number) given).doubleValue();
            return Double.isFinite(value) ? new BigDecimal(value).toBigInteger() : null;
        }
        if (given instanceof Number number) {
            return number instanceof Long
                            || number instanceof Integer
                            || number instanceof Short
                            || number instanceof Byte
                    ? BigInteger.valueOf(number.longValue())
                    : integerOf(number.toString());
        }
        if (!(given instanceof String text)) {
            return null;
        }
        String digits = text.strip();
        int first = digits.startsWith("-") || digits.startsWith("+") ? 1 : 0;
        return digits.length() <= MAX_INTEGER_CHARS && isDigits(digits, first)
                ? new BigInteger(digits.replace("_", ""))
                : null;
    }

    /** True for digits, at least one, with single underscores between them. */
    private static boolean isDigits(String text, int from) {
        boolean digit = false;
        for (int i = from; i < text.length(); i++) {
            boolean before = digit;
            digit = Character.isDigit(text.charAt(i));
            if (!digit && !(before && text.charAt(i) == '_')) {
                return false;
            }
        }
        return digit;
    }

    private static Conversion toBoolean(Object given) {
        if (given instanceof String text) {
            String word = text.toLowerCase(Locale.ROOT);
            if (TRUE_WORDS.contains(word)) {
                return new Conversion.Converted(true);
            }
            if (FALSE_WORDS.contains(word)) {
                return new Conversion.Converted(false);
            }
            return new Conversion.Refused(
                    "Invalid Boolean value '" + quoted(text) + "'", "yes, true, on, no, false or off");
        }
        if (given instanceof Boolean flag) {
            return new Conversion.Converted(flag);
        }
        if (given instanceof Map<?, ?> map) {
            return new Conversion.Converted(!map.isEmpty());
        }
        if (given instanceof List<?> list) {
            return new Conversion.Converted(!list.isEmpty());
        }
        return new Conversion.Converted(!(given instanceof Number number) || number.doubleValue() != 0);
    }

    private Conversion toTag(Object given) {
        if (given instanceof String text && tags.contains(text)) {
            return new Conversion.Converted(text);
        }
        BigInteger index = integerOf(given);
        if (index != null && index.bitLength() < Integer.SIZE) {
            int i = index.intValue() < 0 ? index.intValue() + indexed : index.intValue();
            if (i >= 0 && i < indexed) {
                return new Conversion.Converted(tags.get(i));
            }
        }
        return new Conversion.Refused(
                "Invalid value for enum" + listed(tags) + ": " + quoted(given), "one of " + String.join(", ", tags));
    }

    private Conversion toMap(Object given) {
        if (!(given instanceof Map<?, ?> map)) {
            return new Conversion.Refused(
                    kind == Kind.PROPERTIES ? "Properties must be a map" : "not a map: " + quoted(given), "a JSON map");
        }
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!(entry.getKey() instanceof String key)) {
                return new Conversion.Refused("Properties must be a map", "a map with text keys");
            }
            if (kind == Kind.PROPERTIES && key.chars().anyMatch(c -> c > 0x7f)) {
                return new Conversion.Refused("Property keys must be ASCII encoded", "keys in ASCII");
            }
            copy.put(key, entry.getValue());
        }
        return new Conversion.Converted(Collections.unmodifiableMap(copy));
    }

    private Conversion toWords(Object given) {
        StringJoiner known = new StringJoiner(", ");
        List<?> words = given instanceof List<?> list
                ? list
                : List.of(given.toString().strip().split("[\\s,]+", -1));
        List<String> seen = new ArrayList<>();
        for (Object item : words) {
            String word = Objects.toString(item);
            if (!tags.contains(word)) {
                return new Conversion.Refused(
                        "Invalid word " + quoted(word) + " in a list of " + listed(tags),
                        "one or more of " + String.join(", ", tags));
            }
            if (!seen.contains(word)) {
                seen.add(word);
                known.add(word);
            }
        }
        return seen.isEmpty()
                ? new Conversion.Refused("an empty list", "one or more of " + String.join(", ", tags))
                : new Conversion.Converted(known.toString());
    }

    /** A value as the original's messages show it: text in quotes, everything else plain. */
    public static String quoted(@Nullable Object value) {
        if (value == null) {
            return "None";
        }
        if (value instanceof Boolean flag) {
            return flag ? "True" : "False";
        }
        if (value instanceof List<?> list) {
            return listed(list);
        }
        if (value instanceof Map<?, ?> map) {
            StringJoiner members = new StringJoiner(", ", "{", "}");
            map.forEach((k, v) -> members.add(quoted(k) + ": " + quoted(v)));
            return members.toString();
        }
        if (!(value instanceof String text)) {
            return value.toString();
        }
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        StringBuilder out = new StringBuilder().append(quote);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\'' -> out.append(quote == '\'' ? "\\'" : "'");
                default -> {
                    if (c < ' ' || c == 0x7f) {
                        out.append(String.format(Locale.ROOT, "\\x%02x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return out.append(quote).toString();
    }

    /** Values as the original's messages show a list. */
    public static String listed(List<?> values) {
        StringJoiner joined = new StringJoiner(", ", "[", "]");
        values.forEach(v -> joined.add(quoted(v)));
        return joined.toString();
    }

    @Override
    public String toString() {
        return kind == Kind.ENUM || kind == Kind.WORDS
                ? kind.name().toLowerCase(Locale.ROOT) + '(' + String.join("|", tags) + ')'
                : String.valueOf(schemaName());
    }
}
