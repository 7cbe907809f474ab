// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.codec;

import io.linkspan.bridge.topic.TopicCache;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Finds the packets in a client's bytes and checks every one of them: MQTT 3.1, 3.1.1 and 5.0.
 *
 * <h2>How bytes go through</h2>
 *
 * Packets that lie whole in the bytes of one read are handled in place. A packet that does not is held, and only the
 * bytes that complete it are copied to it. A PUBLISH above {@link DecoderLimits#STREAM_ABOVE_BYTES} is held up to its
 * payload, which is then handed on in pieces as it comes.
 *
 * <p>A packet that breaks a rule ends the decoder: it reports one {@link Violation}, lets go of what it holds, and
 * reads nothing more. Confined to the connection's loop.
 */
public final class PacketDecoder {

    private static final int FIRST_BYTE_OF_CONNECT = PacketType.CONNECT << 4;
    private static final int MAX_LENGTH_BYTES = 4;

    private final DecoderLimits limits;
    private final PacketHandler handler;
    private final ByteBufAllocator allocator;
    private final PacketParser parser;

    /** What came and is not handled yet: part of a packet, or everything since {@link #pause()}. */
    private @Nullable ByteBuf held;
    /** Bytes of a payload that are still to come. */
    private int payloadLeft;

    private boolean paused;
    private boolean ended;
    private boolean parsing;
    private boolean progressed;

    /**
     * A decoder for one connection.
     *
     * @param limits what it accepts
     * @param topics topic names that were seen before
     * @param handler gets what it finds
     * @param allocator for packets that come in parts
     */
    public PacketDecoder(DecoderLimits limits, TopicCache topics, PacketHandler handler, ByteBufAllocator allocator) {
        this.limits = limits;
        this.handler = handler;
        this.allocator = allocator;
        this.parser = new PacketParser(limits, topics, handler);
    }

    /** The version of the connection, also of a CONNECT that was refused; null while it is not known. */
    public @Nullable MqttVersion version() {
        return parser.version();
    }

    /** Takes what was read from the socket. The caller keeps the buffer; its reader index moves to its end. */
    public void receive(ByteBuf in) {
        if (!ended) {
            int w = in.writerIndex();
            int r = in.readerIndex();
            if (paused || parsing) {
                hold(in, r, w - r);
            } else {
                r = held == null ? r : completeHeld(in, r, w);
                r = parse(in, r, w);
                if (!ended && r < w) {
                    hold(in, r, w - r);
                }
            }
        }
        in.skipBytes(in.readableBytes());
    }

    /** Stops after the packet that is being handled; what comes meanwhile is held. */
    public void pause() {
        paused = true;
    }

    /** Goes on with what was held. Within a call of the handler it takes effect when that call returns. */
    public void resume() {
        paused = false;
        ByteBuf buffer = held;
        if (parsing || ended || buffer == null) {
            return;
        }
        held = null;
        int end = parse(buffer, buffer.readerIndex(), buffer.writerIndex());
        if (ended || end == buffer.writerIndex()) {
            buffer.release();
        } else {
            buffer.readerIndex(end);
            held = buffer;
        }
    }

    /** Whether it was told to pause. */
    public boolean isPaused() {
        return paused;
    }

    /** Whether a packet, or a piece of a payload, was handled since the last call; forgets it. */
    public boolean takeProgress() {
        boolean result = progressed;
        progressed = false;
        return result;
    }

    /** Reads nothing more and lets go of what it holds. */
    public void close() {
        ended = true;
        if (held != null) {
            held.release();
            held = null;
        }
    }

    /** Bytes that are held. */
    public int heldBytes() {
        return held == null ? 0 : held.readableBytes();
    }

    private void hold(ByteBuf in, int index, int length) {
        ByteBuf buffer = held;
        if (buffer == null) {
            buffer = allocator.buffer(Math.max(length, 64));
            held = buffer;
        }
        buffer.writeBytes(in, index, length);
    }

    /** Copies to the held packet what completes it, and handles it; returns the index of the first byte not used. */
    private int completeHeld(ByteBuf in, int from, int to) {
        int r = from;
        while (held != null && !ended && !paused) {
            ByteBuf buffer = held;
            int have = buffer.readableBytes();
            int needed;
            try {
                needed = unitLength(buffer, buffer.readerIndex(), buffer.writerIndex());
            } catch (ViolationException e) {
                end(e.violation());
                return to;
            }
            if (needed > have) {
                int more = Math.min(needed - have, to - r);
                buffer.writeBytes(in, r, more);
                r += more;
                if (more < needed - have) {
                    return r;
                }
            } else {
                held = null;
                int end = parse(buffer, buffer.readerIndex(), buffer.writerIndex());
                if (ended || end == buffer.writerIndex()) {
                    buffer.release();
                } else {
                    buffer.readerIndex(end);
                    held = buffer;
                }
            }
        }
        if (held != null && !ended && r < to) {
            hold(in, r, to - r);
            return to;
        }
        return r;
    }

    /** Handles every complete packet between two indices; returns the index of the first byte not handled. */
    private int parse(ByteBuf in, int from, int to) {
        int r = from;
        parsing = true;
        try {
            while (r < to && !ended && !paused) {
                if (payloadLeft > 0) {
                    int length = Math.min(payloadLeft, to - r);
                    payloadLeft -= length;
                    progressed = true;
                    handler.onPublishBytes(in, r, length, payloadLeft == 0);
                    r += length;
                } else {
                    int length = unitLength(in, r, to);
                    if (length > to - r) {
                        break;
                    }
                    payloadLeft = parser.handle(in, r, length);
                    progressed = true;
                    r += length;
                }
            }
        } catch (ViolationException e) {
            end(e.violation());
        } finally {
            parsing = false;
        }
        return r;
    }

    private void end(Violation violation) {
        close();
        handler.onViolation(violation);
    }

    /**
     * Bytes that must be there to handle the next unit, or to know more about it: a packet, or a large PUBLISH up to
     * its payload. Checks the fixed header as soon as it is there (MQ-6-8..11).
     */
    private int unitLength(ByteBuf in, int index, int to) {
        int have = to - index;
        int first = in.getUnsignedByte(index);
        checkFirstByte(first);
        int remaining = 0;
        for (int i = 0; i < MAX_LENGTH_BYTES; i++) {
            if (have < i + 2) {
                return i + 2;
            }
            int b = in.getByte(index + 1 + i);
            remaining |= (b & 0x7f) << (7 * i);
            if (b >= 0) {
                if (b == 0 && i > 0 && parser.isV5()) {
                    throw ViolationException.malformed("The remaining length is longer than it needs to be");
                }
                return checkedLength(in, index, to, first, i + 2, remaining);
            }
        }
        throw ViolationException.malformed("The remaining length has more than four bytes");
    }

    private int checkedLength(ByteBuf in, int index, int to, int first, int headerLength, int remaining) {
        long total = (long) headerLength + remaining;
        long limit = parser.version() == null ? limits.maxUnauthenticatedBytes() : limits.maxPacketBytes();
        int type = first >> 4;
        if (total > limit) {
            throw parser.version() == null
                    ? ViolationException.silent(
                            ReasonCode.PACKET_TOO_LARGE, "CONNECT of " + total + " bytes, at most " + limit)
                    : ViolationException.of(
                            ReasonCode.PACKET_TOO_LARGE,
                            PacketType.name(type) + " of " + total + " bytes, at most " + limit);
        }
        if (remaining != 0 && type == PacketType.PINGREQ) {
            throw ViolationException.malformed("PINGREQ with " + remaining + " bytes");
        }
        if (type == PacketType.PUBLISH && total > DecoderLimits.STREAM_ABOVE_BYTES) {
            return publishHeaderLength(in, index, to, first, headerLength, total);
        }
        if (total > DecoderLimits.MAX_HELD_BYTES) {
            throw ViolationException.of(
                    ReasonCode.QUOTA_EXCEEDED,
                    PacketType.name(type) + " of " + total + " bytes, at most " + DecoderLimits.MAX_HELD_BYTES);
        }
        return (int) total;
    }

    /** Length of a PUBLISH without its payload, or what must be there to know it. */
    private int publishHeaderLength(ByteBuf in, int index, int to, int first, int headerLength, long total) {
        int have = to - index;
        int length = headerLength + 2;
        if (have < length) {
            return length;
        }
        length += in.getUnsignedShort(index + headerLength) + ((first & 6) != 0 ? 2 : 0);
        if (parser.isV5()) {
            if (have < length + 1) {
                return length + 1;
            }
            int properties = 0;
            for (int i = 0; ; i++) {
                if (i == MAX_LENGTH_BYTES) {
                    throw ViolationException.malformed("The property length has more than four bytes");
                }
                if (have < length + i + 1) {
                    return length + i + 1;
                }
                int b = in.getByte(index + length + i);
                properties |= (b & 0x7f) << (7 * i);
                if (b >= 0) {
                    length += i + 1;
                    break;
                }
            }
            if (properties > total - length) {
                throw ViolationException.malformed("Property length " + properties + " of PUBLISH exceeds the "
                        + (total - length) + " bytes left");
            }
            length += properties;
        }
        if (length > DecoderLimits.MAX_HELD_BYTES) {
            throw ViolationException.of(
                    ReasonCode.QUOTA_EXCEEDED,
                    "PUBLISH with " + length + " bytes before its payload, at most " + DecoderLimits.MAX_HELD_BYTES);
        }
        return length;
    }

    private void checkFirstByte(int first) {
        int type = first >> 4;
        int flags = first & 15;
        if (parser.version() == null) {
            if (first != FIRST_BYTE_OF_CONNECT) {
                throw ViolationException.silent(
                        ReasonCode.PROTOCOL_ERROR,
                        "The first byte is 0x" + Integer.toHexString(first) + ", not CONNECT");
            }
            return;
        }
        switch (type) {
            case PacketType.PUBLISH -> {
                if ((flags & 6) == 6) {
                    throw ViolationException.malformed("PUBLISH with QoS 3");
                }
                if ((flags & 14) == 8) {
                    throw ViolationException.malformed("PUBLISH with QoS 0 and DUP");
                }
            }
            case PacketType.PUBREL, PacketType.SUBSCRIBE, PacketType.UNSUBSCRIBE -> checkFlags(type, flags, 2);
            case PacketType.PUBACK, PacketType.PUBREC, PacketType.PUBCOMP, PacketType.PINGREQ, PacketType.DISCONNECT ->
                checkFlags(type, flags, 0);
            case PacketType.AUTH -> {
                if (!parser.isV5()) {
                    throw ViolationException.protocol("Packet type 15 before MQTT 5.0");
                }
                checkFlags(type, flags, 0);
            }
            case PacketType.CONNECT -> throw ViolationException.protocol("A second CONNECT");
            case 0 -> throw ViolationException.malformed("Packet type 0");
            default -> throw ViolationException.protocol(PacketType.name(type) + " from a client");
        }
    }

    private static void checkFlags(int type, int flags, int expected) {
        if (flags != expected) {
            throw ViolationException.malformed("Flags " + flags + " in " + PacketType.name(type) + ", not " + expected);
        }
    }
}
