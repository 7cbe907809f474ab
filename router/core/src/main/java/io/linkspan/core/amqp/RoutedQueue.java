// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import io.linkspan.core.delivery.MessageStream;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What of a routed link waits for the receiver's window, socket or credit, in order. With more than {@link #HOLD_BYTES}
 * the sender's session is held, until {@link #RESUME_BYTES} or fewer are left (routing LNK-26). Owns its pieces. Confined
 * to the loop.
 */
final class RoutedQueue {

    /** Waiting bytes above which the sender is held. */
    static final int HOLD_BYTES = MessageStream.HOLD_BYTES;

    /** Waiting bytes at or below which it goes on. */
    static final int RESUME_BYTES = MessageStream.RESUME_BYTES;

    private final RoutedLink link;
    private @Nullable ArrayDeque<RoutedPiece> pieces;
    private int bytes;
    private int deliveries;
    private boolean held;
    private boolean pumping;

    RoutedQueue(RoutedLink link) {
        this.link = link;
    }

    boolean isEmpty() {
        return pieces == null || pieces.isEmpty();
    }

    /** Deliveries that have not begun to go. */
    int deliveries() {
        return deliveries;
    }

    boolean beginsWithFirst() {
        RoutedPiece next = next();
        return next != null && next.first;
    }

    /** What goes next; null when nothing waits. */
    @Nullable
    RoutedPiece next() {
        return pieces == null ? null : pieces.peek();
    }

    void add(RoutedPiece piece) {
        if (pieces == null) {
            pieces = new ArrayDeque<>();
        }
        pieces.add(piece);
        bytes += piece.weight();
        deliveries += piece.first ? 1 : 0;
        if (!held && bytes > HOLD_BYTES) {
            held = true;
            link.holdSender();
        }
    }

    /** Sends what can go. */
    void pump() {
        ArrayDeque<RoutedPiece> waiting = pieces;
        if (waiting == null || waiting.isEmpty() || pumping) {
            return;
        }
        pumping = true;
        try {
            RoutedPiece next;
            while ((next = waiting.peek()) != null && link.send(next)) {
                waiting.remove();
                forget(next);
            }
        } finally {
            pumping = false;
        }
        resumeIfLow();
        if (waiting.isEmpty()) {
            link.queueEmptied();
        }
    }

    /**
     * Takes out the pieces of a delivery whose end has not come.
     *
     * @return whether its first piece was among them, so that nothing of it has gone
     */
    boolean dropUnfinished() {
        ArrayDeque<RoutedPiece> waiting = pieces;
        boolean whole = false;
        RoutedPiece last;
        while (waiting != null && !whole && (last = waiting.peekLast()) != null && !last.last) {
            waiting.removeLast();
            whole = last.first;
            forget(last);
        }
        resumeIfLow();
        return whole;
    }

    private void forget(RoutedPiece piece) {
        bytes -= piece.weight();
        deliveries -= piece.first ? 1 : 0;
        piece.release();
    }

    private void resumeIfLow() {
        if (held && bytes <= RESUME_BYTES) {
            held = false;
            link.resumeSender();
        }
    }

    /** Drops everything. */
    void close() {
        ArrayDeque<RoutedPiece> waiting = pieces;
        RoutedPiece next;
        while (waiting != null && (next = waiting.poll()) != null) {
            forget(next);
        }
        resumeIfLow();
    }
}
