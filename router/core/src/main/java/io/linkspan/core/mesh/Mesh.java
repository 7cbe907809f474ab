// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.mesh;

import io.linkspan.amqp.DeliveryState;
import io.linkspan.core.RouterCore;
import io.linkspan.core.address.Address;
import io.linkspan.core.address.AddressClass;
import io.linkspan.core.address.AddressKey;
import io.linkspan.core.address.AddressTable;
import io.linkspan.core.address.Distribution;
import io.linkspan.core.address.TopicDirectory;
import io.linkspan.core.linkroute.LinkRoutePattern;
import io.linkspan.core.linkroute.LinkRoutes;
import io.linkspan.core.message.RouterAnnotations;
import io.linkspan.mesh.Effects;
import io.linkspan.mesh.KnownRouter;
import io.linkspan.mesh.MeshConfig;
import io.linkspan.mesh.MeshEvent;
import io.linkspan.mesh.MeshNode;
import io.linkspan.mesh.PeerProduct;
import io.linkspan.mesh.RouterId;
import io.linkspan.mesh.message.MeshMessage;
import io.linkspan.mesh.message.Treatment;
import io.linkspan.mesh.path.RouteTable;
import io.linkspan.mesh.path.ValidOrigins;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * This router's place in the network: runs the routing protocol over the neighbours' control links, and keeps for
 * forwarding which routers there are, by which connection each is reached, and what addresses each has.
 *
 * <p>Confined to the core's loop. Time is the core's tick.
 */
public final class Mesh {

    /** Addresses that only routers send to, over control links (routing ADR-14). */
    private static final String[] CONTROL = {"qdhello", "qdrouter", "qdrouter.ma"};

    private final RouterCore core;
    private final MeshNode node;
    private final ControlMessages control;
    private final ValidOrigins origins = new ValidOrigins();
    private final CopyNumbers numbers;
    private final StrangeCopies strangers = new StrangeCopies();
    private final NodeIds nodeIds = new NodeIds();
    private final TopicDirectory topics;
    private final Map<Long, Neighbor> neighbors = new LinkedHashMap<>();
    private @Nullable RouterNode[] nodes = new RouterNode[8];
    private RouteTable routes;
    private final MeshConfig config;
    private final long startTick;
    private long lastChange;
    private long round;
    private boolean passedHere;

    /**
     * A place in a network of which nothing is known yet.
     *
     * @param topicKeys private keys that are taken from one router
     */
    public Mesh(RouterCore core, MeshConfig config, int topicKeys) {
        this.core = core;
        this.config = config;
        this.numbers = new CopyNumbers(config.instance());
        this.startTick = core.tick();
        nodeIds.put(config.self().value(), RouteTable.SELF);
        node = new MeshNode(config, new Wishes(), now());
        routes = node.routes();
        control = new ControlMessages(this, config.self());
        topics = new TopicDirectory(core.table(), topicKeys);
        core.table().announceTo(new OwnReceivers());
        core.linkRoutes().advertiser(new OwnContainers());
        for (String name : CONTROL) {
            core.consume(AddressKey.local(name), Distribution.CLOSEST, (amqp, settled, from) -> DeliveryState.RELEASED);
        }
        for (int i = 1; i < CONTROL.length; i++) {
            core.consume(
                    new AddressKey(AddressClass.TOPOLOGICAL, 0, CONTROL[i]),
                    Distribution.FLOOD,
                    (amqp, settled, from) -> DeliveryState.RELEASED);
        }
    }

    RouterCore core() {
        return core;
    }

    MeshNode node() {
        return node;
    }

    long now() {
        return core.tick() * MeshNode.TICK_NS;
    }

    // ---- time, connections, messages ---------------------------------------------------------------------------

    /** A second has passed. */
    public void tick() {
        node.tick(now());
        neighbors.values().forEach(neighbor -> neighbor.tick(core.tick()));
    }

    /**
     * The control link of a connection is up.
     *
     * @param peer the container of the other end
     * @param cost the greater of both ends' costs
     * @return false when the container cannot be a router's id
     */
    public boolean neighborUp(Neighbor neighbor, String peer, int cost, boolean linkspan) {
        RouterId id = RouterId.ofPeer(peer);
        if (id == null) {
            return false;
        }
        neighbors.put(neighbor.connection().identity(), neighbor);
        PeerProduct product = linkspan ? PeerProduct.LINKSPAN : PeerProduct.OTHER;
        node.connectionUp(neighbor.connection().identity(), id, cost, product, now());
        return true;
    }

