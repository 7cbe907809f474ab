// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import io.linkspan.amqp.codec.FormatCode;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A link on which the peer sends to us. AMQP 1.0 part 2, 2.6. Confined to the connection's loop.
 *
 * <p>Credit is given by increments; how many deliveries the peer may still send is {@link #credit}. A peer that sends
 * more is borne with for {@link AmqpSettings#linkCapacity} deliveries (those make the credit negative, so they are
 * reckoned with the next increments), then detached with {@code amqp:link:transfer-limit-exceeded}.
 */
public final class IncomingLink extends AmqpLink {

    /** What the receiver's application hears; called on the connection's loop. */
    public interface Handler {
        /** A frame of a delivery; {@code transfer} is valid during the call only. */
        void onTransfer(IncomingLink link, Transfer transfer);

        /**
         * The sender settled a delivery or changed its state; only deliveries that were tracked are told.
         *
         * @param peer as given to {@link IncomingLink#track}
         * @param peerKey as given to {@link IncomingLink#track}
         */
        void onSenderState(
                IncomingLink link,
                int deliveryId,
                @Nullable Object peer,
                int peerKey,
                @Nullable DeliveryState state,
                boolean settled);

        /** The sender told its delivery-count: credit was used up in answer to a drain, or is as it was. */
        void onFlow(IncomingLink link);

        /**
         * The link is gone. Deliveries in the middle of their frames will not be finished. When the cause is {@link
         * Cause#DETACHED}, the engine answers the peer with the same {@code closed} after the call, unless the
         * application does so within it.
         */
        void onDetached(IncomingLink link, Cause cause, boolean closed, @Nullable AmqpError error);

        /**
         * The peer answered our attach; a null target in it means that a refusal follows. Not called for links that the
         * peer began.
         */
        default void onAttached(IncomingLink link, Attach remote) {}
    }

    private @Nullable Handler handler;
    private int credit;
    private int takenBack;
    private int givenUp;
    private int deliveryCount;
    private boolean drain;
    private int toldLimit;
    private boolean toldDrain;

    // The delivery whose frames are coming.
    private boolean inDelivery;
    private int currentId;
    private int currentFormat;
    private boolean currentSettled;
    private boolean tracked;

    IncomingLink(AmqpSession session, String name, int localHandle, State state) {
        super(session, name, localHandle, state);
    }

    @Override
    boolean isReceiver() {
        return true;
    }

    /**
     * Accepts the peer's attach. When the link is gone meanwhile nothing happens; the application was told by {@link
     * ConnectionHandler#onWithdrawn}.
     *
     * @param answer usually {@link Attach#echo} of the peer's
     * @return false when nothing was attached
     */
    public boolean accept(Handler newHandler, Attach answer) {
        handler = newHandler;
        return answer(answer);
    }

    /** Has another handler from here on; from within {@link Handler#onAttached}, of a link that we began. */
    public void handOver(Handler newHandler) {
        handler = newHandler;
    }

    void handler(Handler newHandler) {
        handler = newHandler;
    }

    void deliveryCount(int initial) {
        deliveryCount = initial;
        toldLimit = initial;
    }

    /** Gives the sender credit for more deliveries; said to it at the next flush. Ends a drain. */
    public void issueCredit(int deliveries) {
        if (state() == State.ATTACHED || state() == State.ASKING) {
            credit = Math.addExact(credit, deliveries);
            takenBack = Math.max(0, takenBack - deliveries);
            drain = false;
            flowDue();
        }
    }

    /**
     * Takes credit back that has been given. What the sender has sent meanwhile is not held against it: so many
     * deliveries more are borne with beyond the credit.
     */
    public void takeBackCredit(int deliveries) {
        if (state() == State.ATTACHED || state() == State.ASKING) {
            credit -= deliveries;
            takenBack += deliveries;
            flowDue();
        }
    }

    /**
     * Asks the sender to use up its credit or give it back: {@link Handler#onFlow} tells when it did. Without credit
     * there is nothing to ask for.
     */
    public void drain() {
        if (state() == State.ATTACHED && credit > 0) {
            drain = true;
            flowDue();
        }
    }

    /** True from {@link #drain} until no credit is left or new credit is given. */
    public boolean draining() {
        return drain;
    }

    /** Credit that the sender has given up in answer to a drain, since this was asked last. */
    public int takeGivenUp() {
        int gone = givenUp;
        givenUp = 0;
        return gone;
    }

    /** Deliveries that the sender may still send; negative by how many it sent too many. */
    public int credit() {
        return credit;
    }

    /**
     * Remembers where a delivery went, so that the sender's states can follow it; in the place of what was remembered
     * before. Forgotten when either side settles it.
     */
    public void track(int deliveryId, @Nullable Object peer, int peerKey) {
        if (state() == State.ATTACHED) {
            tracked = true;
            session().incoming().put(deliveryId, this, peer, peerKey);
        }
    }

    /**
     * Says an outcome, or a state on the way, to the sender; merged with others into ranges and sent at the next flush.
     * Does nothing on a link that is gone.
     */
    public void dispose(int deliveryId, @Nullable DeliveryState newState, boolean settled) {
        if (state() == State.ATTACHED) {
            if (settled && tracked) {
                session().incoming().remove(deliveryId);
            }
            session().disposeIncoming(deliveryId, newState, settled);
        }
    }

    /** Forgets where a delivery went that the sender has settled in a frame of its own. */
    public void forget(int deliveryId) {
        session().incoming().remove(deliveryId);
    }

    /** Takes a frame for this link; the session has checked its window. */
    void onTransfer(Transfer transfer, FieldReader fields, ByteBuf bytes, int frameEnd) {
        transfer.read(fields, bytes, frameEnd);
        boolean first = !inDelivery;
        if (first && !begin(transfer)) {
            return;
        }
        if (!first && transfer.hasId() && transfer.deliveryId() != currentId) {
            session()
                    .fail(ErrorCondition.SESSION_INVALID_FIELD.error("delivery " + Integer.toUnsignedString(currentId)
                            + " is not finished, got delivery-id " + Integer.toUnsignedString(transfer.deliveryId())));
            return;
        }
        currentSettled |= transfer.settled();
        inDelivery = transfer.more() && !transfer.aborted();
        transfer.complete(currentId, first, currentFormat, currentSettled);
        if (transfer.aborted() && tracked) {
            session().incoming().remove(currentId);
        }
        Handler to = handler;
        if (state() == State.ATTACHED && to != null) {
            to.onTransfer(this, transfer);
        }
    }

    private boolean begin(Transfer transfer) {
        if (!transfer.hasId()) {
            session().fail(ErrorCondition.SESSION_INVALID_FIELD.error("first transfer of a delivery without its id"));
            return false;
        }
        if (!session().expectDelivery(transfer.deliveryId())) {
            return false;
        }
        currentId = transfer.deliveryId();
        currentFormat = transfer.messageFormat();
        currentSettled = false;
        inDelivery = transfer.more() && !transfer.aborted();
        deliveryCount++;
        credit--;
        if (state() == State.ASKED) {
            violated(ErrorCondition.TRANSFER_LIMIT_EXCEEDED.error("delivery before the attach was answered"));
            return false;
        }
        int capacity = session().engine().settings().linkCapacity() + takenBack;
        if (credit < -capacity && state() != State.DETACHING) {
            violated(ErrorCondition.TRANSFER_LIMIT_EXCEEDED.error(
                    -credit + " deliveries without credit, " + capacity + " tolerated"));
            return false;
        }
        if (credit <= 0) {
            drain = false;
        }
        return true;
    }

    private void violated(AmqpError error) {
        if (state() == State.ASKED) {
            session().engine().handler().onWithdrawn(this, Cause.VIOLATION, error);
            refuse(error);
        } else {
            notifyDetached(Cause.VIOLATION, true, error);
            detach(true, error);
        }
    }

    /** The sender settled or said a state; the delivery was tracked. */
    void senderState(int id, @Nullable Object peer, int key, @Nullable DeliveryState newState, boolean settled) {
        if (settled && inDelivery && id == currentId) {
            currentSettled = true;
        }
        Handler to = handler;
        if (to != null) {
            to.onSenderState(this, id, peer, key, newState, settled);
        }
    }

    @Override
    void onFlow(FieldReader fields) {
        long told = fields.uint();
        int count = (int) told;
        fields.uint(0); // link-credit is ours to say.
        fields.uint(0); // available
        fields.bool(false); // drain is ours to say.
        boolean echo = fields.bool(false);
        if (state() != State.ATTACHED && state() != State.ASKING) {
            return;
        }
        if (told != FieldReader.ABSENT) {
            // Behind what we counted: the sender counts a delivery when it ends, we when it begins.
            int used = Serial.distance(deliveryCount, count);
            if (used > 0) {
                int had = Math.max(0, credit);
                deliveryCount = count;
                credit = credit > used ? credit - used : Math.min(credit, 0);
                givenUp += had - Math.max(0, credit);
            }
            if (credit <= 0) {
                drain = false;
            }
        }
        if (echo && (toldLimit != limit() || toldDrain != drain)) {
            flowDue(); // CRD-17: not when the peer knows it all.
        }
        Handler to = handler;
        if (told != FieldReader.ABSENT && to != null && state() == State.ATTACHED) {
            to.onFlow(this);
        }
    }

    /** The delivery-count up to which the sender may send: what it knows when it has our last flow. */
    private int limit() {
        return deliveryCount + Math.max(0, credit);
    }

    @Override
    int writeFlow(ByteBuf buf) {
        toldLimit = limit();
        toldDrain = drain;
        FrameWriter.writeUint(buf, deliveryCount);
        FrameWriter.writeUint(buf, Math.max(0, credit));
        buf.writeByte(FormatCode.NULL);
        FrameWriter.writeBool(buf, drain);
        return 4;
    }

    @Override
    void attached(Attach remote) {
        deliveryCount = remote.initialDeliveryCount();
        toldLimit = deliveryCount;
        Handler to = handler;
        if (to != null) {
            to.onAttached(this, remote);
        }
    }

    @Override
    void beforeDetach() {}

    @Override
    void release() {
        handler = null;
        if (tracked) {
            session().forgetDeliveries(session().incoming(), this);
            tracked = false;
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
