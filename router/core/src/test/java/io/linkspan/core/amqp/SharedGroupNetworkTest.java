// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.DeliveryState;
import io.linkspan.core.address.AddressKey;
import io.linkspan.core.address.Pattern;
import io.linkspan.core.address.PatternSyntax;
import io.linkspan.core.address.Subscription;
import io.linkspan.core.fake.FakeConnection;
import io.linkspan.core.fake.FakeReceiver;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Members of a shared group that leave or refuse while messages are on their way to them and another router has a member
 * too (ADR 0013).
 */
class SharedGroupNetworkTest {

    private static final int SENT = 20;

    private static FakeReceiver member(InteriorRouters routers, String router, String filter) {
        FakeReceiver receiver = new FakeConnection(routers.router(router).core).receiver("members");
        receiver.credit = 1_000;
        return receiver.subscribe(
                filter.contains("*")
                        ? Subscription.shared("g", Pattern.parse(filter, PatternSyntax.DOTS))
                        : Subscription.shared("g", AddressKey.mobile(filter)));
    }

    private static Peer.Sender send(InteriorRouters routers) {
        Peer.Sender sender = routers.router("A").client().sender("s.x");
        for (int i = 0; i < SENT; i++) {
            sender.send(AmqpConnectionTest.data(50), false, i);
        }
        return sender;
    }

    private static List<String> ended(Peer.Sender sender, String outcome) {
        List<String> all = new ArrayList<>();
        for (String one : sender.outcomes) {
            if (one.contains(outcome)) {
                assertThat(one).endsWith("settled");
                all.add(one);
            }
        }
        return all;
    }

    @ParameterizedTest
    @CsvSource({"A-B A-C,s.x", "A-B A-C,s.*", "A-B B-C,s.x", "A-B B-C,s.*", "A-B B-C A-C,s.x", "A-OldB OldB-C A-D,s.x"})
    @DisplayName("MQ-1-21, OUT-07: what a member has and does not settle ends as modified when it leaves, once")
    void leavesWithDeliveries(String topology, String filter) {
        InteriorRouters routers = new InteriorRouters(topology.split(" ", -1));
        FakeReceiver stays = member(routers, topology.contains("D") ? "D" : "B", filter);
        FakeReceiver leaves = member(routers, "C", filter);
        routers.seconds(3);
        Peer.Sender sender = send(routers);
        int had = leaves.got.size();
        assertThat(had).isBetween(1, SENT - 1);
        assertThat(stays.got).hasSize(SENT - had);
        leaves.lost();
        routers.router("A").run();
        assertThat(ended(sender, "modified")).hasSize(had);
        stays.settleAll(DeliveryState.ACCEPTED);
        routers.router("A").run();
        assertThat(ended(sender, "accepted")).hasSize(SENT - had);
        assertThat(sender.outcomes).hasSize(SENT);
    }

    @ParameterizedTest
    @CsvSource({"A-B A-C,s.x", "A-B A-C,s.*", "A-B B-C,s.x", "A-B B-C,s.*", "A-B B-C A-C,s.x", "A-OldB OldB-C A-D,s.x"})
    @DisplayName("MQ-1-21: what waits for a member that leaves ends as released, and the next ones go to the other")
    void leavesWhileTheyWait(String topology, String filter) {
        InteriorRouters routers = new InteriorRouters(topology.split(" ", -1));
        FakeReceiver stays = member(routers, topology.contains("D") ? "D" : "B", filter);
        FakeReceiver leaves = member(routers, "C", filter);
        leaves.credit = 0;
        routers.seconds(3);
        Peer.Sender sender = send(routers);
        int waiting = SENT - stays.got.size();
        assertThat(waiting).isBetween(1, SENT - 1);
        leaves.lost();
        routers.router("A").run();
        assertThat(ended(sender, "released")).hasSize(waiting);
        routers.seconds(3);
        Peer.Sender second = send(routers);
        stays.settleAll(DeliveryState.ACCEPTED);
        routers.router("A").run();
        assertThat(ended(second, "accepted")).hasSize(SENT);
        assertThat(ended(sender, "accepted")).hasSize(SENT - waiting);
    }

    @ParameterizedTest
    @CsvSource({"A-B A-C,s.x", "A-B A-C,s.*", "A-B B-C,s.x", "A-B B-C,s.*", "A-B B-C A-C,s.x", "A-OldB OldB-C A-D,s.x"})
    @DisplayName("MQ-1-21: what comes for a member that has just left ends as released, until the others hear of it")
    void hasJustLeft(String topology, String filter) {
        InteriorRouters routers = new InteriorRouters(topology.split(" ", -1));
        FakeReceiver stays = member(routers, topology.contains("D") ? "D" : "B", filter);
        FakeReceiver leaves = member(routers, "C", filter);
        routers.seconds(3);
        leaves.lost();
        // The routers are told with the next tick.
        Peer.Sender sender = send(routers);
        int taken = stays.got.size();
        assertThat(taken).isBetween(1, SENT - 1);
        assertThat(ended(sender, "released")).hasSize(SENT - taken);
        routers.seconds(3);
        Peer.Sender second = send(routers);
        stays.settleAll(DeliveryState.ACCEPTED);
        routers.router("A").run();
        assertThat(ended(sender, "accepted")).hasSize(taken);
        assertThat(ended(second, "accepted")).hasSize(SENT);
    }

    @ParameterizedTest
    @CsvSource({"A-B A-C,s.x", "A-B A-C,s.*", "A-B B-C,s.x", "A-B B-C A-C,s.*", "A-OldB OldB-C A-D,s.x"})
    @DisplayName("MQ-1-21, OUT-03: what a member refuses goes back to its sender with the member's own outcome")
    void refuses(String topology, String filter) {
        for (DeliveryState refusal :
                List.of(DeliveryState.RELEASED, DeliveryState.rejected(null), DeliveryState.MODIFIED_FAILED)) {
            InteriorRouters routers = new InteriorRouters(topology.split(" ", -1));
            FakeReceiver takes = member(routers, topology.contains("D") ? "D" : "B", filter);
            FakeReceiver refuses = member(routers, "C", filter);
            routers.seconds(3);
            Peer.Sender sender = send(routers);
            int had = refuses.got.size();
            assertThat(had).isBetween(1, SENT - 1);
            refuses.settleAll(refusal);
            takes.settleAll(DeliveryState.ACCEPTED);
            routers.router("A").run();
            assertThat(sender.outcomes).hasSize(SENT);
            assertThat(ended(sender, "accepted")).hasSize(SENT - had);
            assertThat(ended(sender, refusal.toString().split("[^a-z]", 2)[0])).hasSize(had);
        }
    }
}
