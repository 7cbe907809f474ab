// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.linkspan.amqp.codec.Symbol;
import io.linkspan.management.cli.ToolLine;
import io.linkspan.server.cli.Manage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The process: exit statuses, signals, where the configuration comes from (configuration, 4). */
class RouterProcessIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String ONE_LISTENER = """
            router {
                id: Process
            }
            listener {
                name: in
                host: 127.0.0.1
                port: 0
                authenticatePeer: no
            }
            """;

    @TempDir
    Path directory;

    private String file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text).toString();
    }

    private static AmqpSocket client(int port) throws IOException {
        AmqpSocket client = AmqpSocket.connect(port);
        client.sendHex(AmqpSocket.AMQP);
        client.send(0, AmqpSocket.OPEN, "client");
        assertThat(client.header()).isEqualTo(AmqpSocket.AMQP);
        assertThat(client.performative().field(0)).isEqualTo("Process");
        return client;
    }

    /** The log settings that management shows of DEFAULT. */
    private static String shownLevels(String bus) {
        StringWriter out = new StringWriter();
        ToolLine.of(new Manage(), "qdmanage")
                .setOut(new PrintWriter(out))
                .execute("-b", bus, "-t", "60", "read", "--type=log", "--name=log/DEFAULT");
        return out.toString();
    }

    @Test
    @DisplayName("SIGTERM: connections are told, exit status 0")
    void terminationIsOrderly() throws Exception {
        try (RouterRun router =
                        RouterRun.start("-c", file("r.conf", ONE_LISTENER)).operational();
                AmqpSocket client = client(router.port())) {
            router.signal("TERM");
            AmqpSocket.Frame close = client.performative();
            assertThat(close.code()).isEqualTo(AmqpSocket.CLOSE);
            assertThat(close.error())
                    .isEqualTo(List.of(new Symbol("amqp:connection:forced"), "Router is shutting down"));
            client.send(0, AmqpSocket.CLOSE);
            assertThat(client.ended()).isTrue();
            assertThat(router.exitStatus()).isZero();
            assertThat(router.err()).endsWith("SERVER (notice) Shut Down");
            assertThat(router.out()).isEmpty();
        }
    }

    @Test
    @DisplayName("SIGINT: the same, then the end by that signal, which a shell shows as 130")
    void interruptEndsBySignal() throws Exception {
        try (RouterRun router =
                RouterRun.start("-c", file("r.conf", ONE_LISTENER)).operational()) {
            assertThat(router.signal("INT").exitStatus()).isEqualTo(130);
            assertThat(router.err()).endsWith("SERVER (notice) Shut Down");
        }
    }

    @ParameterizedTest
    @DisplayName(
            "the launcher's shell: SIGTERM and SIGQUIT stop in order with 0, SIGINT with 130, even if ignored before")
    @CsvSource({"TERM, 0", "QUIT, 0", "INT, 130"})
    void signalsByTheLauncher(String signal, int status) throws Exception {
        try (RouterRun router =
                RouterRun.attended("-c", file("r.conf", ONE_LISTENER)).operational()) {
            assertThat(router.signal(signal).exitStatus()).isEqualTo(status);
            assertThat(router.err()).endsWith("SERVER (notice) Shut Down");
        }
    }

    @Test
    @DisplayName("the launcher's shell: a refused configuration is 1 as without it")
    void failureByTheLauncher() throws Exception {
        try (RouterRun router = RouterRun.attended("-c", file("r.conf", "nonsense {\n}\n"))) {
            assertThat(router.exitStatus()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("SIGHUP: log settings are read again, files are opened anew, the other signals keep working")
    void hangUpReadsLogSettingsAgain() throws Exception {
        Path log = directory.resolve("router.log");
        String settings = "log {\n  module: DEFAULT\n  enable: %s\n  outputFile: " + log + "\n}\n";
        String file = file("r.conf", ONE_LISTENER + String.format(java.util.Locale.ROOT, settings, "info+"));
        try (RouterRun router = RouterRun.start("-c", file)) {
            await().atMost(LIMIT)
                    .until(() -> Files.exists(log) && Files.readString(log).contains("Operational"));
            Path moved = Files.move(log, directory.resolve("router.log.1"));
            Files.writeString(Path.of(file), ONE_LISTENER + String.format(java.util.Locale.ROOT, settings, "notice+"));
            router.signal("HUP");
            await().atMost(LIMIT).until(() -> Files.exists(log));
            Matcher listening = Pattern.compile("Listening on (\\S+)").matcher(Files.readString(moved));
            assertThat(listening.find()).isTrue();
            await().atMost(LIMIT).until(() -> shownLevels(listening.group(1)).contains("\"enable\": \"notice+\""));
            Files.writeString(Path.of(file), "router {\n mode: no such mode\n}\n");
            router.signal("HUP");
            await().atMost(LIMIT).until(() -> Files.readString(log).contains("the log stays as it is"));
            assertThat(router.signal("TERM").exitStatus()).isZero();
            assertThat(Files.readString(log))
                    .contains("no such mode", "(notice) Shut Down")
                    .doesNotContain("(info)");
            assertThat(Files.readString(moved)).contains("(info)").doesNotContain("Shut Down");
        }
    }

    @Test
    @DisplayName("refused configuration: all problems on standard error, exit status 1")
    void everyProblemOfARefusedConfigurationIsTold() throws Exception {
        String file = file("r.conf", "router {\n  mode: strange\n}\nlistener {\n  port: none\n}\nunknown {\n}\n");
        try (RouterRun router = RouterRun.start("-c", file)) {
            assertThat(router.exitStatus()).isEqualTo(1);
            String refused = "qdrouterd: Cannot load configuration file " + file + ": ";
            assertThat(router.err().lines().filter(line -> line.startsWith(refused)))
                    .hasSize(3)
                    .anyMatch(line -> line.contains("router.mode = 'strange'"))
                    .anyMatch(line -> line.contains("listener.port = 'none'"))
                    .anyMatch(line -> line.contains("No such entity type 'org.apache.qpid.dispatch.unknown'"));
            assertThat(router.err()).contains("MAIN (critical) Router start-up failed: Cannot load");
        }
    }

    @Test
    @DisplayName("port in use: told with the listener and the reason, exit status 1")
    void portInUseEndsTheStart() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                RouterRun router = RouterRun.start(
                        "-c", file("r.conf", ONE_LISTENER.replace("port: 0", "port: " + taken.getLocalPort())))) {
            assertThat(router.exitStatus()).isEqualTo(1);
            String place = taken.getInetAddress().getHostAddress() + ":" + taken.getLocalPort();
            assertThat(router.err())
                    .contains("SERVER (error) Listener error on " + place + ": Address already in use (in)")
                    .contains("SERVER (critical) Shutting down, required listener failed " + place)
                    .contains("MAIN (critical) Router start-up failed: ")
                    .contains("\nqdrouterd: ")
                    .doesNotContain("Operational");
        }
    }

    @Test
    @DisplayName("a log that cannot be written at run time: exit status 1")
    void fullDiskOfTheLogEndsTheRouter() throws Exception {
        String file = file("r.conf", ONE_LISTENER + "log {\n  module: SERVER\n  outputFile: /dev/full\n}\n");
        try (RouterRun router = RouterRun.start("-c", file)) {
            assertThat(router.exitStatus()).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("QDROUTERD_CONF is taken without -c, with names of the environment replaced")
    void configurationMayComeFromTheEnvironment() {
        Map<String, String> environment =
                Map.of("QDROUTERD_CONF", ONE_LISTENER.replace("Process", "${POD_NAME}"), "POD_NAME", "pod-7");
        try (RouterRun router =
                RouterRun.start(environment, List.of()).operational().says("Container Name: pod-7")) {
            assertThat(router.port()).isPositive();
            assertThat(router.signal("TERM").exitStatus()).isZero();
        }
    }

    @Test
    @DisplayName("raw JSON, in a heap of a small pod")
    void jsonFileStartsInASmallHeap() throws Exception {
        String file = file(
                "r.json",
                "[[\"router\", {\"id\": \"Process\"}],\n"
                        + " [\"listener\", {\"name\": \"in\", \"host\": \"127.0.0.1\", \"port\": 0,"
                        + " \"authenticatePeer\": false}]]\n");
        List<String> small = List.of("-Xmx64m", "-XX:MaxDirectMemorySize=32m");
        try (RouterRun router = RouterRun.start(Map.of(), small, "-c", file).operational();
                AmqpSocket client = client(router.port())) {
            client.send(0, AmqpSocket.CLOSE);
            assertThat(client.performative().code()).isEqualTo(AmqpSocket.CLOSE);
            assertThat(router.signal("TERM").exitStatus()).isZero();
        }
    }

    @Test
    @DisplayName("-d: the foreground ends with 0 once the daemon is operational, -P has its process id")
    void daemonRunsInTheBackground() throws Exception {
        Path log = directory.resolve("daemon.log");
        Path pidFile = directory.resolve("daemon.pid");
        String file = file("r.conf", ONE_LISTENER + "log {\n  module: DEFAULT\n  outputFile: " + log + "\n}\n");
        String user = System.getProperty("user.name");
        try (RouterRun foreground = RouterRun.start("-dP", pidFile.toString(), "--user", user, "-c", file)) {
            assertThat(foreground.exitStatus()).as(foreground.err()).isZero();
            assertThat(foreground.err()).isEmpty();
        }
        String pid = Files.readString(pidFile, StandardCharsets.US_ASCII);
        assertThat(pid).matches("\\d+\n");
        ProcessHandle daemon =
                ProcessHandle.of(Long.parseLong(pid.strip())).orElseThrow(() -> new AssertionError("no daemon"));
        try {
            assertThat(Files.readString(log)).contains("Operational").contains("process ID " + pid.strip());
            assertThat(Files.readSymbolicLink(Path.of("/proc", pid.strip(), "cwd")))
                    .isEqualTo(Path.of("/"));
            RouterRun.signal("TERM", daemon.pid());
            await().atMost(LIMIT).until(() -> !daemon.isAlive());
            assertThat(Files.readString(log)).endsWith("SERVER (notice) Shut Down\n");
        } finally {
            daemon.destroyForcibly();
        }
    }

    @Test
    @DisplayName("-d by the launcher: the pid file names the shell that takes signals for the daemon, SIGQUIT too")
    void daemonStopsOnQuit() throws Exception {
        Path log = directory.resolve("daemon.log");
        Path pidFile = directory.resolve("daemon.pid");
        String file = file("r.conf", ONE_LISTENER + "log {\n  module: DEFAULT\n  outputFile: " + log + "\n}\n");
        try (RouterRun foreground = RouterRun.attended("-dP", pidFile.toString(), "-c", file)) {
            assertThat(foreground.exitStatus()).as(foreground.err()).isZero();
        }
        long pid = Long.parseLong(
                Files.readString(pidFile, StandardCharsets.US_ASCII).strip());
        ProcessHandle daemon = ProcessHandle.of(pid).orElseThrow(() -> new AssertionError("no daemon"));
        try {
            RouterRun.signal("QUIT", pid);
            await().atMost(LIMIT).until(() -> !daemon.isAlive());
            assertThat(Files.readString(log)).endsWith("SERVER (notice) Shut Down\n");
        } finally {
            daemon.descendants().forEach(ProcessHandle::destroyForcibly);
            daemon.destroyForcibly();
        }
    }

    @Test
    @DisplayName("-d: a daemon that does not start is 1 in the foreground, with its reason")
    void daemonThatFailsIsToldInTheForeground() throws Exception {
        String file = file("r.conf", "router {\n  mode: strange\n}\n");
        try (RouterRun foreground = RouterRun.start("-d", "-c", file)) {
            assertThat(foreground.exitStatus()).isEqualTo(1);
            assertThat(foreground.err())
                    .contains("qdrouterd: Cannot load configuration file " + file + ": ")
                    .contains("qdrouterd: the daemon did not start, exit status 1");
        }
    }
}
