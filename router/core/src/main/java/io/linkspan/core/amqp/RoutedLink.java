// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import io.linkspan.amqp.AmqpError;
import io.linkspan.amqp.AmqpLink;
import io.linkspan.amqp.Attach;
import io.linkspan.amqp.Cause;
import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.ErrorCondition;
import io.linkspan.amqp.IncomingLink;
import io.linkspan.amqp.OutgoingLink;
import io.linkspan.amqp.Terminus;
import io.linkspan.amqp.Transfer;
import io.linkspan.core.RouterCore;
import io.linkspan.core.link.RoutedEnd;
import io.linkspan.core.linkroute.LinkRoute;
import io.linkspan.core.message.MessageView;
import io.netty.buffer.ByteBuf;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A client's link that goes through to a container: two AMQP links, one on each connection, and everything that one end
 * says is said to the other. Routing LNK-05 to LNK-17, LNK-26.
 *
 * <p>The client's attach stays unanswered until the container has answered. Then frames of deliveries pass from the input
 * buffer of one connection to the output of the other; only what meets a full window or socket is kept, see {@link
 * RoutedQueue}. Credit and drain are the receiver's, see {@link RoutedCredit}; the router gives none of its own. The loss
 * of one end detaches the other. A delivery costs no object.
 *
 * <p>Confined to the loop of both connections.
 */
final class RoutedLink implements IncomingLink.Handler, OutgoingLink.Handler {

    /** Octets of the longest delivery-tag that is passed on (LNK-12). */
    static final int MAX_TAG_BYTES = 32;

    /** A header section must end within this many bytes; a longer one is malformed (LNK-13). */
    static final int MAX_HEADER_BYTES = 64 * 1024;

    private static final AmqpError MALFORMED = ErrorCondition.DECODE_ERROR.error("invalid message format");
    private static final AmqpError TAG_TOO_LONG = ErrorCondition.INVALID_FIELD.error("delivery tag length exceeded");
    private static final AmqpError LOST =
            ErrorCondition.ROUTED_LINK_LOST.error("Connectivity to the peer container was lost");

    /** What becomes of the delivery whose frames are coming. */
    private enum Coming {
        NOTHING,
        /** Its header section is not whole yet. */
        COLLECTED,
        PASSED,
        DISCARDED
    }

    private final AmqpConnection client;
    private final AmqpConnection container;
    private final AmqpLink asked;
    private final RoutedAttach attach;
    private final boolean clientSends;
    private final boolean coordinator;
    private final RoutedEnd inEnd;
    private final RoutedEnd outEnd;
    private final RoutedQueue queue = new RoutedQueue(this);
    private MirrorSessions.@Nullable Mirror mirror;
    /** Of what a client sends. */
    private @Nullable SessionOrder order;

    private @Nullable IncomingLink in;
    private @Nullable OutgoingLink out;
    private @Nullable RoutedCredit credit;
    private boolean answered;
    private boolean over;

    // The delivery whose frames are coming.
    private Coming coming = Coming.NOTHING;
    private int comingId;
    private long comingNumber;
    private boolean comingSettled;
    private boolean comingFinished;
    private @Nullable AmqpError discardReason;
    private @Nullable RoutedPiece head;

    // The delivery whose parts are going.
    private int goingId;
    private long goingNumber;
    private boolean goingSettled;

    // The sender is gone; the receiver hears of it when it has got what was sent before.
    private boolean ending;
    private boolean endClosed;
    private @Nullable AmqpError endError;

    /**
     * A link that has been asked for.
     *
     * @param asked the client's, not answered yet
     * @param container the container's connection or, with no route, that to the next router
     */
    RoutedLink(
            AmqpConnection client,
            AmqpLink asked,
            Attach request,
            AmqpConnection container,
            @Nullable LinkRoute route) {
        this.client = client;
        this.container = container;
        this.asked = asked;
        this.clientSends = asked instanceof IncomingLink;
        this.attach = new RoutedAttach(client, request, clientSends, route);
        Terminus target = request.target();
        this.coordinator = clientSends && target != null && target.isCoordinator();
        String outerName = attach.outerName();
        inEnd = new End(clientSends ? client : container, clientSends ? request.name() : outerName, true);
        outEnd = new End(clientSends ? container : client, clientSends ? outerName : request.name(), false);
        (clientSends ? inEnd : outEnd).attachedBy(request);
        inEnd.peer(outEnd);
        outEnd.peer(inEnd);
    }

