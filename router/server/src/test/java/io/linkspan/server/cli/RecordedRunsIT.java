// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.linkspan.management.json.Json;
import io.linkspan.server.Routers;
import io.linkspan.server.StartFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The recorded runs of the original's qdstat and qdmanage, each made again with our tools against a running router of the
 * same configuration: the same exit status; tables with the same titles and columns, aligned as theirs; JSON with the same
 * attributes. The router has a neighbor, as the recorded one had. What it cannot answer without an edge router or a policy
 * is in {@code waiting.txt}, each with the issue that it waits for. That the same answers give the same text, byte for byte, is in the test of the commands.
 */
class RecordedRunsIT {
    /** The recordings are the command line's. */
    private static final Path RECORDED =
            Path.of("../../management/src/test/resources/io/linkspan/management/cli/recorded");

    private static final Pattern EXIT = Pattern.compile("(?m)^--- exit code (\\d+) ---");
    private static final String CHANGE_TIME =
            "(?<=Last Topology Change: )\\w+ \\w{3} \\d\\d \\d\\d:\\d\\d:\\d\\d \\d{4} GMT";
    private static final Pattern LOG_LINE =
            Pattern.compile("\\w{3} \\w{3} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d \\d{4} [A-Z_]+ \\([a-z]+\\) .*");
    private static final String CONFIGURATION = """
            router {
                mode: interior
                id: A
            }
            listener {
                name: amqp
                host: 127.0.0.1
                port: 0
                authenticatePeer: no
                saslMechanisms: ANONYMOUS
            }
            listener {
                name: inter
                host: 127.0.0.1
                port: 0
                role: inter-router
                authenticatePeer: no
                saslMechanisms: ANONYMOUS
            }
            linkRoute {
                prefix: lr.q
                direction: in
                containerId: c
            }
            linkRoute {
                pattern: lr.*.x
                direction: out
                containerId: c
            }
            autoLink {
                name: al.in
                address: al.in
                direction: in
                phase: 1
                containerId: c
            }
            autoLink {
                name: al.out
                address: al.out
                externalAddress: ext.q
                direction: out
                containerId: c
            }
            vhost {
                hostname: $default
                maxConnections: 100
                allowUnknownUser: true
                groups: {
                    $default: {
                        users: *
                        remoteHosts: *
                        sources: *
                        targets: *
                        allowDynamicSource: true
                        allowAnonymousSender: true
                        allowAdminStatusUpdate: true
                    }
                }
            }
            """;

    private static final String NEIGHBOR = """
            router {
                mode: interior
                id: B
            }
            connector {
                name: toA
                host: 127.0.0.1
                port: PORT
                role: inter-router
                saslMechanisms: ANONYMOUS
                cost: 3
            }
            """;

    @SuppressWarnings("NullAway.Init") // started before all tests
    private static Routers.Running router;

    @SuppressWarnings("NullAway.Init") // started before all tests
    private static Routers.Running neighbor;

