// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.mesh;

import io.linkspan.mesh.Effects;
import io.linkspan.mesh.MeshConfig;
import io.linkspan.mesh.MeshEvent;
import io.linkspan.mesh.MeshNode;
import io.linkspan.mesh.PeerProduct;
import io.linkspan.mesh.RouterId;
import io.linkspan.mesh.message.Hello;
import io.linkspan.mesh.message.LinkState;
import io.linkspan.mesh.message.LinkStateUpdate;
import io.linkspan.mesh.message.MeshMessage;
import io.linkspan.mesh.message.MobileAddressUpdate;
import io.linkspan.mesh.message.RouterAdvertisement;
import io.linkspan.mesh.message.Treatment;
import io.linkspan.mesh.path.RouteTable;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A production {@link MeshNode} with as much of a router around it as the routing protocol sees: connections, the relaying
 * of control messages by address and trace, the core's picture of the other routers' addresses.
 */
public final class SimulatedRouter implements Effects {

    /** Copies of one message to all, in multiples of the connections that are up: two, and room for pauses and repeats. */
    private static final int MAX_FLOOD = 4;

    static final ThreadMXBean CPU = ManagementFactory.getThreadMXBean();

    private final Simulation simulation;
    private final int number;
    private MeshConfig config;
    private MeshNode node;

    private final Map<Long, Wire> connections = new HashMap<>();
    private long nextConnection;
    private final Map<Wire, Long> numbers = new HashMap<>();
    private final Deque<Fact> inbox = new ArrayDeque<>();
    private boolean running = true;
    private boolean paused;
    private int incarnation;
    private long clockOffset;

    private final TreeMap<String, Treatment> local = new TreeMap<>();
    private CorePicture picture = new CorePicture();
    private final List<MeshEvent> warnings = new ArrayList<>();
    private long routesChangedAt;
    private @Nullable EventTimes times;
    private @Nullable List<MeshMessage> recorded;
    private final List<Sending> outbox = new ArrayList<>();
    private boolean muted;
    private @Nullable Invariants invariants;
    private final TreeMap<String, Treatment> announced = new TreeMap<>();

    /** Something to tell the engine. */
    private record Fact(EventTimes.Kind kind, @Nullable Packet packet, Runnable call) {}

    /** Something that leaves when the engine's call is over. */
    record Sending(Wire wire, Packet packet) {}

    SimulatedRouter(Simulation simulation, MeshConfig config, int number) {
        this.simulation = simulation;
        this.config = config;
        this.number = number;
        node = new MeshNode(config, this, clock());
        if (!simulation.isLarge()) {
            invariants = new Invariants(this, simulation, config, clock());
        }
    }

    /** The id. */
    public RouterId id() {
        return config.self();
    }

    /** The start time of the newest incarnation. */
    long instance() {
        return config.instance();
    }

    /** The place among the simulation's routers. */
    int number() {
        return number;
    }

    String name() {
        return config.self().value() + "#" + number;
    }

    /** The engine of now; a restart makes another. */
    public MeshNode node() {
        return node;
    }

    /** Whether the process runs; a paused one does too. */
    public boolean isRunning() {
        return running;
    }

    /** The addresses that have a destination here. */
    public Map<String, Treatment> local() {
        return local;
    }

    /** What the core of this router believes of another's addresses. */
    public Map<String, Treatment> addressesOf(RouterId other) {
        return picture.addresses(other);
    }

    /** The routers that have a record here. */
    public List<RouterId> known() {
        return picture.routers();
    }

    /** Events of severity warning and above, of all incarnations. */
    public List<MeshEvent> warnings() {
        return warnings;
    }

    /** The CPU time of the engine's calls is added up from now on. */
    void measure(EventTimes by) {
        times = by;
    }

    /** Everything the engine sends from now on, as it sends it. */
    List<MeshMessage> record() {
        List<MeshMessage> list = new ArrayList<>();
        recorded = list;
        return list;
    }

    private void note(MeshMessage message) {
        if (recorded != null) {
            recorded.add(message);
        }
    }

    private long clock() {
        long clock = simulation.now() + clockOffset;
        if (invariants != null) {
            invariants.advance(clock);
        }
        return clock;
    }

    /** What is watched after each event; null in large networks. */
    @Nullable
    Invariants invariants() {
        return invariants;
    }

    /** Whether things have happened that the engine does not know yet. */
    boolean isBehindhand() {
        return !inbox.isEmpty();
    }

    private void run(EventTimes.Kind kind, Runnable call) {
        run(kind, null, call);
    }

    private void run(EventTimes.Kind kind, @Nullable Packet packet, Runnable call) {
        if (!running) {
            return;
        }
        if (paused) {
            inbox.add(new Fact(kind, packet, call));
            return;
        }
        if (times == null) {
            call.run();
        } else {
            long start = CPU.getCurrentThreadCpuTime();
            call.run();
            times.add(kind, CPU.getCurrentThreadCpuTime() - start);
        }
        if (invariants != null) {
            invariants.check(packet == null || isForUs(packet) ? kind : null, packet, outbox);
        }
        for (Sending sending : outbox) {
            simulation.send(this, sending.wire(), sending.packet());
        }
        outbox.clear();
    }

