// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.Terminus;
import io.linkspan.amqp.codec.RawValue;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.amqp.codec.UnsignedByte;
import io.linkspan.amqp.codec.UnsignedInteger;
import io.linkspan.amqp.codec.UnsignedLong;
import io.linkspan.core.fake.Cores;
import io.linkspan.core.link.Link;
import io.linkspan.core.link.OutboundLink;
import io.linkspan.mesh.message.Hello;
import io.linkspan.mesh.message.LinkStateRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A router that says no more than the inter-router protocol asks for joins ours: links, credit, annotations, messages. */
class StandAloneRouterTest {

    private static final AmqpProfile KEEPS_KEYS = RouterAnnotationsTest.stripping("no");

    private final Network a = Network.interior("A");
    private final PlainRouter j = new PlainRouter(a, "J");

    private static ByteBuf message() {
        return AmqpConnectionTest.data(30);
    }

    private static ByteBuf ofPriority(int priority) {
        return Unpooled.wrappedBuffer(
                AmqpConnectionTest.section(0x70, Arrays.asList(false, new UnsignedByte(priority))), message());
    }

    @Test
    @DisplayName("inter-router 0.3, 3.1: 22 links on one session and control messages without a trace are enough")
    void joinsOnOneSession() {
        j.joins(10);
        assertThat(j.isReached()).isTrue();
        assertThat(j.told(Hello.class))
                .last()
                .satisfies(hello -> assertThat(hello.seen()).contains(j.id));
        assertThat(j.told(LinkStateRequest.class)).isNotEmpty();
        j.has("M0jq");
        Peer.Sender sender = a.client().sender("jq");
        assertThat(sender.link().credit()).isEqualTo(250);
        sender.send(message(), false, 1);
        assertThat(j.data.get(4).messages).hasSize(1);
        assertThat(PlainRouter.annotations(j.data.get(4).messages.get(0)))
                .containsExactly("x-opt-qd.to=jq", "x-opt-qd.ingress=0/A", "x-opt-qd.trace=[0/A]");
        assertThat(sender.outcomes).containsExactly("1 accepted settled");
    }

