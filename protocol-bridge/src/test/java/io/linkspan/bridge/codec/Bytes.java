// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Packets written byte by byte, right or wrong. */
public final class Bytes {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** Nothing yet. */
    public static Bytes bytes() {
        return new Bytes();
    }

    /** Single bytes. */
    public static Bytes of(int... values) {
        return new Bytes().b(values);
    }

    /** A packet with a right remaining length. */
    public static Bytes packet(int firstByte, Bytes body) {
        return new Bytes().b(firstByte).var(body.size()).add(body);
    }

    /** A CONNECT without anything special. */
    public static Bytes connect(MqttVersion version) {
        return connect(version, "c1", bytes());
    }

    /** A clean CONNECT with a client identifier and, for MQTT 5.0, properties. */
    public static Bytes connect(MqttVersion version, String clientId, Bytes properties) {
        return connect(version, clientId, properties, 60);
    }

    /** A clean CONNECT with a keep alive. */
    public static Bytes connect(MqttVersion version, String clientId, Bytes properties, int keepAlive) {
        Bytes body = bytes().s(version.protocolName()).b(version.level(), 2).u2(keepAlive);
        if (version.isV5()) {
            body.props(properties);
        }
        return packet(0x10, body.s(clientId));
    }

    /** A PUBLISH; the packet identifier is written with QoS 1 and 2, the properties with MQTT 5.0. */
    public static Bytes publish(MqttVersion version, int flags, String topic, int id, Bytes properties, Bytes payload) {
        Bytes body = bytes().s(topic);
        if ((flags & 6) != 0) {
            body.u2(id);
        }
        if (version.isV5()) {
            body.props(properties);
        }
        return packet(0x30 | flags, body.add(payload));
    }

    /** A SUBSCRIBE for one filter. */
    public static Bytes subscribe(MqttVersion version, int id, String filter, int options) {
        return subscribe(version, id, bytes(), bytes().s(filter).b(options));
    }

    /** A SUBSCRIBE with given properties and filters. */
    public static Bytes subscribe(MqttVersion version, int id, Bytes properties, Bytes filters) {
        Bytes body = bytes().u2(id);
        if (version.isV5()) {
            body.props(properties);
        }
        return packet(0x82, body.add(filters));
    }

    /** Single bytes. */
    public Bytes b(int... values) {
        for (int value : values) {
            out.write(value);
        }
        return this;
    }

    /** Two bytes. */
    public Bytes u2(int value) {
        return b(value >> 8, value);
    }

    /** Four bytes. */
    public Bytes u4(long value) {
        return b((int) (value >> 24), (int) (value >> 16), (int) (value >> 8), (int) value);
    }

    /** A variable byte integer. */
    public Bytes var(int value) {
        int v = value;
        while (v > 0x7f) {
            b((v & 0x7f) | 0x80);
            v >>= 7;
        }
        return b(v);
    }

    /** A text with its length. */
    public Bytes s(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return u2(bytes.length).raw(bytes);
    }

    /** A text without length. */
    public Bytes text(String text) {
        return raw(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Properties with their length. */
    public Bytes props(Bytes properties) {
        return var(properties.size()).add(properties);
    }

    /** Other bytes. */
    public Bytes add(Bytes other) {
        return raw(other.array());
    }

    /** Bytes as they are. */
    public Bytes raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    /** How many there are. */
    public int size() {
        return out.size();
    }

    /** All of them. */
    public byte[] array() {
        return out.toByteArray();
    }

    /** A heap buffer with them, which needs no release. */
    public ByteBuf buf() {
        return Unpooled.wrappedBuffer(array());
    }
}
