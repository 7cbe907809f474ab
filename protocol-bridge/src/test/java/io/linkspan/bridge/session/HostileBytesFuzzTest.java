// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import static io.linkspan.bridge.codec.Bytes.bytes;
import static io.linkspan.bridge.codec.Bytes.connect;
import static io.linkspan.bridge.codec.Bytes.packet;
import static io.linkspan.bridge.codec.Bytes.publish;
import static io.linkspan.bridge.codec.Bytes.subscribe;
import static io.linkspan.bridge.codec.MqttVersion.V3_1;
import static io.linkspan.bridge.codec.MqttVersion.V3_1_1;
import static io.linkspan.bridge.codec.MqttVersion.V5_0;
import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.bridge.codec.Bytes;
import io.linkspan.bridge.codec.MqttVersion;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * MQ-6-41: conversations cut at every byte, with every byte changed, and mutated at random. An exception of the engine
 * ends the test; at the end every buffer has to be back. The others work on meanwhile.
 */
class HostileBytesFuzzTest {

    private static final Bytes NONE = bytes();

    private final Network network = new Network(new Settings()
            .limits(Settings.connectRate(0).make().limits())
            .validatesPayloads()
            .make());
    private MqttPeer bystander;
    private AmqpPeer.Sender sender;

    @BeforeEach
    void othersAreConnected() {
        bystander = patient("bystander").subscribe("quiet", 1);
        // Takes part in what the hostile clients do.
        patient("reader").subscribe("t/#", 0);
        AmqpPeer amqp = network.amqp();
        amqp.receiver("t.a", 1_000_000);
        sender = amqp.sender("t.a");
    }

    @AfterEach
    void nothingIsLeftOver() {
        network.close();
    }

    /** A client that may be silent for ever. */
    private MqttPeer patient(String clientId) {
        MqttPeer peer = network.peer().send(connect(V3_1_1, clientId, NONE, 0));
        peer.takeEvents();
        return peer;
    }

    private void nobodyNoticed() {
        bystander.takeEvents();
        bystander.publish("quiet", 0, 0, "still here");
        assertThat(bystander.takeEvents()).containsExactly("PUBLISH quiet q0 still here");
    }

    static Stream<MqttVersion> versions() {
        return Stream.of(V3_1, V3_1_1, V5_0);
    }

    /** Everything a client may say, packet by packet; the first is its CONNECT. */
    private static List<Bytes> conversation(MqttVersion version) {
        boolean isV5 = version.isV5();
        Bytes connect = isV5
                ? packet(
                        0x10,
                        bytes().s("MQTT")
                                .b(5, 6)
                                .u2(30)
                                .props(bytes().b(0x21)
                                        .u2(20)
                                        .b(0x22)
                                        .u2(10)
                                        .b(0x27)
                                        .u4(90_000)
                                        .b(0x26)
                                        .s("k")
                                        .s("v"))
                                .s("hostile")
                                .props(bytes().b(0x01, 1).b(0x03).s("text/plain"))
                                .s("t/will")
                                .s("gone"))
                : packet(
                        0x10,
                        bytes().s(version.protocolName())
                                .b(version.level(), 6)
                                .u2(30)
                                .s("hostile")
                                .s("t/will")
                                .s("gone"));
        Bytes properties = bytes().b(1, 1)
                .b(2)
                .u4(60)
                .b(3)
                .s("a/b")
                .b(8)
                .s("t/re")
                .b(9)
                .s("c")
                .b(0x26)
                .s("k")
                .s("v");
        return List.of(
                connect,
                subscribe(
                        version,
                        1,
                        isV5 ? bytes().b(0x0b, 7) : NONE,
                        bytes().s("t/+").b(1).s("$share/g/t/#").b(0)),
                publish(version, 0, "t/a", 0, isV5 ? properties : NONE, bytes().text("zero")),
                publish(version, 2, "t/a", 9, isV5 ? bytes().b(0x23).u2(3) : NONE, bytes().text("one")),
                isV5 ? publish(version, 2, "", 10, bytes().b(0x23).u2(3), bytes().text("alias")) : Bytes.of(0xc0, 0),
                Bytes.of(0x40, 2, 0, 1),
                isV5 ? packet(0x40, bytes().u2(2).b(0x10).props(bytes().b(0x1f).s("why"))) : Bytes.of(0x40, 2, 0, 2),
                Bytes.of(0x50, 2, 0, 3),
                Bytes.of(0x62, 2, 0, 4),
                Bytes.of(0x70, 2, 0, 5),
                packet(0xa2, isV5 ? bytes().u2(2).b(0).s("t/+") : bytes().u2(2).s("t/+")),
                Bytes.of(0xc0, 0),
                isV5 ? packet(0xe0, bytes().b(4).props(bytes().b(0x1f).s("bye"))) : Bytes.of(0xe0, 0));
    }

