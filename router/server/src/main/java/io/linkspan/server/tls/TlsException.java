// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.tls;

/** Says why an sslProfile cannot be used. It stops the start; nothing weaker takes its place. */
public final class TlsException extends Exception {
    private static final long serialVersionUID = 1L;

    TlsException(String message) {
        super(message);
    }

    TlsException(String message, Throwable cause) {
        super(message + ": " + (cause.getMessage() == null ? cause.getClass().getName() : cause.getMessage()), cause);
    }
}
