// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh;

import io.linkspan.mesh.message.Hello;
import io.linkspan.mesh.message.LinkState;
import io.linkspan.mesh.message.LinkStateRequest;
import io.linkspan.mesh.message.LinkStateUpdate;
import io.linkspan.mesh.message.MeshMessage;
import io.linkspan.mesh.message.MobileAddress;
import io.linkspan.mesh.message.MobileAddressRequest;
import io.linkspan.mesh.message.MobileAddressUpdate;
import io.linkspan.mesh.message.RouterAdvertisement;
import io.linkspan.mesh.message.Treatment;
import io.linkspan.mesh.path.RouteTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The node under test, named A, with a clock and a record of its effects in words. */
final class NodeFixture implements Effects {

    static final long INSTANCE = 100;
    private static final long MILLISECOND = 1_000_000L;

    final MeshNode node;
    final List<String> sent = new ArrayList<>();
    final List<MeshMessage> messages = new ArrayList<>();
    /** Beside messages: whether there was anybody to send it to. */
    final List<Boolean> left = new ArrayList<>();

    final List<MeshEvent> events = new ArrayList<>();
    final List<String> core = new ArrayList<>();
    final Map<String, String> addresses = new TreeMap<>();
    private final Map<Integer, RouterId> routers = new TreeMap<>();
    long now = 5_000_000_000L;

    NodeFixture() {
        this(MeshConfig.of(id("A"), INSTANCE));
    }

    NodeFixture(MeshConfig config) {
        node = new MeshNode(config, this, now);
    }

    static RouterId id(String id) {
        return new RouterId(id);
    }

    static List<RouterId> ids(String... names) {
        List<RouterId> ids = new ArrayList<>();
        for (String name : names) {
            ids.add(id(name));
        }
        return ids;
    }

    /** A link state; peers as name and cost in turn. */
    static LinkState state(String of, long sequence, Object... peers) {
        List<LinkState.Peer> list = new ArrayList<>();
        for (int i = 0; i < peers.length; i += 2) {
            list.add(new LinkState.Peer(id((String) peers[i]), (Integer) peers[i + 1]));
        }
        return new LinkState(id(of), sequence, list);
    }

    static MobileAddressUpdate differential(String of, long sequence, List<String> added, List<String> deleted) {
        return new MobileAddressUpdate.Differential(id(of), sequence, balanced(added), deleted);
    }

    static MobileAddressUpdate absolute(String of, long sequence, String... keys) {
        return new MobileAddressUpdate.Absolute(id(of), sequence, balanced(List.of(keys)));
    }

    private static List<MobileAddress> balanced(List<String> keys) {
        List<MobileAddress> list = new ArrayList<>();
        for (String key : keys) {
            list.add(new MobileAddress(key, Treatment.BALANCED));
        }
        return list;
    }

    NodeFixture up(long connection, String peer, int cost) {
        return up(connection, peer, cost, PeerProduct.LINKSPAN);
    }

    NodeFixture up(long connection, String peer, int cost, PeerProduct product) {
        node.connectionUp(connection, id(peer), cost, product, now);
        return this;
    }

    NodeFixture down(long connection) {
        node.connectionDown(connection, now);
        return this;
    }

    /** A HELLO of a neighbour with the instance 7. */
    NodeFixture hello(long connection, String from, String... seen) {
        return hello(connection, from, 7, seen);
    }

    NodeFixture hello(long connection, String from, long instance, String... seen) {
        return take(connection, new Hello(id(from), instance, ids(seen)));
    }

    NodeFixture take(long connection, MeshMessage message) {
        relayed(connection, message);
        return this;
    }

    boolean relayed(long connection, MeshMessage message) {
        return node.onMessage(message, connection, now);
    }

    NodeFixture linkState(long connection, String of, long instance, long sequence, Object... peers) {
        return take(connection, new LinkStateUpdate(id(of), instance, state(of, sequence, peers)));
    }

    NodeFixture advertise(long connection, String of, long instance, long linkState, long mobile) {
        return take(connection, new RouterAdvertisement(id(of), instance, linkState, mobile));
    }

    NodeFixture wait(int milliseconds) {
        now += milliseconds * MILLISECOND;
        return this;
    }

