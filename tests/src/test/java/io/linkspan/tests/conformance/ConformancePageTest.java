// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Keeps docs/conformance.md equal to the tests: it looks for the ids of rules in the names of tests, {@code
 * @DisplayName("DST-12 ...")} or {@code void dst12...()}, in the test sources of all modules. A rule without a test needs
 * a reason in untested.txt, and a rule with a test may have none. {@code scripts/conformance} writes the page anew.
 */
class ConformancePageTest {

    private static final Path ROOT = Path.of("..");
    private static final Path PAGE = ROOT.resolve("docs/conformance.md");
    private static final List<String> MODULES =
            List.of("mesh", "router/amqp", "router/core", "router/server", "protocol-bridge", "management", "tests");
    private static final int RULES = 239;

    /** A name for people, which may go over several lines, or the name of a method that begins with an id. */
    private static final Pattern NAME = Pattern.compile(
            "@(?:DisplayName|ParameterizedTest)\\((?:[^\"()]*\"(?:[^\"\\\\]|\\\\.)*\")+|void [a-z]{3}\\d\\d\\w*\\(");

    private static final Pattern ID = Pattern.compile("\\b([A-Z]{3}-\\d\\d)\\b");
    private static final Pattern METHOD = Pattern.compile("void ([a-z]{3})(\\d\\d)[A-Z]");

    /** A rule as rules.txt has it: its id and what it is about. */
    private record Rule(String id, String about) {}

    /** The tests of one rule: class names and where they are, relative to the page. */
    private static final class Tests {
        private final SortedMap<String, String> byName = new TreeMap<>();

        String links() {
            List<String> links = new ArrayList<>();
            byName.forEach((name, path) -> links.add("[" + name + "](" + path + ")"));
            return String.join(", ", links);
        }
    }

    @Test
    void thePageSaysWhichTestShowsWhichRule() throws IOException {
        String page = page(testsByRule(), reasons());
        if (Boolean.getBoolean("update.golden")) {
            Files.writeString(PAGE, page, StandardCharsets.UTF_8);
        }
        assertThat(Files.readString(PAGE, StandardCharsets.UTF_8))
                .as("docs/conformance.md; scripts/conformance writes it anew")
                .isEqualTo(page);
    }

    @Test
    void everyRuleHasATestOrAReasonAndNotBoth() throws IOException {
        Map<String, Tests> tests = testsByRule();
        Map<String, String> reasons = reasons();
        List<String> open = new ArrayList<>();
        List<String> both = new ArrayList<>();
        for (Rule rule : rules()) {
            boolean tested = tests.containsKey(rule.id());
            boolean excused = reasons.containsKey(rule.id());
            if (!tested && !excused) {
                open.add(rule.id());
            } else if (tested && excused) {
                both.add(rule.id());
            }
        }
        assertThat(open)
                .as("rules with neither a test nor a reason in untested.txt")
                .isEmpty();
        assertThat(both)
                .as("rules that have a test, so that their reason in untested.txt is out of date")
                .isEmpty();
    }

    @Test
    void rulesAreThereOnceAndReasonsAreForRulesThatExist() throws IOException {
        List<String> ids = rules().stream().map(Rule::id).toList();
        assertThat(ids).doesNotHaveDuplicates().hasSize(RULES);
        assertThat(ids).containsAll(reasons().keySet());
    }

    private static String page(Map<String, Tests> tests, Map<String, String> reasons) throws IOException {
        StringBuilder table = new StringBuilder();
        int tested = 0;
        for (String line : lines("rules.txt")) {
            if (line.startsWith("#")) {
                String chapter = line.substring(1).strip();
                if (Character.isDigit(chapter.charAt(0))) {
                    table.append("\n## ")
                            .append(chapter)
                            .append("\n\n| Rule | About | Status | Tests |\n|---|---|---|---|\n");
                }
                continue;
            }
            Rule rule = rule(line);
            Tests shown = tests.get(rule.id());
            table.append("| ").append(rule.id()).append(" | ").append(rule.about());
            if (shown != null) {
                tested++;
                table.append(" | tested | ").append(shown.links()).append(" |\n");
            } else {
                table.append(" | left out: ").append(reasons.get(rule.id())).append(" | |\n");
            }
        }
        return """
                # Conformance

                <!-- Made of the tests by ConformancePageTest: scripts/conformance writes it anew. -->

                The rules of AMQP routing that a router of this kind follows, and the tests that carry a rule's id in their
                names. Where we differ on purpose, [differences.md](differences.md) says so, and the test shows what we do.

                """ + tested + " of " + RULES + " rules are tested.\n" + table;
    }

    private static Map<String, Tests> testsByRule() throws IOException {
        Map<String, Tests> tests = new TreeMap<>();
        for (String module : MODULES) {
            Path sources = ROOT.resolve(module).resolve("src/test/java");
            if (!Files.isDirectory(sources)) {
                throw new IOException("module " + module + " has no tests");
            }
            try (Stream<Path> files = Files.walk(sources)) {
                for (Path file : files.filter(path -> path.toString().endsWith(".java"))
                        .sorted()
                        .toList()) {
                    collect(file, tests);
                }
            }
        }
        return tests;
    }

    private static void collect(Path file, Map<String, Tests> tests) throws IOException {
        String name = file.getFileName().toString().replace(".java", "");
        if (name.equals("ConformancePageTest")) {
            return;
        }
        String path = file.toString().replace('\\', '/');
        Matcher names = NAME.matcher(Files.readString(file, StandardCharsets.UTF_8));
        while (names.find()) {
            Matcher method = METHOD.matcher(names.group());
            if (method.find()) {
                String id = method.group(1).toUpperCase(Locale.ROOT) + "-" + method.group(2);
                tests.computeIfAbsent(id, key -> new Tests()).byName.put(name, path);
            }
            Matcher ids = ID.matcher(names.group());
            while (ids.find()) {
                tests.computeIfAbsent(ids.group(1), key -> new Tests()).byName.put(name, path);
            }
        }
    }

    private static List<Rule> rules() throws IOException {
        return lines("rules.txt").stream()
                .filter(line -> !line.startsWith("#"))
                .map(ConformancePageTest::rule)
                .toList();
    }

    private static Rule rule(String line) {
        return new Rule(line.substring(0, 6), line.substring(7));
    }

    private static Map<String, String> reasons() throws IOException {
        Map<String, String> reasons = new LinkedHashMap<>();
        for (String line : lines("untested.txt")) {
            if (!line.startsWith("#")) {
                reasons.put(line.substring(0, 6), line.substring(7));
            }
        }
        return reasons;
    }

    private static List<String> lines(String resource) throws IOException {
        try (InputStream in = Objects.requireNonNull(
                ConformancePageTest.class.getResourceAsStream("/io/linkspan/tests/conformance/" + resource))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .toList();
        }
    }
}
