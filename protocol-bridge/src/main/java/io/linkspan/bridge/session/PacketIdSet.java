// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

/**
 * Packet identifiers in use by a publisher. An open-addressing table whose size follows their number, at most 65535.
 * Confined to the connection's loop.
 */
final class PacketIdSet {

    private static final int FIRST_SIZE = 16;

    /** Identifiers; 0 is no identifier, so it marks a free slot. */
    private char[] slots = new char[0];

    private int count;

    int size() {
        return count;
    }

    boolean contains(int id) {
        return count > 0 && slots[slot(id)] == id;
    }

    /** Adds an identifier, 1 .. 65535; false if it was there. */
    boolean add(int id) {
        if (2 * (count + 1) > slots.length) {
            grow();
        }
        int slot = slot(id);
        if (slots[slot] == id) {
            return false;
        }
        slots[slot] = (char) id;
        count++;
        return true;
    }

    /** Takes an identifier out; nothing happens if it is not there. */
    void remove(int id) {
        if (!contains(id)) {
            return;
        }
        count--;
        int mask = slots.length - 1;
        int hole = slot(id);
        slots[hole] = 0;
        // Entries behind the hole that could not be placed earlier move up.
        for (int i = hole + 1 & mask; slots[i] != 0; i = i + 1 & mask) {
            int home = home(slots[i]);
            if ((i - home & mask) >= (i - hole & mask)) {
                slots[hole] = slots[i];
                slots[i] = 0;
                hole = i;
            }
        }
    }

    private int slot(int id) {
        int mask = slots.length - 1;
        int slot = home(id);
        while (slots[slot] != 0 && slots[slot] != id) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private int home(int id) {
        return id & slots.length - 1;
    }

    private void grow() {
        char[] old = slots;
        slots = new char[Math.max(FIRST_SIZE, old.length * 2)];
        for (char id : old) {
            if (id != 0) {
                slots[slot(id)] = id;
            }
        }
    }
}
