// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

/** Why a link, session or connection is gone. */
public enum Cause {
    /** The peer detached the link. */
    DETACHED,
    /** The peer attached another link of the same name and role in the same session (ANO-17). */
    STOLEN,
    /** The peer ended the session. */
    SESSION_ENDED,
    /** The peer closed the connection. */
    CONNECTION_CLOSED,
    /** The socket went away without a close from the peer. */
    CONNECTION_LOST,
    /** The engine detached, ended or closed, since the peer broke a rule of the protocol; the error says which. */
    VIOLATION,
    /** The application ended the session or closed the connection. */
    LOCAL
}
