// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.session;

import static io.linkspan.bridge.codec.Bytes.bytes;
import static io.linkspan.bridge.codec.MqttVersion.V3_1_1;
import static io.linkspan.bridge.codec.MqttVersion.V5_0;
import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.bridge.DropCause;
import io.linkspan.bridge.MqttSettings;
import io.linkspan.bridge.codec.Bytes;
import io.linkspan.core.link.Link;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What goes to a subscriber: windows, overflow, overlapping filters, aliases, sizes. */
class SubscriberLinkTest {

    /** Subscription option No Local. */
    private static final int NO_LOCAL = 4;

    private Network network = new Network();

    @AfterEach
    void nothingIsLeftOver() {
        network.close();
    }

    private void use(MqttSettings settings) {
        network.close();
        network = new Network(settings);
    }

    // ---- windows and overflow ------------------------------------------------------------------------------------

    @Test
    @DisplayName("MQ-4-9, 5-8 QoS 0 beyond the backlog is dropped and counted while the socket takes no more")
    void qos0Overflow() {
        use(new Settings().limits(Settings.window(10, 3)).make());
        MqttPeer slow = network.client(V5_0, "slow").subscribe("t", 1);
        MqttPeer fast = network.client(V3_1_1, "fast").subscribe("t", 0);
        MqttPeer writer = network.client(V5_0, "w");
        slow.wire.setWritable(false);
        for (int i = 0; i < 10; i++) {
            writer.publish("t", 0, 0, "m" + i);
        }
        assertThat(slow.takeEvents()).containsExactly("PUBLISH t q0 m0", "PUBLISH t q0 m1", "PUBLISH t q0 m2");
        assertThat(fast.takeEvents()).as("the others do not notice").hasSize(10);
        assertThat(network.bridge.counters().dropped(DropCause.QOS_0_OVERFLOW)).isEqualTo(7);
        slow.wire.setWritable(true);
        writer.publish("t", 0, 0, "again");
        slow.wire.setWritable(false);
        writer.publish("t", 0, 0, "b1").publish("t", 0, 0, "b2").publish("t", 0, 0, "b3");
        writer.publish("t", 0, 0, "one beyond");
        assertThat(slow.takeEvents())
                .containsExactly("PUBLISH t q0 again", "PUBLISH t q0 b1", "PUBLISH t q0 b2", "PUBLISH t q0 b3");
        assertThat(network.bridge.counters().dropped(DropCause.QOS_0_OVERFLOW)).isEqualTo(8);
        assertThat(slow.isClosed()).isFalse();
    }

    @Test
    @DisplayName("MQ-5-8 QoS 1 waits while the socket takes no more, and so does its publisher")
    void qos1WaitsForTheSocket() {
        MqttPeer slow = network.client(V5_0, "slow").subscribe("t", 1);
        MqttPeer writer = network.client(V5_0, "w");
        slow.wire.setWritable(false);
        writer.publish("t", 1, 4, "x");
        assertThat(slow.takeEvents()).isEmpty();
        slow.wire.setWritable(true);
        network.run();
        assertThat(slow.takeEvents()).containsExactly("PUBLISH t q1 id1 x");
        assertThat(writer.takeEvents()).isEmpty();
        slow.puback(1);
        assertThat(writer.takeEvents()).containsExactly("PUBACK 4");
    }

    @Test
    @DisplayName("MQ-5-8, MQ-6-40 A client that reads nothing for slowConsumerTimeout, but pings: 0x97, v3 closed")
    void aClientThatDoesNotRead() {
        MqttPeer slow = network.client(V5_0, "slow").subscribe("t", 0);
        MqttPeer old = network.client(V3_1_1, "old").subscribe("t", 0);
        MqttPeer writer = network.client(V5_0, "w");
        slow.wire.setWritable(false);
        old.wire.setWritable(false);
        for (int i = 0; i < 4; i++) {
            network.pass(15);
            assertThat(slow.isClosed()).as("after %d s", 15 * (i + 1)).isEqualTo(i == 3);
            slow.send(Bytes.of(0xc0, 0));
            old.send(Bytes.of(0xc0, 0));
            writer.publish("t", 0, 0, "x");
        }
        assertThat(slow.takeEvents())
                .endsWith("DISCONNECT 0x97 {1f=nothing was read for 60 s while too much was waiting}", "CLOSED");
        assertThat(old.takeEvents()).endsWith("CLOSED");
        assertThat(network.events).contains("gone slow QUOTA_EXCEEDED", "gone old QUOTA_EXCEEDED");
        assertThat(writer.isClosed()).isFalse();
    }

