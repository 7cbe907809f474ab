// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Routes by the bytes of an address text, so that a delivery of an anonymous sender makes no String for an address seen
 * lately. A fixed number of places; a newer text takes the place of an older one. Confined to the core's loop.
 */
public final class RouteLookup {

    /** Places, a power of two. */
    public static final int PLACES = 4096;

    /** Longer texts are looked up each time, in bytes. */
    public static final int MAX_TEXT_BYTES = 512;

    private static final class Entry {
        private final byte[] text;
        private final Route route;

        Entry(byte[] text, Route route) {
            this.text = text;
            this.route = route;
        }
    }

    private final Function<String, Route> routes;
    private final int places;
    private Entry @Nullable [] entries;

    /** A lookup that asks {@code routes} for texts it does not know. */
    public RouteLookup(Function<String, Route> routes) {
        this(routes, PLACES);
    }

    /**
     * A lookup of another size.
     *
     * @param places a power of two
     */
    public RouteLookup(Function<String, Route> routes, int places) {
        this.routes = routes;
        this.places = places;
    }

    /** The route of the text. */
    public Route find(byte[] utf8, int index, int length) {
        if (length > MAX_TEXT_BYTES) {
            return routes.apply(new String(utf8, index, length, StandardCharsets.UTF_8));
        }
        if (entries == null) {
            entries = new Entry[places];
        }
        int place = hash(utf8, index, length) & (places - 1);
        Entry entry = entries[place];
        if (entry != null && Arrays.equals(entry.text, 0, entry.text.length, utf8, index, index + length)) {
            return entry.route;
        }
        byte[] text = Arrays.copyOfRange(utf8, index, index + length);
        Route route = routes.apply(new String(text, StandardCharsets.UTF_8));
        entries[place] = new Entry(text, route);
        return route;
    }

    private static int hash(byte[] bytes, int index, int length) {
        int hash = length;
        for (int i = 0; i < length; i++) {
            hash = 31 * hash + bytes[index + i];
        }
        return hash ^ hash >>> 15;
    }
}
