// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import io.linkspan.core.delivery.Origin;
import org.jspecify.annotations.Nullable;

/**
 * Publishes sent to a client that it has not acknowledged, by packet identifier.
 *
 * <p>A ring: an identifier is in the slot of its lower bits. Identifiers are given in turn; one whose slot is taken by a
 * straggler is passed over. Arrays grow with the number in flight, up to 65535. Confined to the connection's loop.
 */
final class InFlight {

    /** Visits what is in flight and not forgotten. */
    @FunctionalInterface
    interface Visitor {
        void inFlight(Origin origin, int key);
    }

    private static final int FIRST_SIZE = 16;
    private static final int LAST_SIZE = 65_536;

    /** Identifier in each slot; 0: free. */
    private char[] ids = new char[0];
    /** Where the outcome goes; null if nobody wants it any more. */
    private @Nullable Origin[] origins = new @Nullable Origin[0];

    private int[] keys = new int[0];
    private int count;
    private int last;

    int count() {
        return count;
    }

    /** Takes an identifier, 1 .. 65535, for a delivery; there are fewer than 65535 in flight. */
    int add(@Nullable Origin origin, int key) {
        if (2 * (count + 1) > ids.length && ids.length < LAST_SIZE) {
            grow();
        }
        int mask = ids.length - 1;
        int id = last;
        do {
            id = id == 65_535 ? 1 : id + 1;
        } while (ids[id & mask] != 0);
        last = id;
        int slot = id & mask;
        ids[slot] = (char) id;
        origins[slot] = origin;
        keys[slot] = key;
        count++;
        return id;
    }

    boolean contains(int id) {
        return count > 0 && id != 0 && ids[id & ids.length - 1] == id;
    }

    /** The origin of the delivery with an identifier that is in flight; null if it was forgotten. */
    @Nullable
    Origin origin(int id) {
        return origins[id & ids.length - 1];
    }

    /** The origin's number for it. */
    int key(int id) {
        return keys[id & keys.length - 1];
    }

    /** Nobody waits for the outcome any more; the identifier stays taken. */
    void forget(int id) {
        if (contains(id)) {
            origins[id & ids.length - 1] = null;
        }
    }

    /** Frees an identifier. */
    void remove(int id) {
        int slot = id & ids.length - 1;
        ids[slot] = 0;
        origins[slot] = null;
        count--;
    }

    void forEach(Visitor visitor) {
        for (int i = 0; i < ids.length; i++) {
            Origin origin = origins[i];
            if (ids[i] != 0 && origin != null) {
                origins[i] = null;
                visitor.inFlight(origin, keys[i]);
            }
        }
    }

    private void grow() {
        char[] oldIds = ids;
        @Nullable Origin[] oldOrigins = origins;
        int[] oldKeys = keys;
        int size = Math.max(FIRST_SIZE, ids.length * 2);
        ids = new char[size];
        origins = new @Nullable Origin[size];
        keys = new int[size];
        for (int i = 0; i < oldIds.length; i++) {
            if (oldIds[i] != 0) {
                int slot = oldIds[i] & size - 1;
                ids[slot] = oldIds[i];
                origins[slot] = oldOrigins[i];
                keys[slot] = oldKeys[i];
            }
        }
    }
}
