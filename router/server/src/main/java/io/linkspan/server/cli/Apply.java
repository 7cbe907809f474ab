// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import io.linkspan.management.cli.ApplyCommand;
import io.linkspan.management.config.Surroundings;

/** {@code linkspan apply}: make a running router have what a file has. */
public final class Apply extends ApplyCommand {
    /** Makes the command with an AMQP client and the terminal of the process. */
    public Apply() {
        super(AmqpManagementNode::connect, ProcessTerminal.of(), Surroundings.ofSystem());
    }
}
