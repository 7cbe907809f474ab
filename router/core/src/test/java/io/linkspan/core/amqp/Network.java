// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import io.linkspan.amqp.AmqpSettings;
import io.linkspan.amqp.SaslServer;
import io.linkspan.core.CoreEvents;
import io.linkspan.core.CoreSettings;
import io.linkspan.core.RouterCore;
import io.linkspan.core.connection.ConnectionFacts;
import io.linkspan.core.connection.ConnectionRole;
import io.linkspan.wire.Wire;
import io.linkspan.wire.WireEngine;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A router and its peers on wires in memory; bytes move in {@link #run} until all is quiet. */
final class Network {

    final RouterCore core;

    /** Of peers that come. */
    AmqpSettings peerSettings = AmqpSettings.DEFAULT.withLinkCapacity(1000);

    private final List<TestWire> wires;
    private final ByteBufAllocator allocator;
    private boolean isOld;

    Network() {
        this(UnpooledByteBufAllocator.DEFAULT);
    }

    Network(ByteBufAllocator allocator) {
        this(CoreSettings.standalone("R"), CoreEvents.NONE, new ArrayList<>(), allocator);
    }

    /** A router with settings of its own. */
    Network(CoreSettings settings) {
        this(settings, CoreEvents.NONE, new ArrayList<>(), UnpooledByteBufAllocator.DEFAULT);
    }

    private Network(CoreSettings settings, CoreEvents events, List<TestWire> wires, ByteBufAllocator allocator) {
        this.core =
                new RouterCore(settings, events, new Random(settings.routerId().hashCode()));
        this.wires = wires;
        this.allocator = allocator;
    }

    /** An interior router that nobody knows yet. */
    static Network interior(String id) {
        return new Network(UnpooledByteBufAllocator.DEFAULT, id, new ArrayList<>(), 1);
    }

    /** With events of its own; see {@link #interior(String)}. */
    static Network interior(String id, io.linkspan.core.address.Distribution distribution) {
        Network network = new Network(
                new CoreSettings(id, CoreSettings.Mode.INTERIOR, distribution, "0", 1),
                CoreEvents.NONE,
                new ArrayList<>(),
                UnpooledByteBufAllocator.DEFAULT);
        network.core.join(io.linkspan.mesh.MeshConfig.of(new io.linkspan.mesh.RouterId(id), 1000));
        return network;
    }

    /** Another interior router; bytes move among all of them in one {@link #run}. */
    Network and(String id) {
        return new Network(allocator, id, wires, 1);
    }

    /** As {@link #and}, with another start time. */
    Network and(String id, long instance) {
        return new Network(allocator, id, wires, instance);
    }

    /**
     * Another interior router that is as one of another product: it says so, takes nobody for Linkspan and knows no private
     * keys.
     */
    Network andOld(String id) {
        Network old = and(id, 0, CoreEvents.NONE);
        old.isOld = true;
        return old;
    }

    /** Another interior router that takes so many private keys of each other one. */
    Network and(String id, int topicKeys, CoreEvents events) {
        CoreSettings settings = new CoreSettings(
                id, CoreSettings.Mode.INTERIOR, io.linkspan.core.address.Distribution.BALANCED, "0", 1);
        Network other = new Network(settings, events, wires, allocator);
        other.core.join(io.linkspan.mesh.MeshConfig.of(new io.linkspan.mesh.RouterId(id), 1), topicKeys);
        return other;
    }

    private Network(ByteBufAllocator allocator, String id, List<TestWire> wires, long instance) {
        this(
                new CoreSettings(
                        id, CoreSettings.Mode.INTERIOR, io.linkspan.core.address.Distribution.BALANCED, "0", 1),
                CoreEvents.NONE,
                wires,
                allocator);
        core.join(io.linkspan.mesh.MeshConfig.of(new io.linkspan.mesh.RouterId(id), instance));
    }

    /** A connection between routers, made by this one; cutting the wire it gives ends it. */
    TestWire connect(Network other, int cost) {
        AmqpProfile here = AmqpProfile.DEFAULT.between(cost);
        TestWire near = new TestWire(allocator);
        TestWire far = new TestWire(allocator);
        near.peer = far;
        far.peer = near;
        near.hidesProduct = isOld || other.isOld;
        far.hidesProduct = near.hidesProduct;
        wires.add(near);
        wires.add(far);
        AmqpConnection accepted = AmqpConnection.accepted(
                other.core,
                AmqpProfile.DEFAULT.between(1),
                ConnectionFacts.plain("127.0.0.1:3", "amqp", true),
                far,
                SaslServer.anonymous(),
                null);
        far.engine = accepted;
        AmqpConnection made = AmqpConnection.initiated(
                core, here, ConnectionFacts.plain("127.0.0.1:4", "amqp", false), near, null, null);
        near.engine = made;
        accepted.tick(0);
        made.tick(0);
        run();
        return near;
    }

    /** A client with one session, connected and open. */
    Peer client() {
        return client(AmqpProfile.DEFAULT);
    }

    Peer client(AmqpProfile profile) {
        return client(profile, near -> {});
    }

    /** A client whose end of the wire is prepared before the first byte. */
    Peer client(Consumer<TestWire> prepare) {
        return client(AmqpProfile.DEFAULT, prepare);
    }

    /** A container on a listener with this name, for links that the router makes. */
    Peer container(@Nullable String listener, String containerId) {
        return container(listener, containerId, peer -> {});
    }

    /** A container that is prepared before it opens. */
    Peer container(@Nullable String listener, String containerId, Consumer<Peer> prepare) {
        AmqpProfile profile = AmqpProfile.DEFAULT.of(listener, ConnectionRole.ROUTE_CONTAINER);
        return connect(profile, near -> {}, containerId, prepare);
    }

    /** Another router of the network, on an inter-router listener. */
    Peer router(String id) {
        return router(id, peer -> {});
    }

    /** Another router that is prepared before it opens. */
    Peer router(String id, Consumer<Peer> prepare) {
        return connect(AmqpProfile.DEFAULT.of(null, ConnectionRole.INTER_ROUTER), near -> {}, id, prepare);
    }

    /** A client that names this host in its OPEN. */
    Peer client(AmqpProfile profile, @Nullable String hostname) {
        return connect(profile, near -> {}, "client", peer -> peer.hostname = hostname);
    }

    /** Every connection breaks. */
    void endAll() {
        for (TestWire wire : wires) {
            wire.cut();
        }
        run();
    }

    /** A client with a container id of its own. */
    Peer client(String containerId) {
        return connect(AmqpProfile.DEFAULT, near -> {}, containerId);
    }

    private Peer client(AmqpProfile profile, Consumer<TestWire> prepare) {
        return connect(profile, prepare, "client");
    }

    private Peer connect(AmqpProfile profile, Consumer<TestWire> prepare, String containerId) {
        return connect(profile, prepare, containerId, peer -> {});
    }

    private Peer connect(
            AmqpProfile profile, Consumer<TestWire> prepare, String containerId, Consumer<Peer> preparePeer) {
        TestWire near = new TestWire(allocator);
        prepare.accept(near);
        TestWire far = new TestWire(allocator);
        near.peer = far;
        far.peer = near;
        wires.add(near);
        wires.add(far);
        AmqpConnection connection = AmqpConnection.accepted(
                core, profile, ConnectionFacts.plain("127.0.0.1:1", "amqp", true), far, SaslServer.anonymous(), null);
        far.engine = connection;
        Peer peer = new Peer(this, near, connection, containerId);
        near.engine = peer.engine;
        connection.tick(0);
        peer.engine.tick(0);
        preparePeer.accept(peer);
        peer.open();
        return peer;
    }

    /** A connection whose peer is bytes of the test's making; what the router says to it goes nowhere. */
    RawClient rawClient() {
        TestWire wire = new TestWire(allocator);
        wire.peer = new TestWire(allocator);
        wire.peer.gone = true;
        AmqpConnection connection = AmqpConnection.accepted(
                core,
                AmqpProfile.DEFAULT,
                ConnectionFacts.plain("127.0.0.1:2", "amqp", true),
                wire,
                SaslServer.anonymous(),
                null);
        wire.engine = connection;
        connection.tick(0);
        return new RawClient(wire, connection);
    }

    /** As {@link #rawClient}, of any kind; all that the router writes is kept. */
    RawClient raw(AmqpProfile profile, boolean made, List<byte[]> written) {
        TestWire wire = new TestWire(allocator);
        wire.peer = new TestWire(allocator);
        wire.peer.gone = true;
        wire.record = written;
        wires.add(wire);
        AmqpConnection connection = made
                ? AmqpConnection.initiated(
                        core,
                        profile,
                        ConnectionFacts.plain("127.0.0.1:5", "amqp", false),
                        wire,
                        io.linkspan.amqp.SaslClient.anonymous("anonymous@127.0.0.1"),
                        null)
                : AmqpConnection.accepted(
                        core,
                        profile,
                        ConnectionFacts.plain("127.0.0.1:6", "amqp", true),
                        wire,
                        SaslServer.anonymous(),
                        null);
        wire.engine = connection;
        connection.tick(0);
        run();
        return new RawClient(wire, connection);
    }

    /** Feeds bytes to a connection as a socket would. */
    record RawClient(TestWire wire, AmqpConnection connection) {
        void feed(byte[] bytes, int from, int length) {
            ByteBuf in = wire.allocator().buffer(length).writeBytes(bytes, from, length);
            connection.receive(in);
            in.release();
            while (wire.move()) {}
        }

        /** The socket is gone. */
        void end() {
            if (!wire.gone) {
                wire.gone = true;
                wire.out.forEach(ByteBuf::release);
                wire.out.clear();
                connection.transportClosed();
            }
        }
    }

    /** Moves what one end of a connection has to say. */
    void moveOne(Random random) {
        wires.get(random.nextInt(wires.size())).move();
    }

    /** Moves bytes until nothing moves any more. */
    void run() {
        boolean moved;
        int rounds = 0;
        do {
            moved = false;
            for (TestWire wire : wires) {
                moved |= wire.move();
            }
            if (++rounds > 100_000) {
                throw new IllegalStateException("the network does not come to rest");
            }
        } while (moved);
    }

    /** One end of a connection. */
    static final class TestWire implements Wire {
        private final ByteBufAllocator allocator;

        TestWire(ByteBufAllocator allocator) {
            this.allocator = allocator;
        }

        private TestWire peer = this;
        private @Nullable WireEngine engine;
        private final ArrayDeque<ByteBuf> out = new ArrayDeque<>();
        private boolean flushRequested;
        private boolean closing;
        private boolean gone;
        boolean writable = true;
        /** The other end does not see what product this is. */
        private boolean hidesProduct;
        /** Everything this end wrote, when it is not null. */
        @Nullable
        List<byte[]> record;

        private boolean move() {
            if (gone) {
                return false;
            }
            boolean moved = false;
            if (flushRequested) {
                flushRequested = false;
                engine().flush();
                moved = true;
            }
            ByteBuf bytes;
            while ((bytes = out.poll()) != null) {
                moved = true;
                if (!peer.gone) {
                    peer.engine().receive(bytes);
                }
                bytes.release();
            }
            if (closing) {
                cut();
                moved = true;
            }
            return moved;
        }

        private WireEngine engine() {
            return Objects.requireNonNull(engine);
        }

        /** The socket breaks. */
        void cut() {
            if (!gone) {
                gone = true;
                out.forEach(ByteBuf::release);
                out.clear();
                engine().transportClosed();
                peer.cut();
            }
        }

        TestWire far() {
            return peer;
        }

        boolean isGone() {
            return gone;
        }

        @Override
        public ByteBufAllocator allocator() {
            return allocator;
        }

        @Override
        public void write(ByteBuf bytes) {
            if (record != null) {
                record.add(ByteBufUtil.getBytes(bytes));
            }
            if (gone) {
                bytes.release();
            } else {
                out.add(hidesProduct ? withoutProduct(bytes) : bytes);
            }
        }

        private static ByteBuf withoutProduct(ByteBuf bytes) {
            ByteBuf product = ByteBufUtil.writeAscii(UnpooledByteBufAllocator.DEFAULT, AmqpProfile.PRODUCT);
            int at = ByteBufUtil.indexOf(product, bytes);
            product.release();
            return at < 0 ? bytes : bytes.setByte(bytes.readerIndex() + at, 'L');
        }

        @Override
        public void flushWritten() {}

        @Override
        public boolean writable() {
            return writable;
        }

        @Override
        public void requestFlush() {
            flushRequested = true;
        }

        @Override
        public void setReading(boolean on) {}

        @Override
        public void closeAfterFlush() {
            closing = true;
        }

        @Override
        public void drop() {
            closing = true;
        }

        @Override
        public void scheduleTick(long deadlineNs) {}
    }
}
