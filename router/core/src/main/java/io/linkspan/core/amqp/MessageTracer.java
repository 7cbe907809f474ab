// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import io.linkspan.core.link.Link;
import io.netty.buffer.ByteBuf;

/** Sees each message of a connection while its messages are logged; called on the connection's loop. */
@FunctionalInterface
public interface MessageTracer {
    /**
     * A message that came or goes.
     *
     * @param sent true for one that goes to the peer
     * @param bytes holds the message, or as much of it as has come when it is cut through; valid during the call only
     * @param offset where it begins
     * @param length its octets
     */
    void message(boolean sent, Link link, ByteBuf bytes, int offset, int length);
}
