// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonGrammarTest {
    @Test
    void sectionsAreListsOfANameAndAMap() {
        Problems problems = new Problems("q.json");
        List<Section> sections = JsonGrammar.read("""
                # comment

                [
                  ["router", {"id": "A",
                # comment
                              "workerThreads": 2, "metadata": null}],
                  ["ssl-profile", {"name": "x"}, "ignored", [1]],
                  ["vhost", {"groups": {"a#": {}}}],
                  ["log"]
                ]
                """, problems);
        assertThat(problems.list()).isEmpty();
        assertThat(sections)
                .containsExactly(
                        new Section(
                                "router",
                                4,
                                List.of(
                                        new SectionAttribute("id", "A", 4, false),
                                        new SectionAttribute("workerThreads", 2L, 6, false)),
                                false),
                        new Section("ssl-profile", 7, List.of(new SectionAttribute("name", "x", 7, false)), false),
                        new Section(
                                "vhost",
                                8,
                                List.of(new SectionAttribute("groups", Map.of("a#", Map.of()), 8, false)),
                                false),
                        new Section("log", 9, List.of(), false));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`[[\"router\", {}],\n]` | 2 Invalid JSON at column 1: a comma before ']'",
                "`{}` | 1 Invalid JSON at column 1: expected an array",
                "`[[\"router\", 1]]` | 1 Invalid JSON at column 13: expected an object",
                "`[]x` | 1 Invalid JSON at column 3: unexpected text after the value",
                "`[[\"router\", {}` | 1 Invalid JSON at column 15: expected ',' or ']'"
            })
    void jsonIsStrict(String text, String expected) {
        Problems problems = new Problems("q.json");
        JsonGrammar.read(text, problems);
        assertThat(problems.list()).hasSize(1);
        assertThat(problems.list().get(0).line() + " " + problems.list().get(0).message())
                .isEqualTo(expected);
    }
}