    private static byte[] joined(List<Bytes> packets) {
        Bytes all = bytes();
        packets.forEach(all::add);
        return all.array();
    }

    private MqttPeer attacker() {
        return network.peer().deaf();
    }

    @ParameterizedTest
    @MethodSource("versions")
    @DisplayName("Cut at every byte: nothing stays behind")
    void cutAtEveryByte(MqttVersion version) {
        byte[] all = joined(conversation(version));
        for (int length = 1; length <= all.length; length++) {
            MqttPeer peer = attacker();
            peer.send(bytes().raw(java.util.Arrays.copyOf(all, length)));
            peer.wire.cut();
        }
        nobodyNoticed();
        assertThat(network.registry.size()).isEqualTo(2);
    }

    @ParameterizedTest
    @MethodSource("versions")
    @DisplayName("Each packet cut at every byte, with its length made right")
    void packetsCutAndClosed(MqttVersion version) {
        List<Bytes> packets = conversation(version);
        for (int i = 0; i < packets.size(); i++) {
            byte[] whole = packets.get(i).array();
            for (int length = 0; length < whole.length - 2; length++) {
                MqttPeer peer = attacker();
                if (i > 0) {
                    peer.send(packets.get(0));
                }
                peer.send(packet(whole[0] & 0xff, bytes().raw(java.util.Arrays.copyOfRange(whole, 2, 2 + length))));
                peer.send(Bytes.of(0xc0, 0));
                peer.wire.cut();
            }
        }
        nobodyNoticed();
    }

    @ParameterizedTest
    @MethodSource("versions")
    @DisplayName("Every byte changed in several ways")
    void everyByteChanged(MqttVersion version) {
        byte[] all = joined(conversation(version));
        for (int i = 0; i < all.length; i++) {
            for (int value : new int[] {0, 1, 0x7f, 0x80, 0xff, all[i] ^ 1, all[i] ^ 0x40, all[i] + 1}) {
                byte[] changed = all.clone();
                changed[i] = (byte) value;
                MqttPeer peer = attacker();
                peer.send(bytes().raw(changed));
                peer.wire.cut();
            }
        }
        nobodyNoticed();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    @DisplayName("Mutated at random, in random pieces, with pauses, while AMQP sends to the same clients")
    void mutatedAtRandom(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 2_500; round++) {
            MqttVersion version = List.of(V3_1, V3_1_1, V5_0).get(random.nextInt(3));
            List<Bytes> packets = new ArrayList<>(conversation(version));
            for (int k = random.nextInt(4); k > 0; k--) {
                packets.add(1 + random.nextInt(packets.size()), packets.get(random.nextInt(packets.size())));
            }
            byte[] mutated = mutate(joined(packets), random);
            MqttPeer peer = attacker();
            int at = 0;
            while (at < mutated.length) {
                int length = Math.min(mutated.length - at, 1 + random.nextInt(random.nextBoolean() ? 8 : 200));
                peer.send(bytes().raw(java.util.Arrays.copyOfRange(mutated, at, at + length)));
                at += length;
                if (random.nextInt(40) == 0) {
                    sender.send(AmqpPeer.data("from amqp"), random.nextBoolean(), round);
                }
                if (random.nextInt(60) == 0) {
                    peer.wire.setWritable(!peer.wire.writable);
                }
            }
            if (random.nextInt(20) == 0) {
                network.pass(random.nextInt(50));
                sender.outcomes.clear();
            }
            peer.wire.cut();
            if (round % 100 == 0) {
                nobodyNoticed();
            }
        }
        nobodyNoticed();
    }

