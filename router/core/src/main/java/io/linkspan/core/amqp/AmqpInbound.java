// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import io.linkspan.amqp.AmqpError;
import io.linkspan.amqp.Cause;
import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.ErrorCondition;
import io.linkspan.amqp.IncomingLink;
import io.linkspan.amqp.Transfer;
import io.linkspan.core.address.Route;
import io.linkspan.core.delivery.Content;
import io.linkspan.core.delivery.Destination;
import io.linkspan.core.delivery.MessageStream;
import io.linkspan.core.delivery.ToAnnotation;
import io.linkspan.core.link.InboundLink;
import io.linkspan.core.message.MessageView;
import io.linkspan.core.message.RouterAnnotations;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * A link on which an AMQP peer sends.
 *
 * <p>A message in one frame is forwarded from the input buffer. One of several frames is collected until it is whole or
 * has reached the streaming threshold, and is then cut through (routing STR-01). Confined to the connection's loop.
 */
class AmqpInbound extends InboundLink implements IncomingLink.Handler {

    /** The sections that routing needs must end within this many bytes; a longer head is malformed (OUT-22). */
    static final int MAX_HEAD_BYTES = 1024 * 1024;

    private static final AmqpError MALFORMED = ErrorCondition.DECODE_ERROR.error("invalid message format");
    private static final AmqpError NO_ADDRESS =
            ErrorCondition.PRECONDITION_FAILED.error("Routing failure: no address present");

    private final AmqpConnection owner;
    private final IncomingLink link;
    private final @Nullable ToAnnotation target;
    private final boolean fallback;
    private final MessageView.Depth depth;

    private @Nullable MessageStream partial;
    private @Nullable ByteBuf head;
    private int partialId;
    private boolean partialSettled;
    private boolean delivered;
    private boolean discarding;
    private boolean held;
    private @Nullable AmqpError streamError;

    /**
     * A link that is about to be accepted.
     *
     * @param target where the link leads; null when each message names its own address
     * @param fallback the sender says that it is itself a fallback destination (routing FBK-02)
     */
    AmqpInbound(AmqpConnection owner, IncomingLink link, @Nullable ToAnnotation target, boolean fallback) {
        super(owner, link.name());
        this.owner = owner;
        this.link = link;
        this.target = target;
        this.fallback = fallback;
        this.depth = target == null ? MessageView.Depth.PROPERTIES : MessageView.Depth.ANNOTATIONS;
    }

    @Override
    protected @Nullable ToAnnotation annotation(Route to) {
        return target;
    }

    @Override
    public RouterAnnotations routerKeys() {
        return owner.keys();
    }

    @Override
    public boolean canBeDisabled() {
        return true;
    }

    @Override
    public boolean isFallback() {
        return fallback;
    }

    @Override
    public void onTransfer(IncomingLink from, Transfer transfer) {
        if (transfer.first() && !transfer.more() && !transfer.aborted()) {
            whole(transfer);
        } else {
            part(transfer);
        }
    }

    private void whole(Transfer transfer) {
        ByteBuf bytes = transfer.buffer();
        int id = transfer.deliveryId();
        MessageView view = owner.view();
        AmqpError fault = look(view.readWhole(bytes, transfer.offset(), transfer.length(), depth));
        if (fault != null) {
            reject(id, transfer.settled(), fault);
            return;
        }
        trace(bytes, transfer.offset(), transfer.length());
        Route to = target == null ? route(view) : null;
        if (target == null && to == null) {
            reject(id, transfer.settled(), NO_ADDRESS);
            return;
        }
        EncodedMessage message = owner.message();
        ByteBuf stripped = null;
        boolean keys = view.hasRouterKeys();
        if (keys && owner.stripsIncoming()) {
            stripped = view.withoutRouterKeys(owner.core().incomingFront(), owner.allocator());
            message.over(stripped, stripped.readerIndex(), stripped.readableBytes(), transfer.messageFormat());
            keys = false;
        } else {
            message.over(bytes, transfer.offset(), transfer.length(), transfer.messageFormat());
        }
        message.hasRouterKeys(keys);
        try {
            deliver(to, message, id, transfer.settled());
        } finally {
            message.forget();
            if (stripped != null) {
                stripped.release();
            }
        }
    }

