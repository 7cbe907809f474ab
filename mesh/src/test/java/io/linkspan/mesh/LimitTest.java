// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.mesh.linkstate.LinkStateDatabase;
import io.linkspan.mesh.message.LinkState;
import io.linkspan.mesh.message.LinkStateUpdate;
import io.linkspan.mesh.message.MeshMessage;
import io.linkspan.mesh.message.RouterAdvertisement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** One beyond each limit, and what a neighbour of another product is spared. */
class LimitTest {

    private static NodeFixture with(MeshConfig.Limits limits) {
        return new NodeFixture(
                MeshConfig.of(NodeFixture.id("A"), NodeFixture.INSTANCE).withLimits(limits));
    }

    private static List<String> limitsReached(NodeFixture a) {
        List<String> names = new ArrayList<>();
        for (MeshEvent.LimitReached event : a.events(MeshEvent.LimitReached.class)) {
            names.add(event.limit());
        }
        return names;
    }

    @Test
    void oneRouterMoreThanTheLimitIsNotKnown() {
        NodeFixture a = with(new MeshConfig.Limits(4, 9, 9, 9, 9, 99)).withNeighbor();
        a.linkState(0, "B", 7, 2, "A", 1, "C", 1, "D", 1).pass(1, "B");
        assertThat(limitsReached(a)).isEmpty();

        a.linkState(0, "B", 7, 3, "A", 1, "C", 1, "D", 1, "E", 1).pass(1, "B");
        assertThat(limitsReached(a)).containsExactly("routers");
        assertThat(a.reaches("D")).isTrue();
        assertThat(a.index("E")).isEqualTo(-1);
        assertThat(a.relayed(0, new RouterAdvertisement(NodeFixture.id("E"), 1, 1, 1)))
                .isFalse();
        assertThat(limitsReached(a)).hasSize(1);
    }

    @Test
    void oneNeighborMoreThanTheLimitInALinkStateIsNotTaken() {
        NodeFixture a = with(new MeshConfig.Limits(9, 9, 3, 9, 9, 99)).withNeighbor();
        a.linkState(0, "B", 7, 2, "A", 1, "C", 1, "D", 1, "E", 1).pass(1, "B");

        assertThat(limitsReached(a)).containsExactly("peers");
        assertThat(a.index("C")).isEqualTo(-1);
        a.linkState(0, "B", 7, 2, "A", 1, "C", 1, "D", 1).pass(1, "B");
        assertThat(a.reaches("D")).isTrue();
    }

    @Test
    void oneAddressMoreThanTheLimitOfARouterIsNotTaken() {
        NodeFixture a = with(new MeshConfig.Limits(9, 9, 9, 2, 9, 99)).withNeighbor();
        a.take(0, NodeFixture.absolute("B", 1, "M01", "M02", "M03"));

        assertThat(a.addresses).containsOnlyKeys("B M01", "B M02");
        assertThat(limitsReached(a)).containsExactly("mobileAddresses");
        a.take(0, NodeFixture.differential("B", 2, List.of(), List.of("M01")));
        a.take(0, NodeFixture.differential("B", 3, List.of("M04"), List.of()));
        assertThat(a.addresses).containsOnlyKeys("B M02", "B M04");
    }

    @Test
    void oneAddressMoreThanTheLimitOfAllRoutersIsNotTaken() {
        NodeFixture a = with(new MeshConfig.Limits(9, 9, 9, 9, 3, 99)).withNeighbor();
        a.up(1, "C", 1).hello(1, "C", "A");
        a.take(0, NodeFixture.absolute("B", 1, "M01", "M02"));
        a.take(1, NodeFixture.absolute("C", 1, "M03", "M04"));

        assertThat(a.addresses).containsOnlyKeys("B M01", "B M02", "C M03");
        assertThat(limitsReached(a)).containsExactly("totalMobileAddresses");
        a.take(0, NodeFixture.absolute("B", 2)).take(1, NodeFixture.absolute("C", 2, "M03", "M04"));
        assertThat(a.addresses).containsOnlyKeys("C M03", "C M04");
    }

    @Test
    void aKeyOfOneCharacterMoreThanTheLimitIsNotTaken() {
        NodeFixture a = with(new MeshConfig.Limits(9, 9, 9, 9, 9, 5)).withNeighbor();
        a.take(0, NodeFixture.absolute("B", 1, "M0123", "M01234"));

        assertThat(a.addresses).containsOnlyKeys("B M0123");
        assertThat(limitsReached(a)).containsExactly("keyCharacters");
    }

    @Test
    void rubbishAtFullSpeedFillsNoLog() {
        NodeFixture a = new NodeFixture().withNeighbor();
        for (int i = 0; i < 10_000; i++) {
            a.linkState(0, "B", 7, 5, "A", 0);
            a.take(0, NodeFixture.differential("X" + i, 1, List.of("M0x"), List.of()));
        }

        assertThat(a.events).hasSize(4);
        a.pass(1, "B").linkState(0, "B", 7, 5, "A", 0);
        assertThat(a.events(MeshEvent.Ignored.class)).hasSize(5);
    }

    @Test
    void aHundredThousandForgedRoutersStopAtTheLimit() {
        NodeFixture a = new NodeFixture().withNeighbor();
        for (int i = 0; i < 100_000; i++) {
            a.advertise(0, "F" + i, 1, 1, 1);
        }

        assertThat(a.node.routers()).hasSize(MeshConfig.Limits.DEFAULT.routers());
        assertThat(a.events(MeshEvent.LimitReached.class)).hasSize(1);
        a.pass(LinkStateDatabase.LONELY_TICKS, "B");
        assertThat(a.node.routers()).hasSize(2);
    }

