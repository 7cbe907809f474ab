// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp.codec;

/**
 * Bytes of a peer that are not AMQP 1.0 types: truncated, of unknown type, too deep, or with sizes that contradict each
 * other. An operating error, so it carries no stack trace; the message has the numbers.
 */
public final class MalformedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MalformedException(String message) {
        super(message, null, false, false);
    }
}
