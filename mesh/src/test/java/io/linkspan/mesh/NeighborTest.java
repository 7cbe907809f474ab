// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.linkspan.mesh.message.Hello;
import io.linkspan.mesh.message.LinkStateRequest;
import io.linkspan.mesh.message.MobileAddressRequest;
import io.linkspan.mesh.message.RouterAdvertisement;
import io.linkspan.mesh.path.RouteTable;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class NeighborTest {

    private final NodeFixture a = new NodeFixture();

    @Test
    @DisplayName(
            "7.1: a router is a neighbour once it says that it hears us; the next tick asks it and advertises number 1")
    void aNeighborIsFoundInTwoSteps() {
        a.up(0, "B", 5).hello(0, "B");
        assertThat(a.reaches("B")).isFalse();
        a.wait(1000).tick();
        assertThat(a.sent).containsExactly("on 0 HELLO [B]", "all RA 0 0");

        a.forget().hello(0, "B", "A");
        assertThat(a.routes().nextHop(a.index("B"))).isZero();
        assertThat(a.routes().cost(a.index("B"))).isEqualTo(5);
        a.wait(1000).tick();
        assertThat(a.sent).containsExactly("on 0 HELLO [B]", "all RA 1 0", "to B LSR");
    }

    @Test
    @DisplayName("7.2: HELLO goes out on every connection with one body, at its interval")
    void helloGoesToAllNeighbors() {
        a.up(0, "B", 1).up(1, "C", 1).hello(1, "C").hello(0, "B").pass(1);

        assertThat(a.sent).contains("on 0 HELLO [B, C]", "on 1 HELLO [B, C]");
        assertThat(a.messages.get(0)).isSameAs(a.messages.get(1));
        a.forget().pass(3);
        assertThat(a.sent.stream().filter(line -> line.startsWith("on 0"))).hasSize(3);
    }

    @Test
    @DisplayName("4: a HELLO interval of two seconds is counted in ticks")
    void helloIntervalIsCountedInTicks() {
        MeshConfig base = MeshConfig.of(NodeFixture.id("A"), 1);
        NodeFixture slow = new NodeFixture(new MeshConfig(
                base.self(),
                1,
                java.time.Duration.ofSeconds(2),
                base.helloMaxAge(),
                base.raInterval(),
                base.raIntervalFlux(),
                base.remoteLsMaxAge(),
                base.limits()));
        slow.up(0, "B", 1).pass(6);

        assertThat(slow.sent.stream().filter(line -> line.contains("HELLO"))).hasSize(3);
    }

    @Test
    @DisplayName("7.2: a HELLO of three seconds ago still counts, an older one does not")
    void aNeighborIsLostWhenItsHelloIsOlderThanTheAge() {
        a.up(0, "B", 1).hello(0, "B", "A").pass(3);
        assertThat(a.reaches("B")).isTrue();

        a.forget().wait(1).tick();
        assertThat(a.reaches("B")).isFalse();
        assertThat(a.sent).containsExactly("on 0 HELLO []", "all RA 2 0");
        assertThat(a.events(MeshEvent.NeighborLost.class))
                .extracting(MeshEvent.NeighborLost::reason)
                .containsExactly(MeshEvent.Loss.HELLO_EXPIRED);
    }

    @Test
    @DisplayName("7.1: a neighbour that hears us no longer is lost, though we hear it")
    void aNeighborThatDoesNotHearUsIsLost() {
        a.withNeighbor();
        for (int i = 0; i < 4; i++) {
            a.wait(1000).hello(0, "B").tick();
        }

        assertThat(a.reaches("B")).isFalse();
        assertThat(a.sent).contains("on 0 HELLO [B]");
    }

    @Test
    @DisplayName("7.1: the loss of a connection drops the neighbour at once")
    void aLostConnectionDropsTheNeighborAtOnce() {
        a.withNeighbor().down(0);

        assertThat(a.reaches("B")).isFalse();
        assertThat(a.sent).isEmpty();
        a.wait(1000).tick();
        assertThat(a.sent).containsExactly("all RA 2 0");
    }

    @Test
    @DisplayName("2.5: our id with another instance is critical, said once; with our instance it is ourselves")
    void ourOwnIdIsNotTaken() {
        a.up(0, "A", 1).up(1, "A", 1);
        for (int i = 0; i < 3; i++) {
            a.hello(0, "A", 99, "A").hello(1, "A", NodeFixture.INSTANCE, "A").pass(1);
        }

        assertThat(a.events(MeshEvent.OwnIdUsed.class)).hasSize(1).allSatisfy(event -> {
            assertThat(event.severity()).isEqualTo(MeshEvent.Severity.CRITICAL);
            assertThat(event.text()).startsWith("Detected Neighbor Router with a Duplicate ID");
        });
        assertThat(a.events(MeshEvent.ConnectedToSelf.class)).hasSize(1);
        assertThat(a.core).noneMatch(line -> line.startsWith("appeared"));
    }

    @Test
    @DisplayName("0, rule 4: whatever carries our own id is ignored and not passed on")
    void messagesWithOurOwnIdAreIgnored() {
        a.withNeighbor();

        assertThat(a.relayed(0, new RouterAdvertisement(NodeFixture.id("A"), 3, 50, 50)))
                .isFalse();
        a.take(0, new LinkStateRequest(NodeFixture.id("A")));
        assertThat(a.sent).isEmpty();
        assertThat(a.core).isEmpty();
    }

    @Test
    @DisplayName("0, rule 4: that is so for every kind of message")
    void noMessageWithOurOwnIdCounts() {
        a.withNeighbor();
        int known = a.node.routers().size();

        assertThat(a.relayed(0, NodeFixture.differential("A", 1, List.of("M0x"), List.of())))
                .isFalse();
        a.take(0, NodeFixture.absolute("A", 9, "M0x"))
                .linkState(0, "A", NodeFixture.INSTANCE, 9, "Z", 1)
                .take(0, new MobileAddressRequest(NodeFixture.id("A"), 0))
                .wait(1000)
                .hello(0, "B", "A")
                .tick();
        assertThat(a.sentBut("HELLO")).isEmpty();
        assertThat(a.core).isEmpty();
        assertThat(a.node.routers()).hasSize(known);
        assertThat(a.node.routers().get(0).linkStateSequence()).isEqualTo(1);
    }

    @Test
    @DisplayName("7.1: who does not say that it hears us gets no record")
    void whoDoesNotHearUsIsNotKnown() {
        a.up(0, "B", 1).hello(0, "B").hello(0, "B", "C", "D").pass(1);

        assertThat(a.core).isEmpty();
        assertThat(a.node.routers()).hasSize(1);
    }

    @Test
    @DisplayName("7.1: a neighbour for which there is no number left is ignored, with an event, until there is one")
    void aNeighborWithoutRoomIsIgnored() {
        NodeFixture small = new NodeFixture(
                MeshConfig.of(NodeFixture.id("A"), 1).withLimits(new MeshConfig.Limits(3, 9, 9, 9, 9, 99)));
        small.withNeighbor().linkState(0, "B", 7, 2, "A", 1, "C", 1).up(1, "D", 1);
        for (int i = 0; i < 3; i++) {
            small.hello(1, "D", "A").pass(1, "B");
        }
        assertThat(small.events(MeshEvent.LimitReached.class))
                .extracting(MeshEvent.LimitReached::limit)
                .containsExactly("routers");
        assertThat(small.index("D")).isEqualTo(-1);
        assertThat(small.sent).contains("on 0 HELLO [B, D]").doesNotContain("all RA 2 0");

        small.linkState(0, "B", 7, 3, "A", 1).pass(3, "B");
        small.hello(1, "D", "A");
        assertThat(small.reaches("D")).isTrue();
    }

    @Test
    @DisplayName("7.5: another instance in HELLO voids what was told, and the router stays a neighbour")
    void aRestartIsSeenInHello() {
        a.withNeighbor()
                .linkState(0, "B", 7, 2, "A", 1, "C", 1)
                .take(0, NodeFixture.absolute("B", 5, "M0x"))
                .pass(1, "B");
        assertThat(a.reaches("C")).isTrue();
        a.forget().hello(0, "B", 8, "A");

        assertThat(a.events(MeshEvent.RouterRestarted.class)).hasSize(1);
        assertThat(a.core).contains("remove B M0x");
        assertThat(a.reaches("B")).isTrue();
        assertThat(a.reaches("C")).isFalse();
        a.wait(1000).tick();
        assertThat(a.sentBut("HELLO")).containsExactly("to B LSR");
    }

    @Test
    @DisplayName("7.2: a router that was heard too long ago is not in seen, on whatever connection it was heard")
    void seenIsWhoWasHeardLately() {
        a.up(0, "B", 1).up(1, "C", 1).up(2, "C", 1).hello(0, "B").hello(1, "C").pass(1);
        assertThat(a.sent).contains("on 0 HELLO [B, C]");
        a.forget().wait(1000).hello(2, "C").tick();
        a.forget().wait(1001).tick();
        assertThat(a.sent).contains("on 0 HELLO [C]", "on 1 HELLO [C]", "on 2 HELLO [C]");
    }

    @Test
    void aHelloThatNamesAnotherRouterThanTheOpenIsForged() {
        a.up(0, "B", 1).hello(0, "X", "A").hello(0, "Y", "A");

        assertThat(a.events(MeshEvent.ForgedHello.class)).hasSize(1);
        assertThat(a.core).isEmpty();
    }

    @Test
    void messagesOfAConnectionThatIsDownAreIgnored() {
        a.up(0, "B", 1).down(0).hello(0, "B", "A");

        assertThat(a.core).isEmpty();
        assertThat(a.relayed(3, new RouterAdvertisement(NodeFixture.id("C"), 1, 1, 1)))
                .isFalse();
    }

    @Test
    @DisplayName("2.5: of two connections the first is used while it lives; then the other, with the same link state")
    void aParallelConnectionIsASpare() {
        a.withNeighbor().up(1, "B", 1);
        for (int i = 0; i < 3; i++) {
            a.wait(500).hello(1, "B", "A").wait(500).hello(0, "B", "A").tick();
        }
        assertThat(a.routes().nextHop(a.index("B"))).isZero();
        assertThat(a.events(MeshEvent.ParallelConnection.class)).hasSize(1);

        a.forget().down(0);
        assertThat(a.routes().nextHop(a.index("B"))).isEqualTo(1);
        assertThat(a.routes().floodConnections()).containsExactly(1);
        a.wait(1000).hello(1, "B", "A").tick();
        assertThat(a.sentBut("HELLO")).containsExactly("all RA 1 0", "to B LSR");
    }

    @Test
    @DisplayName("2.5: a spare connection of another cost changes the link state when it takes over")
    void aSpareOfAnotherCostIsAdvertised() {
        a.withNeighbor().up(1, "B", 9).hello(1, "B", "A").down(0).wait(1000).tick();

        assertThat(a.routes().cost(a.index("B"))).isEqualTo(9);
        assertThat(a.sent).contains("all RA 2 0");
    }

    @Test
    @DisplayName("2.5: two neighbours with one id do not make us flap; it is said")
    void twoNeighborsWithOneIdDoNotFlap() {
        a.withNeighbor().up(1, "B", 1);
        for (int i = 0; i < 5; i++) {
            a.wait(500).hello(1, "B", 8, "A").wait(500).hello(0, "B", 7, "A").tick();
        }

        assertThat(a.sentBut("HELLO")).containsExactly("all RA 1 0");
        assertThat(a.events(MeshEvent.DuplicateRouterId.class)).hasSize(1);
        assertThat(a.events(MeshEvent.RouterRestarted.class)).isEmpty();
    }

    @Test
    void aStalledProcessDoesNotLoseItsNeighborsForIt() {
        a.withNeighbor().wait(600_000).tick();
        assertThat(a.reaches("B")).isTrue();

        a.hello(0, "B", "A").wait(-3_600_000).tick();
        assertThat(a.reaches("B")).isTrue();
        a.pass(4);
        assertThat(a.reaches("B")).isFalse();
    }

    @Test
    void oneConnectionMoreThanTheLimitIsNotUsed() {
        NodeFixture small = new NodeFixture(
                MeshConfig.of(NodeFixture.id("A"), 1).withLimits(new MeshConfig.Limits(10, 2, 10, 10, 10, 100)));
        small.up(0, "B", 1).up(1, "C", 1).up(2, "D", 1).hello(2, "D", "A");

        assertThat(small.events(MeshEvent.LimitReached.class))
                .extracting(MeshEvent.LimitReached::limit)
                .containsExactly("connections");
        assertThat(small.core).isEmpty();
        small.down(2).down(1).up(3, "D", 1).hello(3, "D", "A");
        assertThat(small.reaches("D")).isTrue();
    }

    @Test
    void aHelloThatNamesMoreRoutersThanTheLimitIsIgnored() {
        NodeFixture small = new NodeFixture(
                MeshConfig.of(NodeFixture.id("A"), 1).withLimits(new MeshConfig.Limits(10, 2, 3, 10, 10, 100)));
        small.up(0, "B", 1).hello(0, "B", "A", "C", "D", "E");
        assertThat(small.reaches("B")).isFalse();
        assertThat(small.events(MeshEvent.Ignored.class)).hasSize(1);

        small.hello(0, "B", "A", "C", "D");
        assertThat(small.reaches("B")).isTrue();
    }

    @Test
    void wrongCallsAreRefused() {
        a.up(0, "B", 1);

        assertThatIllegalStateException().isThrownBy(() -> a.up(0, "C", 1));
        assertThatIllegalArgumentException().isThrownBy(() -> a.up(1, "C", 0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new MeshConfig.Limits(1, 1, 1, 1, 1, 2))
                .withMessageContaining("routers 1 (2)");
        MeshConfig base = MeshConfig.of(NodeFixture.id("A"), 1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new MeshConfig(
                        base.self(),
                        1,
                        java.time.Duration.ofMillis(1500),
                        base.helloMaxAge(),
                        base.raInterval(),
                        base.raIntervalFlux(),
                        base.remoteLsMaxAge(),
                        base.limits()))
                .withMessageContaining("helloIntervalSeconds");
    }

    @Test
    @DisplayName("6.2: a newer protocol is told once for each sender, and of so many senders only")
    void aNewerProtocolIsToldOnce() {
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < Complaints.MAX_REMEMBERED + 10; i++) {
                a.node.onNewerProtocol(NodeFixture.id("R" + i), 2);
            }
        }

        assertThat(a.events(MeshEvent.NewerProtocol.class)).hasSize(Complaints.MAX_REMEMBERED);
    }

    @Test
    void aMessageIsACopyOfTheListItWasMadeOf() {
        List<RouterId> seen = new ArrayList<>(NodeFixture.ids("A"));
        Hello hello = new Hello(NodeFixture.id("B"), 1, seen);
        seen.clear();

        assertThat(hello.seen()).hasSize(1);
        assertThat(RouteTable.SELF).isZero();
    }
}