    private void deliver(@Nullable Route to, Content content, int id, boolean settled) {
        if (content.hasRouterKeys() && (owner.keys().traceCount() > owner.core().longestTrace() || comesAgain())) {
            release(id, settled); // DST-33, DST-34.
        } else if (to == null) {
            deliver(content, id, settled);
        } else {
            deliverTo(to, content, id, settled);
        }
    }

    /** What is wrong with the message the view looks at; null for nothing. Takes the router keys that are believed. */
    private @Nullable AmqpError look(MessageView.Result result) {
        MessageView view = owner.view();
        boolean believed = !owner.stripsIncoming();
        if (result != MessageView.Result.OK) {
            return believed && view.hasFaultyAnnotations() ? invalid("message annotations are no map") : MALFORMED;
        }
        String fault = believed && view.hasRouterKeys() ? owner.keys().read(view) : null;
        return fault == null ? null : invalid(fault);
    }

    private static AmqpError invalid(String fault) {
        return ErrorCondition.INVALID_FIELD.error(fault);
    }

    /** Where an anonymous sender's message goes (routing ANO-03); null when it names no address. */
    private @Nullable Route route(MessageView view) {
        if (view.hasRouterKeys() && !owner.stripsIncoming() && owner.keys().to() >= 0) {
            RouterAnnotations keys = owner.keys();
            return annotatedRoute(keys.bytes(), keys.to(), keys.toLength(), keys.phase());
        }
        int index = view.toIndex();
        int length = index < 0 ? 0 : view.toLength();
        return length == 0 ? null : owner.route(view.head(), index, length);
    }

    /** Whether the message, which has routers' keys, was here before. */
    boolean comesAgain() {
        return false;
    }

    /** Where the routers' keys of a message lead; null for a phase that no address has. */
    @Nullable
    Route annotatedRoute(byte[] utf8, int index, int length, int phase) {
        return owner.annotatedRoute(utf8, index, length, phase);
    }

    private void trace(ByteBuf bytes, int offset, int length) {
        MessageTracer tracer = owner.messageTracer();
        if (tracer != null) {
            tracer.message(false, this, bytes, offset, length);
        }
    }

    private void part(Transfer transfer) {
        if (transfer.first()) {
            partial = new MessageStream(transfer.messageFormat());
            partialId = transfer.deliveryId();
            delivered = false;
            discarding = false;
            head = null;
        }
        MessageStream stream = partial;
        if (stream == null) {
            return;
        }
        partialSettled = transfer.settled();
        if (transfer.aborted()) {
            abort(stream);
            return;
        }
        if (discarding) {
            if (!transfer.more()) {
                end(stream);
            }
            return;
        }
        if (transfer.length() > 0) {
            ByteBuf piece = owner.keep(transfer.buffer(), transfer.offset(), transfer.length());
            if (delivered && !transfer.more()) {
                partial = null;
                stream.finish(piece);
                return;
            }
            if (delivered) {
                stream.append(piece);
            } else {
                collect(piece);
            }
        }
        boolean enough = !transfer.more() || collected() >= owner.streamingThreshold();
        if (!delivered && (enough || (transfer.first() && asksToStream()))) {
            start(stream, !transfer.more());
        }
        if (!transfer.more()) {
            end(stream);
        }
    }

    private void collect(ByteBuf piece) {
        if (head == null) {
            head = Unpooled.compositeBuffer(Integer.MAX_VALUE).addComponent(true, piece);
        } else {
            ((io.netty.buffer.CompositeByteBuf) head).addComponent(true, piece);
        }
    }