    @Test
    @DisplayName("MQ-5-8 A client that reads slowly, but reads, stays; so does one that began again in time")
    void aClientThatReadsSlowly() {
        MqttPeer slow = network.client(V5_0, "slow").subscribe("t", 0);
        MqttPeer pauses = network.client(V5_0, "pauses").subscribe("t", 0);
        slow.wire.missingBytes = 1_000;
        slow.wire.setWritable(false);
        pauses.wire.setWritable(false);
        for (int i = 0; i < 20; i++) {
            slow.wire.missingBytes -= 30;
            network.pass(30);
            slow.send(Bytes.of(0xc0, 0));
            pauses.send(Bytes.of(0xc0, 0));
            pauses.wire.setWritable(true);
            pauses.wire.setWritable(false);
            network.run();
        }
        assertThat(slow.isClosed()).isFalse();
        assertThat(pauses.isClosed()).isFalse();
        network.pass(75);
        assertThat(slow.isClosed()).isTrue();
    }

    @Test
    @DisplayName("CNT-05: a subscriber is blocked while its Receive Maximum is used up, not while nothing is published")
    void blockedOnlyWhileTheWindowIsFull() {
        MqttPeer reader =
                network.client(network.bridge, V5_0, "r", bytes().b(0x21).u2(1)).subscribe("t", 1);
        MqttPeer writer = network.client(V5_0, "w");
        Link link = network.core.links().stream()
                .filter(each -> !each.isInbound())
                .findFirst()
                .orElseThrow();
        network.core.tick(60);
        assertThat(link.isBlocked()).isFalse();
        writer.publish("t", 1, 1, "a").publish("t", 1, 2, "b");
        network.core.tick(11);
        assertThat(link.isBlocked()).isTrue();
        reader.puback(1).puback(2);
        network.core.tick(60);
        assertThat(link.isBlocked()).isFalse();
        assertThat(reader.takeEvents()).containsExactly("PUBLISH t q1 id1 a", "PUBLISH t q1 id2 b");
    }

    @Test
    @DisplayName("MQ-3-8 No more are in flight than the client's Receive Maximum; the rest comes in order")
    void receiveMaximumOfTheClient() {
        MqttPeer reader =
                network.client(network.bridge, V5_0, "r", bytes().b(0x21).u2(2)).subscribe("t", 1);
        MqttPeer writer = network.client(V5_0, "w");
        for (int i = 1; i <= 4; i++) {
            writer.publish("t", 1, i, "m" + i);
        }
        assertThat(reader.takeEvents()).containsExactly("PUBLISH t q1 id1 m1", "PUBLISH t q1 id2 m2");
        reader.puback(2);
        assertThat(reader.takeEvents()).containsExactly("PUBLISH t q1 id3 m3");
        reader.puback(1).puback(3);
        assertThat(reader.takeEvents()).containsExactly("PUBLISH t q1 id4 m4");
        reader.puback(4);
        assertThat(writer.takeEvents()).containsExactly("PUBACK 1", "PUBACK 2", "PUBACK 3", "PUBACK 4");
    }

    @Test
    @DisplayName("3.2 A subscriber that leaves with a delivery in flight: modified, delivery failed")
    void leavingIsModified() {
        AmqpPeer.Sender sender = network.amqp().sender("t");
        MqttPeer reader = network.client(V3_1_1, "r").subscribe("t", 1);
        sender.send(AmqpPeer.data("x"), false, 3);
        reader.wire.cut();
        network.run();
        assertThat(sender.outcomes).hasSize(1);
        assertThat(sender.outcomes.get(0))
                .startsWith("3 modified")
                .contains("failed")
                .endsWith("settled");
    }

