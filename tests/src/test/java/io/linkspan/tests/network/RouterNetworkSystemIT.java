// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.Vertx;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A large network of real routers over real sockets, under a mixed load. */
class RouterNetworkSystemIT {

    /** A load that these tests alone are far from. */
    private static final double MUCH = 6;

    @SuppressWarnings("NullAway.Init") // Made before all tests.
    private static Vertx vertx;

    @BeforeAll
    static void makeVertx() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void closeVertx() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    /** Waits until each of these clients' routers knows every link of the network. */
    private static void waitForAllLinks(RouterNetwork network, Map<String, TestClient> clients) {
        Map<String, Set<String>> expected = network.neighbors();
        clients.forEach((id, client) -> RouterNetwork.waitUntil(
                id + " knows every link",
                () -> told(client.query("router.node")).equals(expected)));
    }

    private static Map<String, Set<String>> told(List<Map<String, Object>> nodes) {
        Map<String, Set<String>> told = new TreeMap<>();
        for (Map<String, Object> node : nodes) {
            Set<String> peers = new TreeSet<>();
            ((List<?>) Objects.requireNonNull(node.get("linkState"))).forEach(peer -> peers.add((String) peer));
            told.put((String) node.get("id"), peers);
        }
        return told;
    }

    /**
     * Waits until each router knows each of these addresses, here or elsewhere. A router computes its paths before it
     * announces addresses: when receivers came after {@link #waitForAllLinks}, all paths are settled by then as well.
     */
    private static void waitForAllAddresses(Map<String, TestClient> clients, List<String> addresses) {
        clients.forEach((id, client) -> RouterNetwork.waitUntil(
                id + " knows every address",
                () -> client.query("router.address").stream()
                        .map(row -> String.valueOf(row.get("name")))
                        .toList()
                        .containsAll(addresses)));
    }

    /** Threads that want a processor, for each one there is, on an average of the last minute. */
    private static double load() {
        OperatingSystemMXBean machine = ManagementFactory.getOperatingSystemMXBean();
        return machine.getSystemLoadAverage() / machine.getAvailableProcessors();
    }

    @Test
    @DisplayName("A network of 12 routers in one process carries traffic and answers queries without a missed hello")
    void manyRoutersUnderMixedLoad() {
        String[] links = new String[18];
        for (int i = 0; i < 12; i++) {
            links[i] = "R" + i + "-R" + (i + 1) % 12;
        }
        for (int i = 0; i < 6; i++) {
            links[12 + i] = "R" + i + "-R" + (i + 6);
        }
        try (RouterNetwork network = new RouterNetwork(vertx, links)) {
            Map<String, TestClient> clients = new LinkedHashMap<>();
            network.ids().forEach(id -> clients.put(id, network.client(id)));
            waitForAllLinks(network, clients);
            Map<String, List<String>> received = new LinkedHashMap<>();
            clients.forEach((id, client) -> received.put(id, client.receive("q." + id)));
            // A message that finds a router on its way that does not know the address yet is released.
            waitForAllAddresses(
                    clients, received.keySet().stream().map(id -> "M0q." + id).toList());
            Map<String, TestClient.Sender> senders = new LinkedHashMap<>();
            List<String> ids = network.ids();
            for (int i = 0; i < ids.size(); i++) {
                String far = ids.get((i + 5) % ids.size());
                senders.put(far, Objects.requireNonNull(clients.get(ids.get(i))).sender("q." + far));
            }
            senders.values().forEach(sender -> sender.send("message-", 1_000));
            int[] rounds = {0};
            RouterNetwork.waitUntil("an outcome of each delivery", () -> {
                clients.forEach((id, client) -> {
                    assertThat(client.query("router.node")).hasSize(12);
                    assertThat(client.query("connection")).isNotEmpty();
                    assertThat(client.query("router.link")).isNotEmpty();
                });
                rounds[0]++;
                return senders.values().stream()
                        .allMatch(sender -> sender.outcomes().size() == 1_000);
            });
            senders.forEach((id, sender) -> {
                assertThat(sender.outcomes().values()).containsOnly("Accepted");
                assertThat(received.get(id)).hasSize(1_000).doesNotHaveDuplicates();
            });
            assumeTrue(load() < MUCH, "the machine has so much else to do that a hello may be late");
            network.ids()
                    .forEach(id -> assertThat(network.logged(id, "HELLO peer expired"))
                            .as(id)
                            .isEmpty());
        }
    }
}
