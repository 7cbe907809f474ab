// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

/** Ends the reading of a map whose text cannot be read; caught by the grammar, which goes on behind the section. */
final class SyntaxException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int line;
    private final String expected;

    SyntaxException(String message, int line, String expected) {
        super(message);
        this.line = line;
        this.expected = expected;
    }

    int line() {
        return line;
    }

    String expected() {
        return expected;
    }
}
