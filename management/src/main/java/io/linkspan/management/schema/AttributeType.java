// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.schema;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One attribute of an entity type.
 *
 * @param name its one spelling
 * @param type what values it has
 * @param defaultValue its value when none is given, of the type; null if there is none
 * @param words what the schema says about it
 * @param deprecatedName a former spelling that is still taken; null if there is none
 * @param range integers allowed; null if any is, or if it is no integer
 * @param description one sentence for people; empty where the name says it
 */
public record AttributeType(
        String name,
        ValueType type,
        @Nullable Object defaultValue,
        Set<Word> words,
        @Nullable String deprecatedName,
        @Nullable Range range,
        String description) {
    /** What the schema may say about an attribute, in the words of the resource. */
    public enum Word {
        /** Has to be given. */
        REQUIRED,
        /** No two entities, of any types, have the same value. */
        UNIQUE,
        /** Still taken, with a warning. */
        DEPRECATED,
        /** May be given in CREATE. */
        CREATE,
        /** May be given in UPDATE. */
        UPDATE,
        /** A counter or gauge. */
        STATISTIC,
        /** Never shown: answers and messages have asterisks in its place. */
        HIDDEN,
        /** Recognised, but this version does not act upon it. */
        LATER,
        /** Recognised, but start refuses any value but the default, since this version could not honour it. */
        UNAVAILABLE
    }

    /**
     * The integers an attribute may have: low to high, and perhaps -1 apart from them.
     *
     * @param low least
     * @param high greatest
     * @param minusOne whether -1 is allowed too
     */
    public record Range(long low, long high, boolean minusOne) {
        /** Reads {@code L..H} or {@code -1,L..H}. */
        static Range parse(String text) {
            boolean minusOne = text.startsWith("-1,");
            String bounds = minusOne ? text.substring(3) : text;
            int dots = bounds.indexOf("..");
            return new Range(
                    Long.parseLong(bounds.substring(0, dots)), Long.parseLong(bounds.substring(dots + 2)), minusOne);
        }

        /** True if the integer is allowed. */
        public boolean contains(long value) {
            return (value >= low && value <= high) || (minusOne && value == -1);
        }

        @Override
        public String toString() {
            return (minusOne ? "-1 or " : "") + low + " to " + high;
        }
    }

    /** Copies the words. */
    public AttributeType {
        words = Set.copyOf(words);
    }

    /** True if the schema says this of the attribute. */
    public boolean is(Word word) {
        return words.contains(word);
    }
}
