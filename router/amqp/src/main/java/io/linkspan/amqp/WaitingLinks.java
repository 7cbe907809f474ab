// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The outgoing links of a session that wait for window or socket, first come first served. A link is in it at most once;
 * being in it costs no allocation. Confined to the connection's loop.
 */
final class WaitingLinks {
    private @Nullable OutgoingLink head;
    private @Nullable OutgoingLink tail;
    private int size;

    int size() {
        return size;
    }

    void add(OutgoingLink link) {
        if (link.waiting) {
            return;
        }
        link.waiting = true;
        link.nextWaiting = null;
        if (tail == null) {
            head = link;
        } else {
            tail.nextWaiting = link;
        }
        tail = link;
        size++;
    }

    OutgoingLink remove() {
        OutgoingLink link = Objects.requireNonNull(head);
        head = link.nextWaiting;
        if (head == null) {
            tail = null;
        }
        size--;
        link.waiting = false;
        link.nextWaiting = null;
        return link;
    }

    void clear() {
        while (size > 0) {
            remove();
        }
    }
}
