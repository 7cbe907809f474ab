// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import io.linkspan.amqp.codec.FormatCode;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A session: links, delivery-ids and the windows of its transfers. AMQP 1.0 part 2, 2.5. Confined to the connection's
 * loop.
 *
 * <p>Windows count transfer frames. The peer's, {@link #canSend}, is moved by its flows. Ours is re-opened to its full
 * size ({@link AmqpSettings#incomingWindow}) when half of it is used, unless the application holds it ({@link
 * #holdWindow}): then the peer stops when the rest is used up. A peer that sends on is ended with {@code
 * amqp:session:window-violation}.
 */
public final class AmqpSession {
    /** Unsettled deliveries we bear sent in a session; with so many nothing more is sendable. */
    public static final int MAX_UNSETTLED_DELIVERIES = 1 << 20;
    /** The outgoing window we announce, in frames: we are never the ones who limit it. */
    private static final int OUTGOING_WINDOW = Integer.MAX_VALUE;

    enum State {
        /** The peer began, our begin is due. */
        ASKED,
        /** We began, the peer's begin is due. */
        ASKING,
        BEGUN,
        /** We ended, the peer's end is due; what still comes is dropped. */
        ENDING,
        GONE
    }

    private final AmqpEngine engine;
    private final int localChannel;
    private int remoteChannel = Begin.NO_CHANNEL;
    private State state;
    private @Nullable AmqpError refusal;

    private boolean lossTold;

    private int nextIncomingId;
    private int window;
    private int holds;
    private boolean flowDue;
    private int nextOutgoingId;
    private int remoteWindow;

    private int nextDeliveryId;
    private boolean deliverySeen;
    private int expectedDeliveryId;

    private final DeliveryRing incoming = new DeliveryRing();
    private final DeliveryRing outgoing = new DeliveryRing();
    private final DispositionRange incomingRange = new DispositionRange(true);
    private final DispositionRange outgoingRange = new DispositionRange(false);

    private final SessionLinks links = new SessionLinks(this);

    private @Nullable AmqpLink flowHead;
    private final WaitingLinks waiting = new WaitingLinks();
    private boolean endDue;
    private @Nullable AmqpError endReason;

    // Membership of the engine's list of sessions with something to write.
    boolean dirty;

    @Nullable
    AmqpSession nextDirty;

    AmqpSession(AmqpEngine engine, int localChannel, State state) {
        this.engine = engine;
        this.localChannel = localChannel;
        this.state = state;
        window = engine.settings().incomingWindow();
    }

    AmqpEngine engine() {
        return engine;
    }

    FrameWriter writer() {
        return engine.writer();
    }

    State state() {
        return state;
    }

    /** The channel we send on; sessions get the lowest free one. */
    public int localChannel() {
        return localChannel;
    }

    int remoteChannel() {
        return remoteChannel;
    }

    /** True while links can be attached. */
    public boolean isLive() {
        return state == State.BEGUN || state == State.ASKING;
    }

    DeliveryRing incoming() {
        return incoming;
    }

    DeliveryRing outgoing() {
        return outgoing;
    }

    // ---- Begin and end.

    /** Refuses the peer's begin, from within {@link ConnectionHandler#onSession}: it is answered, then ended. */
    public void refuse(AmqpError error) {
        if (state != State.ASKED) {
            throw new IllegalStateException("session on channel " + localChannel + " refused in state " + state);
        }
        refusal = error;
    }

    /** Answers the peer's begin; ends the session right behind it when it was refused. */
    void answer() {
        writeBegin();
        state = State.BEGUN;
        AmqpError error = refusal;
        if (error != null) {
            writeEnd(error);
            state = State.ENDING;
            lossTold = true;
        }
    }

    /** Takes the peer's begin. */
    void onBegin(int channel, Begin begin) {
        remoteChannel = channel;
        nextIncomingId = begin.nextOutgoingId();
        remoteWindow = Serial.left(begin.incomingWindow(), 0, nextOutgoingId);
        links.remoteHandleMax(begin.handleMax());
        if (state == State.ASKING) {
            state = State.BEGUN;
            resumeBlocked();
        } else if (endDue) {
            endDue = false;
            writeEnd(endReason);
        }
    }

    /** Says begin: ours, or the answer to the peer's. */
    void writeBegin() {
        int handleMax = engine.settings().handleMax();
        writer().frame(
                        FrameWriter.TYPE_AMQP,
                        localChannel,
                        Descriptors.BEGIN,
                        fields -> fields.ushort(remoteChannel, Begin.NO_CHANNEL)
                                .uint(nextOutgoingId)
                                .uint(window)
                                .uint(OUTGOING_WINDOW)
                                .uint(handleMax));
    }

    /**
     * Ends the session with everything in it. Its links and {@link ConnectionHandler#onSessionEnded} hear of it later. The
     * peer hears of it when it has answered our begin (AMQP 1.0 part 2, 2.5.5): some cannot answer what has ended already.
     */
    public void end(@Nullable AmqpError error) {
        if (state == State.ASKING) {
            endDue = true;
            endReason = error;
        } else if (state == State.BEGUN) {
            writeEnd(error);
        } else {
            return;
        }
        state = State.ENDING;
        engine.lostLater(this);
    }

    /** The peer broke a rule of the session: ends it. AMQP 1.0 part 2, 2.5.4. */
    void fail(AmqpError error) {
        if (isLive()) {
            writeEnd(error);
            state = State.ENDING;
            lost(Cause.VIOLATION, error);
        }
    }

    private void writeEnd(@Nullable AmqpError error) {
        sendPending();
        engine.writeWithError(localChannel, Descriptors.END, error, fields -> {});
    }

    /** Takes the peer's end. */
    void onEnd(@Nullable AmqpError error) {
        if (state == State.ENDING) {
            state = State.GONE;
        } else {
            state = State.GONE;
            lost(Cause.SESSION_ENDED, error);
            writeEnd(null);
        }
    }

    /** Tells the links, then the connection's handler, that all is over; once. */
    void lost(Cause cause, @Nullable AmqpError error) {
        if (lossTold) {
            return;
        }
        lossTold = true;
        if (isLive()) {
            state = State.GONE; // The connection went.
        }
        links.vanish(cause, error);
        flowHead = null;
        waiting.clear();
        engine.handler().onSessionEnded(this, cause, error);
    }

    // ---- Links.

    /**
     * Attaches a link on which we receive; the peer's answer comes by {@link IncomingLink.Handler#onAttached}.
     *
     * @return null when the peer's handle-max or our own leaves no handle, or the attach is larger than the peer takes
     * @throws IllegalStateException when a link of this name and direction exists, or the session is over
     */
    public @Nullable IncomingLink attachIncoming(Attach request, IncomingLink.Handler handler) {
        return links.attachIncoming(request, handler);
    }

    /** Attaches a link on which we send; as {@link #attachIncoming}. */
    public @Nullable OutgoingLink attachOutgoing(Attach request, OutgoingLink.Handler handler) {
        return links.attachOutgoing(request, handler);
    }

    /** Whether a link of this name and direction is there, or is still being detached; another cannot be attached. */
    public boolean isNameTaken(String name, boolean incoming) {
        return links.isNameTaken(name, incoming);
    }

    SessionLinks links() {
        return links;
    }

    void failUnattached(int handle) {
        fail(ErrorCondition.UNATTACHED_HANDLE.error("handle " + Integer.toUnsignedString(handle) + " is not attached"));
    }

    // ---- Transfers that come.

    /** Takes a transfer; the reader stands at its first field. */
    void onTransfer(FieldReader fields, Transfer transfer, ByteBuf bytes, int frameEnd) {
        int handle = fields.requiredUint("handle");
        if (window == 0) {
            fail(ErrorCondition.WINDOW_VIOLATION.error(
                    "transfer " + Integer.toUnsignedString(nextIncomingId) + " is beyond the incoming window"));
            return;
        }
        window--;
        nextIncomingId++;
        if (holds == 0 && window <= engine.settings().incomingWindow() >> 1) {
            sessionFlowDue();
        }
        AmqpLink link = links.byRemoteHandle(handle);
        if (link instanceof IncomingLink receiver) {
            receiver.onTransfer(transfer, fields, bytes, frameEnd);
        } else if (link == null) {
            failUnattached(handle);
        } else {
            fail(ErrorCondition.NOT_ALLOWED.error("transfer on link " + link.name() + ", whose receiver is the peer"));
        }
    }

    /** Checks the id of a delivery that begins: serial numbers without a gap (part 2, 2.6.12). */
    boolean expectDelivery(int id) {
        if (deliverySeen && id != expectedDeliveryId) {
            fail(ErrorCondition.SESSION_INVALID_FIELD.error("sequencing error, expected delivery-id "
                    + Integer.toUnsignedString(expectedDeliveryId) + ", got " + Integer.toUnsignedString(id)));
            return false;
        }
        deliverySeen = true;
        expectedDeliveryId = id + 1;
        return true;
    }

    /** Keeps our incoming window from being re-opened until {@link #releaseWindow}; counted. */
    public void holdWindow() {
        holds++;
    }

    /** Takes back one {@link #holdWindow}; after the last the window is re-opened at the next flush. */
    public void releaseWindow() {
        if (holds == 0) {
            throw new IllegalStateException("window released more often than held");
        }
        holds--;
        if (holds == 0 && window <= engine.settings().incomingWindow() >> 1) {
            sessionFlowDue();
        }
    }

    // ---- Transfers that go.

    /** True when a transfer can go: the peer's window and the socket have room. */
    boolean canSend() {
        return remoteWindow > 0
                && state == State.BEGUN
                && engine.canWrite()
                && outgoing.size() < MAX_UNSETTLED_DELIVERIES;
    }

    int takeDeliveryId() {
        return nextDeliveryId++;
    }

    int nextDeliveryId() {
        return nextDeliveryId;
    }

    void frameSent() {
        nextOutgoingId++;
        remoteWindow--;
    }

    /** Remembers a link that waits for room. */
    void block(OutgoingLink link) {
        waiting.add(link);
    }

    /** Lets the links that wait go on, each once, as long as there is room. */
    void resumeBlocked() {
        for (int turns = waiting.size(); turns > 0 && canSend(); turns--) {
            waiting.remove().resume();
        }
    }

    // ---- Flow.

    /** Takes a flow; the reader stands at its first field. */
    void onFlow(FieldReader fields) {
        int seen = fields.uint(0); // Absent before our begin was seen: 0 was our first.
        int grant = fields.requiredUint("incoming-window");
        fields.requiredUint("next-outgoing-id");
        fields.requiredUint("outgoing-window");
        remoteWindow = Serial.left(grant, seen, nextOutgoingId);
        long handleOrNone = fields.uint();
        if (handleOrNone != FieldReader.ABSENT) {
            int handle = (int) handleOrNone;
            AmqpLink link = links.byRemoteHandle(handle);
            if (link == null) {
                failUnattached(handle);
                return;
            }
            link.onFlow(fields);
        } else {
            fields.skip(); // delivery-count
            fields.skip(); // link-credit
            fields.skip(); // available
            fields.skip(); // drain
            if (fields.bool(false) && window < engine.settings().incomingWindow()) {
                sessionFlowDue(); // CRD-17: not when nothing has changed.
            }
        }
        if (waiting.size() > 0) {
            resumeBlocked();
        }
    }

    private void sessionFlowDue() {
        flowDue = true;
        markDirty();
    }

    void flowDue(AmqpLink link) {
        if (!link.flowPending) {
            link.flowPending = true;
            link.nextFlow = flowHead;
            flowHead = link;
            markDirty();
        }
    }

    /** Writes the session's part of a flow; gives the number of fields. */
    int writeWindow(ByteBuf buf) {
        flowDue = false;
        if (holds == 0) {
            window = engine.settings().incomingWindow();
        }
        if (remoteChannel == Begin.NO_CHANNEL) {
            buf.writeByte(FormatCode.NULL);
        } else {
            FrameWriter.writeUint(buf, nextIncomingId);
        }
        FrameWriter.writeUint(buf, window);
        FrameWriter.writeUint(buf, nextOutgoingId);
        FrameWriter.writeUint(buf, OUTGOING_WINDOW);
        return 4;
    }

    // ---- Dispositions.

    void disposeIncoming(int id, @Nullable DeliveryState newState, boolean settled) {
        incomingRange.add(id, newState, settled, this);
    }

    void disposeOutgoing(int id, @Nullable DeliveryState newState, boolean settled) {
        outgoingRange.add(id, newState, settled, this);
    }

    /** Takes a disposition; the reader stands at its first field. */
    void onDisposition(FieldReader fields, ByteBuf bytes) {
        boolean peerReceives = fields.requiredBool("role");
        int first = fields.requiredUint("first");
        int last = fields.uint(first);
        boolean settled = fields.bool(false);
        int stateAt = fields.index();
        fields.skip();
        DeliveryState newState = fields.index() == stateAt ? null : DeliveryState.read(bytes, stateAt, fields.index());
        fields.finish();
        if (Serial.before(last, first)) {
            fail(ErrorCondition.INVALID_FIELD.error("disposition from delivery-id " + Integer.toUnsignedString(first)
                    + " to " + Integer.toUnsignedString(last)));
            return;
        }
        DeliveryRing ring = peerReceives ? outgoing : incoming;
        if (ring.size() == 0) {
            return;
        }
        // A range is at most as long as what is live; one that claims more is looked up the other way round.
        if (last - first <= 2 * ring.capacity()) {
            for (int id = first; id != last + 1; id++) {
                dispose(ring, id, newState, settled);
            }
        } else {
            for (int id : ring.idsBetween(first, last)) {
                dispose(ring, id, newState, settled);
            }
        }
        if (waiting.size() > 0) {
            resumeBlocked();
        }
    }

    private void dispose(DeliveryRing ring, int id, @Nullable DeliveryState newState, boolean settled) {
        if (!ring.seek(id)) {
            return;
        }
        AmqpLink link = ring.link();
        Object peer = ring.peer();
        int key = ring.key();
        if (link instanceof OutgoingLink sender) {
            sender.receiverState(id, peer, key, newState, settled);
        } else if (link instanceof IncomingLink receiver) {
            if (settled) {
                ring.remove(id);
            }
            receiver.senderState(id, peer, key, newState, settled);
        }
    }

    void forgetDeliveries(DeliveryRing ring, AmqpLink link) {
        for (int id : ring.idsOf(link, nextDeliveryId)) {
            ring.remove(id);
        }
    }

    // ---- Writing.

    void markDirty() {
        engine.markDirty(this);
    }

    /** Writes dispositions and flows that are due. */
    void sendPending() {
        incomingRange.send(this);
        outgoingRange.send(this);
        boolean linkFlow = false;
        while (flowHead != null) {
            AmqpLink link = flowHead;
            flowHead = link.nextFlow;
            link.nextFlow = null;
            link.flowPending = false;
            if (link.state() == AmqpLink.State.ATTACHED || link.state() == AmqpLink.State.ASKING) {
                writer().flow(this, link);
                linkFlow = true;
            }
        }
        if (flowDue && !linkFlow && state == State.BEGUN) {
            writer().flow(this, null);
        }
    }

    void trim() {
        incoming.trim();
        outgoing.trim();
    }

    @Override
    public String toString() {
        return "session on channel " + localChannel + " (" + state + ")";
    }
}
