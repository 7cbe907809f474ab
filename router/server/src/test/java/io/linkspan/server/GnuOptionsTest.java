// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GnuOptionsTest {
    private static final List<GnuOptions.Option> OPTIONS = List.of(
            new GnuOptions.Option('c', "config", true),
            new GnuOptions.Option('d', "daemon", false),
            new GnuOptions.Option('t', "test", false),
            new GnuOptions.Option('T', "test-hooks", false),
            new GnuOptions.Option('P', "pidfile", true),
            new GnuOptions.Option('p', "plain", false));

    private static GnuOptions read(String line) {
        return GnuOptions.read(OPTIONS, line.isEmpty() ? List.of() : List.of(line.split(" ", -1)));
    }

    @ParameterizedTest
    @CsvSource({"-c f", "-cf", "--config f", "--config=f", "--conf f", "--c=f", "-dc f", "-dcf", "-c x -c f"})
    void argumentIsFoundInEveryForm(String line) {
        GnuOptions options = read(line);
        assertThat(options.error()).isEmpty();
        assertThat(options.values()).containsEntry('c', "f");
        assertThat(options.rest()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-x|invalid option -- 'x'",
                "-dx|invalid option -- 'x'",
                "--foo|unrecognized option '--foo'",
                "-c|option requires an argument -- 'c'",
                "--config|option '--config' requires an argument",
                "--daemon=yes|option '--daemon' doesn't allow an argument",
                "--p|option '--p' is ambiguous; possibilities: '--pidfile' '--plain'"
            })
    void mistakesAreToldInTheWordsOfGetopt(String line, String error) {
        assertThat(read(line).error()).isEqualTo(error);
    }

    @Test
    void exactWordIsNotAmbiguous() {
        assertThat(read("--test").values()).containsOnlyKeys('t');
        assertThat(read("--test-").values()).containsOnlyKeys('T');
    }

    @Test
    void otherWordsAreKeptAndTwoDashesEndTheOptions() {
        GnuOptions options = read("a -d b -- -c x");
        assertThat(options.has('d')).isTrue();
        assertThat(options.rest()).containsExactly("a", "b", "-c", "x");
        assertThat(read("-").rest()).containsExactly("-");
    }
}
