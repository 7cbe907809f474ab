// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import io.linkspan.management.cli.ExplainCommand;

/** {@code linkspan explain}: what becomes of a message or a receiver. */
public final class Explain extends ExplainCommand {
    /** Makes the command with an AMQP client and the terminal of the process. */
    public Explain() {
        super(AmqpManagementNode::connect, ProcessTerminal.of());
    }
}
