// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A command line read as getopt_long(3) does: short options alone or together, long ones in full or shortened as far as
 * they stay unique, arguments attached or next, {@code --} before the rest, other words anywhere.
 *
 * @param values argument of each option that was given, by its letter; empty for options without argument
 * @param rest words that are no options
 * @param error what is wrong, in getopt's words without the program's name; empty if nothing is
 */
record GnuOptions(Map<Character, String> values, List<String> rest, String error) {
    /**
     * An option.
     *
     * @param letter its short form
     * @param word its long form
     * @param takesArgument whether an argument follows
     */
    record Option(char letter, String word, boolean takesArgument) {}

    static GnuOptions read(List<Option> options, List<String> arguments) {
        return new Reader(options, arguments).read();
    }

    boolean has(char letter) {
        return values.containsKey(letter);
    }

    private static final class Reader {
        private final List<Option> options;
        private final List<String> arguments;
        private final Map<Character, String> values = new LinkedHashMap<>();
        private final List<String> rest = new ArrayList<>();
        private String error = "";
        private int next;

        Reader(List<Option> options, List<String> arguments) {
            this.options = options;
            this.arguments = arguments;
        }

        GnuOptions read() {
            while (next < arguments.size() && error.isEmpty()) {
                String argument = arguments.get(next++);
                if (argument.equals("--")) {
                    rest.addAll(arguments.subList(next, arguments.size()));
                    break;
                }
                if (argument.startsWith("--")) {
                    longOption(argument.substring(2));
                } else if (argument.length() > 1 && argument.charAt(0) == '-') {
                    shortOptions(argument);
                } else {
                    rest.add(argument);
                }
            }
            return new GnuOptions(Map.copyOf(values), List.copyOf(rest), error);
        }

        private void longOption(String text) {
            int equals = text.indexOf('=');
            String word = equals < 0 ? text : text.substring(0, equals);
            List<Option> fitting = options.stream()
                    .filter(option -> option.word().equals(word))
                    .toList();
            if (fitting.isEmpty()) {
                fitting = options.stream()
                        .filter(option -> option.word().startsWith(word))
                        .toList();
            }
            if (fitting.isEmpty()) {
                error = "unrecognized option '--" + word + "'";
            } else if (fitting.size() > 1) {
                StringBuilder possible = new StringBuilder();
                fitting.forEach(
                        option -> possible.append(" '--").append(option.word()).append('\''));
                error = "option '--" + word + "' is ambiguous; possibilities:" + possible;
            } else if (!fitting.get(0).takesArgument()) {
                if (equals >= 0) {
                    error = "option '--" + fitting.get(0).word() + "' doesn't allow an argument";
                }
                values.put(fitting.get(0).letter(), "");
            } else if (equals >= 0) {
                values.put(fitting.get(0).letter(), text.substring(equals + 1));
            } else if (next < arguments.size()) {
                values.put(fitting.get(0).letter(), arguments.get(next++));
            } else {
                error = "option '--" + fitting.get(0).word() + "' requires an argument";
            }
        }

        private void shortOptions(String argument) {
            for (int i = 1; i < argument.length() && error.isEmpty(); i++) {
                char letter = argument.charAt(i);
                Option option = options.stream()
                        .filter(known -> known.letter() == letter)
                        .findFirst()
                        .orElse(null);
                if (option == null) {
                    error = "invalid option -- '" + letter + "'";
                } else if (!option.takesArgument()) {
                    values.put(letter, "");
                } else if (i + 1 < argument.length()) {
                    values.put(letter, argument.substring(i + 1));
                    return;
                } else if (next < arguments.size()) {
                    values.put(letter, arguments.get(next++));
                } else {
                    error = "option requires an argument -- '" + letter + "'";
                }
            }
        }
    }
}
