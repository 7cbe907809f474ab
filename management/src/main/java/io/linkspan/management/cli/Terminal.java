// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import java.io.InputStream;
import java.time.Clock;

/**
 * The surroundings of a tool: time, input, and what its output goes to.
 *
 * @param clock time, and the zone of times that are shown
 * @param input standard input
 * @param interactive whether the output is a screen with a person before it
 * @param pause waits between the rounds of {@code --watch}
 * @param editor lets the user change a text
 */
public record Terminal(Clock clock, InputStream input, boolean interactive, Pause pause, Editor editor) {
    /** Output that goes to a file or another program: no colours, one round. */
    public static Terminal plain(Clock clock, InputStream input) {
        return new Terminal(clock, input, false, Pause.NONE, text -> text);
    }
}
