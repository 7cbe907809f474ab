// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/**
 * The commands of the {@code linkspan} program besides {@code router}, in the order in which the help lists them.
 *
 * <p>A command is a picocli command object that answers its exit status. It is made only when it is called, so that
 * starting the router or one command loads nothing of the others.
 */
public final class Subcommands {
    private static final List<Subcommand> ALL = List.of(
            new Subcommand("check", "tell what is wrong with a configuration file", Check::new),
            new Subcommand("diff", "compare a running router with a configuration file", Diff::new),
            new Subcommand("apply", "make a running router have what a configuration file has", Apply::new),
            new Subcommand("explain", "tell what becomes of a message or a receiver", Explain::new),
            new Subcommand("stat", "show status and statistics of a router, as qdstat does", Stat::new),
            new Subcommand("manage", "send a management operation to a router, as qdmanage does", Manage::new),
            new Subcommand("send", "send messages by AMQP", Send::new),
            new Subcommand("receive", "receive messages by AMQP", Receive::new),
            new Subcommand("pub", "publish messages by MQTT", Publish::new),
            new Subcommand("sub", "subscribe to messages by MQTT", Subscribe::new),
            new Subcommand("completion", "print a script for the completion of a shell", Completion::new));

    /**
     * One command: its name on the command line, one line for the help, and how to make the picocli object.
     */
    public record Subcommand(String name, String summary, Supplier<Callable<Integer>> command) {}

    private Subcommands() {}

    /** Every command, in the order of the help. */
    public static List<Subcommand> all() {
        return ALL;
    }

    /** The command of that name. */
    public static Optional<Subcommand> named(String name) {
        return ALL.stream().filter(subcommand -> subcommand.name().equals(name)).findFirst();
    }
}
