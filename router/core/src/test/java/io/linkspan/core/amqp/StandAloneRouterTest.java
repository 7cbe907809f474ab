// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.OutgoingLink;
import io.linkspan.amqp.Terminus;
import io.linkspan.amqp.codec.RawValue;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.amqp.codec.UnsignedByte;
import io.linkspan.amqp.codec.UnsignedInteger;
import io.linkspan.core.fake.Cores;
import io.linkspan.core.link.Link;
import io.linkspan.core.link.OutboundLink;
import io.linkspan.core.mesh.ControlReader;
import io.linkspan.core.mesh.ControlWriter;
import io.linkspan.core.mesh.Mesh;
import io.linkspan.mesh.RouterId;
import io.linkspan.mesh.message.Hello;
import io.linkspan.mesh.message.LinkState;
import io.linkspan.mesh.message.LinkStateRequest;
import io.linkspan.mesh.message.LinkStateUpdate;
import io.linkspan.mesh.message.MeshMessage;
import io.linkspan.mesh.message.MobileAddress;
import io.linkspan.mesh.message.MobileAddressRequest;
import io.linkspan.mesh.message.MobileAddressUpdate;
import io.linkspan.mesh.message.Treatment;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A router J that says no more than the inter-router protocol asks for joins ours, router A: a plain AMQP peer with one
 * session, whose control messages carry no annotations.
 */
class StandAloneRouterTest {

    private static final RouterId A = new RouterId("A");
    private static final RouterId J = new RouterId("J");
    private static final Symbol CONTROL = new Symbol("qd.router");
    private static final Symbol DATA = new Symbol("qd.router-data");
    private static final AmqpProfile KEEPS_KEYS = RouterAnnotationsTest.stripping("no");

    private final Network a = Network.interior("A");
    private final Peer j = a.router("J");
    private final List<Peer.Receiver> data = new ArrayList<>();
    private final List<Peer.Sender> dataOut = new ArrayList<>();

    @SuppressWarnings("NullAway.Init") // Attached first of all.
    private Peer.Receiver heard;

    @SuppressWarnings("NullAway.Init") // Attached first of all.
    private Peer.Sender control;

    private Peer.Receiver controlReceiver() {
        return j.receiver(Terminus.source(null).withCapability(CONTROL), 250);
    }

    private Peer.Sender controlSender() {
        return j.sender(Terminus.target(null).withCapability(CONTROL));
    }

    /** J comes with so many pairs of data links, and A takes it for its neighbour. */
    private void joins(int dataLinks) {
        heard = controlReceiver();
        control = controlSender();
        for (int i = 0; i < dataLinks; i++) {
            data.add(j.receiver(Terminus.source(null).withCapability(DATA), 250));
            dataOut.add(j.sender(Terminus.target(null).withCapability(DATA)));
        }
        says(new Hello(J, 7, List.of()), ControlWriter.HELLO_TO);
        says(new Hello(J, 7, List.of(A)), ControlWriter.HELLO_TO);
        second();
        says(
                new LinkStateUpdate(J, 7, new LinkState(J, 1, List.of(new LinkState.Peer(A, 1)))),
                "amqp:/_topo/0/A/qdrouter");
        second();
    }

    private void says(MeshMessage message, String to) {
        control.send(ControlWriter.encode(message, to), true, 0);
    }

    private void second() {
        a.core.tick(1);
        a.run();
        says(new Hello(J, 7, List.of(A)), ControlWriter.HELLO_TO);
    }

    private void has(String... keys) {
        List<MobileAddress> addresses = Stream.of(keys)
                .map(key -> new MobileAddress(key, Treatment.BALANCED))
                .toList();
        says(new MobileAddressUpdate.Differential(J, 1, addresses, List.of()), "_topo/0/all/qdrouter.ma");
    }

    private Mesh mesh() {
        return Objects.requireNonNull(a.core.mesh());
    }

    private boolean isReached() {
        int index = mesh().routes().index(J);
        return index > 0 && mesh().routes().isReachable(index);
    }

    private static ByteBuf message() {
        return AmqpConnectionTest.data(30);
    }

