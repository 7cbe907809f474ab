// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.soak;

import io.linkspan.tests.RouterProcess;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Rounds of a random mix against one router: senders, receivers, containers of link routes, aborts, disconnects,
 * multicast, large messages in pieces, pre-settled and unsettled, drains and all outcomes. Each round comes to rest and
 * then everybody leaves. The promises at rest: every unsettled delivery has exactly one outcome, the one that its receiver
 * gave; all credit is back; management shows nothing undelivered or unsettled. After all have left: connections, links and
 * addresses are those of the start. Over the whole run: memory stays flat and nothing unexpected is thrown.
 */
final class MixSoak implements Soak.Run {

    /** Of the router's listeners. */
    static final int LINK_CAPACITY = 100;

    private static final long ROUND_MS = 5_000;
    private static final int REST_LIMIT_S = 90;
    /** What heap after a full collection and native memory may grow by from the early rounds to the late ones. */
    private static final long GROWTH_LIMIT_KIB = 4096;

    private static final List<String> GAUGES =
            List.of("qdr_connections_total", "qdr_links_total", "qdr_addresses_total", "qdr_deliveries_stuck_total");
    private static final List<String> JVM = List.of(
            "-Xmx64m",
            "-XX:+UseSerialGC",
            "-XX:MaxDirectMemorySize=64m",
            "-XX:NativeMemoryTracking=summary",
            "-Dio.netty.leakDetection.level=advanced");
    private static final String CONFIGURATION = """
            router {
                mode: standalone
                id: mixed
            }
            listener {
                name: clients
                host: 127.0.0.1
                port: 0
                authenticatePeer: no
                protocols: amqp, http
                linkCapacity: 100
            }
            listener {
                name: containers
                host: 127.0.0.1
                port: 0
                authenticatePeer: no
                role: route-container
                linkCapacity: 100
            }
            address {
                prefix: balanced
                distribution: balanced
            }
            address {
                prefix: closest
                distribution: closest
            }
            address {
                prefix: everyone
                distribution: multicast
            }
            linkRoute {
                prefix: route.0
                direction: in
                containerId: box0
            }
            linkRoute {
                prefix: route.0
                direction: out
                containerId: box0
            }
            linkRoute {
                prefix: route.1
                direction: in
                containerId: box1
            }
            linkRoute {
                prefix: route.1
                direction: out
                containerId: box1
            }
            """;

    /** The router's memory after a full collection, in KiB. */
    private record Memory(long heap, long other) {}

    @Override
    public String run(long seed, Duration duration) throws Exception {
        Random seeds = new Random(seed);
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        Map<MixRound.Deed, Integer> deeds = new EnumMap<>(MixRound.Deed.class);
        List<Memory> memory = new ArrayList<>();
        long sent = 0;
        long arrived = 0;
        long end = System.nanoTime() + duration.toNanos();
        RouterProcess router = RouterProcess.start(CONFIGURATION, JVM);
        try {
            int port = router.port("clients");
            // The first question makes the router's own addresses.
            LinkRows.query(vertx, port);
            Map<String, Long> empty = awaitGauges(router, Map.of("qdr_connections_total", 0L, "qdr_links_total", 0L));
            while (memory.size() < 2 || System.nanoTime() < end) {
                long one = seeds.nextInt();
                String where = "round " + memory.size() + " (seed " + one + "): ";
                MixRound round = round(vertx, one, router, where);
                sent += round.ledger().sent();
                arrived += round.ledger().arrivals();
                round.deeds().forEach((deed, count) -> deeds.merge(deed, count, Integer::sum));
                Map<String, Long> left = awaitGauges(router, empty);
                check(left.equals(empty), where + "left behind " + left + " instead of " + empty, router);
                check(
                        router.metrics("clients", List.of(FuzzSoak.UNEXPECTED_EXCEPTIONS))
                                .containsValue(0L),
                        where + "exceptions",
                        router);
                memory.add(memory(router));
            }
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
            if (router.isAlive()) {
                router.terminate();
            }
        }
        check(router.output().stream().noneMatch(line -> line.contains("LEAK")), "a buffer leaked", router);
        check(router.output().stream().noneMatch(line -> line.contains("OutOfMemory")), "out of memory", router);
        String flat = flat(memory, router);
        return "rounds " + memory.size() + ", messages " + sent + ", arrivals " + arrived + "\ndeeds " + deeds + "\n"
                + flat + "\nunexpected exceptions 0, leaks 0";
    }

