// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.management.json.Json;
import io.linkspan.management.schema.Schema;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Files in the styles of all releases, each with what it means: {@code NAME.conf} or {@code NAME.json} and
 * {@code NAME.expected}. What a version of ours does not do yet is left out, so that the expectation is that of the
 * original; {@code -Dupdate.golden=true} writes what the reader makes of them, to be looked at before it is kept.
 */
class CorpusTest {
    private static final Path CORPUS = Path.of("src/test/resources/io/linkspan/management/config/corpus");
    private static final String LIMIT = "this version";

    static List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(CORPUS)) {
            return files.map(path -> path.getFileName().toString())
                    .filter(name -> name.endsWith(".conf") || name.endsWith(".json"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void aFileMeansWhatIsExpected(String name) throws IOException {
        String text = Files.readString(CORPUS.resolve(name), StandardCharsets.UTF_8);
        String meaning = meaning(name, text);
        Path expected = CORPUS.resolve(name.substring(0, name.lastIndexOf('.')) + ".expected");
        if (Boolean.getBoolean("update.golden")) {
            Files.writeString(expected, meaning, StandardCharsets.UTF_8);
        }
        assertThat(meaning).isEqualTo(Files.readString(expected, StandardCharsets.UTF_8));
    }

    @Test
    void thereAreAtLeastThirty() throws IOException {
        assertThat(files()).hasSizeGreaterThanOrEqualTo(30);
    }

    /** Whether the router starts, what is told, and every entity with what the file gives. */
    private static String meaning(String name, String text) {
        List<Problem> problems = ConfigurationReader.read(name, text, Configurations.NOWHERE).problems().stream()
                .filter(problem -> !problem.message().contains(LIMIT))
                .toList();
        boolean fatal = problems.stream().anyMatch(problem -> problem.severity() == Severity.FATAL);
        List<String> lines = new ArrayList<>();
        lines.add(fatal ? "does not start" : "starts");
        problems.forEach(problem -> lines.add(problem.render()));
        Problems ignored = new Problems(name);
        String plain = text.replace("\r\n", "\n");
        List<Section> sections =
                name.endsWith(".json") ? JsonGrammar.read(plain, ignored) : ConfGrammar.read(plain, ignored);
        for (ConfiguredEntity entity : EntityReader.read(sections, Schema.standard(), ignored)) {
            lines.add(entity.type().shortName() + " " + entity.name());
            for (Map.Entry<String, Object> given : entity.given().entrySet()) {
                lines.add("  " + given.getKey() + ": " + Json.write(given.getValue(), Json.COMPACT));
            }
        }
        return String.join("\n", lines) + "\n";
    }
}
