// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import io.linkspan.management.cli.BusOptions;
import io.linkspan.management.cli.BusUrl;
import io.vertx.proton.ProtonDelivery;
import io.vertx.proton.ProtonLinkOptions;
import io.vertx.proton.ProtonReceiver;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Modified;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.amqp.messaging.Released;
import org.apache.qpid.proton.amqp.messaging.Source;
import org.apache.qpid.proton.amqp.transport.DeliveryState;
import org.apache.qpid.proton.amqp.transport.ErrorCondition;
import org.apache.qpid.proton.message.Message;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code linkspan receive}: receives messages by AMQP, prints one line for each and settles it. */
@Command(
        name = "receive",
        description = {"Receive messages from an address by AMQP and print one line for each: address and body.", ""},
        footer = {
            "",
            "Exit status: 0, or 1 if the connection fails or fewer messages than --count came.",
            "",
            "Examples:",
            "  linkspan receive cities.london",
            "  linkspan receive --pattern 'cities.*' --count 10",
            "  linkspan receive --outcome rejected orders"
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class Receive implements Callable<Integer> {
    private static final Symbol PATTERN = Symbol.valueOf("topic-pattern");
    private static final Symbol REFUSED = Symbol.valueOf("amqp:not-allowed");

    /** What the command does with a message. */
    enum Outcome {
        ACCEPTED {
            @Override
            DeliveryState state() {
                return Accepted.getInstance();
            }
        },
        RELEASED {
            @Override
            DeliveryState state() {
                return Released.getInstance();
            }
        },
        REJECTED {
            @Override
            DeliveryState state() {
                Rejected rejected = new Rejected();
                rejected.setError(new ErrorCondition(REFUSED, "rejected by linkspan receive"));
                return rejected;
            }
        },
        MODIFIED {
            @Override
            DeliveryState state() {
                Modified modified = new Modified();
                modified.setDeliveryFailed(true);
                return modified;
            }
        };

        abstract DeliveryState state();
    }

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Mixin
    private BusOptions bus = new BusOptions(BusUrl.Protocol.AMQP);

    @Mixin
    private ReceiveOptions options = new ReceiveOptions();

    @Parameters(index = "0", paramLabel = "ADDRESS", description = "Where the messages come from.")
    private String address = "";

    @Option(
            names = "--pattern",
            description = "The address is a pattern: '*' stands for one part, '#' for any number of parts.")
    private boolean pattern;

    @Option(
            names = "--outcome",
            paramLabel = "OUTCOME",
            defaultValue = "accepted",
            description = "How messages are settled: accepted, released, rejected or modified"
                    + " (default ${DEFAULT-VALUE}).")
    private Outcome outcome = Outcome.ACCEPTED;

    @Option(
            names = "--delay",
            paramLabel = "SECS",
            defaultValue = "0",
            description = "Wait so long before a message is settled (default ${DEFAULT-VALUE}).")
    private double delaySeconds;

    @Option(
            names = "--credit",
            paramLabel = "N",
            defaultValue = "10",
            description = "Messages that may be on their way at a time (default ${DEFAULT-VALUE}).")
    private int credit = 10;

    @Override
    public Integer call() {
        try (AmqpClient client = AmqpClient.connect(bus)) {
            Steps steps = client.steps();
            PrintWriter out = spec.commandLine().getOut();
            Arrivals arrivals = new Arrivals(options, steps.vertx());
            String name = "receiver from " + address;
            ProtonReceiver receiver = steps.await("Opening " + name, done -> {
                ProtonReceiver link = client.connection()
                        .createReceiver(
                                address, new ProtonLinkOptions().setLinkName(client.containerId() + "-receive"));
                if (pattern) {
                    ((Source) link.getSource()).setCapabilities(PATTERN);
                }
                link.setPrefetch(0).setAutoAccept(false);
                link.handler((delivery, message) -> {
                    print(out, message);
                    settle(steps, link, delivery, arrivals);
                });
                client.open(link, name, done::complete);
            });
            steps.<Boolean>await(done -> {
                arrivals.start(done);
                receiver.flow(arrivals.credit(credit));
            });
            return arrivals.report(spec.commandLine());
        }
    }

    private void print(PrintWriter out, Message message) {
        out.print(MessageLine.of(message, address, options.verbose()) + "\n");
        out.flush();
    }

    private void settle(Steps steps, ProtonReceiver link, ProtonDelivery delivery, Arrivals arrivals) {
        Runnable now = () -> {
            delivery.disposition(outcome.state(), true);
            arrivals.settled();
            int credit = arrivals.credit(1);
            if (credit > 0) {
                link.flow(credit);
            }
        };
        long delayMs = (long) (delaySeconds * 1000);
        arrivals.arrived();
        if (delayMs > 0) {
            steps.vertx().setTimer(delayMs, timer -> now.run());
        } else {
            now.run();
        }
    }
}
