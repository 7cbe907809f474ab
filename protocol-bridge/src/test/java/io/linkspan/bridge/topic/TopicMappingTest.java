// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Topics and the addresses they are, pair by pair. */
class TopicMappingTest {

    private static final TopicMapping STANDARD = TopicMapping.standard();
    private static final TopicMapping IDENTITY = TopicMapping.identity();

    @ParameterizedTest
    @DisplayName("MQ-1-6, 1-11, 1-14, 1-15 Default mapping")
    @CsvSource(
            delimiter = ' ',
            value = {
                "a a",
                "cities/london cities.london",
                "sensor/1.5/x* sensor.1%2E5.x%2A",
                "spBv1.0/g/NBIRTH/n spBv1%2E0.g.NBIRTH.n",
                "something_changed.123 something_changed%2E123",
                "a%2Fb/c a/b.c",
                "50% 50%",
                "50%25 50%2525",
                "a%41 a%2541",
                "a%zz a%zz",
                "a%252Fb a%252Fb",
                "a%23 a%23",
                "/a .a",
                "a//b a..b",
                "a/ a.%00",
                "/ .%00",
                "// ..%00",
                "a/%00 a.%2500",
                "_local/x %5Flocal.x",
                "_local %5Flocal",
                "_topo/0/all/$management %5Ftopo.0.all.$management",
                "_edge/e/x %5Fedge.e.x",
                "$management %24management",
                "$_management_internal %24_management_internal",
                "$managements $managements",
                "$displayname %24displayname",
                "qdrouter/ma %71drouter.ma",
                "qdrouter.ma qdrouter%2Ema",
                "qdhello %71dhello",
                "_$qd/edge %5F$qd.edge",
                "%24management %2524management",
                "amqp:/x/y %61mqp:.x.y",
                "amqps:x %61mqps:x",
                "a:%2Fb a%3A/b",
                "a%3A%2Fb a%253A/b",
                "%2Fa %2Fa",
                "a%2F a%2F",
                "$test/test $test.test",
                "../../x %2E%2E.%2E%2E.x",
                "%2E%2E/x %252E%252E.x"
            })
    void defaultMapping(String topic, String address) {
        assertThat(STANDARD.toAddress(topic)).isEqualTo(address);
        assertThat(STANDARD.toTopic(address)).isEqualTo(topic);
    }

    @ParameterizedTest
    @DisplayName("MQ-1-11 Addresses of other AMQP clients")
    @CsvSource(
            delimiter = ' ',
            value = {
                "a/b.c a%2Fb/c",
                "a+b a%2Bb",
                "a#.b a%23/b",
                "a. a/",
                "%41 %41",
                "x%2e5 x.5",
                "amqp:/_topo/0/R1/temp.xYz+1 amqp:%2F_topo%2F0%2FR1%2Ftemp/xYz%2B1"
            })
    void addressesFromElsewhere(String address, String topic) {
        assertThat(STANDARD.toTopic(address)).isEqualTo(topic);
    }

    @ParameterizedTest
    @DisplayName("MQ-2-9 The address of a receiver of answers can be named")
    @ValueSource(strings = {"amqp:/_topo/0/R1/temp.a_b", "amqp:/_edge/E.1/temp.x"})
    void temporaryAddressIsReachable(String address) {
        for (TopicMapping mapping : new TopicMapping[] {STANDARD, IDENTITY}) {
            String topic = Objects.requireNonNull(mapping.toTopic(address));
            assertThat(mapping.toAddress(topic)).isEqualTo(address);
        }
    }

    @ParameterizedTest
    @DisplayName("MQ-1-15 No other router address can be named")
    @ValueSource(
            strings = {
                "amqp:%2F_topo%2F0%2FR1%2F$management",
                "amqp:%2F_topo%2F0%2Fall%2Fqdhello",
                "amqp:%2F_topo%2F0%2FR1%2Fx%2Ftemp/1",
                "amqp:%2F_local%2Ftemp/1",
                "x:%2F_topo%2F0%2FR1%2F$management",
                "%2F_topo%2F0%2FR1%2F$management",
                "%2F%2Fhost%2F_local%2Fx",
                "_local%2Fx",
                "_topo%2F0%2Fall%2Fx"
            })
    void routerAddressIsNotReachable(String topic) {
        String address = STANDARD.toAddress(topic);
        assertThat(address).doesNotStartWith("/").doesNotContain(":/").doesNotStartWith("_");
        assertThat(STANDARD.toTopic(address)).isEqualTo(topic);
    }

    @ParameterizedTest
    @DisplayName("MQ-1-14 Identity profile")
    @CsvSource(
            delimiter = ' ',
            value = {
                "a a",
                "a/b.c/d a/b.c/d",
                "comments.added comments.added",
                "a%20b a%20b",
                "/a %2Fa",
                "/ %2F%00",
                "// %2F/%00",
                "a/ a/%00",
                "a. a%2E",
                "%2Fa %252Fa",
                "a/%00 a/%2500",
                "a:/b a%3A/b",
                "x*/y x*/y",
                "$management %24management",
                "$management.x %24management.x",
                "qdrouter.ma %71drouter.ma",
                "_topo/0/all/x %5Ftopo/0/all/x",
                "amqp:/_local/x amqp%3A/_local/x",
                "amqp:x %61mqp:x"
            })
    void identityMapping(String topic, String address) {
        assertThat(IDENTITY.toAddress(topic)).isEqualTo(address);
        assertThat(IDENTITY.toTopic(address)).isEqualTo(topic);
    }

