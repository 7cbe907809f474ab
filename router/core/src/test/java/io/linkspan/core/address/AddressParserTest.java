// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressParserTest {

    private final AddressParser router = new AddressParser("R", false);
    private final AddressParser edge = new AddressParser("E", true);

    @DisplayName("ADR-01 ADR-02 scheme and authority are removed")
    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "x, M0x",
        "amqp:/x, M0x",
        "amqp://host:5672/x, M0x",
        "amqps://user@host/x/y, M0x/y",
        "//host/x, M0x",
        "/x, M0x",
        "word:/x, M0x",
        "a/b:/c, M0c",
        "a::/c, M0c",
        "scheme://host, M0scheme://host",
        "scheme://host/, M0scheme://host",
        "x:y, M0x:y",
        "amqp:/, M0amqp:",
        "/, M0/",
        "a/b, M0a/b"
    })
    void schemeAndAuthorityAreRemoved(String address, String key) {
        assertThat(router.parse(address)).hasToString(key);
    }

    @DisplayName("ADR-03 exactly one trailing separator is dropped")
    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({"q/a/, M0q/a", "q/a., M0q/a", "q/a, M0q/a", "q/a//, M0q/a/", "q/a.., M0q/a."})
    void oneTrailingSeparatorIsDropped(String address, String key) {
        assertThat(router.parse(address)).hasToString(key);
    }

    @Test
    @DisplayName("ADR-04 identity is byte-exact: case, dot and slash matter")
    void identityIsExact() {
        assertThat(router.parse("q.a")).isNotEqualTo(router.parse("q/a"));
        assertThat(router.parse("Q")).isNotEqualTo(router.parse("q"));
    }

    @Test
    @DisplayName("ADR-05 very long addresses work")
    void longAddressesWork() {
        String text = "a".repeat(100_000);
        assertThat(router.parse(text).text()).isEqualTo(text);
    }

    @DisplayName("ADR-06 one-character addresses work")
    @ParameterizedTest
    @CsvSource({"a", ".", "/", "$", ":"})
    void oneCharacterAddressesWork(String address) {
        assertThat(router.parse(address)).isEqualTo(AddressKey.mobile(address));
    }

    @DisplayName("ADR-07 ADR-08 ADR-09 ADR-11 classes by prefix")
    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "_local/x, Lx",
        "amqp:/_local/x/y, Lx/y",
        "amqp:/_topo/0/R/temp.abc, Ltemp.abc",
        "_topo/0/OTHER/x, ROTHER",
        "_topo/all/all/x, Tx",
        "_topo/0/all/qdrouter, Tqdrouter",
        "_topo/1/B/x, A1",
        "_edge/E1/x, HE1",
        "_topo/0/R, M0_topo/0/R",
        "_edge/E1, M0_edge/E1",
        "_localx, M0_localx"
    })
    void classesByPrefix(String address, String key) {
        assertThat(router.parse(address)).hasToString(key);
    }

    @DisplayName("ADR-11 on an edge router everything that is not its own goes up")
    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({"_edge/E/x, Lx", "_edge/OTHER/x, L_edge", "_topo/0/R/x, L_edge", "_topo/0/E/x, L_edge", "x, M0x"})
    void edgeRoutersSendTheRestUp(String address, String key) {
        assertThat(edge.parse(address)).hasToString(key);
    }

    @Test
    @DisplayName("PHS-01 a mobile key carries its phase, others have none")
    void phases() {
        assertThat(AddressKey.mobile("q", 9)).hasToString("M9q");
        assertThat(AddressKey.local("q").inPhase(3)).hasToString("Lq");
        assertThatThrownBy(() -> AddressKey.mobile("q", 10)).isInstanceOf(IllegalArgumentException.class);
    }
}
