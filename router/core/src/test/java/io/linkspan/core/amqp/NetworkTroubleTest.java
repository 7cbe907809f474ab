// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.DeliveryState;
import io.netty.util.ResourceLeakDetector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Connections of small networks are cut, and routers killed and started again, while deliveries are under way
 * between all pairs of routers: routing, chapter 5.
 */
class NetworkTroubleTest {

    /** What is sent before, is unsettled at its receiver, is sent at once after, later, and when all is mended. */
    private static final int BEFORE = 1;

    private static final int UNDER_WAY = 2;
    private static final int AT_ONCE = 3;
    private static final int LATER = 4;
    private static final int MENDED = 5;

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

    @SuppressWarnings("NullAway.Init") // Each trouble has its own.
    private InteriorRouters routers;

    private final Map<String, Peer> clients = new LinkedHashMap<>();
    private final List<Flow> flows = new ArrayList<>();

    /** Messages from a client of one router to a client of another; each receiver has an address of its own. */
    private static final class Flow {
        private final String from;
        private final String to;
        private final Peer.Sender sender;
        private Peer.Receiver receiver;

        private Flow(String from, String to, Peer.Sender sender, Peer.Receiver receiver) {
            this.from = from;
            this.to = to;
            this.sender = sender;
            this.receiver = receiver;
        }

        private void send(int key) {
            sender.send(AmqpConnectionTest.data(100 + key), false, key);
        }

        /** How often a message came; they differ in their lengths. */
        private long arrivals(int key) {
            int length = AmqpConnectionTest.data(100 + key).readableBytes();
            return receiver.messages.stream()
                    .filter(message -> message.length == length)
                    .count();
        }

        /** The one outcome of a message, without its key. */
        private String outcome(int key) {
            List<String> all = sender.outcomes.stream()
                    .filter(outcome -> outcome.startsWith(key + " "))
                    .toList();
            assertThat(all).as(this + ", message " + key).hasSize(1);
            assertThat(all.get(0)).endsWith(" settled");
            return all.get(0).substring(2).split("[^a-z]", 2)[0];
        }

        /** Accepted and received once, or released and not received, or modified. */
        private void endedWell(int key) {
            String outcome = outcome(key);
            assertThat(outcome).as(this + ", message " + key).isIn("accepted", "released", "modified");
            long arrivals = arrivals(key);
            assertThat(arrivals).as(this + ", message " + key + " " + outcome).isLessThanOrEqualTo(1);
            if (!outcome.equals("modified")) {
                assertThat(arrivals)
                        .as(this + ", message " + key + " " + outcome)
                        .isEqualTo(outcome.equals("accepted") ? 1 : 0);
            }
        }

        @Override
        public String toString() {
            return from + " to " + to;
        }
    }

    private void begin(String[] pairs) {
        routers = new InteriorRouters(pairs);
        clients.clear();
        flows.clear();
        Set<String> ids = routers.all().keySet();
        ids.forEach(id -> clients.put(id, routers.router(id).client()));
        Map<String, Peer.Receiver> receivers = new LinkedHashMap<>();
        for (String from : ids) {
            for (String to : ids) {
                if (!from.equals(to)) {
                    receivers.put(from + to, client(to).receiver("q." + from + to, 10));
                }
            }
        }
        routers.seconds(4);
        for (String from : ids) {
            for (String to : ids) {
                Peer.Receiver receiver = receivers.get(from + to);
                if (receiver != null) {
                    flows.add(new Flow(from, to, client(from).sender("q." + from + to), receiver));
                }
            }
        }
        flows.forEach(flow -> {
            flow.send(BEFORE);
            assertThat(flow.outcome(BEFORE)).isEqualTo("accepted");
            flow.receiver.answers = null;
            flow.send(UNDER_WAY);
            assertThat(flow.arrivals(UNDER_WAY)).isEqualTo(1);
            flow.receiver.answers = DeliveryState.ACCEPTED;
        });
    }

    private Peer client(String id) {
        return Objects.requireNonNull(clients.get(id));
    }

