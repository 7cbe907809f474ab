// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.Terminus;
import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.TypeEncoder;
import io.linkspan.amqp.codec.UnsignedLong;
import io.linkspan.core.address.AddressEntities;
import io.linkspan.core.address.AddressKey;
import io.linkspan.core.address.Distribution;
import io.linkspan.core.connection.ConnectionRole;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Our router in the place of either end of recorded networks of qdrouterd 1.19 says what that end said. */
@DisplayName("recorded networks of qdrouterd 1.19")
class RecordedRoutersTest {

    private static Network router(String id) {
        Network router = Network.interior(id, Distribution.BALANCED);
        address(router, "mc", "multicast");
        address(router, "cl", "closest");
        return router;
    }

    private static void address(Network router, String prefix, String distribution) {
        router.core.createAddress(
                new AddressEntities.Request(prefix, prefix, null, distribution, false, 0, 0, null, false, false));
    }

    /** A message as the recorded clients wrote them. */
    private static ByteBuf text(String text) {
        ByteBuf buf = Unpooled.buffer();
        TypeEncoder.writeValue(buf, new Described(new UnsignedLong(0x70), List.of()));
        TypeEncoder.writeValue(buf, new Described(new UnsignedLong(0x73), List.of()));
        TypeEncoder.writeValue(buf, new Described(new UnsignedLong(0x77), text));
        return buf;
    }

    /** Everything the end said, apart from the routing protocol. */
    private static void sameWords(Replay.Line line) {
        Meaning ours = line.ours();
        Meaning recorded = line.recorded();
        assertThat(ours.open).isEqualTo(recorded.open);
        assertThat(ours.attaches).isEqualTo(recorded.attaches);
        assertThat(ours.deliveries).isEqualTo(recorded.deliveries);
        assertThat(ours.outcomes).isEqualTo(recorded.outcomes);
        assertThat(ours.credit).isEqualTo(recorded.credit);
        assertThat(ours.endings).isEqualTo(recorded.endings);
    }

    /** The changes told by the routing protocol, on one connection. */
    private static void sameRouting(Replay.Line line) {
        for (String opcode : List.of("LSU", "LSR", "MAU", "MAR")) {
            assertThat(said(line.ours(), opcode)).as(opcode).isEqualTo(said(line.recorded(), opcode));
        }
        sameTicks(line);
        assertThat(lastNumbers(line.ours(), true)).as("last RA").isEqualTo(lastNumbers(line.recorded(), true));
    }

    /** The same on all connections of a router: by which of them a message leaves may be a matter of milliseconds. */
    private static void sameRouting(List<Replay.Line> lines) {
        for (String opcode : List.of("LSU", "LSR", "MAU", "MAR")) {
            Set<String> ours = new TreeSet<>();
            Set<String> recorded = new TreeSet<>();
            for (Replay.Line line : lines) {
                ours.addAll(said(line.ours(), opcode));
                recorded.addAll(said(line.recorded(), opcode));
            }
            assertThat(ours).as(opcode).isEqualTo(recorded);
        }
        for (Replay.Line line : lines) {
            sameTicks(line);
            assertThat(lastNumbers(line.ours(), false)).as("last RA").isEqualTo(lastNumbers(line.recorded(), false));
        }
    }

    /** What is said in ticks of a second; docs/differences.md names what the original says besides. */
    private static void sameTicks(Replay.Line line) {
        List<String> hellos = said(line.ours(), "HELLO");
        List<String> recorded = said(line.recorded(), "HELLO");
        boolean remembered = !hellos.isEmpty() && !recorded.isEmpty() && !heardNobody(recorded.get(0));
        assertThat(remembered && heardNobody(hellos.get(0)) ? hellos.subList(1, hellos.size()) : hellos)
                .as("HELLO")
                .isEqualTo(recorded);
        assertThat(said(line.recorded(), "RA")).as("RA").containsSubsequence(said(line.ours(), "RA"));
    }

    /** What was advertised last by each way: by the router itself, and by others whose words it passed on. */
    private static Map<String, String> lastNumbers(Meaning meaning, boolean passedOn) {
        Map<String, String> last = new TreeMap<>();
        for (String text : said(meaning, "RA")) {
            String way = text.substring(text.indexOf("x-opt-qd.trace="));
            if (passedOn || !way.contains(", ")) {
                last.put(way, text);
            }
        }
        return last;
    }

    private static boolean heardNobody(String hello) {
        return hello.contains("seen=[]");
    }

    private static String last(List<String> said) {
        return said.isEmpty() ? "" : said.get(said.size() - 1);
    }

