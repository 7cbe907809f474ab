// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.delivery;

import io.linkspan.core.address.AddressKey;
import io.linkspan.core.message.MessageView;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The message of one delivery in its origin's native form.
 *
 * <p>An adaptor that knows the native class uses that; every other adaptor takes {@link #amqpBytes()}, which is made at
 * most once. A content given to {@code OutboundLink.send} is borrowed: it may be a flyweight over the input buffer and
 * is valid during the call only, unless {@link #hold() held}. Confined to the loop of its connection.
 */
public abstract class Content {

    private @Nullable AddressKey sentTo;
    private @Nullable ToAnnotation annotatedTo;
    private long copy;
    private boolean routerKeys;
    private boolean startsHere;

    /** The address the core is delivering it to, for adaptors whose receivers want to know; null before that. */
    public final @Nullable AddressKey sentTo() {
        return sentTo;
    }

    /** Called by the core. */
    public final void sentTo(@Nullable AddressKey address) {
        sentTo = address;
    }

    /** What router annotations say about the destination; null for what the message says itself (routing ANN-05). */
    public final @Nullable ToAnnotation annotatedTo() {
        return annotatedTo;
    }

    /** Called by the core; what goes there is no numbered copy. */
    public final void annotatedTo(@Nullable ToAnnotation destination) {
        annotatedTo(destination, 0);
    }

    /** Called by the core: the destination of one copy, and its {@link #copy() number}. */
    public final void annotatedTo(@Nullable ToAnnotation destination, long number) {
        annotatedTo = destination;
        copy = number;
    }

    /** The number by which routers know a message for many when it comes again (ADR 0016); 0 for none. */
    public final long copy() {
        return copy;
    }

    /** Whether the AMQP bytes hold keys of the routers, which receivers must not see unless they are to (ANN-02). */
    public final boolean hasRouterKeys() {
        return routerKeys;
    }

    /** Called by the adaptor that found the keys and left them in. */
    public final void hasRouterKeys(boolean found) {
        routerKeys = found;
    }

    /** Whether its way through the network begins here: where it was before does not count (routing EXC-03). */
    public final boolean startsHere() {
        return startsHere;
    }

    /** Called by the core. */
    public final void startsHere(boolean anew) {
        startsHere = anew;
    }

    /** Takes over what is known about the delivery of {@code borrowed}, of which this is the held form. */
    public final void likeDelivered(Content borrowed) {
        sentTo = borrowed.sentTo;
        annotatedTo = borrowed.annotatedTo;
        copy = borrowed.copy;
        routerKeys = borrowed.routerKeys;
        startsHere = borrowed.startsHere;
    }

    /** The message's priority, 0 to 9 (routing PRI-01). */
    public int priority() {
        return MessageView.DEFAULT_PRIORITY;
    }

    /** The AMQP message-format (AMQP 1.0 part 2, 2.8.11); 0 for the standard format. */
    public int messageFormat() {
        return 0;
    }

    /** Whether the whole message is there. False only for a {@link MessageStream} that still arrives. */
    public abstract boolean complete();

    /**
     * The whole message as AMQP sections, from reader index to writer index. The buffer stays the content's own: the
     * caller neither releases it nor moves its indices.
     *
     * @throws IllegalStateException if the content is not complete
     */
    public abstract ByteBuf amqpBytes();

    /**
     * A content with the same message that outlives this call; the caller owes it one {@link #release()}. Several holds
     * of one message share its bytes.
     */
    public abstract Content hold();

    /** Gives a held content back. */
    public abstract void release();
}
