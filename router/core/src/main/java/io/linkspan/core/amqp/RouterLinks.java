// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import io.linkspan.amqp.AmqpEngine;
import io.linkspan.amqp.AmqpError;
import io.linkspan.amqp.AmqpSession;
import io.linkspan.amqp.Attach;
import io.linkspan.amqp.Cause;
import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.ErrorCondition;
import io.linkspan.amqp.IncomingLink;
import io.linkspan.amqp.OutgoingLink;
import io.linkspan.amqp.Terminus;
import io.linkspan.amqp.Transfer;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.core.address.Member;
import io.linkspan.core.mesh.Mesh;
import io.linkspan.core.mesh.Neighbor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The links between routers on one inter-router connection: control and data, ours and the peer's. Inter-router protocol,
 * section 3.
 *
 * <p>The side that made the connection opens a session for control and one for each priority, each with a receiver and a
 * sender; the other side answers. Data links get their priority by the order they attach in. For messages that still
 * arrive, whoever sends opens further data links, each on a session of its own and for one message at a time. Confined to
 * the connection's loop.
 */
final class RouterLinks extends Neighbor {

    /** Links for large messages that this router opens on one connection; further messages take their data link. */
    static final int MAX_STREAMS = 1024;

    /** Idle ones that are kept. */
    static final int MAX_IDLE_STREAMS = 128;

    /** Too many idle ones are closed by so many at a time ... */
    static final int CLOSED_AT_ONCE = 10;

    /** ... every so many ticks. */
    static final int SCAN_TICKS = 30;

    private static final Symbol CONTROL = new Symbol("qd.router");
    private static final Symbol DATA = new Symbol("qd.router-data");
    private static final int CONTROL_PRIORITY = 9;
    private static final int STREAM_PRIORITY = 4;

    /** What a link of ours has before its own handler. Nothing happens on it. */
    private static final class NotYet implements IncomingLink.Handler, OutgoingLink.Handler {
        @Override
        public void onTransfer(IncomingLink link, Transfer transfer) {}

        @Override
        public void onSenderState(
                IncomingLink link,
                int deliveryId,
                @Nullable Object peer,
                int peerKey,
                @Nullable DeliveryState state,
                boolean settled) {}

        @Override
        public void onFlow(IncomingLink link) {}

        @Override
        public void onDetached(IncomingLink link, Cause cause, boolean closed, @Nullable AmqpError error) {}

        @Override
        public void onSendable(OutgoingLink link) {}

        @Override
        public void onReceiverState(
                OutgoingLink link,
                int deliveryId,
                @Nullable Object origin,
                int originKey,
                @Nullable DeliveryState state,
                boolean settled) {}

        @Override
        public void onDetached(OutgoingLink link, Cause cause, boolean closed, @Nullable AmqpError error) {}
    }

    private static final NotYet NOT_YET = new NotYet();

    private final AmqpConnection owner;
    private final AmqpEngine engine;
    private final Mesh mesh;
    private final List<RouterOutbound> streams = new ArrayList<>(0);
    private @Nullable ControlInbound controlIn;
    private @Nullable RouterOutbound controlOut;
    private boolean up;
    private boolean linkspan;
    private int dataIn;
    private int dataOut;

    RouterLinks(AmqpConnection owner, AmqpEngine engine, Mesh mesh) {
        super(owner);
        this.owner = owner;
        this.engine = engine;
        this.mesh = mesh;
    }

    /** What a terminus says a link between routers is for; null for any other link. An array of one is taken as well. */
    static @Nullable Symbol kind(@Nullable Terminus terminus) {
        if (terminus == null || terminus.isCoordinator()) {
            return null;
        }
        List<Symbol> capabilities = terminus.capabilities();
        return capabilities.contains(CONTROL) ? CONTROL : capabilities.contains(DATA) ? DATA : null;
    }

    /** Whether the peer has shown itself as a router (routing ANO-15). */
    boolean hasControl() {
        return controlIn != null || isUp();
    }

    // ---- our links -------------------------------------------------------------------------------------------------

    /** Opens all links, in the order that the peer takes priorities from. */
    void open() {
        AmqpSession session = null;
        for (int i = 0; i <= PRIORITIES; i++) {
            AmqpSession own = engine.begin();
            session = own == null ? session : own;
            if (session == null) {
                engine.close(ErrorCondition.RESOURCE_LIMIT_EXCEEDED.error("no session for the links between routers"));
                return;
            }
            receiver(session, i == 0 ? CONTROL : DATA);
            sender(session, i == 0 ? CONTROL : DATA);
        }
    }

    private Attach request(Symbol kind) {
        return Attach.of(
                "qdlink." + owner.core().randomName(),
                Terminus.source(null).withCapability(kind),
                Terminus.target(null).withCapability(kind));
    }

    private void receiver(AmqpSession session, Symbol kind) {
        IncomingLink link = session.attachIncoming(request(kind), NOT_YET);
        if (link != null) {
            link.handOver(kind.equals(CONTROL) ? new ControlInbound(owner, link, this) : dataInbound(link));
        }
    }

    private void sender(AmqpSession session, Symbol kind) {
        OutgoingLink link = session.attachOutgoing(request(kind), NOT_YET);
        if (link != null) {
            link.handOver(kind.equals(CONTROL) ? controlOutbound(link) : dataOutbound(link));
        }
    }

