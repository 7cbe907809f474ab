// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfGrammarTest {
    private static List<Section> read(String text, Problems problems) {
        return ConfGrammar.read(text, problems);
    }

    /** The only value of a section that has this line in it. */
    private static Object value(String line) {
        Problems problems = new Problems("q.conf");
        List<Section> sections = read("s {\n" + line + "\n}\n", problems);
        assertThat(problems.list().stream().filter(p -> p.severity() == Severity.FATAL))
                .isEmpty();
        assertThat(sections.get(0).attributes()).hasSize(1);
        return sections.get(0).attributes().get(0).value();
    }

    private static String refusal(String text) {
        Problems problems = new Problems("q.conf");
        read(text, problems);
        return problems.list().stream()
                .filter(p -> p.severity() == Severity.FATAL)
                .map(p -> p.line() + " " + p.message())
                .collect(Collectors.joining("; "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "host: 127.0.0.1 | 127.0.0.1",
                "host:127.0.0.1 | 127.0.0.1",
                "host : 127.0.0.1 | 127.0.0.1",
                "`  host:   a b c  ` | a b c",
                "`\thost\t:\ta` | a",
                "port: 5672 # comment | 5672",
                "port: 5672# | 5672",
                "name: a#b | a",
                "port: 1, | 1,",
                "name: 'a' | 'a'",
                "name: a{b} | a{b}",
                "name: a{ | a{",
                "name: a: b | a: b",
                "name: ${HOME} | ${HOME}",
                "name: a\\tb | `a\tb`",
                "name: a\\\\b | a\\b",
                "name: \\u00e9 | é",
                "name: é | é",
                "name: a,] | a]",
                "name: a, } | a}",
                "pattern: a/# | a/#",
                "pattern: a/# # note | a/#",
                "pattern: a b c | a",
                "bindingKey: a.#.b | a.#.b",
                "hostname: # | #",
                "hostname : a#b c | a#b",
                "binding-key: a.# | a.",
                "maxSessions: 1_000 | 1_000"
            })
    void anAttributeIsOneLine(String line, String expected) {
        assertThat(value(line)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "host:",
                "host: # comment",
                "host",
                "host 127.0.0.1",
                "a b: c",
                "name: a\"b",
                "name: \"a\"",
                "name: a\\",
                "name: C:\\windows",
                "name: a\tb",
                "pattern:",
                "$name: a",
                "=",
                "}}",
                "},",
                "} x"
            })
    void otherLinesInASectionAreRefusedWithTheirNumber(String line) {
        assertThat(refusal("s {\n" + line + "\n}\n")).startsWith("2 Invalid config file syntax (line 2): >>> " + line);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "`listener\n{\n}` | 1 Invalid config file syntax (line 1): >>> listener; 2 Invalid config file syntax (line 2): >>> {; 3 Invalid config file syntax (line 3): >>> }",
                "`listener { port: 1 }` | 1 Invalid config file syntax (line 1): >>> listener { port: 1 }",
                "`listener: {` | 1 Invalid config file syntax (line 1): >>> listener: {",
                "`}` | 1 Invalid config file syntax (line 1): >>> }",
                "`host: a` | 1 Invalid config file syntax (line 1): >>> host: a",
                "`listener {\nport: 1` | 1 section 'listener' is not closed",
                "`listener {\nport: 1\nlog {\n}` | 1 section 'listener' is not closed before line 3",
                "`listener x {` | 1 Invalid config file syntax (line 1): >>> listener x {"
            })
    void bracesAreWhereTheOriginalWantsThem(String text, String expected) {
        assertThat(refusal(text)).isEqualTo(expected);
    }

    @Test
    void sectionsKeepTheirOrderLinesAndRepeatedAttributes() {
        List<Section> sections = read(
                "# first\n\nlistener{\n  port: 1\n  # inside\n  port: 2\n} # end\n  ssl-profile {\n}\n",
                new Problems("q.conf"));
        assertThat(sections)
                .containsExactly(
                        new Section(
                                "listener",
                                3,
                                List.of(
                                        new SectionAttribute("port", "1", 4, false),
                                        new SectionAttribute("port", "2", 6, false)),
                                false),
                        new Section("ssl-profile", 8, List.of(), false));
    }

    @Test
    void aMissingFinalNewLineIsFine() {
        assertThat(read("log {\n}", new Problems("q.conf"))).hasSize(1);
    }

    @Test
    void readingGoesOnBehindALineThatCannotBeRead() {
        assertThat(refusal("listener {\n  port\n}\nfoo\nlog {\n  module:\n}\n"))
                .isEqualTo("2 Invalid config file syntax (line 2): >>> port; "
                        + "4 Invalid config file syntax (line 4): >>> foo; "
                        + "6 Invalid config file syntax (line 6): >>> module:");
    }

    @Test
    void passwordsAreNotShownInALineThatCannotBeRead() {
        assertThat(refusal("connector {\n  sasl-password: se\"cret\n}"))
                .isEqualTo("2 Invalid config file syntax (line 2): >>> sasl-password: *******"
                        + " - a double quote in a value");
    }

    @Test
    void aHashInsideOfAValueIsACommentAndSaid() {
        Problems problems = new Problems("q.conf");
        read("s {\n a: b#c\n d: e # f\n pattern: g#h\n}", problems);
        assertThat(problems.list()).hasSize(1);
        assertThat(problems.list().get(0).render())
                .isEqualTo("q.conf: warning: a comment begins at #, also inside of a value "
                        + "(line 2, s.a = '*******', expected a blank before #)");
    }

    @ParameterizedTest
    @CsvSource({
        "ssl-profile, sslProfile",
        "ssl_profile, sslProfile",
        "sslProfile, sslProfile",
        "max-frame-size, maxFrameSize",
        "cert-FILE, certFile",
        "helloInterval_SECONDS, helloIntervalSeconds",
        "router.config.address, routerConfigAddress",
        "Listener, Listener",
        "a--b, aB",
        "_a, A"
    })
    void namesBecomeCamelCase(String written, String expected) {
        assertThat(Section.camelCase(written)).isEqualTo(expected);
    }
}
