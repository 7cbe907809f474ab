// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Real routers over real sockets: in every topology a link is cut and a router killed or stopped under traffic. What is
 * promised then: {@link NetworkTraffic}.
 */
class NetworkTroubleSystemIT {

    private static final int BEAT_MS = 150;

    /** Outcomes before and after each event: a few of each kind of message at each router. */
    private static final int SOME = 60;

    /** What happens to one topology: first a link is cut and mended, then a router ends and starts again. */
    private record Trouble(String link, String router, boolean inOrder, List<String> links) {}

    private static final Map<String, Trouble> TROUBLES = Map.of(
            "pair", new Trouble("A-B", "A", false, List.of("A-B")),
            "line", new Trouble("B-C", "B", false, List.of("A-B", "B-C")),
            "triangle", new Trouble("A-B", "C", true, List.of("A-B", "B-C", "A-C:5")),
            "diamond", new Trouble("B-D", "B", true, List.of("A-B", "A-C:2", "B-D", "C-D:2")),
            "ring of 6", new Trouble("C-D", "F", false, List.of("A-B", "B-C", "C-D", "D-E", "E-F", "A-F")),
            "mesh of 5",
                    new Trouble(
                            "A-E",
                            "C",
                            false,
                            List.of("A-B", "A-C", "A-D", "A-E", "B-C", "B-D", "B-E", "C-D", "C-E", "D-E")));

    private static Set<String> neighbors(RouterNetwork network, String id) {
        return Objects.requireNonNull(network.neighbors().get(id));
    }

    private static Set<String> without(Set<String> ids, String id) {
        Set<String> others = new HashSet<>(ids);
        others.remove(id);
        return others;
    }

    private static String go(Vertx vertx, RouterNetwork network, Trouble trouble) throws Exception {
        NetworkTraffic traffic = new NetworkTraffic(vertx, network, new Random(20261128));
        traffic.begin(BEAT_MS);
        traffic.trouble();
        traffic.goOn(SOME);
        cut(network, traffic, trouble.link());
        restart(network, traffic, trouble);
        traffic.rest();
        traffic.end();
        return traffic.summary();
    }

    private static void cut(RouterNetwork network, NetworkTraffic traffic, String link) throws Exception {
        List<String> ends = List.of(link.split("-", -1));
        network.link(link).cut();
        traffic.awaitNeighbors(ends.get(0), without(neighbors(network, ends.get(0)), ends.get(1)));
        traffic.awaitNeighbors(ends.get(1), without(neighbors(network, ends.get(1)), ends.get(0)));
        traffic.goOn(SOME);
        network.link(link).mend();
        for (String end : ends) {
            traffic.awaitNeighbors(end, neighbors(network, end));
        }
        traffic.goOn(SOME);
    }

    private static void restart(RouterNetwork network, NetworkTraffic traffic, Trouble trouble) throws Exception {
        String lost = trouble.router();
        if (trouble.inOrder()) {
            traffic.stop(lost);
        } else {
            traffic.kill(lost);
        }
        for (String other : neighbors(network, lost)) {
            traffic.awaitNeighbors(other, without(neighbors(network, other), lost));
        }
        traffic.goOn(SOME);
        traffic.start(lost);
        traffic.goOn(SOME);
    }

    @Test
    @DisplayName(
            "OUT-07: in every topology each delivery ends once when a link is cut and a router killed under traffic")
    void everyTopology() throws Exception {
        Vertx vertx = Vertx.vertx();
        ExecutorService threads = Executors.newFixedThreadPool(TROUBLES.size());
        Map<String, RouterNetwork> networks = new LinkedHashMap<>();
        try {
            Map<String, Future<String>> done = new LinkedHashMap<>();
            TROUBLES.forEach((name, trouble) -> {
                RouterNetwork network = new RouterNetwork(vertx, trouble.links().toArray(String[]::new));
                networks.put(name, network);
                done.put(name, threads.submit(() -> go(vertx, network, trouble)));
            });
            for (Map.Entry<String, Future<String>> one : done.entrySet()) {
                assertThat(one.getValue().get()).as(one.getKey()).contains("Accepted=");
            }
        } finally {
            threads.shutdownNow();
            networks.values().forEach(RouterNetwork::close);
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }
}
