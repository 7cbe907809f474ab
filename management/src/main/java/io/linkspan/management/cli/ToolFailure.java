// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

/**
 * An expected end of a tool's run, with the name of the class the original tools print before the text.
 *
 * <p>It is printed on standard output as {@code Category: text}, and the exit code is 1.
 */
public final class ToolFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String category;

    /** Makes a failure without a cause. */
    public ToolFailure(String category, String text) {
        super(text);
        this.category = category;
    }

    /** Makes a failure that an exception of a library caused. */
    public ToolFailure(String category, String text, Throwable cause) {
        super(text, cause);
        this.category = category;
    }

    /** The name before the colon, for example {@code ConnectionException}. */
    public String category() {
        return category;
    }

    /** The line that is printed. */
    public String line() {
        return category + ": " + getMessage();
    }
}
