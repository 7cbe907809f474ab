// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import io.linkspan.management.cli.BusOptions;
import io.linkspan.management.cli.ManagementNode;
import io.linkspan.management.cli.ManagementRequest;
import io.linkspan.management.cli.ManagementResponse;
import io.linkspan.management.cli.ToolFailure;
import io.vertx.proton.ProtonDelivery;
import io.vertx.proton.ProtonLinkOptions;
import io.vertx.proton.ProtonReceiver;
import io.vertx.proton.ProtonSender;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.qpid.proton.Proton;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.AmqpValue;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.message.Message;
import org.jspecify.annotations.Nullable;

/**
 * A management node reached by AMQP: requests go out by a sender to its address, answers come by a receiver with a
 * dynamic source, for which credit is granted one at a time.
 *
 * <p>Used by the thread of the command; the maps are confined to the loop of the connection.
 */
final class AmqpManagementNode implements ManagementNode {
    private final AmqpClient client;
    private final Interruption interruption;
    private final Answers answers;
    private final String senderName;
    private final ProtonSender sender;

    private AmqpManagementNode(AmqpClient client, @Nullable Answers shared, String address, Interruption interruption) {
        this.client = client;
        this.interruption = interruption;
        this.senderName = client.containerId() + "-" + address;
        this.sender = client.steps().await("Opening link " + senderName, done -> {
            ProtonSender link =
                    client.connection().createSender(address, new ProtonLinkOptions().setLinkName(senderName));
            client.open(link, "sender " + senderName + " to " + address, done::complete);
        });
        this.answers = shared == null ? new Answers(client) : shared;
    }

    /** Connects, and attaches to the node and for its answers. */
    static ManagementNode connect(BusOptions bus, String address) {
        Interruption interruption = new Interruption();
        AmqpClient client = null;
        try {
            client = AmqpClient.connect(bus);
            return new AmqpManagementNode(client, null, address, interruption);
        } catch (RuntimeException e) {
            if (client != null) {
                client.close();
            }
            interruption.close();
            throw e;
        }
    }

    @Override
    public ManagementNode at(String address) {
        return new AmqpManagementNode(client, answers, address, interruption);
    }

    @Override
    public ManagementResponse request(ManagementRequest request) {
        String id = answers.nextId();
        Message message = Proton.message();
        message.setReplyTo(answers.address);
        message.setCorrelationId(id);
        message.setApplicationProperties(new ApplicationProperties(new LinkedHashMap<>(request.properties())));
        message.setBody(new AmqpValue(request.body()));
        CompletableFuture<Message> answer = new CompletableFuture<>();
        client.steps().<Boolean>await("Sending on sender " + senderName, done -> {
            answers.expect(id, answer);
            sender.send(message, delivery -> sent(delivery, done));
        });
        Message response = client.steps().await("Waiting for response", done -> {
            var unused = answer.whenComplete((value, failure) -> done.complete(value));
        });
        return plain(response);
    }

    private static void sent(ProtonDelivery delivery, CompletableFuture<Boolean> done) {
        if (delivery.getRemoteState() instanceof Accepted) {
            done.complete(true);
        } else if (delivery.remotelySettled() || delivery.getRemoteState() != null) {
            done.completeExceptionally(new ToolFailure("SendException", Outcomes.text(delivery.getRemoteState())));
        }
    }

    private static ManagementResponse plain(Message response) {
        Map<String, Object> properties = response.getApplicationProperties() == null
                ? Map.of()
                : response.getApplicationProperties().getValue();
        if (!(properties.get("statusCode") instanceof Number status)) {
            throw new ToolFailure("ValueError", "the answer has no statusCode: " + properties);
        }
        Object description = PlainValues.of(properties.get("statusDescription"));
        Object body = response.getBody() instanceof AmqpValue value ? PlainValues.of(value.getValue()) : null;
        return new ManagementResponse(status.intValue(), description == null ? null : description.toString(), body);
    }

    @Override
    public void close() {
        client.close();
        interruption.close();
    }

    /** The receiver of the answers, shared by all nodes of a connection. */
    private static final class Answers {
        private final Map<String, CompletableFuture<Message>> expected = new HashMap<>();
        private final ProtonReceiver receiver;
        private final String address;
        private int lastId;

        Answers(AmqpClient client) {
            String name = client.containerId() + "-" + UUID.randomUUID();
            receiver = client.steps().await("Opening link " + name, done -> {
                ProtonReceiver link = client.connection()
                        .createReceiver(
                                null, new ProtonLinkOptions().setLinkName(name).setDynamic(true));
                link.setPrefetch(0);
                link.handler((delivery, message) -> answered(message));
                client.open(link, "receiver " + name, done::complete);
            });
            String given = receiver.getRemoteSource() == null
                    ? null
                    : receiver.getRemoteSource().getAddress();
            if (given == null) {
                throw new ToolFailure("LinkException", "receiver " + name + " got no dynamic address");
            }
            address = given;
        }

        String nextId() {
            lastId++;
            return String.valueOf(lastId);
        }

        /** To be called on the loop. */
        void expect(String id, CompletableFuture<Message> answer) {
            expected.put(id, answer);
            receiver.flow(1);
        }

        private void answered(Message message) {
            CompletableFuture<Message> answer = expected.remove(String.valueOf(message.getCorrelationId()));
            if (answer == null) {
                receiver.flow(1); // an answer to somebody else's question took the credit
            } else {
                answer.complete(message);
            }
        }
    }
}