    /** Without what has gone round: we do not pass it on. */
    private static List<String> said(Meaning meaning, String opcode) {
        return meaning.control.getOrDefault(opcode, Set.of()).stream()
                .filter(text -> {
                    String trace = text.substring(text.indexOf("x-opt-qd.trace=[") + "x-opt-qd.trace=[".length());
                    List<String> passed = List.of(trace.replace("]", "").split(", ", -1));
                    return Set.copyOf(passed).size() == passed.size();
                })
                .toList();
    }

    @Test
    @DisplayName("01: router A, which listens")
    void pairAsA() {
        Replay replay = new Replay(router("A"), "A");
        Replay.Line b = replay.line("01-interior-interior/B-to-A", 1);
        Replay.Line client = replay.line("01-interior-interior/clientA-to-A", 0);
        replay.run();
        sameRouting(b);
        sameWords(b);
        sameWords(client);
    }

    @Test
    @DisplayName("01: router B, which connects")
    void pairAsB() {
        Replay replay = new Replay(router("B"), "B");
        Replay.Line a = replay.line("01-interior-interior/B-to-A", 5);
        Replay.Line client = replay.line("01-interior-interior/clientB-to-B", 0);
        replay.run();
        sameRouting(a);
        sameWords(a);
        sameWords(client);
    }

    @Test
    @DisplayName("02, line: router B in the middle passes everything on")
    void lineAsB() {
        Replay replay = new Replay(router("B"), "B");
        Replay.Line a = replay.line("02-three-interiors-line/B-to-A", 2);
        Replay.Line c = replay.line("02-three-interiors-line/C-to-B", 1);
        replay.at(13733.6, c::cut);
        Replay.Line again = replay.line("02-three-interiors-line/C-to-B-2", 1);
        replay.run();
        for (Replay.Line line : List.of(a, c, again)) {
            sameWords(line);
        }
        sameRouting(a);
        sameRouting(c);
    }

    @Test
    @DisplayName("02, line: router A at the end, with its client")
    void lineAsA() {
        Network a = router("A");
        Replay replay = new Replay(a, "A");
        Replay.Line b = replay.line("02-three-interiors-line/B-to-A", 1);
        Peer client = a.client();
        Peer.Sender[] sender = new Peer.Sender[1];
        Peer.Receiver[] receiver = new Peer.Receiver[1];
        replay.at(10727.6, () -> sender[0] = client.sender("q1"));
        replay.at(11128.4, () -> sender[0].send(text("A to C over B"), false, 1));
        replay.at(
                12029.9,
                () -> receiver[0] = client.receiver(Terminus.source(null).withDynamic(true), 10));
        replay.replace("temp.920ZSABphanRUvQ", () -> {
            String address = Objects.requireNonNull(Objects.requireNonNull(
                            Objects.requireNonNull(receiver[0].answer).source())
                    .address());
            return address.substring(address.indexOf("temp."));
        });
        replay.at(13331.9, () -> sender[0].send(text("unsettled when the link is cut"), false, 2));
        // A second later ours has taken the addresses of the lost router away, where the original sends on for a
        // minute.
        replay.until(14700);
        replay.run();
        assertThat(receiver[0].messages).hasSize(1);
        assertThat(sender[0].outcomes).hasSize(2);
        assertThat(sender[0].outcomes.get(0)).isEqualTo("1 accepted settled");
        assertThat(sender[0].outcomes.get(1)).startsWith("2 modified").endsWith("settled");
        sameRouting(b);
        sameWords(b);
    }

    @Test
    @DisplayName("02, line: router C, which comes late, is cut off and comes back")
    void lineAsC() {
        Network c = router("C");
        Replay replay = new Replay(c, "C");
        Replay.Line b = replay.line("02-three-interiors-line/C-to-B", 3);
        replay.at(13733.6, b::cut);
        Replay.Line again = replay.line("02-three-interiors-line/C-to-B-2", 3);
        Peer client = c.client();
        Peer.Receiver[] receiver = new Peer.Receiver[1];
        Peer.Sender[] sender = new Peer.Sender[1];
        replay.at(8527.2, () -> {
            receiver[0] = client.receiver("q1", 10);
            receiver[0].answers = null;
        });
        replay.at(11629.3, () -> receiver[0].settle(receiver[0].ids.get(0), DeliveryState.ACCEPTED));
        replay.at(12430.4, () -> sender[0] = client.sender((String) null));
        replay.at(
                12731.0,
                () -> sender[0].send(
                        Unpooled.wrappedBuffer(
                                AmqpConnectionTest.section(0x70, List.of()),
                                AmqpConnectionTest.section(
                                        0x73, Arrays.asList(null, null, "amqp:/_topo/0/A/temp.920ZSABphanRUvQ")),
                                AmqpConnectionTest.section(0x77, "C to dynamic address of A")),
                        false,
                        1));
        replay.at(27436.2, () -> receiver[0].settle(receiver[0].ids.get(2), DeliveryState.ACCEPTED));
        replay.run();
        assertThat(sender[0].outcomes).containsExactly("1 accepted settled");
        assertThat(receiver[0].messages).hasSize(3);
        sameRouting(b);
        sameWords(b);
        sameWords(again);
    }

