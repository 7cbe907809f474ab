// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import io.linkspan.amqp.AmqpError;
import io.linkspan.amqp.Attach;
import io.linkspan.amqp.Cause;
import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.ErrorCondition;
import io.linkspan.amqp.IncomingLink;
import io.linkspan.amqp.Transfer;
import io.linkspan.core.delivery.Destination;
import io.linkspan.core.link.InboundLink;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * The link on which another router sends the messages of the routing protocol. Each is collected until it is whole and
 * given to the mesh; none is routed as ordinary messages are (routing ADR-14). Confined to the connection's loop.
 */
final class ControlInbound extends InboundLink implements IncomingLink.Handler {

    /** The largest control message: 64 MiB, a full MAU of a million addresses. A larger one ends the link. */
    static final int MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

    private final AmqpConnection owner;
    private final IncomingLink link;
    private final RouterLinks links;
    private @Nullable CompositeByteBuf partial;

    ControlInbound(AmqpConnection owner, IncomingLink link, RouterLinks links) {
        super(owner, link.name());
        this.owner = owner;
        this.link = link;
        this.links = links;
    }

    @Override
    public void onAttached(IncomingLink from, Attach remote) {
        if (remote.source() != null) {
            owner.core().producer(this, null);
            links.controlIn(this);
        }
    }

    @Override
    public void onTransfer(IncomingLink from, Transfer transfer) {
        if (transfer.aborted()) {
            forgetPartial();
            abortedUnseen();
            return;
        }
        CompositeByteBuf collected = partial;
        if (transfer.more() || collected != null) {
            if (collected == null) {
                collected = Unpooled.compositeBuffer(Integer.MAX_VALUE);
                partial = collected;
            }
            if (collected.readableBytes() + transfer.length() > MAX_MESSAGE_BYTES) {
                detach(ErrorCondition.MESSAGE_SIZE_EXCEEDED.error(
                        "a control message of more than " + MAX_MESSAGE_BYTES + " bytes"));
                return;
            }
            collected.addComponent(true, owner.keep(transfer.buffer(), transfer.offset(), transfer.length()));
        }
        if (transfer.more()) {
            return;
        }
        int id = transfer.deliveryId();
        if (collected == null) {
            consume(id, transfer.settled(), transfer.buffer().slice(transfer.offset(), transfer.length()));
        } else {
            partial = null;
            try {
                consume(id, transfer.settled(), collected);
            } finally {
                collected.release();
            }
        }
    }

    private void consume(int id, boolean settled, ByteBuf message) {
        if (takeHere(id, settled, DeliveryState.ACCEPTED)) {
            links.received(message);
        }
    }

    private void forgetPartial() {
        if (partial != null) {
            partial.release();
            partial = null;
        }
    }

    @Override
    public void onSenderState(
            IncomingLink from,
            int deliveryId,
            @Nullable Object peer,
            int peerKey,
            @Nullable DeliveryState state,
            boolean settled) {
        // Every message is settled here at once.
    }

    @Override
    public void onFlow(IncomingLink from) {
        // Control links are not drained.
    }

    @Override
    public void onDetached(IncomingLink from, Cause cause, boolean closed, @Nullable AmqpError error) {
        gone();
        if (cause == Cause.DETACHED) {
            links.refused(error);
        }
    }

    private void gone() {
        forgetPartial();
        lost();
        links.controlInGone(this);
    }

    @Override
    protected void issueCredit(int more) {
        link.issueCredit(more);
    }

    @Override
    protected void drain() {
        throw new IllegalStateException("control links are not drained");
    }

    @Override
    protected void onOutcome(int key, @Nullable DeliveryState state, boolean settled) {
        link.dispose(key, state, settled);
    }

    @Override
    protected void onForwarded(int key, Destination to, int outKey) {
        throw new IllegalStateException("control messages are not forwarded as deliveries");
    }

    @Override
    protected void detach(AmqpError error) {
        link.detach(true, error);
        gone();
    }

    @Override
    protected boolean creditsOnForward() {
        return true;
    }

    @Override
    public void holdStream(boolean hold) {
        // Nothing streams here.
    }

    @Override
    public int priority() {
        return 9;
    }

    @Override
    public String linkType() {
        return "router-control";
    }
}
