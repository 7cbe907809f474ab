// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.soak;

import io.linkspan.tests.ManagementQuery;
import io.linkspan.tests.network.RouterNetwork;
import io.linkspan.tests.network.RoutersPlace;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A mesh of five routers, each in a process of its own, in which links are cut and routers killed (SIGKILL) and started
 * again with the same id while clients of all routers send and receive. One to three faults overlap; then all is mended,
 * and the network must rest.
 *
 * <p>The promises, for each unsettled delivery whose sender's own router was not killed: it ends once; accepted if it was
 * received, once and whole; or released, not received, or modified, received at most once. No link of a client ends while
 * its router lives. When every router knows every link, a multicast message comes to each receiver exactly once and all is
 * accepted. While paths change two routers may see different ones, and a copy come by both; those are counted.
 */
final class CutsSoak implements Soak.Run {

    /** Cuts and kills of a run, at least. */
    static final int FAULTS = 200;

    private static final String[] LINKS = {"A-B", "A-C", "A-D", "A-E", "B-C", "B-D", "B-E", "C-D", "C-E", "D-E"};
    private static final int BEAT_MS = 20;
    private static final int LIMIT_S = 180;
    private static final int TICK_MS = 1_000;
    private static final int QUIET_MESSAGES = 5;

    @Override
    public String run(long seed, Duration duration) throws Exception {
        return run(seed, FAULTS, duration);
    }

    /** Runs so many faults, and on until the time is over. */
    static String run(long seed, int least, Duration duration) throws Exception {
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        try (RouterNetwork network = new RouterNetwork(vertx, new RoutersPlace.OwnProcesses(), LINKS)) {
            return new Cuts(vertx, network, seed).run(least, duration);
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(LIMIT_S, TimeUnit.SECONDS);
        }
    }

    private static final class Cuts {
        private final Vertx vertx;
        private final io.vertx.core.Context loop;
        private final RouterNetwork network;
        private final Random random;
        private final List<String> ids;
        private final CutsLedger ledger;
        private final Map<String, CutsClient> clients = new LinkedHashMap<>();
        private final Set<String> cut = new TreeSet<>();
        private final Set<String> killed = new TreeSet<>();
        private int cuts;
        private int kills;
        private int rounds;
        private long longestMs;
        private boolean troubled;

        Cuts(Vertx vertx, RouterNetwork network, long seed) {
            this.vertx = vertx;
            this.network = network;
            loop = vertx.getOrCreateContext();
            random = new Random(seed);
            ids = network.ids();
            ledger = new CutsLedger(ids.size());
        }

        String run(int least, Duration duration) throws Exception {
            long end = System.nanoTime() + duration.toNanos();
            for (String id : ids) {
                connect(id);
            }
            rest();
            loop.runOnContext(now -> vertx.setPeriodic(BEAT_MS, beat -> {
                if (troubled) {
                    clients.values().forEach(CutsClient::beat);
                }
            }));
            while (cuts + kills < least || System.nanoTime() < end) {
                round(least - cuts - kills);
            }
            onLoop(() -> {
                clients.values().forEach(CutsClient::leave);
                return true;
            });
            return "cuts " + cuts + ", kills " + kills + ", rounds " + rounds
                    + ", longest time from the last mending until every router knows every link " + longestMs + " ms\n"
                    + onLoop(ledger::summary);
        }

        private void round(int most) throws Exception {
            rounds++;
            onLoop(() -> {
                ledger.begin(CutsLedger.Times.TROUBLED);
                troubled = true;
                return true;
            });
            pause(100 + random.nextInt(400));
            for (int faults = Math.min(Math.max(1, most), 1 + random.nextInt(3)); faults > 0; faults--) {
                if (random.nextInt(5) < 2 && killed.size() < 2) {
                    kill();
                } else {
                    cut();
                }
                pause(random.nextInt(700));
            }
            pause(random.nextInt(1500));
            List<String> toMend = new ArrayList<>(cut);
            toMend.addAll(killed);
            Collections.shuffle(toMend, random);
            for (String one : toMend) {
                if (killed.remove(one)) {
                    network.start(one);
                    connect(one);
                } else {
                    network.link(one).mend();
                }
                pause(random.nextInt(300));
            }
            cut.clear();
            rest();
        }

        private void kill() throws Exception {
            List<String> alive = new ArrayList<>(ids);
            alive.removeAll(killed);
            String id = alive.get(random.nextInt(alive.size()));
            killed.add(id);
            kills++;
            onLoop(() -> clients.get(id) != null && clients.remove(id).endsUnasked());
            network.kill(id);
        }

        private void cut() {
            List<String> whole = new ArrayList<>(network.links());
            whole.removeAll(cut);
            String link = whole.get(random.nextInt(whole.size()));
            cut.add(link);
            cuts++;
            network.link(link).cut();
        }

        /** Waits until the network is whole and knows it and every message has its end; then tries it in quiet times. */
        private void rest() throws Exception {
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
                ledger.begin(CutsLedger.Times.QUIET);
                return true;
            });
            for (int n = 0; n < QUIET_MESSAGES; n++) {
                sendOne();
            }
            await("an outcome of every message in quiet times", () -> onLoop(ledger::open) == 0);
            List<String> broken = onLoop(ledger::broken);
            if (!broken.isEmpty()) {
                throw new Soak.BrokenPromise(where() + broken.size() + " times: "
                        + String.join("\n", broken.subList(0, Math.min(30, broken.size()))));
            }
        }

        private String where() {
            return "round " + rounds + " after " + cuts + " cuts and " + kills + " kills, cut now " + cut + ": ";
        }

        private List<Integer> sendOne() throws Exception {
            return onLoop(
                    () -> clients.values().stream().map(CutsClient::sendOne).toList());
        }

        private Map<String, Set<String>> told(String id) throws Exception {
            CompletableFuture<List<Map<String, Object>>> answer = new CompletableFuture<>();
            onLoop(() -> {
                CutsClient client = clients.get(id);
                if (client == null) {
                    throw new IllegalStateException("no client of " + id);
                }
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
            String peer = ids.get((number + 2) % ids.size());
            int port = network.clientPort(id);
            long seed = random.nextLong();
            CompletableFuture<CutsClient> client = new CompletableFuture<>();
            loop.runOnContext(now -> {
                CompletableFuture<CutsClient> unused = CutsClient.connect(
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
                    List<String> broken = onLoop(ledger::broken);
                    throw new Soak.BrokenPromise(where() + "not within " + LIMIT_S + " s: " + what + "\n"
                            + String.join("\n", broken.subList(0, Math.min(30, broken.size()))));
                }
                pause(50);
            }
        }

        private void pause(int ms) throws InterruptedException {
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
}