    @Test
    @DisplayName("3.2 PUBACK with a code of 0x80 or more: rejected, never sent again")
    void aFailedPubackIsRejected() {
        AmqpPeer.Sender sender = network.amqp().sender("t");
        MqttPeer reader = network.client(V5_0, "r").subscribe("t", 1);
        sender.send(AmqpPeer.data("x"), false, 3);
        reader.takeEvents();
        reader.send(Bytes.of(0x40, 3, 0, 1, 0x97));
        assertThat(sender.outcomes).hasSize(1);
        assertThat(sender.outcomes.get(0)).startsWith("3 rejected").contains("resource-limit-exceeded");
        network.pass(60);
        assertThat(reader.takeEvents()).noneMatch(event -> event.startsWith("PUBLISH"));
    }

    @Test
    @DisplayName(
            "3.2, 3.1 What a subscriber's PUBACK refuses, the publisher reads: 0x87, 0x97, 0x99 of text, else 0x83")
    void codesOfASubscriber() {
        MqttPeer reader = network.client(V5_0, "r").subscribe("t", 1);
        MqttPeer writer = network.client(V5_0, "w");
        AmqpPeer.Sender sender = network.amqp().sender("t");
        int[] answers = {0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99};
        String[] read = {"0x83", "0x83", "0x87", "0x83", "0x83", "0x97", "0x83"};
        String[] readOfText = {"0x83", "0x83", "0x87", "0x83", "0x83", "0x97", "0x99"};
        String[] conditions = {
            "amqp:internal-error",
            "amqp:internal-error",
            "amqp:unauthorized-access",
            "amqp:internal-error",
            "amqp:internal-error",
            "amqp:resource-limit-exceeded",
            "amqp:invalid-field"
        };
        for (int i = 0; i < answers.length; i++) {
            int id = 3 * i;
            writer.publish("t", 1, 1, "x");
            reader.send(Bytes.of(0x40, 3, 0, id + 1, answers[i]));
            assertThat(writer.takeEvents().toString()).startsWith("[PUBACK 1 " + read[i] + " ");
            writer.send(Bytes.publish(V5_0, 2, "t", 2, bytes().b(1, 1), bytes().text("x")));
            reader.send(Bytes.of(0x40, 3, 0, id + 2, answers[i]));
            assertThat(writer.takeEvents().toString()).startsWith("[PUBACK 2 " + readOfText[i] + " ");
            sender.send(AmqpPeer.data("x"), false, i);
            reader.send(Bytes.of(0x40, 3, 0, id + 3, answers[i]));
            assertThat(sender.outcomes.get(i)).startsWith(i + " rejected").contains(conditions[i]);
        }
    }

    @Test
    @DisplayName("2.2 ttl: an AMQP message that waited for longer is not sent; Message Expiry Interval is what is left")
    void ttlPassesWhileItWaits() {
        MqttPeer reader =
                network.client(network.bridge, V5_0, "r", bytes().b(0x21).u2(1)).subscribe("t", 1);
        AmqpPeer.Sender sender = network.amqp().sender("t");
        sender.send(AmqpPeer.data("fills the window"), false, 1);
        sender.send(AmqpPeer.data("short", 2_000), false, 2);
        sender.send(AmqpPeer.data("long", 10_000), false, 3);
        sender.send(AmqpPeer.data("settled and short", 2_000), true, 4);
        network.pass(4);
        assertThat(reader.takeEvents()).containsExactly("PUBLISH t q1 id1 fills the window");
        reader.puback(1);
        assertThat(reader.takeEvents()).containsExactly("PUBLISH t q1 id2 {02=6} long");
        reader.puback(2);
        assertThat(reader.takeEvents()).isEmpty();
        assertThat(sender.outcomes).containsExactly("1 accepted settled", "2 released settled", "3 accepted settled");
        assertThat(network.bridge.counters().dropped(DropCause.EXPIRED)).isEqualTo(2);
        sender.send(AmqpPeer.data("at once", 2_000), false, 5);
        assertThat(reader.takeEvents()).containsExactly("PUBLISH t q1 id3 {02=2} at once");
    }