    @Test
    @DisplayName("MQ-1-12 Without escaping, byte for byte")
    void noEscaping() {
        TopicMapping mapping = new TopicMapping('.', '*', '#', TopicEscape.NONE, false, "");
        assertThat(mapping.toAddress("a.b/c*/d")).isEqualTo("a.b.c*.d");
        assertThat(mapping.toTopic("a.b.c*.d")).isEqualTo("a/b/c*/d");
        assertThat(mapping.toTopic("a.#.d")).isNull();
        assertThat(mapping.toAddress("$management")).isEqualTo("%24management");
        assertThat(mapping.isLossy()).isTrue();
    }

    @Test
    @DisplayName("MQ-1-13 Underscores and Sparkplug")
    void underscores() {
        TopicMapping mapping = new TopicMapping('.', '*', '#', TopicEscape.UNDERSCORE, false, "");
        assertThat(mapping.toAddress("a.b/c.d")).isEqualTo("a___b.c___d");
        assertThat(mapping.toTopic("a___b.c___d")).isEqualTo("a.b/c.d");
        TopicMapping sparkplug = new TopicMapping('.', '*', '#', TopicEscape.NONE, true, "");
        assertThat(sparkplug.toAddress("spBv1.0/g/NBIRTH/n.1")).isEqualTo("spBv1___0.g.NBIRTH.n.1");
        assertThat(sparkplug.toTopic("spBv1___0.g.NBIRTH.n")).isEqualTo("spBv1.0/g/NBIRTH/n");
        assertThat(sparkplug.toAddress("spXv1.0/g")).isEqualTo("spXv1.0.g");
    }

    @Test
    @DisplayName("MQ-1-6 The signs are configurable")
    void otherSigns() {
        TopicMapping mapping = new TopicMapping('/', '*', '#', TopicEscape.PERCENT, false, "");
        assertThat(mapping.toAddress("a/b*/c")).isEqualTo("a/b%2A/c");
        assertThat(mapping.toAddress("/a")).isEqualTo("%2Fa");
        assertThat(mapping.toTopic("%2Fa")).isEqualTo("/a");
        assertThat(mapping.toAddress("%2Fa")).isEqualTo("%252Fa");
        TopicMapping bars = new TopicMapping('|', '+', '~', TopicEscape.PERCENT, false, "");
        assertThat(bars.toAddress("a/b|c")).isEqualTo("a|b%7Cc");
        assertThat(bars.toTopic("a|b%7Cc")).isEqualTo("a/b|c");
        assertThatThrownBy(() -> new TopicMapping('.', '.', '#', TopicEscape.PERCENT, false, ""))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TopicMapping(':', '*', '#', TopicEscape.PERCENT, false, ""))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new TopicMapping('%', '*', '#', TopicEscape.PERCENT, false, ""))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    @DisplayName("MQ-1-22, 1-23 A prefix is put before every address and nothing leaves it")
    void prefix() {
        TopicMapping mapping = new TopicMapping('.', '*', '#', TopicEscape.PERCENT, false, "tenant1.");
        for (String topic : new String[] {"a", "../x", "/a", "%2E%2E/x", "$management", "x:%2F_local%2Fy", "_topo/0"}) {
            String address = mapping.toAddress(topic);
            assertThat(address).startsWith("tenant1.").doesNotContain(":/");
            assertThat(mapping.toTopic(address)).isEqualTo(topic);
        }
        assertThat(mapping.toTopic("tenant2.a")).isNull();
        assertThat(mapping.toTopic("tenant1.")).isNull();
        assertThat(mapping.toPatterns(filter("#"))).containsExactly("tenant1.#");
        assertThatThrownBy(() -> new TopicMapping('.', '*', '#', TopicEscape.PERCENT, false, "tenant1"))
                .hasMessageContaining("tenant1");
    }

    @ParameterizedTest
    @DisplayName("MQ-1-6 Filters are patterns")
    @CsvSource(
            delimiter = ' ',
            value = {
                "# #",
                "+ *",
                "a/# a.#",
                "+/b/# *.b.#",
                "sensor/1.5/+ sensor.1%2E5.*",
                "$management/# %24management.#",
                "+/ *.%00",
                "a%2Fb/+ a/b.*",
                "/+ .*",
                "/# .#"
            })
    void patterns(String filter, String pattern) {
        assertThat(STANDARD.toPatterns(filter(filter))).containsExactly(pattern);
    }

    @Test
    void patternsOfFiltersWhoseParentEndsWithAnEmptyLevelNameItToo() {
        assertThat(STANDARD.toPatterns(filter("a//#"))).containsExactly("a..#", "a.%00");
        assertThat(IDENTITY.toPatterns(filter("a./#"))).containsExactly("a./#", "a%2E");
    }

    @Test
    @DisplayName("MQ-1-17 Addresses that are no topic")
    void unmappable() {
        assertThat(STANDARD.toTopic("")).isNull();
        assertThat(STANDARD.toTopic("a\0b")).isNull();
        assertThat(STANDARD.toTopic("x".repeat(65_535))).hasSize(65_535);
        assertThat(STANDARD.toTopic("x".repeat(65_536))).isNull();
        assertThat(STANDARD.toTopic("/".repeat(30_000))).isNull();
        assertThat(STANDARD.toTopic("\ud800")).isNull();
    }

    private static TopicFilter filter(String text) {
        return Objects.requireNonNull(TopicFilter.parse(text));
    }
}
