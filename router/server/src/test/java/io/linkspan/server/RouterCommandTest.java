// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Command lines that end without a router (configuration, 4). */
class RouterCommandTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(String... arguments) {
        return new RouterCommand(
                        "qdrouterd",
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8))
                .run(List.of(arguments));
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-v", "--version", "--vers"})
    void versionIsPrintedBare(String option) {
        assertThat(run(option)).isZero();
        assertThat(out()).isEqualTo(Version.TEXT + "\n");
        assertThat(err()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-h", "--help"})
    void helpGoesToStandardOutput(String option) {
        assertThat(run(option)).isZero();
        assertThat(out())
                .startsWith("Usage: qdrouterd [OPTIONS]\n")
                .contains("-c, --config", "-I, --include", "-d, --daemon", "-P, --pidfile", "-U, --user")
                .contains("-T, --test-hooks", "-v, --version", "-h, --help");
        assertThat(err()).isEmpty();
    }

    @Test
    void unknownOptionIsToldAndUsageFollows() {
        assertThat(run("-x")).isEqualTo(1);
        assertThat(err()).isEqualTo("qdrouterd: invalid option -- 'x'\n");
        assertThat(out()).startsWith("Usage: ");
    }

    @Test
    void leftOverWordsAreTold() {
        assertThat(run("a", "-T", "b")).isEqualTo(1);
        assertThat(err()).isEqualTo("Unexpected arguments: a b\n\n");
        assertThat(out()).startsWith("Usage: ");
    }

    @Test
    void fileThatIsNotThereIsTold() {
        assertThat(run("-c", "/no/such/qdrouterd.conf")).isEqualTo(1);
        assertThat(err())
                .startsWith("qdrouterd: Cannot load configuration file /no/such/qdrouterd.conf:"
                        + " Not found: Configuration file could not be opened");
    }

    @Test
    void unknownUserOfADaemonIsTold() {
        assertThat(run("-d", "-U", "no such user")).isEqualTo(1);
        assertThat(err()).isEqualTo("qdrouterd: Unknown user 'no such user'\n");
    }

    @Test
    void pidFileThatCannotBeWrittenIsTold() {
        assertThat(run("-d", "-P", "/no/such/directory/pid")).isEqualTo(1);
        assertThat(err()).startsWith("qdrouterd: the daemon cannot be started: /no/such/directory/pid");
    }
}
