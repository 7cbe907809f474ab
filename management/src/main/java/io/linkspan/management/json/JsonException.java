// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.json;

/** Text that is not JSON, with the place where reading stopped. */
public final class JsonException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int line;
    private final int column;

    JsonException(String message, int line, int column) {
        super(message);
        this.line = line;
        this.column = column;
    }

    /** Line of the first character that could not be read, counted from 1. */
    public int line() {
        return line;
    }

    /** Column of that character, counted from 1. */
    public int column() {
        return column;
    }
}