    @Test
    @DisplayName("2.2 ttl: also of a message whose length is not known, which is gathered and then waits")
    void ttlPassesWhileAGatheredMessageWaits() {
        MqttPeer reader = network.client(V5_0, "r").subscribe("t", 1);
        AmqpPeer.Sender sender = network.amqp().sender("t");
        ByteBuf whole = AmqpPeer.data("x".repeat(140_000), 2_000);
        byte[] value = new byte[whole.readableBytes()];
        whole.readBytes(value);
        int section = value.length - 140_000 - 8;
        value[section + 2] = 0x77;
        int id = sender.begin(Arrays.copyOf(value, value.length - 10), 1);
        network.pass(1);
        reader.wire.setWritable(false);
        sender.part(id, Arrays.copyOfRange(value, value.length - 10, value.length), true);
        network.pass(2);
        reader.wire.setWritable(true);
        network.run();
        assertThat(reader.takeEvents()).isEmpty();
        assertThat(sender.outcomes).containsExactly("1 released settled");
    }

    // ---- overlapping filters -------------------------------------------------------------------------------------

    private MqttPeer overlapping(int qosOfFirst, int qosOfSecond) {
        use(new Settings().overlapEach().make());
        MqttPeer reader = network.client(V5_0, "r");
        reader.send(
                Bytes.subscribe(V5_0, 1, bytes().b(0x0b, 1), bytes().s("t/+").b(qosOfFirst)));
        reader.send(
                Bytes.subscribe(V5_0, 2, bytes().b(0x0b, 2), bytes().s("t/#").b(qosOfSecond)));
        reader.takeEvents();
        return reader;
    }

    @Test
    @DisplayName("MQ-3-10 overlap each: one copy for each filter, with its QoS and identifier")
    void aCopyForEachFilter() {
        MqttPeer reader = overlapping(0, 1);
        MqttPeer writer = network.client(V5_0, "w").publish("t/x", 1, 9, "m");
        assertThat(reader.takeEvents())
                .containsExactlyInAnyOrder("PUBLISH t/x q0 {0b=1} m", "PUBLISH t/x q1 id1 {0b=2} m");
        assertThat(writer.takeEvents()).isEmpty();
        reader.puback(1);
        assertThat(writer.takeEvents()).containsExactly("PUBACK 9");
        writer.publish("t/x", 0, 0, "n");
        assertThat(reader.takeEvents()).containsExactlyInAnyOrder("PUBLISH t/x q0 {0b=1} n", "PUBLISH t/x q0 {0b=2} n");
    }

    @Test
    @DisplayName("MQ-3-10 overlap each: the outcome waits for every copy, and a rejected one decides")
    void theOutcomeWaitsForEveryCopy() {
        MqttPeer reader = overlapping(1, 1);
        AmqpPeer.Sender sender = network.amqp().sender("t.x");
        sender.send(AmqpPeer.data("m"), false, 1).send(AmqpPeer.data("n"), false, 2);
        assertThat(reader.takeEvents()).hasSize(4);
        reader.puback(1);
        assertThat(sender.outcomes).isEmpty();
        reader.puback(2);
        assertThat(sender.outcomes).containsExactly("1 accepted settled");
        reader.send(Bytes.of(0x40, 3, 0, 3, 0x80)).puback(4);
        assertThat(sender.outcomes).hasSize(2);
        assertThat(sender.outcomes.get(1)).startsWith("2 rejected");
    }

    @Test
    @DisplayName("MQ-3-10 overlap each: a subscriber that leaves after one of two copies: modified, once")
    void leavingInTheMiddleOfCopies() {
        MqttPeer reader = overlapping(1, 1);
        AmqpPeer.Sender sender = network.amqp().sender("t.x");
        sender.send(AmqpPeer.data("m"), false, 1);
        reader.puback(1);
        reader.wire.cut();
        network.run();
        assertThat(sender.outcomes).hasSize(1);
        assertThat(sender.outcomes.get(0)).startsWith("1 modified");
    }

