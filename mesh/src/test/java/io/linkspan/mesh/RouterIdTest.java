// SPDX-License-Identifier: Apache-2.0
package io.linkspan.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RouterIdTest {

    @Test
    void anIdOf127CharactersIsAcceptedAndOneMoreIsRefused() {
        assertThat(new RouterId("r".repeat(127)).value()).hasSize(127);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RouterId("r".repeat(128)))
                .withMessageContaining("exceeds the maximum allowed length (127 characters)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b", "a\tb", "a\u0000", "a\u200bb", "a\u2028"})
    void separatorsAndControlCharactersAreRefused(String id) {
        assertThatIllegalArgumentException().isThrownBy(() -> new RouterId(id)).withMessageContaining("is disallowed");
    }

    @Test
    void anEmptyIdIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new RouterId(""));
    }

    @Test
    void idsAreOrderedByCodePointAsInTheOriginal() {
        RouterId yen = new RouterId("a\uFFE5");
        RouterId emoji = new RouterId("a\uD83D\uDE00");

        assertThat(yen).isLessThan(emoji);
        assertThat(yen.value().compareTo(emoji.value())).isPositive();
        assertThat(new RouterId("B")).isLessThan(new RouterId("a"));
        assertThat(new RouterId("a")).isLessThan(new RouterId("aa"));
    }

    @Test
    void whatAPeerWritesIsAnIdOrNothing() {
        assertThat(RouterId.ofPeer("A")).isEqualTo(new RouterId("A"));
        assertThat(RouterId.ofPeer("")).isNull();
        assertThat(RouterId.ofPeer("a b")).isNull();
        assertThat(RouterId.ofPeer("x".repeat(RouterId.MAX_CHARACTERS))).isNotNull();
        assertThat(RouterId.ofPeer("x".repeat(RouterId.MAX_CHARACTERS + 1))).isNull();
    }
}
