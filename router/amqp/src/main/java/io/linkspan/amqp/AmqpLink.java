// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import io.netty.buffer.ByteBuf;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A link of a session. AMQP 1.0 part 2, 2.6. Confined to the connection's loop.
 *
 * <p>States: {@code ASKED} (the peer attached, the application has not answered), {@code ASKING} (we attached, the peer
 * has not answered), {@code ATTACHED}, {@code LEFT} (the peer detached, our detach is due), {@code DETACHING} (we
 * detached, the peer's detach is due; what still comes is dropped), {@code GONE}.
 */
public abstract sealed class AmqpLink permits IncomingLink, OutgoingLink {
    enum State {
        ASKED,
        ASKING,
        ATTACHED,
        LEFT,
        DETACHING,
        GONE
    }

    static final int NO_HANDLE = -1;

    private final AmqpSession session;
    private final String name;
    private final int localHandle;
    private int remoteHandle = NO_HANDLE;
    private State state;
    private @Nullable Attach asked;

    // Membership of the session's list of links that owe the peer a flow.
    boolean flowPending;

    @Nullable
    AmqpLink nextFlow;

    AmqpLink(AmqpSession session, String name, int localHandle, State state) {
        this.session = session;
        this.name = name;
        this.localHandle = localHandle;
        this.state = state;
    }

    public final AmqpSession session() {
        return session;
    }

    /** Name of the link; unique in its session among the links of its direction. */
    public final String name() {
        return name;
    }

    /** True while both ends are attached: deliveries and credit may go. */
    public final boolean isAttached() {
        return state == State.ATTACHED;
    }

    final State state() {
        return state;
    }

    final void state(State next) {
        state = next;
    }

    final int localHandle() {
        return localHandle;
    }

    final int remoteHandle() {
        return remoteHandle;
    }

    final void remoteHandle(int handle) {
        remoteHandle = handle;
    }

    final void asked(Attach remote) {
        asked = remote;
    }

    /** True for a link on which we receive. */
    abstract boolean isReceiver();

    /**
     * Refuses an attach of the peer: answers it with a null terminus of ours and detaches with closed and the error
     * (ANO-16; AMQP 1.0 part 2, 2.6.3). Does nothing when the link is gone meanwhile.
     *
     * @param error why; null says no reason (routing ADR-15)
     * @throws IllegalStateException when the attach was answered before
     */
    public final void refuse(@Nullable AmqpError error) {
        if (state == State.ASKED) {
            writeAnswer(refusal());
            state = State.ATTACHED;
            leave(true, error);
        } else {
            requireGone("refused");
        }
    }

    /** The answer without a terminus of ours: null says that there is none. */
    private Attach refusal() {
        Attach remote = takeAsked();
        return isReceiver() ? remote.echo().withTarget(null) : remote.echo().withSource(null);
    }

    final Attach takeAsked() {
        Attach remote = Objects.requireNonNull(asked);
        asked = null;
        return remote;
    }

    /** Answers the peer's attach; false when the link is gone meanwhile or the answer is larger than the peer takes. */
    final boolean answer(Attach answer) {
        if (state != State.ASKED) {
            requireGone("accepted");
            return false;
        }
        if (!writeAnswer(answer)) {
            refuse(ErrorCondition.FRAME_SIZE_TOO_SMALL.error("the answer is larger than max-frame-size "
                    + session.writer().maxFrame()));
            return false;
        }
        asked = null;
        state = State.ATTACHED;
        return true;
    }

    private void requireGone(String verb) {
        if (state != State.GONE && state != State.DETACHING) {
            throw new IllegalStateException("link " + name + " " + verb + " in state " + state);
        }
    }

    final boolean writeAnswer(Attach attach) {
        return session.links().writeAttach(this, attach);
    }

    /**
     * Detaches. From here on the link tells nothing more; what was sent and not settled is forgotten. In answer to the
     * peer's detach, from within {@code onDetached}, it says the same to the peer. Does nothing on a link that is gone.
     *
     * @param closed the link is closed for good; otherwise its termini may live on
     * @param error why, null for no reason
     */
    public final void detach(boolean closed, @Nullable AmqpError error) {
        switch (state) {
            case ASKED -> throw new IllegalStateException("link " + name + " detached before it was answered");
            case ASKING, ATTACHED, LEFT -> leave(closed, error);
            case DETACHING, GONE -> {}
        }
    }

    /** Says detach to the peer. */
    final void leave(boolean closed, @Nullable AmqpError error) {
        beforeDetach();
        session.sendPending();
        session.links().writeDetach(this, closed, error);
        boolean wasLeft = state == State.LEFT;
        state = wasLeft ? State.GONE : State.DETACHING;
        release();
        session.links().forget(this, wasLeft);
    }

    /** The link ends without words on the wire of its own: its session or connection did. */
    final void vanish(Cause cause, @Nullable AmqpError error) {
        boolean unanswered = state == State.ASKED;
        state = State.GONE;
        asked = null;
        if (unanswered) {
            session.engine().handler().onWithdrawn(this, cause, error);
        } else {
            notifyDetached(cause, false, error);
        }
        release();
    }

    /** Called before the detach goes out. */
    abstract void beforeDetach();

    /** Gives back what the link holds, buffers and its unsettled deliveries, and tells nothing any more. */
    abstract void release();

    /** Tells the application that the link is gone; it is told once. */
    abstract void notifyDetached(Cause cause, boolean closed, @Nullable AmqpError error);

    /** The peer answered our attach. */
    abstract void attached(Attach remote);

    /** Takes the link's part of the peer's flow; the reader stands behind the handle. */
    abstract void onFlow(FieldReader fields);

    /** Writes delivery-count, link-credit, available and drain; gives the number of fields. */
    abstract int writeFlow(ByteBuf buf);

    final void flowDue() {
        session.flowDue(this);
    }

    @Override
    public String toString() {
        return name + (isReceiver() ? " (incoming " : " (outgoing ") + state + ")";
    }
}