    /** The control link of a connection is gone. */
    public void neighborDown(Neighbor neighbor) {
        if (neighbors.remove(neighbor.connection().identity(), neighbor)) {
            node.connectionDown(neighbor.connection().identity(), now());
        }
    }

    /** A control message came, whole; the bytes are borrowed. */
    public void received(Neighbor from, ByteBuf message) {
        control.received(from, message);
    }

    @Nullable
    Neighbor neighbor(long connection) {
        return neighbors.get(connection);
    }

    // ---- for management ------------------------------------------------------------------------------------------

    /** All known routers, this one first. */
    public List<KnownRouter> known() {
        return node.routers();
    }

    /** How many there are. */
    public int routerCount() {
        return node.routers().size();
    }

    /** The place of an inter-router connection among those there are, from 0; -1 for none of them. */
    public long linkNumber(long connection) {
        return List.copyOf(neighbors.keySet()).indexOf(connection);
    }

    /** When paths or routers changed last, in seconds since 1970; 0 for never. */
    public long lastChangeEpochSeconds() {
        return lastChange == 0 ? 0 : config.instance() + lastChange - startTick;
    }

    // ---- for forwarding ------------------------------------------------------------------------------------------

    /** Moves with every change of paths and routers. */
    public RouteTable routes() {
        return routes;
    }

    /** The router with a number, or null. */
    public @Nullable RouterNode node(int index) {
        return index > 0 && index < nodes.length ? nodes[index] : null;
    }

    /** The router an id belongs to; {@link RouteTable#UNKNOWN} when it is not known. */
    public int indexOf(byte[] nodeId, int at, int length) {
        return nodeIds.find(nodeId, at, length);
    }

    /** Where in the network a message came in, by its annotations; {@link RouteTable#SELF} without an ingress. */
    public int origin(@Nullable RouterAnnotations keys) {
        return keys == null || keys.ingress() < 0
                ? RouteTable.SELF
                : indexOf(keys.bytes(), keys.ingress(), keys.ingressLength());
    }

    /** Whether a copy that came in at {@code origin} may be sent by this router towards another (routing DST-25). */
    public boolean isValid(int origin, RouterNode destination) {
        return origins.isValid(routes, origin, destination.index());
    }

    /** The number of the next message that goes from here to many in the network (ADR 0016). */
    public long nextCopyNumber() {
        return numbers.next();
    }

    /** Whether a message from another router is not one for many that has been here before (ADR 0016). */
    public boolean isFirstCopy(RouterAnnotations keys) {
        if (keys.copy() == 0 || keys.ingress() < 0) {
            return true;
        }
        int origin = origin(keys);
        RouterNode from = node(origin);
        if (from != null) {
            return from.isFirstCopy(keys.copy());
        }
        return origin != RouteTable.SELF && strangers.add(ingress(keys), keys.copy());
    }

    private static String ingress(RouterAnnotations keys) {
        return new String(keys.bytes(), keys.ingress(), keys.ingressLength(), StandardCharsets.UTF_8);
    }

    /** Whether this router is among those that a message has passed. */
    boolean passedHere(RouterAnnotations keys) {
        newRound(keys);
        return passedHere;
    }

    /** A number for {@link Neighbor#mark}, and the neighbours that a message has passed are marked with it. */
    public long newRound(@Nullable RouterAnnotations keys) {
        round++;
        passedHere = false;
        if (keys != null && keys.traceCount() > 0) {
            keys.forEachPassed(this::exclude);
        }
        return round;
    }

    private void exclude(byte[] bytes, int at, int length) {
        int index = indexOf(bytes, at, length);
        passedHere |= index == RouteTable.SELF;
        if (index > 0) {
            Neighbor neighbor = neighbors.get(routes.neighborConnection(index));
            if (neighbor != null) {
                neighbor.mark(round);
            }
        }
    }

    // ---- addresses -------------------------------------------------------------------------------------------------

    /** Who receives at this router is told to the others. */
    private final class OwnReceivers implements AddressTable.Announcements {

        @Override
        public void announce(Address address, boolean there) {
            AddressKey key = address.key();
            if (key.addressClass() != AddressClass.MOBILE && key.addressClass() != AddressClass.EDGE) {
                return;
            }
            if (there) {
                Mesh.this.announce(address.keyText(), hint(address));
            } else {
                withdraw(address.keyText());
            }
        }

        @Override
        public void announceTopics(String key, boolean there) {
            if (there) {
                Mesh.this.announce(key, Treatment.MULTICAST);
            } else {
                withdraw(key);
            }
        }
    }

