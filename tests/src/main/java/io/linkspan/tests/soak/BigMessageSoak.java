// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.soak;

import io.linkspan.tests.RouterProcess;
import io.linkspan.tests.client.ClientEvent;
import io.linkspan.tests.client.ClientProcess;
import io.linkspan.tests.client.ClientProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * Messages of 1 GiB, one after the other, through a router with far less memory, from a streaming sender to a slower
 * streaming receiver (STR-01..03). The promises: each arrives with the hash it was sent with, is accepted, and the router
 * neither ends nor runs out of memory. At least one message passes however short the run.
 */
final class BigMessageSoak implements Soak.Run {

    /** What the router may use: a message is larger than heap and direct memory together. */
    private static final List<String> LIMITS = List.of("-Xmx64m", "-XX:MaxDirectMemorySize=32m");

    private static final int GIB = 1 << 30;
    private static final int RECEIVER_BYTES_PER_SECOND = 64 << 20;
    private static final String CONFIGURATION = """
            router {
                mode: standalone
                id: streaming
            }
            listener {
                name: any
                host: 127.0.0.1
                port: 0
                authenticatePeer: no
            }
            """;

    @Override
    public String run(long seed, Duration duration) throws Exception {
        long end = System.nanoTime() + duration.toNanos();
        int messages = 0;
        try (Passage passage = new Passage()) {
            do {
                passage.pass(GIB, RECEIVER_BYTES_PER_SECOND, (int) seed + messages);
                messages++;
            } while (System.nanoTime() < end);
            return passage.finish() + ", messages of 1 GiB: " + messages;
        }
    }

    /** A router under these limits with a sender and a receiver. */
    static final class Passage implements AutoCloseable {
        private final RouterProcess router = RouterProcess.start(CONFIGURATION, LIMITS);
        private final ClientProcess sender = ClientProcess.start(ClientProgram.PROTONJ2);
        private final ClientProcess receiver = ClientProcess.start(ClientProgram.PROTONJ2);
        private int messages;

        Passage() {
            for (ClientProcess client : List.of(sender, receiver)) {
                client.tell("connect amqp://127.0.0.1:" + router.port("any"));
                client.await("open");
            }
        }

        /** Sends one message of random bytes to a receiver that takes no more than a rate. */
        void pass(int bytes, int bytesPerSecond, int seed) throws Soak.BrokenPromise {
            // What the receiver takes at its rate, three times over, and a minute for a busy machine.
            Duration limit = Duration.ofSeconds(60 + 3L * bytes / bytesPerSecond);
            String address = "big." + messages++;
            receiver.tell("stream-receiver %s %s --rate=%d", address, address, bytesPerSecond);
            receiver.await("attached", "link", address);
            sender.tell("stream-send %s %s %d --seed=%d", address, address, bytes, seed);
            ClientEvent received = receiver.await(limit, "stream", "link", address);
            ClientEvent sent = sender.await(limit, "streamed", "link", address);
            check(received.number("length") == bytes, received + " is not " + bytes + " bytes long");
            check(
                    Objects.equals(sent.get("sha256"), received.get("sha256")),
                    "sent " + sent + ", received " + received);
            ClientEvent outcome = sender.await("outcome", "link", address);
            check(outcome.text("state").equals("accepted"), outcome + " instead of accepted");
        }

        /** Ends the connections and the router, and answers what the router used at most. */
        String finish() throws Soak.BrokenPromise, IOException {
            for (ClientProcess client : List.of(sender, receiver)) {
                client.tell("close");
                client.await("closed");
            }
            String peak = Files.readAllLines(Path.of("/proc/" + router.pid() + "/status")).stream()
                    .filter(line -> line.startsWith("VmHWM"))
                    .map(line -> line.replaceAll("\\s+", " "))
                    .findFirst()
                    .orElseThrow();
            int status = router.terminate();
            check(status == 0, "the router ended with status " + status);
            check(
                    router.output().stream().noneMatch(line -> line.contains("OutOfMemory")),
                    "the router ran out of memory");
            return "router " + String.join(" ", LIMITS) + ", resident at most (" + peak + ")";
        }

        private void check(boolean kept, String problem) throws Soak.BrokenPromise {
            if (!kept) {
                throw new Soak.BrokenPromise(problem + "\n" + String.join("\n", router.output()));
            }
        }

        @Override
        public void close() {
            sender.close();
            receiver.close();
            router.close();
        }
    }
}