    private static MixRound round(Vertx vertx, long seed, RouterProcess router, String where) throws Exception {
        NetClient sockets =
                vertx.createNetClient(new NetClientOptions().setTcpNoDelay(true).setConnectTimeout(5_000));
        CompletableFuture<MixRound> made = new CompletableFuture<>();
        CompletableFuture<List<String>> rested = new CompletableFuture<>();
        vertx.runOnContext(now -> {
            MixRound round = new MixRound(vertx, sockets, seed, router.port("clients"), router.port("containers"));
            made.complete(round);
            CompletableFuture<List<String>> unused = round.start(ROUND_MS).whenComplete((broken, error) -> {
                if (error != null) {
                    rested.completeExceptionally(error);
                } else {
                    rested.complete(broken);
                }
            });
        });
        MixRound round = made.get(REST_LIMIT_S, TimeUnit.SECONDS);
        List<String> broken = rested.get(REST_LIMIT_S, TimeUnit.SECONDS);
        // What a sender that has left sent before may still be with a receiver.
        List<String> counted = unfinished(vertx, router.port("clients"));
        for (int tries = 0; tries < 20 && broken.isEmpty() && !counted.isEmpty(); tries++) {
            TimeUnit.MILLISECONDS.sleep(100);
            counted = unfinished(vertx, router.port("clients"));
        }
        check(
                broken.isEmpty() && counted.isEmpty(),
                where + String.join("\n", broken.subList(0, Math.min(30, broken.size()))) + "\n"
                        + String.join("\n", counted),
                router);
        vertx.runOnContext(now -> round.leave());
        return round;
    }

    /** Links of the round that have anything undelivered or unsettled. */
    private static List<String> unfinished(Vertx vertx, int port) throws Exception {
        List<String> counted = new ArrayList<>();
        for (Map<String, Object> row : LinkRows.query(vertx, port)) {
            boolean ours = String.valueOf(row.get("linkName")).startsWith("link-");
            if (ours && (number(row, "undeliveredCount") != 0 || number(row, "unsettledCount") != 0)) {
                counted.add(row.toString());
            }
        }
        return counted;
    }

    private static long number(Map<String, Object> row, String name) {
        return row.get(name) instanceof Number number ? number.longValue() : -1;
    }

    private static Map<String, Long> awaitGauges(RouterProcess router, Map<String, Long> wanted) throws Exception {
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(REST_LIMIT_S);
        Map<String, Long> found = router.metrics("clients", GAUGES);
        while (!found.entrySet().containsAll(wanted.entrySet()) && System.nanoTime() < limit) {
            TimeUnit.MILLISECONDS.sleep(50);
            found = router.metrics("clients", GAUGES);
        }
        return found;
    }

    private static long first(String pattern, String text) throws IOException {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        if (!matcher.find()) {
            throw new IOException("no " + pattern + " in:\n" + text);
        }
        return Long.parseLong(matcher.group(1));
    }

    private static Memory memory(RouterProcess router) throws Exception {
        router.jcmd("GC.run");
        // Each generation tells its own.
        String generations = router.jcmd("GC.heap_info");
        Matcher used = Pattern.compile("total \\d+K, used (\\d+)K").matcher(generations);
        long heap = 0;
        while (used.find()) {
            heap += Long.parseLong(used.group(1));
        }
        if (heap == 0) {
            throw new IOException("no use of the heap in:\n" + generations);
        }
        // The part "Other" is what is allocated beside the heap by hand: buffers.
        return new Memory(
                heap,
                first("Other \\(reserved=\\d+KB, committed=(\\d+)KB\\)", router.jcmd("VM.native_memory", "summary")));
    }

    /** Compares the second fifth of the rounds with the last. */
    private static String flat(List<Memory> memory, RouterProcess router) throws Soak.BrokenPromise {
        int fifth = Math.max(1, memory.size() / 5);
        List<Memory> early = memory.subList(Math.min(fifth, memory.size() - 1), Math.min(2 * fifth, memory.size()));
        List<Memory> late = memory.subList(memory.size() - fifth, memory.size());
        if (early.isEmpty()) {
            early = late;
        }
        long heapEarly = early.stream().mapToLong(Memory::heap).sum() / early.size();
        long heapLate = late.stream().mapToLong(Memory::heap).sum() / late.size();
        long otherEarly = early.stream().mapToLong(Memory::other).sum() / early.size();
        long otherLate = late.stream().mapToLong(Memory::other).sum() / late.size();
        String text = "memory in KiB, early and late: heap after a full collection " + heapEarly + " and " + heapLate
                + ", beside the heap " + otherEarly + " and " + otherLate;
        check(
                heapLate - heapEarly <= GROWTH_LIMIT_KIB && otherLate - otherEarly <= GROWTH_LIMIT_KIB,
                text + ", more than " + GROWTH_LIMIT_KIB + " apart; all: " + memory,
                router);
        return text;
    }

    private static void check(boolean kept, String promise, RouterProcess router) throws Soak.BrokenPromise {
        if (!kept) {
            List<String> lines = router.output();
            int from = Math.max(0, lines.size() - 60);
            throw new Soak.BrokenPromise(
                    promise + "\nlast lines of the router:\n" + String.join("\n", lines.subList(from, lines.size())));
        }
    }
}