    NodeFixture tick() {
        node.tick(now);
        return this;
    }

    /** Seconds pass, each with a tick at its end, and a HELLO of each named neighbour on the connection of its place. */
    NodeFixture pass(int seconds, String... neighbors) {
        for (int i = 0; i < seconds; i++) {
            wait(1000);
            for (int n = 0; n < neighbors.length; n++) {
                hello(n, neighbors[n], "A");
            }
            tick();
        }
        return this;
    }

    /** A neighbour B on connection 0, cost 1, with its link state known. */
    NodeFixture withNeighbor() {
        up(0, "B", 1)
                .hello(0, "B", "A")
                .linkState(0, "B", 7, 1, "A", 1)
                .wait(1000)
                .tick();
        return forget();
    }

    NodeFixture forget() {
        sent.clear();
        messages.clear();
        left.clear();
        events.clear();
        core.clear();
        return this;
    }

    List<String> sentBut(String opcode) {
        return sent.stream().filter(line -> !line.contains(opcode)).collect(Collectors.toList());
    }

    <T extends MeshEvent> List<T> events(Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast).collect(Collectors.toList());
    }

    RouteTable routes() {
        return node.routes();
    }

    int index(String name) {
        return node.routes().index(id(name));
    }

    boolean reaches(String name) {
        return index(name) != RouteTable.UNKNOWN && node.routes().isReachable(index(name));
    }

    private void send(String to, MeshMessage message) {
        messages.add(message);
        left.add(!to.equals("all") || node.routes().floodConnections().length > 0);
        sent.add(to + " " + words(message));
    }

    static String words(MeshMessage message) {
        if (message instanceof Hello hello) {
            return "HELLO " + hello.seen();
        } else if (message instanceof RouterAdvertisement ra) {
            return "RA " + ra.linkStateSequence() + " " + ra.mobileSequence();
        } else if (message instanceof LinkStateUpdate lsu) {
            Map<String, Integer> peers = new TreeMap<>();
            for (LinkState.Peer peer : lsu.linkState().peers()) {
                peers.put(peer.id().value(), peer.cost());
            }
            return "LSU " + lsu.linkState().sequence() + " " + peers;
        } else if (message instanceof LinkStateRequest) {
            return "LSR";
        } else if (message instanceof MobileAddressRequest mar) {
            return "MAR " + mar.haveSequence();
        } else if (message instanceof MobileAddressUpdate.Absolute mau) {
            return "MAU " + mau.sequence() + " exist " + keys(mau.existing());
        } else if (message instanceof MobileAddressUpdate.Differential mau) {
            return "MAU " + mau.sequence() + " add " + keys(mau.added()) + " del " + mau.deleted();
        }
        return message.toString();
    }

    private static String keys(List<MobileAddress> addresses) {
        return addresses.stream()
                .map(MobileAddress::key)
                .collect(Collectors.toList())
                .toString();
    }

    @Override
    public void sendToNeighbor(long connection, MeshMessage message) {
        send("on " + connection, message);
    }

    @Override
    public void sendToRouter(RouterId router, MeshMessage message) {
        send("to " + router, message);
    }

    @Override
    public void flood(MeshMessage message) {
        send("all", message);
    }

    @Override
    public void routesChanged(RouteTable routes) {
        core.add("routes");
    }

    @Override
    public void routerAppeared(RouterId router, int index) {
        routers.put(index, router);
        core.add("appeared " + router + " " + index);
    }

    @Override
    public void routerGone(RouterId router, int index) {
        routers.remove(index);
        core.add("gone " + router + " " + index);
    }

    @Override
    public void mobileAddressAdded(int index, String key, @Nullable Treatment hint) {
        addresses.put(routers.get(index) + " " + key, String.valueOf(hint));
        core.add("add " + routers.get(index) + " " + key);
    }

    @Override
    public void mobileAddressRemoved(int index, String key) {
        addresses.remove(routers.get(index) + " " + key);
        core.add("remove " + routers.get(index) + " " + key);
    }

    @Override
    public void event(MeshEvent event) {
        if (event.text().isEmpty() || event.module() == null) {
            throw new IllegalStateException("an event without words: " + event);
        }
        events.add(event);
    }
}
