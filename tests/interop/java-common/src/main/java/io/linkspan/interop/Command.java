// SPDX-License-Identifier: Apache-2.0
package io.linkspan.interop;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One line that a test tells a client: a name, words in their order, and options ({@code --key=value}, {@code --flag}). */
public final class Command {

    private final List<String> words = new ArrayList<>();
    private final Map<String, List<String>> options = new LinkedHashMap<>();
    private final String name;

    private Command(String line) {
        String[] parts = line.trim().split(" +");
        name = parts[0];
        for (int i = 1; i < parts.length; i++) {
            if (parts[i].startsWith("--")) {
                int equals = parts[i].indexOf('=');
                String key = equals < 0 ? parts[i].substring(2) : parts[i].substring(2, equals);
                options.computeIfAbsent(key, k -> new ArrayList<>())
                        .add(equals < 0 ? "" : parts[i].substring(equals + 1));
            } else {
                words.add(parts[i]);
            }
        }
    }

    /** Takes a line apart. */
    public static Command parse(String line) {
        return new Command(line);
    }

    /** What to do. */
    public String name() {
        return name;
    }

    /** A word behind the name, counted from 0. */
    public String word(int index) {
        return words.get(index);
    }

    /** A word that is a number. */
    public int number(int index) {
        return Integer.parseInt(words.get(index));
    }

    /** Tells whether an option was given, with or without a value. */
    public boolean has(String option) {
        return options.containsKey(option);
    }

    /** The value of an option that is given once. */
    public String option(String option, String otherwise) {
        return has(option) ? options.get(option).get(0) : otherwise;
    }

    /** The value of a numeric option. */
    public int option(String option, int otherwise) {
        return has(option) ? Integer.parseInt(options.get(option).get(0)) : otherwise;
    }

    /** All values of an option that may be repeated. */
    public List<String> options(String option) {
        return options.getOrDefault(option, List.of());
    }
}
