// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

/**
 * Ends the process when the user interrupts a tool, as the original tools end: an empty line and exit status 1. Only
 * while it is open.
 */
final class Interruption implements AutoCloseable {
    private static final int EXIT_STATUS = 1;

    private final Thread hook = new Thread(Interruption::interrupted, "interruption");

    Interruption() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private static void interrupted() {
        System.out.print("\n");
        System.out.flush();
        Runtime.getRuntime().halt(EXIT_STATUS);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process ends already: the hook does its work.
            return;
        }
    }
}
