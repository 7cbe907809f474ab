// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * The commands of the {@code linkspan} program besides {@code router}, in the order in which the help lists them.
 *
 * <p>A command is a picocli command object that answers its exit status. It is made only when it is called, so that
 * starting the router or one command loads nothing of the others.
 */
public final class Subcommands {
    private static final List<Subcommand> ALL = List.of(
            new Subcommand("check", "tell what is wrong with a configuration file"),
            new Subcommand("diff", "compare a running router with a configuration file"),
            new Subcommand("apply", "make a running router have what a configuration file has"),
            new Subcommand("explain", "tell what becomes of a message or a receiver"),
            new Subcommand("trace", "show the way of a message through the network"),
            new Subcommand("stat", "show status and statistics of a router, as qdstat does"),
            new Subcommand("manage", "send a management operation to a router, as qdmanage does"),
            new Subcommand("send", "send messages by AMQP"),
            new Subcommand("receive", "receive messages by AMQP"),
            new Subcommand("pub", "publish messages by MQTT"),
            new Subcommand("sub", "subscribe to messages by MQTT"),
            new Subcommand("completion", "print a script for the completion of a shell"));

    /** One command: its name on the command line and one line for the help. */
    public record Subcommand(String name, String summary) {
        /** Makes the picocli object. */
        public Callable<Integer> command() {
            return switch (name) {
                case "check" -> new Check();
                case "diff" -> new Diff();
                case "apply" -> new Apply();
                case "explain" -> new Explain();
                case "trace" -> new Trace();
                case "stat" -> new Stat();
                case "manage" -> new Manage();
                case "send" -> new Send();
                case "receive" -> new Receive();
                case "pub" -> new Publish();
                case "sub" -> new Subscribe();
                case "completion" -> new Completion();
                default -> throw new IllegalStateException("no command " + name);
            };
        }
    }

    private Subcommands() {}

    /** Every command, in the order of the help. */
    public static List<Subcommand> all() {
        return ALL;
    }

    /** The command of that name. */
    public static Optional<Subcommand> named(String name) {
        for (Subcommand subcommand : ALL) {
            if (subcommand.name().equals(name)) {
                return Optional.of(subcommand);
            }
        }
        return Optional.empty();
    }
}
