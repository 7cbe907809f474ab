// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.client;

import io.linkspan.management.json.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One event that a client told, with its members as plain JSON values (String, Long, Boolean, List, Map). */
public record ClientEvent(Map<?, ?> members) {

    /** Reads one line of a client's output. */
    static ClientEvent parse(String line) {
        if (!(Json.parse(line) instanceof Map<?, ?> members)) {
            throw new IllegalStateException("not an event: " + line);
        }
        return new ClientEvent(members);
    }

    /** The name of the event. */
    public String name() {
        return String.valueOf(members.get("event"));
    }

    /** A member, or null when it was left out. */
    public @Nullable Object get(String key) {
        return members.get(key);
    }

    /** A member that has to be a text. */
    public String text(String key) {
        if (members.get(key) instanceof String text) {
            return text;
        }
        throw new IllegalStateException("no text " + key + " in " + this);
    }

    /** A member that has to be a number. */
    public long number(String key) {
        if (members.get(key) instanceof Number number) {
            return number.longValue();
        }
        throw new IllegalStateException("no number " + key + " in " + this);
    }

    /** Tells whether each given member, as pairs of key and value, is there. Numbers are compared as long. */
    boolean has(Object... pairs) {
        for (int i = 0; i < pairs.length; i += 2) {
            Object expected = pairs[i + 1] instanceof Integer number ? Long.valueOf(number) : pairs[i + 1];
            if (!expected.equals(members.get(pairs[i]))) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return Json.write(members, Json.COMPACT);
    }
}
