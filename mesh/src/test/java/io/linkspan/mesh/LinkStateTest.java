// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.mesh.linkstate.LinkStateDatabase;
import io.linkspan.mesh.message.Hello;
import io.linkspan.mesh.message.LinkStateRequest;
import io.linkspan.mesh.message.LinkStateUpdate;
import io.linkspan.mesh.message.MobileAddressRequest;
import io.linkspan.mesh.message.RouterAdvertisement;
import io.linkspan.mesh.message.Treatment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LinkStateTest {

    private final NodeFixture a = new NodeFixture();

    @BeforeEach
    void withNeighbor() {
        a.withNeighbor();
    }

    @Test
    @DisplayName("7.1: a router named in a link state is asked when it is in reach, hop by hop")
    void aNamedRouterIsAskedInReach() {
        a.linkState(0, "B", 7, 2, "A", 1, "C", 2);
        a.pass(1, "B");
        assertThat(a.routes().cost(a.index("C"))).isEqualTo(3);
        assertThat(a.routes().nextHopRouter(a.index("C"))).isEqualTo(a.index("B"));
        assertThat(a.sentBut("HELLO")).containsExactly("to C LSR");

        a.forget().linkState(0, "C", 8, 1, "B", 2).pass(1, "B");
        assertThat(a.sentBut("HELLO")).isEmpty();
    }

    /** The ticks, of so many from now, with which something is sent. */
    private List<Integer> ticksWith(String line, int ticks) {
        List<Integer> with = new ArrayList<>();
        for (int tick = 1; tick <= ticks; tick++) {
            a.forget().pass(1, "B");
            if (a.sent.contains(line)) {
                with.add(tick);
            }
        }
        return with;
    }

    @Test
    @DisplayName("7.2: an LSR that is lost is repeated until an LSU comes, with the next tick and then ever less often")
    void aLostQuestionIsAskedAgainUntilItIsAnswered() {
        a.linkState(0, "B", 7, 2, "A", 1, "C", 2);
        assertThat(ticksWith("to C LSR", 40)).containsExactly(1, 2, 4, 8, 16, 32);

        a.linkState(0, "C", 8, 0, "B", 2);
        assertThat(ticksWith("to C LSR", 40)).as("any answer is one").isEmpty();
    }

    @Test
    @DisplayName(
            "7.2: the LSR at once after an RA is repeated with ticks when it is lost; copies of the RA repeat nothing")
    void aLostQuestionAfterAnAdvertisementIsAskedAgain() {
        a.advertise(0, "B", 7, 2, 0);
        assertThat(a.sent).containsExactly("to B LSR");
        assertThat(ticksWith("to B LSR", 10)).containsExactly(1, 2, 4, 8);

        a.forget().advertise(0, "B", 7, 2, 0);
        assertThat(a.sent).as("the next RA").containsExactly("to B LSR");
        a.linkState(0, "B", 7, 2, "A", 1, "C", 2);
        assertThat(ticksWith("to B LSR", 20)).isEmpty();
    }

    @Test
    @DisplayName("7.2: a link state that cannot be taken is an answer, one of a replaced instance is none")
    void whatIsAnAnswer() {
        a.advertise(0, "B", 7, 2, 0);
        a.linkState(0, "B", 7, 2, "A", 0);
        assertThat(ticksWith("to B LSR", 5)).isEmpty();

        a.advertise(0, "B", 8, 1, 0).linkState(0, "B", 7, 3, "A", 1);
        assertThat(ticksWith("to B LSR", 2)).containsExactly(1, 2);
    }

    @Test
    @DisplayName("7.2: who is out of reach is asked nothing, and at once when there is a way again")
    void anOpenQuestionWaitsForAWay() {
        a.linkState(0, "B", 7, 2, "A", 1, "C", 2);
        assertThat(ticksWith("to C LSR", 5)).containsExactly(1, 2, 4);
        a.linkState(0, "B", 7, 3, "A", 1).pass(1, "B");
        assertThat(ticksWith("to C LSR", 1)).isEmpty();

        a.linkState(0, "B", 7, 4, "A", 1, "C", 2);
        assertThat(ticksWith("to C LSR", 3)).containsExactly(1, 2);
    }

    @Test
    @DisplayName("7.1: an RA with a newer link state is answered with LSR at once, with newer addresses with MAR at the"
            + " tick")
    void anAdvertisementIsFollowedByQuestions() {
        a.advertise(0, "B", 7, 2, 3);
        assertThat(a.sent).containsExactly("to B LSR");

        a.forget().linkState(0, "B", 7, 2, "A", 1).pass(1, "B");
        assertThat(a.sentBut("HELLO")).containsExactly("to B MAR 0");
    }

    @Test
    @DisplayName("7.1: only a greater sequence replaces a link state, and 0 never takes effect")
    void onlyAGreaterSequenceReplaces() {
        a.up(1, "C", 9)
                .hello(1, "C", "A")
                .linkState(1, "C", 7, 0, "A", 9, "X", 1)
                .pass(1, "B", "C");
        assertThat(a.index("X")).isEqualTo(-1);

        a.linkState(0, "B", 7, 1, "A", 1, "X", 1).pass(1, "B", "C");
        assertThat(a.index("X")).isEqualTo(-1);
        a.linkState(0, "B", 7, 2, "A", 1, "X", 1).pass(1, "B", "C");
        assertThat(a.routes().cost(a.index("X"))).isEqualTo(2);
        a.linkState(0, "B", 7, 1, "A", 1, "X", 5).pass(1, "B", "C");
        assertThat(a.routes().cost(a.index("X"))).isEqualTo(2);
    }

    @Test
    @DisplayName("7.1: LSR is answered with our own link state, and the asker becomes known")
    void aRequestIsAnsweredWithOurOwnLinkState() {
        a.up(1, "C", 4).hello(1, "C", "A").pass(1, "B", "C").forget();
        a.take(0, new LinkStateRequest(NodeFixture.id("B")));
        assertThat(a.sent).containsExactly("to B LSU 2 {B=1, C=4}");
        assertThat(((LinkStateUpdate) a.messages.get(0)).instance()).isEqualTo(NodeFixture.INSTANCE);

        a.forget().take(0, new LinkStateRequest(NodeFixture.id("Z")));
        assertThat(a.sent).isEmpty();
        assertThat(a.core).contains("appeared Z 3");
    }

    @Test
    @DisplayName("7.2: a link state of an unknown router is taken, and all whom it names become known")
    void aLinkStateOfAnUnknownRouterIsTaken() {
        a.linkState(0, "C", 9, 4, "D", 2, "B", 3);

        assertThat(a.core).contains("appeared C 2", "appeared D 3");
        a.linkState(0, "B", 7, 2, "A", 1, "C", 3).forget().pass(1, "B");
        assertThat(a.routes().cost(a.index("D"))).isEqualTo(6);
        assertThat(a.sentBut("HELLO")).as("C has told").containsExactly("to D LSR");
    }

    @Test
    @DisplayName("7.2: a link state with a greater number is a sign of life, one that is not taken is none")
    void aTakenLinkStateIsASignOfLife() {
        a.linkState(0, "B", 7, 2, "A", 1, "C", 1);
        a.pass(40, "B");
        a.linkState(0, "B", 7, 3, "A", 1, "C", 1).pass(40, "B");
        assertThat(a.reaches("C")).isTrue();

        a.linkState(0, "B", 7, 3, "A", 1, "C", 1).pass(21, "B");
        assertThat(a.reaches("C")).isFalse();
        assertThat(a.node.routers().get(1).linkStateSequence()).isZero();
    }

    @Test
    @DisplayName("7.2: an expired link state is learnt again with the next RA, under whatever number")
    void anExpiredLinkStateIsLearntAgain() {
        a.linkState(0, "B", 7, 5, "A", 1, "C", 1).pass(62, "B").forget();
        assertThat(a.reaches("C")).isFalse();

        a.advertise(0, "B", 7, 5, 0);
        assertThat(a.sent).containsExactly("to B LSR");
        a.linkState(0, "B", 7, 5, "A", 1, "C", 1).pass(1, "B");
        assertThat(a.reaches("C")).isTrue();
    }

    @Test
    @DisplayName("6.1: what is for one router or a neighbour is never passed on by the node; all else only once")
    void onlyMessagesToAllArePassedOn() {
        assertThat(a.relayed(0, new Hello(NodeFixture.id("B"), 7, NodeFixture.ids("A"))))
                .isFalse();
        assertThat(a.relayed(0, new LinkStateUpdate(NodeFixture.id("B"), 7, NodeFixture.state("B", 9, "A", 1))))
                .isFalse();
        assertThat(a.relayed(0, new LinkStateRequest(NodeFixture.id("B")))).isFalse();
        assertThat(a.relayed(0, new MobileAddressRequest(NodeFixture.id("B"), 0)))
                .isFalse();
        assertThat(a.relayed(0, NodeFixture.absolute("B", 1, "M0x"))).isFalse();
        assertThat(a.relayed(0, new RouterAdvertisement(NodeFixture.id("Z"), 7, 1, 0)))
                .as("of a router that becomes known by it")
                .isTrue();
    }

    @Test
    @DisplayName("7.2: a question of a router that is out of reach makes it known and is not answered")
    void aQuestionFromOutOfReachIsNotAnswered() {
        a.node.addressAdded("M0x", Treatment.BALANCED);
        a.pass(1, "B").forget();
        a.take(0, new MobileAddressRequest(NodeFixture.id("Y"), 0)).take(0, new LinkStateRequest(NodeFixture.id("Z")));

        assertThat(a.core).contains("appeared Y 2", "appeared Z 3");
        assertThat(a.sent).isEmpty();
        a.linkState(0, "B", 7, 2, "A", 1, "Y", 1, "Z", 1).pass(1, "B").forget();
        a.take(0, new MobileAddressRequest(NodeFixture.id("Y"), 0)).take(0, new LinkStateRequest(NodeFixture.id("Z")));
        assertThat(a.sent).containsExactly("to Y MAU 1 exist [M0x]", "to Z LSU 1 {B=1}");
    }

    @Test
    @DisplayName("7.5: a later instance in LSU voids what was told before; an earlier one is not taken (differs)")
    void theInstanceOfALinkStateCounts() {
        a.linkState(0, "B", 7, 9, "A", 1, "C", 1)
                .take(0, NodeFixture.absolute("B", 5, "M0x"))
                .pass(1, "B");
        a.linkState(0, "B", 8, 1, "A", 1, "D", 1);
        assertThat(a.addresses).isEmpty();
        a.linkState(0, "B", 7, 10, "A", 1, "E", 1)
                .wait(1000)
                .hello(0, "B", 8, "A")
                .tick();

        assertThat(a.reaches("D")).isTrue();
        assertThat(a.reaches("C")).isFalse();
        assertThat(a.index("E")).isEqualTo(-1);
    }

    @Test
    @DisplayName(
            "7.2: a link state without RA for longer than its age is emptied; then three ticks to forget the router")
    void aSilentRouterIsForgotten() {
        a.linkState(0, "B", 7, 2, "A", 1, "C", 1)
                .linkState(0, "C", 8, 1, "B", 1, "D", 1)
                .pass(1, "B");
        assertThat(a.reaches("D")).isTrue();
        for (int i = 0; i < 60; i++) {
            a.advertise(0, "B", 7, 2, 0).pass(1, "B");
        }
        a.advertise(0, "B", 7, 2, 0);
        assertThat(a.reaches("D")).isFalse();
        // B still names C.
        assertThat(a.reaches("C")).isTrue();
        assertThat(a.events(MeshEvent.LinkStateExpired.class)).hasSize(1);
        a.pass(LinkStateDatabase.LONELY_TICKS - 2, "B");
        assertThat(a.core).doesNotContain("gone D 3");
        a.pass(1, "B");
        assertThat(a.core).contains("gone D 3");
        a.pass(10, "B");
        assertThat(a.core).doesNotContain("gone C 2", "gone B 1");

        a.linkState(0, "B", 7, 3, "A", 1).pass(3, "B");
        assertThat(a.core).contains("gone C 2");
    }

    @Test
    @DisplayName("1: a new router gets the lowest free index")
    void aFreedIndexIsGivenAgain() {
        a.linkState(0, "B", 7, 2, "A", 1, "C", 1, "D", 1)
                .linkState(0, "B", 7, 3, "A", 1, "D", 1)
                .pass(3, "B");
        assertThat(a.core).contains("gone C 2");

        a.linkState(0, "B", 7, 4, "A", 1, "D", 1, "E", 1);
        assertThat(a.core).contains("appeared E 2");
    }

    @Test
    @DisplayName("7.5: another instance in RA or HELLO voids link state and addresses")
    void aRestartVoidsWhatWasTold() {
        a.linkState(0, "B", 7, 9, "A", 1, "C", 1)
                .take(0, NodeFixture.absolute("B", 5, "M0x"))
                .pass(1, "B")
                .forget();
        a.advertise(0, "B", 8, 1, 0);

        assertThat(a.events(MeshEvent.RouterRestarted.class)).hasSize(1);
        assertThat(a.core).contains("remove B M0x");
        assertThat(a.sent).containsExactly("to B LSR");
        a.linkState(0, "B", 8, 1, "A", 1).wait(1000).hello(0, "B", 8, "A").tick();
        assertThat(a.reaches("C")).isFalse();
        assertThat(a.reaches("B")).isTrue();
        a.take(0, NodeFixture.differential("B", 1, List.of("M0y"), List.of()));
        assertThat(a.addresses).containsOnlyKeys("B M0y");
    }

    @Test
    @DisplayName("7.5: an instance of none is filled in")
    void anUnknownInstanceIsFilledIn() {
        a.linkState(0, "B", 7, 2, "A", 1, "C", 1).pass(1, "B").advertise(0, "C", 55, 1, 0);

        assertThat(a.events(MeshEvent.RouterRestarted.class)).isEmpty();
        a.advertise(0, "C", 0, 1, 0);
        assertThat(a.events(MeshEvent.RouterRestarted.class)).isEmpty();
        a.advertise(0, "C", 56, 1, 0);
        assertThat(a.events(MeshEvent.RouterRestarted.class)).hasSize(1);
    }

    @Test
    void whatARestartedRouterToldBeforeIsLateAndIgnored() {
        a.linkState(0, "B", 7, 2, "A", 1, "C", 1).pass(1, "B");
        a.advertise(0, "C", 50, 1, 0).advertise(0, "C", 51, 1, 0).forget();

        assertThat(a.relayed(0, new RouterAdvertisement(NodeFixture.id("C"), 50, 99, 0)))
                .isFalse();
        a.linkState(0, "C", 50, 99, "B", 1, "Z", 1).pass(1, "B");
        assertThat(a.index("Z")).isEqualTo(-1);
        a.linkState(0, "C", 51, 1, "B", 1, "Y", 1).pass(1, "B");
        assertThat(a.reaches("Y")).isTrue();
    }

    @Test
    void twoRoutersWithOneIdElsewhereAreToldAndDoNotFlapTheNetwork() {
        a.linkState(0, "B", 7, 2, "A", 1, "C", 1).pass(1, "B").forget();
        for (int i = 0; i < 10; i++) {
            a.advertise(0, "C", 50, 1, 0).advertise(0, "C", 51, 1, 0).pass(4, "B");
            a.advertise(0, "B", 7, 2, 0);
        }

        assertThat(a.events(MeshEvent.RouterRestarted.class)).hasSize(1);
        assertThat(a.events(MeshEvent.DuplicateRouterId.class))
                .hasSize(1)
                .allSatisfy(event -> assertThat(event.severity()).isEqualTo(MeshEvent.Severity.CRITICAL));
    }

    @Test
    void aRouterThatTwiceAdvertisesLessThanWeHaveIsAskedAnew() {
        a.linkState(0, "B", 7, 9, "A", 1, "C", 1)
                .take(0, NodeFixture.absolute("B", 5, "M0x"))
                .pass(1, "B")
                .forget();
        a.advertise(0, "B", 7, 1, 0);
        a.advertise(0, "B", 7, 1, 0);
        assertThat(a.addresses).as("a copy is no second one").isNotEmpty();

        a.pass(4, "B").advertise(0, "B", 7, 1, 0);
        assertThat(a.addresses).isEmpty();
        assertThat(a.sentBut("HELLO")).contains("to B LSR");
        a.linkState(0, "B", 7, 1, "A", 1).pass(1, "B");
        assertThat(a.reaches("C")).isFalse();
    }

    @Test
    @DisplayName("6.1: of a message to all the first copy is passed on; the same again later is a new one")
    void onlyTheFirstCopyIsPassedOn() {
        RouterAdvertisement ra = new RouterAdvertisement(NodeFixture.id("B"), 7, 1, 0);

        assertThat(a.relayed(0, ra)).isTrue();
        assertThat(a.relayed(0, ra)).isFalse();
        a.wait(1000);
        assertThat(a.relayed(0, new RouterAdvertisement(NodeFixture.id("B"), 7, 2, 0)))
                .isTrue();
        assertThat(a.relayed(0, ra)).as("overtaken").isFalse();
        a.pass(3, "B");
        assertThat(a.relayed(0, ra)).isTrue();
    }

    @Test
    @DisplayName("4: RA every four seconds until eight seconds after a change, then every thirty")
    void advertisementsSlowDownWhenNothingChanges() {
        int count = 0;
        a.linkState(0, "B", 7, 2, "A", 2, "C", 1).forget();
        for (int second = 1; second <= 98; second++) {
            a.advertise(0, "B", 7, 2, 0).pass(1, "B");
            if (a.sent.contains("all RA 1 0")) {
                count++;
                assertThat(second).isIn(4, 34, 64, 94);
            }
            a.forget();
        }
        assertThat(count).isEqualTo(4);
    }

    @Test
    void aLinkStateOfSomebodyElseIsForged() {
        a.take(0, new LinkStateUpdate(NodeFixture.id("B"), 7, NodeFixture.state("C", 5, "B", 1)));
        a.linkState(0, "B", 7, 5, "A", 0);
        a.linkState(0, "B", 7, 5, "A", -1);

        assertThat(a.events(MeshEvent.Ignored.class)).hasSize(3);
        assertThat(a.node.routers().get(1).linkStateSequence()).isEqualTo(1);
    }

    @Test
    void aLinkStateMayNameItsOwnerTwiceOrItselfWithoutHarm() {
        a.linkState(0, "B", 7, 2, "B", 1, "A", 1, "C", 5, "C", 2).pass(1, "B");

        assertThat(a.routes().cost(a.index("C"))).isEqualTo(3);
        assertThat(a.routes().radius()).isEqualTo(2);
    }

    @Test
    void managementSeesAllRouters() {
        a.linkState(0, "B", 7, 2, "A", 1, "C", 2).pass(1, "B");

        assertThat(a.node.routers()).extracting(router -> router.id().value()).containsExactly("A", "B", "C");
        assertThat(a.node.routers().get(0).peers())
                .isEqualTo(NodeFixture.state("A", 1, "B", 1).peers());
        KnownRouter b = a.node.routers().get(1);
        assertThat(b.connection()).isZero();
        assertThat(b.nextHop()).isNull();
        assertThat(b.instance()).isEqualTo(7);
        assertThat(b.peers())
                .isEqualTo(NodeFixture.state("B", 2, "A", 1, "C", 2).peers());
        KnownRouter c = a.node.routers().get(2);
        assertThat(c.nextHop()).isEqualTo(NodeFixture.id("B"));
        assertThat(c.cost()).isEqualTo(3);
        assertThat(c.connection()).isEqualTo(-1);
        assertThat(c.peers()).isNull();
    }
}