    @Test
    @DisplayName("MQ-3-10 overlap each: all copies have to fit the window; a window of one gets one")
    void copiesWaitForTheWindow() {
        use(new Settings().overlapEach().limits(Settings.window(3, 10)).make());
        MqttPeer reader = network.client(V5_0, "r").subscribe("t/+", 1).subscribe("t/#", 1);
        MqttPeer writer = network.client(V5_0, "w").publish("t/x", 1, 1, "m").publish("t/x", 1, 2, "n");
        assertThat(reader.takeEvents()).containsExactly("PUBLISH t/x q1 id1 m", "PUBLISH t/x q1 id2 m");
        reader.puback(1);
        assertThat(reader.takeEvents()).containsExactly("PUBLISH t/x q1 id3 n", "PUBLISH t/x q1 id4 n");
        reader.puback(2).puback(3).puback(4);
        assertThat(writer.takeEvents()).containsExactly("PUBACK 1", "PUBACK 2");
        MqttPeer narrow = network.client(
                        network.bridge, V5_0, "narrow", bytes().b(0x21).u2(1))
                .subscribe("u/+", 1)
                .subscribe("u/#", 1);
        writer.publish("u/x", 1, 3, "o");
        assertThat(narrow.takeEvents()).containsExactly("PUBLISH u/x q1 id1 o");
        narrow.puback(1);
        assertThat(writer.takeEvents()).containsExactly("PUBACK 3");
    }

    @Test
    @DisplayName("MQ-4-24 No Local: not to whoever published it, but to everybody else")
    void noLocal() {
        MqttPeer self = network.client(V5_0, "self").subscribe("t/#", 1 | NO_LOCAL);
        MqttPeer other = network.client(V5_0, "other").subscribe("t/#", NO_LOCAL);
        self.publish("t/x", 0, 0, "m");
        assertThat(self.takeEvents()).isEmpty();
        assertThat(other.takeEvents()).containsExactly("PUBLISH t/x q0 m");
        other.publish("t/x", 0, 0, "n");
        assertThat(self.takeEvents()).containsExactly("PUBLISH t/x q0 n");
        network.amqp().sender("t.x").send(AmqpPeer.data("o"), true, 1);
        assertThat(self.takeEvents()).containsExactly("PUBLISH t/x q0 o");
    }

    @Test
    @DisplayName("MQ-4-24 No Local: a publish that nobody else takes has no matching subscribers")
    void noLocalAlone() {
        MqttPeer self = network.client(V5_0, "self").subscribe("t", 1 | NO_LOCAL);
        assertThat(self.publish("t", 1, 3, "m").takeEvents()).containsExactly("PUBACK 3 0x10");
        assertThat(network.bridge.counters().retries).isZero();
        self.subscribe("t", 1);
        self.publish("t", 1, 4, "n");
        assertThat(self.takeEvents()).as("options are replaced (MQ-4-25)").containsExactly("PUBLISH t q1 id1 n");
    }

    @Test
    @DisplayName("MQ-4-13 RETAIN is passed to a subscription that asked for it; MQTT clients cannot set it, AMQP can")
    void retainAsPublished() {
        MqttPeer keeps = network.client(V5_0, "keeps").subscribe("t", 8);
        MqttPeer plain = network.client(V5_0, "plain").subscribe("t", 0);
        // Message annotations {x-opt-retain-message: true}, then a data section.
        byte[] key = "x-opt-retain-message".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        Bytes message = bytes().b(0, 0x53, 0x72, 0xc1, key.length + 4, 2, 0xa3, key.length)
                .raw(key)
                .b(0x41);
        message.b(0, 0x53, 0x75, 0xa0, 1, 'x');
        network.amqp().sender("t").send(message.buf(), true, 1);
        assertThat(keeps.takeEvents()).containsExactly("PUBLISH t q0 retain x");
        assertThat(plain.takeEvents()).containsExactly("PUBLISH t q0 x");
    }

    // ---- topic aliases -------------------------------------------------------------------------------------------

    @Test
    @DisplayName("MQ-5-3 A topic gets an alias when it is sent for the second time, and goes by it from then on")
    void outboundAlias() {
        MqttPeer reader =
                network.client(network.bridge, V5_0, "r", bytes().b(0x22).u2(5)).subscribe("cities/#", 0);
        MqttPeer writer = network.client(V5_0, "w");
        for (int i = 0; i < 4; i++) {
            writer.publish("cities/london", 0, 0, "m" + i);
        }
        List<String> events = reader.takeEvents();
        assertThat(events.get(0)).isEqualTo("PUBLISH cities/london q0 m0");
        assertThat(events.get(1)).matches("PUBLISH cities/london q0 \\{23=[1-5]} m1");
        String alias = events.get(1)
                .substring(events.get(1).indexOf('{'), events.get(1).indexOf('}') + 1);
        assertThat(events.subList(2, 4))
                .containsExactly("PUBLISH  q0 " + alias + " m2", "PUBLISH  q0 " + alias + " m3");
    }

