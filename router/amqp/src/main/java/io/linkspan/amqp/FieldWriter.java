// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import io.linkspan.amqp.codec.FormatCode;
import io.linkspan.amqp.codec.RawValue;
import io.linkspan.amqp.codec.TypeEncoder;
import io.linkspan.amqp.codec.UnsignedByte;
import io.linkspan.amqp.codec.UnsignedInteger;
import io.linkspan.amqp.codec.UnsignedLong;
import io.linkspan.amqp.codec.UnsignedShort;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes one frame whose performative is rare: every field by its type in its shortest form, fields that are null at the
 * end left out. The hot performatives have fixed layouts in {@link FrameWriter}.
 */
final class FieldWriter {
    private final ByteBuf buf;
    private final int frameStart;
    private final int listStart;
    private int count;
    private int countToLast;
    private int endOfLast;

    FieldWriter(ByteBuf buf, int frameType, int channel, int descriptor) {
        this.buf = buf;
        frameStart = buf.writerIndex();
        buf.writeInt(0);
        buf.writeInt(FrameWriter.DATA_OFFSET | frameType << 16 | channel);
        buf.writeByte(FormatCode.DESCRIBED).writeByte(FormatCode.SMALLULONG).writeByte(descriptor);
        listStart = TypeEncoder.beginCompound(buf, FormatCode.LIST32);
        endOfLast = buf.writerIndex();
    }

    FieldWriter value(@Nullable Object value) {
        TypeEncoder.writeValue(buf, value);
        count++;
        if (value != null && !(value instanceof RawValue raw && raw.isNull())) {
            countToLast = count;
            endOfLast = buf.writerIndex();
        }
        return this;
    }

    FieldWriter uint(int bits) {
        return value(UnsignedInteger.ofBits(bits));
    }

    FieldWriter uint(long number, long absent) {
        return value(number == absent ? null : new UnsignedInteger(number));
    }

    FieldWriter ushort(int number, int absent) {
        return value(number == absent ? null : new UnsignedShort(number));
    }

    FieldWriter ubyte(int number) {
        return value(new UnsignedByte(number));
    }

    FieldWriter ulong(long bits, long absent) {
        return value(bits == absent ? null : new UnsignedLong(bits));
    }

    FieldWriter bool(boolean flag, boolean absent) {
        return value(flag == absent ? null : flag);
    }

    FieldWriter unknown(List<RawValue> fields) {
        fields.forEach(this::value);
        return this;
    }

    /** Ends the frame; gives its size. */
    int end() {
        buf.writerIndex(endOfLast);
        if (countToLast == 0) {
            buf.writerIndex(listStart);
            buf.writeByte(FormatCode.LIST0);
        } else {
            TypeEncoder.endCompound(buf, listStart, countToLast, true);
        }
        int size = buf.writerIndex() - frameStart;
        buf.setInt(frameStart, size);
        return size;
    }
}
