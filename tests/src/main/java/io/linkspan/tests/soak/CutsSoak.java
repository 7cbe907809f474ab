// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.soak;

import io.linkspan.tests.network.NetworkTraffic;
import io.linkspan.tests.network.RouterNetwork;
import io.linkspan.tests.network.RoutersPlace;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * A mesh of five routers, each in a process of its own, in which links are cut and routers killed (SIGKILL) and started
 * again with the same id under traffic. One to three faults overlap; then all is mended, and the network must rest. What is
 * promised: {@link NetworkTraffic}.
 */
final class CutsSoak implements Soak.Run {

    /** Cuts and kills of a run, at least. */
    static final int FAULTS = 200;

    private static final String[] LINKS = {"A-B", "A-C", "A-D", "A-E", "B-C", "B-D", "B-E", "C-D", "C-E", "D-E"};
    private static final int BEAT_MS = 20;
    private static final int LIMIT_S = 180;

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
        private final RouterNetwork network;
        private final Random random;
        private final List<String> ids;
        private final NetworkTraffic traffic;
        private final Set<String> cut = new TreeSet<>();
        private final Set<String> killed = new TreeSet<>();
        private int cuts;
        private int kills;
        private int rounds;

        Cuts(Vertx vertx, RouterNetwork network, long seed) {
            this.network = network;
            random = new Random(seed);
            ids = network.ids();
            traffic = new NetworkTraffic(vertx, network, random);
        }

        String run(int least, Duration duration) throws Exception {
            long end = System.nanoTime() + duration.toNanos();
            traffic.begin(BEAT_MS);
            while (cuts + kills < least || System.nanoTime() < end) {
                rounds++;
                try {
                    round(least - cuts - kills);
                } catch (IllegalStateException e) {
                    throw new IllegalStateException(
                            "round " + rounds + " after " + cuts + " cuts and " + kills + " kills, cut now " + cut, e);
                }
            }
            traffic.end();
            return "cuts " + cuts + ", kills " + kills + ", rounds " + rounds + ", " + traffic.summary();
        }

        private void round(int most) throws Exception {
            traffic.trouble();
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
                    traffic.start(one);
                } else {
                    network.link(one).mend();
                }
                pause(random.nextInt(300));
            }
            cut.clear();
            traffic.rest();
        }

        private void kill() throws Exception {
            List<String> alive = new ArrayList<>(ids);
            alive.removeAll(killed);
            String id = alive.get(random.nextInt(alive.size()));
            killed.add(id);
            kills++;
            traffic.kill(id);
        }

        private void cut() {
            List<String> whole = new ArrayList<>(network.links());
            whole.removeAll(cut);
            String link = whole.get(random.nextInt(whole.size()));
            cut.add(link);
            cuts++;
            network.link(link).cut();
        }

        private static void pause(int ms) throws InterruptedException {
            TimeUnit.MILLISECONDS.sleep(ms);
        }
    }
}