    @Test
    @DisplayName("03: router A answers MAR with all its addresses, three times")
    void restartAsA() {
        Network a = router("A");
        Replay replay = new Replay(a, "A");
        Replay.Line b = replay.line("03-restart-and-mar/B-to-A", 1);
        replay.at(16252.8, b::cut);
        Replay.Line restarted = replay.line("03-restart-and-mar/B-to-A-2", 1);
        replay.at(23629.3, restarted::cut);
        Replay.Line afterCut = replay.line("03-restart-and-mar/B-to-A-3", 1);
        Peer client = a.client();
        Peer.Receiver[] first = new Peer.Receiver[1];
        replay.at(5601.6, () -> first[0] = client.receiver("first", 10));
        List<Peer.Receiver> others = new ArrayList<>();
        replay.at(7602.7, () -> others.add(client.receiver("missed", 10)));
        replay.at(9604.8, () -> others.add(client.receiver("third", 10)));
        replay.at(23930.0, () -> {
            first[0].link().detach(true, null);
            a.run();
        });
        replay.at(23930.5, () -> others.add(client.receiver("while-cut", 10)));
        replay.at(34000, () -> {
            others.forEach(receiver -> receiver.link().detach(true, null));
            a.run();
        });
        replay.run();
        for (Replay.Line line : List.of(b, restarted, afterCut)) {
            sameRouting(line);
            sameWords(line);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"A", "B"})
    @DisplayName("06: large messages, streamed and aborted, over the links of their own")
    void largeMessages(String us) {
        Replay replay = new Replay(router(us), us);
        Replay.Line line = replay.line("06-large-messages/B-to-A", 1);
        Replay.Line client =
                replay.line(us.equals("A") ? "06-large-messages/clientA-to-A" : "06-large-messages/clientB-to-B", 0);
        replay.run();
        sameRouting(line);
        sameWords(client);
        sameWords(line);
    }

    @Test
    @DisplayName("02, triangle: router A sends by the cheap path and makes one copy for both others")
    void triangleAsA() {
        Network a = router("A");
        Replay replay = new Replay(a, "A");
        Replay.Line b = replay.line("02-three-interiors-triangle/B-to-A", 1);
        Replay.Line c = replay.line("02-three-interiors-triangle/C-to-A", 1);
        Peer client = a.client();
        Peer.Sender[] q1 = new Peer.Sender[1];
        Peer.Sender[] multicast = new Peer.Sender[1];
        Peer.Receiver[] receiver = new Peer.Receiver[1];
        replay.at(8829.4, () -> q1[0] = client.sender("q1"));
        replay.at(9230.5, () -> q1[0].send(text("cheap path A-B-C"), false, 1));
        replay.at(9731.4, () -> receiver[0] = client.receiver("mc.x", 10));
        replay.at(11734.0, () -> multicast[0] = client.sender("mc.x"));
        replay.at(12034.8, () -> multicast[0].send(text("multicast in a triangle"), false, 2));
        replay.at(12635.4, () -> {
            receiver[0].link().detach(true, null);
            a.run();
        });
        replay.at(16839.4, () -> q1[0].send(text("direct path A-C"), false, 3));
        replay.at(24040.1, () -> q1[0].send(text("cheap path again"), false, 4));
        replay.run();
        assertThat(q1[0].outcomes).containsExactly("1 accepted settled", "3 accepted settled", "4 accepted settled");
        assertThat(multicast[0].outcomes).containsExactly("2 accepted settled");
        assertThat(receiver[0].messages).hasSize(1);
        sameRouting(List.of(b, c));
        for (Replay.Line line : List.of(b, c)) {
            sameWords(line);
        }
    }

