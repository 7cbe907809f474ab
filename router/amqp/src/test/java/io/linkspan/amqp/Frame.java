// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.amqp.codec.TypeDecoder;
import io.linkspan.amqp.codec.TypeEncoder;
import io.linkspan.amqp.codec.UnsignedByte;
import io.linkspan.amqp.codec.UnsignedInteger;
import io.linkspan.amqp.codec.UnsignedLong;
import io.linkspan.amqp.codec.UnsignedShort;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A frame as a peer in a test sees it, made and read by the type codec alone: the fixed layouts and in-place parsing of
 * the engine have no part in it.
 *
 * @param type 0 AMQP, 1 SASL; -1 a protocol header
 * @param channel the channel
 * @param descriptor code of the performative; -1 for an empty frame or a header
 * @param fields its fields
 * @param payload what follows the performative, or the header
 */
record Frame(int type, int channel, int descriptor, List<@Nullable Object> fields, List<Byte> payload) {
    static final int HEADER = -1;
    static final int EMPTY = -1;

    static final byte[] AMQP = {'A', 'M', 'Q', 'P', 0, 1, 0, 0};
    static final byte[] SASL = {'A', 'M', 'Q', 'P', 3, 1, 0, 0};

    static UnsignedInteger uint(long value) {
        return new UnsignedInteger(value & 0xffff_ffffL);
    }

    static UnsignedShort ushort(int value) {
        return new UnsignedShort(value);
    }

    static UnsignedByte ubyte(int value) {
        return new UnsignedByte(value);
    }

    static Symbol symbol(String text) {
        return new Symbol(text);
    }

    static Described described(int descriptor, @Nullable Object... fields) {
        return new Described(new UnsignedLong(descriptor), Arrays.asList(fields));
    }

    static Described error(String condition, String description) {
        return described(AmqpError.DESCRIPTOR, symbol(condition), description);
    }

    /** The octets of an AMQP frame. */
    static byte[] amqp(int channel, int descriptor, @Nullable Object... fields) {
        return withPayload(channel, new byte[0], descriptor, fields);
    }

    static byte[] withPayload(int channel, byte[] payload, int descriptor, @Nullable Object... fields) {
        return raw(0, channel, payload, described(descriptor, fields));
    }

    static byte[] sasl(int descriptor, @Nullable Object... fields) {
        return raw(1, 0, new byte[0], described(descriptor, fields));
    }

    static byte[] raw(int type, int channel, byte[] payload, Object performative) {
        ByteBuf buf = Unpooled.buffer();
        buf.writeInt(0).writeByte(2).writeByte(type).writeShort(channel);
        TypeEncoder.writeValue(buf, performative);
        buf.writeBytes(payload);
        buf.setInt(0, buf.writerIndex());
        return ByteBufUtil.getBytes(buf);
    }

    static byte[] empty() {
        return new byte[] {0, 0, 0, 8, 2, 0, 0, 0};
    }

    static byte[] join(byte[]... parts) {
        ByteBuf buf = Unpooled.buffer();
        for (byte[] part : parts) {
            buf.writeBytes(part);
        }
        return ByteBufUtil.getBytes(buf);
    }

    /** Reads all frames and headers of a stream. */
    static List<Frame> readAll(byte[] stream) {
        List<Frame> frames = new ArrayList<>();
        ByteBuf buf = Unpooled.wrappedBuffer(stream);
        while (buf.isReadable()) {
            frames.add(read(buf));
        }
        return frames;
    }

    private static Frame read(ByteBuf buf) {
        int start = buf.readerIndex();
        if (buf.getInt(start) == 0x414d5150) {
            buf.skipBytes(8);
            return new Frame(HEADER, 0, EMPTY, List.of(), bytes(buf, start, 8));
        }
        int size = buf.getInt(start);
        ByteBuf body = buf.slice(start + 8, size - 8);
        int type = buf.getUnsignedByte(start + 5);
        int channel = buf.getUnsignedShort(start + 6);
        buf.skipBytes(size);
        if (!body.isReadable()) {
            return new Frame(type, channel, EMPTY, List.of(), List.of());
        }
        Described performative = (Described) TypeDecoder.readValue(body);
        if (performative == null
                || !(performative.descriptor() instanceof UnsignedLong descriptor)
                || !(performative.value() instanceof List<?> fields)) {
            throw new AssertionError("no performative: " + performative);
        }
        return new Frame(
                type,
                channel,
                (int) descriptor.bits(),
                new ArrayList<>(fields),
                bytes(body, body.readerIndex(), body.readableBytes()));
    }

    private static List<Byte> bytes(ByteBuf buf, int start, int length) {
        List<Byte> bytes = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            bytes.add(buf.getByte(start + i));
        }
        return bytes;
    }

    /** A field; null when it is null or absent. */
    @Nullable
    Object field(int index) {
        return index < fields.size() ? fields.get(index) : null;
    }

    long number(int index) {
        Object value = field(index);
        if (value instanceof UnsignedInteger number) {
            return number.value();
        } else if (value instanceof UnsignedShort number) {
            return number.value();
        } else if (value instanceof UnsignedByte number) {
            return number.value();
        } else if (value instanceof UnsignedLong number) {
            return number.bits();
        }
        throw new AssertionError("field " + index + " of " + this + " is no number");
    }

    boolean flag(int index) {
        return Boolean.TRUE.equals(field(index));
    }

    byte[] payloadBytes() {
        byte[] octets = new byte[payload.size()];
        for (int i = 0; i < octets.length; i++) {
            octets[i] = payload.get(i);
        }
        return octets;
    }

    String payloadText() {
        return new String(payloadBytes(), StandardCharsets.UTF_8);
    }

    /** Condition and description of the error in a field. */
    String errorText(int index) {
        if (!(field(index) instanceof Described described) || !(described.value() instanceof List<?> error)) {
            return "none";
        }
        return error.get(0) + (error.size() > 1 ? " " + error.get(1) : "");
    }
}
