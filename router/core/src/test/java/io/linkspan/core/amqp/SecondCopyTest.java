// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.core.address.AddressEntities;
import io.netty.buffer.ByteBuf;
import io.netty.util.ResourceLeakDetector;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** While a change spreads, routers see different paths, and a message for many may come to one of them by two ways. */
class SecondCopyTest {

    private static final int SECONDS = 5;
    private static final int SEEDS = 40;

    private static final ResourceLeakDetector.Level USUAL = ResourceLeakDetector.getLevel();

    /** Nearly all the time would go into stack traces of buffers, which the other tests look after. */
    @BeforeAll
    static void watchFewerBuffers() {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.SIMPLE);
    }

    @AfterAll
    static void watchAllAgain() {
        ResourceLeakDetector.setLevel(USUAL);
    }

    private final Map<String, Peer.Receiver> receivers = new LinkedHashMap<>();
    private final Map<String, Peer.Sender> senders = new LinkedHashMap<>();
    private InteriorRouters routers = new InteriorRouters("A-B");
    private int sent;
    private int longer;

    private void join(String id) {
        receivers.put(id, routers.router(id).client().receiver("mc", 10_000));
        senders.put(id, routers.router(id).client().sender("mc"));
    }

    /** Time passes, one router after the other, and after each step all send. */
    private void trouble() {
        for (int second = 0; second < SECONDS; second++) {
            for (Network router : routers.all().values()) {
                router.core.tick(1);
                router.run();
                for (Peer.Sender sender : senders.values()) {
                    sent++;
                    sender.send(message(sent), sent % 2 == 0, sent);
                }
            }
        }
    }

    /** Time passes for each router when it likes, and what it says comes late, while all send. */
    private void restless(Random random, int seconds) {
        List<Network> all = List.copyOf(routers.all().values());
        for (int second = 0; second < seconds; second++) {
            for (Network router : all) {
                for (int step = random.nextInt(20 * all.size()); step > 0; step--) {
                    router.moveOne(random);
                    if (step % 8 == 0) {
                        sendOne(random);
                    }
                }
                router.core.tick(1);
            }
        }
    }

    private void sendOne(Random random) {
        Peer.Sender sender = List.copyOf(senders.values()).get(random.nextInt(senders.size()));
        if (sender.link().sendable()) {
            sent++;
            ByteBuf message = message(sent);
            sender.link().send(message, 0, message.readableBytes(), 0, sent % 2 == 0, sender, sent);
        }
    }

    /** A message that is as long as no other. */
    private ByteBuf message(int number) {
        return AmqpConnectionTest.data(longer + number);
    }

    private void noneTwice() {
        receivers.forEach((id, receiver) -> {
            Set<Integer> lengths = new HashSet<>();
            for (byte[] message : receiver.messages) {
                assertThat(lengths.add(message.length))
                        .as(id + " got a message twice")
                        .isTrue();
            }
            receiver.messages.clear();
        });
    }

    @ParameterizedTest
    @CsvSource({
        "A-B B-C A-C:5, B-C, 0",
        "A-B A-C B-D C-D, B-D, 0",
        "A-B A-C B-D C-D, B-D, 140000",
        "A-B B-C C-D D-E E-F A-F, B-C, 0",
        "A-B A-C A-D A-E B-C B-D B-E C-D C-E D-E, A-D, 0",
        "A-B A-C:2 B-C B-D:2 C-D C-E:2 D-E D-F:2 E-F, C-D, 0"
    })
    @DisplayName("DST-34: nobody gets a message twice while a connection goes and comes and the routers disagree")
    void noSecondCopies(String topology, String pair, int moreOctets) {
        longer = moreOctets;
        String[] pairs = topology.split(" ", -1);
        routers = new InteriorRouters(pairs);
        routers.address("mc", "multicast", null);
        routers.all().keySet().forEach(this::join);
        routers.seconds(4);
        trouble();
        noneTwice();
        routers.cut(pair);
        trouble();
        noneTwice();
        String[] ends = pair.split("-", -1);
        routers.connect(ends[0], ends[1], 1);
        trouble();
        noneTwice();
        sent++;
        senders.values().forEach(sender -> sender.send(message(sent), false, sent));
        receivers.forEach((id, receiver) ->
                assertThat(receiver.messages).as(id + " hears everybody").hasSize(senders.size()));
    }

    @ParameterizedTest
    @CsvSource({
        "A-B B-C A-C, C",
        "A-B A-C B-D C-D, D",
        "A-B B-C C-D D-E E-F A-F, F",
        "A-B A-C A-D A-E B-C B-D B-E C-D C-E D-E, E"
    })
    @DisplayName("DST-34: a router that starts again gets no message twice, of routers that it has not heard of either")
    void noSecondCopiesAfterARestart(String topology, String lost) {
        for (int seed = 1; seed <= SEEDS; seed++) {
            restart(topology, lost, new Random(seed));
        }
    }

    private void restart(String topology, String lost, Random random) {
        longer = 0;
        sent = 0;
        senders.clear();
        receivers.clear();
        String[] pairs = topology.split(" ", -1);
        routers = new InteriorRouters(pairs);
        routers.address("mc", "multicast", null);
        routers.all().keySet().forEach(this::join);
        routers.seconds(4);
        List<String> cut = new ArrayList<>();
        for (String pair : pairs) {
            String ends = pair.split(":", -1)[0];
            if (List.of(ends.split("-", -1)).contains(lost)) {
                cut.add(ends);
                routers.cut(ends);
            }
        }
        senders.remove(lost);
        receivers.remove(lost);
        trouble();
        noneTwice();
        routers.restart(lost, 2);
        routers.router(lost)
                .core
                .createAddress(new AddressEntities.Request(
                        "mc", "mc", null, "multicast", false, null, null, null, false, false));
        join(lost);
        for (String ends : cut) {
            String[] both = ends.split("-", -1);
            routers.connect(both[0], both[1], 1);
            restless(random, random.nextInt(4));
        }
        restless(random, SECONDS);
        routers.router(lost).run();
        noneTwice();
        routers.seconds(4);
        sent++;
        senders.values().forEach(sender -> sender.send(message(sent), false, sent));
        receivers.forEach((id, receiver) ->
                assertThat(receiver.messages).as(id + " hears everybody").hasSize(senders.size()));
    }
}
