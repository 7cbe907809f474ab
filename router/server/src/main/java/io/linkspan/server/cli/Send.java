// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import io.linkspan.management.cli.BusOptions;
import io.linkspan.management.cli.BusUrl;
import io.linkspan.management.cli.ToolFailure;
import io.vertx.proton.ProtonDelivery;
import io.vertx.proton.ProtonLinkOptions;
import io.vertx.proton.ProtonQoS;
import io.vertx.proton.ProtonSender;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.proton.message.Message;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code linkspan send}: sends messages by AMQP, one after the other, and prints what became of each. */
@Command(
        name = "send",
        description = {
            "Send messages to an address by AMQP and print what became of each:",
            "accepted, rejected, released or modified.",
            ""
        },
        footer = {
            "",
            "Exit status: 0 if every message was accepted (or sent settled), 1 otherwise.",
            "",
            "Examples:",
            "  linkspan send cities.london '17 degrees'",
            "  linkspan send --property unit=celsius --subject temperature cities.london 17",
            "  tail -f events.log | linkspan send log.events -"
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class Send implements Callable<Integer> {
    private final InputStream input;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Mixin
    private BusOptions bus = new BusOptions(BusUrl.Protocol.AMQP);

    @Parameters(index = "0", paramLabel = "ADDRESS", description = "Where the messages go.")
    private String address = "";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "MESSAGE",
            description = "The text of a message; '-' sends each line of standard input.")
    private List<String> messages = new ArrayList<>();

    @Option(
            names = {"-n", "--count"},
            paramLabel = "N",
            defaultValue = "1",
            description = "Send the messages N times (default ${DEFAULT-VALUE}).")
    private int count = 1;

    @Option(names = "--settled", description = "Send settled: nobody says what became of the messages.")
    private boolean settled;

    @Option(names = "--anonymous", description = "Use a link without address; each message says where it goes.")
    private boolean anonymous;

    @Option(names = "--data", description = "Send the text as bytes (a data section) and not as a string.")
    private boolean data;

    @Option(names = "--durable", description = "Mark the messages durable.")
    private boolean durable;

    @Option(names = "--priority", paramLabel = "0..9", description = "Priority of the messages.")
    private @Nullable Short priority;

    @Option(names = "--ttl", paramLabel = "SECS", description = "Time to live of the messages.")
    private @Nullable Double ttlSeconds;

    @Option(names = "--subject", paramLabel = "TEXT", description = "Subject of the messages.")
    private @Nullable String subject;

    @Option(names = "--content-type", paramLabel = "TYPE", description = "Content type of the messages.")
    private @Nullable String contentType;

    @Option(names = "--reply-to", paramLabel = "ADDRESS", description = "Where answers should go.")
    private @Nullable String replyTo;

    @Option(names = "--correlation-id", paramLabel = "ID", description = "Correlation id of the messages.")
    private @Nullable String correlationId;

    @Option(names = "--property", paramLabel = "NAME=VALUE", description = "An application property; can be repeated.")
    private Map<String, String> properties = new LinkedHashMap<>();

    /** Makes the command with the standard input of the system. */
    public Send() {
        this(System.in);
    }

    Send(InputStream input) {
        this.input = input;
    }

    @Override
    public Integer call() {
        try (AmqpClient client = AmqpClient.connect(bus)) {
            PrintWriter out = spec.commandLine().getOut();
            ProtonSender sender = open(client);
            Sending sending = new Sending(client.steps(), sender, out);
            for (int i = 0; i < count; i++) {
                for (String message : messages) {
                    if (message.equals("-")) {
                        Lines.each(input, sending::send);
                    } else {
                        sending.send(message);
                    }
                }
            }
            return sending.allAccepted ? 0 : 1;
        } catch (IOException e) {
            throw new ToolFailure("OSError", "cannot read standard input: " + e.getMessage(), e);
        }
    }

    private ProtonSender open(AmqpClient client) {
        String target = anonymous ? null : address;
        String name = "sender to " + (anonymous ? "no address" : address);
        return client.steps().await("Opening " + name, done -> {
            ProtonSender link = client.connection()
                    .createSender(target, new ProtonLinkOptions().setLinkName(client.containerId() + "-send"));
            link.setQoS(settled ? ProtonQoS.AT_MOST_ONCE : ProtonQoS.AT_LEAST_ONCE);
            client.open(link, name, done::complete);
        });
    }

    private Message message(String text) {
        Message message = Proton.message();
        message.setAddress(address);
        message.setBody(data ? new Data(new Binary(text.getBytes(StandardCharsets.UTF_8))) : new AmqpValue(text));
        if (durable) {
            message.setDurable(true);
        }
        if (priority != null) {
            message.setPriority(priority);
        }
        if (ttlSeconds != null) {
            message.setTtl((long) (ttlSeconds * 1000));
        }
        if (subject != null) {
            message.setSubject(subject);
        }
        if (contentType != null) {
            message.setContentType(contentType);
        }
        if (replyTo != null) {
            message.setReplyTo(replyTo);
        }
        if (correlationId != null) {
            message.setCorrelationId(correlationId);
        }
        if (!properties.isEmpty()) {
            message.setApplicationProperties(new ApplicationProperties(new LinkedHashMap<>(properties)));
        }
        return message;
    }

    /** The messages of one run, sent one by one. */
    private final class Sending {
        private final Steps steps;
        private final ProtonSender sender;
        private final PrintWriter out;
        private boolean allAccepted = true;

        Sending(Steps steps, ProtonSender sender, PrintWriter out) {
            this.steps = steps;
            this.sender = sender;
            this.out = out;
        }

        void send(String text) {
            steps.<Boolean>await("no credit for " + address + " (does anybody receive there?)", this::credit);
            if (settled) {
                steps.<Boolean>await("sending", done -> {
                    sender.send(message(text));
                    done.complete(true);
                });
                return;
            }
            ProtonDelivery delivery = steps.await("no outcome from the receiver", done -> {
                sender.send(message(text), update -> {
                    if (update.remotelySettled()) {
                        done.complete(update);
                    }
                });
            });
            allAccepted &= delivery.getRemoteState() instanceof Accepted;
            out.print(Outcomes.text(delivery.getRemoteState()) + "\n");
            out.flush();
        }

        private void credit(CompletableFuture<Boolean> done) {
            if (sender.getCredit() > 0) {
                done.complete(true);
            } else {
                sender.sendQueueDrainHandler(link -> done.complete(true));
            }
        }
    }
}
