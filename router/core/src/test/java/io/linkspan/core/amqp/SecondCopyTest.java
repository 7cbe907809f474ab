// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.util.ResourceLeakDetector;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** While a change spreads, routers see different paths, and a message for many may come to one of them by two ways. */
class SecondCopyTest {

    private static final int SECONDS = 5;

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
}
