// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.core.RouterCore;
import io.linkspan.core.address.AddressEntities.Request;
import io.linkspan.core.fake.Cores;
import io.linkspan.core.fake.FakeConnection;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class AddressEntitiesTest {

    private final RouterCore core = Cores.standalone();

    private String refusal(Request request) {
        return core.createAddress(request) instanceof AddressEntities.Refused refused ? refused.text() : "created";
    }

    private String distributionOf(String address) {
        AddressEntity entity = core.entityOf(core.parse(address));
        return entity == null ? "none" : entity.distribution().toString();
    }

    @Test
    @DisplayName("MAT-05 a prefix is the pattern prefix/#")
    void prefix() {
        Cores.prefix(core, "p", "multicast");
        assertThat(distributionOf("p")).isEqualTo("multicast");
        assertThat(distributionOf("p/x")).isEqualTo("multicast");
        assertThat(distributionOf("p.x/y")).isEqualTo("multicast");
        assertThat(distributionOf("pp")).isEqualTo("none");
        assertThat(refusal(Request.pattern("p/#", "closest"))).isEqualTo("Already exists");
    }

    @Test
    @DisplayName("MAT-06 leading and trailing separators are stripped, nothing left is refused")
    void separatorsAreStripped() {
        Cores.prefix(core, "/p.", "closest");
        assertThat(distributionOf("p/x")).isEqualTo("closest");
        assertThat(refusal(Request.prefix("//", "closest"))).isEqualTo("Prefix invalid - no tokens");
        assertThat(refusal(Request.pattern(".", "closest"))).isEqualTo("Pattern invalid - no tokens");
        assertThat(refusal(Request.prefix("", "closest"))).isEqualTo("Prefix must be a non-empty string type");
        assertThat(refusal(Request.pattern("", "closest"))).isEqualTo("Pattern must be a non-empty string type");
    }

    @Test
    @DisplayName("MAT-07 equal after normalisation collides")
    void collisionAfterNormalisation() {
        Cores.pattern(core, "a/#/*", "closest");
        assertThat(refusal(Request.pattern("a.*.#", "balanced"))).isEqualTo("Already exists");
    }

    @Test
    @DisplayName("MAT-08 exactly one of prefix and pattern")
    void exactlyOneOfPrefixAndPattern() {
        assertThat(refusal(new Request(null, "p", "q", "closest", false, null, null, null, false, false)))
                .isEqualTo("Cannot specify both a 'prefix' and a 'pattern' attribute");
        assertThat(refusal(new Request("n", null, null, "closest", false, null, null, null, false, false)))
                .isEqualTo("Either a 'prefix' or 'pattern' attribute must be provided");
    }

    @Test
    @DisplayName("MAT-09 names are unique")
    void namesAreUnique() {
        Cores.create(core, new Request("n", "p", null, "closest", false, null, null, null, false, false));
        assertThat(refusal(new Request("n", "q", null, "closest", false, null, null, null, false, false)))
                .isEqualTo("Name conflicts with an existing entity");
    }

    @Test
    @DisplayName("MAT-10 phases, priority and fallback are checked")
    void limits() {
        assertThat(refusal(new Request(null, "a", null, null, false, 10, 0, null, false, false)))
                .isEqualTo("Phase values must be between 0 and 9");
        assertThat(refusal(new Request(null, "a", null, null, false, 0, -1, null, false, false)))
                .isEqualTo("Phase values must be between 0 and 9");
        assertThat(refusal(new Request(null, "a", null, null, false, null, null, 10, false, false)))
                .contains("Priority value");
        assertThat(refusal(new Request(null, "a", null, null, true, null, null, null, true, false)))
                .contains("Fallback cannot");
        assertThat(refusal(new Request(null, "a", null, null, false, 9, 9, 9, false, false)))
                .isEqualTo("created");
    }

    @Test
    @DisplayName("PHS-02 one phase alone is refused")
    void onePhaseAlone() {
        assertThat(refusal(new Request(null, "a", null, null, false, 1, null, null, false, false)))
                .contains("both 'ingressPhase' and 'egressPhase'");
    }

    @Test
    @DisplayName("DST-01 an unknown distribution becomes balanced")
    void unknownDistribution() {
        Cores.prefix(core, "u", "round-robin");
        assertThat(distributionOf("u")).isEqualTo("balanced");
        assertThat(Distribution.ofEntity("CLOSEST")).isEqualTo(Distribution.CLOSEST);
        assertThat(Distribution.ofEntity("flood")).isEqualTo(Distribution.BALANCED);
    }

    @Test
    @DisplayName("MAT-11 an entity changes only addresses created afterwards")
    void existingAddressesKeepTheirDistribution() {
        FakeConnection connection = new FakeConnection(core);
        connection.receiver("r").attach("q");
        AddressEntity entity = Cores.prefix(core, "q", "multicast");
        connection.receiver("s").attach("q/2");
        assertThat(Cores.address(core, "M0q").distribution()).isEqualTo(Distribution.BALANCED);
        assertThat(Cores.address(core, "M0q/2").distribution()).isEqualTo(Distribution.MULTICAST);
        assertThat(core.deleteAddress(entity)).isTrue();
        assertThat(core.deleteAddress(entity)).isFalse();
        assertThat(Cores.address(core, "M0q/2").distribution()).isEqualTo(Distribution.MULTICAST);
        assertThat(Cores.address(core, "M0q/2").distributionCause()).isEqualTo(Distribution.Cause.CONFIGURED);
        assertThat(distributionOf("q/3")).isEqualTo("none");
    }

    @Test
    @DisplayName("PHS-02 PHS-03 PHS-04 senders write the ingress phase, receivers read the egress phase")
    void phases() {
        Cores.create(core, new Request(null, "w", null, null, true, null, null, null, false, false));
        assertThat(core.senderKey("w", 0)).hasToString("M0w");
        assertThat(core.receiverKey("w", 0)).hasToString("M1w");
        assertThat(core.receiverKey("w", 1)).hasToString("M0w");
        assertThat(core.senderKey("w", 1)).hasToString("M1w");
        assertThat(core.senderKey("other", 9)).hasToString("M9other");
        assertThat(core.receiverKey("_local/w", 3)).hasToString("Lw");
    }
}
