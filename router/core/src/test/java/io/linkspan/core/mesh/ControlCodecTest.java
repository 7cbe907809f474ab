// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linkspan.amqp.codec.AmqpArray;
import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.amqp.codec.TypeEncoder;
import io.linkspan.amqp.codec.UnsignedByte;
import io.linkspan.amqp.codec.UnsignedInteger;
import io.linkspan.amqp.codec.UnsignedLong;
import io.linkspan.amqp.codec.UnsignedShort;
import io.linkspan.core.message.MessageFront;
import io.linkspan.core.message.MessageView;
import io.linkspan.core.message.RouterAnnotations;
import io.linkspan.core.message.RouterStamp;
import io.linkspan.mesh.RouterId;
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
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The messages of the routing protocol as bytes: inter-router protocol, sections 6, 8 and the examples of 15. */
class ControlCodecTest {

    private static final RouterId A = new RouterId("A");
    private static final RouterId B = new RouterId("B");
    private static final long INSTANCE = 0x6b008e1cL;

    /** Hex digits with text in quotes between them. */
    private static String bytes(String example) {
        StringBuilder hex = new StringBuilder();
        String[] parts = example.split("\"", -1);
        for (int i = 0; i < parts.length; i++) {
            hex.append(
                    i % 2 == 0
                            ? parts[i].replaceAll("\\s", "")
                            : ByteBufUtil.hexDump(parts[i].getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        }
        return hex.toString();
    }

    /** The message as it leaves router A. */
    private static String sent(MeshMessage message, String to) {
        ByteBuf encoded = ControlWriter.encode(message, to);
        MessageView view = new MessageView();
        RouterAnnotations keys = new RouterAnnotations();
        view.read(encoded, 0, encoded.readableBytes(), MessageView.Depth.ANNOTATIONS);
        keys.read(view);
        return ByteBufUtil.hexDump(new RouterStamp("A")
                .stamped(new MessageFront(), UnpooledByteBufAllocator.DEFAULT, view, keys, null, 0));
    }

    private static String body(String whole) {
        return whole.substring(whole.indexOf("005377"));
    }

    @Test
    @DisplayName("inter-router 15: HELLO of A with its whole envelope")
    void helloByteForByte() {
        assertThat(sent(new Hello(A, INSTANCE, List.of()), ControlWriter.HELLO_TO))
                .isEqualTo(bytes("""
                00 53 70 d0 00000005 00000001 42
                00 53 72 c1 30 04 a3 10 "x-opt-qd.ingress" a1 03 "0/A" a3 0e "x-opt-qd.trace" c0 06 01 a1 03 "0/A"
                00 53 73 d0 0000001f 00000006 40 40 a1 14 "amqp:/_local/qdhello" 40 40 40
                00 53 74 d1 00000013 00000002 a1 06 "opcode" a1 05 "HELLO"
                00 53 77 d1 00000030 0000000a a1 02 "id" a1 01 "A" a1 02 "pv" 54 01 a1 04 "area" a1 01 "0"
                a1 08 "instance" 71 6b008e1c a1 04 "seen" 45
                """));
        assertThat(sent(new Hello(A, INSTANCE, List.of(B)), ControlWriter.HELLO_TO))
                .endsWith("a1047365656ed00000000700000001a10142");
    }

    @Test
    @DisplayName("inter-router 15: bodies of RA, LSU and LSR")
    void linkStateByteForByte() {
        MeshMessage ra = new RouterAdvertisement(A, INSTANCE, 1, 0);
        assertThat(ControlWriter.addressOfAll(ra)).isEqualTo("amqp:/_topo/0/all/qdrouter");
        assertThat(body(sent(ra, "x"))).isEqualTo(bytes("""
                005377 d1 00000041 0000000c a1026964 a10141 a1027076 5401 a10461726561 a10130
                a108696e7374616e6365 716b008e1c a1066c735f736571 5401 a10a6d6f62696c655f736571 5400
                """));
        MeshMessage lsu = new LinkStateUpdate(A, INSTANCE, new LinkState(A, 1, List.of(new LinkState.Peer(B, 5))));
        assertThat(ControlWriter.addressOf(B, lsu)).isEqualTo("amqp:/_topo/0/B/qdrouter");
        assertThat(body(sent(lsu, "x"))).isEqualTo(bytes("""
                005377 d1 0000006f 0000000c a1026964 a10141 a1027076 5401 a10461726561 a10130
                a108696e7374616e6365 716b008e1c a1066c735f736571 5401
                a1026c73 d1 00000033 00000008 a1026964 a10141 a10461726561 a10130 a1066c735f736571 5401
                a1057065657273 d1 00000009 00000002 a10142 5405
                """));
        assertThat(body(sent(new LinkStateRequest(A), "x")))
                .isEqualTo(bytes("005377 d1 0000001a 00000006 a1026964 a10141 a1027076 5401 a10461726561 a10130"));
    }

    @Test
    @DisplayName("inter-router 15: MAU, both forms, and MAR")
    void mobileByteForByte() {
        MeshMessage change = new MobileAddressUpdate.Differential(
                A, 2, List.of(new MobileAddress("M0q1", Treatment.BALANCED)), List.of());
        assertThat(sent(change, ControlWriter.addressOfAll(change))).endsWith(bytes("""
                005373 d0 0000001f 00000003 40 40 a1 17 "_topo/0/all/qdrouter.ma"
                005374 d1 00000011 00000002 a3066f70636f6465 a1034d4155
                005377 d1 0000005c 0000000e a3026964 a10141 a3027076 5501 a30461726561 a10130
                a30a6d6f62696c655f736571 5502
                a30568696e7473 d0 00000006 00000001 5403
                a303616464 d0 0000000a 00000001 a1044d307131
                a30364656c d0 00000004 00000000
                """));
        MeshMessage all = new MobileAddressUpdate.Absolute(
                A,
                1,
                List.of(
                        new MobileAddress("M0q1", Treatment.BALANCED),
                        new MobileAddress("M0mc.x", Treatment.MULTICAST)));
        assertThat(ControlWriter.addressOf(new RouterId("J"), all)).isEqualTo("amqp:/_topo/0/J/qdrouter.ma");
        assertThat(body(sent(all, "x"))).isEqualTo(bytes("""
                005377 d1 0000005a 0000000c a3026964 a10141 a3027076 5501 a30461726561 a10130
                a30a6d6f62696c655f736571 5501
                a3056578697374 d0 00000012 00000002 a1044d307131 a1064d306d632e78
                a30568696e7473 d0 00000008 00000002 5403 5401
                """));
        assertThat(body(sent(new MobileAddressRequest(A, 0), "x"))).isEqualTo(bytes("""
                005377 d1 00000026 00000008 a3026964 a10141 a3027076 5501 a30461726561 a10130 a308686176655f736571 5500
                """));
    }

    private static List<MeshMessage> examples() {
        return List.of(
                new Hello(A, INSTANCE, List.of(B, new RouterId("C".repeat(127)))),
                new Hello(A, 0, List.of()),
                new RouterAdvertisement(A, INSTANCE, 1000, 200),
                new LinkStateUpdate(
                        A,
                        INSTANCE,
                        new LinkState(
                                A,
                                300,
                                List.of(new LinkState.Peer(B, 1), new LinkState.Peer(new RouterId("é"), 9999)))),
                new LinkStateRequest(A),
                new MobileAddressUpdate.Differential(
                        A,
                        7,
                        List.of(new MobileAddress("M0a", Treatment.CLOSEST)),
                        List.of("Clr", "M1" + "b".repeat(300))),
                new MobileAddressUpdate.Absolute(A, 1L << 40, List.of()),
                new MobileAddressRequest(A, 128));
    }

    @Test
    void whatIsWrittenIsReadAgain() throws Exception {
        for (MeshMessage message : examples()) {
            assertThat(ControlReader.decode(ControlWriter.encode(message, "x"))).isEqualTo(message);
        }
    }

    @Test
    @DisplayName("inter-router 6.1, 6.2: either key type, any order, any integer type, any area")
    void readsWhatOthersWrite() throws Exception {
        Object[] numbers = {
            (byte) 5,
            (short) 5,
            5,
            5L,
            new UnsignedByte(5),
            new UnsignedShort(5),
            new UnsignedInteger(5),
            new UnsignedLong(5)
        };
        for (Object five : numbers) {
            Map<Object, Object> body = new LinkedHashMap<>();
            body.put(new Symbol("mobile_seq"), five);
            body.put("ls_seq", five);
            body.put(new Symbol("more"), List.of());
            body.put("area", five); // Ignored, whatever it is (6.2).
            body.put(77, "not a name");
            body.put("id", "A");
            assertThat(ControlReader.decode(message("RA", body))).isEqualTo(new RouterAdvertisement(A, 0, 5, 5));
        }
    }

    private static ByteBuf message(@Nullable String opcode, @Nullable Object body) {
        ByteBuf buf = Unpooled.buffer();
        if (opcode != null) {
            TypeEncoder.writeValue(buf, new Described(new UnsignedLong(0x74), Map.of("opcode", opcode)));
        }
        TypeEncoder.writeValue(buf, new Described(new UnsignedLong(0x77), body));
        return buf;
    }

    private static Map<Object, Object> with(Object... entries) {
        Map<Object, Object> body = new LinkedHashMap<>();
        body.put("id", "A");
        for (int i = 0; i < entries.length; i += 2) {
            body.put(entries[i], entries[i + 1]);
        }
        return body;
    }

    @Test
    @DisplayName(
            "inter-router 0.5, 0.6: a boolean, a text, an array, a list's wrong element or a missing field is rejected")
    void rejectsWhatIsNotThere() {
        List<ByteBuf> wrong = List.of(
                message("RA", with("ls_seq", 1)),
                message("RA", with("ls_seq", true, "mobile_seq", 1)),
                message("RA", with("ls_seq", "1", "mobile_seq", 1)),
                message("RA", with("ls_seq", 1, "mobile_seq", 1, "instance", "x")),
                message("RA", with("ls_seq", 1, "mobile_seq", 1, "pv", false)),
                message("RA", with("id", 1, "ls_seq", 1, "mobile_seq", 1)),
                message("RA", with("id", "", "ls_seq", 1, "mobile_seq", 1)),
                message("RA", with("id", "a b", "ls_seq", 1, "mobile_seq", 1)),
                message("HELLO", with()),
                message("HELLO", with("seen", "B")),
                message("HELLO", with("seen", AmqpArray.ofSymbols(List.of(new Symbol("B"))))),
                message("HELLO", with("seen", new AmqpArray(0xa1, null, List.of("B")))),
                message("HELLO", with("seen", List.of(1))),
                message("LSU", with("ls_seq", 1)),
                message("LSU", with("ls_seq", 1, "ls", Map.of("id", "A", "ls_seq", 1))),
                message("LSU", with("ls_seq", 1, "ls", Map.of("id", "A", "ls_seq", 1, "peers", Map.of("B", 0)))),
                message("LSU", with("ls_seq", 1, "ls", Map.of("id", "A", "ls_seq", 1, "peers", Map.of("B", "x")))),
                message("MAU", with("mobile_seq", 1)),
                message("MAU", with("mobile_seq", 1, "add", List.of())),
                message("MAU", with("mobile_seq", 1, "del", List.of())),
                message("MAU", with("mobile_seq", 1, "add", List.of(), "del", List.of(), "exist", List.of())),
                message("MAU", with("mobile_seq", 1, "exist", "M0q")),
                message("MAU", with("mobile_seq", 1, "exist", List.of(new Symbol("M0q")))),
                message("MAU", with("exist", List.of())),
                message("MAR", with()),
                message("XAU", with()),
                message(null, with()),
                message("RA", List.of()),
                message("RA", null),
                Unpooled.EMPTY_BUFFER,
                Unpooled.wrappedBuffer(new byte[] {0x40}));
        for (ByteBuf message : wrong) {
            String dump = ByteBufUtil.hexDump(message);
            assertThatThrownBy(() -> ControlReader.decode(message.slice()))
                    .as(dump)
                    .isInstanceOf(ControlReader.Unreadable.class);
        }
    }

    @Test
    @DisplayName("inter-router 6.2: a newer protocol version is told from a fault")
    void newerVersion() {
        assertThatThrownBy(() -> ControlReader.decode(message("LSR", with("pv", 2))))
                .isInstanceOfSatisfying(ControlReader.Unreadable.class, unreadable -> {
                    assertThat(unreadable.newerVersion()).isEqualTo(2);
                    assertThat(unreadable.sender()).isEqualTo(A);
                });
    }

    @Test
    @DisplayName("inter-router 8: hints count only when there are as many as keys, and known")
    void hints() throws Exception {
        List<String> keys = List.of("M0a", "M0b");
        for (Object hints : new Object[] {List.of(1), List.of(1, 2, 3), "x", List.of(5, "x")}) {
            assertThat(ControlReader.decode(message("MAU", with("mobile_seq", 1, "exist", keys, "hints", hints))))
                    .isEqualTo(new MobileAddressUpdate.Absolute(
                            A, 1, List.of(new MobileAddress("M0a", null), new MobileAddress("M0b", null))));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void damagedMessagesAreUnreadableAndNothingElse(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 3_000; round++) {
            ByteBuf message = ControlWriter.encode(
                    examples().get(random.nextInt(examples().size())), "x");
            byte[] bytes = ByteBufUtil.getBytes(message);
            for (int i = random.nextInt(4); i >= 0; i--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            ByteBuf damaged = Unpooled.wrappedBuffer(bytes, 0, random.nextInt(bytes.length) + 1);
            try {
                assertThat(ControlReader.decode(damaged)).isNotNull();
            } catch (ControlReader.Unreadable expected) {
                assertThat(expected.getMessage()).isNotEmpty();
            }
        }
    }

    @Test
    void aHundredThousandAddressesAreOneMessage() throws Exception {
        List<MobileAddress> many = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            many.add(new MobileAddress("M0address." + i, Treatment.BALANCED));
        }
        MeshMessage all = new MobileAddressUpdate.Absolute(A, 1, many);
        assertThat(ControlReader.decode(ControlWriter.encode(all, "x"))).isEqualTo(all);
    }
}