    private static ByteBuf ofPriority(int priority) {
        return Unpooled.wrappedBuffer(
                AmqpConnectionTest.section(0x70, Arrays.asList(false, new UnsignedByte(priority))), message());
    }

    private static List<String> annotations(byte[] message) {
        List<String> entries = new ArrayList<>();
        for (Object section : MessageSections.of(message).values()) {
            if (section instanceof Map<?, ?> map) {
                map.forEach((key, value) -> entries.add(key + "=" + value));
            }
        }
        return entries;
    }

    /** All that A has told J by the routing protocol. */
    private <T> List<T> told(Class<T> kind) {
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

    @Test
    @DisplayName("inter-router 0.3, 3.1: 22 links on one session and control messages without a trace are enough")
    void joinsOnOneSession() {
        joins(10);
        assertThat(isReached()).isTrue();
        assertThat(told(Hello.class))
                .last()
                .satisfies(hello -> assertThat(hello.seen()).contains(J));
        assertThat(told(LinkStateRequest.class)).isNotEmpty();
        has("M0jq");
        Peer.Sender sender = a.client().sender("jq");
        assertThat(sender.link().credit()).isEqualTo(250);
        sender.send(message(), false, 1);
        assertThat(data.get(4).messages).hasSize(1);
        assertThat(annotations(data.get(4).messages.get(0)))
                .containsExactly("x-opt-qd.to=jq", "x-opt-qd.ingress=0/A", "x-opt-qd.trace=[0/A]");
        assertThat(sender.outcomes).containsExactly("1 accepted settled");
    }

    @Test
    @DisplayName(
            "inter-router 6, 7.2: A answers LSR with its link state, MAR with all its addresses, or with nothing new")
    void answersQuestions() {
        a.client().receiver("q", 1);
        joins(10);
        says(new LinkStateRequest(J), "amqp:/_topo/0/A/qdrouter");
        assertThat(told(LinkStateUpdate.class)).last().satisfies(update -> {
            assertThat(update.linkState().id()).isEqualTo(A);
            assertThat(update.linkState().peers()).containsExactly(new LinkState.Peer(J, 1));
        });
        says(new MobileAddressRequest(J, 0), "amqp:/_topo/0/A/qdrouter.ma");
        second();
        assertThat(told(MobileAddressUpdate.Absolute.class))
                .singleElement()
                .satisfies(all ->
                        assertThat(all.existing()).containsExactly(new MobileAddress("M0q", Treatment.BALANCED)));
        says(new MobileAddressRequest(J, 1), "amqp:/_topo/0/A/qdrouter.ma");
        second();
        assertThat(told(MobileAddressUpdate.Absolute.class)).hasSize(1);
        for (byte[] message : heard.messages) {
            assertThat(annotations(message)).contains("x-opt-qd.ingress=0/A", "x-opt-qd.trace=[0/A]");
        }
    }

    @Test
    @DisplayName("inter-router 3.2: the n-th data link of a direction is priority n, a further one is a streaming link")
    void prioritiesByOrder() {
        heard = controlReceiver();
        control = controlSender();
        // Receivers first, then senders: each direction is counted by itself.
        for (int i = 0; i < 12; i++) {
            data.add(j.receiver(Terminus.source(null).withCapability(DATA), 250));
        }
        for (int i = 0; i < 12; i++) {
            dataOut.add(j.sender(Terminus.target(null).withCapability(DATA)));
        }
        for (boolean out : new boolean[] {false, true}) {
            assertThat(a.core.links().stream()
                            .filter(link -> link.linkType().equals("inter-router"))
                            .filter(link -> link instanceof OutboundLink == out)
                            .map(Link::priority))
                    .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 4, 4);
        }
        joins(0);
        has("M0jq");
        Peer.Sender sender = a.client().sender("jq");
        for (int priority : new int[] {7, 0, 9, 200}) {
            sender.send(ofPriority(priority), false, priority);
        }
        sender.send(message(), false, 1);
        assertThat(data.stream().map(link -> link.messages.size())).containsExactly(1, 0, 0, 0, 1, 0, 0, 1, 0, 2, 0, 0);
    }