    /** What management shows of one end. */
    private final class End extends RoutedEnd {
        End(AmqpConnection connection, String name, boolean inbound) {
            super(connection, name, inbound);
        }

        @Override
        public int creditAvailable() {
            IncomingLink from = in;
            OutgoingLink to = out;
            return isInbound() ? (from == null ? 0 : Math.max(0, from.credit())) : to == null ? 0 : to.credit();
        }

        @Override
        public int undeliveredCount() {
            return isInbound() ? 0 : queue.deliveries();
        }
    }

    // ---- attach --------------------------------------------------------------------------------------------------

    /** Asks the container; its answer becomes the client's (LNK-05). */
    void start() {
        Attach outward = attach.outward();
        MirrorSessions.Mirror session = container.mirrors().take(asked.session(), outward.name(), !clientSends);
        mirror = session;
        AmqpLink link = null;
        if (session != null && clientSends) {
            order = session.order();
            session.order().add(this);
            in = (IncomingLink) asked;
            out = session.session().attachOutgoing(outward, this);
            link = out;
        } else if (session != null) {
            out = (OutgoingLink) asked;
            in = session.session().attachIncoming(outward, this);
            link = in;
        }
        if (link == null) {
            finish();
            asked.refuse(ErrorCondition.RESOURCE_LIMIT_EXCEEDED.error(
                    "The container's connection takes no more " + (session == null ? "sessions" : "links")));
        } else {
            client.waits(asked, this);
        }
    }

    @Override
    public void onAttached(OutgoingLink link, Attach remote) {
        containerAnswered(remote, remote.target());
    }

    @Override
    public void onAttached(IncomingLink link, Attach remote) {
        containerAnswered(remote, remote.source());
    }

    private void containerAnswered(Attach answer, @Nullable Terminus theirs) {
        if (theirs == null) {
            return; // A refusal: its detach follows and says why.
        }
        client.noLongerWaits(asked);
        Attach inward = attach.inward(answer);
        boolean attached = asked instanceof IncomingLink sender
                ? sender.accept(this, inward)
                : ((OutgoingLink) asked).accept(this, inward);
        if (!attached) {
            containerLink().detach(true, null);
            finish();
            return;
        }
        answered = true;
        RouterCore core = client.core();
        core.know(clientSends ? inEnd : outEnd);
        core.know(clientSends ? outEnd : inEnd);
        credit = new RoutedCredit(incoming(), outgoing());
        balance();
    }

    private AmqpLink containerLink() {
        return clientSends ? outgoing() : incoming();
    }

    /** The client went before it was answered. */
    void withdrawn() {
        if (!over) {
            containerLink().detach(true, null);
            finish();
        }
    }

    private IncomingLink incoming() {
        return Objects.requireNonNull(in);
    }

    private OutgoingLink outgoing() {
        return Objects.requireNonNull(out);
    }

    // ---- deliveries ----------------------------------------------------------------------------------------------

    @Override
    public void onTransfer(IncomingLink from, Transfer transfer) {
        if (transfer.first()) {
            begin(transfer);
        } else {
            goOn(transfer);
        }
        balance();
    }

    private void begin(Transfer transfer) {
        comingId = transfer.deliveryId();
        comingSettled = transfer.settled();
        comingFinished = false;
        comingNumber = order == null ? 0 : order.next();
        if (transfer.aborted()) {
            coming = Coming.NOTHING;
            return;
        }
        if (transfer.tagLength() > MAX_TAG_BYTES) {
            discard(transfer, TAG_TOO_LONG);
            return;
        }
        MessageView view = client.view();
        ByteBuf bytes = transfer.buffer();
        if (transfer.more()) {
            MessageView.Result header =
                    view.read(bytes, transfer.offset(), transfer.length(), MessageView.Depth.HEADER);
            if (header == MessageView.Result.INCOMPLETE || transfer.length() == 0) {
                coming = Coming.COLLECTED;
                head = new RoutedPiece(transfer, keep(transfer));
            } else if (header == MessageView.Result.OK) {
                coming = Coming.PASSED;
                passFirst(transfer);
            } else {
                discard(transfer, MALFORMED);
            }
        } else if (view.readWhole(bytes, transfer.offset(), transfer.length(), MessageView.Depth.HEADER)
                == MessageView.Result.OK) {
            coming = Coming.NOTHING;
            passFirst(transfer);
        } else {
            discard(transfer, MALFORMED);
        }
    }

