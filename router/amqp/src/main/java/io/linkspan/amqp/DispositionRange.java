// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import org.jspecify.annotations.Nullable;

/**
 * Collects dispositions of one direction of a session into a range, so that one frame serves many deliveries. AMQP 1.0
 * part 2, 2.7.6. A disposition that does not continue the range sends it off first. One that belongs to a transaction is
 * never kept: it has to be out before the transfer that discharges the transaction (part 4, 4.4). Confined to the
 * connection's loop.
 */
final class DispositionRange {
    private final boolean receiver;
    private boolean pending;
    private int first;
    private int last;
    private boolean settled;
    private @Nullable DeliveryState state;

    /** A range of dispositions in the role of receiver or of sender. */
    DispositionRange(boolean receiver) {
        this.receiver = receiver;
    }

    @SuppressWarnings("ReferenceEquality") // States are compared by identity: the frequent ones are shared objects.
    void add(int id, @Nullable DeliveryState newState, boolean newSettled, AmqpSession session) {
        if (pending) {
            if (newState == state && newSettled == settled) {
                if (id == last + 1) {
                    last = id;
                    return;
                }
                if (id == first - 1) {
                    first = id;
                    return;
                }
            }
            send(session);
        }
        pending = true;
        first = id;
        last = id;
        settled = newSettled;
        state = newState;
        if (newState != null && newState.isTransactional()) {
            send(session);
        } else {
            session.markDirty();
        }
    }

    /** Writes what is pending. */
    void send(AmqpSession session) {
        if (pending) {
            pending = false;
            session.writer().disposition(session.localChannel(), receiver, first, last, settled, state);
            state = null;
        }
    }

    boolean isPending() {
        return pending;
    }
}
