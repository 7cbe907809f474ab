// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import java.util.ArrayList;
import java.util.List;

/**
 * In which order the deliveries of one client's session came that are routed to one container. Its links wait each on
 * their own for window, socket or credit; what is sent to a coordinator waits besides for all that the session has sent
 * before, as a discharge ends the transaction that those deliveries belong to (AMQP 1.0 part 4, 4.3). Confined to the
 * loop.
 */
final class SessionOrder {

    private final List<RoutedLink> senders = new ArrayList<>(1);
    private long arrivals;

    /** A link on which the client sends. */
    void add(RoutedLink sender) {
        senders.add(sender);
    }

    /** It is gone, with what waited. */
    void remove(RoutedLink sender) {
        if (senders.remove(sender)) {
            moved();
        }
    }

    /** The number of a delivery that begins to come. */
    long next() {
        return ++arrivals;
    }

    /** Whether all that came before has gone. */
    boolean isTurnOf(long number) {
        for (int i = 0; i < senders.size(); i++) {
            if (!senders.get(i).isCoordinator() && senders.get(i).waitsSince() < number) {
                return false;
            }
        }
        return true;
    }

    /** Something that waited has gone, or will never go. */
    void moved() {
        // From the end: a link may be over with what it sends here.
        for (int i = senders.size() - 1; i >= 0; i--) {
            if (i < senders.size() && senders.get(i).isCoordinator()) {
                senders.get(i).turnMayHaveCome();
            }
        }
    }
}
