// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValueTypeTest {
    private static final ValueType ROLE = ValueType.parse("enum(normal|inter-router|route-container|edge)");

    @ParameterizedTest
    @CsvSource({
        "5, 5",
        "-5, -5",
        "+5, 5",
        "007, 7",
        "1_000, 1000",
        "' 12 ', 12",
        "0, 0",
        "9223372036854775807, 9223372036854775807"
    })
    void integersAreDecimalTextWithSignAndUnderscores(String text, long value) {
        assertThat(ValueType.parse("integer").convert(text)).isEqualTo(new Conversion.Converted(value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "", "1.5", "0x10", "_1", "1_", "1__0", "--1", "1,", "1e3"})
    void whatIsNoIntegerIsRefusedInTheOriginalsWords(String text) {
        assertThat(ValueType.parse("integer").convert(text))
                .isEqualTo(
                        new Conversion.Refused("invalid literal for int() with base 10: '" + text + "'", "an integer"));
    }

    @Test
    void integersComeFromNumbersAndBooleansToo() {
        ValueType integer = ValueType.parse("integer");
        assertThat(integer.convert(7L)).isEqualTo(new Conversion.Converted(7L));
        assertThat(integer.convert(7)).isEqualTo(new Conversion.Converted(7L));
        assertThat(integer.convert(1.9)).isEqualTo(new Conversion.Converted(1L));
        assertThat(integer.convert(-1.9)).isEqualTo(new Conversion.Converted(-1L));
        assertThat(integer.convert(true)).isEqualTo(new Conversion.Converted(1L));
        assertThat(integer.convert(new BigInteger("9223372036854775808")))
                .isEqualTo(
                        new Conversion.Refused("integer 9223372036854775808 is out of range", "an integer of 64 bits"));
        assertThat(integer.convert(List.of())).isInstanceOf(Conversion.Refused.class);
        assertThat(integer.convert(Double.NaN)).isInstanceOf(Conversion.Refused.class);
    }

    @ParameterizedTest
    @CsvSource({"yes,true", "Yes,true", "TRUE,true", "on,true", "no,false", "False,false", "OFF,false"})
    void booleansAreWordsInAnyLetterCase(String text, boolean value) {
        assertThat(ValueType.parse("boolean").convert(text)).isEqualTo(new Conversion.Converted(value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "0", "maybe", "", "true,", " yes"})
    void otherWordsAreNoBooleans(String text) {
        assertThat(ValueType.parse("boolean").convert(text))
                .isEqualTo(new Conversion.Refused(
                        "Invalid Boolean value ''" + text + "''", "yes, true, on, no, false or off"));
    }

    @Test
    void valuesThatAreNoTextAreBooleansByWhetherTheyAreEmpty() {
        ValueType type = ValueType.parse("boolean");
        assertThat(type.convert(0L)).isEqualTo(new Conversion.Converted(false));
        assertThat(type.convert(0.5)).isEqualTo(new Conversion.Converted(true));
        assertThat(type.convert(List.of())).isEqualTo(new Conversion.Converted(false));
        assertThat(type.convert(Map.of("a", 1))).isEqualTo(new Conversion.Converted(true));
        assertThat(type.convert(true)).isEqualTo(new Conversion.Converted(true));
    }

    @ParameterizedTest
    @CsvSource({"normal,normal", "edge,edge", "2,route-container", "-1,edge", "-4,normal", "0,normal", "+1,inter-router"
    })
    void enumsAreTagsOrIndexes(String text, String tag) {
        assertThat(ROLE.convert(text)).isEqualTo(new Conversion.Converted(tag));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Normal", "4", "-5", "", "foo", "99999999999"})
    void otherTagsAreRefused(String text) {
        assertThat(ROLE.convert(text))
                .isEqualTo(new Conversion.Refused(
                        "Invalid value for enum['normal', 'inter-router', 'route-container', 'edge']: '" + text + "'",
                        "one of normal, inter-router, route-container, edge"));
    }

    @Test
    void enumsTakeNumbersOfJsonAndKeepOurTagsOutOfTheIndex() {
        assertThat(ROLE.convert(2L)).isEqualTo(new Conversion.Converted("route-container"));
        assertThat(ROLE.convert(true)).isEqualTo(new Conversion.Converted("inter-router"));
        ValueType extended = ValueType.parse("enum(a|b|+c)");
        assertThat(extended.convert("c")).isEqualTo(new Conversion.Converted("c"));
        assertThat(extended.convert("-1")).isEqualTo(new Conversion.Converted("b"));
        assertThat(extended.convert("2")).isInstanceOf(Conversion.Refused.class);
    }

    @Test
    void textsAreMadeOfNumbersAndBooleansButNotOfMaps() {
        ValueType type = ValueType.parse("string");
        assertThat(type.convert(5672L)).isEqualTo(new Conversion.Converted("5672"));
        assertThat(type.convert(1.5)).isEqualTo(new Conversion.Converted("1.5"));
        assertThat(type.convert(true)).isEqualTo(new Conversion.Converted("True"));
        assertThat(type.convert(Map.of("a", "b")))
                .isEqualTo(new Conversion.Refused("not a text: {'a': 'b'}", "a text"));
    }

    @Test
    void mapsPropertiesAndListsAreWhatTheySay() {
        assertThat(ValueType.parse("map").convert("x"))
                .isEqualTo(new Conversion.Refused("not a map: 'x'", "a JSON map"));
        assertThat(ValueType.parse("properties").convert("x"))
                .isEqualTo(new Conversion.Refused("Properties must be a map", "a JSON map"));
        assertThat(ValueType.parse("properties").convert(Map.of("é", 1)))
                .isEqualTo(new Conversion.Refused("Property keys must be ASCII encoded", "keys in ASCII"));
        assertThat(ValueType.parse("map").convert(Map.of("é", 1))).isEqualTo(new Conversion.Converted(Map.of("é", 1)));
        assertThat(ValueType.parse("list").convert(List.of(1))).isEqualTo(new Conversion.Converted(List.of(1)));
        assertThat(ValueType.parse("list").convert("1"))
                .isEqualTo(new Conversion.Refused("not a list: '1'", "a JSON list"));
    }

    @Test
    void wordListsHaveEachWordOnce() {
        ValueType words = ValueType.parse("words(amqp|mqtt|http)");
        assertThat(words.convert("mqtt amqp,mqtt")).isEqualTo(new Conversion.Converted("mqtt, amqp"));
        assertThat(words.convert(List.of("http", "amqp"))).isEqualTo(new Conversion.Converted("http, amqp"));
        assertThat(words.convert("amqp, smtp"))
                .isEqualTo(new Conversion.Refused(
                        "Invalid word 'smtp' in a list of ['amqp', 'mqtt', 'http']",
                        "one or more of amqp, mqtt, http"));
        assertThat(words.convert("")).isInstanceOf(Conversion.Refused.class);
        assertThat(words.convert(List.of())).isInstanceOf(Conversion.Refused.class);
    }

    @Test
    void messagesShowValuesAsTheOriginalDoes() {
        assertThat(ValueType.quoted("it's")).isEqualTo("\"it's\"");
        assertThat(ValueType.quoted("a'\"\n\\\u0001")).isEqualTo("'a\\'\"\\n\\\\\\x01'");
        assertThat(ValueType.quoted(Arrays.asList(1, null, "x", true))).isEqualTo("[1, None, 'x', True]");
    }
}
