// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.management.cli.ToolLine;
import io.linkspan.server.tls.TestCertificates;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code linkspan check}: all problems at once, and an exit status that says whether the router starts. */
class CheckTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path directory;

    private ToolRun check(String... lines) throws IOException {
        Path file = Files.writeString(directory.resolve("router.conf"), String.join("\n", lines) + "\n");
        return check(file);
    }

    private static ToolRun check(Path file) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = ToolLine.of(new Check(), "linkspan check")
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(file.toString());
        return new ToolRun(code, out.toString().replace(file.toString(), "FILE"), err.toString());
    }

    @Test
    void aSoundFileGivesZero() throws IOException {
        ToolRun run = check("router {", "    mode: standalone", "    id: A", "}", "listener {", "    port: 5672", "}");
        assertThat(run).isEqualTo(new ToolRun(0, "FILE: nothing to say\n", ""));
    }

    @Test
    void everyProblemIsToldWithItsPlaceAndCounted() throws IOException {
        ToolRun run = check(
                "router {",
                "    mode: round",
                "}",
                "listener {",
                "    port: 5672",
                "    nosuch: 1",
                "}",
                "address {",
                "    prefix: a",
                "    priority: 17",
                "}");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .contains("(line 2, router.mode = 'round'")
                .contains("line 6")
                .contains("nosuch")
                .contains("(line 10, address.priority = '17'")
                .matches("(?s).*\nFILE: 2 fatal, 1 error\n");
    }

    @Test
    void warningsDoNotCount() throws IOException {
        ToolRun run = check(
                "router {",
                "    mode: standalone",
                "    id: A",
                "    debugDumpFile: /tmp/x",
                "}",
                "listener {",
                "    port: 5672",
                "}");
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("FILE: warning: ").endsWith("FILE: 1 warning\n");
    }

    @Test
    void aFileThatIsMissingIsAProblem() {
        ToolRun run = check(directory.resolve("none.conf"));
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out())
                .startsWith("Cannot load configuration file FILE: Not found: Configuration file could not be opened");
    }

    @Test
    void certificatesAndKeysInUseAreRead() throws IOException {
        TestCertificates certificates = new TestCertificates(directory);
        certificates.issue("server", "EC");
        String[] lines = {
            "router {",
            "    mode: standalone",
            "    id: A",
            "}",
            "sslProfile {",
            "    name: tls",
            "    certFile: " + certificates.file("server.pem"),
            "    privateKeyFile: " + certificates.file("server.key"),
            "}",
            "listener {",
            "    port: 5671",
            "    sslProfile: tls",
            "}"
        };
        assertThat(check(lines).code()).isZero();
        lines[7] = "    privateKeyFile: " + directory.resolve("none.key");
        ToolRun run = check(lines);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).contains("none.key").endsWith("FILE: 1 fatal\n");
    }
}
