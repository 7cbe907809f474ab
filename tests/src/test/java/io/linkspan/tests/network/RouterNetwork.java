// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.linkspan.management.config.ConfigurationReader;
import io.linkspan.management.config.ConfigurationResult;
import io.linkspan.management.config.Surroundings;
import io.linkspan.server.RouterServer;
import io.linkspan.server.StartFailure;
import io.linkspan.server.log.Log;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/**
 * Routers in this JVM, connected as links say ({@code A-B} or {@code A-B:COST}; the second one connects). Each link can be
 * cut, each router stopped and started again. Closing checks that no router has seen an unexpected exception.
 */
final class RouterNetwork implements AutoCloseable {

    private record Link(String listener, String connector, int cost, Relay relay) {}

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Vertx vertx;
    private final List<Link> links = new ArrayList<>();
    private final Map<String, RouterServer> routers = new LinkedHashMap<>();
    private final Map<String, Log> logs = new LinkedHashMap<>();

    RouterNetwork(Vertx vertx, String... links) {
        this.vertx = vertx;
        for (String link : links) {
            String[] parts = link.split("[-:]", -1);
            this.links.add(
                    new Link(parts[0], parts[1], parts.length > 2 ? Integer.parseInt(parts[2]) : 1, new Relay(vertx)));
        }
        for (Link link : this.links) {
            for (String id : List.of(link.listener(), link.connector())) {
                if (!routers.containsKey(id)) {
                    start(id);
                }
            }
        }
    }

    /** Waits until something is so. */
    static void waitUntil(String what, BooleanSupplier condition) {
        await(what).atMost(LIMIT).pollInterval(Duration.ofMillis(50)).until(condition::getAsBoolean);
    }

    /** The ids, in order. */
    List<String> ids() {
        return List.copyOf(new TreeSet<>(routers.keySet()));
    }

    /** What a router has logged lately that contains a text. */
    List<String> logged(String id, String text) {
        return Objects.requireNonNull(logs.get(id)).entries().stream()
                .map(entry -> entry.text())
                .filter(line -> line.contains(text))
                .toList();
    }

    /** The neighbors of each router that its links give it. */
    Map<String, Set<String>> neighbors() {
        Map<String, Set<String>> neighbors = new TreeMap<>();
        for (Link link : links) {
            neighbors.computeIfAbsent(link.listener(), id -> new TreeSet<>()).add(link.connector());
            neighbors.computeIfAbsent(link.connector(), id -> new TreeSet<>()).add(link.listener());
        }
        return neighbors;
    }

    int clientPort(String id) {
        return Objects.requireNonNull(routers.get(id)).port("clients");
    }

    /** Where a container connects; at every router its links are those to addresses below {@code lr}. */
    int containerPort(String id) {
        return Objects.requireNonNull(routers.get(id)).port("containers");
    }

    /** The cable between two routers. */
    Relay link(String name) {
        return links.stream()
                .filter(link -> name.equals(link.listener() + "-" + link.connector()))
                .findFirst()
                .orElseThrow()
                .relay();
    }

    void start(String id) {
        StringBuilder text = new StringBuilder("router {\nmode: interior\nid: " + id + "\n"
                + "}\n"
                + "listener {\n"
                + "name: clients\n"
                + "host: 127.0.0.1\n"
                + "port: 0\n"
                + "authenticatePeer: no\n"
                + "protocols: amqp, mqtt\n"
                + "}\n"
                + "listener {\n"
                + "name: routers\n"
                + "host: 127.0.0.1\n"
                + "port: 0\n"
                + "role: inter-router\n"
                + "authenticatePeer: no\n"
                + "}\n"
                + "listener {\n"
                + "name: containers\n"
                + "host: 127.0.0.1\n"
                + "port: 0\n"
                + "role: route-container\n"
                + "authenticatePeer: no\n"
                + "}\n"
                + linkRoute("in")
                + linkRoute("out")
                + "log {\n"
                + "module: DEFAULT\n"
                + "enable: error+\n"
                + "}\n"
                + "address {\n"
                + "prefix: mc\n"
                + "distribution: multicast\n"
                + "}\n");
        for (Link link : links) {
            if (link.connector().equals(id)) {
                text.append("connector {\nname: to").append(link.listener());
                text.append("\nhost: 127.0.0.1\nrole: inter-router\nport: ")
                        .append(link.relay().port());
                text.append("\ncost: ").append(link.cost()).append("\n}\n");
            }
        }
        ConfigurationResult read = ConfigurationReader.read("network.conf", text.toString(), Surroundings.ofSystem());
        Log log = new Log(Clock.systemUTC(), () -> {});
        logs.put(id, log);
        try {
            RouterServer router = RouterServer.start(
                    read.configuration()
                            .orElseThrow(() ->
                                    new IllegalStateException(read.problems().toString())),
                    log,
                    "test");
            routers.put(id, router);
            for (Link link : links) {
                if (link.listener().equals(id)) {
                    link.relay().leadTo(router.port("routers"));
                }
            }
        } catch (StartFailure e) {
            throw new IllegalStateException(e);
        }
    }

    private static String linkRoute(String direction) {
        return "linkRoute {\nprefix: lr\nconnection: containers\ndirection: " + direction + "\n}\n";
    }

    /** Stops a router; its id stays known. */
    void stop(String id) {
        RouterServer router = Objects.requireNonNull(routers.get(id));
        assertThat(router.unexpectedExceptions()).as(id).isZero();
        router.stop();
    }

    TestClient client(String id) {
        return TestClient.connect(vertx, clientPort(id));
    }

    @Override
    public void close() {
        routers.forEach(
                (id, router) -> assertThat(router.unexpectedExceptions()).as(id).isZero());
        CompletableFuture.allOf(routers.values().stream()
                        .map(router -> CompletableFuture.runAsync(router::stop))
                        .toArray(CompletableFuture[]::new))
                .join();
    }
}