    @Test
    @DisplayName("inter-router 3.2, 13: with one pair of data links, as up to release 1.0, it carries all priorities")
    void oneDataLink() {
        joins(1);
        has("M0jq");
        Peer.Sender sender = a.client().sender("jq");
        for (int priority = 0; priority < 10; priority++) {
            sender.send(ofPriority(priority), false, priority);
        }
        assertThat(data.get(0).messages).hasSize(10);
        assertThat(sender.outcomes)
                .hasSize(10)
                .allSatisfy(said -> assertThat(said).endsWith("accepted settled"));
    }

    @Test
    @DisplayName("inter-router 3.2: without any data link the router counts as not reachable, messages are released")
    void noDataLink() {
        joins(0);
        has("M0jq");
        assertThat(isReached()).isTrue();
        Peer.Sender sender = a.client().sender((String) null);
        sender.send(AmqpConnectionTest.to("jq", 5), false, 1);
        sender.send(AmqpConnectionTest.to("jq", 5), true, 2);
        assertThat(sender.outcomes).containsExactly("1 released settled");
        assertThat(sender.link().credit()).isEqualTo(250);
    }

    @Test
    @DisplayName("inter-router 3.2: a priority's link that is gone is replaced by the next lower one")
    void lostDataLink() {
        joins(10);
        has("M0jq");
        data.get(7).link().detach(true, null);
        data.get(6).link().detach(true, null);
        a.run();
        a.client().sender("jq").send(ofPriority(7), false, 1);
        assertThat(data.get(5).messages).hasSize(1);
    }

    @Test
    @DisplayName("inter-router 3.2, PRI-02: the priority of the address goes before that of the message")
    void priorityOfTheAddress() {
        Cores.create(
                a.core,
                new io.linkspan.core.address.AddressEntities.Request(
                        null, "jq", null, "balanced", false, null, null, 8, false, false));
        joins(10);
        has("M0jq");
        a.client().sender("jq").send(ofPriority(2), false, 1);
        assertThat(data.get(8).messages).hasSize(1);
    }

    @Test
    @DisplayName("inter-router 3.3: credit between routers comes back with forwarding, and no settlement delays it")
    void credit() {
        joins(10);
        Peer.Receiver receiver = a.client().receiver("q", 1000);
        receiver.answers = null;
        Peer.Sender sender = dataOut.get(4);
        for (int i = 0; i < 400; i++) {
            assertThat(sender.link().credit()).isEqualTo(250);
            sender.send(AmqpConnectionTest.to("q", 5), i % 2 == 0, i);
        }
        assertThat(receiver.messages).hasSize(400);
        assertThat(sender.outcomes).isEmpty();
        sender.send(AmqpConnectionTest.to("nobody", 5), false, 400);
        assertThat(sender.outcomes).containsExactly("400 released settled");
        assertThat(sender.link().credit()).isEqualTo(250);
    }

    @Test
    @DisplayName("inter-router 5.4, 13: the layout of 1.18 is read, and goes on in that of 1.19")
    void paddedAnnotations() {
        joins(10);
        Peer.Receiver receiver = a.client(KEEPS_KEYS).receiver("q", 10);
        ByteBuf old = RouterAnnotationsTest.annotations(
                "u1",
                "a",
                "u2",
                "b",
                "x-opt-qd.to",
                "q",
                "x-opt-qd.trace",
                List.of("0/J"),
                "x-opt-qd.ingress",
                "0/J",
                "x-opt-qd.",
                "X",
                "x-opt-qd.",
                "X");
        dataOut.get(4).send(Unpooled.wrappedBuffer(old, message()), false, 1);
        assertThat(annotations(receiver.messages.get(0)))
                .containsExactly("u1=a", "u2=b", "x-opt-qd.to=q", "x-opt-qd.ingress=0/J", "x-opt-qd.trace=[0/J, 0/A]");
        assertThat(dataOut.get(4).outcomes).containsExactly("1 accepted settled");
    }

