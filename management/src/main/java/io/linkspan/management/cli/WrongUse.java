// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

/** The user called a tool in a way that means nothing; what follows is the usage, the message, and exit status 2. */
final class WrongUse extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WrongUse(String message) {
        super(message);
    }
}
