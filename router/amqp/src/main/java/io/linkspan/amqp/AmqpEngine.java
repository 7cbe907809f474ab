// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import io.linkspan.amqp.codec.MalformedException;
import io.linkspan.wire.Wire;
import io.linkspan.wire.WireEngine;
import io.netty.buffer.ByteBuf;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One AMQP 1.0 connection: bytes in, events out; commands in, bytes out. AMQP 1.0 part 2, 2.4. Confined to the
 * connection's loop.
 *
 * <p>Design. {@link FrameParser} cuts the input; frames are read where they lie and handed to their session and link,
 * which call the application's handlers. Commands write into {@link FrameWriter}'s buffer or note what is due
 * (dispositions, credit, windows); {@link #flush}, once per iteration of the loop, writes what is due and gives
 * everything to the wire. So the work per message is a few array accesses and wide stores, and neither a flush nor an
 * object.
 *
 * <p>Errors of a peer cost the smallest scope that is true. What cannot be parsed at all ends the connection: header and
 * OPEN if they have not gone yet (the latter with an empty container-id), then CLOSE with
 * {@code amqp:connection:framing-error}. After that the input is dropped.
 *
 * <p>On a connection that came in the engine waits for the peer's header; on one that we made, {@link #connect} begins.
 * The application must have answered {@link ConnectionHandler#onOpen} when that call returns.
 */
public final class AmqpEngine implements WireEngine {
    private enum Expect {
        /** Server: AMQP or SASL. */
        ANY_HEADER,
        /** Client: the SASL header. */
        SASL_HEADER,
        SASL_FRAMES,
        /** The AMQP header. */
        AMQP_HEADER,
        FRAMES,
        /** Nothing: the input is dropped. */
        NOTHING
    }

    private final AmqpSettings settings;
    private final Wire wire;
    private final ConnectionHandler handler;
    private final @Nullable SaslLayer sasl;
    private final FrameWriter writer;
    private final FrameParser parser;
    private final IdleTimer idle;
    private final FrameDispatch dispatch = new FrameDispatch(this);
    private final ConnectionSessions sessions = new ConnectionSessions(this);

    private Expect expect = Expect.ANY_HEADER;
    private boolean heard;
    private boolean headerSent;
    private boolean openSent;
    private boolean openHeard;
    private boolean closeSent;
    private boolean closedTold;
    private @Nullable Open openLater;

    private @Nullable AmqpSession dirtyHead;

    // What the application ended and its links have not been told yet.
    private boolean lossesDue;
    private @Nullable AmqpError closeReason;

    private AmqpEngine(
            AmqpSettings settings,
            Wire wire,
            ConnectionHandler handler,
            @Nullable SaslServer server,
            @Nullable SaslClient client) {
        this.settings = settings;
        this.wire = wire;
        this.handler = handler;
        writer = new FrameWriter(wire);
        parser = new FrameParser(wire.allocator(), settings.maxFrameSize());
        idle = new IdleTimer(settings.idleTimeoutMs(), settings.handshakeTimeoutMs());
        sasl = server == null && client == null ? null : new SaslLayer(writer, server, client);
    }

    /**
     * The engine of a connection that came in.
     *
     * @param sasl null when SASL is not offered at all
     */
    public static AmqpEngine server(
            AmqpSettings settings, Wire wire, ConnectionHandler handler, @Nullable SaslServer sasl) {
        return new AmqpEngine(settings, wire, handler, sasl, null);
    }

    /**
     * The engine of a connection that we made; {@link #connect} begins.
     *
     * @param sasl null to begin with the bare AMQP header
     */
    public static AmqpEngine client(
            AmqpSettings settings, Wire wire, ConnectionHandler handler, @Nullable SaslClient sasl) {
        AmqpEngine engine = new AmqpEngine(settings, wire, handler, null, sasl);
        engine.expect = sasl == null ? Expect.AMQP_HEADER : Expect.SASL_HEADER;
        return engine;
    }

    public AmqpSettings settings() {
        return settings;
    }

    ConnectionHandler handler() {
        return handler;
    }

    FrameWriter writer() {
        return writer;
    }

    /** Turns the trace of frames on, or off with null. */
    public void traceFrames(@Nullable FrameTracer newTracer) {
        dispatch.tracer(newTracer);
        writer.tracer(newTracer);
    }

    // ---- Commands.

    /** Begins a connection that we made: header, SASL if there is any, and this open as soon as it may go. */
    public void connect(Open open) {
        openLater = open;
        if (expect == Expect.SASL_HEADER) {
            writer.header(ProtocolHeader.SASL);
        } else if (expect == Expect.AMQP_HEADER) {
            sendHeader();
            sendOpenLater();
        } else {
            throw new IllegalStateException("connect on a connection that came in, or twice");
        }
    }

    /** Answers the peer's open; the numbers come from the settings. */
    public void open(Open open) {
        if (!headerSent || openSent) {
            throw new IllegalStateException(openSent ? "open was sent before" : "open before the header");
        }
        sendOpen(open);
    }

    private void sendOpen(Open open) {
        openSent = true;
        boolean written =
                writer.frame(FrameWriter.TYPE_AMQP, 0, Descriptors.OPEN, frame -> open.write(frame, settings));
        if (!written) {
            openSent = false;
            fail(ErrorCondition.FRAME_SIZE_TOO_SMALL.error(
                    "our open is larger than max-frame-size " + writer.maxFrame()));
        }
    }

    /** The open of a connection that only says why it closes: part 2, 2.4.1 wants one before the close. */
    private void sendEmptyOpen() {
        openSent = true;
        writer.frame(FrameWriter.TYPE_AMQP, 0, Descriptors.OPEN, frame -> frame.value(""));
    }

    private void sendOpenLater() {
        Open open = openLater;
        openLater = null;
        if (open != null) {
            sendOpen(open);
        }
    }

    private void sendHeader() {
        if (!headerSent) {
            headerSent = true;
            writer.header(ProtocolHeader.AMQP);
        }
    }

    /**
     * Begins a session; it can be used at once.
     *
     * @return null when every channel up to the peer's channel-max and ours is taken
     * @throws IllegalStateException when the connection is not open
     */
    public @Nullable AmqpSession begin() {
        if (!isOpen()) {
            throw new IllegalStateException("begin on a connection that is not open");
        }
        return sessions.begin();
    }

    /**
     * Closes: says CLOSE and waits for the peer's, {@link IdleTimer#CLOSE_WAIT_MS} at most. Links, sessions and {@link
     * ConnectionHandler#onClosed} hear of it at the next flush.
     *
     * @param error why, null for no reason
     */
    public void close(@Nullable AmqpError error) {
        if (closeSent || expect == Expect.NOTHING) {
            return;
        }
        if (!headerSent) {
            drop();
            return;
        }
        closeReason = error;
        sendClose(error);
        idle.closing();
        wire.scheduleTick(idle.nextTickNs());
        lossesDue = true;
    }

    /** Ends the connection without CLOSE: what a router does to a connection that management deletes (CON-11). */
    public void drop() {
        expect = Expect.NOTHING;
        closeSent = true;
        lossesDue = true;
        writer.requestFlush();
        writer.shut();
        wire.drop();
    }

    /** The answer of a {@link SaslServer} that said {@link SaslStep#LATER}. */
    public void continueSasl(SaslStep step) {
        SaslLayer layer = sasl;
        if (expect != Expect.SASL_FRAMES || layer == null || !layer.isThinking()) {
            return;
        }
        layer.answer(step);
        afterSasl(layer);
    }

    // ---- From the shell.

    @Override
    public void receive(ByteBuf in) {
        heard = true;
        try {
            parser.receive(in, dispatch);
        } catch (MalformedException malformed) {
            fail(ErrorCondition.FRAMING_ERROR.error("malformed frame (" + malformed.getMessage() + ")"));
        } finally {
            dispatch.forget();
        }
    }

    @Override
    public void flush() {
        if (lossesDue) {
            lossesDue = false;
            tellLosses();
        }
        AmqpSession session = dirtyHead;
        dirtyHead = null;
        while (session != null) {
            AmqpSession next = session.nextDirty;
            session.nextDirty = null;
            session.dirty = false;
            if (!closeSent) {
                session.sendPending();
            }
            session = next;
        }
        writer.flush();
    }

    @Override
    public void tick(long nowNs) {
        idle.tick(nowNs, heard, writer.wroteSinceAsked());
        heard = false;
        if (idle.closeIsLate()) {
            expect = Expect.NOTHING;
            writer.shut();
            wire.drop();
            return;
        }
        if (expect == Expect.NOTHING) {
            return;
        }
        if (idle.handshakeIsLate()) {
            fail(ErrorCondition.NOT_ALLOWED.error("Timeout waiting for initial handshake"));
        } else if (idle.peerIsSilent()) {
            fail(ErrorCondition.RESOURCE_LIMIT_EXCEEDED.error("local-idle-timeout expired"));
        } else {
            if (idle.weAreSilent()) {
                writer.emptyFrame();
            }
            sessions.forEach(AmqpSession::trim);
            if (idle.needed()) {
                wire.scheduleTick(idle.nextTickNs());
            }
        }
    }

    @Override
    public void writabilityChanged(boolean writable) {
        if (writable) {
            sessions.forEach(AmqpSession::resumeBlocked);
        }
    }

    boolean canWrite() {
        return !closeSent && wire.writable();
    }

    @Override
    public void transportClosed() {
        expect = Expect.NOTHING;
        parser.discard();
        if (!closedTold) {
            boolean ours = closeSent;
            closeSent = true;
            lost(ours ? Cause.LOCAL : Cause.CONNECTION_LOST, closeReason);
        }
        writer.shut();
        writer.discard();
    }

    @Override
    public void shutdown() {
        if (expect == Expect.NOTHING) {
            return;
        }
        if (openSent) {
            close(ErrorCondition.CONNECTION_FORCED.error("router is shutting down"));
        }
        closeSent = true;
        expect = Expect.NOTHING;
        tellLosses();
        endWriting();
    }

    // ---- What comes in; called by the dispatch.

    boolean isListening() {
        return expect != Expect.NOTHING;
    }

    boolean expectsHeader() {
        return expect != Expect.FRAMES && expect != Expect.SASL_FRAMES;
    }

    boolean expectsSasl() {
        return expect == Expect.SASL_FRAMES;
    }

    boolean isOpenHeard() {
        return openHeard;
    }

    boolean isCloseSent() {
        return closeSent;
    }

    /** True between the opens of both ends and the first close: sessions can be begun. */
    public boolean isOpen() {
        return openSent && openHeard && !closeSent;
    }

    ConnectionSessions sessions() {
        return sessions;
    }

    void onHeader(long header) {
        if (expect == Expect.ANY_HEADER && header == ProtocolHeader.SASL && sasl != null) {
            expect = Expect.SASL_FRAMES;
            sasl.offer();
        } else if (expect == Expect.SASL_HEADER && header == ProtocolHeader.SASL) {
            expect = Expect.SASL_FRAMES;
        } else if (expect == Expect.AMQP_HEADER && header == ProtocolHeader.AMQP) {
            expect = Expect.FRAMES;
            sendHeader();
        } else if (expect == Expect.ANY_HEADER && header == ProtocolHeader.AMQP && !settings.requireSasl()) {
            expect = Expect.FRAMES;
            sendHeader();
        } else if (expect == Expect.ANY_HEADER && (header == ProtocolHeader.AMQP || header == ProtocolHeader.TLS)) {
            // SAS-05: not a word to a peer that skips SASL, or wants TLS where there is none.
            hangUp(ErrorCondition.NOT_ALLOWED.error("peer began with " + protocolName(header)));
        } else {
            fail(ErrorCondition.FRAMING_ERROR.error(
                    "Unknown protocol detected: '" + ProtocolHeader.printable(header) + "'"));
        }
    }

    private static String protocolName(long header) {
        return header == ProtocolHeader.AMQP ? "AMQP where SASL is required" : "TLS where none is offered";
    }

    void onSaslFrame(int descriptor, FieldReader fields) {
        SaslLayer layer = Objects.requireNonNull(sasl);
        layer.onFrame(descriptor, fields);
        afterSasl(layer);
    }

    private void afterSasl(SaslLayer layer) {
        if (layer.isFailed()) {
            hangUp(ErrorCondition.UNAUTHORIZED_ACCESS.error("SASL authentication failed"));
        } else if (layer.isDone()) {
            expect = Expect.AMQP_HEADER;
            if (openLater != null) {
                sendHeader();
                sendOpenLater();
            }
        }
    }

    void onOpen(Open remote) {
        if (openHeard) {
            return; // A second one is ignored, as by the original.
        }
        if (remote.maxFrameSize() < FrameWriter.MIN_MAX_FRAME_SIZE) {
            fail(ErrorCondition.INVALID_FIELD.error(
                    "max-frame-size " + remote.maxFrameSize() + " is below " + FrameWriter.MIN_MAX_FRAME_SIZE));
            return;
        }
        if (remote.idleTimeOutMs() > 0 && remote.idleTimeOutMs() < IdleTimer.MIN_REMOTE_MS) {
            fail(ErrorCondition.INVALID_FIELD.error("idle-time-out of " + remote.idleTimeOutMs()
                    + " ms, the shortest that can be kept is " + IdleTimer.MIN_REMOTE_MS));
            return;
        }
        openHeard = true;
        writer.maxFrame(remote.maxFrameSize());
        sessions.remoteChannelMax(remote.channelMax());
        idle.remoteTimeout(remote.idleTimeOutMs());
        idle.handshakeDone();
        if (idle.needed()) {
            wire.scheduleTick(idle.nextTickNs());
        }
        handler.onOpen(remote);
        if (!openSent && !closeSent) {
            throw new IllegalStateException("the application did not answer OPEN");
        }
    }

    void onClose(@Nullable AmqpError error) {
        boolean answer = !closeSent;
        expect = Expect.NOTHING;
        if (answer) {
            closeSent = true;
            lost(Cause.CONNECTION_CLOSED, error);
            writeWithError(0, Descriptors.CLOSE, null, frame -> {});
        } else if (lossesDue) {
            lossesDue = false;
            tellLosses();
        }
        endWriting();
    }

    // ---- Endings.

    /** The peer broke the protocol: says why and closes. The smallest frame that is missing goes first. */
    void fail(AmqpError error) {
        if (expect == Expect.NOTHING) {
            return;
        }
        if (expect == Expect.SASL_FRAMES || expect == Expect.SASL_HEADER) {
            hangUp(error);
            return;
        }
        expect = Expect.NOTHING;
        if (!closeSent) {
            sendHeader();
            if (!openSent) {
                sendEmptyOpen();
            }
            sendClose(error);
        }
        lost(Cause.VIOLATION, error);
        endWriting();
    }

    /** Closes the socket behind what was written, without words about it. */
    private void hangUp(AmqpError error) {
        expect = Expect.NOTHING;
        closeSent = true;
        lost(Cause.VIOLATION, error);
        endWriting();
    }

    private void endWriting() {
        writer.flush();
        writer.shut();
        wire.closeAfterFlush();
    }

    private void sendClose(@Nullable AmqpError error) {
        if (!openSent) {
            sendEmptyOpen();
        }
        sessions.forEach(AmqpSession::sendPending);
        closeSent = true;
        writeWithError(0, Descriptors.CLOSE, error, frame -> {});
    }

    /** Writes detach, end or close, and nothing behind a close; an error larger than the peer takes is cut. */
    void writeWithError(int channel, int descriptor, @Nullable AmqpError error, Consumer<FieldWriter> before) {
        if (closeSent && descriptor != Descriptors.CLOSE) {
            return; // A handler closed the connection because of the peer's detach or end.
        }
        boolean written = writer.frame(FrameWriter.TYPE_AMQP, channel, descriptor, frame -> {
            before.accept(frame);
            frame.value(error == null ? null : error.toWire());
        });
        if (!written && error != null) {
            AmqpError cut = new AmqpError(error.condition(), error.shortDescription(), null);
            writer.frame(FrameWriter.TYPE_AMQP, channel, descriptor, frame -> {
                before.accept(frame);
                frame.value(cut.toWire());
            });
        }
    }

    /** The application ended this session: its links hear of it at the next flush. */
    void lostLater(AmqpSession session) {
        lossesDue = true;
        markDirty(session);
    }

    private void tellLosses() {
        if (closeSent) {
            lost(Cause.LOCAL, closeReason);
            return;
        }
        sessions.forEach(session -> {
            if (session.state() == AmqpSession.State.ENDING) {
                session.lost(Cause.LOCAL, null);
            }
        });
    }

    /** Tells everybody that the connection is over; once. */
    private void lost(Cause cause, @Nullable AmqpError error) {
        if (closedTold) {
            return;
        }
        closedTold = true;
        lossesDue = false;
        sessions.forEach(session -> session.lost(cause, error));
        handler.onClosed(cause, error);
    }

    void markDirty(AmqpSession session) {
        if (!session.dirty) {
            session.dirty = true;
            session.nextDirty = dirtyHead;
            dirtyHead = session;
            writer.requestFlush();
        }
    }
}
