// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import io.linkspan.amqp.codec.Symbol;

/**
 * The conditions we put on the wire, with their symbols: those of AMQP 1.0 (part 2, 2.8.15 to 2.8.18; part 4, 4.5.8)
 * and the router's own. A peer may send others; {@link AmqpError} carries any symbol.
 */
public enum ErrorCondition {
    INTERNAL_ERROR("amqp:internal-error"),
    NOT_FOUND("amqp:not-found"),
    UNAUTHORIZED_ACCESS("amqp:unauthorized-access"),
    DECODE_ERROR("amqp:decode-error"),
    RESOURCE_LIMIT_EXCEEDED("amqp:resource-limit-exceeded"),
    NOT_ALLOWED("amqp:not-allowed"),
    INVALID_FIELD("amqp:invalid-field"),
    NOT_IMPLEMENTED("amqp:not-implemented"),
    RESOURCE_LOCKED("amqp:resource-locked"),
    PRECONDITION_FAILED("amqp:precondition-failed"),
    RESOURCE_DELETED("amqp:resource-deleted"),
    ILLEGAL_STATE("amqp:illegal-state"),
    FRAME_SIZE_TOO_SMALL("amqp:frame-size-too-small"),

    CONNECTION_FORCED("amqp:connection:forced"),
    FRAMING_ERROR("amqp:connection:framing-error"),
    CONNECTION_REDIRECT("amqp:connection:redirect"),

    WINDOW_VIOLATION("amqp:session:window-violation"),
    ERRANT_LINK("amqp:session:errant-link"),
    HANDLE_IN_USE("amqp:session:handle-in-use"),
    UNATTACHED_HANDLE("amqp:session:unattached-handle"),
    /** Not in the specification; what the original sends for delivery-ids out of sequence. */
    SESSION_INVALID_FIELD("amqp:session:invalid-field"),

    DETACH_FORCED("amqp:link:detach-forced"),
    TRANSFER_LIMIT_EXCEEDED("amqp:link:transfer-limit-exceeded"),
    MESSAGE_SIZE_EXCEEDED("amqp:link:message-size-exceeded"),
    LINK_REDIRECT("amqp:link:redirect"),
    STOLEN("amqp:link:stolen"),

    TRANSACTION_UNKNOWN_ID("amqp:transaction:unknown-id"),
    TRANSACTION_ROLLBACK("amqp:transaction:rollback"),
    TRANSACTION_TIMEOUT("amqp:transaction:timeout"),

    NO_ROUTE_TO_DEST("qd:no-route-to-dest"),
    ROUTED_LINK_LOST("qd:routed-link-lost"),
    FORBIDDEN("qd:forbidden"),
    CONNECTION_ROLE("qd:connection-role"),
    LINK_EXPIRATION("qd:link-expiration");

    private final String symbol;

    ErrorCondition(String symbol) {
        this.symbol = symbol;
    }

    /** The name on the wire. */
    public Symbol symbol() {
        return new Symbol(symbol);
    }

    /** An error of this condition. */
    public AmqpError error(String description) {
        return new AmqpError(symbol(), description, null);
    }
}
