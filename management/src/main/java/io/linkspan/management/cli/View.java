// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

/** One display of the stat tool: asks the node and prints what it found. */
@FunctionalInterface
interface View {
    /**
     * Prints the view.
     *
     * @throws ToolFailure if the node does not answer, or leaves out what the view needs
     */
    void show(Screen screen);
}
