// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import io.linkspan.core.delivery.Content;
import io.linkspan.core.message.MessageFront;
import io.linkspan.core.message.MessageView;
import io.linkspan.core.message.RouterAnnotations;
import io.linkspan.core.message.RouterStamp;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Fits the message annotations of outgoing messages to the peer of one connection: the routers' keys go, or ours come to
 * them (routing ANN-02, ANN-03). Confined to the connection's loop.
 */
final class OutgoingAnnotations {

    private final ByteBufAllocator allocator;
    private final MessageFront front;
    private final @Nullable RouterStamp stamp;
    private final boolean toLinkspan;
    private final MessageView view = new MessageView();
    private final RouterAnnotations keys = new RouterAnnotations();

    /**
     * For one connection.
     *
     * @param front shared by all that send on this loop
     * @param stamp null for a peer that does not see router annotations
     * @param toLinkspan whether the peer is a Linkspan router, which knows more keys than others
     */
    OutgoingAnnotations(
            ByteBufAllocator allocator, MessageFront front, @Nullable RouterStamp stamp, boolean toLinkspan) {
        this.allocator = allocator;
        this.front = front;
        this.stamp = stamp;
        this.toLinkspan = toLinkspan;
    }

    /**
     * The message as the peer may see it.
     *
     * @param bytes the message or its beginning, with all its annotations; not changed
     * @return retained for the caller; valid until another message is fitted, so whoever keeps it makes a copy of it, as
     *     {@link io.linkspan.wire.Retention} does of small ones
     */
    ByteBuf fitted(ByteBuf bytes, int offset, int length, Content content) {
        // Whoever took the message in has looked as far as this, or has written it himself.
        view.read(bytes, offset, length, MessageView.Depth.ANNOTATIONS);
        if (stamp == null) {
            return view.hasRouterKeys()
                    ? view.withoutRouterKeys(front, allocator)
                    : bytes.retainedSlice(offset, length);
        }
        String fault = keys.read(view);
        if (fault != null) {
            throw new IllegalStateException("router annotations were let in: " + fault);
        }
        if (content.startsHere()) {
            keys.forgetWay();
        }
        long copy = toLinkspan ? content.copy() : 0;
        return stamp.stamped(front, allocator, view, keys, content.annotatedTo(), copy);
    }
}
