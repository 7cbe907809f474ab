// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.port;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Takes the frames of a WebSocket client apart (RFC 6455, 5), as a stream: payload of binary messages is handed on as
 * it arrives, whatever the size of frames and messages; only control frames (125 bytes at most) are kept until they are
 * complete.
 *
 * <p>Text messages are refused with 1003, breaches of the protocol with 1002. After a close or a refusal everything
 * that follows is ignored. Pure; confined to the connection's loop.
 */
final class WebSocketFrames {
    /** Status of a normal close (RFC 6455, 7.4.1). */
    static final int NORMAL = 1000;

    /** Status for a breach of the protocol. */
    static final int PROTOCOL_ERROR = 1002;

    /** Status for text, where only binary is understood. */
    static final int UNSUPPORTED_DATA = 1003;

    /** Status for what this end cannot do. */
    static final int UNEXPECTED_CONDITION = 1011;

    /** Stands for a close frame without a status; never sent. */
    static final int NO_STATUS = 1005;

    /** Largest payload of a control frame (RFC 6455, 5.5). */
    static final int MAX_CONTROL_BYTES = 125;

    /** Longest header of a server's frame: no mask, eight bytes of length. */
    static final int MAX_SENT_HEADER_BYTES = 10;

    private static final int CONTINUATION = 0x0;
    private static final int TEXT = 0x1;
    static final int BINARY = 0x2;
    static final int CLOSE = 0x8;
    static final int PING = 0x9;
    static final int PONG = 0xA;

    private static final int MAX_RECEIVED_HEADER_BYTES = 14;

    private final Sink sink;
    private final byte[] header = new byte[MAX_RECEIVED_HEADER_BYTES];
    private int headerBytes;
    private int opcode;
    private int mask;
    private long remaining;
    private long payloadOffset;
    private byte @Nullable [] control;
    private boolean inPayload;
    private boolean inMessage;
    private boolean finalFrame;
    private boolean done;

    /** What frames mean to the connection. */
    interface Sink {
        /** Bytes of a binary message. The receiver owns the buffer. */
        void data(ByteBuf payload);

        /** A ping, to be answered with the same payload. */
        void ping(byte[] payload);

        /** The client closes; {@link #NO_STATUS} if it gave no status. */
        void close(int status);

        /** The client broke the rules: the connection is to be closed with this status. */
        void violation(int status, String reason);
    }

    WebSocketFrames(Sink sink) {
        this.sink = sink;
    }

    /** Takes all readable bytes. Payload is unmasked in place and handed on as retained slices. */
    void receive(ByteBuf in) {
        while (!done && in.isReadable()) {
            if (inPayload) {
                payload(in);
            } else {
                header[headerBytes++] = in.readByte();
                if (headerBytes == headerLength()) {
                    beginFrame();
                }
            }
        }
        in.skipBytes(in.readableBytes());
    }

    /** Writes the header of a frame that we send: complete in itself and not masked. */
    static void writeHeader(ByteBuf out, int opcode, int length) {
        out.writeByte(0x80 | opcode);
        if (length < 126) {
            out.writeByte(length);
        } else if (length < 65536) {
            out.writeByte(126).writeShort(length);
        } else {
            out.writeByte(127).writeLong(length);
        }
    }

    /** Length of the header, as far as the bytes so far tell: at least 2. */
    private int headerLength() {
        if (headerBytes < 2) {
            return 2;
        }
        int length = header[1] & 0x7F;
        int lengthBytes = length == 126 ? 2 : length == 127 ? 8 : 0;
        return 2 + lengthBytes + ((header[1] & 0x80) != 0 ? 4 : 0);
    }

