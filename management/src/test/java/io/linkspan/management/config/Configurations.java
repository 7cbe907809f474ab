// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;

/** Reads configurations for tests, without looking at the machine. */
final class Configurations {
    static final Surroundings NOWHERE = Surroundings.of(Map.of("SECRET", "s3cret"));

    private Configurations() {}

    static ConfigurationResult result(String text) {
        return ConfigurationReader.read("q.conf", text, NOWHERE);
    }

    /** The configuration of a text that has no problem at all. */
    static RouterConfiguration sound(String text) {
        ConfigurationResult result = result(text);
        assertThat(result.problems()).isEmpty();
        return result.configuration().orElseThrow();
    }

    /** The configuration of a text that may have problems, none of them fatal. */
    static RouterConfiguration started(String text) {
        ConfigurationResult result = result(text);
        assertThat(result.configuration()).as(result.problems().toString()).isPresent();
        return result.configuration().orElseThrow();
    }

    /** The problems of a text as "SEVERITY LINE SECTION.ATTRIBUTE: MESSAGE". */
    static List<String> problems(String text) {
        return result(text).problems().stream().map(Configurations::line).toList();
    }

    static String line(Problem problem) {
        String subject =
                problem.attribute().isEmpty() ? problem.section() : problem.section() + '.' + problem.attribute();
        return problem.severity() + " " + problem.line() + (subject.isEmpty() ? "" : " " + subject) + ": "
                + problem.message();
    }
}
