// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
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
    public Route find(ByteBuf utf8, int index, int length) {
        if (length > MAX_TEXT_BYTES) {
            return routes.apply(utf8.toString(index, length, StandardCharsets.UTF_8));
        }
        if (entries == null) {
            entries = new Entry[places];
        }
        int place = hash(utf8, index, length) & (places - 1);
        Entry entry = entries[place];
        if (entry != null && equal(entry.text, utf8, index, length)) {
            return entry.route;
        }
        byte[] text = new byte[length];
        utf8.getBytes(index, text);
        Route route = routes.apply(new String(text, StandardCharsets.UTF_8));
        entries[place] = new Entry(text, route);
        return route;
    }

    private static int hash(ByteBuf bytes, int index, int length) {
        int hash = length;
        for (int i = 0; i < length; i++) {
            hash = 31 * hash + bytes.getByte(index + i);
        }
        return hash ^ hash >>> 15;
    }

    private static boolean equal(byte[] text, ByteBuf bytes, int index, int length) {
        if (text.length != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (text[i] != bytes.getByte(index + i)) {
                return false;
            }
        }
        return true;
    }
}
