// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.Transfer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/** A transfer of a routed link that cannot go on at once. It owns its payload. */
final class RoutedPiece {

    /** What a waiting piece counts at least, in bytes: its own objects. */
    static final int LEAST_BYTES = 256;

    private static final byte[] NO_TAG = {};

    final int deliveryId;
    final boolean first;
    final int messageFormat;
    final int receiverSettleMode;
    final @Nullable ByteBuf tag;
    boolean last;
    boolean settled;

    /** Of the delivery in its session, see {@link SessionOrder}; 0 where no order is kept. */
    long number;

    @Nullable
    DeliveryState state;

    private ByteBuf payload;

    /**
     * Keeps what a transfer says.
     *
     * @param payload becomes the piece's own
     */
    RoutedPiece(Transfer transfer, ByteBuf payload) {
        deliveryId = transfer.deliveryId();
        first = transfer.first();
        messageFormat = transfer.messageFormat();
        receiverSettleMode = transfer.receiverSettleMode();
        tag = transfer.tagLength() < 0 ? null : Unpooled.wrappedBuffer(tagOf(transfer));
        last = !transfer.more();
        settled = transfer.settled();
        state = transfer.state();
        this.payload = payload;
    }

    private static byte[] tagOf(Transfer transfer) {
        if (transfer.tagLength() == 0) {
            return NO_TAG;
        }
        byte[] tag = new byte[transfer.tagLength()];
        transfer.buffer().getBytes(transfer.tagOffset(), tag);
        return tag;
    }

    ByteBuf payload() {
        return payload;
    }

    int weight() {
        return Math.max(LEAST_BYTES, payload.readableBytes());
    }

    /** Adds the payload of the next transfer, before the piece waits in a queue. */
    void append(ByteBuf more) {
        if (payload instanceof CompositeByteBuf composite) {
            composite.addComponent(true, more);
        } else {
            payload = Unpooled.compositeBuffer(Integer.MAX_VALUE)
                    .addComponent(true, payload)
                    .addComponent(true, more);
        }
    }

    void release() {
        payload.release();
    }
}
