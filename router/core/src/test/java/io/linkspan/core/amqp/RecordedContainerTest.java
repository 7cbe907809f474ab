// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.AmqpEngine;
import io.linkspan.amqp.AmqpError;
import io.linkspan.amqp.AmqpLink;
import io.linkspan.amqp.AmqpSession;
import io.linkspan.amqp.AmqpSettings;
import io.linkspan.amqp.Attach;
import io.linkspan.amqp.Cause;
import io.linkspan.amqp.ConnectionHandler;
import io.linkspan.amqp.IncomingLink;
import io.linkspan.amqp.Open;
import io.linkspan.amqp.OutgoingLink;
import io.linkspan.amqp.SaslServer;
import io.linkspan.amqp.Terminus;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.core.autolink.AutoLinks;
import io.linkspan.core.link.Direction;
import io.linkspan.core.linkroute.LinkRoutes;
import io.linkspan.wire.Wire;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the original said to a container with autoLinks and link routes (captures, 05), and what this router says. */
class RecordedContainerTest {

    private static final Symbol SESSION_END = new Symbol("session-end");

    private final Network network = new Network();
    private final Original original = new Original();

    @AfterEach
    void end() {
        network.endAll();
    }

    /** A container that hears the recorded frames. */
    private static final class Original implements ConnectionHandler {
        private final List<String> senders = new ArrayList<>();
        private final List<String> receivers = new ArrayList<>();
        private final AmqpEngine engine =
                AmqpEngine.server(AmqpSettings.DEFAULT, new Nowhere(), this, SaslServer.anonymous());
        private int sessions;

        Original() {
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                    Objects.requireNonNull(Original.class.getResourceAsStream("/captures/05-container-attaches.hex")),
                    StandardCharsets.US_ASCII))) {
                String line;
                while ((line = lines.readLine()) != null) {
                    engine.receive(Unpooled.wrappedBuffer(ByteBufUtil.decodeHexDump(line)));
                    engine.flush();
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        @Override
        public void onOpen(Open remote) {
            engine.open(Open.local("brokerB", null, null, null, null));
        }

        @Override
        public void onSession(AmqpSession session) {
            sessions++;
        }

        @Override
        public void onIncomingAttach(IncomingLink link, Attach remote) {
            senders.add(described(remote));
        }

        @Override
        public void onOutgoingAttach(OutgoingLink link, Attach remote) {
            receivers.add(described(remote));
        }

        @Override
        public void onWithdrawn(AmqpLink link, Cause cause, @Nullable AmqpError error) {}

        @Override
        public void onSessionEnded(AmqpSession session, Cause cause, @Nullable AmqpError error) {}

        @Override
        public void onClosed(Cause cause, @Nullable AmqpError error) {
            throw new IllegalStateException("closed: " + error);
        }
    }

    /** A wire whose other end is not there. */
    private static final class Nowhere implements Wire {
        @Override
        public ByteBufAllocator allocator() {
            return UnpooledByteBufAllocator.DEFAULT;
        }

        @Override
        public void write(ByteBuf bytes) {
            bytes.release();
        }

        @Override
        public void flushWritten() {}

        @Override
        public boolean writable() {
            return true;
        }

        @Override
        public void requestFlush() {}

        @Override
        public void setReading(boolean on) {}

        @Override
        public void closeAfterFlush() {}

        @Override
        public void drop() {}

        @Override
        public void scheduleTick(long deadlineNs) {}
    }

    private static String described(@Nullable Attach attach) {
        Attach said = Objects.requireNonNull(attach);
        return said.name().replaceFirst("^qdlink\\..{15}$", "qdlink.*") + " " + said.senderSettleMode() + "/"
                + said.receiverSettleMode() + " from " + described(said.source()) + " to " + described(said.target());
    }

    private static String described(@Nullable Terminus terminus) {
        return terminus == null
                ? "none"
                : terminus.address() + " durable " + terminus.durable() + " expires " + terminus.expiryPolicy()
                        + " after " + terminus.timeout() + " dynamic " + terminus.dynamic() + " "
                        + terminus.capabilities();
    }

    @Test
    @DisplayName(
            "AUT-04, AUT-05, AUT-12, LNK-06, LNK-07: a container hears the attaches that it heard from the original")
    void aContainerHearsWhatItHeardFromTheOriginal() {
        AutoLinks autoLinks = network.core.autoLinks();
        autoLinks.create(AutoLinks.Request.over("broker", "al.in", Direction.IN).inPhase(0));
        autoLinks.create(AutoLinks.Request.over("broker", "wp.q", Direction.IN));
        autoLinks.create(AutoLinks.Request.over("broker", "wp.q", Direction.OUT));
        autoLinks.create(AutoLinks.Request.over("broker", "al.out", Direction.OUT));
        autoLinks.create(
                AutoLinks.Request.over("broker", "al.ext", Direction.OUT).external("queue.ext"));
        network.core.linkRoutes().create(LinkRoutes.Request.prefix("lr.net", Direction.IN, "broker"));
        network.core.linkRoutes().create(LinkRoutes.Request.prefix("lr.net", Direction.OUT, "broker"));
        Peer broker = network.container("broker", "brokerB");
        Peer client = network.client("E");
        send(client, "clientE-1-lr.net.q1", "lr.net.q1");
        client.receiver(
                Attach.of(
                        "clientE-2-lr.net.q1",
                        Terminus.source("lr.net.q1").withExpiryPolicy(SESSION_END),
                        Terminus.target(null).withExpiryPolicy(SESSION_END)),
                5);
        send(client, "clientE-3-lr.net.q1", "lr.net.q1");
        send(client, "clientE-4-lr.net.refuse", "lr.net.refuse");
        assertThat(broker.takes)
                .extracting(far -> described(far.request))
                .hasSize(6)
                .containsExactlyElementsOf(original.senders);
        assertThat(broker.gives)
                .extracting(far -> described(far.request))
                .hasSize(3)
                .containsExactlyElementsOf(original.receivers);
        assertThat(broker.routerSessions)
                .as("one session for autoLinks, one for the client's links")
                .isEqualTo(original.sessions)
                .isEqualTo(2);
    }

    private static void send(Peer client, String name, String address) {
        client.sender(Attach.of(
                name,
                Terminus.source(null).withExpiryPolicy(SESSION_END),
                Terminus.target(address).withExpiryPolicy(SESSION_END)));
    }
}
