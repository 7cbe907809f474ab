// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MapTextTest {
    private static final Map<String, Object> TWO_GROUPS =
            Map.of("a", Map.of("users", "u", "maxSenders", 5L), "b", Map.of("users", "v"));

    private static Object groups(String lines) {
        Problems problems = new Problems("q.conf");
        List<Section> sections = ConfGrammar.read("vhost {\n  groups: " + lines + "\n  id: after\n}\n", problems);
        assertThat(problems.list()).isEmpty();
        assertThat(sections).hasSize(1);
        assertThat(sections.get(0).attributes()).hasSize(2);
        assertThat(sections.get(0).attributes().get(1).value()).isEqualTo("after");
        return sections.get(0).attributes().get(0).value();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // One group per line, each line ending in a comma: 1.19 takes it.
                "{\n \"a\": {\"users\": \"u\", \"maxSenders\": 5},\n \"b\": {\"users\": \"v\"},\n}",
                // The brace line has no comma and the next line begins with one: 1.19 takes it.
                "{\n \"a\": {\n \"users\": \"u\",\n \"maxSenders\": 5\n }\n ,\"b\": {\n \"users\": \"v\"\n }\n}",
                // Ordinary JSON.
                "{\n \"a\": {\n \"users\": \"u\",\n \"maxSenders\": 5\n },\n \"b\": {\n \"users\": \"v\"\n }\n}",
                "{\n \"a\": {\"users\": \"u\", \"maxSenders\": 5},\n \"b\": {\"users\": \"v\"}\n}",
                "{ \"a\": {\"users\": \"u\", \"maxSenders\": 5}, \"b\": {\"users\": \"v\"} }",
                "{ # note\n # note\n \"a\": { # note\n \"users\": \"u\" # note\n \"maxSenders\": 5 # note\n } # note\n"
                        + " \"b\": {\"users\": \"v\"} # note\n } # note",
                "{\n\n\"a\"\n: {\"users\": \"u\", \"maxSenders\": 5,},, \"b\": {\"users\": \"v\"}},"
            })
    void jsonIsReadInAnyLayout(String lines) {
        String text = lines.replace("\"a\"\n:", "\"a\":");
        assertThat(groups(text)).isEqualTo(TWO_GROUPS);
    }

    @Test
    void theBareStyleOfThePublishedManualIsRead() {
        assertThat(groups("""
                {
                    admin: {
                        users: admin1, admin2
                        remoteHosts: 127.0.0.1, 1.2.3.4,
                        allowDynamicSource: true
                        maxSenders: 5
                        sources: q-${user}, x # note
                    },
                    $default {
                        remoteHosts: * }
                    "quoted": { "a": 1 }
                }"""))
                .isEqualTo(Map.of(
                        "admin",
                        Map.of(
                                "users",
                                "admin1, admin2",
                                "remoteHosts",
                                "127.0.0.1, 1.2.3.4",
                                "allowDynamicSource",
                                "true",
                                "maxSenders",
                                "5",
                                "sources",
                                "q-${user}, x"),
                        "$default",
                        Map.of("remoteHosts", "*"),
                        "quoted",
                        Map.of("a", 1L)));
    }

    @Test
    void jsonValuesKeepTheirTypes() {
        assertThat(groups("{\"a\": [1, \"#x,}\", [true, null], {\"b\": 2.5}], \"c\": false, \"d\": \"\\u0041\"}"))
                .isEqualTo(Map.of(
                        "a",
                        Arrays.asList(1L, "#x,}", Arrays.asList(true, null), Map.of("b", 2.5)),
                        "c",
                        false,
                        "d",
                        "A"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`{\n  a b\n  }` | 3 no colon after the name 'a'",
                "`{\n  a:\n  }` | 3 no value for 'a'",
                "`{\n  \"a\": b\n  }` | 3 'b' is not a JSON value",
                "`{\n  \"a\n  }` | 3 a text in quotes does not end on its line",
                "`{\n  a: b\"c\n  }` | 3 a double quote in a value",
                "`{\n  \"a\": \"\\x\"\n  }` | 3 a backslash that begins no escape (known: \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX)",
                "`{\n  : b\n  }` | 3 ':' where a name is expected"
            })
    void aMapThatCannotBeReadIsToldWithItsLineAndReadingGoesOnBehindTheSection(String map, String expected) {
        Problems problems = new Problems("q.conf");
        List<Section> sections = ConfGrammar.read("vhost {\n  groups: " + map + "\n}\nlog {\n foo\n}\n", problems);
        List<String> told =
                problems.list().stream().map(p -> p.line() + " " + p.message()).toList();
        assertThat(told).hasSize(2);
        assertThat(told.get(0)).isEqualTo(expected + ", in the map 'groups' that begins on line 2");
        assertThat(told.get(1)).contains(">>> foo");
        assertThat(sections).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`{\n \"a\": {\n` | 3 a brace of line 3 is not closed",
                "`{\n \"a\": [1,\n` | 3 a bracket of line 3 is not closed",
                "`{` | 2 a brace of line 2 is not closed"
            })
    void aMapThatDoesNotEndIsToldOnce(String map, String expected) {
        Problems problems = new Problems("q.conf");
        List<Section> sections = ConfGrammar.read("vhost {\n  groups: " + map, problems);
        assertThat(problems.list()).hasSize(1);
        assertThat(problems.list().get(0).message()).startsWith(expected.substring(2));
        assertThat(sections).hasSize(1);
    }

    @Test
    void textBehindAMapIsRefused() {
        Problems problems = new Problems("q.conf");
        ConfGrammar.read("vhost {\n  groups: {}x\n}\n", problems);
        assertThat(problems.list()).hasSize(1);
        assertThat(problems.list().get(0).message()).isEqualTo("Invalid config file syntax (line 2): >>> x");
    }

    @Test
    void nestingEndsAtItsLimit() throws SyntaxException {
        int limit = MapText.MAX_DEPTH;
        String deep = "{a:".repeat(limit - 1) + "{" + "}".repeat(limit);
        assertThat(new MapText(deep, 0, 1).read()).hasSize(1);
        String deeper = "{a:".repeat(limit) + "{" + "}".repeat(limit + 1);
        assertThatThrownBy(() -> new MapText(deeper, 0, 1).read()).hasMessage("nested deeper than 32");
    }
}
