// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import io.linkspan.amqp.AmqpError;
import io.linkspan.amqp.Attach;
import io.linkspan.amqp.Cause;
import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.IncomingLink;
import io.linkspan.amqp.OutgoingLink;
import io.linkspan.amqp.Terminus;
import io.linkspan.amqp.Transfer;
import io.linkspan.management.cli.BusOptions;
import io.linkspan.management.cli.ManagementNode;
import io.linkspan.management.cli.ManagementRequest;
import io.linkspan.management.cli.ManagementResponse;
import io.linkspan.management.cli.ToolFailure;
import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A management node reached by AMQP: requests go out by a sender to its address, answers come by a receiver with a
 * dynamic source, for which credit is granted one at a time.
 *
 * <p>Used by the thread of the command.
 */
public final class AmqpManagementNode implements ManagementNode, OutgoingLink.Handler {
    private final ToolConnection connection;
    private final Interruption interruption;
    private final Answers answers;
    private final String address;
    private final String senderName;
    private @Nullable OutgoingLink sender;
    private boolean attached;

    // Of the request under way.
    private boolean waiting;
    private @Nullable DeliveryState outcome;
    private boolean settled;

    private AmqpManagementNode(
            ToolConnection connection, @Nullable Answers shared, String address, Interruption interruption) {
        this.connection = connection;
        this.interruption = interruption;
        this.address = address;
        this.senderName = connection.containerId() + "-" + address;
        connection.step(
                "Opening link " + senderName,
                () -> sender = connection
                        .session()
                        .attachOutgoing(Attach.of(senderName, Terminus.source(null), Terminus.target(address)), this),
                () -> attached);
        this.answers = shared == null ? new Answers(connection) : shared;
        answers.nodes.put(address, this);
    }

    /**
     * Connects, and attaches to the node and for its answers.
     *
     * @throws ToolFailure with the text of the original tools, if there is no connection within the timeout
     */
    public static ManagementNode connect(BusOptions bus, String address) {
        Interruption interruption = new Interruption();
        ToolConnection connection = null;
        try {
            connection = ToolConnection.connect(bus);
            return new AmqpManagementNode(connection, null, address, interruption);
        } catch (RuntimeException e) {
            if (connection != null) {
                connection.close();
            }
            interruption.close();
            throw e;
        }
    }

    @Override
    public ManagementNode at(String other) {
        AmqpManagementNode known = answers.nodes.get(other);
        return known == null ? new AmqpManagementNode(connection, answers, other, interruption) : known;
    }

    @Override
    public ManagementResponse request(ManagementRequest request) {
        String id = answers.expect();
        ByteBuf message = ToolMessages.request(connection.memory(), request, answers.address(), id);
        try {
            connection.step("Sending on sender " + senderName, () -> send(message), () -> sent(message));
        } finally {
            message.release();
        }
        connection.step("Waiting for response", () -> {}, answers::isThere);
        return answers.take();
    }

    private void send(ByteBuf message) {
        waiting = true;
        outcome = null;
        settled = false;
        sent(message);
    }

    /** Sends when there is credit; true when the receiver has accepted the request. */
    private boolean sent(ByteBuf message) {
        OutgoingLink link = sender;
        if (waiting && link != null && link.sendable()) {
            waiting = false;
            link.send(message, message.readerIndex(), message.readableBytes(), 0, false, this, 0);
        }
        if (outcome != null && outcome.code() == DeliveryState.ACCEPTED_CODE) {
            return true;
        }
        if (settled || outcome != null) {
            connection.end(new ToolFailure("SendException", text(outcome)));
            return false;
        }
        return false;
    }

    private static String text(@Nullable DeliveryState state) {
        if (state == null) {
            return "settled without an outcome";
        }
        AmqpError error = state.error();
        if (error == null) {
            return state.code() == DeliveryState.MODIFIED ? "modified" : state.toString();
        }
        return "rejected " + error.condition().text() + (error.description() == null ? "" : ": " + error.description());
    }

    @Override
    public void close() {
        connection.close();
        interruption.close();
    }

    // ---- What the engine tells of the sender.

