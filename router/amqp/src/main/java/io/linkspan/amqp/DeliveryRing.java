// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The unsettled deliveries of one direction of a session, by delivery-id: the link each belongs to, and an object and a
 * number of the application (where it came from or where it went).
 *
 * <p>Arrays of a power of two in size, indexed by the low bits of the id: putting, finding and removing a delivery costs
 * a few array accesses and no allocation. They are made at the first delivery ({@value #INITIAL_CAPACITY} places) and
 * double while more than half full. A delivery that stays behind while its place is needed again (a straggler) moves to
 * a small table, so memory follows the number of live deliveries and not the span of their ids. How many there may be is
 * limited by {@link AmqpSession#MAX_UNSETTLED_DELIVERIES}. Confined to the connection's loop.
 */
final class DeliveryRing {
    static final int INITIAL_CAPACITY = 16;

    private static final int[] NO_IDS = {};

    private int[] ids = NO_IDS;
    private @Nullable AmqpLink[] links = {};
    private @Nullable Object[] peers = {};
    private int[] keys = NO_IDS;
    private int inRing;
    private final IntTable<Straggler> stragglers = new IntTable<>();

    // The entry that seek() found.
    private @Nullable AmqpLink link;
    private @Nullable Object peer;
    private int key;

    private record Straggler(AmqpLink link, @Nullable Object peer, int key) {}

    /** Number of live deliveries. */
    int size() {
        return inRing + stragglers.size();
    }

    int capacity() {
        return ids.length;
    }

    /** Remembers a delivery, in the place of what was remembered for the same id. */
    void put(int id, AmqpLink owner, @Nullable Object newPeer, int newKey) {
        if (stragglers.size() > 0) {
            stragglers.remove(id);
        }
        if (ids.length == 0) {
            allocate(INITIAL_CAPACITY);
        }
        int slot = id & (ids.length - 1);
        while (links[slot] != null && ids[slot] != id) {
            if (inRing * 2 >= ids.length) {
                grow();
                slot = id & (ids.length - 1);
            } else {
                moveAside(slot);
            }
        }
        set(slot, id, owner, newPeer, newKey);
    }

    private void set(int slot, int id, AmqpLink owner, @Nullable Object newPeer, int newKey) {
        if (links[slot] == null) {
            inRing++;
        }
        ids[slot] = id;
        links[slot] = owner;
        peers[slot] = newPeer;
        keys[slot] = newKey;
    }

    private void moveAside(int slot) {
        AmqpLink owner = links[slot];
        assert owner != null;
        stragglers.put(ids[slot], new Straggler(owner, peers[slot], keys[slot]));
        free(slot);
    }

    private void free(int slot) {
        links[slot] = null;
        peers[slot] = null;
        inRing--;
    }

    private void grow() {
        int[] oldIds = ids;
        AmqpLink[] oldLinks = links;
        Object[] oldPeers = peers;
        int[] oldKeys = keys;
        allocate(oldIds.length * 2);
        for (int i = 0; i < oldIds.length; i++) {
            AmqpLink owner = oldLinks[i];
            if (owner != null) {
                // Places are unique: ids that had different places before still have.
                set(oldIds[i] & (ids.length - 1), oldIds[i], owner, oldPeers[i], oldKeys[i]);
            }
        }
    }

    private void allocate(int capacity) {
        ids = new int[capacity];
        links = new AmqpLink[capacity];
        peers = new Object[capacity];
        keys = new int[capacity];
        inRing = 0;
    }

    /** Finds a delivery; its parts are then given by {@link #link}, {@link #peer} and {@link #key}. */
    boolean seek(int id) {
        if (ids.length > 0) {
            int slot = id & (ids.length - 1);
            if (links[slot] != null && ids[slot] == id) {
                link = links[slot];
                peer = peers[slot];
                key = keys[slot];
                return true;
            }
        }
        if (stragglers.size() > 0) {
            Straggler straggler = stragglers.get(id);
            if (straggler != null) {
                link = straggler.link;
                peer = straggler.peer;
                key = straggler.key;
                return true;
            }
        }
        return false;
    }

    @SuppressWarnings("NullAway") // Asked only after seek() found something.
    AmqpLink link() {
        return link;
    }

    @Nullable
    Object peer() {
        return peer;
    }

    int key() {
        return key;
    }

    /** Forgets a delivery; false when there was none of this id. */
    boolean remove(int id) {
        if (ids.length > 0) {
            int slot = id & (ids.length - 1);
            if (links[slot] != null && ids[slot] == id) {
                free(slot);
                return true;
            }
        }
        return stragglers.size() > 0 && stragglers.remove(id) != null;
    }

    /** Ids of the live deliveries between two ids, both included, in serial order. Allocates; not for the hot path. */
    int[] idsBetween(int first, int last) {
        return select(null, first, last);
    }

    /** Ids of the live deliveries of one link, oldest first, given an id at or before all of them. */
    int[] idsOf(AmqpLink owner, int oldest) {
        return select(owner, oldest, oldest - 1);
    }

    private int[] select(@Nullable AmqpLink owner, int first, int last) {
        int[] found = new int[size()];
        int n = 0;
        for (int i = 0; i < ids.length; i++) {
            AmqpLink at = links[i];
            if (at != null && (owner == null || at == owner)) {
                found[n++] = ids[i];
            }
        }
        for (int id : stragglers.sortedKeys()) {
            Straggler straggler = stragglers.get(id);
            if (straggler != null && (owner == null || straggler.link == owner)) {
                found[n++] = id;
            }
        }
        // Sort by distance from the first, as unsigned numbers; drop what lies behind the last.
        int kept = 0;
        int span = last - first;
        for (int i = 0; i < n; i++) {
            int distance = found[i] - first;
            if (Integer.compareUnsigned(distance, span) <= 0) {
                found[kept++] = distance ^ Integer.MIN_VALUE;
            }
        }
        int[] sorted = Arrays.copyOf(found, kept);
        Arrays.sort(sorted);
        for (int i = 0; i < kept; i++) {
            sorted[i] = (sorted[i] ^ Integer.MIN_VALUE) + first;
        }
        return sorted;
    }

    /** Gives memory back when nothing is live and the arrays had grown. */
    void trim() {
        if (size() == 0 && ids.length > INITIAL_CAPACITY) {
            ids = NO_IDS;
            links = new AmqpLink[0];
            peers = new Object[0];
            keys = NO_IDS;
        }
        link = null;
        peer = null;
    }
}