    @Test
    @DisplayName("inter-router 3.2: the n-th data link of a direction is priority n, a further one is a streaming link")
    void prioritiesByOrder() {
        j.heard = j.controlReceiver();
        j.control = j.controlSender();
        // Receivers first, then senders: each direction is counted by itself.
        for (int i = 0; i < 12; i++) {
            j.data.add(j.peer.receiver(Terminus.source(null).withCapability(PlainRouter.DATA), 250));
        }
        for (int i = 0; i < 12; i++) {
            j.dataOut.add(j.peer.sender(Terminus.target(null).withCapability(PlainRouter.DATA)));
        }
        for (boolean out : new boolean[] {false, true}) {
            assertThat(a.core.links().stream()
                            .filter(link -> link.linkType().equals("inter-router"))
                            .filter(link -> link instanceof OutboundLink == out)
                            .map(Link::priority))
                    .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 4, 4);
        }
        j.joins(0);
        j.has("M0jq");
        Peer.Sender sender = a.client().sender("jq");
        for (int priority : new int[] {7, 0, 9, 200}) {
            sender.send(ofPriority(priority), false, priority);
        }
        sender.send(message(), false, 1);
        assertThat(j.data.stream().map(link -> link.messages.size()))
                .containsExactly(1, 0, 0, 0, 1, 0, 0, 1, 0, 2, 0, 0);
    }

    @Test
    @DisplayName("inter-router 3.2, 13: with one pair of data links, as up to release 1.0, it carries all priorities")
    void oneDataLink() {
        j.joins(1);
        j.has("M0jq");
        Peer.Sender sender = a.client().sender("jq");
        for (int priority = 0; priority < 10; priority++) {
            sender.send(ofPriority(priority), false, priority);
        }
        assertThat(j.data.get(0).messages).hasSize(10);
        assertThat(sender.outcomes)
                .hasSize(10)
                .allSatisfy(said -> assertThat(said).endsWith("accepted settled"));
    }

    @Test
    @DisplayName("inter-router 3.2: without any data link the router counts as not reachable, messages are released")
    void noDataLink() {
        j.joins(0);
        j.has("M0jq");
        assertThat(j.isReached()).isTrue();
        Peer.Sender sender = a.client().sender((String) null);
        sender.send(AmqpConnectionTest.to("jq", 5), false, 1);
        sender.send(AmqpConnectionTest.to("jq", 5), true, 2);
        assertThat(sender.outcomes).containsExactly("1 released settled");
        assertThat(sender.link().credit()).isEqualTo(250);
    }

    @Test
    @DisplayName("inter-router 3.2: a priority's link that is gone is replaced by the next lower one")
    void lostDataLink() {
        j.joins(10);
        j.has("M0jq");
        j.data.get(7).link().detach(true, null);
        j.data.get(6).link().detach(true, null);
        a.run();
        a.client().sender("jq").send(ofPriority(7), false, 1);
        assertThat(j.data.get(5).messages).hasSize(1);
    }

    @Test
    @DisplayName("inter-router 3.2, PRI-02: the priority of the address goes before that of the message")
    void priorityOfTheAddress() {
        Cores.create(
                a.core,
                new io.linkspan.core.address.AddressEntities.Request(
                        null, "jq", null, "balanced", false, null, null, 8, false, false));
        j.joins(10);
        j.has("M0jq");
        a.client().sender("jq").send(ofPriority(2), false, 1);
        assertThat(j.data.get(8).messages).hasSize(1);
    }

    @Test
    @DisplayName("inter-router 3.3: credit between routers comes back with forwarding, and no settlement delays it")
    void credit() {
        j.joins(10);
        Peer.Receiver receiver = a.client().receiver("q", 1000);
        receiver.answers = null;
        Peer.Sender sender = j.dataOut.get(4);
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
        j.joins(10);
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
        j.dataOut.get(4).send(Unpooled.wrappedBuffer(old, message()), false, 1);
        assertThat(PlainRouter.annotations(receiver.messages.get(0)))
                .containsExactly("u1=a", "u2=b", "x-opt-qd.to=q", "x-opt-qd.ingress=0/J", "x-opt-qd.trace=[0/J, 0/A]");
        assertThat(j.dataOut.get(4).outcomes).containsExactly("1 accepted settled");
    }

    @Test
    @DisplayName("inter-router 5.3: between routers x-opt-qd.to and the phase decide, then the property, then nothing")
    void destinations() {
        j.joins(10);
        Peer.Receiver phase0 = a.client().receiver("q", 10);
        Peer.Receiver phase1 =
                a.client().receiver(Terminus.source("q").withCapability(new Symbol("qd.waypoint_2")), 10);
        Peer.Receiver fallback =
                a.client().receiver(Terminus.source("q").withCapability(new Symbol("qd.fallback")), 10);
        ByteBuf elsewhere = AmqpConnectionTest.to("elsewhere", 5);
        Peer.Sender sender = j.dataOut.get(4);
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
        j.peer.receiver(Terminus.source(null).withCapabilities(List.of(PlainRouter.CONTROL)), 250);
        j.peer.sender(Terminus.target(null).withCapabilities(List.of(PlainRouter.CONTROL)));
        j.peer.sender(Terminus.target(null).withCapabilities(List.of(PlainRouter.DATA)));
        assertThat(a.core.links().stream().map(Link::linkType))
                .containsExactly("router-control", "router-control", "inter-router");
    }

    @Test
    @DisplayName("inter-router 3.4: streaming links are taken at any time, on any session, and get credit")
    void streamingLinksOfThePeer() {
        j.joins(10);
        Peer.Receiver receiver = a.client().receiver("q", 10);
        Peer.Sender stream = j.peer.sender(Terminus.target(null).withCapability(PlainRouter.DATA));
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
    @DisplayName(
            "inter-router 10: a routed link to J goes out on a session of its own, the container's name behind its own")
    void routedLinks() {
        j.joins(10);
        j.has("Clr", "Dlr");
        Peer client = a.client("app");
        Peer.Sender sender = client.sender("lr.q");
        assertThat(j.peer.takes).hasSize(1);
        assertThat(Objects.requireNonNull(j.peer.takes.get(0).request).name()).endsWith("@app");
        assertThat(Objects.requireNonNull(Objects.requireNonNull(j.peer.takes.get(0).request)
                                .target())
                        .address())
                .isEqualTo("lr.q");
        assertThat(j.peer.routerSessions).isEqualTo(1);
        j.peer.takes.get(0).link().issueCredit(3);
        a.run();
        assertThat(sender.link().credit()).isEqualTo(3);
        ByteBuf user = Unpooled.wrappedBuffer(RouterAnnotationsTest.annotations("x-opt-qd.to", "x"), message());
        byte[] whole = io.netty.buffer.ByteBufUtil.getBytes(user);
        sender.send(user, false, 1);
        assertThat(j.peer.takes.get(0).messages).containsExactly(whole);
        assertThat(sender.outcomes).containsExactly("1 accepted settled");
    }

    @Test
    @DisplayName("inter-router 5.4: no key that 1.19 does not know goes to a router of another product")
    void noKeysOfOurOwnToOthers() {
        Cores.prefix(a.core, "mc", "multicast");
        PlainRouter k = new PlainRouter(a, "K", AmqpProfile.PRODUCT);
        j.joins(10);
        k.joins(10);
        j.greets();
        j.has("M0mc");
        k.has("M0mc");
        a.client().sender("mc").send(message(), false, 1);
        assertThat(PlainRouter.annotations(j.data.get(4).messages.get(0)))
                .containsExactly("x-opt-qd.to=mc", "x-opt-qd.ingress=0/A", "x-opt-qd.trace=[0/A]");
        assertThat(PlainRouter.annotations(k.data.get(4).messages.get(0)))
                .hasSize(4)
                .first()
                .asString()
                .startsWith("x-opt-qd.copy=");
        ByteBuf numbered = RouterAnnotationsTest.annotations(
                "u",
                1,
                "x-opt-qd.copy",
                new UnsignedLong(77),
                "x-opt-qd.to",
                "mc",
                "x-opt-qd.ingress",
                "0/K",
                "x-opt-qd.trace",
                List.of("0/K"));
        k.dataOut.get(4).send(Unpooled.wrappedBuffer(numbered, message()), false, 1);
        assertThat(PlainRouter.annotations(j.data.get(4).messages.get(1)))
                .containsExactly("u=1", "x-opt-qd.to=mc", "x-opt-qd.ingress=0/K", "x-opt-qd.trace=[0/K, 0/A]");
    }
}