    void tick() {
        simulation.after(
                Simulation.SECOND
                        - 20 * Simulation.MILLISECOND
                        + simulation.random().nextLong(40 * Simulation.MILLISECOND),
                this::tick);
        if (!paused) {
            run(EventTimes.Kind.TICK, () -> node.tick(clock()));
        }
    }

    void connectionUp(Wire wire) {
        long connection = nextConnection++;
        numbers.put(wire, connection);
        connections.put(connection, wire);
        RouterId peer = wire.other(this).id();
        run(
                EventTimes.Kind.CONNECTION_UP,
                () -> node.connectionUp(connection, peer, wire.cost, PeerProduct.LINKSPAN, clock()));
    }

    void connectionDown(Wire wire) {
        Long connection = numbers.remove(wire);
        if (connection == null) {
            return;
        }
        long gone = connection;
        connections.remove(gone);
        run(EventTimes.Kind.CONNECTION_DOWN, () -> node.connectionDown(gone, clock()));
    }

    void arrived(Packet packet, Wire wire) {
        Long connection = numbers.get(wire);
        if (connection != null) {
            long number = connection;
            run(EventTimes.Kind.of(packet.message()), packet, () -> receive(packet, number));
        }
    }

    private boolean isForUs(Packet packet) {
        return packet.to() == null || packet.to().equals(id());
    }

    private void receive(Packet packet, long connection) {
        RouterId to = packet.to();
        if (to != null && !isForUs(packet)) {
            if (!Trace.contains(packet.trace(), id())) {
                forward(packet.message(), to, packet.trace());
            }
            return;
        }
        long clock = clock();
        if (invariants != null) {
            invariants.told(packet.message(), connection);
        }
        boolean relay = node.onMessage(packet.message(), connection, clock);
        Packet.Flood flood = packet.flood();
        if (relay) {
            if (flood == null) {
                throw simulation.broken(name() + " would relay " + packet.message());
            }
            spread(packet.message(), flood, packet.trace());
        }
    }

    private void forward(MeshMessage message, RouterId to, @Nullable Trace trace) {
        RouteTable routes = node.routes();
        int index = routes.index(to);
        if (index > RouteTable.SELF && routes.isReachable(index)) {
            put(routes.nextHop(index), new Packet(message, to, null, new Trace(id(), trace)));
        }
    }

    private void spread(MeshMessage message, Packet.Flood flood, @Nullable Trace trace) {
        Packet packet = new Packet(message, null, flood, new Trace(id(), trace));
        for (long connection : node.routes().floodConnections()) {
            Wire wire = connections.get(connection);
            if (wire != null && !Trace.contains(trace, wire.other(this).id())) {
                outbox.add(new Sending(wire, packet));
            }
        }
        int bound = MAX_FLOOD * Math.max(1, simulation.wires().size());
        if (flood.copies > bound) {
            throw simulation.broken("more than " + bound + " copies of " + message);
        }
    }

    private void put(long connection, Packet packet) {
        Wire wire = connections.get(connection);
        if (wire != null) {
            outbox.add(new Sending(wire, packet));
        }
    }

    /** An address gets a destination here, or a consumer more. */
    public void add(String key, Treatment hint) {
        if (local.putIfAbsent(key, hint) == null) {
            run(EventTimes.Kind.ADDRESS, () -> node.addressAdded(key, hint));
        }
    }

    /** An address loses its destination. */
    public void remove(String key) {
        if (local.remove(key) != null) {
            run(EventTimes.Kind.ADDRESS, () -> node.addressRemoved(key));
        }
    }

    /** The process stands still; what comes waits in its sockets. */
    public void pause() {
        simulation.say("pause", name());
        paused = true;
    }

    /** The process goes on. */
    public void resume() {
        if (!paused) {
            return;
        }
        simulation.say("resume", name());
        paused = false;
        while (!inbox.isEmpty()) {
            Fact fact = inbox.removeFirst();
            run(fact.kind(), fact.packet(), fact.call());
        }
    }

    /** The monotonic clock of this router jumps, which it must not, and does. */
    public void jumpClock(long ns) {
        simulation.say("clock jump of " + ns / Simulation.SECOND + " s at", name());
        clockOffset += ns;
    }

    /** The process ends; its connections are lost. */
    public void stop() {
        simulation.say("stop", name());
        paused = false;
        inbox.clear();
        running = false;
        for (Wire wire : simulation.wires()) {
            if (wire.up && (wire.ends[0] == this || wire.ends[1] == this)) {
                simulation.cut(wire);
            }
        }
        connections.clear();
        numbers.clear();
        picture = new CorePicture();
        local.clear();
    }

    /** A new process with the same id. Its connections come up later. */
    public void start() {
        simulation.say("start", name());
        running = true;
        incarnation++;
        config = new MeshConfig(
                config.self(),
                simulation.nextInstance(),
                config.helloInterval(),
                config.helloMaxAge(),
                config.raInterval(),
                config.raIntervalFlux(),
                config.remoteLsMaxAge(),
                config.limits());
        invariants = null;
        announced.clear();
        node = new MeshNode(config, this, clock());
        if (!simulation.isLarge()) {
            invariants = new Invariants(this, simulation, config, clock());
        }
    }

