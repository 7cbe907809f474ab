// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
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

/** Real routers over real sockets, in every topology and in a large network under a mixed load. */
class RouterNetworkSystemIT {

    static final Map<String, String[]> TOPOLOGIES = new LinkedHashMap<>(Map.of(
            "pair", new String[] {"A-B"},
            "line", new String[] {"A-B", "B-C"},
            "triangle", new String[] {"A-B", "B-C", "A-C:5"},
            "diamond", new String[] {"A-B", "A-C:2", "B-D", "C-D:2"},
            "ring of 6", new String[] {"A-B", "B-C", "C-D", "D-E", "E-F", "A-F"},
            "mesh of 5", new String[] {"A-B", "A-C", "A-D", "A-E", "B-C", "B-D", "B-E", "C-D", "C-E", "D-E"}));

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

    private static long count(List<String> texts, String prefix) {
        return texts.stream().filter(text -> text.startsWith(prefix)).count();
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

    /** Waits until what each router sends reaches every receiver. */
    private static void waitForAll(Map<String, TestClient.Sender> senders, Map<String, List<String>> receivers) {
        int[] round = {0};
        RouterNetwork.waitUntil("every router reaches every receiver", () -> {
            int now = round[0]++;
            if (now % 10 == 0) {
                senders.forEach((id, sender) -> sender.send("probe-" + id + "-" + now + "-", 1));
            }
            return receivers.values().stream()
                    .allMatch(texts -> senders.keySet().stream().allMatch(id -> count(texts, "probe-" + id + "-") > 0));
        });
    }

    @Test
    @DisplayName(
            "DST-30, DST-34: multicast reaches each receiver exactly once in every topology, and a queue one receiver")
    void everyTopology() {
        Map<String, RouterNetwork> networks = new LinkedHashMap<>();
        try {
            TOPOLOGIES.forEach((name, links) -> networks.put(name, new RouterNetwork(vertx, links)));
            networks.forEach((name, network) -> {
                Map<String, TestClient.Sender> senders = new LinkedHashMap<>();
                Map<String, List<String>> receivers = new LinkedHashMap<>();
                Map<String, TestClient> clients = new LinkedHashMap<>();
                network.ids().forEach(id -> clients.put(id, network.client(id)));
                // While the network learns itself two routers may see different paths, and a copy may come by both.
                waitForAllLinks(network, clients);
                for (String id : network.ids()) {
                    TestClient client = Objects.requireNonNull(clients.get(id));
                    receivers.put(id, client.receive("mc"));
                    senders.put(id, client.sender("mc"));
                }
                waitForAll(senders, receivers);
                senders.forEach((id, sender) -> sender.send("message-" + id + "-", 20));
                int each = 20 * senders.size();
                RouterNetwork.waitUntil(
                        "all messages of the " + name,
                        () -> senders.values().stream()
                                .allMatch(sender -> sender.outcomes().keySet().stream()
                                                .filter(key -> key.startsWith("message"))
                                                .count()
                                        == 20));
                receivers.forEach((id, texts) -> {
                    List<String> messages = texts.stream()
                            .filter(text -> text.startsWith("message"))
                            .toList();
                    assertThat(messages)
                            .as(id + " in the " + name)
                            .hasSize(each)
                            .doesNotHaveDuplicates();
                });
                senders.values()
                        .forEach(
                                sender -> assertThat(sender.outcomes().values()).contains("Accepted"));
            });
        } finally {
            networks.values().forEach(RouterNetwork::close);
        }
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
            network.ids()
                    .forEach(id -> assertThat(network.logged(id, "HELLO peer expired"))
                            .as(id)
                            .isEmpty());
        }
    }
}
