// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

/** Says why a router did not start; the message is one line for people. */
public final class StartFailure extends Exception {
    private static final long serialVersionUID = 1L;

    StartFailure(String message) {
        super(message);
    }

    StartFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