    private void beginFrame() {
        int first = header[0];
        opcode = first & 0x0F;
        finalFrame = (first & 0x80) != 0;
        int shortLength = header[1] & 0x7F;
        long length = length(shortLength);
        headerBytes = 0;
        String breach = breach(first, shortLength, length);
        if (breach != null) {
            refuse(PROTOCOL_ERROR, breach);
            return;
        }
        if (opcode == TEXT) {
            refuse(UNSUPPORTED_DATA, "text message");
            return;
        }
        int maskAt = 2 + (shortLength == 126 ? 2 : shortLength == 127 ? 8 : 0);
        mask = (int) number(maskAt, 4);
        remaining = length;
        payloadOffset = 0;
        if (isControl(opcode)) {
            control = new byte[(int) length];
        } else {
            inMessage = !finalFrame;
        }
        inPayload = true;
        if (length == 0) {
            endFrame();
        }
    }

    private @Nullable String breach(int first, int shortLength, long length) {
        if ((first & 0x70) != 0) {
            return "reserved bits set";
        }
        if ((header[1] & 0x80) == 0) {
            return "frame of a client without mask";
        }
        if (length < 0 || (shortLength == 126 && length < 126) || (shortLength == 127 && length < 65536)) {
            return "length not in its shortest form";
        }
        if (isControl(opcode)) {
            if (opcode > PONG) {
                return "unknown control frame";
            }
            return !finalFrame || length > MAX_CONTROL_BYTES ? "control frame in fragments or too long" : null;
        }
        if (opcode > BINARY) {
            return "unknown data frame";
        }
        if (opcode == CONTINUATION) {
            return inMessage ? null : "continuation of nothing";
        }
        return inMessage ? "new message inside a message" : null;
    }

    private void payload(ByteBuf in) {
        int length = (int) Math.min(remaining, in.readableBytes());
        unmask(in, in.readerIndex(), length);
        payloadOffset += length;
        remaining -= length;
        byte[] into = control;
        if (into != null) {
            in.readBytes(into, (int) (payloadOffset - length), length);
        } else {
            sink.data(in.readRetainedSlice(length));
        }
        if (remaining == 0) {
            endFrame();
        }
    }

    private void endFrame() {
        inPayload = false;
        byte[] payload = control;
        control = null;
        if (payload == null) {
            return;
        }
        if (opcode == PING) {
            sink.ping(payload);
        } else if (opcode == CLOSE) {
            done = true;
            closed(payload);
        }
    }

    private void closed(byte[] payload) {
        if (payload.length == 0) {
            sink.close(NO_STATUS);
            return;
        }
        int status = payload.length == 1 ? -1 : (payload[0] & 0xFF) << 8 | (payload[1] & 0xFF);
        boolean ours = status >= 3000 && status <= 4999;
        boolean standard = status >= NORMAL && status <= 1014 && (status < 1004 || status > 1006);
        if (ours || standard) {
            sink.close(status);
        } else {
            sink.violation(PROTOCOL_ERROR, "close frame with status " + status);
        }
    }

    private void refuse(int status, String reason) {
        done = true;
        sink.violation(status, reason);
    }

    private void unmask(ByteBuf in, int from, int length) {
        int key = Integer.rotateLeft(mask, 8 * (int) (payloadOffset & 3));
        long wide = (long) key << 32 | (key & 0xFFFFFFFFL);
        int index = from;
        int end = from + length;
        for (; index <= end - 8; index += 8) {
            in.setLong(index, in.getLong(index) ^ wide);
        }
        for (; index < end; index++) {
            in.setByte(index, in.getByte(index) ^ key >>> 24);
            key = Integer.rotateLeft(key, 8);
        }
    }

    private long length(int shortLength) {
        return shortLength == 126 ? number(2, 2) : shortLength == 127 ? number(2, 8) : shortLength;
    }

    private long number(int from, int bytes) {
        long number = 0;
        for (byte b : Arrays.copyOfRange(header, from, from + bytes)) {
            number = number << 8 | (b & 0xFF);
        }
        return number;
    }

    private static boolean isControl(int opcode) {
        return (opcode & 0x8) != 0;
    }
}