    private void passFirst(Transfer transfer) {
        inEnd.came(comingId, comingSettled);
        ByteBuf bytes = transfer.buffer();
        boolean gone = queue.isEmpty()
                && sendFirst(
                        comingId,
                        comingNumber,
                        bytes,
                        transfer.offset(),
                        transfer.length(),
                        !transfer.more(),
                        bytes,
                        transfer.tagOffset(),
                        transfer.tagLength(),
                        transfer.messageFormat(),
                        transfer.receiverSettleMode(),
                        transfer.state(),
                        comingSettled);
        if (!gone) {
            enqueue(new RoutedPiece(transfer, keep(transfer)));
        }
    }

    private void enqueue(RoutedPiece piece) {
        if (piece.first && !piece.settled) {
            incoming().track(piece.deliveryId, piece, 0);
        }
        add(piece);
    }

    private void add(RoutedPiece piece) {
        piece.number = comingNumber;
        queue.add(piece);
    }

    private ByteBuf keep(Transfer transfer) {
        return container.keep(transfer.buffer(), transfer.offset(), transfer.length());
    }

    /** The first frame of a delivery to the receiver; false when there is no room. */
    private boolean sendFirst(
            int id,
            long number,
            ByteBuf bytes,
            int offset,
            int length,
            boolean last,
            ByteBuf tag,
            int tagOffset,
            int tagLength,
            int messageFormat,
            int receiverSettleMode,
            @Nullable DeliveryState state,
            boolean settled) {
        OutgoingLink to = outgoing();
        if (!to.sendable() || (coordinator && order != null && !order.isTurnOf(number))) {
            return false;
        }
        if (tagLength >= 0) {
            to.withTag(tag, tagOffset, tagLength);
        }
        if (state != null) {
            to.withState(state);
        }
        if (receiverSettleMode >= 0) {
            to.withReceiverSettleMode(receiverSettleMode);
        }
        goingId = last
                ? to.send(bytes, offset, length, messageFormat, settled, this, id)
                : to.begin(bytes, offset, length, messageFormat, settled, this, id);
        goingNumber = number;
        goingSettled = settled;
        if (!settled) {
            incoming().track(id, this, goingId);
        }
        outEnd.went(inEnd.ingressTick(id), settled);
        outEnd.credited(to.credit() > 0);
        return true;
    }

    private void goOn(Transfer transfer) {
        switch (coming) {
            case PASSED -> passPart(transfer);
            case COLLECTED -> collect(transfer);
            case DISCARDED -> {
                if (!transfer.more()) {
                    coming = Coming.NOTHING;
                    endDiscard(transfer.settled(), transfer.aborted());
                }
            }
            case NOTHING ->
                throw new IllegalStateException("delivery " + comingId + " goes on after its end on " + attach.name());
        }
    }

    private void collect(Transfer transfer) {
        RoutedPiece piece = Objects.requireNonNull(head);
        if (transfer.aborted()) {
            head = null;
            piece.release();
            coming = Coming.NOTHING;
            return;
        }
        piece.append(keep(transfer));
        piece.last = !transfer.more();
        piece.settled = transfer.settled();
        ByteBuf bytes = piece.payload();
        MessageView view = client.view();
        int length = bytes.readableBytes();
        MessageView.Result header = piece.last
                ? view.readWhole(bytes, bytes.readerIndex(), length, MessageView.Depth.HEADER)
                : view.read(bytes, bytes.readerIndex(), length, MessageView.Depth.HEADER);
        boolean undecided = header == MessageView.Result.INCOMPLETE || (length == 0 && !piece.last);
        if (undecided && length < MAX_HEADER_BYTES) {
            return;
        }
        head = null;
        comingSettled = piece.settled;
        if (header != MessageView.Result.OK) {
            piece.release();
            discard(transfer, MALFORMED);
            return;
        }
        coming = piece.last ? Coming.NOTHING : Coming.PASSED;
        inEnd.came(comingId, comingSettled);
        enqueue(piece);
        queue.pump();
    }

