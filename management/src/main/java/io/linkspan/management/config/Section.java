// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A section as a file gives it: one entity in the making.
 *
 * @param name its name as written
 * @param line the line it begins on, counted from 1
 * @param attributes its attributes in order, the same name perhaps more than once
 * @param damaged whether lines of it could not be read, so that what is missing is no further problem
 */
record Section(String name, int line, List<SectionAttribute> attributes, boolean damaged) {
    private static final String SEPARATORS = " _.-";

    Section(String name, int line) {
        this(name, line, new ArrayList<>(), false);
    }

    Section asDamaged() {
        return new Section(name, line, attributes, true);
    }

    /**
     * The spelling of the schema: split at blank, underscore, dash and dot; the first word stays, each later word gets
     * a capital and the rest in lower case. {@code max-frame-size} is maxFrameSize.
     */
    static String camelCase(String name) {
        if (name.chars().noneMatch(c -> SEPARATORS.indexOf(c) >= 0)) {
            return name;
        }
        String[] words = name.split("[ _.-]", -1);
        StringBuilder camel = new StringBuilder(words[0]);
        for (int i = 1; i < words.length; i++) {
            if (!words[i].isEmpty()) {
                int second = words[i].offsetByCodePoints(0, 1);
                camel.append(words[i].substring(0, second).toUpperCase(Locale.ROOT));
                camel.append(words[i].substring(second).toLowerCase(Locale.ROOT));
            }
        }
        return camel.toString();
    }
}
