// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.codec.Binary;
import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.amqp.codec.TypeEncoder;
import io.linkspan.amqp.codec.UnsignedInteger;
import io.linkspan.amqp.codec.UnsignedLong;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a client's management requests do to links, on real sockets: its own link routes, and the status of links. */
class ManagedLinksIT {
    private static final String CONFIGURATION = """
            listener {
                name: in
                host: 127.0.0.1
                port: 0
            }
            log {
                module: DEFAULT
                enable: info+
                outputFile: /dev/null
            }
            """;
    private static final UnsignedInteger ZERO = number(0);
    private static final int DETACH = 0x16;

    private static UnsignedInteger number(int value) {
        return new UnsignedInteger(value);
    }

    private static Described terminus(int code, @Nullable Object... fields) {
        return new Described(new UnsignedLong(code), Arrays.asList(fields));
    }

    private static Described source(String address) {
        return terminus(0x28, address);
    }

    private static Described target(String address) {
        return terminus(0x29, address);
    }

    private static AmqpSocket.Frame expect(AmqpSocket peer, int code) throws Exception {
        AmqpSocket.Frame frame = peer.performative();
        assertThat(frame.code()).as("%s", frame).isEqualTo(code);
        return frame;
    }

    private static AmqpSocket opened(int port, String container) throws Exception {
        AmqpSocket peer = AmqpSocket.connect(port);
        peer.sendHex(AmqpSocket.AMQP);
        peer.send(0, AmqpSocket.OPEN, container);
        peer.header();
        expect(peer, AmqpSocket.OPEN);
        peer.send(0, AmqpSocket.BEGIN, null, ZERO, number(99), number(99));
        expect(peer, AmqpSocket.BEGIN);
        return peer;
    }

    /** A client with a link to the management node on handle 0 and one for its answers on handle 1. */
    private static final class Manager implements AutoCloseable {
        private final AmqpSocket socket;
        private final String replyTo;
        private int sent;

        Manager(int port, String container) throws Exception {
            socket = opened(port, container);
            socket.send(
                    0,
                    AmqpSocket.ATTACH,
                    "ask",
                    ZERO,
                    false,
                    null,
                    null,
                    null,
                    target("$management"),
                    null,
                    null,
                    ZERO);
            expect(socket, AmqpSocket.ATTACH);
            expect(socket, AmqpSocket.FLOW);
            Described dynamic = terminus(0x28, null, null, null, null, true);
            socket.send(0, AmqpSocket.ATTACH, "hear", number(1), true, null, null, dynamic, null);
            Described given = (Described) expect(socket, AmqpSocket.ATTACH).field(5);
            replyTo = String.valueOf(((List<?>) Objects.requireNonNull(given.value())).get(0));
            socket.send(0, AmqpSocket.FLOW, ZERO, number(99), ZERO, number(99), number(1), ZERO, number(99));
        }

        /** The status code of the answer; what else comes before it is passed over. */
        Object ask(Map<String, Object> properties, Map<String, Object> body) throws Exception {
            ByteBuf request = Unpooled.buffer();
            section(request, 0x73, Arrays.asList(null, null, null, null, replyTo));
            section(request, 0x74, properties);
            section(request, 0x77, body);
            socket.transfer(request, ZERO, number(sent++), new Binary(new byte[] {1}), null, true);
            AmqpSocket.Frame frame = socket.performative();
            while (frame.code() != AmqpSocket.TRANSFER) {
                frame = socket.performative();
            }
            return statusCode(frame.payload());
        }

        private static void section(ByteBuf message, int code, Object value) {
            TypeEncoder.writeValue(message, new Described(new UnsignedLong(code), value));
        }

        private static Object statusCode(ByteBuf message) {
            while (message.isReadable()) {
                Described section =
                        (Described) Objects.requireNonNull(io.linkspan.amqp.codec.TypeDecoder.readValue(message));
                if (new UnsignedLong(0x74).equals(section.descriptor())) {
                    return Objects.requireNonNull(
                            ((Map<?, ?>) Objects.requireNonNull(section.value())).get("statusCode"));
                }
            }
            throw new AssertionError("no application properties");
        }

