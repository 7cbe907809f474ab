// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import io.linkspan.amqp.AmqpEngine;
import io.linkspan.amqp.AmqpError;
import io.linkspan.amqp.AmqpLink;
import io.linkspan.amqp.AmqpSession;
import io.linkspan.amqp.AmqpSettings;
import io.linkspan.amqp.Attach;
import io.linkspan.amqp.Cause;
import io.linkspan.amqp.ConnectionHandler;
import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.IncomingLink;
import io.linkspan.amqp.Open;
import io.linkspan.amqp.OutgoingLink;
import io.linkspan.amqp.SaslServer;
import io.linkspan.amqp.Terminus;
import io.linkspan.amqp.Transfer;
import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.TypeDecoder;
import io.linkspan.amqp.codec.TypeEncoder;
import io.linkspan.amqp.codec.UnsignedInteger;
import io.linkspan.amqp.codec.UnsignedLong;
import io.linkspan.core.amqp.AmqpConnection;
import io.linkspan.core.amqp.AmqpProfile;
import io.linkspan.core.connection.ConnectionFacts;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An AMQP client with one session, made of our own engine, connected to the same core. */
final class AmqpPeer implements ConnectionHandler {

    final TestWire wire;
    private final Network network;
    private final AmqpEngine engine;
    private final AmqpSession session;
    /** Receiving ends of links that the router attached. */
    final List<Receiver> attached = new ArrayList<>();

    private int links;

    AmqpPeer(Network network) {
        this(network, AmqpProfile.DEFAULT);
    }

    /** A container at a listener of this profile. */
    AmqpPeer(Network network, AmqpProfile profile) {
        this.network = network;
        this.wire = new TestWire(network.memory);
        TestWire router = new TestWire(network.memory);
        AmqpConnection connection = AmqpConnection.accepted(
                network.core,
                profile,
                ConnectionFacts.plain("10.0.0.2:1", "amqp", true),
                router,
                SaslServer.anonymous(),
                null);
        engine = AmqpEngine.client(AmqpSettings.DEFAULT.withLinkCapacity(1_000), wire, this, null);
        router.connect(connection, engine::receive, wire::cut);
        wire.connect(engine, connection::receive, router::cut);
        network.add(router, connection);
        network.add(wire, engine);
        connection.tick(network.nowNs);
        engine.tick(network.nowNs);
        engine.connect(Open.local("client", "localhost", null, null, null));
        network.run();
        session = Objects.requireNonNull(engine.begin());
        network.run();
    }

    /** A sender; null is anonymous. */
    Sender sender(@Nullable String address) {
        Sender sender = new Sender();
        sender.link = Objects.requireNonNull(session.attachOutgoing(
                Attach.of("s" + links++, Terminus.source(null), Terminus.target(address)), sender));
        network.run();
        return sender;
    }

    /** A receiver with an amount of credit that accepts everything. */
    Receiver receiver(String address, int credit) {
        return receiver("r" + links++, Terminus.source(address), credit);
    }

    /** The same with a name and a source of its own. */
    Receiver receiver(String name, Terminus source, int credit) {
        Receiver receiver = new Receiver();
        receiver.link = Objects.requireNonNull(
                session.attachIncoming(Attach.of(name, source, Terminus.target(null)), receiver));
        network.run();
        receiver.credit(credit);
        return receiver;
    }

    /** A receiver with an address that the router makes up. */
    Receiver dynamicReceiver(int credit) {
        Receiver receiver = new Receiver();
        receiver.link = Objects.requireNonNull(session.attachIncoming(
                Attach.of("d" + links++, Terminus.source(null).withDynamic(true), Terminus.target(null)), receiver));
        network.run();
        receiver.credit(credit);
        return receiver;
    }

    /** A message of one data section. */
    static ByteBuf data(String text) {
        ByteBuf out = Unpooled.buffer();
        TypeEncoder.writeValue(
                out,
                new Described(
                        new UnsignedLong(0x75),
                        new io.linkspan.amqp.codec.Binary(text.getBytes(StandardCharsets.UTF_8))));
        return out;
    }

    /** A message that is to live for some time, of one data section. */
    static ByteBuf data(String text, long ttlMs) {
        ByteBuf out = Unpooled.buffer();
        TypeEncoder.writeValue(
                out,
                new Described(new UnsignedLong(0x70), Arrays.asList(null, null, new UnsignedInteger((int) ttlMs))));
        return out.writeBytes(data(text));
    }

    /** The head of a data section that has {@code length} bytes, which follow. */
    static byte[] dataHead(int length) {
        return new byte[] {
            0,
            0x53,
            0x75,
            (byte) 0xb0,
            (byte) (length >> 24),
            (byte) (length >> 16),
            (byte) (length >> 8),
            (byte) length
        };
    }

