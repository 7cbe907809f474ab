// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import io.linkspan.bridge.Authenticator;
import io.linkspan.bridge.BridgeEvents;
import io.linkspan.bridge.MqttCounters;
import io.linkspan.bridge.MqttSettings;
import io.linkspan.bridge.codec.Bytes;
import io.linkspan.bridge.codec.MqttVersion;
import io.linkspan.bridge.codec.ReasonCode;
import io.linkspan.core.CoreEvents;
import io.linkspan.core.CoreSettings;
import io.linkspan.core.RouterCore;
import io.linkspan.core.address.AddressEntities;
import io.linkspan.core.connection.Connection;
import io.linkspan.core.connection.ConnectionFacts;
import io.linkspan.wire.WireEngine;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A router with MQTT and AMQP clients on wires in memory; bytes move in {@link #run} until all is quiet. */
final class Network {

    private static final long SECOND_NS = 1_000_000_000L;

    /** From here on wires that are gone are forgotten. */
    private static final int MANY_WIRES = 64;

    final RouterCore core = new RouterCore(CoreSettings.standalone("R"), CoreEvents.NONE, new SplittableRandom(1));
    final ClientRegistry registry = new ClientRegistry();
    final List<String> events = new ArrayList<>();
    Authenticator authenticator = Authenticator.NO_USERS;
    /** All memory of the router and its wires: {@link #close()} wants it back. */
    final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(false, true);

    MqttBridge bridge;
    long nowNs;
    long epochMs = 1_700_000_000_000L;
    private long uuids;
    private final List<TestWire> wires = new ArrayList<>();
    private final List<WireEngine> engines = new ArrayList<>();
    private final List<MqttBridge> bridges = new ArrayList<>();

    Network() {
        bridge = bridge(MqttSettings.DEFAULT);
    }

    Network(MqttSettings settings) {
        bridge = bridge(settings);
    }

    /** Another listener of the same router. */
    MqttBridge bridge(MqttSettings settings) {
        MqttBridge made = new MqttBridge(
                core,
                settings,
                new MqttBridge.Services(
                        registry,
                        (request, decide) -> authenticator.authenticate(request, decide),
                        new Recorder(),
                        () -> epochMs,
                        () -> new UUID(0, ++uuids),
                        memory,
                        new MqttCounters()));
        bridges.add(made);
        return made;
    }

    /** Adds an {@code address} entity. */
    Network address(String pattern, String distribution) {
        if (!(core.createAddress(AddressEntities.Request.pattern(pattern, distribution))
                instanceof AddressEntities.Created)) {
            throw new IllegalStateException(pattern + " " + distribution);
        }
        return this;
    }

    /** A client that has sent nothing yet. */
    MqttPeer peer() {
        return peer(bridge);
    }

    MqttPeer peer(MqttBridge listener) {
        TestWire wire = new TestWire(memory);
        MqttEngine engine = MqttEngine.accepted(listener, ConnectionFacts.plain("10.0.0.1:4711", "mqtt", true), wire);
        add(wire, engine);
        MqttPeer peer = new MqttPeer(this, wire, engine);
        engine.tick(nowNs);
        return peer;
    }

    /** A client that is connected. */
    MqttPeer client(MqttVersion version, String clientId) {
        return client(bridge, version, clientId, Bytes.bytes());
    }

    MqttPeer client(MqttBridge listener, MqttVersion version, String clientId, Bytes properties) {
        MqttPeer peer = peer(listener);
        peer.send(Bytes.connect(version, clientId, properties, 0));
        peer.takeEvents();
        return peer;
    }

    /** An AMQP client with a session. */
    AmqpPeer amqp() {
        return new AmqpPeer(this);
    }

    void add(TestWire wire, WireEngine engine) {
        if (wires.size() >= MANY_WIRES) {
            for (int i = wires.size() - 1; i >= 0; i--) {
                if (wires.get(i).isGone()) {
                    wires.remove(i);
                    engines.remove(i);
                }
            }
        }
        wires.add(wire);
        engines.add(engine);
    }

    /** Moves bytes until nothing moves any more. */
    void run() {
        boolean moved = true;
        for (int rounds = 0; moved; rounds++) {
            moved = false;
            for (int i = 0; i < wires.size(); i++) {
                moved |= wires.get(i).move();
                moved |= tickIfDue(i);
            }
            if (rounds > 100_000) {
                throw new IllegalStateException("the network does not come to rest");
            }
        }
    }

    private boolean tickIfDue(int i) {
        TestWire wire = wires.get(i);
        if (wire.isGone() || wire.tickAtNs > nowNs) {
            return false;
        }
        wire.tickAtNs = Long.MAX_VALUE;
        engines.get(i).tick(nowNs);
        return true;
    }

    /** Lets time pass, deadline by deadline. */
    void pass(double seconds) {
        long end = nowNs + (long) (seconds * SECOND_NS);
        run();
        while (nowNs < end) {
            long next = end;
            for (TestWire wire : wires) {
                if (!wire.isGone()) {
                    next = Math.min(next, Math.max(wire.tickAtNs, nowNs + 1_000_000));
                }
            }
            epochMs += (next - nowNs) / 1_000_000;
            nowNs = next;
            run();
        }
    }

    /** Ends every connection; the router then knows none, and has given back every buffer. */
    void close() {
        wires.forEach(TestWire::cut);
        bridges.forEach(MqttBridge::close);
        if (!core.connections().isEmpty() || !core.links().isEmpty() || registry.size() > 0) {
            throw new IllegalStateException("left over: " + core.connections() + core.links());
        }
        long bytes = memory.metric().usedHeapMemory() + memory.metric().usedDirectMemory();
        if (bytes != 0) {
            throw new IllegalStateException(bytes + " bytes were not released");
        }
    }

    private final class Recorder implements BridgeEvents {
        @Override
        public void connectRefused(
                Connection connection,
                @Nullable String clientId,
                @Nullable String user,
                ReasonCode code,
                String reason) {
            events.add("refused " + connection.facts().host() + " " + clientId + " " + user + " " + code);
        }

        @Override
        public void clientConnected(Connection connection) {
            events.add("connected " + connection.facts().container() + " "
                    + connection.facts().protocol());
        }

        @Override
        public void clientGone(Connection connection, ReasonCode code, boolean orderly, String reason) {
            events.add("gone " + connection.facts().container() + " " + code + (orderly ? " orderly" : ""));
        }

        @Override
        public void takenOver(Connection older, Connection newer) {
            events.add("taken over " + older.facts().container());
        }

        @Override
        public void sessionNotKept(Connection connection) {
            events.add("session not kept " + connection.facts().container());
        }

        @Override
        public void willPublished(Connection connection, String topic) {
            events.add("will " + topic);
        }

        @Override
        public void topicLosesDots(Connection connection, String topic) {
            events.add("dots " + topic);
        }
    }
}
