// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import io.linkspan.management.cli.StatCommand;
import java.time.Clock;
import java.time.ZoneId;

/** {@code linkspan stat}, the successor of qdstat. */
public final class Stat extends StatCommand {
    /** Makes the command with an AMQP client and the clock of the system. */
    public Stat() {
        super(AmqpManagementNode::connect, Clock.system(ZoneId.systemDefault()));
    }
}
