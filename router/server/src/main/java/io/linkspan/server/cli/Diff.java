// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import io.linkspan.management.cli.DiffCommand;
import io.linkspan.management.config.Surroundings;

/** {@code linkspan diff}: how a running router differs from a file. */
public final class Diff extends DiffCommand {
    /** Makes the command with an AMQP client and the terminal of the process. */
    public Diff() {
        super(AmqpManagementNode::connect, ProcessTerminal.of(), Surroundings.ofSystem());
    }
}
