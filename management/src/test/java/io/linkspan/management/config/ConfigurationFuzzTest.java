// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Spoilt files are refused with problems, never with an exception; what starts has no fatal problem. */
class ConfigurationFuzzTest {
    private static final Path SAMPLES = Path.of("src/test/resources/io/linkspan/management/config/samples");
    private static final String[] PIECES = {
        "{",
        "}",
        "\"",
        "#",
        ":",
        "\n",
        "\\",
        ",",
        "[",
        "]",
        "'",
        "\t",
        " ",
        "$",
        "groups: {",
        "-1",
        "99999999999999999999",
        "mqtt {",
        "\u0000",
        "é",
        "protocols: mqtt",
        "null",
        "\\u00",
        "type: x",
        "name: x\n"
    };

    private static List<String> texts() throws IOException {
        List<String> texts = new ArrayList<>();
        for (String sample : SampleFilesTest.samples()) {
            texts.add(Files.readString(SAMPLES.resolve(sample), StandardCharsets.UTF_8));
        }
        return texts;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void spoiltFilesAreRefusedWithProblems(long seed) throws IOException {
        Random random = new Random(seed);
        List<String> texts = texts();
        for (int i = 0; i < 1500; i++) {
            StringBuilder text = new StringBuilder(texts.get(random.nextInt(texts.size())));
            for (int spoils = random.nextInt(6); spoils >= 0; spoils--) {
                spoil(text, random);
            }
            String path = random.nextInt(4) == 0 ? "f.json" : "f.conf";
            ConfigurationResult result = ConfigurationReader.check(path, text.toString(), Configurations.NOWHERE);
            boolean fatal = result.problems().stream().anyMatch(p -> p.severity() == Severity.FATAL);
            assertThat(result.configuration().isEmpty()).as(text.toString()).isEqualTo(fatal);
            result.problems().forEach(problem -> assertThat(problem.render()).contains(path));
        }
    }

    private static void spoil(StringBuilder text, Random random) {
        int at = text.isEmpty() ? 0 : random.nextInt(text.length());
        switch (random.nextInt(4)) {
            case 0 -> text.insert(at, PIECES[random.nextInt(PIECES.length)]);
            case 1 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(8)));
            case 2 -> text.setLength(Math.max(at, text.length() / 2));
            default -> {
                int to = Math.min(text.length(), at + random.nextInt(60));
                text.insert(random.nextInt(text.length() + 1), text.substring(at, to));
            }
        }
    }
}
