// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import io.linkspan.amqp.codec.RawValue;
import io.linkspan.wire.Retention;
import io.linkspan.wire.Wire;
import io.netty.buffer.ByteBuf;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection's way out: frames are laid into one output buffer and go to the wire when it is full or at the end of the
 * loop's iteration. AMQP 1.0 part 2, 2.3.
 *
 * <p>The buffer starts with {@link #MIN_BUFFER} octets, grows while an iteration fills it, up to {@link #MAX_BUFFER}, and
 * is given to the wire at each flush, so an idle connection holds none. Large payloads are passed as retained slices of
 * the buffer they came in ({@link Retention}); the wire releases them. Transfer, disposition and flow have fixed layouts and are written by a few wide stores. Confined to
 * the connection's loop.
 */
final class FrameWriter {
    /** First size of the output buffer, in octets. */
    static final int MIN_BUFFER = 1024;
    /** Largest size of the output buffer, in octets. */
    static final int MAX_BUFFER = 64 * 1024;
    /** Largest frame we make, in octets, however large the peer allows: links of a session take turns by frames. */
    static final int MAX_FRAME_MADE = 64 * 1024;
    /** AMQP 1.0 part 2, 2.4.1: the frame size that every peer takes, in octets. */
    static final int MIN_MAX_FRAME_SIZE = 512;

    static final int DATA_OFFSET = 0x0200_0000;
    static final int TYPE_AMQP = 0;
    static final int TYPE_SASL = 1;

    // Octets of the fixed layouts.
    private static final int FIRST_TRANSFER = 30;
    private static final int NEXT_TRANSFER = 21;
    private static final int SHORT_DISPOSITION = 30;
    private static final int FLOW_ROOM = 64;
    /** Room that the longest transfer performative needs beside its tag and state. */
    private static final int TRANSFER_ROOM = 64;
    /** Handles below this have the fixed layouts. */
    private static final int FIXED_HANDLE_LIMIT = 0x100;

    private final Wire wire;
    private @Nullable ByteBuf out;
    private int outSize = MIN_BUFFER;
    private boolean flushRequested;
    private boolean unflushed;
    private boolean shut;
    private boolean wroteSinceAsked;
    private int maxFrame = MAX_FRAME_MADE;
    private @Nullable FrameTracer tracer;

    FrameWriter(Wire wire) {
        this.wire = wire;
    }

    /** Takes over the peer's limit, in octets. */
    void maxFrame(long octets) {
        maxFrame = (int) Math.max(MIN_MAX_FRAME_SIZE, Math.min(MAX_FRAME_MADE, octets));
    }

    int maxFrame() {
        return maxFrame;
    }

    void tracer(@Nullable FrameTracer newTracer) {
        tracer = newTracer;
    }

    /** True when something was written since the last call: the idle timer asks. */
    boolean wroteSinceAsked() {
        boolean wrote = wroteSinceAsked;
        wroteSinceAsked = false;
        return wrote;
    }

    void requestFlush() {
        if (!flushRequested) {
            flushRequested = true;
            wire.requestFlush();
        }
    }

    /** The output buffer with room for this many octets. */
    private ByteBuf reserve(int octets) {
        requestFlush();
        wroteSinceAsked = true;
        ByteBuf current = out;
        if (current != null) {
            if (current.writableBytes() >= octets) {
                return current;
            }
            passOn();
            if (outSize < MAX_BUFFER) {
                outSize <<= 2;
            }
        }
        int size = Math.max(octets, outSize);
        current = wire.allocator().ioBuffer(size, size);
        out = current;
        return current;
    }

    private void passOn() {
        ByteBuf current = out;
        out = null;
        if (current != null) {
            write(current);
        }
    }

    private void write(ByteBuf bytes) {
        if (shut) {
            bytes.release();
            return;
        }
        unflushed = true;
        wire.write(bytes);
    }

    /** Nothing goes to the wire any more: what is still written is given back at the next flush. */
    void shut() {
        shut = true;
    }

    /** Gives everything to the wire and flushes it. */
    void flush() {
        flushRequested = false;
        if (shut) {
            discard();
            return;
        }
        ByteBuf current = out;
        if (current != null && outSize > MIN_BUFFER && current.writerIndex() < outSize >> 3) {
            outSize >>= 1;
        }
        passOn();
        if (unflushed) {
            unflushed = false;
            wire.flushWritten();
        }
    }

    /** Gives the output buffer back, unsent. */
    void discard() {
        ByteBuf current = out;
        out = null;
        if (current != null) {
            current.release();
        }
    }

    void header(long protocol) {
        reserve(8).writeLong(protocol);
    }

    void emptyFrame() {
        ByteBuf buf = reserve(8);
        buf.writeInt(8).writeInt(DATA_OFFSET);
        if (tracer != null) {
            tracer.frame(true, false, 0, buf, buf.writerIndex(), buf.writerIndex(), buf, 0, 0);
        }
    }

    /**
     * Writes a frame of a rare performative.
     *
     * @return false when it would be larger than the peer takes; nothing was written then
     */
    boolean frame(int type, int channel, int descriptor, Consumer<FieldWriter> fields) {
        ByteBuf frame = wire.allocator().heapBuffer(256);
        try {
            FieldWriter writer = new FieldWriter(frame, type, channel, descriptor);
            fields.accept(writer);
            int size = writer.end();
            if (size > maxFrame) {
                return false;
            }
            reserve(size).writeBytes(frame);
            if (tracer != null) {
                tracer.frame(true, type == TYPE_SASL, channel, frame, 8, size, frame, 0, 0);
            }
            return true;
        } finally {
            frame.release();
        }
    }

    /**
     * Writes the first frame of a delivery; its tag is the delivery-id in four octets.
     *
     * @param last no more of the delivery comes behind these octets
     * @return octets of payload that went into the frame: as many as fit
     */
    int firstTransfer(
            int channel,
            int handle,
            int id,
            int format,
            boolean settled,
            boolean last,
            ByteBuf payload,
            int offset,
            int length) {
        if (handle >= FIXED_HANDLE_LIMIT || format != 0 || tracer != null) {
            return wideTransfer(
                    channel, handle, id, null, 0, 0, format, settled, last, -1, null, payload, offset, length);
        }
        int taken = Math.min(length, maxFrame - FIRST_TRANSFER);
        boolean slice = Retention.slices(payload, taken);
        ByteBuf buf = reserve(slice ? FIRST_TRANSFER : FIRST_TRANSFER + taken);
        int i = buf.writerIndex();
        buf.setLong(i, (long) (FIRST_TRANSFER + taken) << 32 | DATA_OFFSET | channel);
        // Described by 0x14, list8 of 17 octets, 6 fields: handle (smalluint),
        buf.setLong(i + 8, 0x005314c0_11065200L | handle);
        // delivery-id (uint) and delivery-tag (binary of 4 octets), which begins with the id's first octet,
        buf.setLong(i + 16, 0x70000000_00a00400L | (id & 0xffff_ffffL) << 24 | id >>> 24);
        // the other three of the tag, message-format 0,
        buf.setInt(i + 24, id << 8 | 0x43);
        // settled, more.
        buf.setShort(i + 28, (settled ? 0x4100 : 0x4200) | (last && taken == length ? 0x42 : 0x41));
        buf.writerIndex(i + FIRST_TRANSFER);
        payload(buf, slice, payload, offset, taken);
        return taken;
    }

    /** Writes a following frame of a delivery; see {@link #firstTransfer}. */
    int nextTransfer(int channel, int handle, boolean settled, boolean last, ByteBuf payload, int offset, int length) {
        if (handle >= FIXED_HANDLE_LIMIT || tracer != null) {
            return wideNextTransfer(channel, handle, settled, last, payload, offset, length);
        }
        int taken = Math.min(length, maxFrame - NEXT_TRANSFER);
        boolean slice = Retention.slices(payload, taken);
        ByteBuf buf = reserve(slice ? NEXT_TRANSFER : NEXT_TRANSFER + taken);
        int i = buf.writerIndex();
        buf.setLong(i, (long) (NEXT_TRANSFER + taken) << 32 | DATA_OFFSET | channel);
        // Described by 0x14, list8 of 8 octets, 6 fields: handle, three nulls, settled, more.
        buf.setLong(i + 8, 0x005314c0_08065200L | handle);
        buf.setMedium(i + 16, 0x404040);
        buf.setShort(i + 19, (settled ? 0x4100 : 0x4200) | (last && taken == length ? 0x42 : 0x41));
        buf.writerIndex(i + NEXT_TRANSFER);
        payload(buf, slice, payload, offset, taken);
        return taken;
    }

    /**
     * Writes the first frame of a delivery in its general form.
     *
     * @param tag holds the delivery-tag; null for the delivery-id in four octets
     * @param tagOffset where the tag begins
     * @param tagLength its octets
     * @param receiverMode receiver-settle-mode of this delivery, -1 for the link's
     * @param state the sender's state, null for none; left out when the peer's frames are too small for it
     * @return octets of payload that went into the frame: as many as fit
     */
    int wideTransfer(
            int channel,
            int handle,
            int id,
            @Nullable ByteBuf tag,
            int tagOffset,
            int tagLength,
            int format,
            boolean settled,
            boolean last,
            int receiverMode,
            @Nullable DeliveryState state,
            ByteBuf payload,
            int offset,
            int length) {
        int tagRoom = tag == null ? 4 : tagLength;
        int stateRoom = state == null ? 0 : state.raw().length();
        int room = maxFrame - TRANSFER_ROOM - tagRoom;
        boolean withState = state != null && stateRoom <= room;
        if (withState) {
            room -= stateRoom;
        }
        int taken = Math.max(0, Math.min(length, room));
        boolean slice = Retention.slices(payload, taken);
        ByteBuf buf = reserve(TRANSFER_ROOM + tagRoom + stateRoom + (slice ? 0 : taken));
        int start = beginWide(buf, channel);
        writeUint(buf, handle);
        writeUint(buf, id);
        if (tag == null) {
            buf.writeShort(0xa004).writeInt(id);
        } else {
            writeTag(buf, tag, tagOffset, tagLength);
        }
        writeUint(buf, format);
        writeBool(buf, settled);
        writeBool(buf, !last || taken < length);
        if (receiverMode < 0) {
            buf.writeByte(0x40);
        } else {
            buf.writeByte(0x50).writeByte(receiverMode);
        }
        if (state != null && withState) {
            state.raw().writeTo(buf);
        } else {
            buf.writeByte(0x40);
        }
        endWide(buf, start, 8, channel, payload, offset, taken);
        payload(buf, slice, payload, offset, taken);
        return taken;
    }

    private int wideNextTransfer(
            int channel, int handle, boolean settled, boolean last, ByteBuf payload, int offset, int length) {
        int taken = Math.min(length, maxFrame - TRANSFER_ROOM);
        boolean slice = Retention.slices(payload, taken);
        ByteBuf buf = reserve(TRANSFER_ROOM + (slice ? 0 : taken));
        int start = beginWide(buf, channel);
        writeUint(buf, handle);
        buf.writeMedium(0x404040);
        writeBool(buf, settled);
        writeBool(buf, !last || taken < length);
        endWide(buf, start, 6, channel, payload, offset, taken);
        payload(buf, slice, payload, offset, taken);
        return taken;
    }

    /** Writes the frame that gives a delivery up. AMQP 1.0 part 2, 2.7.5, aborted. */
    void abort(int channel, int handle, int id) {
        ByteBuf buf = reserve(TRANSFER_ROOM);
        int start = beginWide(buf, channel);
        writeUint(buf, handle);
        writeUint(buf, id);
        buf.writeShort(0x4040); // tag, format
        writeBool(buf, true); // settled
        writeBool(buf, false); // more
        buf.writeMedium(0x404040); // receiver-settle-mode, state, resume
        writeBool(buf, true);
        endWide(buf, start, 10, channel, buf, 0, 0);
    }

    private static int beginWide(ByteBuf buf, int channel) {
        int start = buf.writerIndex();
        buf.writeInt(0).writeInt(DATA_OFFSET | channel);
        buf.writeInt(0x005314d0).writeLong(0);
        return start;
    }

    private void endWide(ByteBuf buf, int start, int fields, int channel, ByteBuf payload, int offset, int length) {
        int end = buf.writerIndex();
        buf.setInt(start, end - start + length);
        buf.setInt(start + 12, end - start - 16);
        buf.setInt(start + 16, fields);
        if (tracer != null) {
            tracer.frame(true, false, channel, buf, start + 8, end, payload, offset, length);
        }
    }

    private void payload(ByteBuf buf, boolean slice, ByteBuf payload, int offset, int length) {
        if (slice) {
            passOn();
            write(payload.retainedSlice(offset, length));
        } else {
            buf.writeBytes(payload, offset, length);
        }
    }

    /** Bytes that outlive the call, see {@link Retention}. The caller releases them. */
    ByteBuf keep(ByteBuf bytes, int offset, int length) {
        return Retention.keep(wire.allocator(), bytes, offset, length);
    }

    /** Writes a disposition for a range of deliveries. AMQP 1.0 part 2, 2.7.6. */
    void disposition(
            int channel, boolean receiver, int first, int last, boolean settled, @Nullable DeliveryState state) {
        RawValue raw = state == null ? null : state.raw();
        int stateOctets = raw == null ? 1 : raw.length();
        if (stateOctets > maxFrame - TRANSFER_ROOM) {
            // Reasons longer than the peer takes: what matters is the outcome.
            raw = withoutReason(state);
            stateOctets = raw == null ? 1 : raw.length();
        }
        ByteBuf buf = reserve(SHORT_DISPOSITION + 8 + stateOctets);
        int i = buf.writerIndex();
        buf.writeInt(0).writeInt(DATA_OFFSET | channel);
        boolean wide = stateOctets > 200;
        int list = i + 11;
        if (wide) {
            buf.writeInt(0x005315d0).writeLong(5);
        } else {
            buf.writeInt(0x005315c0).writeShort(5);
        }
        writeBool(buf, receiver);
        writeUint(buf, first);
        if (first == last) {
            buf.writeByte(0x40);
        } else {
            writeUint(buf, last);
        }
        writeBool(buf, settled);
        if (raw == null) {
            buf.writeByte(0x40);
        } else {
            raw.writeTo(buf);
        }
        int end = buf.writerIndex();
        buf.setInt(i, end - i);
        if (wide) {
            buf.setInt(list + 1, end - list - 5);
        } else {
            buf.setByte(list + 1, end - list - 2);
        }
        if (tracer != null) {
            tracer.frame(true, false, channel, buf, i + 8, end, buf, 0, 0);
        }
    }

    private static @Nullable RawValue withoutReason(@Nullable DeliveryState state) {
        if (state == null) {
            return null;
        }
        return switch (state.code()) {
            case DeliveryState.REJECTED -> DeliveryState.rejected(null).raw();
            case DeliveryState.MODIFIED ->
                DeliveryState.modified(state.failed(), state.undeliverableHere(), null)
                        .raw();
            default -> null;
        };
    }

    /**
     * Writes a flow. AMQP 1.0 part 2, 2.7.4.
     *
     * @param link the link whose state goes along, null for the session's alone
     */
    void flow(AmqpSession session, @Nullable AmqpLink link) {
        ByteBuf buf = reserve(FLOW_ROOM);
        int i = buf.writerIndex();
        int channel = session.localChannel();
        buf.writeInt(0).writeInt(DATA_OFFSET | channel);
        buf.writeInt(0x005313c0).writeShort(0);
        int count = session.writeWindow(buf);
        if (link != null) {
            writeUint(buf, link.localHandle());
            count += 1 + link.writeFlow(buf);
        }
        int end = buf.writerIndex();
        buf.setInt(i, end - i);
        buf.setByte(i + 12, end - i - 13);
        buf.setByte(i + 13, count);
        if (tracer != null) {
            tracer.frame(true, false, channel, buf, i + 8, end, buf, 0, 0);
        }
    }

    static void writeUint(ByteBuf buf, int bits) {
        if (bits == 0) {
            buf.writeByte(0x43);
        } else if ((bits & ~0xff) == 0) {
            buf.writeShort(0x5200 | bits);
        } else {
            buf.writeByte(0x70).writeInt(bits);
        }
    }

    static void writeBool(ByteBuf buf, boolean flag) {
        buf.writeByte(flag ? 0x41 : 0x42);
    }

    private static void writeTag(ByteBuf buf, ByteBuf tag, int offset, int length) {
        if (length <= 0xff) {
            buf.writeShort(0xa000 | length);
        } else {
            buf.writeByte(0xb0).writeInt(length);
        }
        buf.writeBytes(tag, offset, length);
    }
}
