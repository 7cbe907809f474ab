// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import io.linkspan.management.config.ConfigurationReader;
import io.linkspan.management.config.ConfigurationResult;
import io.linkspan.management.config.ListenerSettings;
import io.linkspan.management.config.Problem;
import io.linkspan.management.config.RouterConfiguration;
import io.linkspan.management.config.Severity;
import io.linkspan.management.config.SslProfileSettings;
import io.linkspan.management.config.Surroundings;
import io.linkspan.server.tls.TlsException;
import io.linkspan.server.tls.TlsProfile;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code linkspan check}: tells everything that is wrong with a configuration file, and starts nothing. */
@Command(
        name = "check",
        description = {
            "Read a configuration file and tell everything that is wrong with it, or worth a look: line, section,",
            "attribute, value and what was expected. Certificates and keys that listeners use are read too.",
            ""
        },
        footer = {
            "",
            "Exit status: 0 if the router starts with the file and leaves nothing of it out, 1 otherwise.",
            "Warnings and advice do not count."
        },
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class Check implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "FILE",
            defaultValue = "/etc/qpid-dispatch/qdrouterd.conf",
            description = "The file (default ${DEFAULT-VALUE}).")
    private String file = "";

    @Override
    public Integer call() {
        ConfigurationResult result = ConfigurationReader.checkFile(file, Surroundings.ofSystem());
        List<Problem> problems = new ArrayList<>(result.problems());
        result.configuration().ifPresent(configuration -> problems.addAll(tlsProblems(configuration)));
        PrintWriter out = spec.commandLine().getOut();
        problems.forEach(problem -> out.print(problem.render() + "\n"));
        out.print(summary(problems) + "\n");
        out.flush();
        return problems.stream().anyMatch(Check::counts) ? 1 : 0;
    }

    private static boolean counts(Problem problem) {
        return problem.severity() == Severity.FATAL || problem.severity() == Severity.ERROR;
    }

    /** What keeps the files of the profiles in use from being loaded; the router would not start. */
    private List<Problem> tlsProblems(RouterConfiguration configuration) {
        List<Problem> problems = new ArrayList<>();
        for (ListenerSettings listener : configuration.listeners()) {
            SslProfileSettings profile = listener.tls();
            if (profile != null) {
                try {
                    TlsProfile.of(profile)
                            .forServer(listener.connection().saslMechanisms().contains("EXTERNAL"));
                } catch (TlsException e) {
                    problems.add(new Problem(
                            Severity.FATAL,
                            file,
                            0,
                            "sslProfile",
                            "name",
                            profile.name(),
                            String.valueOf(e.getMessage()),
                            ""));
                }
            }
        }
        return problems.stream().distinct().toList();
    }

    private String summary(List<Problem> problems) {
        Map<Severity, Integer> counts = new EnumMap<>(Severity.class);
        problems.forEach(problem -> counts.merge(problem.severity(), 1, Integer::sum));
        if (counts.isEmpty()) {
            return file + ": nothing to say";
        }
        List<String> words = new ArrayList<>();
        counts.forEach(
                (severity, count) -> words.add(count + " " + severity.name().toLowerCase(Locale.ROOT)));
        return file + ": " + String.join(", ", words);
    }
}