    @Override
    public void onAttached(OutgoingLink link, Attach remote) {
        attached = remote.target() != null; // Otherwise the reason follows.
    }

    @Override
    public void onSendable(OutgoingLink link) {
        // Whoever waits looks by itself.
    }

    @Override
    public void onReceiverState(
            OutgoingLink link,
            int deliveryId,
            @Nullable Object origin,
            int originKey,
            @Nullable DeliveryState state,
            boolean nowSettled) {
        outcome = state == null ? outcome : state;
        settled = nowSettled;
    }

    @Override
    public void onDetached(OutgoingLink link, Cause cause, boolean closed, @Nullable AmqpError error) {
        if (cause == Cause.DETACHED || cause == Cause.VIOLATION) {
            connection.end(detached("sender " + senderName + " to " + address, error));
        }
    }

    private static ToolFailure detached(String link, @Nullable AmqpError error) {
        return new ToolFailure("LinkDetached", link + " closed" + ToolConnection.reason(error));
    }

    /** The receiver of the answers, shared by all nodes of a connection. */
    private static final class Answers implements IncomingLink.Handler {
        /** The nodes of the connection by their addresses: one sender each. */
        private final Map<String, AmqpManagementNode> nodes = new HashMap<>();

        private final ToolConnection connection;
        private final String name;
        private @Nullable IncomingLink receiver;
        private @Nullable String address;
        private boolean attached;

        private int lastId;
        private final ByteBuf parts;
        private @Nullable ManagementResponse answer;

        Answers(ToolConnection connection) {
            this.connection = connection;
            this.name = connection.containerId() + "-" + connection.uniqueName();
            this.parts = connection.memory().heapBuffer();
            connection.step("Opening link " + name, this::attach, () -> attached);
            if (address == null) {
                throw new ToolFailure("LinkException", "receiver " + name + " got no dynamic address");
            }
        }

        private void attach() {
            Attach request = Attach.of(name, Terminus.source(null).withDynamic(true), Terminus.target(null));
            receiver = connection.session().attachIncoming(request, this);
        }

        String address() {
            return String.valueOf(address);
        }

        /** Grants credit for one answer; returns the id that it will have. */
        String expect() {
            answer = null;
            lastId++;
            grant();
            return String.valueOf(lastId);
        }

        private void grant() {
            if (receiver != null) {
                receiver.issueCredit(1);
            }
        }

        boolean isThere() {
            return answer != null;
        }

        ManagementResponse take() {
            if (answer == null) {
                throw new IllegalStateException("no answer has come");
            }
            return answer;
        }

        @Override
        public void onAttached(IncomingLink link, Attach remote) {
            Terminus source = remote.source();
            if (source != null) { // Otherwise the reason follows.
                address = source.address();
                attached = true;
            }
        }

        @Override
        public void onTransfer(IncomingLink link, Transfer transfer) {
            if (transfer.first()) {
                parts.clear();
            }
            parts.writeBytes(transfer.buffer(), transfer.offset(), transfer.length());
            if (transfer.more() || transfer.aborted()) {
                return;
            }
            if (!transfer.settled()) {
                link.dispose(transfer.deliveryId(), DeliveryState.ACCEPTED, true);
            }
            try {
                ToolMessages.Answer come = ToolMessages.answer(parts);
                if (come.correlationId().equals(String.valueOf(lastId))) {
                    answer = come.response();
                } else {
                    grant(); // An answer to somebody else's question took the credit.
                }
            } catch (ToolFailure unreadable) {
                connection.end(unreadable);
            }
        }

        @Override
        public void onSenderState(
                IncomingLink link,
                int deliveryId,
                @Nullable Object peer,
                int peerKey,
                @Nullable DeliveryState state,
                boolean settled) {
            // Answers are settled as they come.
        }

        @Override
        public void onFlow(IncomingLink link) {
            // Nothing is drained.
        }

        @Override
        public void onDetached(IncomingLink link, Cause cause, boolean closed, @Nullable AmqpError error) {
            if (cause == Cause.DETACHED || cause == Cause.VIOLATION) {
                connection.end(detached("receiver " + name, error));
            }
        }
    }
}
