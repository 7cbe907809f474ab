// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.codec.Symbol;
import io.linkspan.core.connection.ConnectionRole;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Router annotations between clients and the router: routing, chapter 13. */
class RouterAnnotationsTest {

    private static final AmqpProfile DEFAULT = AmqpProfile.DEFAULT;

    private final Network network = new Network();

    private static AmqpProfile stripping(ConnectionRole role, String strip) {
        return new AmqpProfile(
                null,
                role,
                DEFAULT.engine(),
                null,
                DEFAULT.user(),
                strip.equals("in") || strip.equals("both"),
                strip.equals("out") || strip.equals("both"),
                Map.of(),
                List.of(),
                DEFAULT.patterns(),
                1,
                false,
                Set.of());
    }

    /** The defaults with {@code stripAnnotations} as given. */
    static AmqpProfile stripping(String strip) {
        return stripping(ConnectionRole.NORMAL, strip);
    }

    private static ByteBuf annotated(Object... entries) {
        return Unpooled.wrappedBuffer(annotations(entries), AmqpConnectionTest.data(10));
    }

    /** A section of message annotations: keys and values in turn. */
    static ByteBuf annotations(Object... entries) {
        Map<Object, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < entries.length; i += 2) {
            map.put(new Symbol((String) entries[i]), entries[i + 1]);
        }
        return AmqpConnectionTest.section(0x72, map);
    }

    /** The annotations of a received message in their order, KEY=VALUE. */
    private static List<String> annotationsOf(byte[] message) {
        Object first = MessageSections.of(message).values().get(0);
        List<String> entries = new ArrayList<>();
        if (first instanceof Map<?, ?> map) {
            map.forEach((key, value) -> entries.add(key + "=" + value));
        }
        return entries;
    }

    private static byte[] only(Peer.Receiver receiver) {
        assertThat(receiver.messages).hasSize(1);
        return receiver.messages.get(0);
    }

    @ParameterizedTest
    @DisplayName("ANN-02, ANN-03: what a sender writes and a receiver sees, in all four values of stripAnnotations")
    @CsvSource(
            delimiter = '|',
            value = {
                // The sender's value | the receiver's value | what the receiver sees
                "both | both | u1=a,u2=b",
                "in   | in   | u1=a,u2=b,x-opt-qd.to=q,x-opt-qd.ingress=0/R,x-opt-qd.trace=[0/R]",
                "both | no   | u1=a,u2=b,x-opt-qd.to=q,x-opt-qd.ingress=0/R,x-opt-qd.trace=[0/R]",
                "out  | out  | u1=a,u2=b",
                "no   | both | u1=a,u2=b",
                "no   | no   | u1=a,u2=b,x-opt-qd.stream=1,x-opt-qd.to=q,x-opt-qd.ingress=0/X,x-opt-qd.trace=[0/X,"
                        + " 0/R]",
                "out  | in   | u1=a,u2=b,x-opt-qd.stream=1,x-opt-qd.to=q,x-opt-qd.ingress=0/X,x-opt-qd.trace=[0/X, 0/R]"
            })
    void ann02FourValuesOfStripAnnotations(String from, String to, String seen) {
        for (ConnectionRole role : List.of(ConnectionRole.NORMAL, ConnectionRole.ROUTE_CONTAINER)) {
            Network own = new Network();
            Peer.Receiver receiver = own.client(stripping(role, to)).receiver("q", 10);
            Peer.Sender sender = own.client(stripping(role, from)).sender("q");
            sender.send(
                    annotated(
                            "u1", "a",
                            "x-opt-qd.class", "old",
                            "x-opt-qd.trace", List.of("0/X"),
                            "x-opt-qd.ingress", "0/X",
                            "x-opt-qd.to", "elsewhere",
                            "x-opt-qd.stream", 1,
                            "x-opt-qd.", "X",
                            "u2", "b"),
                    false,
                    1);
            assertThat(String.join(",", annotationsOf(only(receiver)))).isEqualTo(seen);
        }
    }

    @Test
    @DisplayName("ANN-02: without entries of the user a stripped message has no annotations at all")
    void ann02NoSectionWhenNothingIsLeft() {
        Peer.Receiver receiver = network.client(stripping("both")).receiver("q", 10);
        network.client(stripping("no")).sender("q").send(annotated("x-opt-qd.to", "q"), false, 1);
        assertThat(only(receiver)).isEqualTo(ByteBufUtil.getBytes(AmqpConnectionTest.data(10)));
    }

    @Test
    @DisplayName("ANN-03: a message of an anonymous sender gets no x-opt-qd.to")
    void ann03NoToFromAnonymousSenders() {
        Peer.Receiver receiver = network.client(stripping("no")).receiver("q", 10);
        network.client(stripping("no")).sender((String) null).send(AmqpConnectionTest.to("q", 10), false, 1);
        assertThat(annotationsOf(only(receiver))).containsExactly("x-opt-qd.ingress=0/R", "x-opt-qd.trace=[0/R]");
    }

    @Test
    @DisplayName("ANN-07: header, delivery annotations, properties, body and footer pass byte for byte")
    void ann07EverythingElseIsUnchanged() {
        ByteBuf before = Unpooled.wrappedBuffer(
                AmqpConnectionTest.section(0x70, Arrays.asList(true, null, null)),
                AmqpConnectionTest.section(0x71, Map.of(new Symbol("d"), 1)));
        ByteBuf behind = Unpooled.wrappedBuffer(
                AmqpConnectionTest.section(0x73, Arrays.asList("id", null, "q")),
                AmqpConnectionTest.section(0x74, Map.of("p", "v")),
                AmqpConnectionTest.data(300),
                AmqpConnectionTest.section(0x78, Map.of(new Symbol("f"), 2)));
        Peer.Receiver receiver = network.client(stripping("no")).receiver("q", 10);
        Peer.Sender sender = network.client().sender("q");
        for (ByteBuf section : List.of(
                Unpooled.EMPTY_BUFFER, annotations("u", "x"), annotations("u", "x".repeat(300)), nullSection())) {
            ByteBuf message = Unpooled.wrappedBuffer(before.slice(), section, behind.slice());
            sender.send(message.copy(), false, 1);
            byte[] got = receiver.messages.remove(0);
            int head = before.readableBytes();
            assertThat(Arrays.copyOf(got, head)).isEqualTo(ByteBufUtil.getBytes(before));
            assertThat(Arrays.copyOfRange(got, got.length - behind.readableBytes(), got.length))
                    .isEqualTo(ByteBufUtil.getBytes(behind));
            MessageSections sections = MessageSections.of(got);
            assertThat(sections.values()).hasSize(7);
            assertThat(String.valueOf(sections.values().get(2)))
                    .contains("x-opt-qd.to=q, x-opt-qd.ingress=0/R, x-opt-qd.trace=[0/R]");
        }
    }

    private static ByteBuf nullSection() {
        return Unpooled.wrappedBuffer(new byte[] {0, 0x53, 0x72, 0x40});
    }

    @Test
    @DisplayName("ANO-03: x-opt-qd.to with its phase decides where an anonymous sender's message goes")
    void ano03ToAnnotationWithPhase() {
        Peer.Receiver phase0 = network.client().receiver("q", 10);
        Peer.Receiver phase1 = network.client()
                .receiver(io.linkspan.amqp.Terminus.source("q").withCapability(new Symbol("qd.waypoint_2")), 10);
        Peer.Sender sender = network.client(stripping("out")).sender((String) null);
        ByteBuf properties = AmqpConnectionTest.to("other", 10);
        sender.send(
                Unpooled.wrappedBuffer(annotations("x-opt-qd.to", "q", "x-opt-qd.phase", 1), properties.slice()),
                false,
                1);
        assertThat(phase1.messages).hasSize(1);
        sender.send(Unpooled.wrappedBuffer(annotations("x-opt-qd.to", "amqp:/q"), properties.slice()), false, 2);
        assertThat(phase0.messages).hasSize(1);
        // Nobody has the phase.
        sender.send(
                Unpooled.wrappedBuffer(annotations("x-opt-qd.to", "q", "x-opt-qd.phase", 7), properties.slice()),
                false,
                3);
        assertThat(sender.outcomes).containsExactly("1 accepted settled", "2 accepted settled", "3 released settled");
        // With stripping it is the message's own address, which nobody reads.
        Peer.Sender stripped = network.client(stripping("in")).sender((String) null);
        stripped.send(Unpooled.wrappedBuffer(annotations("x-opt-qd.to", "q"), properties.slice()), false, 4);
        assertThat(stripped.outcomes).containsExactly("4 released settled");
    }

    @ParameterizedTest
    @DisplayName("OUT-24: faulty router annotations are rejected where they are believed, and the credit comes back")
    @ValueSource(strings = {"to", "ingress", "trace", "traced", "phase", "large", "map", "odd"})
    void out24FaultyRouterAnnotations(String fault) {
        ByteBuf section =
                switch (fault) {
                    case "to" -> annotations("x-opt-qd.to", 1);
                    case "ingress" -> annotations("x-opt-qd.ingress", new Symbol("0/X"));
                    case "trace" -> annotations("x-opt-qd.trace", "0/X");
                    case "traced" -> annotations("x-opt-qd.trace", List.of(1));
                    case "phase" -> annotations("x-opt-qd.phase", "1");
                    case "large" -> annotations("x-opt-qd.phase", 128);
                    case "map" -> AmqpConnectionTest.section(0x72, List.of("x-opt-qd.to", "q"));
                    default -> Unpooled.wrappedBuffer(new byte[] {0, 0x53, 0x72, (byte) 0xc1, 2, 1, 0x40});
                };
        ByteBuf message = Unpooled.wrappedBuffer(section, AmqpConnectionTest.to("q", 10));
        Peer.Receiver receiver = network.client().receiver("q", 10);
        for (@Nullable String target : Arrays.asList("q", null)) {
            Peer.Sender sender = network.client(stripping("no")).sender(target);
            int credit = sender.link().credit();
            sender.send(message.slice(), false, 1);
            assertThat(sender.outcomes)
                    .singleElement()
                    .asString()
                    .contains("rejected")
                    .contains("amqp:invalid-field");
            assertThat(sender.link().credit()).isEqualTo(credit);
        }
        assertThat(receiver.messages).isEmpty();
    }

    @Test
    @DisplayName("ANN-06: a large message is annotated in its head and streams on behind it")
    void ann06LargeMessages() {
        Peer.Receiver receiver = network.client(stripping("no")).receiver("q", 10);
        Peer.Sender sender = network.client().sender("q");
        for (int size : new int[] {7_000, 9_000, 31_000, 40_000, 400_000}) {
            ByteBuf body = AmqpConnectionTest.data(size);
            sender.send(Unpooled.wrappedBuffer(annotations("u", "v"), body.slice()), false, size);
            byte[] got = receiver.messages.remove(0);
            assertThat(annotationsOf(got))
                    .containsExactly("u=v", "x-opt-qd.to=q", "x-opt-qd.ingress=0/R", "x-opt-qd.trace=[0/R]");
            assertThat(Arrays.copyOfRange(got, got.length - body.readableBytes(), got.length))
                    .isEqualTo(ByteBufUtil.getBytes(body));
        }
    }

    @Test
    @DisplayName("ANN-06: a message that waits keeps what is written into its annotations")
    void ann06QueuedMessages() {
        Peer.Receiver receiver = network.client(stripping("no")).receiver("q", 0);
        Peer.Sender sender = network.client(stripping("no")).sender("q");
        sender.send(annotated("u", 1, "x-opt-qd.ingress", "0/X"), false, 1);
        sender.send(annotated("u", 2), false, 2);
        receiver.link().issueCredit(2);
        network.run();
        assertThat(annotationsOf(receiver.messages.get(0)))
                .containsExactly("u=1", "x-opt-qd.to=q", "x-opt-qd.ingress=0/X", "x-opt-qd.trace=[0/R]");
        assertThat(annotationsOf(receiver.messages.get(1)))
                .containsExactly("u=2", "x-opt-qd.to=q", "x-opt-qd.ingress=0/R", "x-opt-qd.trace=[0/R]");
    }

    @Test
    @DisplayName("ANN-01: a trace and texts beyond 255 octets are written wide")
    void ann01LongValues() {
        String address = "q." + "x".repeat(400);
        List<String> trace = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            trace.add("0/X" + i);
        }
        Peer.Receiver receiver = network.client(stripping("no")).receiver(address, 10);
        network.client(stripping("no")).sender(address).send(annotated("x-opt-qd.trace", trace), false, 1);
        trace.add("0/R");
        assertThat(annotationsOf(only(receiver)))
                .containsExactly("x-opt-qd.to=" + address, "x-opt-qd.ingress=0/R", "x-opt-qd.trace=" + trace);
    }

    @ParameterizedTest
    @EnumSource(
            value = ConnectionRole.class,
            names = {"EDGE", "INTER_ROUTER"})
    @DisplayName("ANN-02: connections among routers strip nothing, whatever is configured")
    void ann02RoutersStripNothing(ConnectionRole role) {
        AmqpProfile profile = stripping(role, "both");
        assertThat(Objects.requireNonNull(network.client(profile).connection).stripsIncoming())
                .isFalse();
    }

    @Test
    @DisplayName("ANN-01: a message with x-opt-qd.stream goes on before its end has come")
    void ann01StreamAnnotation() {
        Peer.Receiver receiver = network.client().receiver("q", 10);
        ByteBuf body = AmqpConnectionTest.data(1000);
        for (boolean streams : new boolean[] {false, true}) {
            Peer.Sender sender = network.client(stripping("no")).sender("q");
            ByteBuf head = streams ? annotations("x-opt-qd.stream", 1) : annotations("u", 1);
            ByteBuf first = Unpooled.wrappedBuffer(head, body.slice(0, 500));
            int id = sender.link().begin(first, 0, first.readableBytes(), 0, false, sender, 1);
            network.run();
            assertThat(receiver.arrivingBytes() > 0).isEqualTo(streams);
            sender.link().part(id, body, 500, body.readableBytes() - 500, true);
            network.run();
            assertThat(receiver.messages).hasSize(1);
            receiver.messages.clear();
            assertThat(sender.outcomes).containsExactly("1 accepted settled");
        }
    }
}
