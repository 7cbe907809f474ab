// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import io.linkspan.amqp.Terminus;
import io.linkspan.amqp.codec.RawValue;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.core.mesh.ControlReader;
import io.linkspan.core.mesh.ControlWriter;
import io.linkspan.mesh.RouterId;
import io.linkspan.mesh.message.Hello;
import io.linkspan.mesh.message.LinkState;
import io.linkspan.mesh.message.LinkStateUpdate;
import io.linkspan.mesh.message.MeshMessage;
import io.linkspan.mesh.message.MobileAddress;
import io.linkspan.mesh.message.MobileAddressUpdate;
import io.linkspan.mesh.message.Treatment;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * A router beside one of ours that says no more than the inter-router protocol asks for: a plain AMQP peer with one
 * session, whose control messages carry no annotations. It connects; the test says what else it does.
 */
final class PlainRouter {

    static final Symbol CONTROL = new Symbol("qd.router");
    static final Symbol DATA = new Symbol("qd.router-data");

    /** When it was started, as its messages say. */
    private static final long INSTANCE = 7;

    final RouterId id;
    final Peer peer;

    /** Its data links, by the order in which it attached them. */
    final List<Peer.Receiver> data = new ArrayList<>();

    final List<Peer.Sender> dataOut = new ArrayList<>();

    @SuppressWarnings("NullAway.Init") // Attached first of all.
    Peer.Receiver heard;

    @SuppressWarnings("NullAway.Init") // Attached first of all.
    Peer.Sender control;

    private final Network at;
    private final RouterId other;
    private LinkState.Peer[] links;

    /** One of another product. */
    PlainRouter(Network at, String id) {
        this(at, id, "qpid-dispatch-router");
    }

    PlainRouter(Network at, String id, String product) {
        this.at = at;
        this.id = new RouterId(id);
        this.other = new RouterId(at.core.settings().routerId());
        this.links = new LinkState.Peer[] {new LinkState.Peer(other, 1)};
        this.peer = at.router(id, opens -> opens.properties = RawValue.of(Map.of(new Symbol("product"), product)));
    }

    Peer.Receiver controlReceiver() {
        return peer.receiver(Terminus.source(null).withCapability(CONTROL), 250);
    }

    Peer.Sender controlSender() {
        return peer.sender(Terminus.target(null).withCapability(CONTROL));
    }

    /** It comes with so many pairs of data links, and is taken for a neighbour. */
    void joins(int dataLinks) {
        heard = controlReceiver();
        control = controlSender();
        for (int i = 0; i < dataLinks; i++) {
            data.add(peer.receiver(Terminus.source(null).withCapability(DATA), 250));
            dataOut.add(peer.sender(Terminus.target(null).withCapability(DATA)));
        }
        says(new Hello(id, INSTANCE, List.of()), ControlWriter.HELLO_TO);
        greets();
        second();
        tellsItsLinks(1);
        second();
    }

    /** It hears our router. */
    void greets() {
        says(new Hello(id, INSTANCE, List.of(other)), ControlWriter.HELLO_TO);
    }

    /** From its next link state on it has these neighbours, ours among them. */
    void linkedWith(LinkState.Peer... peers) {
        links = peers.clone();
    }

    void tellsItsLinks(long sequence) {
        says(
                new LinkStateUpdate(id, INSTANCE, new LinkState(id, sequence, List.of(links))),
                ControlWriter.addressOf(other, new LinkStateUpdate(id, INSTANCE, new LinkState(id, 1, List.of()))));
    }

    void says(MeshMessage message, String to) {
        control.send(ControlWriter.encode(message, to), true, 0);
    }

    /** A second passes for our router, and this one is heard. */
    void second() {
        at.core.tick(1);
        at.run();
        greets();
    }

    /** It has receivers for these keys. */
    void has(String... keys) {
        List<MobileAddress> addresses = Stream.of(keys)
                .map(key -> new MobileAddress(key, Treatment.BALANCED))
                .toList();
        says(new MobileAddressUpdate.Differential(id, 1, addresses, List.of()), "_topo/0/all/qdrouter.ma");
    }

    /** Whether our router has a way to it. */
    boolean isReached() {
        var routes = Objects.requireNonNull(at.core.mesh()).routes();
        int index = routes.index(id);
        return index > 0 && routes.isReachable(index);
    }

    /** All that our router has told it by the routing protocol. */
    <T> List<T> told(Class<T> kind) {
        List<T> told = new ArrayList<>();
        for (byte[] message : heard.messages) {
            try {
                MeshMessage read = ControlReader.decode(Unpooled.wrappedBuffer(message));
                if (kind.isInstance(read)) {
                    told.add(kind.cast(read));
                }
            } catch (ControlReader.Unreadable e) {
                throw new AssertionError(e);
            }
        }
        return told;
    }

    /** The entries of a message's maps in their order, KEY=VALUE. */
    static List<String> annotations(byte[] message) {
        List<String> entries = new ArrayList<>();
        for (Object section : MessageSections.of(message).values()) {
            if (section instanceof Map<?, ?> map) {
                map.forEach((key, value) -> entries.add(key + "=" + value));
            }
        }
        return entries;
    }
}
