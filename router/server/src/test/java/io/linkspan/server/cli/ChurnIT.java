// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.linkspan.management.cli.BusOptions;
import io.linkspan.management.cli.BusUrl;
import io.linkspan.management.cli.ManagementNode;
import io.linkspan.management.cli.ManagementRequest;
import io.linkspan.management.cli.ManagementResponse;
import io.linkspan.management.config.ConfigurationReader;
import io.linkspan.management.config.RouterConfiguration;
import io.linkspan.management.config.Surroundings;
import io.linkspan.server.RouterServer;
import io.linkspan.server.StartFailure;
import io.linkspan.server.log.Log;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** A thousand of each entity are made and deleted while messages flow: counts, ports and memory are as before. */
class ChurnIT {
    private static final int ROUNDS = 1000;

    /** Rounds before the memory is looked at for the first time. */
    private static final int WARM_UP = 200;

    private static final long GROWTH_BYTES = 16L << 20;
    private static final String CONFIGURATION = """
            router {
                id: Router.A
            }
            listener {
                name: all
                host: 127.0.0.1
                port: 0
            }
            log {
                module: DEFAULT
                enable: critical
            }
            """;

    @SuppressWarnings("NullAway.Init") // started before each test
    private RouterServer router;

    @Command(name = "churn")
    private static final class Tool {
        @Mixin
        private BusOptions bus = new BusOptions(BusUrl.Protocol.AMQP);
    }

    @BeforeEach
    void start() throws StartFailure {
        RouterConfiguration configuration = ConfigurationReader.read(
                        "router.conf", CONFIGURATION, Surroundings.of(Map.of()))
                .configuration()
                .orElseThrow();
        Log log = new Log(Clock.systemUTC(), () -> {});
        assertThat(log.apply(configuration.logs())).isEmpty();
        router = RouterServer.start(configuration, log, "0.1.0");
    }

    @AfterEach
    void stop() {
        router.stop();
        assertThat(router.unexpectedExceptions()).isZero();
    }

    private ManagementNode connect() {
        Tool tool = new Tool();
        new CommandLine(tool).parseArgs("-b", "127.0.0.1:" + router.port("all"), "-t", "60");
        return AmqpManagementNode.connect(tool.bus, "$management");
    }

    private static ManagementResponse call(
            ManagementNode node, String operation, Map<String, Object> target, Map<String, Object> body) {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("operation", operation);
        properties.putAll(target);
        return node.request(new ManagementRequest(properties, body));
    }

    private static void churn(ManagementNode node, String type, Map<String, Object> body) {
        ManagementResponse made = call(node, "CREATE", Map.of("type", type), body);
        assertThat(made.statusCode()).as(type + ": " + made.description()).isEqualTo(201);
        Object identity = Objects.requireNonNull(((Map<?, ?>) Objects.requireNonNull(made.body())).get("identity"));
        ManagementResponse deleted = call(node, "DELETE", Map.of("type", type, "identity", identity), Map.of());
        assertThat(deleted.statusCode()).as(type + ": " + deleted.description()).isEqualTo(204);
    }

    private static Map<?, ?> counts(ManagementNode node) {
        ManagementResponse response = call(
                node,
                "QUERY",
                Map.of("entityType", "org.apache.qpid.dispatch.router"),
                Map.of(
                        "attributeNames",
                        List.of("addrCount", "linkCount", "linkRouteCount", "autoLinkCount", "connectionCount")));
        return (Map<?, ?>) Objects.requireNonNull(response.body());
    }

    /** How many entities of configuration there are; what comes and goes with the traffic is not among them. */
    private static int entities(ManagementNode node) {
        ManagementResponse response = call(
                node,
                "QUERY",
                Map.of("entityType", "org.apache.qpid.dispatch.configurationEntity"),
                Map.of("attributeNames", List.of("identity")));
        return ((List<?>) Objects.requireNonNull(((Map<?, ?>) Objects.requireNonNull(response.body())).get("results")))
                .size();
    }

