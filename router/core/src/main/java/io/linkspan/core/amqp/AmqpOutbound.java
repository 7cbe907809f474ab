// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import io.linkspan.amqp.AmqpError;
import io.linkspan.amqp.Cause;
import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.OutgoingLink;
import io.linkspan.core.address.Member;
import io.linkspan.core.delivery.Content;
import io.linkspan.core.delivery.MessageStream;
import io.linkspan.core.delivery.Origin;
import io.linkspan.core.link.OutboundLink;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * A link on which an AMQP peer receives.
 *
 * <p>A message that is whole goes out in one call; one that still arrives is read piece by piece as the session window
 * and the socket allow, and keeps the link for itself until it ends (routing STR-04). Confined to the connection's
 * loop.
 */
class AmqpOutbound extends OutboundLink implements OutgoingLink.Handler, MessageStream.Listener {

    /** Bytes taken from a stream at once: at most as much as one read from a socket brings. */
    private static final int STREAM_PIECE_BYTES = 64 * 1024;

    private final AmqpConnection owner;
    private final OutgoingLink link;
    private final boolean settles;
    private MessageStream.@Nullable Reader reader;
    private int streamId;
    private boolean streamSettled;
    private @Nullable Origin streamOrigin;
    private int streamKey;
    private boolean pumping;
    private boolean lastSent;

    /** @param settles the receiver asked for settled deliveries (OUT-17) */
    AmqpOutbound(AmqpConnection owner, OutgoingLink link, boolean settles) {
        super(owner, link.name());
        this.owner = owner;
        this.link = link;
        this.settles = settles;
    }

    @Override
    protected long send(Content content, Member via, Origin origin, int key, boolean settled) {
        if (reader != null || !link.sendable()) {
            return NOT_NOW;
        }
        boolean goesSettled = settled || settles;
        if (owner.messageTracer() != null && !(content instanceof MessageStream)) {
            trace(content);
        }
        int id;
        if (content instanceof MessageStream stream) {
            id = begin(stream, origin, key, goesSettled);
        } else if (owner.rewrites(content)) {
            id = sendFitted(content, origin, key, goesSettled);
        } else if (content instanceof EncodedMessage message) {
            id = link.send(
                    message.buffer(),
                    message.offset(),
                    message.length(),
                    message.messageFormat(),
                    goesSettled,
                    origin,
                    key);
        } else {
            id = sendAll(content.amqpBytes(), content.messageFormat(), origin, key, goesSettled);
        }
        return goesSettled ? DONE : id & 0xffff_ffffL;
    }

    private void trace(Content content) {
        if (content instanceof EncodedMessage message) {
            trace(message.buffer(), message.offset(), message.length());
        } else {
            ByteBuf bytes = content.amqpBytes();
            trace(bytes, bytes.readerIndex(), bytes.readableBytes());
        }
    }

    private void trace(ByteBuf bytes, int offset, int length) {
        MessageTracer tracer = owner.messageTracer();
        if (tracer != null) {
            tracer.message(true, this, bytes, offset, length);
        }
    }

    private int sendAll(ByteBuf bytes, int format, Origin origin, int key, boolean goesSettled) {
        return link.send(bytes, bytes.readerIndex(), bytes.readableBytes(), format, goesSettled, origin, key);
    }

    private int sendFitted(Content content, Origin origin, int key, boolean goesSettled) {
        ByteBuf fitted;
        if (content instanceof EncodedMessage message) {
            fitted = owner.outgoing().fitted(message.buffer(), message.offset(), message.length(), content);
        } else {
            ByteBuf bytes = content.amqpBytes();
            fitted = owner.outgoing().fitted(bytes, bytes.readerIndex(), bytes.readableBytes(), content);
        }
        try {
            return sendAll(fitted, content.messageFormat(), origin, key, goesSettled);
        } finally {
            fitted.release();
        }
    }

