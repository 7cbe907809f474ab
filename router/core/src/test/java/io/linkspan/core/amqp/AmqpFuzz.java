// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import io.linkspan.amqp.DeliveryState;
import io.linkspan.amqp.Terminus;
import io.linkspan.amqp.codec.Symbol;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * Attacks a router with spoilt copies of a real client's conversation, in one process and without sockets. Nobody but the
 * attacker may suffer, no buffer may stay behind, and nothing may throw. The same seed gives the same attacks.
 */
final class AmqpFuzz {

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
    private final Network network = new Network(allocator);
    private final Peer bystander = network.client();
    private final Peer.Receiver receiver = bystander.receiver("safe.place", 1000);
    private final Peer.Sender sender = bystander.sender("safe.place");
    private final List<byte[]> frames;
    private int said;

    AmqpFuzz() {
        frames = conversation();
    }

    /** What a client writes that does a little of everything, cut into frames (headers are frames too). */
    private List<byte[]> conversation() {
        List<byte[]> written = new ArrayList<>();
        Peer client = network.client(near -> near.record = written);
        Peer.Receiver topic =
                client.receiver(Terminus.source("a.*").withCapabilities(List.of(new Symbol("topic-pattern"))), 50);
        client.receiver(Terminus.source(null).withDynamic(true), 5);
        Peer.Receiver plain = client.receiver("a.b", 20);
        plain.answers = DeliveryState.RELEASED;
        Peer.Sender targeted = client.sender("a.b");
        Peer.Sender anonymous = client.sender((String) null);
        for (int i = 0; i < 4; i++) {
            targeted.send(AmqpConnectionTest.data(20 + i), i % 2 == 0, i);
            anonymous.send(AmqpConnectionTest.to("a.c", 30), false, i);
        }
        targeted.send(AmqpConnectionTest.data(70_000), false, 8);
        int id = targeted.link().begin(AmqpConnectionTest.data(180_000), 0, 150_000, 0, false, targeted, 9);
        network.run();
        targeted.link().abort(id);
        topic.link().drain();
        network.run();
        plain.link().detach(true, null);
        network.run();
        client.engine.close(null);
        network.run();
        return split(written);
    }

    private static List<byte[]> split(List<byte[]> written) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        written.forEach(all::writeBytes);
        byte[] bytes = all.toByteArray();
        List<byte[]> frames = new ArrayList<>();
        int at = 0;
        while (at < bytes.length) {
            int size = bytes[at] == 'A'
                    ? 8
                    : (bytes[at] & 0xff) << 24
                            | (bytes[at + 1] & 0xff) << 16
                            | (bytes[at + 2] & 0xff) << 8
                            | (bytes[at + 3] & 0xff);
            frames.add(Arrays.copyOfRange(bytes, at, at + size));
            at += size;
        }
        return frames;
    }

    int frameCount() {
        return frames.size();
    }

    /** One attack. */
    void attack(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] bytes = spoil(random, seed);
        Network.RawClient attacker = network.rawClient();
        int at = 0;
        while (at < bytes.length && !attacker.wire().isGone()) {
            int length = Math.min(bytes.length - at, random.nextInt(4) == 0 ? random.nextInt(1, 40) : 65_536);
            attacker.feed(bytes, at, length);
            at += length;
        }
        attacker.end();
        network.run();
    }

    private byte[] spoil(SplittableRandom random, long seed) {
        List<byte[]> chosen = new ArrayList<>(frames.size());
        frames.forEach(frame -> chosen.add(frame.clone()));
        switch (random.nextInt(6)) {
            case 0 -> Collections.shuffle(chosen.subList(3, chosen.size()), new Random(seed));
            case 1 -> chosen.remove(random.nextInt(chosen.size()));
            case 2 -> chosen.add(random.nextInt(chosen.size()), chosen.get(random.nextInt(chosen.size())));
            default -> {
                // The bytes alone are spoilt.
            }
        }
        int spoilt = random.nextInt(4);
        for (int i = 0; i < spoilt; i++) {
            byte[] frame = chosen.get(random.nextInt(chosen.size()));
            // The beginning of a frame is where the meaning is.
            int place = random.nextInt(random.nextInt(3) == 0 ? frame.length : Math.min(frame.length, 60));
            frame[place] = random.nextInt(3) == 0 ? (byte) 0xff : (byte) random.nextInt(256);
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        chosen.forEach(all::writeBytes);
        byte[] bytes = all.toByteArray();
        return random.nextInt(5) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
    }

    /** The bystander goes on as though nothing had happened. */
    void checkBystander() {
        said++;
        sender.send(AmqpConnectionTest.data(64), false, said);
        if (receiver.messages.size() != said || sender.outcomes.size() != said) {
            throw new AssertionError("message " + said + " of the bystander: received " + receiver.messages.size()
                    + ", outcomes " + sender.outcomes.size());
        }
        receiver.link().issueCredit(1);
        network.run();
        if (network.core.connections().size() != 1 || network.core.links().size() != 2) {
            throw new AssertionError(network.core.connections() + " " + network.core.links() + " are left");
        }
        if (network.core.table().patternCount() != 0 || network.core.table().starvedCount() != 0) {
            throw new AssertionError("patterns or starved addresses are left");
        }
    }

    /** Everybody goes; no byte may stay. */
    void finish() {
        bystander.wire.cut();
        long kept = allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory();
        if (kept != 0) {
            throw new AssertionError(kept + " bytes are kept");
        }
    }
}