    @BeforeAll
    static void start() throws StartFailure {
        router = Routers.start(CONFIGURATION);
        neighbor = Routers.start(NEIGHBOR.replace("PORT", String.valueOf(router.port("inter"))));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> run("qdstat", "-n").out().lines().anyMatch(line -> line.startsWith("  B ")));
        // The neighbor answers once it knows the way back, which may be a second later.
        await().atMost(Duration.ofSeconds(60))
                .until(() -> run("qdstat", "-r", "B", "-t", "1", "-n").code() == 0);
    }

    @AfterAll
    static void stop() {
        neighbor.close();
        router.close();
    }

    private static ToolRun run(String program, String... words) {
        String[] all = Arrays.copyOf(words, words.length + 2);
        all[words.length] = "-b";
        all[words.length + 1] = "127.0.0.1:" + router.port("amqp");
        return ToolRun.of(program.equals("qdstat") ? new Stat() : new Manage(), program, all);
    }

    private static Map<String, String> waiting() throws IOException {
        Map<String, String> waiting = new LinkedHashMap<>();
        try (var in = Objects.requireNonNull(RecordedRunsIT.class.getResourceAsStream("waiting.txt"))) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    String[] parts = line.split(" ", 2);
                    waiting.put(parts[0], parts[1]);
                }
            }
        }
        return waiting;
    }

    private static List<String> runs() throws IOException {
        try (Stream<Path> files = Files.list(RECORDED)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".txt"))
                    .map(name -> name.substring(0, name.length() - ".txt".length()))
                    .sorted()
                    .toList();
        }
    }

    /** In the order of the recording: what one makes the next deletes. */
    @TestFactory
    Stream<DynamicTest> aRecordedRunIsAnsweredAlike() throws IOException {
        Map<String, String> waiting = waiting();
        return runs().stream()
                .filter(run -> !waiting.containsKey(run))
                .map(run -> DynamicTest.dynamicTest(run, () -> repeat(run)));
    }

    @Test
    void whatWaitsWasRecordedAndSaysWhatFor() throws IOException {
        assertThat(runs()).containsAll(waiting().keySet());
        assertThat(waiting().values()).allMatch(reason -> reason.matches("(mesh|edge|policy|nothing): .+"));
    }

    private static void repeat(String run) throws IOException {
        String recorded = Files.readString(RECORDED.resolve(run + ".txt"));
        int endOfCommand = recorded.indexOf('\n');
        List<String> words = new ArrayList<>(
                Arrays.asList(recorded.substring("$ ".length(), endOfCommand).split(" ", -1)));
        Matcher exit = EXIT.matcher(recorded);
        assertThat(exit.find()).isTrue();
        String theirs = recorded.substring(endOfCommand + 1, exit.start());
        words.subList(words.indexOf("-b"), words.indexOf("-b") + 2).clear();
        String program = words.remove(0);
        ToolRun ours;
        try (Victim victim = words.contains("adminStatus=deleted") ? Victim.connect() : null) {
            if (victim != null) {
                words.replaceAll(word -> word.startsWith("--identity=") ? "--identity=" + victim.identity() : word);
            }
            ours = run(program, words.toArray(String[]::new));
        }

        assertThat(ours.code()).as(ours.out() + ours.err()).isEqualTo(Integer.parseInt(exit.group(1)));
        assertThat(ours.err()).isEmpty();
        if (words.contains("--log")) {
            assertThat(ours.out().lines())
                    .isNotEmpty()
                    .allMatch(line -> LOG_LINE.matcher(line).matches());
        } else if (words.contains("--csv")) {
            assertThat(header(ours.out(), "\"id\"")).isEqualTo(header(theirs, "\"id\""));
        } else if (program.equals("qdstat")) {
            assertThat(tables(ours.out())).containsAllEntriesOf(tables(theirs));
        } else if (ours.code() != 0) {
            assertThat(error(ours.out())).isEqualTo(error(theirs));
        } else if (!theirs.isBlank()) {
            assertLike(Json.parse(ours.out()), Json.parse(theirs), run);
        } else {
            assertThat(ours.out()).isEqualTo(theirs);
        }
    }

    /** A client for a run to delete, as the recorded run had one. */
    private record Victim(ToolConnection connection) implements AutoCloseable {
        static Victim connect() {
            return new Victim(ToolConnection.connect(Bus.at(router.port("amqp"))));
        }

        /** Its identity in the router. */
        Object identity() {
            Object rows =
                    Json.parse(RecordedRunsIT.run("qdmanage", "query", "--type=connection", "container", "identity")
                            .out());
            return ((List<?>) Objects.requireNonNull(rows))
                    .stream()
                            .map(row -> (Map<?, ?>) row)
                            .filter(row -> connection.containerId().equals(row.get("container")))
                            .map(row -> Objects.requireNonNull(row.get("identity")))
                            .findFirst()
                            .orElseThrow();
        }

        @Override
        public void close() {
            connection.close();
        }
    }

    private static String header(String text, String start) {
        return text.lines().filter(line -> line.startsWith(start)).findFirst().orElse("");
    }

    /** The class of an error and what it says up to the values of this router. */
    private static String error(String text) {
        return text.replaceAll("(adding ListenerEntity).*", "$1").strip();
    }

    /** Titles and columns of the tables of a text; of those with attributes in rows, the attributes too. */
    private static Map<String, List<String>> tables(String text) {
        Map<String, List<String>> tables = new TreeMap<>();
        List<String> lines = text.lines().toList();
        for (int i = 2; i < lines.size(); i++) {
            if (!lines.get(i).matches(" +=+")) {
                continue;
            }
            String header = lines.get(i - 1);
            List<String> columns = cells(header);
            List<String> names = new ArrayList<>(columns);
            int row = i + 1;
            while (row < lines.size() && lines.get(row).startsWith("  ")) {
                assertAligned(header, lines.get(row));
                if (columns.get(0).equals("attr")) {
                    names.add(cells(lines.get(row)).get(0));
                }
                row++;
            }
            tables.put(lines.get(i - 2).replaceAll(CHANGE_TIME, ""), names);
        }
        return tables;
    }

    private static List<String> cells(String line) {
        return List.of(line.strip().split(" {2,}", -1));
    }

    /** Each column of a row begins where its title does. */
    private static void assertAligned(String header, String row) {
        Matcher title = Pattern.compile("(?<= {2})\\S").matcher(header);
        while (title.find()) {
            int at = title.start();
            if (at < row.length() && at > 2) {
                assertThat(row.substring(at - 2, at)).as(header + "\n" + row).isBlank();
            }
        }
    }

    /** The same attributes in the same order, and more where we have more; lists as long where they list names. */
    private static void assertLike(@Nullable Object ours, @Nullable Object theirs, String where) {
        if (theirs instanceof Map<?, ?> map) {
            assertThat(ours).as(where).isInstanceOf(Map.class);
            Map<?, ?> answer = (Map<?, ?>) Objects.requireNonNull(ours);
            List<Object> common = new ArrayList<>(answer.keySet());
            common.retainAll(map.keySet());
            assertThat(common).as(where).containsExactlyInAnyOrderElementsOf(new ArrayList<Object>(map.keySet()));
            map.forEach((key, value) -> {
                Object answered = answer.get(key);
                if (value != null && answered != null) {
                    assertThat(answered.getClass()).as(where + " " + key).isEqualTo(value.getClass());
                }
            });
        } else if (theirs instanceof List<?> list) {
            assertThat(ours).as(where).isInstanceOf(List.class);
            List<?> answers = (List<?>) Objects.requireNonNull(ours);
            assertThat(answers).as(where).isNotEmpty();
            assertLike(answers.get(0), list.get(0), where);
        } else if (theirs != null) {
            assertThat(ours).as(where).isInstanceOf(theirs.getClass());
        }
    }
}
