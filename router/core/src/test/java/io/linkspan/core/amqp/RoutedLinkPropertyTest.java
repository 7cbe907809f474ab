// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.OutgoingLink;
import io.linkspan.core.link.Direction;
import io.linkspan.core.linkroute.LinkRoutes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Random doings at both ends of a routed link, whose bytes cross on the way: credit given and taken back, drains asked,
 * answered and ended, deliveries small and large, settled, aborted, refused, with their header in two frames, while the
 * socket of the receiver is full at times. At rest both ends have the same credit, and each delivery one outcome.
 */
class RoutedLinkPropertyTest {

    private static final int SEEDS = 25;
    private static final int STEPS = 250;
    private static final int STEPS_TO_A_PAUSE = 10;
    private static final ByteBuf SMALL = AmqpConnectionTest.data(20);
    private static final ByteBuf LARGE = AmqpConnectionTest.data(40_000);
    private static final ByteBuf HEADED =
            Unpooled.wrappedBuffer(AmqpConnectionTest.section(0x70, List.of(true)), AmqpConnectionTest.data(10));

    @Test
    @DisplayName("LNK-10, LNK-11, LNK-14: at rest both ends have the same credit and each delivery one outcome")
    void lnk10BothEndsAgreeAtRest() {
        for (int seed = 0; seed < SEEDS; seed++) {
            new Run(seed).toRest();
        }
    }

    /** One link, from client to container or the other way. */
    private static final class Run {
        private final int seed;
        private final Random random;
        private final Network network = new Network();
        private final Peer broker;
        private final Peer client;
        private final Peer.Sender sender;
        private final Peer.Receiver receiver;
        private final Peer receiving;
        private final Map<Integer, Boolean> expected = new HashMap<>();
        private int keys;
        private int arriving;

        // The delivery that is sent in parts.
        private ByteBuf partial = SMALL;
        private boolean partialIsHeaded;
        private int partialId = -1;
        private int partialKey;
        private int partialAt;

        Run(int seed) {
            this.seed = seed;
            random = new Random(seed);
            boolean clientFirst = random.nextBoolean();
            Peer first = clientFirst ? network.client("app") : network.container("broker", "B");
            Peer second = clientFirst ? network.container("broker", "B") : network.client("app");
            client = clientFirst ? first : second;
            broker = clientFirst ? second : first;
            network.core.linkRoutes().create(LinkRoutes.Request.prefix("lr", Direction.IN, "broker"));
            network.core.linkRoutes().create(LinkRoutes.Request.prefix("lr", Direction.OUT, "broker"));
            if (random.nextBoolean()) {
                sender = client.sender("lr.q");
                receiver = broker.takes.get(0);
                receiving = broker;
            } else {
                receiver = client.receiver("lr.q", 0);
                sender = broker.gives.get(0);
                receiving = client;
            }
        }

        void toRest() {
            for (int i = 0; i < STEPS; i++) {
                act();
                for (int moves = random.nextInt(4); moves > 0; moves--) {
                    network.moveOne(random);
                }
                if (i % STEPS_TO_A_PAUSE == 0) {
                    network.run();
                    pause(i);
                }
            }
            writable(true);
            network.run();
            endPartial();
            network.run();
            // What was sent with credit that was taken back waits for new credit; a drain may be under way.
            receiver.link().issueCredit(500);
            network.run();
            endPartial();
            network.run();
            assertThat(sender.detached || receiver.detached).as("seed " + seed).isFalse();
            assertThat(sender.link().draining()).as("seed " + seed).isFalse();
            assertThat(sender.link().credit())
                    .as("credit, seed " + seed)
                    .isEqualTo(receiver.link().credit());
            assertThat(receiver.messages).as("messages, seed " + seed).hasSize(arriving);
            Map<Integer, Boolean> outcomes = new HashMap<>();
            for (String outcome : sender.outcomes) {
                assertThat(outcome).endsWith(" settled");
                int key = Integer.parseInt(outcome.substring(0, outcome.indexOf(' ')));
                assertThat(outcomes.put(key, outcome.contains("accepted")))
                        .as("two outcomes of " + key + ", seed " + seed)
                        .isNull();
            }
            assertThat(outcomes).as("outcomes, seed " + seed).isEqualTo(expected);
            network.core
                    .links()
                    .forEach(link -> assertThat(link.unsettledCount() + link.undeliveredCount())
                            .as("seed " + seed)
                            .isZero());
            network.endAll();
            assertThat(network.core.links()).isEmpty();
        }

