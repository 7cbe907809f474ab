// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import io.linkspan.management.cli.ManageCommand;
import java.time.Clock;
import java.time.ZoneId;

/** {@code linkspan manage}, the successor of qdmanage. */
public final class Manage extends ManageCommand {
    /** Makes the command with an AMQP client, the clock and the standard input of the system. */
    public Manage() {
        super(AmqpManagementNode::connect, Clock.system(ZoneId.systemDefault()), System.in);
    }
}