        @Override
        public void close() throws java.io.IOException {
            socket.close();
        }
    }

    @Test
    @DisplayName("LNK-03: a client that creates a router.connection.linkRoute is attached to by the links of others")
    void routeOverAConnection() throws Exception {
        try (Routers.Running router = Routers.start(CONFIGURATION);
                Manager box = new Manager(router.port("in"), "box");
                AmqpSocket client = opened(router.port("in"), "client")) {
            assertThat(box.ask(
                            Map.of("operation", "CREATE", "type", "router.connection.linkRoute", "name", "r"),
                            Map.of("pattern", "own.#", "direction", "out")))
                    .isEqualTo(201);
            client.send(0, AmqpSocket.ATTACH, "l", ZERO, true, null, null, source("own.x"), null);
            AmqpSocket.Frame begin = box.socket.performative();
            while (begin.code() == AmqpSocket.FLOW) {
                begin = box.socket.performative(); // The credit of the request comes back.
            }
            assertThat(begin.code()).isEqualTo(AmqpSocket.BEGIN); // A session of its own for the links of others.
            AmqpSocket.Frame attach = expect(box.socket, AmqpSocket.ATTACH);
            assertThat(attach.field(0)).isEqualTo("l@client");
            assertThat(attach.field(2)).as("role: the router receives").isEqualTo(true);
            assertThat(((List<?>) Objects.requireNonNull(((Described) attach.field(5)).value())).get(0))
                    .isEqualTo("own.x");
            box.socket.close();
            assertThat(expect(client, AmqpSocket.ATTACH).fields()).hasSizeGreaterThan(2);
            AmqpSocket.Frame detach = expect(client, DETACH);
            assertThat(((List<?>) Objects.requireNonNull(((Described) detach.field(2)).value())).get(0))
                    .isEqualTo(new Symbol("qd:routed-link-lost"));
        }
    }

    @Test
    @DisplayName("link adminStatus: UPDATE with disabled drains a sender, with enabled it has its credit again")
    void adminStatus() throws Exception {
        try (Routers.Running router = Routers.start(CONFIGURATION);
                Manager manager = new Manager(router.port("in"), "manager");
                AmqpSocket receiver = opened(router.port("in"), "receiver");
                AmqpSocket sender = opened(router.port("in"), "sender")) {
            receiver.send(0, AmqpSocket.ATTACH, "in", ZERO, true, null, null, source("q"), null);
            expect(receiver, AmqpSocket.ATTACH);
            sender.send(0, AmqpSocket.ATTACH, "out", ZERO, false, null, null, null, target("q"), null, null, ZERO);
            expect(sender, AmqpSocket.ATTACH);
            expect(sender, AmqpSocket.FLOW);
            Map<String, Object> update = Map.of("operation", "UPDATE", "type", "router.link", "name", "out");
            assertThat(manager.ask(update, Map.of("adminStatus", "disabled"))).isEqualTo(200);
            assertThat(expect(sender, AmqpSocket.FLOW).field(8)).as("drain").isEqualTo(true);
            // The answer to the drain: all credit is used up.
            sender.send(0, AmqpSocket.FLOW, ZERO, number(99), ZERO, number(99), ZERO, number(250), ZERO, ZERO, true);
            assertThat(manager.ask(update, Map.of("adminStatus", "enabled"))).isEqualTo(200);
            AmqpSocket.Frame flow = expect(sender, AmqpSocket.FLOW);
            if (flow.field(6).equals(ZERO)) {
                flow = expect(sender, AmqpSocket.FLOW); // The first one ends the drain.
            }
            assertThat(flow.field(6)).as("credit").isEqualTo(number(250));
            assertThat(manager.ask(update, Map.of("adminStatus", "x"))).isEqualTo(400);
        }
    }
}
