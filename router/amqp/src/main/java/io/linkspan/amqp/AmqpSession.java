// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import io.linkspan.amqp.codec.FormatCode;
import io.linkspan.amqp.codec.MalformedException;
import io.linkspan.amqp.codec.UnsignedInteger;
import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.Map;
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

    private int remoteHandleMax = -1;
    private int lowestFreeHandle;
    private final IntTable<AmqpLink> byLocalHandle = new IntTable<>();
    private final IntTable<AmqpLink> byRemoteHandle = new IntTable<>();
    private final Map<String, AmqpLink> incomingByName = new HashMap<>(0);
    private final Map<String, AmqpLink> outgoingByName = new HashMap<>(0);

    private @Nullable AmqpLink flowHead;
    private @Nullable OutgoingLink blockedHead;
    private @Nullable OutgoingLink blockedTail;
    private int blockedCount;

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

    @Nullable
    AmqpError refusal() {
        return refusal;
    }

    /** Ends the session right behind the answer to the peer's begin. */
    void refused(AmqpError error) {
        writeEnd(error);
        state = State.ENDING;
        lossTold = true;
    }

    /** Takes the peer's begin. */
    void onBegin(int channel, Begin begin) {
        remoteChannel = channel;
        nextIncomingId = begin.nextOutgoingId();
        remoteWindow = Serial.left(begin.incomingWindow(), 0, nextOutgoingId);
        remoteHandleMax = begin.handleMax();
        if (state == State.ASKING) {
            state = State.BEGUN;
            resumeBlocked();
        }
    }

    /** Says begin: ours, or the answer to the peer's. */
    void writeBegin() {
        boolean answer = state == State.ASKED;
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
        if (answer) {
            state = State.BEGUN;
        }
    }

    /** Ends the session with everything in it. Its links and {@link ConnectionHandler#onSessionEnded} hear of it later. */
    public void end(@Nullable AmqpError error) {
        if (state == State.BEGUN || state == State.ASKING) {
            writeEnd(error);
            state = State.ENDING;
            engine.lostLater(this);
        }
    }

    /** The peer broke a rule of the session: ends it. AMQP 1.0 part 2, 2.5.4. */
    void fail(AmqpError error) {
        if (state == State.BEGUN || state == State.ASKING) {
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
        for (int handle : byLocalHandle.sortedKeys()) {
            AmqpLink link = byLocalHandle.get(handle);
            if (link != null) {
                link.vanish(cause, error);
            }
        }
        incomingByName.clear();
        outgoingByName.clear();
        flowHead = null;
        blockedHead = null;
        blockedTail = null;
        blockedCount = 0;
        engine.handler().onSessionEnded(this, cause, error);
    }

    // ---- Attach and detach.

    /**
     * Attaches a link on which we receive; the peer's answer comes by {@link IncomingLink.Handler#onAttached}.
     *
     * @return null when the peer's handle-max or our own leaves no handle, or the attach is larger than the peer takes
     * @throws IllegalStateException when a link of this name and direction exists, or the session is over
     */
    public @Nullable IncomingLink attachIncoming(Attach request, IncomingLink.Handler handler) {
        int handle = newHandle(incomingByName, request.name());
        if (handle < 0) {
            return null;
        }
        IncomingLink link = new IncomingLink(this, request.name(), handle, AmqpLink.State.ASKING);
        link.handler(handler);
        return ask(link, request) ? link : null;
    }

    /** Attaches a link on which we send; as {@link #attachIncoming}. */
    public @Nullable OutgoingLink attachOutgoing(Attach request, OutgoingLink.Handler handler) {
        int handle = newHandle(outgoingByName, request.name());
        if (handle < 0) {
            return null;
        }
        OutgoingLink link = new OutgoingLink(this, request.name(), handle, AmqpLink.State.ASKING);
        link.handler(handler, request);
        return ask(link, request) ? link : null;
    }

    private int newHandle(Map<String, AmqpLink> byName, String name) {
        if (state != State.BEGUN && state != State.ASKING) {
            throw new IllegalStateException("attach on channel " + localChannel + " in state " + state);
        }
        if (byName.containsKey(name)) {
            throw new IllegalStateException("link " + name + " exists on channel " + localChannel);
        }
        return freeHandle();
    }

    /** The lowest free handle, -1 when there is none. */
    private int freeHandle() {
        int handle = lowestFreeHandle;
        while (byLocalHandle.get(handle) != null) {
            handle++;
        }
        lowestFreeHandle = handle;
        boolean beyond = Integer.compareUnsigned(handle, remoteHandleMax) > 0
                || handle > engine.settings().handleMax();
        return beyond ? -1 : handle;
    }

    private boolean ask(AmqpLink link, Attach request) {
        if (!writeAttach(link, request)) {
            return false;
        }
        byLocalHandle.put(link.localHandle(), link);
        byName(link).put(link.name(), link);
        return true;
    }

    private Map<String, AmqpLink> byName(AmqpLink link) {
        return link.isReceiver() ? incomingByName : outgoingByName;
    }

    /** Says attach; false when it is larger than the peer takes. */
    boolean writeAttach(AmqpLink link, Attach attach) {
        boolean receiver = link.isReceiver();
        return writer().frame(
                        FrameWriter.TYPE_AMQP,
                        localChannel,
                        Descriptors.ATTACH,
                        fields -> fields.value(link.name())
                                .uint(link.localHandle())
                                .value(receiver)
                                .ubyte(attach.senderSettleMode())
                                .ubyte(attach.receiverSettleMode())
                                .value(
                                        attach.source() == null
                                                ? null
                                                : attach.source().raw())
                                .value(
                                        attach.target() == null
                                                ? null
                                                : attach.target().raw())
                                .value(attach.unsettled())
                                .bool(attach.incompleteUnsettled(), false)
                                .value(receiver ? null : UnsignedInteger.ofBits(attach.initialDeliveryCount()))
                                .ulong(attach.maxMessageSize(), 0)
                                .value(attach.offeredCapabilities())
                                .value(attach.desiredCapabilities())
                                .value(attach.properties())
                                .unknown(attach.unknown()));
    }

    void writeDetach(AmqpLink link, boolean closed, @Nullable AmqpError error) {
        engine.writeWithError(
                localChannel,
                Descriptors.DETACH,
                error,
                fields -> fields.uint(link.localHandle()).bool(closed, false));
    }

    /** Takes the peer's attach: the answer to ours, or a link of its own. */
    void onAttach(FieldReader fields) {
        String name = fields.requiredString("name");
        int handle = fields.requiredUint("handle");
        if (!fields.present()) {
            throw new MalformedException("mandatory field role is missing");
        }
        boolean peerReceives = fields.bool(false);
        Attach remote = Attach.read(name, fields);
        if (handle < 0 || handle > engine.settings().handleMax()) {
            engine.fail(ErrorCondition.FRAMING_ERROR.error("handle " + Integer.toUnsignedString(handle)
                    + " is beyond handle-max " + engine.settings().handleMax()));
            return;
        }
        if (byRemoteHandle.get(handle) != null) {
            fail(ErrorCondition.HANDLE_IN_USE.error("handle " + handle + " is in use"));
            return;
        }
        Map<String, AmqpLink> byName = peerReceives ? outgoingByName : incomingByName;
        AmqpLink known = byName.get(name);
        if (known != null && known.remoteHandle() == AmqpLink.NO_HANDLE) {
            onAnswer(known, handle, remote);
            return;
        }
        if (known != null) {
            steal(known);
        }
        int localHandle = freeHandle();
        if (localHandle < 0) {
            fail(ErrorCondition.RESOURCE_LIMIT_EXCEEDED.error("no handle is free for link " + name));
            return;
        }
        AmqpLink link = peerReceives
                ? new OutgoingLink(this, name, localHandle, AmqpLink.State.ASKED)
                : new IncomingLink(this, name, localHandle, AmqpLink.State.ASKED);
        link.remoteHandle(handle);
        link.asked(remote);
        byLocalHandle.put(localHandle, link);
        byRemoteHandle.put(handle, link);
        byName.put(name, link);
        if (link instanceof IncomingLink receiver) {
            receiver.deliveryCount(remote.initialDeliveryCount());
            engine.handler().onIncomingAttach(receiver, remote);
        } else if (link instanceof OutgoingLink sender) {
            engine.handler().onOutgoingAttach(sender, remote);
        }
    }

    private void onAnswer(AmqpLink link, int handle, Attach remote) {
        link.remoteHandle(handle);
        byRemoteHandle.put(handle, link);
        if (link.state() == AmqpLink.State.ASKING) {
            link.state(AmqpLink.State.ATTACHED);
            link.attached(remote);
        } else {
            // We detached before the answer came; the peer's detach follows.
            byName(link).remove(link.name());
        }
    }

    /** The peer takes the link's name for another: AMQP 1.0 part 2, 2.6.1; ANO-17. */
    private void steal(AmqpLink link) {
        AmqpError stolen = ErrorCondition.STOLEN.error("link " + link.name() + " was attached again");
        if (link.state() == AmqpLink.State.ASKED) {
            engine.handler().onWithdrawn(link, Cause.STOLEN, stolen);
            link.refuse(stolen);
        } else {
            link.notifyDetached(Cause.STOLEN, true, stolen);
            link.detach(true, stolen);
        }
    }

    /** Takes the peer's detach. */
    void onDetach(int handle, boolean closed, @Nullable AmqpError error) {
        AmqpLink link = byRemoteHandle.remove(handle);
        if (link == null) {
            failUnattached(handle);
            return;
        }
        switch (link.state()) {
            case ASKED -> {
                engine.handler().onWithdrawn(link, Cause.DETACHED, error);
                if (link.state() == AmqpLink.State.ASKED) {
                    // The peer cannot forget a handle that was never ours: answer, then detach.
                    Attach remote = link.takeAsked();
                    writeAttach(
                            link,
                            link.isReceiver()
                                    ? remote.echo().withTarget(null)
                                    : remote.echo().withSource(null));
                    link.state(AmqpLink.State.LEFT);
                    link.detach(closed, null);
                }
            }
            case ATTACHED -> {
                link.state(AmqpLink.State.LEFT);
                link.notifyDetached(Cause.DETACHED, closed, error);
                link.detach(closed, null);
            }
            case DETACHING -> {
                link.state(AmqpLink.State.GONE);
                freeLocal(link);
            }
            default -> throw new IllegalStateException("link " + link + " has a remote handle");
        }
    }

    /** A link has said its detach; when the peer said its own before, the handle is free again. */
    void forget(AmqpLink link, boolean gone) {
        if (link.remoteHandle() != AmqpLink.NO_HANDLE && byName(link).get(link.name()) == link) {
            byName(link).remove(link.name());
        }
        if (gone) {
            freeLocal(link);
        }
    }

    private void freeLocal(AmqpLink link) {
        byLocalHandle.remove(link.localHandle());
        lowestFreeHandle = Math.min(lowestFreeHandle, link.localHandle());
    }

    private void failUnattached(int handle) {
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
        AmqpLink link = byRemoteHandle.get(handle);
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

    /** Puts a link at the end of those that wait for room. */
    void block(OutgoingLink link) {
        if (link.blocked) {
            return;
        }
        link.blocked = true;
        link.nextBlocked = null;
        if (blockedTail == null) {
            blockedHead = link;
        } else {
            blockedTail.nextBlocked = link;
        }
        blockedTail = link;
        blockedCount++;
    }

    /** Lets the links that wait go on, each once, as long as there is room. */
    void resumeBlocked() {
        for (int turns = blockedCount; turns > 0 && blockedHead != null && canSend(); turns--) {
            OutgoingLink link = blockedHead;
            blockedHead = link.nextBlocked;
            if (blockedHead == null) {
                blockedTail = null;
            }
            blockedCount--;
            link.blocked = false;
            link.nextBlocked = null;
            link.resume();
        }
    }

    // ---- Flow.

    /** Takes a flow; the reader stands at its first field. */
    void onFlow(FieldReader fields) {
        boolean seenTold = fields.present();
        int seen = seenTold ? fields.uint(0) : 0;
        int grant = fields.requiredUint("incoming-window");
        fields.requiredUint("next-outgoing-id");
        fields.requiredUint("outgoing-window");
        remoteWindow = Serial.left(grant, seen, nextOutgoingId);
        if (fields.present()) {
            int handle = fields.uint(0);
            AmqpLink link = byRemoteHandle.get(handle);
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
            if (fields.bool(false)) {
                sessionFlowDue();
            }
        }
        if (blockedCount > 0) {
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
        if (!fields.present()) {
            throw new MalformedException("mandatory field role is missing");
        }
        boolean peerReceives = fields.bool(false);
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
        if (blockedCount > 0) {
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
}
