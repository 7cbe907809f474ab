// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gives a tool plain arguments as picocli would give them: full names of options, each value a word of its own or behind
 * {@code =}. What is not plain it leaves alone, the tool too.
 *
 * <p>What the options are is recorded from picocli's model of the tool in a resource beside the class ({@code
 * NAME.options}); a line has the place of the value and the names of the option:
 *
 * <pre>
 * display.links -l --links          a flag or a value, by the type of the field
 * bus.url() -b --bus                a value that a method takes
 * operation 0                       a positional argument
 * arguments 1..*                    all further ones
 * </pre>
 *
 * Of the options of one group, such as {@code display}, at most one may be given. A test holds the record against
 * picocli's model, and what both make of all kinds of arguments.
 */
final class PlainArguments {
    private static final String URL = "bus.url()";
    private static final String FIRST = "0";
    private static final String FURTHER = "1..*";

    /** Groups of which one option may be given. */
    private static final Set<String> EXCLUSIVE = Set.of("display", "target");

    private final Tool tool;
    private final Map<String, String> places;
    private final Map<String, Object> values = new HashMap<>();
    private final Set<String> groups = new HashSet<>();
    private int positional;

    private PlainArguments(Tool tool, Map<String, String> places) {
        this.tool = tool;
        this.places = places;
    }

    /**
     * Sets the fields of the tool.
     *
     * @return false if picocli has to do it; nothing is set then
     */
    static boolean give(Tool tool, List<String> arguments) {
        String record = tool.record();
        if (record.isEmpty()) {
            return false;
        }
        try {
            PlainArguments given = new PlainArguments(tool, read(record));
            if (!given.take(arguments)) {
                return false;
            }
            given.set();
            return true;
        } catch (ReflectiveOperationException | IOException e) {
            throw new IllegalStateException("the record " + record + " does not fit the tool", e);
        }
    }

    private static Map<String, String> read(String record) throws IOException {
        try (InputStream in = PlainArguments.class.getResourceAsStream(record)) {
            if (in == null) {
                throw new IOException("there is no " + record);
            }
            Map<String, String> places = new HashMap<>();
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
                String[] words = line.split(" ", -1);
                for (int i = 1; i < words.length; i++) {
                    places.put(words[i], words[0]);
                }
            }
            return places;
        }
    }

    private boolean take(List<String> arguments) throws ReflectiveOperationException {
        for (int i = 0; i < arguments.size(); i++) {
            String word = arguments.get(i);
            if (!word.startsWith("-")) {
                if (!positional(word)) {
                    return false;
                }
                continue;
            }
            int equals = word.startsWith("--") ? word.indexOf('=') : -1;
            String place = places.get(equals < 0 ? word : word.substring(0, equals));
            if (place == null || !once(place)) {
                return false;
            }
            boolean flag = !place.equals(URL) && field(place).getType() == boolean.class;
            if (flag) {
                if (equals >= 0) {
                    return false;
                }
                values.put(place, true);
                continue;
            }
            if (equals < 0) {
                i++;
            }
            String text = equals >= 0 ? word.substring(equals + 1) : i < arguments.size() ? arguments.get(i) : "";
            Object value = value(place, text);
            if (value == null) {
                return false;
            }
            values.put(place, value);
        }
        return true;
    }

    private boolean once(String place) {
        int dot = place.indexOf('.');
        String group = dot < 0 ? "" : place.substring(0, dot);
        return !EXCLUSIVE.contains(group) || groups.add(group);
    }

    private boolean positional(String word) {
        String place = places.get(positional == 0 ? FIRST : FURTHER);
        if (place == null || isOdd(word)) {
            return false;
        }
        if (positional++ == 0) {
            values.put(place, word);
        } else {
            listAt(place).add(word);
        }
        return true;
    }

    @SuppressWarnings("unchecked") // Only lists of texts are put at such a place.
    private List<String> listAt(String place) {
        return (List<String>) values.computeIfAbsent(place, unused -> new ArrayList<String>());
    }

    /** True for what picocli may understand otherwise than as it stands: options, files of arguments, nothing. */
    private static boolean isOdd(String text) {
        return text.isEmpty() || text.startsWith("-") || text.startsWith("@");
    }

    /** The value in the type of its field; null if it is none, or not a plain one. */
    private @Nullable Object value(String place, String text) throws ReflectiveOperationException {
        if (isOdd(text)) {
            return null;
        }
        try {
            if (place.equals(URL)) {
                BusUrl.parse(text, BusUrl.Protocol.AMQP); // Set as text, once it is known to be right.
                return text;
            }
            Class<?> type = field(place).getType();
            if (type == String.class) {
                return text;
            } else if (type == double.class) {
                return isNumber(text, '.') ? Double.valueOf(text) : null;
            } else if (type == int.class || type == Integer.class) {
                return isNumber(text, '0') ? Integer.valueOf(text) : null;
            } else if (type == Path.class) {
                return Path.of(text);
            } else if (type.isEnum()) {
                return constant(type, text);
            } else if (type == List.class) {
                List<String> list = listAt(place);
                list.add(text);
                return list;
            }
            return null;
        } catch (InvalidPathException e) {
            return null;
        } catch (IllegalArgumentException e) { // A number that is too great, a place that is none.
            return null;
        }
    }

    private static @Nullable Object constant(Class<?> type, String text) {
        for (Object constant : type.getEnumConstants()) {
            if (constant.toString().equals(text.toUpperCase(Locale.ROOT))) {
                return constant;
            }
        }
        return null;
    }

    /** True for digits, with the other character among them. */
    private static boolean isNumber(String text, char other) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && c != other) {
                return false;
            }
        }
        return !text.startsWith("0") || text.length() == 1 || other != '0';
    }

    private void set() throws ReflectiveOperationException {
        for (Map.Entry<String, Object> value : values.entrySet()) {
            if (value.getKey().equals(URL)) {
                tool.bus.url((String) value.getValue());
            } else {
                field(value.getKey()).set(holder(value.getKey()), value.getValue());
            }
        }
    }

    private Object holder(String place) {
        return tool.holder(place.substring(0, Math.max(0, place.indexOf('.'))));
    }

    private Field field(String place) throws NoSuchFieldException {
        return named(holder(place).getClass(), place.substring(place.indexOf('.') + 1));
    }

    private static Field named(Class<?> type, String name) throws NoSuchFieldException {
        for (Class<?> at = type; at != null; at = at.getSuperclass()) {
            for (Field field : at.getDeclaredFields()) {
                if (field.getName().equals(name)) {
                    field.setAccessible(true);
                    return field;
                }
            }
        }
        throw new NoSuchFieldException(type + "." + name);
    }
}
