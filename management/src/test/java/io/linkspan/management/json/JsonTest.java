// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @Test
    void valuesKeepTheirTypesAndOrder() {
        Object value = Json.parse(
                " { \"b\" : [1, -2, 2.5, 1e3, true, false, null, \"x\"],\n\"a\": {}, \"big\": 18446744073709551615 } ");
        assertThat(value)
                .isEqualTo(Map.of(
                        "b", Arrays.asList(1L, -2L, 2.5, 1000.0, true, false, null, "x"),
                        "a", Map.of(),
                        "big", new BigInteger("18446744073709551615")));
        assertThat(((Map<?, ?>) java.util.Objects.requireNonNull(value))
                        .keySet()
                        .toString())
                .isEqualTo("[b, a, big]");
    }

    @Test
    void longsAreReadUpToTheirLimitsAndBigIntegersBeyond() {
        assertThat(Json.parse("9223372036854775807")).isEqualTo(Long.MAX_VALUE);
        assertThat(Json.parse("-9223372036854775808")).isEqualTo(Long.MIN_VALUE);
        assertThat(Json.parse("9223372036854775808")).isEqualTo(new BigInteger("9223372036854775808"));
    }

    @Test
    void theLastOfEqualNamesWins() {
        assertThat(Json.parse("{\"a\": 1, \"a\": 2}")).isEqualTo(Map.of("a", 2L));
    }

    @Test
    void escapesAreResolved() {
        assertThat(Json.parse("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00\""))
                .isEqualTo("\"\\/\b\f\n\r\té😀");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[",
                "[1",
                "[1,",
                "[1,]",
                "{\"a\":1,}",
                "{a: 1}",
                "{\"a\" 1}",
                "{\"a\": 1 \"b\": 2}",
                "[1 2]",
                "01",
                "-",
                "1.",
                ".5",
                "1e",
                "+1",
                "tru",
                "nul",
                "\"a",
                "\"a\nb\"",
                "\"\\x\"",
                "\"\\u12\"",
                "\"\\u12g4\"",
                "1 2",
                "[]]",
                "'a'",
                "NaN"
            })
    void whatIsNotJsonIsRefused(String text) {
        assertThatThrownBy(() -> Json.parse(text)).isInstanceOf(JsonException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`[1,\n 2,\n  x]` | 3 | 3",
                "`{\"a\": 1,\n}` | 2 | 1",
                "`[\n\n` | 3 | 1",
                "`{\"a\": \"b\\q\"}` | 1 | 7"
            })
    void aRefusalNamesLineAndColumn(String text, int line, int column) {
        assertThatThrownBy(() -> Json.parse(text)).isInstanceOfSatisfying(JsonException.class, e -> {
            assertThat(e.line()).isEqualTo(line);
            assertThat(e.column()).isEqualTo(column);
        });
    }

    @Test
    void nestingEndsAtItsLimit() {
        int limit = JsonReader.MAX_DEPTH;
        assertThat(Json.parse("[".repeat(limit) + "]".repeat(limit))).isNotNull();
        assertThatThrownBy(() -> Json.parse("[".repeat(limit + 1) + "]".repeat(limit + 1)))
                .hasMessage("nested deeper than 64");
    }

    @Test
    void numbersEndAtTheirLimit() {
        assertThat(Json.parse("1".repeat(JsonReader.MAX_NUMBER_CHARS))).isInstanceOf(BigInteger.class);
        assertThatThrownBy(() -> Json.parse("1".repeat(JsonReader.MAX_NUMBER_CHARS + 1)))
                .hasMessage("a number of more than 1000 characters");
    }

    @Test
    void walkingKnowsTheLineOfEachMember() {
        JsonReader in = new JsonReader("[\n[\"router\", {\n\"id\": \"A\",\n\"mode\": \"edge\"\n}]\n]");
        in.beginArray();
        assertThat(in.hasNext()).isTrue();
        assertThat(in.line()).isEqualTo(2);
        in.beginArray();
        assertThat(in.hasNext()).isTrue();
        assertThat(in.readValue()).isEqualTo("router");
        assertThat(in.hasNext()).isTrue();
        in.beginObject();
        assertThat(in.nextName()).isEqualTo("id");
        assertThat(in.line()).isEqualTo(3);
        assertThat(in.readValue()).isEqualTo("A");
        assertThat(in.nextName()).isEqualTo("mode");
        assertThat(in.line()).isEqualTo(4);
        assertThat(in.readValue()).isEqualTo("edge");
        assertThat(in.nextName()).isNull();
        assertThat(in.hasNext()).isFalse();
        assertThat(in.hasNext()).isFalse();
        in.endDocument();
    }

    @Test
    void writingIndentsAsTheToolsDo() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", "é\"\\\n\u0001");
        map.put("list", Arrays.asList(1, 2L, null));
        map.put("none", List.of());
        map.put("empty", Map.of());
        map.put("flag", true);
        assertThat(Json.write(map, 2)).isEqualTo("""
                        {
                          "name": "\\u00e9\\"\\\\\\n\\u0001",
                          "list": [
                            1,
                            2,
                            null
                          ],
                          "none": [],
                          "empty": {},
                          "flag": true
                        }""");
        assertThat(Json.write(map, Json.COMPACT))
                .isEqualTo("{\"name\": \"\\u00e9\\\"\\\\\\n\\u0001\", \"list\": [1, 2, null], \"none\": [], "
                        + "\"empty\": {}, \"flag\": true}");
    }

    @Test
    void whatIsWrittenIsReadBackEqual() {
        Object value = Json.parse("{\"a\": [1.5, {\"b\": \"\\u2028\"}, [], \"\"], \"c\": null}");
        assertThat(Json.parse(Json.write(value, 2))).isEqualTo(value);
        assertThat(Json.parse(Json.write(value, Json.COMPACT))).isEqualTo(value);
    }
}