    /** B, of another product, and C, a Linkspan router that names more and more routers. */
    private static NodeFixture largeNetwork(int routers) {
        NodeFixture a = new NodeFixture();
        a.up(0, "B", 1, PeerProduct.OTHER)
                .up(1, "C", 1)
                .hello(0, "B", "A")
                .hello(1, "C", "A")
                .linkState(0, "B", 7, 1, "A", 1);
        grow(a, routers, 1);
        return a;
    }

    private static void grow(NodeFixture a, int routers, long sequence) {
        tell(a, routers, sequence);
        a.pass(1, "B", "C");
    }

    private static void tell(NodeFixture a, int routers, long sequence) {
        Object[] peers = new Object[2 * (routers - 2)];
        peers[0] = "A";
        peers[1] = 1;
        for (int i = 1; i < routers - 2; i++) {
            peers[2 * i] = "R" + i;
            peers[2 * i + 1] = 1;
        }
        a.linkState(1, "C", 7, sequence, peers);
    }

    @Test
    @DisplayName("12: up to 128 routers a neighbour of another product is told everything")
    void upTo128RoutersNothingIsNarrowed() {
        NodeFixture a = largeNetwork(128);

        assertThat(a.node.routers()).hasSize(128);
        assertThat(a.node.narrows(0)).isFalse();
        assertThat(a.events(MeshEvent.NetworkNarrowed.class)).isEmpty();
    }

    @Test
    @DisplayName(
            "12: with 129 routers one is hidden from a neighbour of another product, with a warning; all are reached"
                    + " by us")
    void theRouter129IsHidden() {
        NodeFixture a = largeNetwork(128);
        grow(a, 129, 2);

        assertThat(a.node.routers()).hasSize(129);
        assertThat(a.reaches("R126")).isTrue();
        assertThat(a.node.narrows(0)).isTrue();
        assertThat(a.node.narrows(1)).as("Linkspan bears it").isFalse();
        assertThat(a.events(MeshEvent.NetworkNarrowed.class)).hasSize(1).allSatisfy(event -> {
            assertThat(event.neighbor()).isEqualTo(NodeFixture.id("B"));
            assertThat(event.routers()).isEqualTo(129);
            assertThat(event.severity()).isEqualTo(MeshEvent.Severity.WARNING);
        });
        MeshMessage shown = new RouterAdvertisement(NodeFixture.id("R7"), 1, 1, 1);
        assertThat(a.node.narrow(0, shown)).isSameAs(shown);
        assertThat(a.node.narrow(0, new RouterAdvertisement(NodeFixture.id("R126"), 1, 1, 1)))
                .isNull();
        LinkState all = NodeFixture.state("C", 9, "A", 1, "R1", 1, "R126", 1);
        assertThat(a.node.narrow(0, new LinkStateUpdate(NodeFixture.id("C"), 7, all)))
                .isEqualTo(new LinkStateUpdate(NodeFixture.id("C"), 7, NodeFixture.state("C", 9, "A", 1, "R1", 1)));
        LinkStateUpdate few = new LinkStateUpdate(NodeFixture.id("C"), 7, NodeFixture.state("C", 9, "R1", 1));
        assertThat(a.node.narrow(0, few)).isSameAs(few);
    }

    @Test
    @DisplayName("12: router 129 is hidden at once, not only when paths have been computed with it")
    void theRouter129IsHiddenAtOnce() {
        NodeFixture a = largeNetwork(128);
        tell(a, 128, 2);
        tell(a, 129, 3);

        assertThat(a.node.routers()).hasSize(129);
        assertThat(a.reaches("R126")).as("paths are computed").isFalse();
        assertThat(a.node.narrow(0, new RouterAdvertisement(NodeFixture.id("R126"), 1, 1, 1)))
                .isNull();
        assertThat(a.node.narrow(0, new RouterAdvertisement(NodeFixture.id("R7"), 1, 1, 1)))
                .isNotNull();
    }

    @Test
    @DisplayName("12: a place that becomes free goes to a hidden router; a network that fits again is told whole")
    void aFreePlaceGoesToAHiddenRouter() {
        NodeFixture a = largeNetwork(140);
        int hidden = hidden(a, 140);
        assertThat(hidden).isEqualTo(12);

        Object[] without = {"A", 1};
        a.linkState(1, "C", 7, 3, without).pass(4, "B", "C");
        assertThat(a.node.narrows(0)).isFalse();
        assertThat(a.node.routers()).hasSize(3);
        grow(a, 129, 4);
        assertThat(hidden(a, 129)).isEqualTo(1);
        assertThat(a.events(MeshEvent.NetworkNarrowed.class)).hasSize(2);
    }

    @Test
    @DisplayName("12: a neighbour of another product that comes late gets a place of its own")
    void aLateNeighborOfAnotherProductIsShown() {
        NodeFixture a = largeNetwork(140);
        assertThat(hidden(a, 140)).isEqualTo(12);
        a.up(2, "Late", 1, PeerProduct.OTHER).hello(2, "Late", "A");

        assertThat(a.node.narrow(0, new RouterAdvertisement(NodeFixture.id("Late"), 7, 1, 1)))
                .isNotNull();
        assertThat(hidden(a, 140)).isEqualTo(13);
        assertThat(a.events(MeshEvent.NetworkNarrowed.class)).hasSize(2);
    }

    private static int hidden(NodeFixture a, int routers) {
        int hidden = 0;
        for (int i = 1; i < routers - 2; i++) {
            if (a.node.narrow(0, new RouterAdvertisement(NodeFixture.id("R" + i), 1, 1, 1)) == null) {
                hidden++;
            }
        }
        return hidden;
    }
}
