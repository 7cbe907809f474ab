// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * A link on which we send to the peer. AMQP 1.0 part 2, 2.6. Confined to the connection's loop.
 *
 * <p>A delivery goes out by {@link #send} when all of it is there, or by {@link #begin}, {@link #part} and {@link #abort}
 * as it arrives; both only while {@link #sendable} (for a part: {@link #partSendable}). What does not fit into the
 * session's window or the socket at once the link keeps and sends by itself when there is room: one delivery or part at
 * a time, not sendable meanwhile. When a call of {@code sendable} said no for want of window or socket, {@link
 * Handler#onSendable} follows once there is room; when for want of credit, once the receiver gives some.
 */
public final class OutgoingLink extends AmqpLink {

    /** What the sender's application hears; called on the connection's loop. */
    public interface Handler {
        /**
         * Credit, window or socket came back, what waited for them has gone, or the receiver asks to drain ({@link OutgoingLink#draining}; answer with
         * {@link OutgoingLink#drained} when nothing is left to send), no longer does, or took credit back. Send while
         * {@link OutgoingLink#sendable}.
         */
        void onSendable(OutgoingLink link);

        /**
         * The receiver said an outcome or state of an unsettled delivery. When it is settled, the delivery is forgotten
         * before the call.
         *
         * @param origin as given to {@link OutgoingLink#send}
         * @param originKey as given to {@link OutgoingLink#send}
         */
        void onReceiverState(
                OutgoingLink link,
                int deliveryId,
                @Nullable Object origin,
                int originKey,
                @Nullable DeliveryState state,
                boolean settled);

        /**
         * The link is gone; {@link OutgoingLink#forEachUnsettled} still tells what was not settled, during this call
         * only. When the cause is {@link Cause#DETACHED}, the engine answers the peer with the same {@code closed} after
         * the call, unless the application does so within it.
         */
        void onDetached(OutgoingLink link, Cause cause, boolean closed, @Nullable AmqpError error);

        /**
         * The peer answered our attach; a null source in it means that a refusal follows. Not called for links that the
         * peer began.
         */
        default void onAttached(OutgoingLink link, Attach remote) {}
    }

    /** Sees unsettled deliveries, see {@link #forEachUnsettled}. */
    @FunctionalInterface
    public interface UnsettledVisitor {
        void visit(int deliveryId, @Nullable Object origin, int originKey);
    }

    private @Nullable Handler handler;
    private int credit;
    private int deliveryCount;
    private boolean drain;
    private boolean drainAnswer;
    private int available;
    private int toldAvailable;
    private int unsettled;

    // Of the delivery to come, see with...(); null and -1 stand for ours.
    private @Nullable ByteBuf nextTag;
    private int nextTagOffset;
    private int nextTagLength;
    private @Nullable DeliveryState nextState;
    private int nextReceiverMode = -1;

    // The delivery whose parts are going.
    private boolean inDelivery;
    private int currentId;
    private boolean currentSettled;
    private boolean abortDue;
    // What of it waits for window or socket.
    private @Nullable ByteBuf rest;
    private boolean restIsLast;

    // Membership of the session's queue of links that wait for window or socket.
    boolean waiting;

    @Nullable
    OutgoingLink nextWaiting;

    OutgoingLink(AmqpSession session, String name, int localHandle, State state) {
        super(session, name, localHandle, state);
    }

    @Override
    boolean isReceiver() {
        return false;
    }

    /**
     * Accepts the peer's attach. When the link is gone meanwhile nothing happens; the application was told by {@link
     * ConnectionHandler#onWithdrawn}. Credit that came before is there at once: ask {@link #sendable}.
     *
     * @param answer usually {@link Attach#echo} of the peer's
     * @return false when nothing was attached
     */
    public boolean accept(Handler newHandler, Attach answer) {
        handler = newHandler;
        deliveryCount = answer.initialDeliveryCount();
        return answer(answer);
    }

    /** Has another handler from here on; from within {@link Handler#onAttached}, of a link that we began. */
    public void handOver(Handler newHandler) {
        handler = newHandler;
    }

    void handler(Handler newHandler, Attach request) {
        handler = newHandler;
        deliveryCount = request.initialDeliveryCount();
    }

    /** True when a delivery can begin: credit, room in the session's window and in the socket, none half sent. */
    public boolean sendable() {
        return credit > 0 && !inDelivery && rest == null && isAttached() && roomOrWait();
    }

    /** True when the delivery that was begun can go on. */
    public boolean partSendable() {
        return inDelivery && rest == null && !abortDue && isAttached() && roomOrWait();
    }

    private boolean roomOrWait() {
        if (session().canSend()) {
            return true;
        }
        session().block(this);
        return false;
    }

    /** Whether something that was given to be sent waits here for window or socket. */
    public boolean isKeeping() {
        return rest != null;
    }

    /** Deliveries that the receiver still takes, 0 .. 2^31-1. */
    public int credit() {
        return credit;
    }

    /** True while the receiver waits for its credit to be used up. */
    public boolean draining() {
        return drain;
    }

    /** Uses up the credit that is left, as the receiver asked; without a drain nothing happens. */
    public void drained() {
        if (drain && isAttached()) {
            deliveryCount += credit;
            credit = 0;
            drain = false;
            drainAnswer = true;
            flowDue();
        }
    }

    /** How many deliveries wait to be sent; goes along with the next flow. */
    public void setAvailable(int deliveries) {
        available = deliveries;
    }

    /** Number of deliveries sent and not settled. */
    public int unsettled() {
        return unsettled;
    }

    /** Gives the next delivery this tag in the place of one of ours; the bytes are read when the delivery begins. */
    public void withTag(ByteBuf bytes, int offset, int length) {
        nextTag = bytes;
        nextTagOffset = offset;
        nextTagLength = length;
    }

    /** Sends this state along with the next delivery. */
    public void withState(@Nullable DeliveryState state) {
        nextState = state;
    }

    /** Sends the next delivery with a receiver-settle-mode of its own. */
    public void withReceiverSettleMode(int mode) {
        nextReceiverMode = mode;
    }

    /**
     * Sends a whole delivery.
     *
     * @param bytes stays the caller's; copied, or retained where it is large
     * @param settled nothing more will be said about it
     * @param origin remembered until it is settled, with {@code originKey}; not used when it is settled now
     * @return its delivery-id
     * @throws IllegalStateException when the link is not {@link #sendable}
     */
    public int send(
            ByteBuf bytes,
            int offset,
            int length,
            int messageFormat,
            boolean settled,
            @Nullable Object origin,
            int originKey) {
        return first(bytes, offset, length, true, messageFormat, settled, origin, originKey);
    }

    /**
     * Begins a delivery of which more follows by {@link #part}, with its first octets (there may be none).
     *
     * @return its delivery-id
     * @throws IllegalStateException when the link is not {@link #sendable}
     */
    public int begin(
            ByteBuf bytes,
            int offset,
            int length,
            int messageFormat,
            boolean settled,
            @Nullable Object origin,
            int originKey) {
        int id = first(bytes, offset, length, false, messageFormat, settled, origin, originKey);
        inDelivery = true;
        return id;
    }

    private int first(
            ByteBuf bytes,
            int offset,
            int length,
            boolean last,
            int format,
            boolean settled,
            @Nullable Object origin,
            int originKey) {
        if (!sendable()) {
            throw new IllegalStateException("delivery on " + this + " with credit " + credit + ", unfinished delivery "
                    + inDelivery + ", room " + session().canSend());
        }
        AmqpSession session = session();
        int id = session.takeDeliveryId();
        credit--;
        deliveryCount++;
        if (!settled) {
            unsettled++;
            session.outgoing().put(id, this, origin, originKey);
        }
        currentId = id;
        currentSettled = settled;
        FrameWriter writer = session.writer();
        int taken;
        if (nextTag == null && nextState == null && nextReceiverMode < 0) {
            taken = writer.firstTransfer(
                    session.localChannel(), localHandle(), id, format, settled, last, bytes, offset, length);
        } else {
            taken = writer.wideTransfer(
                    session.localChannel(),
                    localHandle(),
                    id,
                    nextTag,
                    nextTagOffset,
                    nextTagLength,
                    format,
                    settled,
                    last,
                    nextReceiverMode,
                    nextState,
                    bytes,
                    offset,
                    length);
            nextTag = null;
            nextState = null;
            nextReceiverMode = -1;
        }
        session.frameSent();
        if (taken < length) {
            write(bytes, offset + taken, length - taken, last);
        }
        return id;
    }

    /**
     * Sends more of the delivery that was begun.
     *
     * @param last the delivery ends with these octets (there may be none)
     * @return false when it can not go on now, see {@link #partSendable}; nothing was taken then
     */
    public boolean part(int deliveryId, ByteBuf bytes, int offset, int length, boolean last) {
        requireCurrent(deliveryId);
        if (!partSendable()) {
            return false;
        }
        if (length == 0 && !last) {
            return true;
        }
        inDelivery = !last;
        write(bytes, offset, length, last);
        return true;
    }

    /** Writes following frames as far as window and socket allow, and keeps the rest. At least one frame is due. */
    private void write(ByteBuf bytes, int offset, int length, boolean last) {
        AmqpSession session = session();
        int at = offset;
        int left = length;
        do {
            if (!session.canSend()) {
                rest = session.writer().keep(bytes, at, left);
                restIsLast = last;
                session.block(this);
                return;
            }
            int taken = session.writer()
                    .nextTransfer(session.localChannel(), localHandle(), currentSettled, last, bytes, at, left);
            session.frameSent();
            at += taken;
            left -= taken;
        } while (left > 0);
    }

    /** Gives up the delivery that was begun: the receiver forgets it. */
    public void abort(int deliveryId) {
        requireCurrent(deliveryId);
        releaseRest();
        inDelivery = false;
        settle(deliveryId);
        if (session().canSend()) {
            writeAbort();
        } else {
            // Not sendable until the abort has gone.
            rest = Unpooled.EMPTY_BUFFER;
            abortDue = true;
            session().block(this);
        }
    }

    private void writeAbort() {
        session().writer().abort(session().localChannel(), localHandle(), currentId);
        session().frameSent();
    }

    private void requireCurrent(int deliveryId) {
        if (!inDelivery || deliveryId != currentId) {
            throw new IllegalStateException("delivery " + Integer.toUnsignedString(deliveryId) + " is not going on");
        }
    }

    /** There is room again: goes on with what waits, otherwise tells the application. */
    void resume() {
        if (!isAttached()) {
            return;
        }
        ByteBuf kept = rest;
        if (kept != null) {
            rest = null;
            if (abortDue) {
                abortDue = false;
                writeAbort();
            } else {
                try {
                    write(kept, kept.readerIndex(), kept.readableBytes(), restIsLast);
                } finally {
                    kept.release();
                }
            }
            if (rest != null) {
                return;
            }
        }
        if (kept != null || credit > 0 || inDelivery || drain) {
            tellSendable();
        }
    }

    private void tellSendable() {
        Handler to = handler;
        if (to != null) {
            to.onSendable(this);
        }
    }

    /**
     * Says a state of ours about a delivery, or settles it; merged with others into ranges and sent at the next flush.
     * Does nothing for a delivery that is settled already.
     */
    public void senderState(int deliveryId, @Nullable DeliveryState newState, boolean settled) {
        DeliveryRing ring = session().outgoing();
        if (!isAttached() || !ring.seek(deliveryId) || ring.link() != this) {
            return;
        }
        if (settled) {
            settle(deliveryId);
            if (deliveryId == currentId) {
                currentSettled = true;
            }
        }
        session().disposeOutgoing(deliveryId, newState, settled);
    }

    /** Forgets a delivery. */
    void settle(int deliveryId) {
        if (session().outgoing().remove(deliveryId)) {
            unsettled--;
        }
    }

    /** The origin of a delivery that is not settled, as it was given to {@link #send}; null when there is none. */
    public @Nullable Object origin(int deliveryId) {
        DeliveryRing ring = session().outgoing();
        return ring.seek(deliveryId) && ring.link() == this ? ring.peer() : null;
    }

    /** The number that went with {@link #origin}. */
    public int originKey(int deliveryId) {
        DeliveryRing ring = session().outgoing();
        return ring.seek(deliveryId) && ring.link() == this ? ring.key() : 0;
    }

    /** Visits the deliveries sent and not settled, oldest first. They must not be settled meanwhile. */
    public void forEachUnsettled(UnsettledVisitor visitor) {
        if (unsettled == 0) {
            return;
        }
        DeliveryRing ring = session().outgoing();
        for (int id : ring.idsOf(this, session().nextDeliveryId())) {
            if (ring.seek(id)) {
                visitor.visit(id, ring.peer(), ring.key());
            }
        }
    }

    /** The receiver said something about a delivery of this link. */
    void receiverState(int id, @Nullable Object origin, int key, @Nullable DeliveryState newState, boolean settled) {
        if (settled) {
            settle(id);
        }
        Handler to = handler;
        if (to != null) {
            to.onReceiverState(this, id, origin, key, newState, settled);
        }
    }

    @Override
    void onFlow(FieldReader fields) {
        long count = fields.uint();
        // A receiver that has not seen our attach leaves its delivery-count out: it means our first.
        int seen = count == FieldReader.ABSENT ? deliveryCount : (int) count;
        long grant = fields.uint();
        fields.uint(0); // available is ours to say.
        boolean drainAsked = fields.bool(false);
        boolean echo = fields.bool(false);
        if (state() == State.DETACHING || state() == State.GONE || state() == State.LEFT) {
            return;
        }
        boolean less = drain && !drainAsked;
        if (grant != FieldReader.ABSENT) {
            int left = Serial.left((int) grant, seen, deliveryCount);
            less |= left < credit;
            credit = left;
        }
        drain = drainAsked;
        if (echo && available != toldAvailable) {
            flowDue(); // CRD-17: the rest of what we would say the peer knows.
        }
        if (isAttached() && (drain || less || sendable())) {
            tellSendable();
        }
    }

    @Override
    int writeFlow(ByteBuf buf) {
        FrameWriter.writeUint(buf, deliveryCount);
        FrameWriter.writeUint(buf, credit);
        FrameWriter.writeUint(buf, available);
        FrameWriter.writeBool(buf, drain || drainAnswer);
        drainAnswer = false;
        toldAvailable = available;
        return 4;
    }

    @Override
    void attached(Attach remote) {
        Handler to = handler;
        if (to != null) {
            to.onAttached(this, remote);
        }
    }

    /** A delivery that stays unfinished is taken back (LNK-16), if the window lets it. */
    @Override
    void beforeDetach() {
        boolean unfinished = inDelivery || rest != null;
        releaseRest();
        if (unfinished && state() == State.ATTACHED && session().canSend()) {
            writeAbort();
        }
    }

    private void releaseRest() {
        ByteBuf kept = rest;
        rest = null;
        abortDue = false;
        if (kept != null) {
            kept.release();
        }
    }

    @Override
    void release() {
        handler = null;
        releaseRest();
        inDelivery = false;
        credit = 0;
        if (unsettled > 0) {
            session().forgetDeliveries(session().outgoing(), this);
            unsettled = 0;
        }
    }

    @Override
    void notifyDetached(Cause cause, boolean closed, @Nullable AmqpError error) {
        Handler to = handler;
        handler = null;
        if (to != null) {
            to.onDetached(this, cause, closed, error);
        }
    }
}