    /** The connections are gone; {@code lost} is a router whose clients are gone, too. */
    private void trouble(String[] pairs, Set<String> gone, @Nullable String lost) {
        gone.forEach(routers::cut);
        List<Flow> watched =
                flows.stream().filter(flow -> !flow.from.equals(lost)).toList();
        watched.forEach(flow -> flow.send(AT_ONCE));
        // The change is told; a question that went by a way that is no more is asked again; paths are computed.
        routers.seconds(3);
        for (Flow flow : watched) {
            if (!flow.to.equals(lost)) {
                flow.receiver.settle(flow.receiver.ids.get(1), DeliveryState.ACCEPTED);
            }
        }
        watched.forEach(flow -> flow.send(LATER));
        for (Flow flow : watched) {
            boolean reaches = !flow.to.equals(lost) && reaches(pairs, gone, flow.from, flow.to);
            flow.endedWell(UNDER_WAY);
            flow.endedWell(AT_ONCE);
            flow.endedWell(LATER);
            assertThat(flow.outcome(LATER)).as(flow.toString()).isEqualTo(reaches ? "accepted" : "released");
        }
    }

    private static boolean reaches(String[] pairs, Set<String> gone, String from, String to) {
        Set<String> seen = new HashSet<>(Set.of(from));
        Deque<String> next = new ArrayDeque<>(seen);
        while (!next.isEmpty()) {
            String at = next.remove();
            for (String pair : pairs) {
                String[] ends = pair.split("[-:]", -1);
                if (!gone.contains(ends[0] + "-" + ends[1]) && (ends[0].equals(at) || ends[1].equals(at))) {
                    String other = ends[0].equals(at) ? ends[1] : ends[0];
                    if (seen.add(other)) {
                        next.add(other);
                    }
                }
            }
        }
        return seen.contains(to);
    }

    private void mend(String[] pairs, Set<String> gone) {
        for (String pair : pairs) {
            String[] parts = pair.split("[-:]", -1);
            if (gone.contains(parts[0] + "-" + parts[1])) {
                routers.connect(parts[0], parts[1], parts.length > 2 ? Integer.parseInt(parts[2]) : 1);
            }
        }
        routers.seconds(12);
    }

    /** All of a few; of many, which are alike, the first. */
    private static List<String> some(List<String> all) {
        return all.size() > 4 ? all.subList(0, 1) : all;
    }

    private static final String PAIR = "A-B";

    private static final String LINE = "A-B B-C C-D";
    private static final String TRIANGLE = "A-B B-C A-C:5";
    private static final String DIAMOND = "A-B A-C:2 B-D C-D:2";
    private static final String RING = "A-B B-C C-D D-E E-F A-F";
    private static final String MESH = "A-B A-C A-D A-E B-C B-D B-E C-D C-E D-E";

    @ParameterizedTest
    @ValueSource(strings = {PAIR, LINE, TRIANGLE, DIAMOND, RING, MESH})
    @DisplayName("OUT-07: when a connection is cut, each delivery ends once, and later ones go by what is left")
    void everyCut(String topology) {
        String[] pairs = topology.split(" ", -1);
        for (String pair : some(List.of(pairs))) {
            begin(pairs);
            Set<String> gone = Set.of(pair.split(":", -1)[0]);
            trouble(pairs, gone, null);
            mend(pairs, gone);
            for (Flow flow : flows) {
                flow.send(MENDED);
                flow.endedWell(MENDED);
                assertThat(flow.outcome(MENDED)).as(flow.toString()).isEqualTo("accepted");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {PAIR, LINE, TRIANGLE, DIAMOND, RING, MESH})
    @DisplayName("OUT-07: when a router is killed and started again, each delivery of the others ends once")
    void everyRestart(String topology) {
        String[] pairs = topology.split(" ", -1);
        Set<String> ids = new InteriorRouters(pairs).all().keySet();
        for (String lost : some(List.copyOf(ids))) {
            begin(pairs);
            Set<String> gone = new HashSet<>();
            for (String pair : pairs) {
                String ends = pair.split(":", -1)[0];
                if (List.of(ends.split("-", -1)).contains(lost)) {
                    gone.add(ends);
                }
            }
            trouble(pairs, gone, lost);
            routers.restart(lost, 2);
            clients.put(lost, routers.router(lost).client());
            for (Flow flow : flows) {
                if (flow.to.equals(lost)) {
                    flow.receiver = client(lost).receiver("q." + flow.from + flow.to, 10);
                }
            }
            mend(pairs, gone);
            for (Flow flow : flows) {
                if (!flow.from.equals(lost)) {
                    flow.send(MENDED);
                    flow.endedWell(MENDED);
                    assertThat(flow.outcome(MENDED)).as(flow.toString()).isEqualTo("accepted");
                }
            }
        }
    }
}
