// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.topic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Filters: their form and their language. */
class TopicFilterTest {

    @ParameterizedTest
    @DisplayName("MQ-6-19, 6-43 Filters that are not well formed")
    @ValueSource(
            strings = {
                "",
                "a#",
                "#/a",
                "a/#/b",
                "a+",
                "+a",
                "a/+b/c",
                "a+/b",
                "##",
                "++",
                "/#a",
                "$share",
                "$share/",
                "$share/g",
                "$share//a",
                "$share/+/a",
                "$share/#/a",
                "$share/g/",
                "$share/g/a#",
                "$share/a+b/c"
            })
    void malformed(String text) {
        assertThat(TopicFilter.parse(text)).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"#", "+", "/", "+/+", "a/#", "/#", "+/", "a//b", "$SYS/#", "$shared/x", "a b/ü"})
    void wellFormed(String text) {
        TopicFilter filter = Objects.requireNonNull(TopicFilter.parse(text));
        assertThat(filter.filter()).isEqualTo(text);
        assertThat(filter.isShared()).isFalse();
    }

    @Test
    @DisplayName("MQ-1-20 $share/name/filter")
    void shared() {
        TopicFilter filter = Objects.requireNonNull(TopicFilter.parse("$share/g/a/+/#"));
        assertThat(filter.shareName()).isEqualTo("g");
        assertThat(filter.filter()).isEqualTo("a/+/#");
        assertThat(filter.levelCount()).isEqualTo(3);
        assertThat(filter.matches("a/b")).isTrue();
        TopicFilter root = Objects.requireNonNull(TopicFilter.parse("$share/g//"));
        assertThat(root.filter()).isEqualTo("/");
    }

    @ParameterizedTest
    @DisplayName("MQ-1-7, 1-18 Matching")
    @CsvSource(
            delimiter = ' ',
            value = {
                "a/# a true",
                "a/# a/ true",
                "a/# a/b true",
                "a/# a/b/c true",
                "a/# ab false",
                "a/# b false",
                "+ a true",
                "+ a/b false",
                "/+ / true",
                "/+ /a true",
                "/+ a false",
                "a/+ a/ true",
                "a/+ a false",
                "a/+ a/b/c false",
                "+/+ / true",
                "+/+ a false",
                "+/+ /a true",
                "# / true",
                "# a/b true",
                "# $SYS/x false",
                "+/x $SYS/x false",
                "$SYS/# $SYS/x true",
                "$SYS/# $SYS true",
                "a/$x a/$x true",
                "+/$x a/$x true",
                "a/b a/b true",
                "a/b a/bc false",
                "a/bc a/b false",
                "a/b a/B false",
                "+/b/# a/b true",
                "+/b/# a/b/c/d true",
                "+/b/# a/c false",
                "/# / true",
                "/# a false",
                "//# / true",
                "a//# a/ true",
                "a/+/c a//c true",
                "a/+/# a false",
                "a/+/# a/b true"
            })
    void matching(String filter, String topic, boolean matches) {
        TopicFilter parsed = Objects.requireNonNull(TopicFilter.parse(filter));
        assertThat(parsed.matches(topic)).isEqualTo(matches);
    }
}
