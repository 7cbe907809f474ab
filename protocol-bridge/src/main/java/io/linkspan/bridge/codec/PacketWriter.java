// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.codec;

import io.linkspan.bridge.text.Utf8;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes the packets of a server. MQTT 5.0, 3; earlier versions leave out reason codes and properties. The caller
 * provides a buffer that grows.
 */
public final class PacketWriter {

    /** The largest remaining length. */
    public static final int MAX_REMAINING = 268_435_455;

    /** Bytes of a Reason String at most; a longer one is cut. */
    public static final int MAX_REASON_BYTES = 1_024;

    private PacketWriter() {}

    /** Bytes of a variable byte integer, 1 .. 4. */
    public static int variableLength(int value) {
        return value < 0x80 ? 1 : value < 0x4000 ? 2 : value < 0x200000 ? 3 : 4;
    }

    /** A variable byte integer. */
    public static void variable(ByteBuf out, int value) {
        int v = value;
        while (v > 0x7f) {
            out.writeByte((v & 0x7f) | 0x80);
            v >>>= 7;
        }
        out.writeByte(v);
    }

    /**
     * What a CONNACK before MQTT 5.0 says for a reason, 0 .. 5; -1 if it has no word for it and the connection is just
     * closed.
     */
    public static int returnCode(ReasonCode reason) {
        return switch (reason) {
            case SUCCESS -> 0;
            case UNSUPPORTED_PROTOCOL_VERSION -> 1;
            case CLIENT_IDENTIFIER_NOT_VALID -> 2;
            case SERVER_UNAVAILABLE, SERVER_BUSY, QUOTA_EXCEEDED, CONNECTION_RATE_EXCEEDED -> 3;
            case BAD_USER_NAME_OR_PASSWORD -> 4;
            case NOT_AUTHORIZED, BANNED -> 5;
            default -> -1;
        };
    }

    /** CONNACK before MQTT 5.0. */
    public static void connack(ByteBuf out, boolean sessionPresent, int returnCode) {
        out.writeByte(PacketType.CONNACK << 4)
                .writeByte(2)
                .writeByte(sessionPresent ? 1 : 0)
                .writeByte(returnCode);
    }

    /** CONNACK of MQTT 5.0. */
    public static void connack(ByteBuf out, boolean sessionPresent, ReasonCode reason, ByteBuf properties) {
        int length = properties.readableBytes();
        out.writeByte(PacketType.CONNACK << 4);
        variable(out, 2 + variableLength(length) + length);
        out.writeByte(sessionPresent ? 1 : 0).writeByte(reason.code());
        variable(out, length);
        out.writeBytes(properties, properties.readerIndex(), length);
    }

    /** PUBACK, PUBREC, PUBREL or PUBCOMP without a reason: success, and all there is before MQTT 5.0. */
    public static void acknowledgement(ByteBuf out, int type, int packetId) {
        int flags = type == PacketType.PUBREL ? 2 : 0;
        out.writeInt((type << 4 | flags) << 24 | 2 << 16 | packetId);
    }

    /** PUBACK, PUBREC, PUBREL or PUBCOMP of MQTT 5.0. */
    public static void acknowledgement(
            ByteBuf out, int type, int packetId, ReasonCode reason, @Nullable String reasonString) {
        if (reason == ReasonCode.SUCCESS && reasonString == null) {
            acknowledgement(out, type, packetId);
            return;
        }
        int flags = type == PacketType.PUBREL ? 2 : 0;
        byte[] text = reasonString == null ? null : reasonBytes(reasonString);
        int properties = text == null ? 0 : 3 + text.length;
        out.writeByte(type << 4 | flags);
        variable(out, text == null ? 3 : 3 + variableLength(properties) + properties);
        out.writeShort(packetId).writeByte(reason.code());
        if (text != null) {
            variable(out, properties);
            PropertyWriter.binary(out, Property.REASON_STRING, text);
        }
    }

    /** SUBACK or UNSUBACK with a code for each filter; UNSUBACK before MQTT 5.0 has none. */
    public static void subscriptionAnswer(ByteBuf out, boolean isV5, int type, int packetId, byte[] codes) {
        boolean hasCodes = type == PacketType.SUBACK || isV5;
        int count = hasCodes ? codes.length : 0;
        out.writeByte(type << 4);
        variable(out, 2 + (isV5 ? 1 : 0) + count);
        out.writeShort(packetId);
        if (isV5) {
            out.writeByte(0);
        }
        out.writeBytes(codes, 0, count);
    }

    /** PINGRESP. */
    public static void pingresp(ByteBuf out) {
        out.writeShort(PacketType.PINGRESP << 12);
    }

    /** DISCONNECT of MQTT 5.0; earlier versions have none from a server. */
    public static void disconnect(ByteBuf out, ReasonCode reason, @Nullable String reasonString) {
        out.writeByte(PacketType.DISCONNECT << 4);
        if (reasonString == null) {
            out.writeByte(1).writeByte(reason.code());
            return;
        }
        byte[] text = reasonBytes(reasonString);
        int properties = 3 + text.length;
        variable(out, 1 + variableLength(properties) + properties);
        out.writeByte(reason.code());
        variable(out, properties);
        PropertyWriter.binary(out, Property.REASON_STRING, text);
    }

    /** First byte of a PUBLISH. */
    public static int publishByte(boolean dup, int qos, boolean retain) {
        return PacketType.PUBLISH << 4 | (dup ? 8 : 0) | qos << 1 | (retain ? 1 : 0);
    }

    /** A sentence for a Reason String, cut at a length that fits every packet. */
    private static byte[] reasonBytes(String reason) {
        byte[] bytes = Utf8.encode(reason.replace('\0', ' '));
        if (bytes.length <= MAX_REASON_BYTES) {
            return bytes;
        }
        int end = MAX_REASON_BYTES;
        while ((bytes[end] & 0xc0) == 0x80) {
            end--;
        }
        return Arrays.copyOf(bytes, end);
    }
}