    @Test
    @DisplayName("MQ-5-3 Without a Topic Alias Maximum of the client there are none")
    void noAliasUnasked() {
        MqttPeer reader = network.client(V5_0, "r").subscribe("t", 0);
        MqttPeer writer = network.client(V5_0, "w");
        writer.publish("t", 0, 0, "a").publish("t", 0, 0, "b").publish("t", 0, 0, "c");
        assertThat(reader.takeEvents()).containsExactly("PUBLISH t q0 a", "PUBLISH t q0 b", "PUBLISH t q0 c");
    }

    @Test
    @DisplayName("MQ-5-3 Whatever the maximum and the order of topics: a client that keeps the table sees every topic")
    void aliasesResolve() {
        for (int maximum : new int[] {1, 2, 3, 7, 8, 9, 100, 300, 65_535}) {
            MqttPeer reader = network.client(
                            network.bridge, V5_0, "r" + maximum, bytes().b(0x22).u2(maximum))
                    .subscribe("t/#", 0);
            MqttPeer writer = network.client(V5_0, "w" + maximum);
            Random random = new Random(maximum);
            List<String> sent = new ArrayList<>();
            for (int i = 0; i < 2_000; i++) {
                String topic = "t/" + (int) Math.abs(random.nextGaussian() * 12);
                sent.add(topic);
                writer.publish(topic, 0, 0, "x");
            }
            assertThat(resolved(reader.takeEvents(), maximum))
                    .as("maximum " + maximum)
                    .isEqualTo(sent);
            reader.wire.cut();
        }
    }

    private static List<String> resolved(List<String> events, int maximum) {
        Map<Integer, String> table = new HashMap<>();
        List<String> topics = new ArrayList<>();
        int bare = 0;
        for (String event : events) {
            String[] words = event.split(" ", 3);
            String topic = words[1];
            int at = event.indexOf("{23=");
            if (at >= 0) {
                int alias = Integer.parseInt(event.substring(at + 4, event.indexOf('}')));
                assertThat(alias).isBetween(1, maximum);
                if (topic.isEmpty()) {
                    bare++;
                    topic = table.getOrDefault(alias, "never set");
                } else {
                    table.put(alias, topic);
                }
            }
            topics.add(topic);
        }
        assertThat(bare).as("packets without a topic").isPositive();
        return topics;
    }

    // ---- Maximum Packet Size -------------------------------------------------------------------------------------

    private MqttPeer small(String id, int maximum) {
        return network.client(network.bridge, V5_0, id, bytes().b(0x27).u4(maximum));
    }

    @Test
    @DisplayName(
            "MQ-2-7 A packet over the client's Maximum Packet Size is not sent, counted, and the delivery accepted")
    void tooLargeForTheClient() {
        MqttPeer reader = small("r", 30).subscribe("t", 1);
        AmqpPeer.Sender sender = network.amqp().sender("t");
        // First byte, length, topic 3, identifier 2, no properties 1: 8 bytes beside the payload.
        MqttPeer writer = network.client(V5_0, "w").publish("t", 1, 1, "x".repeat(22));
        assertThat(reader.takeEvents()).containsExactly("PUBLISH t q1 id1 " + "x".repeat(22));
        reader.puback(1);
        assertThat(writer.takeEvents()).containsExactly("PUBACK 1");
        writer.publish("t", 1, 2, "x".repeat(23));
        assertThat(reader.takeEvents()).isEmpty();
        assertThat(writer.takeEvents()).containsExactly("PUBACK 2");
        sender.send(AmqpPeer.data("x".repeat(23)), false, 7);
        assertThat(sender.outcomes).containsExactly("7 accepted settled");
        assertThat(network.bridge.counters().dropped(DropCause.TOO_LARGE)).isEqualTo(2);
        writer.publish("t", 0, 0, "x".repeat(24)).publish("t", 0, 0, "x".repeat(25));
        assertThat(reader.takeEvents())
                .as("QoS 0 has two bytes less")
                .containsExactly("PUBLISH t q0 " + "x".repeat(24));
        assertThat(network.bridge.counters().dropped(DropCause.TOO_LARGE)).isEqualTo(3);
    }