        /** All has arrived that can: the sender has what the receiver has given, less what the router keeps. */
        private void pause(int step) {
            if (sender.link().isKeeping()) {
                return; // The router has not seen all that the sender has counted.
            }
            int between = network.core.links().stream()
                    .mapToInt(link -> Math.toIntExact(link.undeliveredCount()))
                    .sum();
            if (partialId >= 0 && partialIsHeaded) {
                between++; // Its header is not whole.
            }
            int due = Math.max(0, receiver.link().credit() - between);
            boolean keptBack = partialId >= 0 || !receiving.connectionWire().writable;
            if (keptBack || sender.link().draining() || receiver.link().draining()) {
                assertThat(sender.link().credit())
                        .as("no more than is due, seed " + seed + ", step " + step)
                        .isLessThanOrEqualTo(due);
            } else {
                assertThat(sender.link().credit())
                        .as("seed " + seed + ", step " + step)
                        .isEqualTo(due);
            }
        }

        private void act() {
            switch (random.nextInt(14)) {
                case 0, 1, 2 -> send(SMALL, random.nextInt(3) == 0);
                case 3 -> begin(LARGE, 1 + random.nextInt(30_000), false);
                case 4 -> begin(HEADED, 4, true);
                case 5 -> goOn();
                case 6 -> abort();
                case 7 -> {
                    sender.link().withTag(Unpooled.wrappedBuffer(new byte[RoutedLink.MAX_TAG_BYTES + 1]), 0, 33);
                    refused();
                }
                case 8, 9 -> receiver.link().issueCredit(1 + random.nextInt(10));
                case 10 -> {
                    int credit = receiver.link().credit();
                    if (credit > 0) {
                        receiver.link().takeBackCredit(1 + random.nextInt(credit));
                    }
                }
                case 11 -> {
                    if (random.nextBoolean()) {
                        receiver.link().drain();
                    } else {
                        receiver.link().issueCredit(0);
                    }
                }
                case 12 -> {
                    if (partialId < 0) {
                        sender.link().drained();
                    }
                }
                default -> writable(random.nextInt(3) > 0);
            }
        }

        private void writable(boolean now) {
            if (receiving.connectionWire().writable != now) {
                receiving.connectionWire().writable = now;
                receiving.connection.writabilityChanged(now);
            }
        }

        private void send(ByteBuf bytes, boolean settled) {
            OutgoingLink link = sender.link();
            if (link.sendable()) {
                link.send(bytes, 0, bytes.readableBytes(), 0, settled, sender, keys);
                if (!settled) {
                    expected.put(keys, true);
                }
                keys++;
                arriving++;
            }
        }

        /** A delivery with a tag that is too long. */
        private void refused() {
            OutgoingLink link = sender.link();
            if (link.sendable()) {
                link.send(LARGE, 0, LARGE.readableBytes(), 0, false, sender, keys);
                expected.put(keys++, false);
            } else {
                link.withTag(Unpooled.EMPTY_BUFFER, 0, 0);
            }
        }

        private void begin(ByteBuf bytes, int length, boolean headed) {
            if (sender.link().sendable()) {
                partial = bytes;
                partialIsHeaded = headed;
                partialAt = length;
                partialKey = keys++;
                partialId = sender.link().begin(bytes, 0, length, 0, false, sender, partialKey);
            }
        }

        private void goOn() {
            if (partialId < 0 || !sender.link().partSendable()) {
                return;
            }
            int left = partial.readableBytes() - partialAt;
            int length = partialIsHeaded || random.nextBoolean() ? left : random.nextInt(left);
            if (sender.link().part(partialId, partial, partialAt, length, length == left)) {
                partialAt += length;
                if (length == left) {
                    expected.put(partialKey, true);
                    arriving++;
                    partialId = -1;
                }
            }
        }

        private void abort() {
            if (partialId >= 0 && sender.link().partSendable()) {
                sender.link().abort(partialId);
                partialId = -1;
            }
        }

        private void endPartial() {
            for (int tries = 0; partialId >= 0 && tries < 100; tries++) {
                goOn();
                network.run();
            }
        }
    }
}
