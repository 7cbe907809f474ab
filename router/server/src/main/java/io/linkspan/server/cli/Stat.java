// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import io.linkspan.management.cli.StatCommand;

/** {@code linkspan stat}, the successor of qdstat. */
public final class Stat extends StatCommand {
    /** Makes the command with an AMQP client and the terminal of the process. */
    public Stat() {
        super(AmqpManagementNode::connect, ProcessTerminal.of());
    }
}
