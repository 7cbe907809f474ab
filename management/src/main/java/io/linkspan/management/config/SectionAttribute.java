// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import io.linkspan.management.schema.ValueType;

/**
 * An attribute as a file gives it.
 *
 * @param name its name as written
 * @param value String, Map or List, in JSON files also Long, BigInteger, Double or Boolean; a JSON null is not given
 * @param line its line, counted from 1
 * @param secret whether problems must not show the value
 */
record SectionAttribute(String name, Object value, int line, boolean secret) {
    /** What problems and answers show in the place of a secret. */
    static final String MASK = "*******";

    private static final int MAX_SHOWN_CHARS = 120;

    /** The value as problems show it. */
    String shown() {
        if (secret) {
            return MASK;
        }
        String text = value instanceof String string ? string : ValueType.quoted(value);
        return text.length() <= MAX_SHOWN_CHARS ? text : text.substring(0, MAX_SHOWN_CHARS) + "...";
    }

    /** The same, with a value that problems do not show. */
    SectionAttribute hidden() {
        return new SectionAttribute(name, value, line, true);
    }
}
