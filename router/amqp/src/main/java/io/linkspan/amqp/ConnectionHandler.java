// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import org.jspecify.annotations.Nullable;

/**
 * What a connection's application hears. Called on the connection's loop, from within {@link AmqpEngine#receive},
 * {@link AmqpEngine#tick}, {@link AmqpEngine#flush} and {@link AmqpEngine#transportClosed}. Any command of the engine, its
 * sessions and links may be given from within a call.
 *
 * <p>When a session or connection goes, its links hear of it first ({@code onDetached}), then each session
 * ({@link #onSessionEnded}), then the connection ({@link #onClosed}).
 */
public interface ConnectionHandler {
    /**
     * The peer opened. On a connection that came in, the handler answers before it returns: {@link AmqpEngine#open}, or
     * {@link AmqpEngine#close}, or both to refuse with our name (POL-05).
     */
    void onOpen(Open remote);

    /**
     * The peer began a session. It is accepted when the call returns, unless {@link AmqpSession#refuse} was called in
     * it.
     */
    void onSession(AmqpSession session);

    /** The peer wants to send to us. Answer now or later: {@link IncomingLink#accept} or {@link AmqpLink#refuse}. */
    void onIncomingAttach(IncomingLink link, Attach remote);

    /** The peer wants to receive from us. Answer now or later: {@link OutgoingLink#accept} or {@link AmqpLink#refuse}. */
    void onOutgoingAttach(OutgoingLink link, Attach remote);

    /** A link that the application has not answered yet is gone; it must not be answered any more. */
    void onWithdrawn(AmqpLink link, Cause cause, @Nullable AmqpError error);

    /** A session is gone, one that the application ended included. */
    void onSessionEnded(AmqpSession session, Cause cause, @Nullable AmqpError error);

    /**
     * The connection is gone: for the protocol, though the socket may still flush. The last call.
     *
     * @param error the peer's reason, or ours
     */
    void onClosed(Cause cause, @Nullable AmqpError error);
}
