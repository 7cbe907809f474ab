// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.soak;

import io.linkspan.tests.RouterProcess;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Random bytes, truncated and mutated frames of both protocols against one port, while well-behaved connections work
 * beside it (MQ-6-41). The promises: no other connection ends, no buffer leaks, the counter of unexpected exceptions
 * stays 0, and the router stops cleanly.
 */
final class FuzzSoak implements Soak.Run {

    static final String UNEXPECTED_EXCEPTIONS = "linkspan_unexpected_exceptions_total";

    private static final int ATTACKS_PER_BEAT = 25;
    private static final int ANSWER_LIMIT_MS = 15;
    private static final String CONFIGURATION = """
            router {
                mode: standalone
                id: fuzzed
            }
            listener {
                name: any
                host: 127.0.0.1
                port: 0
                authenticatePeer: no
                protocols: amqp, mqtt, http
            }
            address {
                prefix: queue
                distribution: balanced
            }
            address {
                prefix: everyone
                distribution: multicast
            }
            """;

    @Override
    public String run(long seed, Duration duration) throws Exception {
        Random random = new Random(seed);
        Vertx vertx = Vertx.vertx();
        long attacks = 0;
        long received;
        long unexpected;
        long end = System.nanoTime() + duration.toNanos();
        RouterProcess router =
                RouterProcess.start(CONFIGURATION, List.of("-Xmx128m", "-Dio.netty.leakDetection.level=paranoid"));
        try (Canary canary = new Canary(vertx, router.port("any"))) {
            while (System.nanoTime() < end) {
                for (int i = 0; i < ATTACKS_PER_BEAT; i++) {
                    attack(router.port("any"), random);
                    attacks++;
                }
                beat(canary, router, attacks);
            }
            received = canary.received();
            unexpected = router.metrics("any", List.of(UNEXPECTED_EXCEPTIONS))
                    .values()
                    .iterator()
                    .next();
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
            if (router.isAlive()) {
                router.terminate();
            }
        }
        check(unexpected == 0, unexpected + " unexpected exceptions", router);
        check(router.output().stream().noneMatch(line -> line.contains("LEAK")), "a buffer leaked", router);
        check(
                router.output().stream().noneMatch(line -> line.contains("OutOfMemoryError")),
                "the router ran out of memory",
                router);
        return "attacks " + attacks + ", canary messages " + received + ", unexpected exceptions 0, leaks 0";
    }

    private static void beat(Canary canary, RouterProcess router, long attacks) throws Soak.BrokenPromise {
        try {
            canary.beat();
        } catch (Exception e) {
            check(false, "after " + attacks + " attacks: " + e + " " + canary.losses(), router);
        }
        check(canary.losses().isEmpty(), "after " + attacks + " attacks: " + canary.losses(), router);
    }

    private static void check(boolean kept, String promise, RouterProcess router) throws Soak.BrokenPromise {
        if (!kept) {
            List<String> lines = router.output();
            int from = Math.max(0, lines.size() - 60);
            throw new Soak.BrokenPromise(
                    promise + "\nlast lines of the router:\n" + String.join("\n", lines.subList(from, lines.size())));
        }
    }

    private static void attack(int port, Random random) throws IOException {
        byte[] bytes = conversation(random);
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 5_000);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(ANSWER_LIMIT_MS);
            int cut = random.nextInt(3) == 0 ? random.nextInt(bytes.length + 1) : bytes.length;
            socket.getOutputStream().write(bytes, 0, cut);
            if (cut < bytes.length) {
                socket.getOutputStream().flush();
                socket.getOutputStream().write(bytes, cut, bytes.length - cut);
            }
            if (random.nextInt(4) == 0) {
                socket.setSoLinger(true, 0);
            } else {
                drain(socket.getInputStream());
            }
        } catch (SocketException e) {
            // The router closed the connection while bytes were on their way: its right after garbage.
        }
    }

    private static void drain(InputStream in) throws IOException {
        byte[] sink = new byte[4096];
        try {
            int count;
            do {
                count = in.read(sink);
            } while (count >= 0);
        } catch (SocketTimeoutException e) {
            // Nothing more to come: the router keeps this connection open, and the attacker leaves.
        }
    }

    /** What one attacker sends. Spoilt packets follow well-formed ones, so that deep states are reached. */
    static byte[] conversation(Random random) {
        int kind = random.nextInt(10);
        if (kind == 0) {
            byte[] noise = new byte[random.nextInt(2000)];
            random.nextBytes(noise);
            return noise;
        }
        String address = random.nextBoolean() ? "queue" : "everyone";
        List<byte[]> packets = kind < 6
                ? Corpus.amqp(address + ".fuzz", random)
                : Corpus.mqtt(address + (random.nextInt(3) == 0 ? "/#" : "/fuzz"), random);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int spoiltFrom = random.nextInt(packets.size());
        for (int i = 0; i < packets.size(); i++) {
            byte[] packet = packets.get(i);
            out.writeBytes(i >= spoiltFrom && random.nextInt(3) > 0 ? Corpus.spoil(packet, random) : packet);
        }
        return out.toByteArray();
    }
}