    /** The neighbours by the connections that are up. */
    List<LinkState.Peer> peers() {
        List<LinkState.Peer> peers = new ArrayList<>();
        for (Wire wire : simulation.wires()) {
            if (wire.up && (wire.ends[0] == this || wire.ends[1] == this)) {
                peers.add(new LinkState.Peer(wire.other(this).id(), wire.cost));
            }
        }
        return peers;
    }

    /** A HELLO that names us comes on a connection now. */
    void hear(Wire wire) {
        SimulatedRouter other = wire.other(this);
        Hello hello = new Hello(other.id(), other.config.instance(), List.of(id()));
        run(EventTimes.Kind.HELLO, () -> node.onMessage(hello, number(wire), clock()));
    }

    /** When the route table changed last. */
    long routesChangedAt() {
        return routesChangedAt;
    }

    /** Makes this router know the whole network, as if it had run for long; for networks too large to start cold. */
    void bootstrapNeighbors() {
        muted = true;
        for (Wire wire : connections.values()) {
            hear(wire);
        }
        node.tick(clock());
        muted = false;
    }

    /** The second half: everybody's link state, which everybody has numbered 1. */
    void bootstrapLinkStates(List<LinkState> states) {
        muted = true;
        long any = connections.keySet().iterator().next();
        for (int i = 0; i < states.size(); i++) {
            SimulatedRouter other = simulation.routers().get(i);
            if (other != this) {
                long instance = other.config.instance();
                node.onMessage(new LinkStateUpdate(other.id(), instance, states.get(i)), any, clock());
                node.onMessage(new RouterAdvertisement(other.id(), instance, 1, 0), any, clock());
            }
        }
        node.tick(clock());
        muted = false;
    }

    private long number(Wire wire) {
        Long number = numbers.get(wire);
        if (number == null) {
            throw new IllegalStateException(wire + " is down");
        }
        return number;
    }

    /** The neighbour at the other end of a connection; null if it is down. */
    @Nullable
    SimulatedRouter behind(long connection) {
        Wire wire = connections.get(connection);
        return wire == null ? null : wire.other(this);
    }

    @Override
    public void sendToNeighbor(long connection, MeshMessage message) {
        if (!muted) {
            put(connection, new Packet(message, null, null, new Trace(id(), null)));
        }
    }

    @Override
    public void sendToRouter(RouterId router, MeshMessage message) {
        if (!muted) {
            if (!node.routes().isReachable(node.routes().index(router))) {
                throw simulation.broken(name() + " sends " + message + " to " + router + ", which is out of reach");
            }
            note(message);
            forward(message, router, null);
        }
    }

    @Override
    public void flood(MeshMessage message) {
        if (!muted) {
            note(message);
            if (message instanceof MobileAddressUpdate.Differential changes && invariants != null) {
                changes.added().forEach(address -> announced.put(address.key(), address.hint()));
                changes.deleted().forEach(announced::remove);
                simulation.announce(config, changes.sequence(), new TreeMap<>(announced));
            }
            spread(message, new Packet.Flood(), null);
        }
    }

    @Override
    public void routesChanged(RouteTable routes) {
        routesChangedAt = simulation.now();
        if (invariants != null) {
            invariants.computed();
        }
    }

    @Override
    public void routerAppeared(RouterId router, int index) {
        if (router.equals(id()) || !picture.appears(router, index)) {
            throw simulation.broken(name() + ": " + router + " appeared with index " + index);
        }
    }

    @Override
    public void routerGone(RouterId router, int index) {
        if (!picture.goes(router, index)) {
            throw simulation.broken(
                    name() + ": " + router + " with index " + index + " is gone, or its addresses stay");
        }
    }

    @Override
    public void mobileAddressAdded(int index, String key, @Nullable Treatment hint) {
        if (!picture.add(index, key, hint)) {
            throw simulation.broken(name() + ": address " + key + " of " + picture.router(index) + " added, " + hint);
        }
        addressesChanged(index);
    }

    @Override
    public void mobileAddressRemoved(int index, String key) {
        if (!picture.remove(index, key)) {
            throw simulation.broken(name() + ": address " + key + " of " + picture.router(index) + " removed");
        }
        addressesChanged(index);
    }

    private void addressesChanged(int index) {
        RouterId router = picture.router(index);
        if (invariants != null && router != null) {
            invariants.addressesChanged(router);
        }
    }

    @Override
    public void event(MeshEvent event) {
        if (event.severity().compareTo(MeshEvent.Severity.INFO) >= 0) {
            simulation.say(name(), event.text());
        }
        if (event.severity().compareTo(MeshEvent.Severity.WARNING) >= 0) {
            warnings.add(event);
        }
    }

    @Override
    public String toString() {
        return name() + (running ? "" : " (stopped)") + (incarnation > 0 ? " start " + incarnation : "");
    }
}
