// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import org.jspecify.annotations.Nullable;

/**
 * Publishes the core has, by their number. The numbers grow, and one whose slot is taken by a straggler is passed over,
 * so every publish is found in the slot of its number's lower bits. The size follows how many there are. Confined to the
 * connection's loop.
 */
final class PendingTable {

    private static final int FIRST_SIZE = 16;

    private @Nullable PendingPublish[] slots = new @Nullable PendingPublish[0];
    private int count;

    int size() {
        return count;
    }

    @Nullable
    PendingPublish get(int key) {
        PendingPublish pending = count == 0 ? null : slots[key & slots.length - 1];
        return pending != null && pending.key == key ? pending : null;
    }

    /** Gives a publish the next free number after {@code last}. */
    void add(PendingPublish pending, int last) {
        if (2 * (count + 1) > slots.length) {
            grow();
        }
        int mask = slots.length - 1;
        int key = last + 1;
        while (slots[key & mask] != null) {
            key++;
        }
        pending.key = key;
        slots[key & mask] = pending;
        count++;
    }

    void remove(PendingPublish pending) {
        slots[pending.key & slots.length - 1] = null;
        count--;
    }

    private void grow() {
        @Nullable PendingPublish[] old = slots;
        slots = new @Nullable PendingPublish[Math.max(FIRST_SIZE, old.length * 2)];
        for (PendingPublish pending : old) {
            if (pending != null) {
                slots[pending.key & slots.length - 1] = pending;
            }
        }
    }
}
