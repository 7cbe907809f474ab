// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.mesh.message.MobileAddress;
import io.linkspan.mesh.message.MobileAddressRequest;
import io.linkspan.mesh.message.MobileAddressUpdate;
import io.linkspan.mesh.message.Treatment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MobileAddressTest {

    private static final List<String> NONE = List.of();

    private final NodeFixture a = new NodeFixture();

    @BeforeEach
    void withNeighbor() {
        a.withNeighbor();
    }

    private void request(long have) {
        a.take(0, new MobileAddressRequest(NodeFixture.id("B"), have));
    }

    @Test
    @DisplayName("8: changes of a second leave in one MAU, then the RA with its number")
    void changesLeaveInOneUpdateBeforeTheAdvertisement() {
        a.node.addressAdded("M0q1", Treatment.BALANCED);
        a.node.addressAdded("M0q2", Treatment.MULTICAST);
        a.pass(1, "B");
        assertThat(a.sentBut("HELLO")).containsExactly("all MAU 1 add [M0q1, M0q2] del []", "all RA 1 1");
        assertThat(((MobileAddressUpdate.Differential) a.messages.get(1)).added())
                .containsExactly(
                        new MobileAddress("M0q1", Treatment.BALANCED), new MobileAddress("M0q2", Treatment.MULTICAST));

        a.forget().node.addressRemoved("M0q1");
        a.pass(1, "B");
        assertThat(a.sentBut("HELLO")).containsExactly("all MAU 2 add [] del [M0q1]", "all RA 1 2");
    }

    @Test
    @DisplayName("8: an address added and deleted within a second, or the reverse, is not mentioned")
    void oppositeChangesCancelOut() {
        a.node.addressAdded("M0q1", Treatment.BALANCED);
        a.pass(1, "B").forget();
        a.node.addressAdded("M0q2", Treatment.BALANCED);
        a.node.addressRemoved("M0q2");
        a.node.addressRemoved("M0q1");
        a.node.addressAdded("M0q1", Treatment.BALANCED);
        a.node.addressRemoved("M0never");
        a.pass(1, "B");

        assertThat(a.sentBut("HELLO")).isEmpty();
    }

    @Test
    @DisplayName("8: an absolute MAU is the set as announced, so that the next difference fits")
    void anAbsoluteUpdateIsTheSetAsAnnounced() {
        a.node.addressAdded("M0q1", Treatment.BALANCED);
        a.pass(1, "B").forget();
        a.node.addressRemoved("M0q1");
        a.node.addressAdded("M0q2", Treatment.BALANCED);
        request(0);
        assertThat(a.sent).containsExactly("to B MAU 1 exist [M0q1]");

        a.pass(1, "B");
        assertThat(a.sentBut("HELLO")).contains("all MAU 2 add [M0q2] del [M0q1]");
    }

    @Test
    @DisplayName("8: a MAR that has our number or more is not answered")
    void arequestThatHasAllIsNotAnswered() {
        request(0);
        assertThat(a.sent).isEmpty();
        a.node.addressAdded("M0q1", Treatment.BALANCED);
        a.pass(1, "B").forget();
        request(1);
        request(2);

        assertThat(a.sent).isEmpty();
    }

    @Test
    void aRouterThatAsksAllTheTimeIsAnsweredOnceATick() {
        a.node.addressAdded("M0q1", Treatment.BALANCED);
        a.pass(1, "B").forget();
        for (int i = 0; i < 100; i++) {
            request(0);
        }
        assertThat(a.sent).containsExactly("to B MAU 1 exist [M0q1]");
        a.forget().pass(1, "B");
        assertThat(a.sentBut("HELLO")).containsExactly("to B MAU 1 exist [M0q1]");
        a.forget().pass(2, "B");
        assertThat(a.sentBut("HELLO")).isEmpty();
        request(0);
        assertThat(a.sentBut("HELLO")).containsExactly("to B MAU 1 exist [M0q1]");
    }

    @Test
    @DisplayName("8: a difference that follows on ours is applied, with its hints")
    void aFittingDifferenceIsApplied() {
        a.take(0, NodeFixture.differential("B", 1, List.of("M0x", "Clr", "Fpat"), NONE));
        a.take(0, NodeFixture.differential("B", 2, List.of("M0y"), List.of("M0x", "M0unknown")));

        assertThat(a.addresses).containsOnlyKeys("B Clr", "B Fpat", "B M0y").containsEntry("B M0y", "BALANCED");
        a.take(
                0,
                new MobileAddressUpdate.Differential(
                        NodeFixture.id("B"), 3, List.of(new MobileAddress("M0z", null)), NONE));
        assertThat(a.addresses).containsEntry("B M0z", "null");
    }

    @Test
    @DisplayName("8: a difference that does not fit is not applied, also while a MAR is under way (no 1.19 quirk)")
    void aDifferenceThatDoesNotFitIsNeverApplied() {
        a.take(0, NodeFixture.differential("B", 1, List.of("M0x"), NONE));
        a.take(0, NodeFixture.differential("B", 3, List.of("M0z"), List.of("M0x")));
        a.pass(1, "B");
        assertThat(a.sentBut("HELLO")).containsExactly("to B MAR 1");
        a.take(0, NodeFixture.differential("B", 4, List.of("M0w"), NONE));
        assertThat(a.addresses).containsOnlyKeys("B M0x");

        a.take(0, NodeFixture.absolute("B", 4, "M0x", "M0z", "M0w"));
        assertThat(a.addresses).containsOnlyKeys("B M0x", "B M0w", "B M0z");
        a.forget().pass(1, "B");
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
    @DisplayName("8: a MAR that is lost is repeated until the set comes, with the next tick and then ever less often")
    void aLostQuestionIsAskedAgainUntilTheSetComes() {
        a.take(0, NodeFixture.differential("B", 3, List.of("M0z"), NONE));
        assertThat(ticksWith("to B MAR 0", 20)).containsExactly(1, 2, 4, 8, 16);
        a.take(0, NodeFixture.differential("B", 1, List.of("M0x"), NONE));
        a.take(0, NodeFixture.absolute("B", 0));
        assertThat(ticksWith("to B MAR 1", 12))
                .as("an overtaken set is no answer")
                .containsExactly(12);

        a.take(0, NodeFixture.absolute("B", 3, "M0x", "M0z"));
        assertThat(ticksWith("to B MAR 3", 40)).isEmpty();
    }

    @Test
    @DisplayName("8: a question that an RA shows to be needless, so that no answer comes, is not asked any more")
    void aNeedlessQuestionIsNotAsked() {
        a.take(0, NodeFixture.differential("B", 2, List.of("M0z"), NONE));
        a.take(0, NodeFixture.differential("B", 1, List.of("M0x"), NONE));
        a.take(0, NodeFixture.differential("B", 2, List.of("M0z"), NONE));
        assertThat(a.addresses).containsOnlyKeys("B M0x", "B M0z");
        assertThat(ticksWith("to B MAR 2", 4)).containsExactly(1, 2, 4);

        a.advertise(0, "B", 7, 1, 2);
        assertThat(ticksWith("to B MAR 2", 40)).isEmpty();
    }

    @Test
    void aDifferenceThatWasAppliedAndComesAgainIsIgnored() {
        a.take(0, NodeFixture.differential("B", 1, List.of("M0x"), NONE));
        a.take(0, NodeFixture.differential("B", 2, NONE, List.of("M0x")));
        a.take(0, NodeFixture.differential("B", 1, List.of("M0x"), NONE)).pass(1, "B");

        assertThat(a.addresses).isEmpty();
        assertThat(a.sentBut("HELLO")).isEmpty();
    }

    @Test
    @DisplayName("8: an absolute MAU replaces the set and leaves alone what is in both; an overtaken one is ignored")
    void anAbsoluteUpdateReplaces() {
        a.take(0, NodeFixture.absolute("B", 4, "M0x", "M0y")).forget();
        a.take(0, NodeFixture.absolute("B", 5, "M0y", "M0z"));
        assertThat(a.core).containsExactly("remove B M0x", "add B M0z");

        a.take(0, NodeFixture.absolute("B", 3, "M0old"));
        assertThat(a.addresses).containsOnlyKeys("B M0y", "B M0z");
    }

    @Test
    @DisplayName(
            "8: the MAU of an unknown router is ignored and not passed on, and no fault: so it is while routers join")
    void theUpdateOfAnUnknownRouterIsIgnored() {
        assertThat(a.relayed(0, NodeFixture.differential("X", 1, List.of("M0x"), NONE)))
                .isFalse();
        assertThat(a.relayed(0, NodeFixture.absolute("X", 1, "M0x"))).isFalse();
        assertThat(a.events(MeshEvent.Ignored.class)).isEmpty();
        assertThat(a.core).isEmpty();
    }

    @Test
    @DisplayName("7.2: the addresses of a router that is forgotten go first, and make room")
    void aForgottenRouterLeavesNoAddresses() {
        NodeFixture small = new NodeFixture(
                MeshConfig.of(NodeFixture.id("A"), 1).withLimits(new MeshConfig.Limits(9, 9, 9, 9, 2, 99)));
        small.withNeighbor().linkState(0, "B", 7, 2, "A", 1, "C", 1).pass(1, "B");
        small.take(0, NodeFixture.absolute("C", 1, "M0x", "M0y")).take(0, NodeFixture.absolute("B", 1, "M0z"));
        assertThat(small.addresses).containsOnlyKeys("C M0x", "C M0y");

        small.forget().linkState(0, "B", 7, 3, "A", 1).pass(3, "B");
        assertThat(small.core).containsSubsequence("remove C M0x", "remove C M0y", "gone C 2");
        small.take(0, NodeFixture.absolute("B", 2, "M0z"));
        assertThat(small.addresses).containsOnlyKeys("B M0z");
    }

    @Test
    @DisplayName("8: numbers begin at 0, and each difference has the next one")
    void eachDifferenceHasTheNextNumber() {
        assertThat(a.node.routers().get(0).mobileSequence()).isZero();
        for (int number = 1; number <= 3; number++) {
            a.node.addressAdded("M0q" + number, Treatment.BALANCED);
            a.forget().pass(2, "B");
            assertThat(a.sentBut("HELLO"))
                    .containsExactly("all MAU " + number + " add [M0q" + number + "] del []", "all RA 1 " + number);
        }
    }

    @Test
    void theFirstCopyOfADifferenceIsPassedOn() {
        assertThat(a.relayed(0, NodeFixture.differential("B", 1, List.of("M0x"), NONE)))
                .isTrue();
        assertThat(a.relayed(0, NodeFixture.differential("B", 1, List.of("M0x"), NONE)))
                .isFalse();
        assertThat(a.relayed(0, NodeFixture.absolute("B", 2, "M0x"))).isFalse();
        assertThat(a.relayed(0, NodeFixture.differential("B", 9, List.of("M0x"), NONE)))
                .as("one that does not fit here may fit elsewhere")
                .isTrue();
    }

    @Test
    @DisplayName("7.3: addresses of a router out of reach are taken away after the hold-off and come back without a"
            + " transfer")
    void addressesOfARouterOutOfReachAreHeldBack() {
        a.take(0, NodeFixture.absolute("B", 4, "M0x")).down(0);
        a.wait(1000).tick();
        assertThat(a.addresses).isNotEmpty();
        a.wait(1).tick();
        assertThat(a.addresses).isEmpty();

        a.take(0, NodeFixture.differential("B", 5, List.of("M0y"), NONE));
        assertThat(a.addresses).isEmpty();
        a.up(1, "B", 1).hello(1, "B", "A").wait(1000).tick();
        assertThat(a.addresses).containsOnlyKeys("B M0x");
        a.advertise(1, "B", 7, 1, 5).wait(1000).tick();
        assertThat(a.sent).contains("to B MAR 4");
    }

    @Test
    @DisplayName("1.1: classes L, T, R and A never travel between routers")
    void confinedClassesAreNotTaken() {
        a.take(0, NodeFixture.absolute("B", 4, "Lqdhello", "Tqdrouter", "RX", "A1", "", "M", "M0x", "Hedge"));

        assertThat(a.addresses).containsOnlyKeys("B M0x", "B Hedge");
        assertThat(a.events(MeshEvent.Ignored.class)).isNotEmpty();
    }

    @Test
    @DisplayName("8: the codes of treatments are those of the wire; unavailable gives no hint")
    void codesOfTreatments() {
        for (Treatment treatment : Treatment.values()) {
            assertThat(Treatment.of(treatment.code())).isSameAs(treatment);
        }
        assertThat(Treatment.of(3)).isEqualTo(Treatment.BALANCED);
        assertThat(Treatment.of(5)).isNull();
        assertThat(Treatment.of(-1)).isNull();
    }
}