    @Test
    @DisplayName("MQ-2-7 An alias is left out where it would not fit")
    void noRoomForAnAlias() {
        MqttPeer reader = network.client(
                        network.bridge,
                        V5_0,
                        "r",
                        bytes().b(0x27).u4(30).b(0x22).u2(5))
                .subscribe("t", 0);
        MqttPeer writer = network.client(V5_0, "w");
        String payload = "x".repeat(24);
        for (int i = 0; i < 3; i++) {
            writer.publish("t", 0, 0, payload);
        }
        assertThat(reader.takeEvents()).hasSize(3).allMatch(event -> event.equals("PUBLISH t q0 " + payload));
    }

    @Test
    @DisplayName("MQ-2-7 A large publish that is streamed is not begun for a client that cannot take it")
    void tooLargeToStream() {
        MqttPeer reader = small("r", 100_000).subscribe("t", 1);
        MqttPeer other = network.client(V3_1_1, "o").subscribe("t", 0);
        MqttPeer writer = network.client(V5_0, "w").publish("t", 1, 1, "x".repeat(200_000));
        assertThat(reader.takeEvents()).isEmpty();
        assertThat(other.takeEvents()).hasSize(1);
        assertThat(writer.takeEvents()).containsExactly("PUBACK 1");
        assertThat(network.bridge.counters().dropped(DropCause.TOO_LARGE)).isEqualTo(1);
    }

    @Test
    @DisplayName("MQ-2-7 Shared subscription: a member that takes larger packets is tried first")
    void sharedTriesAnotherMember() {
        MqttPeer small = small("small", 30).subscribe("$share/g/t/#", 1);
        MqttPeer large = network.client(V5_0, "large").subscribe("$share/g/t/#", 1);
        MqttPeer writer = network.client(V5_0, "w");
        String payload = "x".repeat(100);
        for (int i = 1; i <= 4; i++) {
            writer.publish("t/a", 1, i, payload);
            large.puback(i);
        }
        assertThat(small.takeEvents()).isEmpty();
        assertThat(large.takeEvents()).hasSize(4);
        assertThat(writer.takeEvents()).containsExactly("PUBACK 1", "PUBACK 2", "PUBACK 3", "PUBACK 4");
        writer.publish("t/a", 0, 0, payload).publish("t/a", 0, 0, payload);
        assertThat(large.takeEvents()).hasSize(2);
        writer.publish("t/a", 1, 5, "y").publish("t/a", 1, 6, "y");
        assertThat(small.takeEvents()).as("small ones are shared").hasSize(1);
    }

    @Test
    @DisplayName("MQ-2-7 Shared subscription beside another subscriber: the same")
    void sharedTriesAnotherMemberAmongCopies() {
        small("small", 30).subscribe("$share/g/t/#", 1);
        MqttPeer large = network.client(V5_0, "large").subscribe("$share/g/t/#", 1);
        MqttPeer alone = network.client(V5_0, "alone").subscribe("t/a", 0);
        MqttPeer writer = network.client(V5_0, "w");
        for (int i = 1; i <= 4; i++) {
            writer.publish("t/a", 1, i, "x".repeat(100));
            large.puback(i);
        }
        assertThat(large.takeEvents()).hasSize(4);
        assertThat(alone.takeEvents()).hasSize(4);
        assertThat(writer.takeEvents()).containsExactly("PUBACK 1", "PUBACK 2", "PUBACK 3", "PUBACK 4");
    }

    @Test
    @DisplayName("MQ-2-7 Shared subscription whose members are all too small: as though nobody was subscribed")
    void sharedAndAllTooSmall() {
        small("a", 30).subscribe("$share/g/t/#", 1);
        small("b", 30).subscribe("$share/g/t/#", 1);
        MqttPeer writer = network.client(V5_0, "w").publish("t/a", 1, 1, "x".repeat(100));
        assertThat(writer.takeEvents()).containsExactly("PUBACK 1 0x10");
        assertThat(network.bridge.counters().dropped(DropCause.TOO_LARGE)).isEqualTo(2);
    }
}
