// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import io.linkspan.management.cli.BusOptions;
import io.linkspan.management.cli.BusUrl;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Where a router is, as the options of a tool say it. */
@Command(name = "bus")
final class Bus {
    @Mixin
    private BusOptions options = new BusOptions(BusUrl.Protocol.AMQP);

    private Bus() {}

    static BusOptions at(int port) {
        Bus bus = new Bus();
        new CommandLine(bus).parseArgs("-b", "127.0.0.1:" + port, "-t", "60");
        return bus.options;
    }
}
