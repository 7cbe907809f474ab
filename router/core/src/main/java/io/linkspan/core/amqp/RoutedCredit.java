// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import io.linkspan.amqp.IncomingLink;
import io.linkspan.amqp.OutgoingLink;

/**
 * The credit of a routed link: what the receiver has given is what the sender has (routing LNK-10, LNK-11). It is
 * weighed, not counted along: the sender's credit is the receiver's less the deliveries that have come and not begun to
 * go, and less what the sender has given up in answer to a drain that goes on. So whatever crosses on the way, and a
 * delivery that never goes on, leaves both ends with the same. Confined to the loop of both connections.
 */
final class RoutedCredit {

    private final IncomingLink from;
    private final OutgoingLink to;

    /** Given up by the sender, while the receiver, which drains, still counts on it. */
    private int givenUp;

    RoutedCredit(IncomingLink from, OutgoingLink to) {
        this.from = from;
        this.to = to;
    }

    /** The sender has told its delivery-count. */
    void senderTold() {
        givenUp += from.takeGivenUp();
    }

    /**
     * Gives the sender what it lacks or takes back what it has too much, asks it to drain as long as the receiver does, and
     * answers the receiver when nothing can come any more.
     *
     * @param between deliveries that have come and not begun to go
     * @param allGone whether nothing that has come waits to go on
     */
    void balance(int between, boolean allGone) {
        boolean draining = to.draining();
        if (!draining) {
            givenUp = 0;
        }
        int lacking = to.credit() - between - givenUp - from.credit();
        if (lacking > 0) {
            from.issueCredit(lacking);
        } else if (lacking < 0) {
            from.takeBackCredit(-lacking);
        }
        if (!draining) {
            if (from.draining()) {
                from.issueCredit(0);
            }
        } else if (from.credit() > 0) {
            if (!from.draining()) {
                from.drain();
            }
        } else if (allGone) {
            to.drained();
            givenUp = 0;
        }
    }
}