    private void passPart(Transfer transfer) {
        if (transfer.aborted()) {
            coming = Coming.NOTHING;
            abort();
            return;
        }
        boolean last = !transfer.more();
        if (last) {
            coming = Coming.NOTHING;
        }
        boolean gone = queue.isEmpty()
                && sendPart(
                        transfer.buffer(),
                        transfer.offset(),
                        transfer.length(),
                        last,
                        transfer.state(),
                        transfer.settled());
        if (!gone) {
            add(new RoutedPiece(transfer, keep(transfer)));
        }
    }

    /** A further frame of the delivery that was begun; false when there is no room. */
    private boolean sendPart(
            ByteBuf bytes, int offset, int length, boolean last, @Nullable DeliveryState state, boolean settled) {
        OutgoingLink to = outgoing();
        if (!to.partSendable()) {
            return false;
        }
        if (state != null || (settled && !goingSettled)) {
            to.senderState(goingId, state, settled);
        }
        if (settled && !goingSettled) {
            // The sender settles by a later frame what its first one left open.
            goingSettled = true;
            incoming().forget(comingId);
            finished(comingId, state);
        }
        return to.part(goingId, bytes, offset, length, last);
    }

    /** Sends a piece that waited; false when there is still no room. */
    boolean send(RoutedPiece piece) {
        ByteBuf bytes = piece.payload();
        int length = bytes.readableBytes();
        if (!piece.first) {
            return sendPart(bytes, bytes.readerIndex(), length, piece.last, piece.state, piece.settled);
        }
        ByteBuf tag = piece.tag;
        return sendFirst(
                piece.deliveryId,
                piece.number,
                bytes,
                bytes.readerIndex(),
                length,
                piece.last,
                tag == null ? bytes : tag,
                0,
                tag == null ? -1 : tag.capacity(),
                piece.messageFormat,
                piece.receiverSettleMode,
                piece.state,
                piece.settled);
    }

    private void abort() {
        boolean nothingWent = queue.dropUnfinished();
        somethingMoved();
        if (!nothingWent) {
            outgoing().abort(goingId);
            if (!goingSettled && !comingFinished) {
                outEnd.aborted(comingId, inEnd.ingressTick(comingId));
            }
        }
        if (!comingSettled && !comingFinished) {
            inEnd.aborted(comingId, inEnd.ingressTick(comingId));
        }
    }

    private void discard(Transfer transfer, AmqpError reason) {
        inEnd.came(comingId, comingSettled);
        discardReason = reason;
        coming = transfer.more() ? Coming.DISCARDED : Coming.NOTHING;
        if (!transfer.more()) {
            endDiscard(comingSettled, false);
        }
    }

    /** LNK-12, LNK-13: rejected. */
    private void endDiscard(boolean settled, boolean aborted) {
        DeliveryState rejected = DeliveryState.rejected(Objects.requireNonNull(discardReason));
        discardReason = null;
        if (!comingSettled) {
            long ingress = inEnd.ingressTick(comingId);
            if (aborted || settled) {
                inEnd.aborted(comingId, ingress);
            } else {
                inEnd.finished(comingId, ingress, rejected);
                incoming().dispose(comingId, rejected, true);
            }
        }
    }

    // ---- outcomes ------------------------------------------------------------------------------------------------

    @Override
    public void onReceiverState(
            OutgoingLink from,
            int deliveryId,
            @Nullable Object origin,
            int key,
            @Nullable DeliveryState state,
            boolean settled) {
        if (settled) {
            finished(key, state);
        } else if (state != null && state.isTerminal()) {
            inEnd.reported(key, state);
        }
        incoming().dispose(key, state, settled);
    }

    @Override
    public void onSenderState(
            IncomingLink from,
            int deliveryId,
            @Nullable Object peer,
            int peerKey,
            @Nullable DeliveryState state,
            boolean settled) {
        if (peer instanceof RoutedPiece waiting) {
            waiting.state = state == null ? waiting.state : state;
            waiting.settled |= settled;
            if (settled) {
                inEnd.finished(deliveryId, inEnd.ingressTick(deliveryId), state);
                comingFinished |= deliveryId == comingId;
            }
            return;
        }
        outgoing().senderState(peerKey, state, settled);
        if (settled) {
            finished(deliveryId, state);
        }
    }

    private void finished(int key, @Nullable DeliveryState state) {
        DeliveryState last = state == null ? inEnd.reportedOutcome(key) : state;
        long ingress = inEnd.ingressTick(key);
        inEnd.finished(key, ingress, last);
        outEnd.finished(key, ingress, last);
        comingFinished |= key == comingId;
    }

