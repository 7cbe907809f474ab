// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.management.cli.ToolLine;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class CompletionTest {
    private static String run(String... arguments) {
        StringWriter out = new StringWriter();
        int code = ToolLine.of(new Completion(), "completion")
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(out))
                .execute(arguments);
        return code + "\n" + out;
    }

    @Test
    void everyCommandAndItsOptionsAreInTheScript() {
        String script = run();
        for (Subcommands.Subcommand command : Subcommands.all()) {
            assertThat(script).contains(" " + command.name());
            new CommandLine(command.command())
                    .getCommandSpec()
                    .options()
                    .forEach(option -> assertThat(script).contains("'" + option.longestName()));
        }
        assertThat(script)
                .startsWith("0\n#!/usr/bin/env bash")
                .contains("router")
                .contains("--pidfile")
                .contains("--all-entities")
                .contains("--sasl-mechanisms")
                .contains("bashcompinit")
                .contains("complete -F _complete_linkspan");
    }

    @Test
    void theOriginalNamesHaveScriptsOfTheirOwn() {
        assertThat(run("qdstat")).startsWith("0\n").contains("--vhoststats").contains("complete -F _complete_qdstat");
        assertThat(run("qdmanage")).startsWith("0\n").contains("complete -F _complete_qdmanage");
        assertThat(run("ls")).startsWith("2\n");
    }
}
