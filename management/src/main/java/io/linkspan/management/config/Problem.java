// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import java.util.StringJoiner;

/**
 * One thing wrong with, or worth saying about, a configuration file.
 *
 * @param severity how grave it is
 * @param file path of the file as it was given
 * @param line line in the file, counted from 1; 0 if it is about the file as a whole
 * @param section name of the section as it is written there; empty outside of sections
 * @param attribute name of the attribute as it is written there; empty if it is about the section
 * @param value the value that was given, masked if it is secret; empty if there is none
 * @param message what is wrong, in the original's words where it has some
 * @param expected what would have been right; empty where the message says it
 */
public record Problem(
        Severity severity,
        String file,
        int line,
        String section,
        String attribute,
        String value,
        String message,
        String expected) {

    /**
     * The problem as one line for people. A fatal one begins as the original's message does, so that scripts that
     * look for it find it: {@code Cannot load configuration file PATH: MESSAGE (line N, SECTION.ATTRIBUTE = 'VALUE';
     * expected EXPECTED)}.
     */
    public String render() {
        String what = message + place();
        return switch (severity) {
            case FATAL -> "Cannot load configuration file " + file + ": " + what;
            case ERROR -> file + ": error: " + what;
            case WARNING -> file + ": warning: " + what;
            case ADVICE -> file + ": advice: " + what;
        };
    }

    private String place() {
        StringJoiner place = new StringJoiner(", ", " (", ")").setEmptyValue("");
        if (line > 0 && !message.contains("(line " + line + ")")) {
            place.add("line " + line);
        }
        if (!section.isEmpty()) {
            String subject = attribute.isEmpty() ? section : section + '.' + attribute;
            place.add(value.isEmpty() ? subject : subject + " = '" + value + '\'');
        }
        if (!expected.isEmpty()) {
            place.add("expected " + expected);
        }
        return place.toString();
    }
}
