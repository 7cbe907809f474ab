// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.network;

import io.vertx.core.Vertx;
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
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Real routers, connected as links say ({@code A-B} or {@code A-B:COST}; the second one connects). Each link can be cut,
 * each router stopped or killed and started again. Closing checks that no router has seen an unexpected exception.
 */
public final class RouterNetwork implements AutoCloseable {

    private record Link(String listener, String connector, int cost, Relay relay) {}

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(50);

    private final Vertx vertx;
    private final RoutersPlace place;
    private final List<Link> links = new ArrayList<>();
    private final Map<String, RoutersPlace.Running> routers = new LinkedHashMap<>();

    /** A network in this JVM. */
    public RouterNetwork(Vertx vertx, String... links) {
        this(vertx, new RoutersPlace.ThisProcess(), links);
    }

    /** A network whose routers run at a place. */
    public RouterNetwork(Vertx vertx, RoutersPlace place, String... links) {
        this.vertx = vertx;
        this.place = place;
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

    /**
     * Waits until something is so.
     *
     * @throws IllegalStateException when it is not within a minute
     */
    public static void waitUntil(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("not within " + LIMIT.toSeconds() + " s: " + what);
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    /** The ids, in order. */
    public List<String> ids() {
        return List.copyOf(new TreeSet<>(routers.keySet()));
    }

    /** What a router has logged lately that contains a text. */
    public List<String> logged(String id, String text) {
        return running(id).log().stream().filter(line -> line.contains(text)).toList();
    }

    private RoutersPlace.Running running(String id) {
        return Objects.requireNonNull(routers.get(id), id);
    }

    /** The neighbors of each router that its links give it. */
    public Map<String, Set<String>> neighbors() {
        Map<String, Set<String>> neighbors = new TreeMap<>();
        for (Link link : links) {
            neighbors.computeIfAbsent(link.listener(), id -> new TreeSet<>()).add(link.connector());
            neighbors.computeIfAbsent(link.connector(), id -> new TreeSet<>()).add(link.listener());
        }
        return neighbors;
    }

    /** Where clients of both protocols connect. */
    public int clientPort(String id) {
        return running(id).port("clients");
    }

    /** Where a container connects; at every router its links are those to addresses below {@code lr}. */
    public int containerPort(String id) {
        return running(id).port("containers");
    }

    /** The links, by the names of both routers, such as {@code A-B}. */
    public List<String> links() {
        return links.stream()
                .map(link -> link.listener() + "-" + link.connector())
                .toList();
    }

    /** The cable between two routers. */
    public Relay link(String name) {
        return links.stream()
                .filter(link -> name.equals(link.listener() + "-" + link.connector()))
                .findFirst()
                .orElseThrow()
                .relay();
    }

    /** Starts a router, for the first time or again. */
    public void start(String id) {
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
                + log("DEFAULT", "error+")
                + log("SERVER", "notice+")
                + log("ROUTER", "notice+")
                + log("ROUTER_HELLO", "info+")
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
        RoutersPlace.Running router = place.start(id, text.toString());
        routers.put(id, router);
        for (Link link : links) {
            if (link.listener().equals(id)) {
                link.relay().leadTo(router.port("routers"));
            }
        }
    }

    private static String log(String module, String levels) {
        return "log {\nmodule: " + module + "\nenable: " + levels + "\n}\n";
    }

    private static String linkRoute(String direction) {
        return "linkRoute {\nprefix: lr\nconnection: containers\ndirection: " + direction + "\n}\n";
    }

    /** Stops a router; its id stays known. */
    public void stop(String id) {
        checkUnharmed(id);
        unplug(id);
        running(id).stop();
    }

    /** Ends a router as it stands, all its cables first; its id stays known, and links that were whole are. */
    public void kill(String id) {
        checkUnharmed(id);
        unplug(id);
        List<Relay> pulled = links.stream()
                .filter(link -> link.listener().equals(id) || link.connector().equals(id))
                .map(Link::relay)
                .filter(Relay::isWhole)
                .toList();
        pulled.forEach(Relay::cut);
        running(id).kill();
        pulled.forEach(Relay::mend);
    }

    /** Its port may be another's soon. */
    private void unplug(String id) {
        for (Link link : links) {
            if (link.listener().equals(id)) {
                link.relay().leadTo(0);
            }
        }
    }

    private void checkUnharmed(String id) {
        String harm = running(id).harm();
        if (!harm.isEmpty()) {
            throw new IllegalStateException(id + ": " + harm);
        }
    }

    /** A client of a router. */
    public TestClient client(String id) {
        return TestClient.connect(vertx, clientPort(id));
    }

    @Override
    public void close() {
        CompletableFuture.allOf(routers.values().stream()
                        .map(router -> CompletableFuture.runAsync(router::stop))
                        .toArray(CompletableFuture[]::new))
                .join();
        routers.keySet().forEach(this::checkUnharmed);
    }
}
