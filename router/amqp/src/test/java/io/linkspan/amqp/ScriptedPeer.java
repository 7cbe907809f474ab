// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.codec.Described;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The other end of an engine in a test: sends what a test says, right or wrong, octet by octet if need be, and reads what
 * the engine wrote. Plays the shell too: it flushes the engine when that asks for it.
 */
final class ScriptedPeer {
    final TestWire wire = new TestWire();
    final TestApp app = new TestApp();
    final AmqpEngine engine;
    private final List<Frame> unread = new ArrayList<>();

    private ScriptedPeer(
            AmqpSettings settings, boolean server, @Nullable SaslServer saslServer, @Nullable SaslClient saslClient) {
        engine = server
                ? AmqpEngine.server(settings, wire, app, saslServer)
                : AmqpEngine.client(settings, wire, app, saslClient);
        app.engine = engine;
    }

    /** The peer of an engine that waits for a client. */
    static ScriptedPeer client() {
        return client(AmqpSettings.DEFAULT);
    }

    static ScriptedPeer client(AmqpSettings settings) {
        return new ScriptedPeer(settings, true, SaslServer.anonymous(), null);
    }

    static ScriptedPeer client(AmqpSettings settings, @Nullable SaslServer sasl) {
        return new ScriptedPeer(settings, true, sasl, null);
    }

    /** The peer of an engine that connects. */
    static ScriptedPeer server(AmqpSettings settings, @Nullable SaslClient sasl) {
        ScriptedPeer peer = new ScriptedPeer(settings, false, null, sasl);
        peer.app.answerOpen = false;
        return peer;
    }

    /** A client that has opened; frames so far are read. */
    static ScriptedPeer opened() {
        return opened(AmqpSettings.DEFAULT);
    }

    static ScriptedPeer opened(AmqpSettings settings) {
        ScriptedPeer peer = client(settings);
        peer.send(Frame.AMQP, Frame.amqp(0, Descriptors.OPEN, "peer"));
        peer.expectHeader(Frame.AMQP);
        peer.expect(Descriptors.OPEN);
        peer.app.heard();
        return peer;
    }

    /** A client with a session on its channel 0, with the widest windows. */
    static ScriptedPeer begun() {
        return begun(AmqpSettings.DEFAULT);
    }

    static ScriptedPeer begun(AmqpSettings settings) {
        ScriptedPeer peer = opened(settings);
        peer.begin(0, 0x7fff_ffff);
        peer.app.heard();
        return peer;
    }

    void begin(int channel, long window) {
        send(Frame.amqp(channel, Descriptors.BEGIN, null, Frame.uint(0), Frame.uint(window), Frame.uint(0x7fff_ffff)));
        expect(Descriptors.BEGIN);
    }

    /** Attaches as sender, to target "q". */
    IncomingLink attachSender(String name, int handle) {
        send(attach(name, handle, false));
        expect(Descriptors.ATTACH);
        app.heard();
        return app.in(name);
    }

    /** Attaches as receiver, from source "q". */
    OutgoingLink attachReceiver(String name, int handle) {
        send(attach(name, handle, true));
        expect(Descriptors.ATTACH);
        app.heard();
        return app.out(name);
    }

    static byte[] attach(String name, int handle, boolean receiver) {
        Described source = Frame.described(Descriptors.SOURCE, receiver ? "q" : null);
        Described target = Frame.described(Descriptors.TARGET, receiver ? null : "q");
        return Frame.amqp(
                0,
                Descriptors.ATTACH,
                name,
                Frame.uint(handle),
                receiver,
                null,
                null,
                source,
                target,
                null,
                null,
                receiver ? null : Frame.uint(0));
    }

    /** A session flow with the widest windows, and link credit. */
    static byte[] credit(int handle, long count, long credit) {
        return flow(0x7fff_ffff, handle, count, credit, false, false);
    }

    static byte[] flow(long window, int handle, long count, long credit, boolean drain, boolean echo) {
        return Frame.amqp(
                0,
                Descriptors.FLOW,
                Frame.uint(0),
                Frame.uint(window),
                Frame.uint(0),
                Frame.uint(0x7fff_ffff),
                Frame.uint(handle),
                Frame.uint(count),
                Frame.uint(credit),
                null,
                drain,
                echo);
    }

    /** A session flow alone. */
    static byte[] window(long nextIncomingId, long window) {
        return Frame.amqp(
                0,
                Descriptors.FLOW,
                Frame.uint(nextIncomingId),
                Frame.uint(window),
                Frame.uint(0),
                Frame.uint(0x7fff_ffff));
    }

    /** A whole delivery in one frame. */
    static byte[] transfer(int handle, long id, boolean settled, String payload) {
        return transfer(handle, id, settled, false, payload);
    }

    static byte[] transfer(int handle, long id, boolean settled, boolean more, String payload) {
        return Frame.withPayload(
                0,
                payload.getBytes(StandardCharsets.UTF_8),
                Descriptors.TRANSFER,
                Frame.uint(handle),
                Frame.uint(id),
                new io.linkspan.amqp.codec.Binary(new byte[] {(byte) id}),
                Frame.uint(0),
                settled,
                more);
    }

    static byte[] disposition(boolean receiver, long first, long last, boolean settled, @Nullable Object state) {
        return Frame.amqp(0, Descriptors.DISPOSITION, receiver, Frame.uint(first), Frame.uint(last), settled, state);
    }

    /** Sends octets in one piece, and lets the engine flush when it asks. */
    void send(byte[]... parts) {
        feed(Frame.join(parts));
        flush();
    }

    /** Sends each octet on its own. */
    void sendOctets(byte[]... parts) {
        for (byte octet : Frame.join(parts)) {
            feed(new byte[] {octet});
        }
        flush();
    }

    private void feed(byte[] bytes) {
        ByteBuf buf = wire.buffer(bytes);
        engine.receive(buf);
        buf.release();
    }

    void flush() {
        while (wire.flushRequested) {
            wire.flushRequested = false;
            engine.flush();
        }
        unread.addAll(Frame.readAll(wire.take()));
    }

    /** Reads the next frame, which has this performative. */
    Frame expect(int descriptor) {
        flush();
        assertThat(unread).as("frames of the engine").isNotEmpty();
        Frame frame = unread.remove(0);
        assertThat(Integer.toHexString(frame.descriptor()))
                .as(frame.toString())
                .isEqualTo(Integer.toHexString(descriptor));
        return frame;
    }

    void expectHeader(byte[] header) {
        Frame frame = expect(Frame.EMPTY);
        assertThat(frame.type()).isEqualTo(Frame.HEADER);
        assertThat(frame.payloadBytes()).isEqualTo(header);
    }

    void expectNothing() {
        flush();
        assertThat(unread).as("frames of the engine").isEmpty();
    }

    List<Frame> all() {
        flush();
        List<Frame> frames = List.copyOf(unread);
        unread.clear();
        return frames;
    }

    /** Reads CLOSE, behind which the engine closes the socket. */
    void expectClose(String error) {
        Frame close = expect(Descriptors.CLOSE);
        assertThat(close.errorText(0)).isEqualTo(error);
        assertThat(wire.closing).isTrue();
        expectNothing();
    }

    /** The socket goes; nothing may be held then. */
    void disconnect() {
        engine.transportClosed();
        assertThat(wire.held()).as("octets not given back").isZero();
    }
}