    // ---- credit --------------------------------------------------------------------------------------------------

    @Override
    public void onSendable(OutgoingLink from) {
        queue.pump();
        balance();
        somethingMoved();
    }

    @Override
    public void onFlow(IncomingLink from) {
        RoutedCredit passed = credit;
        if (passed != null) {
            passed.senderTold();
            balance();
        }
    }

    /** LNK-10, LNK-11: what the receiver gives or takes back, and whether it drains. */
    private void balance() {
        RoutedCredit passed = credit;
        if (passed != null && !over) {
            int collected = head == null ? 0 : 1;
            passed.balance(queue.deliveries() + collected, collected == 0 && queue.isEmpty());
            inEnd.credited(incoming().credit() > 0);
            outEnd.credited(outgoing().credit() > 0);
        }
    }

    // ---- order among the links of a session ----------------------------------------------------------------------

    boolean isCoordinator() {
        return coordinator;
    }

    /** The number of the first delivery that has come and not gone as a whole; the largest there is when none waits. */
    long waitsSince() {
        OutgoingLink to = out;
        if (to != null && to.isKeeping()) {
            return goingNumber;
        }
        RoutedPiece next = queue.next();
        return next == null ? Long.MAX_VALUE : next.number;
    }

    /** What this coordinator's link keeps back may go. */
    void turnMayHaveCome() {
        if (!queue.isEmpty()) {
            queue.pump();
            balance();
        }
    }

    private void somethingMoved() {
        SessionOrder kept = order;
        if (kept != null && !coordinator) {
            kept.moved();
        }
    }

    // ---- backpressure; called by the queue -----------------------------------------------------------------------

    void holdSender() {
        incoming().session().holdWindow();
    }

    void resumeSender() {
        incoming().session().releaseWindow();
    }

    /** Nothing waits any more. */
    void queueEmptied() {
        if (ending) {
            outgoing().detach(endClosed, endError);
            finish();
        }
    }

    // ---- the end -------------------------------------------------------------------------------------------------

    @Override
    public void onDetached(IncomingLink from, Cause cause, boolean closed, @Nullable AmqpError error) {
        if (over) {
            return;
        }
        boolean close = cause == Cause.DETACHED ? closed : !attach.survives();
        AmqpError why = cause == Cause.DETACHED ? error : LOST;
        answerDetach(from, cause, closed, error);
        RoutedPiece collected = head;
        if (collected != null) {
            head = null;
            collected.release();
        }
        queue.dropUnfinished();
        inEnd.endedBy(cause, closed);
        inEnd.lost();
        if (!queue.isEmpty() && answered && (outgoing().credit() > 0 || !queue.beginsWithFirst())) {
            ending = true;
            endClosed = close;
            endError = why;
        } else {
            endOther(outgoing(), close, why);
        }
    }

    @Override
    public void onDetached(OutgoingLink from, Cause cause, boolean closed, @Nullable AmqpError error) {
        if (over) {
            return;
        }
        boolean close = cause == Cause.DETACHED ? closed : !attach.survives();
        AmqpError why = cause == Cause.DETACHED ? error : LOST;
        answerDetach(from, cause, closed, error);
        outEnd.endedBy(cause, closed);
        if (ending) {
            finish();
        } else {
            endOther(incoming(), close, why);
        }
    }

    /** Says the link's own detach before its session may end. */
    private static void answerDetach(AmqpLink link, Cause cause, boolean closed, @Nullable AmqpError error) {
        if (cause == Cause.DETACHED) {
            link.detach(closed, null);
        } else if (cause == Cause.VIOLATION || cause == Cause.STOLEN) {
            link.detach(true, error);
        }
    }

    private void endOther(AmqpLink other, boolean close, @Nullable AmqpError why) {
        if (other == asked && !answered) {
            client.noLongerWaits(asked);
            asked.refuse(why);
        } else {
            other.detach(close, why);
        }
        finish();
    }

    /** Both links have been told. */
    private void finish() {
        over = true;
        queue.close();
        inEnd.lost();
        outEnd.lost();
        if (order != null) {
            order.remove(this);
        }
        MirrorSessions.Mirror session = mirror;
        if (session != null) {
            mirror = null;
            container.mirrors().giveBack(session);
        }
    }
}
