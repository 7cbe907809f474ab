// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

/** Lets the user change a text, in the editor of the user's choice. */
@FunctionalInterface
public interface Editor {
    /**
     * Shows a text and waits until the user is done.
     *
     * @return the text as the user left it
     * @throws ToolFailure if there is no editor, or it failed
     */
    String edit(String text);
}