    private static long usedBytes() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            least = Math.min(
                    least,
                    Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
        }
        return least;
    }

    private static int openFiles() {
        String[] files = new java.io.File("/proc/self/fd").list();
        return files == null ? 0 : files.length;
    }

    /** What is made of each type; the port is free. */
    private static List<Map.Entry<String, Map<String, Object>>> entities(int port) {
        List<Map.Entry<String, Map<String, Object>>> all = new ArrayList<>();
        all.add(Map.entry("listener", Map.of("name", "l9", "host", "127.0.0.1", "port", port)));
        all.add(Map.entry("connector", Map.of("name", "c9", "host", "127.0.0.1", "port", port)));
        all.add(Map.entry("sslProfile", Map.of("name", "tls9")));
        all.add(Map.entry("authServicePlugin", Map.of("name", "auth9")));
        all.add(Map.entry("mqtt", Map.of("name", "mqtt9")));
        all.add(Map.entry("vhost", Map.of("hostname", "h9")));
        all.add(Map.entry("address", Map.of("prefix", "a9", "distribution", "multicast")));
        all.add(Map.entry("linkRoute", Map.of("prefix", "r9", "direction", "in")));
        all.add(Map.entry("autoLink", Map.of("address", "t9", "direction", "in", "containerId", "c")));
        all.add(Map.entry("exchange", Map.of("name", "x9", "address", "y9")));
        all.add(Map.entry("dummy", Map.of("arg1", "x")));
        return all;
    }

    @Test
    @Timeout(900)
    void aThousandOfEachLeaveNothing() throws IOException {
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Integer> traffic = CompletableFuture.supplyAsync(() -> traffic(over));
        int port;
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            port = socket.getLocalPort();
        }
        try (ManagementNode node = connect()) {
            call(node, "CREATE", Map.of("type", "exchange"), Map.of("name", "kept", "address", "kept"));
            for (int i = 0; i < WARM_UP; i++) {
                entities(port).forEach(entity -> churn(node, entity.getKey(), entity.getValue()));
            }
            int entities = entities(node);
            int files = openFiles();
            long bytes = usedBytes();
            for (int i = 0; i < ROUNDS; i++) {
                entities(port).forEach(entity -> churn(node, entity.getKey(), entity.getValue()));
                churn(node, "binding", Map.of("exchangeName", "kept", "nextHopAddress", "z9"));
            }
            over.set(true);
            assertThat(traffic.join()).as("messages that came through").isPositive();
            assertThat(entities(node)).isEqualTo(entities);
            await().atMost(Duration.ofSeconds(60)).until(() -> openFiles() <= files);
            assertThat(usedBytes()).isLessThan(bytes + GROWTH_BYTES);
            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(counts(node).toString()).contains("0, 0, 1"));
        }
        try (ServerSocket free = new ServerSocket()) {
            free.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        }
    }

    /** Sends and receives by turns until it is over; how many rounds came through. */
    private int traffic(AtomicBoolean over) {
        int rounds = 0;
        String bus = "127.0.0.1:" + router.port("all");
        while (!over.get()) {
            CompletableFuture<ToolRun> receiver = CompletableFuture.supplyAsync(() ->
                    ToolRun.of(new Receive(), "receive", "-b", bus, "-t", "60", "busy", "-n", "50", "--wait", "60"));
            String[] arguments = new String[55];
            List<String> words = new ArrayList<>(List.of("-b", bus, "-t", "60", "busy"));
            while (words.size() < arguments.length) {
                words.add("m" + words.size());
            }
            ToolRun sent = ToolRun.of(new Send(), "send", words.toArray(arguments));
            assertThat(sent.code()).as(sent.err()).isZero();
            assertThat(receiver.join().out().lines()).hasSize(50);
            rounds++;
        }
        return rounds;
    }
}
