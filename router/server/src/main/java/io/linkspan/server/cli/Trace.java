// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import io.linkspan.management.cli.TraceCommand;

/** {@code linkspan trace}: the way of a message through the network. */
public final class Trace extends TraceCommand {
    /** Makes the command with an AMQP client and the terminal of the process. */
    public Trace() {
        super(AmqpManagementNode::connect, ProcessTerminal.of());
    }
}