    @Test
    @DisplayName("02, triangle: router B between both passes one copy on")
    void triangleAsB() {
        Network b = router("B");
        Replay replay = new Replay(b, "B");
        Replay.Line a = replay.line("02-three-interiors-triangle/B-to-A", 1);
        Replay.Line c = replay.line("02-three-interiors-triangle/C-to-B", 1);
        replay.at(13839.0, c::cut);
        Replay.Line again = replay.line("02-three-interiors-triangle/C-to-B-2", 1);
        Peer client = b.client();
        Peer.Receiver[] receiver = new Peer.Receiver[1];
        replay.at(9732.2, () -> receiver[0] = client.receiver("mc.x", 10));
        replay.at(12635.7, () -> {
            receiver[0].link().detach(true, null);
            b.run();
        });
        replay.run();
        assertThat(receiver[0].messages).hasSize(1);
        sameRouting(List.of(a, c, again));
        for (Replay.Line line : List.of(a, c, again)) {
            sameWords(line);
        }
    }

    @Test
    @DisplayName("02, triangle: router C gets one copy, loses the cheap link and has it back")
    void triangleAsC() {
        Network c = router("C");
        Replay replay = new Replay(c, "C");
        Replay.Line a = replay.line("02-three-interiors-triangle/C-to-A", 5);
        Replay.Line b = replay.line("02-three-interiors-triangle/C-to-B", 1);
        replay.at(13839.0, b::cut);
        Replay.Line again = replay.line("02-three-interiors-triangle/C-to-B-2", 1);
        Peer client = c.client();
        Peer.Receiver[] receivers = new Peer.Receiver[2];
        replay.at(6829.1, () -> receivers[0] = client.receiver("q1", 10));
        replay.at(9733.2, () -> receivers[1] = client.receiver("mc.x", 10));
        replay.at(12637.9, () -> {
            receivers[1].link().detach(true, null);
            c.run();
        });
        replay.at(25400, () -> {
            receivers[0].link().detach(true, null);
            c.run();
        });
        replay.run();
        assertThat(receivers[0].messages).hasSize(3);
        assertThat(receivers[1].messages).hasSize(1);
        sameRouting(List.of(a, b, again));
        for (Replay.Line line : List.of(a, b, again)) {
            sameWords(line);
        }
    }

    @Test
    @DisplayName("03: router B asks with MAR for what it missed")
    void restartAsB() {
        Network b = router("B");
        Replay replay = new Replay(b, "B");
        Replay.Line a = replay.line("03-restart-and-mar/B-to-A", 1);
        Peer client = b.client();
        Peer.Sender[] senders = new Peer.Sender[3];
        replay.at(13648.7, () -> senders[0] = client.sender("first"));
        replay.at(13849.2, () -> senders[0].send(text("to first"), false, 1));
        replay.at(13849.6, () -> senders[1] = client.sender("missed"));
        replay.at(14050.3, () -> senders[1].send(text("to missed"), false, 2));
        replay.at(14050.7, () -> senders[2] = client.sender("third"));
        replay.at(14251.5, () -> senders[2].send(text("to third"), false, 3));
        replay.at(14752.3, () -> client.receiver("onB", 10));
        replay.until(16200);
        replay.run();
        for (int i = 0; i < senders.length; i++) {
            assertThat(senders[i].outcomes).containsExactly((i + 1) + " accepted settled");
        }
        sameRouting(a);
        assertThat(a.recorded().control).containsKey("MAR");
        sameWords(a);
    }

    @Test
    @DisplayName("03: router B, started again, asks with MAR for everything, and after a cut for what it missed")
    void restartedAsB() {
        Network b = router("B");
        Replay replay = new Replay(b, "B");
        Replay.Line a = replay.line("03-restart-and-mar/B-to-A-2", 1);
        replay.at(23629.3, a::cut);
        Replay.Line afterCut = replay.line("03-restart-and-mar/B-to-A-3", 1);
        Peer client = b.client();
        Peer.Sender[] sender = new Peer.Sender[1];
        Peer.Receiver[] receiver = new Peer.Receiver[1];
        replay.at(21327.6, () -> sender[0] = client.sender("first"));
        replay.at(21728.1, () -> sender[0].send(text("after restart"), false, 1));
        replay.at(22028.6, () -> receiver[0] = client.receiver("onB-new", 10));
        replay.at(33600, () -> {
            receiver[0].link().detach(true, null);
            b.run();
        });
        replay.run();
        assertThat(sender[0].outcomes).containsExactly("1 accepted settled");
        for (Replay.Line line : List.of(a, afterCut)) {
            sameRouting(line);
            assertThat(line.recorded().control).containsKey("MAR");
            sameWords(line);
        }
    }

