// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import io.linkspan.amqp.AmqpEngine;
import io.linkspan.amqp.AmqpError;
import io.linkspan.amqp.AmqpLink;
import io.linkspan.amqp.AmqpSession;
import io.linkspan.amqp.Attach;
import io.linkspan.amqp.Cause;
import io.linkspan.amqp.ConnectionHandler;
import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.IncomingLink;
import io.linkspan.amqp.Open;
import io.linkspan.amqp.OutgoingLink;
import io.linkspan.amqp.Terminus;
import io.linkspan.amqp.Transfer;
import io.linkspan.amqp.codec.RawValue;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A client or container made of our own engine: attaches, sends, receives, and remembers what it was told. What the
 * router attaches it answers by {@link #answers}, if it does not hold it back.
 */
final class Peer implements ConnectionHandler {

    final AmqpEngine engine;
    final AmqpConnection connection;
    final Network.TestWire wire;
    private final Network network;
    private @Nullable AmqpSession session;

    @Nullable
    Open remoteOpen;

    @Nullable
    AmqpError closedWith;

    /** The host that its OPEN names. */
    @Nullable
    String hostname = "localhost";

    /** The properties that its OPEN tells. */
    @Nullable
    RawValue properties;

    boolean closed;
    private int links;
    private final String containerId;

    /** Receiving ends of links that the router attached, in their order. */
    final List<Receiver> takes = new ArrayList<>();

    /** Sending ends of links that the router attached, in their order. */
    final List<Sender> gives = new ArrayList<>();

    /** Receiving ends in the order in which whole messages came to them. */
    final List<Receiver> arrivals = new ArrayList<>();

    /** How the router's attaches are answered. */
    UnaryOperator<Attach> answers = remote -> new Attach(
            remote.name(),
            remote.senderSettleMode(),
            remote.receiverSettleMode(),
            remote.source(),
            remote.target(),
            null,
            false,
            0,
            0,
            null,
            null,
            null,
            List.of());

    /** Leaves the router's attaches without an answer. */
    boolean holds;

    /** Refuses the router's attaches. */
    @Nullable
    AmqpError refusal;

    /** Links that the router attached and gave up before they were answered. */
    int withdrawn;

    /** Sessions that the router has begun and not ended. */
    int routerSessions;

    Peer(Network network, Network.TestWire wire, AmqpConnection connection, String containerId) {
        this.containerId = containerId;
        this.network = network;
        this.wire = wire;
        this.connection = connection;
        this.engine = AmqpEngine.client(network.peerSettings, wire, this, null);
    }

    void open() {
        engine.connect(Open.local(containerId, hostname, null, null, properties));
        network.run();
        session = engine.begin();
        network.run();
    }

    /** The router's end of this connection. */
    Network.TestWire connectionWire() {
        return wire.far();
    }

    AmqpSession session() {
        return Objects.requireNonNull(session);
    }

    /** A sender to an address; null is anonymous. */
    Sender sender(@Nullable String address) {
        return sender(Terminus.target(address));
    }

    Sender sender(Terminus target) {
        return sender(Attach.of("s" + links++, Terminus.source(null), target));
    }

    Sender sender(Attach attach) {
        Sender sender = new Sender();
        sender.link = Objects.requireNonNull(session().attachOutgoing(attach, sender));
        network.run();
        return sender;
    }

    /** A receiver with an amount of credit. */
    Receiver receiver(String address, int credit) {
        return receiver(Terminus.source(address), credit);
    }

    Receiver receiver(Terminus source, int credit) {
        return receiver(Attach.of("r" + links++, source, Terminus.target(null)), credit);
    }

    Receiver receiver(Attach attach, int credit) {
        Receiver receiver = new Receiver();
        receiver.link = Objects.requireNonNull(session().attachIncoming(attach, receiver));
        network.run();
        if (credit > 0) {
            receiver.link().issueCredit(credit);
            network.run();
        }
        return receiver;
    }

    @Override
    public void onOpen(Open remote) {
        remoteOpen = remote;
    }

    @Override
    public void onSession(AmqpSession begun) {
        routerSessions++;
    }

    @Override
    public void onIncomingAttach(IncomingLink link, Attach remote) {
        Receiver receiver = new Receiver();
        receiver.link = link;
        receiver.request = remote;
        takes.add(receiver);
        if (refusal != null) {
            link.refuse(refusal);
        } else if (!holds) {
            link.accept(receiver, answers.apply(remote));
        }
    }

    @Override
    public void onOutgoingAttach(OutgoingLink link, Attach remote) {
        Sender sender = new Sender();
        sender.link = link;
        sender.request = remote;
        gives.add(sender);
        if (refusal != null) {
            link.refuse(refusal);
        } else if (!holds) {
            link.accept(sender, answers.apply(remote));
        }
    }

    @Override
    public void onWithdrawn(AmqpLink link, Cause cause, @Nullable AmqpError error) {
        withdrawn++;
    }

    @Override
    public void onSessionEnded(AmqpSession ended, Cause cause, @Nullable AmqpError error) {
        if (ended != session) {
            routerSessions--;
        }
    }

    @Override
    public void onClosed(Cause cause, @Nullable AmqpError error) {
        closed = true;
        closedWith = error;
    }

    /** The sending end. */
    final class Sender implements OutgoingLink.Handler {
        private @Nullable OutgoingLink link;

        @Nullable
        Attach answer;

        /** What the router asked, on a link that it attached. */
        @Nullable
        Attach request;

        boolean closed;
        boolean drainAsked;

        @Nullable
        AmqpError detachedWith;

        boolean detached;
        /** What the router said about deliveries: {@code KEY STATE[ settled]}. */
        final List<String> outcomes = new ArrayList<>();

        final List<@Nullable DeliveryState> stateValues = new ArrayList<>();

        boolean counting;
        long count;

        /** Uses up its credit when it is asked to. */
        boolean drains;

        OutgoingLink link() {
            return Objects.requireNonNull(link);
        }

        /** Sends one message and lets the network come to rest. */
        int send(ByteBuf message, boolean settled, int key) {
            int id = link().send(message, message.readerIndex(), message.readableBytes(), 0, settled, this, key);
            network.run();
            return id;
        }

        @Override
        public void onSendable(OutgoingLink from) {
            drainAsked |= from.draining();
            if (drains) {
                from.drained();
            }
        }

        @Override
        public void onReceiverState(
                OutgoingLink from,
                int deliveryId,
                @Nullable Object origin,
                int key,
                @Nullable DeliveryState state,
                boolean settled) {
            count++;
            if (counting) {
                return;
            }
            outcomes.add(key + " " + state + (settled ? " settled" : ""));
            stateValues.add(state);
        }

        @Override
        public void onDetached(OutgoingLink from, Cause cause, boolean wasClosed, @Nullable AmqpError error) {
            detached = true;
            closed = wasClosed;
            detachedWith = error;
        }

        @Override
        public void onAttached(OutgoingLink from, Attach remote) {
            answer = remote;
        }
    }

    /** The receiving end. */
    final class Receiver implements IncomingLink.Handler {
        private @Nullable IncomingLink link;

        @Nullable
        Attach answer;

        /** What the router asked, on a link that it attached. */
        @Nullable
        Attach request;

        boolean closed;
        boolean drainAsked;

        @Nullable
        AmqpError detachedWith;

        boolean detached;
        boolean aborted;
        /** The outcome it answers with at once; null leaves deliveries unsettled. */
        @Nullable
        DeliveryState answers = DeliveryState.ACCEPTED;

        boolean counting;
        long count;
        final List<byte[]> messages = new ArrayList<>();
        final List<Integer> ids = new ArrayList<>();
        final List<Boolean> settled = new ArrayList<>();
        final List<String> tags = new ArrayList<>();
        final List<String> states = new ArrayList<>();
        final List<Integer> formats = new ArrayList<>();
        final List<Integer> settleModes = new ArrayList<>();
        final List<String> senderStates = new ArrayList<>();
        private ByteBuf arriving = Unpooled.buffer();

        IncomingLink link() {
            return Objects.requireNonNull(link);
        }

        int arrivingBytes() {
            return arriving.readableBytes();
        }

        void settle(int id, @Nullable DeliveryState state) {
            link().dispose(id, state, true);
            network.run();
        }

        @Override
        public void onTransfer(IncomingLink from, Transfer transfer) {
            count++;
            if (counting) {
                from.dispose(transfer.deliveryId(), answers, true);
                return;
            }
            if (transfer.first()) {
                tags.add(
                        transfer.tagLength() < 0
                                ? "none"
                                : ByteBufUtil.hexDump(transfer.buffer(), transfer.tagOffset(), transfer.tagLength()));
                states.add(String.valueOf(transfer.state()));
                formats.add(transfer.messageFormat());
                settleModes.add(transfer.receiverSettleMode());
            }
            if (transfer.aborted()) {
                aborted = true;
                arriving = Unpooled.buffer();
                return;
            }
            arriving.writeBytes(transfer.buffer(), transfer.offset(), transfer.length());
            if (transfer.more()) {
                return;
            }
            byte[] whole = new byte[arriving.readableBytes()];
            arriving.readBytes(whole);
            arriving = Unpooled.buffer();
            messages.add(whole);
            arrivals.add(this);
            ids.add(transfer.deliveryId());
            settled.add(transfer.settled());
            if (!transfer.settled()) {
                if (answers == null) {
                    from.track(transfer.deliveryId(), this, 0);
                } else {
                    from.dispose(transfer.deliveryId(), answers, true);
                }
            }
        }

        @Override
        public void onSenderState(
                IncomingLink from,
                int deliveryId,
                @Nullable Object peer,
                int peerKey,
                @Nullable DeliveryState state,
                boolean isSettled) {
            senderStates.add(state + (isSettled ? " settled" : ""));
        }

        @Override
        public void onFlow(IncomingLink from) {}

        @Override
        public void onDetached(IncomingLink from, Cause cause, boolean wasClosed, @Nullable AmqpError error) {
            detached = true;
            closed = wasClosed;
            detachedWith = error;
        }

        @Override
        public void onAttached(IncomingLink from, Attach remote) {
            answer = remote;
        }
    }
}