    private static Treatment hint(Address address) {
        return switch (address.distribution()) {
            case MULTICAST -> Treatment.MULTICAST;
            case CLOSEST -> Treatment.CLOSEST;
            case FLOOD -> Treatment.MULTICAST_FLOOD;
            case LINK_BALANCED -> Treatment.LINK_BALANCED;
            case BALANCED, UNAVAILABLE -> address.hasTopicReceiversOnly() ? Treatment.MULTICAST : Treatment.BALANCED;
        };
    }

    private void announce(String key, Treatment treatment) {
        node.addressAdded(key, treatment);
    }

    private void withdraw(String key) {
        node.addressRemoved(key);
    }

    private static Distribution distribution(Treatment hint) {
        return switch (hint) {
            case MULTICAST_FLOOD -> Distribution.FLOOD;
            case MULTICAST -> Distribution.MULTICAST;
            case CLOSEST -> Distribution.CLOSEST;
            case BALANCED, LINK_BALANCED -> Distribution.BALANCED;
        };
    }

    /** The patterns that have containers at this router are told to the others (LNK-02). */
    private final class OwnContainers implements LinkRoutes.Advertiser {

        @Override
        public void activated(LinkRoutePattern pattern) {
            announce(pattern.key(), Treatment.LINK_BALANCED);
        }

        @Override
        public void deactivated(LinkRoutePattern pattern) {
            withdraw(pattern.key());
        }
    }

    /** What the routing protocol wants done. */
    private final class Wishes implements Effects {

        @Override
        public void sendToNeighbor(long connection, MeshMessage message) {
            control.sendHello(connection, message);
        }

        @Override
        public void sendToRouter(RouterId router, MeshMessage message) {
            int index = node.routes().index(router);
            if (index > 0) {
                control.send(node.routes().nextHop(index), message, ControlWriter.addressOf(router, message));
            }
        }

        @Override
        public void flood(MeshMessage message) {
            control.flood(message);
        }

        @Override
        public void routesChanged(RouteTable table) {
            routes = table;
            lastChange = core.tick();
            for (int index = 1; index < nodes.length; index++) {
                RouterNode router = nodes[index];
                if (router != null) {
                    boolean known = index < table.size();
                    router.path(
                            known ? neighbors.get(table.nextHop(index)) : null,
                            known ? table.cost(index) : Integer.MAX_VALUE);
                }
            }
        }

        @Override
        public void routerAppeared(RouterId router, int index) {
            if (index >= nodes.length) {
                nodes = Arrays.copyOf(nodes, Math.max(index + 1, nodes.length * 2));
            }
            RouterNode appeared = new RouterNode(router, index, strangers.take(NodeIds.text(router.value())));
            nodes[index] = appeared;
            nodeIds.put(router.value(), index);
            core.table().addRemote(new AddressKey(AddressClass.ROUTER, 0, router.value()), appeared, null);
        }

        @Override
        public void routerGone(RouterId router, int index) {
            RouterNode gone = nodes[index];
            nodes[index] = null;
            nodeIds.remove(router.value());
            if (gone != null) {
                strangers.keep(NodeIds.text(router.value()), gone.seenCopies());
                core.table().removeRemote(new AddressKey(AddressClass.ROUTER, 0, router.value()), gone);
            }
        }

        @Override
        public void mobileAddressAdded(int index, String key, @Nullable Treatment hint) {
            RouterNode router = node(index);
            AddressKey address = AddressKey.ofAnnouncement(key);
            if (router == null) {
                return;
            }
            if (address != null) {
                topics.added(router, address, hint == null ? null : distribution(hint));
                return;
            }
            String ignored = TopicDirectory.isPrivate(key)
                    ? topics.added(router, key)
                    : core.linkRoutes().addRemote(key, router) ? null : "its class is not known";
            if (ignored != null) {
                core.events().keyIgnored(router, key, ignored, router.countIgnoredKey());
            }
        }

        @Override
        public void mobileAddressRemoved(int index, String key) {
            RouterNode router = node(index);
            AddressKey address = AddressKey.ofAnnouncement(key);
            if (router == null) {
                return;
            }
            if (address != null) {
                topics.removed(router, address);
            } else if (TopicDirectory.isPrivate(key)) {
                topics.removed(router, key);
            } else {
                core.linkRoutes().removeRemote(key, router);
            }
        }

        @Override
        public void event(MeshEvent event) {
            core.events().mesh(event);
        }
    }
}
