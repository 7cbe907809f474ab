// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.schema;

/** What became of a value given for an attribute. */
public sealed interface Conversion {
    /**
     * A value of the attribute's type: String, Long, Boolean, {@link java.util.Map} or {@link java.util.List}.
     *
     * @param value the value, immutable if it is a map or list
     */
    record Converted(Object value) implements Conversion {}

    /**
     * A value that the attribute cannot have.
     *
     * @param message the original's words for it, without the entity's name
     * @param expected what would have been taken
     */
    record Refused(String message, String expected) implements Conversion {}
}