    /** Sections of a message by code. */
    static Map<Integer, @Nullable Object> sections(byte[] message) {
        Map<Integer, @Nullable Object> sections = new LinkedHashMap<>();
        ByteBuf in = Unpooled.wrappedBuffer(message);
        while (in.isReadable()) {
            Described section = (Described) Objects.requireNonNull(TypeDecoder.readValue(in));
            sections.put((int) ((UnsignedLong) Objects.requireNonNull(section.descriptor())).bits(), section.value());
        }
        return sections;
    }

    @Override
    public void onOpen(Open remote) {}

    @Override
    public void onSession(AmqpSession begun) {
        // For the links that it attaches.
    }

    @Override
    public void onIncomingAttach(IncomingLink link, Attach remote) {
        Receiver receiver = new Receiver();
        receiver.link = link;
        attached.add(receiver);
        link.accept(receiver, remote.echo());
        link.issueCredit(100);
    }

    @Override
    public void onOutgoingAttach(OutgoingLink link, Attach remote) {
        throw new IllegalStateException("the router attached");
    }

    @Override
    public void onWithdrawn(AmqpLink link, Cause cause, @Nullable AmqpError error) {}

    @Override
    public void onSessionEnded(AmqpSession ended, Cause cause, @Nullable AmqpError error) {}

    @Override
    public void onClosed(Cause cause, @Nullable AmqpError error) {}

    /** The sending end. */
    final class Sender implements OutgoingLink.Handler {
        private @Nullable OutgoingLink link;
        /** What the router said: {@code KEY STATE[ settled]}. */
        final List<String> outcomes = new ArrayList<>();

        OutgoingLink link() {
            return Objects.requireNonNull(link);
        }

        Sender send(ByteBuf message, boolean settled, int key) {
            link().send(message, message.readerIndex(), message.readableBytes(), 0, settled, this, key);
            network.run();
            return this;
        }

        /** Begins a message of several parts; returns its number for {@link #part} and {@link #abort}. */
        int begin(byte[] first, int key) {
            int id = link().begin(Unpooled.wrappedBuffer(first), 0, first.length, 0, false, this, key);
            network.run();
            return id;
        }

        Sender part(int id, byte[] more, boolean last) {
            if (!link().part(id, Unpooled.wrappedBuffer(more), 0, more.length, last)) {
                throw new IllegalStateException("no window for another part");
            }
            network.run();
            return this;
        }

        void abort(int id) {
            link().abort(id);
            network.run();
        }

        @Override
        public void onSendable(OutgoingLink from) {}

        @Override
        public void onReceiverState(
                OutgoingLink from,
                int deliveryId,
                @Nullable Object origin,
                int key,
                @Nullable DeliveryState state,
                boolean settled) {
            outcomes.add(key + " " + state + (settled ? " settled" : ""));
        }

        @Override
        public void onDetached(OutgoingLink from, Cause cause, boolean closed, @Nullable AmqpError error) {}

        @Override
        public void onAttached(OutgoingLink from, Attach remote) {}
    }

    /** The receiving end. */
    final class Receiver implements IncomingLink.Handler {
        private @Nullable IncomingLink link;
        /** The outcome it answers with at once; null leaves deliveries unsettled. */
        @Nullable
        DeliveryState answers = DeliveryState.ACCEPTED;
        /** Whether it settles with its answer. */
        boolean settles = true;

        @Nullable
        String address;

        boolean aborted;
        final List<byte[]> messages = new ArrayList<>();
        final List<Integer> ids = new ArrayList<>();
        final List<Boolean> settled = new ArrayList<>();
        private ByteBuf arriving = Unpooled.buffer();

        IncomingLink link() {
            return Objects.requireNonNull(link);
        }

        void credit(int more) {
            if (more > 0) {
                link().issueCredit(more);
                network.run();
            }
        }

        void settle(int id, @Nullable DeliveryState state) {
            link().dispose(id, state, true);
            network.run();
        }

        void detach() {
            link().detach(true, null);
            network.run();
        }

        /** Payloads of the data sections that came. */
        List<String> texts() {
            List<String> texts = new ArrayList<>();
            for (byte[] message : messages) {
                Object data = sections(message).get(0x75);
                texts.add(
                        data instanceof io.linkspan.amqp.codec.Binary binary
                                ? new String(binary.octets(), StandardCharsets.UTF_8)
                                : String.valueOf(data));
            }
            return texts;
        }

        @Override
        public void onTransfer(IncomingLink from, Transfer transfer) {
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
            ids.add(transfer.deliveryId());
            settled.add(transfer.settled());
            if (!transfer.settled()) {
                if (answers == null || !settles) {
                    from.track(transfer.deliveryId(), this, 0);
                }
                if (answers != null) {
                    from.dispose(transfer.deliveryId(), answers, settles);
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
                boolean isSettled) {}

        @Override
        public void onFlow(IncomingLink from) {}

        @Override
        public void onDetached(IncomingLink from, Cause cause, boolean closed, @Nullable AmqpError error) {}

        @Override
        public void onAttached(IncomingLink from, Attach remote) {
            address = remote.source() == null ? null : remote.source().address();
        }
    }
}
