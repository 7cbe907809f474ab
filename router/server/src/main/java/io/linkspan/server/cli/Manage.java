// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import io.linkspan.management.cli.ManageCommand;

/** {@code linkspan manage}, the successor of qdmanage. */
public final class Manage extends ManageCommand {
    /** Makes the command with an AMQP client and the terminal of the process. */
    public Manage() {
        super(AmqpManagementNode::connect, ProcessTerminal.of());
    }
}
