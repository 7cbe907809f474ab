// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.mesh;

import io.linkspan.amqp.DeliveryState;
import io.linkspan.core.address.AddressKey;
import io.linkspan.core.address.Member;
import io.linkspan.core.delivery.AmqpBytes;
import io.linkspan.core.delivery.Destination;
import io.linkspan.core.delivery.Origin;
import io.linkspan.core.message.MessageView;
import io.linkspan.core.message.RouterAnnotations;
import io.linkspan.mesh.MeshEvent;
import io.linkspan.mesh.MeshNode;
import io.linkspan.mesh.RouterId;
import io.linkspan.mesh.message.MeshMessage;
import io.linkspan.mesh.path.RouteTable;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The messages of the routing protocol on their way over control links: what this router sends, what comes for it, and
 * what it passes on. Inter-router protocol, 6.1. Confined to the core's loop.
 */
final class ControlMessages {

    private static final String MOBILE = "qdrouter.ma";
    private static final String ROUTER = "qdrouter";
    private static final String HELLO = "qdhello";

    /** Control messages are settled: nothing comes back. */
    private static final Origin NOBODY = new Origin() {
        @Override
        public void forwarded(int key, Destination to, int outKey) {
            throw new IllegalStateException("a control message is settled");
        }

        @Override
        public @Nullable DeliveryState outcome(int key, @Nullable DeliveryState state, boolean settled) {
            throw new IllegalStateException("a control message is settled");
        }

        @Override
        public void handedOver(int key) {
            // No credit comes back to ourselves.
        }

        @Override
        public long ingressTick(int key) {
            return 0;
        }
    };

    private final Mesh mesh;
    private final RouterId self;
    private final MessageView view = new MessageView();
    private final RouterAnnotations keys = new RouterAnnotations();

    // HELLO is the same for all neighbours: written once per tick.
    private @Nullable MeshMessage lastHello;
    private @Nullable ByteBuf lastHelloBytes;

    ControlMessages(Mesh mesh, RouterId self) {
        this.mesh = mesh;
        this.self = self;
    }

    // ---- out -----------------------------------------------------------------------------------------------------

    void sendHello(long connection, MeshMessage hello) {
        ByteBuf bytes = lastHelloBytes;
        if (bytes == null || hello != lastHello) {
            bytes = ControlWriter.encode(hello, ControlWriter.HELLO_TO);
            lastHello = hello;
            lastHelloBytes = bytes;
        }
        offer(mesh.neighbor(connection), bytes, false);
    }

    void send(long connection, MeshMessage message, String to) {
        MeshMessage fit = fitting(connection, message);
        if (fit != null) {
            offer(mesh.neighbor(connection), ControlWriter.encode(fit, to), false);
        }
    }

    void flood(MeshMessage message) {
        String to = ControlWriter.addressOfAll(message);
        ByteBuf bytes = null;
        for (long connection : mesh.node().routes().floodConnections()) {
            if (mesh.node().narrows(connection)) {
                send(connection, message, to);
            } else {
                bytes = bytes == null ? ControlWriter.encode(message, to) : bytes;
                offer(mesh.neighbor(connection), bytes, false);
            }
        }
    }

    private @Nullable MeshMessage fitting(long connection, MeshMessage message) {
        MeshNode node = mesh.node();
        return node.narrows(connection) ? node.narrow(connection, message) : message;
    }

    private static void offer(@Nullable Neighbor neighbor, ByteBuf bytes, boolean routerKeys) {
        Member control = neighbor == null ? null : neighbor.control();
        if (control != null) {
            AmqpBytes content = new AmqpBytes(bytes);
            content.hasRouterKeys(routerKeys);
            control.link().offer(content, control, NOBODY, 0, true);
        }
    }

    // ---- in ------------------------------------------------------------------------------------------------------