    private static byte[] mutate(byte[] from, Random random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int rate = 20 + random.nextInt(300);
        for (int i = 0; i < from.length; i++) {
            int dice = random.nextInt(rate);
            if (dice == 0) {
                out.write(random.nextInt(256));
            } else if (dice == 1) {
                out.write(random.nextInt(256));
                out.write(from[i]);
            } else if (dice == 2 && random.nextBoolean()) {
                int back = random.nextInt(i + 1);
                out.write(from, back, i - back);
            } else if (dice != 3) {
                out.write(from[i]);
            }
        }
        return out.toByteArray();
    }

    @ParameterizedTest
    @MethodSource("versions")
    @DisplayName("Lengths that promise much hold no more memory than what came")
    void hugeLengths(MqttVersion version) {
        long before = used();
        List<Bytes> promises = List.of(
                Bytes.of(0x30, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff),
                Bytes.of(0x32, 0xff, 0xff, 0xff, 0x7f).s("t/a").u2(5),
                Bytes.of(0x32, 0xff, 0xff, 0xff, 0x7f).s("t/a").u2(5).var(0xfffffff),
                Bytes.of(0x32, 0xff, 0xff, 0xff, 0x7f).s("t/a").u2(5).b(0).raw(new byte[10_000]),
                Bytes.of(0x82, 0xff, 0xff, 0x3f).u2(1),
                Bytes.of(0xa2, 0xff, 0xff, 0xff, 0x7f).u2(1),
                Bytes.of(0x40, 0xff, 0xff, 0xff, 0x7f).u2(1),
                Bytes.of(0xe0, 0xff, 0xff, 0xff, 0x7f),
                packet(0x82, bytes().u2(1).b(0).u2(0xffff).text("a")),
                packet(0x30, bytes().u2(0xffff).text("a")));
        for (Bytes promise : promises) {
            List<MqttPeer> peers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                peers.add(attacker().send(connect(version, "h" + i, NONE)).send(promise));
            }
            assertThat(used() - before).isLessThan(20L * (64 << 10));
            peers.forEach(peer -> peer.wire.cut());
        }
        network.run();
        nobodyNoticed();
    }

    private long used() {
        return network.memory.metric().usedHeapMemory();
    }

    @ParameterizedTest
    @ValueSource(longs = {5, 6})
    @DisplayName("AMQP messages of random bytes and mutated sections: rejected or delivered, never an exception")
    void randomAmqpMessages(long seed) {
        Random random = new Random(seed);
        MqttPeer five = network.client(V5_0, "five").subscribe("t/#", 1);
        MqttPeer three = network.client(V3_1_1, "three").subscribe("t/a", 1);
        byte[] good = bytes().b(0, 0x53, 0x70, 0xc0, 2, 1, 0x41)
                .b(0, 0x53, 0x72, 0xc1, 20, 2, 0xa3, 14)
                .text("x-opt-mqtt-qos")
                .b(0x50, 1)
                .b(0, 0x53, 0x73, 0xc0, 9, 3, 0xa1, 1, 'm', 0x40, 0xa1, 3)
                .text("t.a")
                .b(0, 0x53, 0x74, 0xc1, 7, 2, 0xa1, 1, 'k', 0xa1, 1, 'v')
                .b(0, 0x53, 0x77, 0xa1, 5)
                .text("hello")
                .array();
        for (int i = 0; i < 5_000; i++) {
            byte[] message = i % 10 == 0 ? new byte[random.nextInt(200)] : mutate(good, random);
            if (i % 10 == 0) {
                random.nextBytes(message);
            }
            sender.send(bytes().raw(message).buf(), random.nextInt(4) == 0, i);
            for (MqttPeer peer : List.of(five, three)) {
                assertThat(peer.isClosed()).isFalse();
                for (String event : peer.takeEvents()) {
                    int id = event.indexOf(" id");
                    if (event.startsWith("PUBLISH") && id > 0) {
                        peer.puback(Integer.parseInt(event.substring(id + 3).split("\\W", 2)[0]));
                    }
                }
            }
            sender.outcomes.clear();
        }
        nobodyNoticed();
    }
}