    private int begin(MessageStream stream, Origin origin, int key, boolean goesSettled) {
        MessageStream.Reader from = stream.reader(this);
        boolean rewrites = owner.rewrites(stream);
        // The first chunk is the head, with all the sections that routing needs.
        ByteBuf first = from.next(rewrites ? Integer.MAX_VALUE : STREAM_PIECE_BYTES);
        ByteBuf piece = first == null ? Unpooled.EMPTY_BUFFER : first;
        try {
            trace(piece, piece.readerIndex(), piece.readableBytes());
            if (rewrites) {
                ByteBuf fitted = owner.outgoing().fitted(piece, piece.readerIndex(), piece.readableBytes(), stream);
                piece.release();
                piece = fitted;
            }
            if (from.finished()) {
                int id = sendAll(piece, stream.messageFormat(), origin, key, goesSettled);
                from.close();
                return id;
            }
            int id = link.begin(
                    piece,
                    piece.readerIndex(),
                    piece.readableBytes(),
                    stream.messageFormat(),
                    goesSettled,
                    origin,
                    key);
            reader = from;
            lastSent = false;
            streamId = id;
            streamSettled = goesSettled;
            streamOrigin = origin;
            streamKey = key;
            pump();
            return id;
        } finally {
            piece.release();
        }
    }

    /** Moves what has arrived of the stream to the transport. */
    private void pump() {
        MessageStream.Reader from = reader;
        if (from == null || pumping) {
            return;
        }
        pumping = true;
        try {
            while (!from.aborted() && !lastSent && link.partSendable()) {
                ByteBuf piece = from.next(STREAM_PIECE_BYTES);
                if (piece == null && !from.finished()) {
                    return;
                }
                lastSent = from.finished();
                if (piece == null) {
                    link.part(streamId, Unpooled.EMPTY_BUFFER, 0, 0, true);
                } else {
                    try {
                        link.part(streamId, piece, piece.readerIndex(), piece.readableBytes(), lastSent);
                    } finally {
                        piece.release();
                    }
                }
            }
            endStream(from);
        } finally {
            pumping = false;
        }
    }

    private void endStream(MessageStream.Reader from) {
        if (from.aborted()) {
            reader = null;
            from.close();
            link.abort(streamId);
            if (!streamSettled && streamOrigin != null) {
                aborted(streamOrigin, streamKey);
            }
            streamOrigin = null;
        } else if (lastSent) {
            reader = null;
            streamOrigin = null;
            from.close();
        }
    }

    @Override
    public void streamChanged(MessageStream.Reader changed) {
        pump();
        if (reader == null) {
            resume();
        }
    }

    @Override
    public boolean canBeDisabled() {
        return true;
    }

    @Override
    protected boolean hasCredit() {
        return link.credit() > 0;
    }

    @Override
    public int creditAvailable() {
        return link.credit();
    }

    @Override
    protected void senderState(int outKey, @Nullable DeliveryState state, boolean settled) {
        link.senderState(outKey, state, settled);
    }

    @Override
    protected @Nullable Origin origin(int outKey) {
        return (Origin) link.origin(outKey);
    }

    @Override
    protected int originKey(int outKey) {
        return link.originKey(outKey);
    }

    /** Whether a message is on its way that still arrives. */
    final boolean isStreaming() {
        return reader != null;
    }

    @Override
    protected void forEachUnsettled(UnsettledVisitor visitor) {
        link.forEachUnsettled((id, origin, key) -> visitor.unsettled(originOf(origin), key));
    }

    @Override
    protected void detach(@Nullable AmqpError error) {
        endedBy(Cause.VIOLATION, true);
        onDetached(link, Cause.LOCAL, true, error); // The link still knows what is not settled.
        link.detach(true, error);
    }

    @Override
    public void onSendable(OutgoingLink from) {
        pump();
        resume();
        link.setAvailable(undeliveredCount());
        if (link.draining() && reader == null && (undeliveredCount() == 0 || link.credit() <= 0)) {
            link.drained();
        }
    }

    @Override
    public void onReceiverState(
            OutgoingLink from,
            int deliveryId,
            @Nullable Object origin,
            int key,
            @Nullable DeliveryState state,
            boolean settled) {
        outcome(originOf(origin), key, state, settled);
    }

    @Override
    public void onDetached(OutgoingLink from, Cause cause, boolean closed, @Nullable AmqpError error) {
        MessageStream.Reader open = reader;
        if (open != null) {
            reader = null;
            streamOrigin = null;
            open.close();
        }
        endedBy(cause, closed);
        lost();
    }

    /** The engine keeps what {@link #send} gave it. */
    private static Origin originOf(@Nullable Object kept) {
        if (kept instanceof Origin origin) {
            return origin;
        }
        throw new IllegalStateException("an outgoing delivery without origin: " + kept);
    }
}