    @Test
    @DisplayName("inter-router 5.3: between routers x-opt-qd.to and the phase decide, then the property, then nothing")
    void destinations() {
        joins(10);
        Peer.Receiver phase0 = a.client().receiver("q", 10);
        Peer.Receiver phase1 =
                a.client().receiver(Terminus.source("q").withCapability(new Symbol("qd.waypoint_2")), 10);
        Peer.Receiver fallback =
                a.client().receiver(Terminus.source("q").withCapability(new Symbol("qd.fallback")), 10);
        ByteBuf elsewhere = AmqpConnectionTest.to("elsewhere", 5);
        Peer.Sender sender = dataOut.get(4);
        sender.send(
                Unpooled.wrappedBuffer(
                        RouterAnnotationsTest.annotations("x-opt-qd.phase", 1, "x-opt-qd.to", "q"), elsewhere.slice()),
                false,
                1);
        assertThat(phase1.messages).hasSize(1);
        sender.send(
                Unpooled.wrappedBuffer(
                        RouterAnnotationsTest.annotations("x-opt-qd.phase", 22, "x-opt-qd.to", "q"), elsewhere.slice()),
                false,
                2);
        assertThat(fallback.messages).hasSize(1);
        // The phase belongs to the annotation's address.
        sender.send(
                Unpooled.wrappedBuffer(
                        RouterAnnotationsTest.annotations("x-opt-qd.phase", 1), AmqpConnectionTest.to("q", 5)),
                false,
                3);
        assertThat(phase0.messages).hasSize(1);
        sender.send(message(), false, 4);
        sender.send(Unpooled.wrappedBuffer(new byte[] {0, 0x53, 0x73, (byte) 0xa1, 1, 'x'}), false, 5);
        sender.send(Unpooled.wrappedBuffer(RouterAnnotationsTest.annotations("x-opt-qd.to", 1), message()), false, 6);
        assertThat(sender.outcomes.subList(0, 3))
                .containsExactly("1 accepted settled", "2 accepted settled", "3 accepted settled");
        assertThat(sender.outcomes.get(3)).contains("rejected").contains("amqp:precondition-failed");
        assertThat(sender.outcomes.get(4)).contains("rejected").contains("amqp:decode-error");
        assertThat(sender.outcomes.get(5)).contains("rejected").contains("amqp:invalid-field");
        assertThat(sender.link().credit()).isEqualTo(250);
    }

    private static Stream<Arguments> costs() {
        return Stream.of(
                Arguments.of(7, 7),
                Arguments.of(300, 300),
                Arguments.of(-7, 1),
                Arguments.of(7L, 1),
                Arguments.of(new UnsignedInteger(7), 1),
                Arguments.of(new UnsignedByte(7), 1),
                Arguments.of((short) 7, 1),
                Arguments.of("7", 1));
    }

    @ParameterizedTest
    @DisplayName("inter-router 0.7: qd.inter-router-cost counts as an int only")
    @MethodSource("costs")
    void costIsAnInt(Object told, int counts) {
        Map<Object, Object> properties = new LinkedHashMap<>();
        properties.put(new Symbol("product"), "qpid-dispatch-router");
        properties.put(new Symbol("qd.inter-router-cost"), told);
        Peer k = a.router("K", peer -> peer.properties = RawValue.of(properties));
        assertThat(k.connection.routingCost()).isEqualTo(counts);
    }

    @Test
    @DisplayName("inter-router 0.1 (differs): capabilities as an array of one symbol are taken for what they mean")
    void capabilitiesInAnArray() {
        j.receiver(Terminus.source(null).withCapabilities(List.of(CONTROL)), 250);
        j.sender(Terminus.target(null).withCapabilities(List.of(CONTROL)));
        j.sender(Terminus.target(null).withCapabilities(List.of(DATA)));
        assertThat(a.core.links().stream().map(Link::linkType))
                .containsExactly("router-control", "router-control", "inter-router");
    }

    @Test
    @DisplayName("inter-router 3.4: streaming links are taken at any time, on any session, and get credit")
    void streamingLinksOfThePeer() {
        joins(10);
        Peer.Receiver receiver = a.client().receiver("q", 10);
        Peer.Sender stream = j.sender(Terminus.target(null).withCapability(DATA));
        assertThat(stream.link().credit()).isEqualTo(250);
        ByteBuf large = AmqpConnectionTest.to("q", 400_000);
        int id = stream.link().begin(large, 0, 150_000, 0, false, stream, 1);
        a.run();
        assertThat(receiver.arrivingBytes()).isPositive();
        stream.link().part(id, large, 150_000, large.readableBytes() - 150_000, true);
        a.run();
        assertThat(receiver.messages).hasSize(1);
        assertThat(stream.outcomes).containsExactly("1 accepted settled");
        stream.send(AmqpConnectionTest.to("q", 5), false, 2);
        assertThat(receiver.messages).as("the link is kept and used again").hasSize(2);
    }

