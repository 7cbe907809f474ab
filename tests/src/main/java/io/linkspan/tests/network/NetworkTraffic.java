// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.network;

import io.linkspan.tests.ManagementQuery;
import io.vertx.core.Vertx;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Clients of all routers of a network that send and receive while links are cut and routers killed, and what the network
 * promises them. Each receives from and sends to an address for one receiver, an address of one router, and a multicast
 * address.
 *
 * <p>The promises, for each unsettled delivery whose sender's own router was not killed: it ends once; accepted if it was
 * received, once and whole; or released, not received, or modified, received at most once. No receiver gets a multicast
 * message twice, whatever happens. No link of a client ends while its router lives. When every router knows every link, a
 * multicast message comes to each receiver and all is accepted.
 *
 * <p>Used by one thread; the clients are on a loop of their own.
 */
public final class NetworkTraffic {

    private static final int LIMIT_S = 180;
    private static final int TICK_MS = 1_000;
    private static final int POLL_MS = 100;
    private static final int QUIET_MESSAGES = 5;
    private static final int TOLD = 30;

    private final Vertx vertx;
    private final io.vertx.core.Context loop;
    private final RouterNetwork network;
    private final Random random;
    private final List<String> ids;
    private final TrafficLedger ledger;
    private final Map<String, TrafficClient> clients = new LinkedHashMap<>();
    private long longestMs;
    private boolean troubled;

    /** Traffic of a network that has just been started; {@link #begin} connects the clients. */
    public NetworkTraffic(Vertx vertx, RouterNetwork network, Random random) {
        this.vertx = vertx;
        this.network = network;
        this.random = random;
        loop = vertx.getOrCreateContext();
        ids = network.ids();
        ledger = new TrafficLedger(ids.size());
    }

    /**
     * Connects a client to each router and waits until the network {@linkplain #rest rests}.
     *
     * @param beatMs time between two bursts of each client in trouble
     */
    public void begin(int beatMs) throws Exception {
        for (String id : ids) {
            connect(id);
        }
        rest();
        onLoop(() -> vertx.setPeriodic(beatMs, beat -> {
            if (troubled) {
                clients.values().forEach(TrafficClient::beat);
            }
        }));
    }

    /** From now on the clients send, until the network {@linkplain #rest rests} again. */
    public void trouble() throws Exception {
        onLoop(() -> {
            ledger.begin(TrafficLedger.Times.TROUBLED);
            troubled = true;
            return true;
        });
    }

    /** Waits until so many more messages have their outcome. */
    public void goOn(int messages) throws Exception {
        int before = onLoop(ledger::ended);
        await(messages + " more outcomes", () -> onLoop(ledger::ended) >= before + messages);
    }

    /** Ends a router as it stands, and its client with it. */
    public void kill(String id) throws Exception {
        forget(id);
        network.kill(id);
    }

    /** Ends a router in order, and its client with it. */
    public void stop(String id) throws Exception {
        forget(id);
        network.stop(id);
    }

    private void forget(String id) throws Exception {
        onLoop(() -> {
            TrafficClient client = clients.remove(id);
            if (client != null) {
                client.endsUnasked();
            }
            return true;
        });
    }

    /** Starts a router again, and a client of it. */
    public void start(String id) throws Exception {
        network.start(id);
        connect(id);
    }

    /** Waits until a router sees these neighbors and no other. */
    public void awaitNeighbors(String id, Set<String> neighbors) throws Exception {
        await(id + " sees " + neighbors, () -> neighbors.equals(told(id).get(id)));
    }

    /** Waits until the network is whole and knows it and every message has its end; then tries it in quiet times. */
    public void rest() throws Exception {
        long start = System.nanoTime();
        Map<String, Set<String>> all = network.neighbors();
        for (String id : ids) {
            await(id + " knows every link", () -> told(id).equals(all));
        }
        longestMs = Math.max(longestMs, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
        // What is known becomes paths with the next tick of each router at the latest.
        pause(2 * TICK_MS);
        onLoop(() -> troubled = false);
        await("an outcome of every message", () -> onLoop(ledger::open) == 0);
        await("every router reaches every receiver", () -> {
            List<Integer> probes = sendOne();
            await("an outcome of every probe", () -> onLoop(ledger::open) == 0);
            return onLoop(() -> probes.stream().allMatch(ledger::cameToAll));
        });
        onLoop(() -> {
            ledger.begin(TrafficLedger.Times.QUIET);
            return true;
        });
        for (int n = 0; n < QUIET_MESSAGES; n++) {
            sendOne();
        }
        await("an outcome of every message in quiet times", () -> onLoop(ledger::open) == 0);
        List<String> broken = onLoop(ledger::broken);
        if (!broken.isEmpty()) {
            throw new IllegalStateException(broken.size() + " times: " + some(broken));
        }
    }

    private static String some(List<String> broken) {
        return String.join("\n", broken.subList(0, Math.min(TOLD, broken.size())));
    }

    /** Closes all clients. */
    public void end() throws Exception {
        onLoop(() -> {
            troubled = false;
            clients.values().forEach(TrafficClient::leave);
            return true;
        });
    }

    /** What was sent and what became of it. */
    public String summary() throws Exception {
        return "longest time from the last mending until every router knows every link " + longestMs + " ms\n"
                + onLoop(ledger::summary);
    }

    private List<Integer> sendOne() throws Exception {
        return onLoop(
                () -> clients.values().stream().map(TrafficClient::sendOne).toList());
    }

    private Map<String, Set<String>> told(String id) throws Exception {
        CompletableFuture<List<Map<String, Object>>> answer = new CompletableFuture<>();
        onLoop(() -> {
            TrafficClient client = Objects.requireNonNull(clients.get(id), id);
            ManagementQuery.ask(client.connection(), "router.node", answer::complete);
            return true;
        });
        Map<String, Set<String>> told = new TreeMap<>();
        for (Map<String, Object> node : get(answer)) {
            Set<String> peers = new TreeSet<>();
            if (node.get("linkState") instanceof List<?> list) {
                list.forEach(peer -> peers.add(String.valueOf(peer)));
            }
            told.put(String.valueOf(node.get("id")), peers);
        }
        return told;
    }

    private void connect(String id) throws Exception {
        int number = ids.indexOf(id);
        String peer = ids.get((number + ids.size() / 2) % ids.size());
        int port = network.clientPort(id);
        long seed = random.nextLong();
        CompletableFuture<TrafficClient> client = new CompletableFuture<>();
        loop.runOnContext(now -> {
            ledger.replaced(number);
            CompletableFuture<TrafficClient> unused = TrafficClient.connect(
                            vertx, port, ledger, number, id, peer, new Random(seed))
                    .whenComplete((made, error) -> {
                        if (error != null) {
                            client.completeExceptionally(error);
                        } else {
                            clients.put(id, made);
                            client.complete(made);
                        }
                    });
        });
        get(client);
    }

    /** Something that may fail. */
    private interface Condition {
        boolean holds() throws Exception;
    }

    private void await(String what, Condition condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_S);
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "not within " + LIMIT_S + " s: " + what + "\n" + some(onLoop(ledger::broken)));
            }
            pause(POLL_MS);
        }
    }

    private static void pause(int ms) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(ms);
    }

    private <T> T onLoop(Supplier<T> work) throws Exception {
        CompletableFuture<T> done = new CompletableFuture<>();
        loop.runOnContext(now -> {
            try {
                done.complete(work.get());
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        return get(done);
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.get(LIMIT_S, TimeUnit.SECONDS);
    }
}
