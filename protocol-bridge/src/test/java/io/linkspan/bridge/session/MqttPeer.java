// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import io.linkspan.bridge.codec.Bytes;
import io.linkspan.bridge.codec.MqttVersion;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;

/** A scripted MQTT client: bytes out, and what the server answered as sentences. */
final class MqttPeer {

    final MqttEngine engine;
    final TestWire wire;
    private final Network network;
    private final ServerPackets packets = new ServerPackets();
    private boolean told;

    MqttPeer(Network network, TestWire wire, MqttEngine engine) {
        this.network = network;
        this.wire = wire;
        this.engine = engine;
        wire.connect(engine, packets::receive, () -> packets.events.add("CLOSED"));
    }

    /** Says in which form the answers come, where the first bytes do not. */
    MqttPeer speaks(MqttVersion version) {
        told = true;
        packets.isV5 = version.isV5();
        return this;
    }

    /** Does not read what the server says. */
    MqttPeer deaf() {
        told = true;
        packets.isDeaf = true;
        return this;
    }

    /** Sends bytes one by one. */
    MqttPeer sendSingly(Bytes bytes) {
        for (byte one : bytes.array()) {
            give(Bytes.of(one));
        }
        network.run();
        return this;
    }

    /** Sends bytes and lets the network come to rest. */
    MqttPeer send(Bytes bytes) {
        give(bytes);
        network.run();
        return this;
    }

    /** Sends bytes while nothing else moves. */
    MqttPeer give(Bytes bytes) {
        byte[] array = bytes.array();
        if (!told && array.length > 8) {
            told = true;
            packets.isV5 = array.length > 8 && array[2 + 2 + array[3]] == MqttVersion.V5_0.level();
        }
        if (!wire.isGone()) {
            ByteBuf in = Unpooled.wrappedBuffer(array);
            engine.receive(in);
            in.release();
        }
        return this;
    }

    /** Subscribes to one filter with options, and checks the code. */
    MqttPeer subscribe(String filter, int options) {
        send(Bytes.subscribe(version(), 99, filter, options));
        List<String> events = takeEvents();
        if (!events.contains("SUBACK 99 [" + (options & 1) + "]")) {
            throw new IllegalStateException(filter + " " + events);
        }
        return this;
    }

    /** Publishes a text. */
    MqttPeer publish(String topic, int qos, int id, String payload) {
        return send(Bytes.publish(
                version(), qos << 1, topic, id, Bytes.bytes(), Bytes.bytes().text(payload)));
    }

    MqttPeer puback(int id) {
        return send(Bytes.of(0x40, 2).u2(id));
    }

    MqttVersion version() {
        return packets.isV5 ? MqttVersion.V5_0 : MqttVersion.V3_1_1;
    }

    /** What came since the last call. */
    List<String> takeEvents() {
        List<String> events = new ArrayList<>(packets.events);
        packets.events.clear();
        return events;
    }

    /** Bytes that came, also of packets that are not complete. */
    long receivedBytes() {
        return packets.receivedBytes;
    }

    boolean isClosed() {
        return wire.isGone();
    }
}