    @Test
    @DisplayName("inter-router 12: a full MAU of many addresses spans frames, in both directions")
    void manyAddressesInOneMessage() {
        int count = 700;
        Peer client = a.client();
        for (int i = 0; i < count; i++) {
            client.receiver("a.".repeat(40) + i, 0);
        }
        joins(10);
        says(new MobileAddressRequest(J, 0), "amqp:/_topo/0/A/qdrouter.ma");
        second();
        assertThat(told(MobileAddressUpdate.Absolute.class))
                .singleElement()
                .satisfies(all -> assertThat(all.existing()).hasSize(count));
        List<MobileAddress> ours = IntStream.range(0, count)
                .mapToObj(i -> new MobileAddress("M0j." + "b.".repeat(40) + i, Treatment.CLOSEST))
                .toList();
        says(new MobileAddressUpdate.Absolute(J, 5, ours), "amqp:/_topo/0/A/qdrouter.ma");
        assertThat(a.core.address("M0j." + "b.".repeat(40) + 699)).isNotNull();
    }

    @ParameterizedTest
    @DisplayName("a control message beyond its limit ends the control link and no more")
    @ValueSource(ints = {0, 1})
    void largestControlMessage(int beyond) {
        joins(10);
        ByteBuf chunk = Unpooled.buffer(1 << 20).writeZero(1 << 20);
        OutgoingLink link = control.link();
        int id = link.begin(chunk, 0, 1 << 20, 0, true, control, 1);
        a.run();
        for (int sent = 1 << 20; sent < ControlInbound.MAX_MESSAGE_BYTES; sent += 1 << 20) {
            assertThat(link.part(id, chunk, 0, 1 << 20, false)).isTrue();
            a.run();
        }
        link.part(id, chunk, 0, beyond, beyond == 0);
        a.run();
        assertThat(control.detached).isEqualTo(beyond == 1);
        assertThat(isReached()).isEqualTo(beyond == 0);
        assertThat(j.closed).isFalse();
        if (beyond == 1) {
            assertThat(Objects.requireNonNull(control.detachedWith).condition())
                    .hasToString("amqp:link:message-size-exceeded");
            control = controlSender();
            joinsAgain();
        }
        assertThat(isReached()).isTrue();
    }

    private void joinsAgain() {
        second();
        second();
        says(
                new LinkStateUpdate(J, 7, new LinkState(J, 2, List.of(new LinkState.Peer(A, 1)))),
                "amqp:/_topo/0/A/qdrouter");
    }

    @Test
    @DisplayName("a control link in the place of an earlier one stays the neighbour's when the earlier one ends")
    void controlLinksInTurn() {
        joins(10);
        Peer.Receiver firstHeard = heard;
        Peer.Sender firstControl = control;
        heard = controlReceiver();
        control = controlSender();
        firstHeard.link().detach(true, null);
        firstControl.link().detach(true, null);
        a.run();
        assertThat(isReached()).isTrue();
        second();
        assertThat(told(Hello.class)).isNotEmpty();
        control.link().detach(true, null);
        a.run();
        assertThat(isReached()).as("the last one is gone").isFalse();
    }