    /** Whether the message says that it goes on without waiting for its end ({@code x-opt-qd.stream}). */
    private boolean asksToStream() {
        ByteBuf bytes = head;
        MessageView view = owner.view();
        return bytes != null
                && !owner.stripsIncoming()
                && view.read(bytes, bytes.readerIndex(), bytes.readableBytes(), depth) == MessageView.Result.OK
                && view.hasRouterKeys()
                && owner.keys().read(view) == null
                && owner.keys().stream();
    }

    private int collected() {
        return head == null ? 0 : head.readableBytes();
    }

    /** Enough has come to route the message: from here on it is cut through. */
    private void start(MessageStream stream, boolean whole) {
        ByteBuf bytes = head == null ? Unpooled.EMPTY_BUFFER : head;
        MessageView view = owner.view();
        MessageView.Result result = whole
                ? view.readWhole(bytes, bytes.readerIndex(), bytes.readableBytes(), depth)
                : view.read(bytes, bytes.readerIndex(), bytes.readableBytes(), depth);
        if (result == MessageView.Result.INCOMPLETE && bytes.readableBytes() < MAX_HEAD_BYTES) {
            return;
        }
        head = null;
        trace(bytes, bytes.readerIndex(), bytes.readableBytes());
        AmqpError fault = look(result);
        Route to = target == null && fault == null ? route(view) : null;
        if (fault != null || (target == null && to == null)) {
            bytes.release();
            discarding = true;
            streamError = fault == null ? NO_ADDRESS : fault;
            return;
        }
        boolean keys = view.hasRouterKeys();
        if (keys && owner.stripsIncoming()) {
            ByteBuf stripped = view.withoutRouterKeys(owner.core().incomingFront(), owner.allocator());
            bytes.release();
            bytes = owner.keep(stripped, stripped.readerIndex(), stripped.readableBytes());
            stripped.release();
            keys = false;
        }
        stream.hasRouterKeys(keys);
        stream.append(bytes);
        if (whole) {
            stream.finish();
        }
        delivered = true;
        deliver(to, stream, partialId, partialSettled);
        stream.release();
    }

    private void end(MessageStream stream) {
        partial = null;
        if (streamError != null) {
            AmqpError error = streamError;
            streamError = null;
            reject(partialId, partialSettled, error);
            stream.release();
        } else if (!stream.ended()) {
            stream.finish();
        }
    }

    private void abort(MessageStream stream) {
        partial = null;
        streamError = null;
        dropHead();
        if (delivered) {
            stream.abort();
        } else {
            stream.release();
            abortedUnseen();
        }
    }

    private void dropHead() {
        if (head != null) {
            head.release();
            head = null;
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
        senderState(deliveryId, (Destination) peer, peerKey, state, settled);
    }

    @Override
    public void onFlow(IncomingLink from) {
        int gone = from.takeGivenUp();
        if (gone > 0) {
            gaveUp(gone);
        }
    }

    @Override
    public void onDetached(IncomingLink from, Cause cause, boolean closed, @Nullable AmqpError error) {
        MessageStream open = partial;
        partial = null;
        dropHead();
        endedBy(cause, closed);
        if (open != null && !delivered) {
            open.release();
        }
        holdStream(false);
        lost();
    }

    @Override
    protected void issueCredit(int more) {
        link.issueCredit(more);
    }

    @Override
    protected void drain() {
        link.drain();
    }

    @Override
    protected void onOutcome(int key, @Nullable DeliveryState state, boolean settled) {
        link.dispose(key, state, settled);
    }

    @Override
    protected void onForwarded(int key, Destination to, int outKey) {
        link.track(key, to, outKey);
    }

    @Override
    protected void detach(AmqpError error) {
        link.detach(true, error);
        endedBy(Cause.VIOLATION, true);
        lost();
    }

    @Override
    public void holdStream(boolean hold) {
        if (hold != held) {
            held = hold;
            if (hold) {
                link.session().holdWindow();
            } else {
                link.session().releaseWindow();
            }
        }
    }
}