    @ParameterizedTest
    @DisplayName("08: links between routers on other listeners, and other links between routers, are refused (ANO-14,"
            + " ANO-15)")
    @CsvSource({
        "01-interrouter-connector-on-normal-listener, NORMAL",
        "02-interrouter-connector-on-edge-listener, EDGE",
        "03-edge-connector-on-interrouter-listener, INTER_ROUTER",
        "04-edge-connector-on-normal-listener, NORMAL",
        "05-client-on-interrouter-listener, INTER_ROUTER"
    })
    void refusals(String name, ConnectionRole role) {
        Network a = Network.interior("A", Distribution.UNAVAILABLE);
        address(a, "known", "balanced");
        a.core.consume(
                AddressKey.mobile("$management"),
                Distribution.CLOSEST,
                (amqp, settled, from) -> DeliveryState.ACCEPTED);
        Replay replay = new Replay(a, "A");
        Replay.Line line = replay.line(
                "08-refusals/" + name,
                role == ConnectionRole.NORMAL ? AmqpProfile.DEFAULT : AmqpProfile.DEFAULT.of(null, role));
        replay.run();
        assertThat(withoutNumbers(line.ours().attaches))
                .isNotEmpty()
                .containsExactlyInAnyOrderElementsOf(withoutNumbers(line.recorded().attaches));
        assertThat(withoutNumbers(line.ours().endings))
                .containsExactlyInAnyOrderElementsOf(withoutNumbers(line.recorded().endings));
    }

    /** Without channel and handle, and of an attach the own terminus only: the other one is the peer's business. */
    private static List<String> withoutNumbers(List<String> lines) {
        return lines.stream()
                .map(line -> line.replaceFirst("^[0-9]+ ", "")
                        .replaceFirst("detach [0-9]+", "detach")
                        .replaceFirst("^receiver.*target", "receiver target")
                        .replaceFirst("^sender.*(source=.*) target.*", "sender $1"))
                .toList();
    }

    @ParameterizedTest
    @DisplayName("08 (differs): our connector on a listener of another role ends the connection with what it was told")
    @CsvSource({"01-interrouter-connector-on-normal-listener, W1", "02-interrouter-connector-on-edge-listener, W2"})
    void refused(String name, String us) {
        Network ours = router(us);
        Replay replay = new Replay(ours, us);
        Replay.Line line = replay.line("08-refusals/" + name, 1);
        replay.run();
        assertThat(line.ours().open).isEqualTo(line.recorded().open);
        assertThat(line.ours().attaches).hasSize(22).isEqualTo(line.recorded().attaches);
        assertThat(line.ours().control).isEmpty();
        assertThat(last(line.ours().endings))
                .startsWith("close ")
                .contains("qd:connection-role", "qd:forbidden Connectivity to the node is forbidden");
        assertThat(ours.core.connections()).isEmpty();
    }

    @Test
    @DisplayName("08: our connector at a router with our own id hears it and leaves it alone")
    void sameIdAsConnector() {
        Replay replay = new Replay(router("A"), "A2");
        Replay.Line line = replay.line("08-refusals/06-router-with-same-id-as-listener", 1);
        replay.run();
        sameRouting(line);
        sameWords(line);
    }

    @ParameterizedTest
    @DisplayName("08: our connector beside another one with our own id at the same router")
    @CsvSource({"first, B1", "second, B2"})
    void oneOfTwoRoutersWithOneId(String name, String us) {
        Replay replay = new Replay(router("B"), us);
        Replay.Line line = replay.line("08-refusals/07-two-routers-with-one-id-" + name, 1);
        replay.run();
        sameRouting(line);
        sameWords(line);
    }

    @Test
    @DisplayName("08: a second router A is heard and left alone")
    void sameId() {
        Replay replay = new Replay(Network.interior("A", Distribution.UNAVAILABLE), "A");
        Replay.Line line = replay.line("08-refusals/06-router-with-same-id-as-listener", 1);
        replay.run();
        sameRouting(line);
        assertThat(line.ours().attaches).isEqualTo(line.recorded().attaches);
        assertThat(line.ours().endings).isEmpty();
    }

    @Test
    @DisplayName("08: of two routers B the one that is connected is used, and the other is heard")
    void twoRoutersWithOneId() {
        Network a = Network.interior("A", Distribution.UNAVAILABLE);
        Replay replay = new Replay(a, "A");
        Replay.Line first = replay.line("08-refusals/07-two-routers-with-one-id-first", 1);
        Replay.Line second = replay.line("08-refusals/07-two-routers-with-one-id-second", 1);
        replay.run();
        for (Replay.Line line : List.of(first, second)) {
            assertThat(line.ours().attaches).isEqualTo(line.recorded().attaches);
            assertThat(line.ours().endings).isEmpty();
        }
        // The original floods its changing mind; ours names one neighbour B.
        assertThat(first.ours().control.getOrDefault("RA", Set.of())).hasSizeLessThan(4);
    }
}
