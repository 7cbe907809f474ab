// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.soak;

import io.linkspan.management.cli.BusOptions;
import io.linkspan.management.cli.BusUrl;
import io.linkspan.management.cli.ManagementNode;
import io.linkspan.management.cli.ManagementRequest;
import io.linkspan.management.cli.ManagementResponse;
import io.linkspan.server.cli.AmqpManagementNode;
import io.linkspan.tests.RouterProcess;
import io.vertx.core.Vertx;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Each entity that can be made at run time is made and deleted, {@value #ROUNDS} times or more, in an order drawn from the
 * seed, while messages of AMQP and MQTT pass all the time. The promises: every request is answered with success, no message is lost,
 * and in the end the counts of entities, addresses, links and connections, the open files, the live memory and the port
 * that listeners used are as before.
 */
final class ChurnSoak implements Soak.Run {
    /** Rounds at least, each with one of every entity. */
    static final int ROUNDS = 1000;

    /** Rounds before the memory is looked at for the first time, so that what is made once has been made. */
    static final int WARM_UP = 200;

    private static final long GROWTH_BYTES = 4L << 20;
    private static final int SETTLE_SECONDS = 60;
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");
    private static final String CONFIGURATION = """
            router {
                mode: standalone
                id: churn
            }
            listener {
                name: any
                host: 127.0.0.1
                port: 0
                authenticatePeer: no
                protocols: amqp, mqtt
            }
            log {
                module: DEFAULT
                enable: notice+
            }
            log {
                module: CONN_MGR
                enable: critical
            }
            """;

    @Override
    public String run(long seed, Duration duration) throws Exception {
        return run(seed, WARM_UP, ROUNDS, duration);
    }

    /** Runs so many rounds, and on until the time is over. */
    static String run(long seed, int warmUp, int least, Duration duration) throws Exception {
        Vertx vertx = Vertx.vertx();
        try (RouterProcess router = RouterProcess.start(CONFIGURATION, List.of("-Xmx128m"));
                ManagementNode node = AmqpManagementNode.connect(at(router.port("any")), "$management");
                Canary canary = new Canary(vertx, router.port("any"))) {
            return new Churn(seed, router, node, canary).run(warmUp, least, duration);
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(SETTLE_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Command(name = "churn")
    private static final class Line {
        @Mixin
        private BusOptions bus = new BusOptions(BusUrl.Protocol.AMQP);
    }

    private static BusOptions at(int port) {
        Line line = new Line();
        new CommandLine(line).parseArgs("-b", "127.0.0.1:" + port, "-t", "60");
        return line.bus;
    }

    /** What can be made: the type and its attributes. */
    private record Entity(String type, Map<String, Object> attributes) {}

    /** How much of everything there is. */
    private record Stock(String counts, int files, long bytes) {}

    private static final class Churn {
        private final Random random;
        private final RouterProcess router;
        private final ManagementNode node;
        private final Canary canary;
        private final int port;

        Churn(long seed, RouterProcess router, ManagementNode node, Canary canary) throws IOException {
            this.random = new Random(seed);
            this.router = router;
            this.node = node;
            this.canary = canary;
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                this.port = socket.getLocalPort();
            }
        }

        String run(int warmUp, int least, Duration duration) throws Exception {
            AtomicBoolean over = new AtomicBoolean();
            CompletableFuture<Void> traffic = CompletableFuture.runAsync(() -> beat(over));
            try {
                return churn(warmUp, least, duration, traffic);
            } finally {
                over.set(true);
                traffic.exceptionally(failure -> null).join();
            }
        }

        private void beat(AtomicBoolean over) {
            try {
                while (!over.get()) {
                    canary.beat();
                }
            } catch (Exception e) {
                throw new CompletionException(e);
            }
        }

        private String churn(int warmUp, int least, Duration duration, CompletableFuture<Void> traffic)
                throws Exception {
            // Ports have been told; a line for each listener to come says nothing.
            call("UPDATE", 200, Map.of("type", "log", "identity", "log/SERVER"), Map.of("enable", "error+"));
            call("CREATE", 201, Map.of("type", "exchange"), Map.of("name", "kept", "address", "kept"));
            List<Entity> entities = entities();
            for (int i = 0; i < warmUp; i++) {
                round(entities);
            }
            Stock before = stock();
            long end = System.nanoTime() + duration.toNanos();
            int rounds = 0;
            while (rounds < least || System.nanoTime() < end) {
                round(entities);
                rounds++;
            }
            Stock after = settled(before);
            try (ServerSocket free = new ServerSocket()) {
                free.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            }
            promise(!traffic.isCompletedExceptionally(), "the traffic ended: " + traffic);
            promise(canary.losses().isEmpty(), canary.losses());
            promise(
                    router.output().stream().noneMatch(line -> line.contains("Exception")),
                    "the router logged an exception");
            return rounds + " times made and deleted: "
                    + String.join(" ", entities.stream().map(Entity::type).toList())
                    + "\nmessages meanwhile " + canary.received()
                    + "\nbefore " + before
                    + "\nafter  " + after;
        }

        private void round(List<Entity> entities) throws Exception {
            List<Entity> shuffled = new ArrayList<>(entities);
            Collections.shuffle(shuffled, random);
            for (Entity entity : shuffled) {
                Object made = call("CREATE", 201, Map.of("type", entity.type()), entity.attributes());
                Object identity = made instanceof Map<?, ?> map ? map.get("identity") : null;
                promise(identity != null, entity + " was made without an identity: " + made);
                call("DELETE", 204, Map.of("type", entity.type(), "identity", String.valueOf(identity)), Map.of());
            }
        }

        /** Waits until what ends a moment later has ended; says what is too much. */
        private Stock settled(Stock before) throws Exception {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLE_SECONDS);
            while (true) {
                Stock now = stock();
                boolean same = now.counts().equals(before.counts())
                        && now.files() <= before.files()
                        && now.bytes() < before.bytes() + GROWTH_BYTES;
                if (same) {
                    return now;
                }
                promise(System.nanoTime() < deadline, "before " + before + "\nafter  " + now);
            }
        }

        private Stock stock() throws Exception {
            StringBuilder counts = new StringBuilder();
            for (String type : List.of("configurationEntity", "connection", "router.link", "router.address")) {
                Object answer = call(
                        "QUERY",
                        200,
                        Map.of("entityType", "org.apache.qpid.dispatch." + type),
                        Map.of("attributeNames", List.of("identity")));
                Object results = answer instanceof Map<?, ?> map ? map.get("results") : null;
                counts.append(type)
                        .append(' ')
                        .append(results instanceof List<?> rows ? rows.size() : -1)
                        .append(' ');
            }
            long bytes = liveBytes(); // First, since the router opens a file for whoever asks.
            String[] files = new File("/proc/" + router.pid() + "/fd").list();
            return new Stock(counts.toString().strip(), files == null ? -1 : files.length, bytes);
        }

        /** Bytes of the live objects in the router's heap, after a full collection. */
        private long liveBytes() throws Exception {
            String text = router.jcmd("GC.class_histogram");
            Matcher total = TOTAL.matcher(text);
            promise(total.find(), "no histogram: " + text);
            return Long.parseLong(total.group(1));
        }

        private @Nullable Object call(
                String operation, int status, Map<String, Object> target, Map<String, Object> body)
                throws Soak.BrokenPromise {
            Map<String, Object> properties = new LinkedHashMap<>();
            properties.put("operation", operation);
            properties.putAll(target);
            ManagementResponse response = node.request(new ManagementRequest(properties, body));
            promise(
                    response.statusCode() == status,
                    operation + " " + target + ": " + response.statusCode() + " " + response.description());
            return response.body();
        }

        private void promise(boolean kept, String problem) throws Soak.BrokenPromise {
            if (!kept) {
                throw new Soak.BrokenPromise(problem + "\n" + String.join("\n", router.output()));
            }
        }

        /** One of everything; the port is free, and nobody is where the connector goes. */
        private List<Entity> entities() {
            List<Entity> all = new ArrayList<>();
            all.add(new Entity("listener", Map.of("name", "l9", "host", "127.0.0.1", "port", port)));
            all.add(new Entity("connector", Map.of("name", "c9", "host", "127.0.0.1", "port", port)));
            all.add(new Entity("sslProfile", Map.of("name", "tls9")));
            all.add(new Entity("authServicePlugin", Map.of("name", "auth9")));
            all.add(new Entity("mqtt", Map.of("name", "mqtt9")));
            all.add(new Entity("vhost", Map.of("hostname", "h9")));
            all.add(new Entity("address", Map.of("prefix", "a9", "distribution", "multicast")));
            all.add(new Entity("linkRoute", Map.of("prefix", "r9", "direction", "in")));
            all.add(new Entity("autoLink", Map.of("address", "t9", "direction", "in", "containerId", "c")));
            all.add(new Entity("exchange", Map.of("name", "x9", "address", "y9")));
            all.add(new Entity("binding", Map.of("exchangeName", "kept", "nextHopAddress", "z9")));
            all.add(new Entity("router.connection.linkRoute", Map.of("pattern", "p9.#", "direction", "in")));
            all.add(new Entity("dummy", Map.of("arg1", "x")));
            return all;
        }
    }
}