    void received(Neighbor from, ByteBuf message) {
        int start = message.readerIndex();
        MessageView.Result result =
                view.readWhole(message, start, message.readableBytes(), MessageView.Depth.PROPERTIES);
        String fault = result == MessageView.Result.OK ? keys.read(view) : "malformed message";
        if (fault != null) {
            ignored(null, "", fault);
            return;
        }
        AddressKey to = destination();
        if (to == null || mesh.passedHere(keys)) {
            // For nobody, or it goes round. How far it came does not matter: what it tells may be that the network is
            // wider.
            return;
        }
        long connection = from.connection().identity();
        switch (to.addressClass()) {
            case LOCAL -> {
                if (to.text().equals(HELLO) || isRouting(to)) {
                    consume(message, connection);
                }
            }
            case TOPOLOGICAL -> {
                if (isRouting(to)) {
                    ByteBuf body = message.slice();
                    MeshMessage read = read(body);
                    if (read != null && mesh.node().onMessage(read, connection, mesh.now())) {
                        relayToAll(message, read);
                    }
                }
            }
            case ROUTER -> relayTo(RouterId.ofPeer(to.text()), message);
            case MOBILE, AREA, EDGE -> {}
        }
    }

    private static boolean isRouting(AddressKey to) {
        return to.text().equals(ROUTER) || to.text().equals(MOBILE);
    }

    private @Nullable AddressKey destination() {
        int at = keys.to() >= 0 ? keys.to() : view.toIndex();
        int length = at < 0 ? 0 : keys.to() >= 0 ? keys.toLength() : view.toLength();
        return length == 0 ? null : mesh.core().parse(new String(view.head(), at, length, StandardCharsets.UTF_8));
    }

    private void consume(ByteBuf message, long connection) {
        MeshMessage read = read(message.slice());
        if (read != null) {
            mesh.node().onMessage(read, connection, mesh.now());
        }
    }

    private @Nullable MeshMessage read(ByteBuf message) {
        try {
            return ControlReader.decode(message);
        } catch (ControlReader.Unreadable e) {
            RouterId sender = e.sender();
            if (sender != null && e.newerVersion() > 0) {
                mesh.node().onNewerProtocol(sender, e.newerVersion());
            } else {
                ignored(sender, e.opcode(), String.valueOf(e.getMessage()));
            }
            return null;
        }
    }

    private void ignored(@Nullable RouterId sender, String opcode, String reason) {
        mesh.core().events().mesh(new MeshEvent.Ignored(sender == null ? self : sender, opcode, reason));
    }

    private void relayToAll(ByteBuf message, MeshMessage read) {
        // Reading has moved nothing: the keys are still those of this message.
        long round = mesh.newRound(keys);
        for (long connection : mesh.node().routes().floodConnections()) {
            Neighbor neighbor = mesh.neighbor(connection);
            if (neighbor != null && neighbor.mark(round)) {
                relay(connection, message, read);
            }
        }
    }

    private void relayTo(@Nullable RouterId router, ByteBuf message) {
        if (router == null) {
            return; // Nobody has such an id.
        }
        RouteTable routes = mesh.node().routes();
        int index = routes.index(router);
        if (index > 0 && routes.isReachable(index)) {
            relay(routes.nextHop(index), message, null);
        }
    }

    private void relay(long connection, ByteBuf message, @Nullable MeshMessage known) {
        if (!mesh.node().narrows(connection)) {
            offer(mesh.neighbor(connection), message, view.hasRouterKeys());
            return;
        }
        MeshMessage read = known == null ? read(message.slice()) : known;
        MeshMessage fit = read == null ? null : mesh.node().narrow(connection, read);
        if (fit == read) {
            offer(mesh.neighbor(connection), message, view.hasRouterKeys());
        } else if (fit != null) {
            // Composed anew: the trace begins again here, and the flood memory of the receivers ends the way.
            int at = view.toIndex();
            String to = new String(view.head(), at, view.toLength(), StandardCharsets.UTF_8);
            offer(mesh.neighbor(connection), ControlWriter.encode(fit, to), false);
        }
    }
}
