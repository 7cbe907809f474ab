// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.codec;

import io.linkspan.bridge.text.Utf8;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;

/** Writes properties, one after the other, without the length before them. MQTT 5.0, 2.2.2. */
public final class PropertyWriter {

    private PropertyWriter() {}

    /** One byte: a flag. */
    public static void flag(ByteBuf out, Property property, boolean value) {
        out.writeByte(property.id()).writeByte(value ? 1 : 0);
    }

    /** Two bytes. */
    public static void twoBytes(ByteBuf out, Property property, int value) {
        out.writeByte(property.id()).writeShort(value);
    }

    /** Four bytes, unsigned. */
    public static void fourBytes(ByteBuf out, Property property, long value) {
        out.writeByte(property.id()).writeInt((int) value);
    }

    /** One to four bytes. */
    public static void variable(ByteBuf out, Property property, int value) {
        out.writeByte(property.id());
        PacketWriter.variable(out, value);
    }

    /** A text of at most 65535 bytes. */
    public static void text(ByteBuf out, Property property, String value) {
        binary(out, property, Utf8.encode(value));
    }

    /** At most 65535 bytes. */
    public static void binary(ByteBuf out, Property property, byte[] value) {
        out.writeByte(property.id()).writeShort(value.length).writeBytes(value);
    }

    /** A user property; name and value have at most 65535 bytes each. */
    public static void userProperty(ByteBuf out, String name, String value) {
        out.writeByte(Property.USER_PROPERTY.id());
        out.writeShort(ByteBufUtil.utf8Bytes(name));
        ByteBufUtil.writeUtf8(out, name);
        out.writeShort(ByteBufUtil.utf8Bytes(value));
        ByteBufUtil.writeUtf8(out, value);
    }
}