    @ParameterizedTest
    @DisplayName("inter-router 6.1: what is no control message is passed over, and the neighbour stays")
    @ValueSource(strings = {"opcode", "body", "annotations", "bytes", "nobody", "elsewhere"})
    void whatIsNoControlMessage(String fault) {
        joins(10);
        ByteBuf properties = AmqpConnectionTest.section(0x73, Arrays.asList(null, null, "amqp:/_topo/0/all/qdrouter"));
        ByteBuf opcode = AmqpConnectionTest.section(0x74, Map.of("opcode", "NEW"));
        ByteBuf body = AmqpConnectionTest.section(0x77, Map.of("id", "J"));
        ByteBuf message =
                switch (fault) {
                    case "opcode" -> Unpooled.wrappedBuffer(properties, opcode, body);
                    case "body" -> Unpooled.wrappedBuffer(properties, AmqpConnectionTest.section(0x77, "text"));
                    case "annotations" ->
                        Unpooled.wrappedBuffer(
                                RouterAnnotationsTest.annotations("x-opt-qd.trace", "0/J"), properties, opcode, body);
                    case "bytes" -> Unpooled.wrappedBuffer(new byte[] {0, 0x53, 0x73, (byte) 0xc0, 9});
                    case "nobody" -> ControlWriter.encode(new LinkStateRequest(J), "amqp:/_topo/0/GONE/qdrouter");
                    default -> AmqpConnectionTest.to("q", 5);
                };
        Peer.Receiver client = a.client().receiver("q", 10);
        control.send(message, true, 1);
        second();
        assertThat(isReached()).isTrue();
        assertThat(control.detached).isFalse();
        assertThat(client.messages)
                .as("nothing of a control link reaches clients")
                .isEmpty();
    }

    @Test
    @DisplayName("inter-router 1, 3.1: names of links between routers are qdlink. and 15 characters, all different")
    void namesOfLinks() {
        List<String> names = new ArrayList<>();
        Network b = a.and("B");
        b.connect(a, 1);
        a.core.links().stream()
                .filter(link -> "B".equals(link.connection().facts().container()))
                .forEach(link -> names.add(link.name()));
        assertThat(names)
                .hasSize(22)
                .doesNotHaveDuplicates()
                .allSatisfy(name -> assertThat(name).matches("qdlink\\.[A-Za-z0-9+_]{15}"));
    }

    @Test
    @DisplayName("inter-router 8, 11: what the router serves itself is not announced, nor are temporary sources")
    void notAnnounced() {
        a.core.consume(
                io.linkspan.core.address.AddressKey.mobile("$management"),
                io.linkspan.core.address.Distribution.CLOSEST,
                (amqp, settled, from) -> io.linkspan.amqp.DeliveryState.ACCEPTED);
        Peer client = a.client();
        client.receiver(Terminus.source(null).withDynamic(true), 10);
        client.receiver("_local/mine", 10);
        client.receiver("q", 10);
        joins(10);
        says(new MobileAddressRequest(J, 0), "amqp:/_topo/0/A/qdrouter.ma");
        second();
        assertThat(told(MobileAddressUpdate.Absolute.class))
                .last()
                .satisfies(all ->
                        assertThat(all.existing()).containsExactly(new MobileAddress("M0q", Treatment.BALANCED)));
        assertThat(told(MobileAddressUpdate.Differential.class))
                .allSatisfy(change -> assertThat(change.added())
                        .allSatisfy(address -> assertThat(address.key()).isEqualTo("M0q")));
    }

    @Test
    @DisplayName(
            "inter-router 10: a routed link to J goes out on a session of its own, the container's name behind its own")
    void routedLinks() {
        joins(10);
        has("Clr", "Dlr");
        Peer client = a.client("app");
        Peer.Sender sender = client.sender("lr.q");
        assertThat(j.takes).hasSize(1);
        assertThat(Objects.requireNonNull(j.takes.get(0).request).name()).endsWith("@app");
        assertThat(Objects.requireNonNull(
                                Objects.requireNonNull(j.takes.get(0).request).target())
                        .address())
                .isEqualTo("lr.q");
        assertThat(j.routerSessions).isEqualTo(1);
        j.takes.get(0).link().issueCredit(3);
        a.run();
        assertThat(sender.link().credit()).isEqualTo(3);
        ByteBuf user = Unpooled.wrappedBuffer(RouterAnnotationsTest.annotations("x-opt-qd.to", "x"), message());
        byte[] whole = io.netty.buffer.ByteBufUtil.getBytes(user);
        sender.send(user, false, 1);
        assertThat(j.takes.get(0).messages).containsExactly(whole);
        assertThat(sender.outcomes).containsExactly("1 accepted settled");
    }
}
