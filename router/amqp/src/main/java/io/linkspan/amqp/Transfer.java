// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import io.linkspan.amqp.codec.FormatCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * One transfer frame as it lies in the input. AMQP 1.0 part 2, 2.7.5.
 *
 * <p>A flyweight of the engine: valid during {@link IncomingLink.Handler#onTransfer} only, the buffer too; whoever needs
 * the payload longer takes a retained slice or a copy. Confined to the connection's loop.
 */
public final class Transfer {
    private ByteBuf buffer = Unpooled.EMPTY_BUFFER;
    private boolean hasId;
    private int deliveryId;
    private boolean first;
    private boolean more;
    private boolean aborted;
    private boolean settled;
    private int messageFormat;
    private int receiverSettleMode;
    private int tagOffset;
    private int tagLength;
    private int stateOffset;
    private int stateLength;
    private int offset;
    private int length;

    Transfer() {}

    /** Reads the fields behind the handle; the payload is what follows the performative up to {@code frameEnd}. */
    void read(FieldReader fields, ByteBuf bytes, int frameEnd) {
        buffer = bytes;
        long id = fields.uint();
        hasId = id != FieldReader.ABSENT;
        deliveryId = (int) id;
        tagOffset = fields.binarySlice();
        tagLength = tagOffset < 0 ? -1 : fields.index() - tagOffset;
        messageFormat = fields.uint(0);
        settled = fields.bool(false);
        more = fields.bool(false);
        receiverSettleMode = fields.ubyte(-1);
        stateOffset = fields.index();
        fields.skip();
        stateLength = fields.index() - stateOffset;
        if (stateLength == 1 && bytes.getByte(stateOffset) == FormatCode.NULL) {
            stateLength = 0;
        }
        fields.bool(false); // resume: links are not resumed, so it means nothing (ANO-18).
        aborted = fields.bool(false);
        fields.finish();
        offset = fields.end();
        length = frameEnd - offset;
    }

    boolean hasId() {
        return hasId;
    }

    /** Completes what a following frame leaves out, from what the link remembers. */
    void complete(int id, boolean isFirst, int format, boolean isSettled) {
        deliveryId = id;
        first = isFirst;
        messageFormat = format;
        settled = isSettled;
        if (aborted) {
            // AMQP 1.0 part 2, 2.7.5: an aborted delivery is settled, and payload with it means nothing.
            settled = true;
            more = false;
            length = 0;
        }
    }

    void forget() {
        buffer = Unpooled.EMPTY_BUFFER;
    }

    /** Serial number in the session of the delivery this is a part of. */
    public int deliveryId() {
        return deliveryId;
    }

    /** True for the first frame of a delivery. */
    public boolean first() {
        return first;
    }

    /** True when further frames of the delivery follow. */
    public boolean more() {
        return more;
    }

    /** True when the sender gave the delivery up; no payload, and no disposition is due. */
    public boolean aborted() {
        return aborted;
    }

    /** True when this frame or an earlier one of the delivery said that it is settled. */
    public boolean settled() {
        return settled;
    }

    /** 32 bits; 0 is the message format of AMQP 1.0. */
    public int messageFormat() {
        return messageFormat;
    }

    /** Receiver-settle-mode of this delivery; -1 for the link's. */
    public int receiverSettleMode() {
        return receiverSettleMode;
    }

    /** Where the delivery-tag begins in {@link #buffer}; meaningless when its length is negative. */
    public int tagOffset() {
        return tagOffset;
    }

    /** Octets of the delivery-tag; -1 when the frame has none (as following frames may). */
    public int tagLength() {
        return tagLength;
    }

    /** The sender's state in this frame; null when there is none. Made at each call. */
    public @Nullable DeliveryState state() {
        return stateLength == 0 ? null : DeliveryState.read(buffer, stateOffset, stateOffset + stateLength);
    }

    /** The input buffer. Owned by whoever feeds the engine; not to be released. */
    public ByteBuf buffer() {
        return buffer;
    }

    /** Where the payload begins in {@link #buffer}. */
    public int offset() {
        return offset;
    }

    /** Octets of payload in this frame. */
    public int length() {
        return length;
    }
}