    private RouterInbound dataInbound(IncomingLink link) {
        int place = dataIn++;
        return new RouterInbound(owner, link, place < PRIORITIES ? place : STREAM_PRIORITY);
    }

    private RouterOutbound dataOutbound(OutgoingLink link) {
        int place = dataOut++;
        return place < PRIORITIES
                ? new RouterOutbound(owner, link, this, RouterOutbound.Kind.DATA, place)
                : new RouterOutbound(owner, link, this, RouterOutbound.Kind.STREAM, STREAM_PRIORITY);
    }

    private RouterOutbound controlOutbound(OutgoingLink link) {
        return new RouterOutbound(owner, link, this, RouterOutbound.Kind.CONTROL, CONTROL_PRIORITY);
    }

    // ---- the peer's links ------------------------------------------------------------------------------------------

    /** The peer wants to send to us over a link between routers. */
    void accept(IncomingLink link, Attach remote, Symbol kind) {
        if (kind.equals(CONTROL)) {
            ControlInbound inbound = new ControlInbound(owner, link, this);
            inbound.attachedBy(remote);
            link.accept(inbound, remote.echo());
            owner.core().producer(inbound, null);
            controlIn(inbound);
        } else {
            RouterInbound inbound = dataInbound(link);
            inbound.attachedBy(remote);
            link.accept(inbound, remote.echo());
            owner.core().producer(inbound, null);
        }
    }

    /** The peer wants to receive from us over a link between routers. */
    void accept(OutgoingLink link, Attach remote, Symbol kind) {
        RouterOutbound outbound = kind.equals(CONTROL) ? controlOutbound(link) : dataOutbound(link);
        outbound.attachedBy(remote);
        if (link.accept(outbound, remote.echo())) {
            attached(outbound);
        }
    }

    // ---- coming and going ------------------------------------------------------------------------------------------

    /** A link on which we send is attached at both ends. */
    void attached(RouterOutbound outbound) {
        owner.core().know(outbound);
        switch (outbound.kind()) {
            case CONTROL -> controlOut(outbound);
            case DATA -> data(outbound.priority(), outbound);
            case STREAM -> {}
        }
    }

    /** A link on which we send is gone. */
    void gone(RouterOutbound outbound) {
        switch (outbound.kind()) {
            case CONTROL -> {
                if (controlOut == outbound) {
                    controlOut(null);
                }
            }
            case DATA -> data(outbound.priority(), null);
            case STREAM -> streams.remove(outbound);
        }
    }

    private void controlOut(@Nullable RouterOutbound link) {
        controlOut = link;
        control(link);
        upOrDown();
    }

    /** The peer sends on a control link, in the place of an earlier one. */
    void controlIn(ControlInbound link) {
        controlIn = link;
        upOrDown();
    }

    /** A control link on which the peer sent is gone. */
    void controlInGone(ControlInbound link) {
        if (controlIn == link) {
            controlIn = null;
            upOrDown();
        }
    }

    /** The peer does not want a control link that we opened: the connection is of no use, and may be of some later. */
    void refused(@Nullable AmqpError why) {
        if (!owner.facts().incoming()) {
            engine.close(ErrorCondition.CONNECTION_ROLE.error("the peer takes no links between routers: "
                    + (why == null ? "detached" : why.condition() + " " + why.description())));
        }
    }

    private void upOrDown() {
        boolean now = controlIn != null && isUp();
        if (now == up) {
            return;
        }
        up = now;
        linkspan = owner.isLinkspan();
        if (!now) {
            mesh.neighborDown(this);
        } else if (!mesh.neighborUp(this, owner.peerContainer(), owner.routingCost(), linkspan)) {
            engine.close(ErrorCondition.INVALID_FIELD.error("the container-id is no router id"));
        }
    }

    void received(io.netty.buffer.ByteBuf message) {
        mesh.received(this, message);
    }

    @Override
    public boolean isLinkspan() {
        return linkspan;
    }

    // ---- links for large messages
    // ------------------------------------------------------------------------------------

    @Override
    protected @Nullable Member streamingLink() {
        for (RouterOutbound stream : streams) {
            if (stream.isIdle()) {
                return new Member(stream, List.of());
            }
        }
        AmqpSession session = streams.size() >= MAX_STREAMS || !engine.isOpen() ? null : engine.begin();
        OutgoingLink link = session == null ? null : session.attachOutgoing(request(DATA), NOT_YET);
        if (link == null) {
            return null;
        }
        RouterOutbound stream = new RouterOutbound(owner, link, this, RouterOutbound.Kind.STREAM, STREAM_PRIORITY);
        link.handOver(stream);
        streams.add(stream);
        return new Member(stream, List.of());
    }

    @Override
    protected void tick(long tick) {
        if (tick % SCAN_TICKS != 0 || streams.size() <= MAX_IDLE_STREAMS) {
            return;
        }
        int idle = 0;
        for (RouterOutbound stream : List.copyOf(streams)) {
            if (stream.isIdle()
                    && stream.unsettledCount() == 0
                    && ++idle > MAX_IDLE_STREAMS
                    && idle <= MAX_IDLE_STREAMS + CLOSED_AT_ONCE) {
                stream.end();
            }
        }
    }

    /** How many links for large messages this router has opened. */
    int streamCount() {
        return streams.size();
    }
}
