// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * An Apache Artemis broker in a process of its own, with its own class path (tests/bench/artemis, built by
 * scripts/lib/interop.sh). It ends with this process, whatever happens.
 */
public final class ArtemisBroker implements AutoCloseable {

    /** How long a start may take before it counts as failed. */
    public static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final Process process;
    private final List<String> output = new ArrayList<>();
    private final CountDownLatch listening = new CountDownLatch(1);

    private ArtemisBroker(Process process) {
        this.process = process;
        Thread drain = new Thread(this::readOutput, "artemis-output");
        drain.setDaemon(true);
        drain.start();
    }

    /** A port of 127.0.0.1 that nobody listens on. */
    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Starts a broker and waits until it listens.
     *
     * @param port for AMQP, on 127.0.0.1
     * @param directory for its files
     * @param options see the launcher
     */
    public static ArtemisBroker start(int port, Path directory, String... options) {
        Path home = home();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                home.resolve("artemis.jar") + ":" + home.resolve("lib") + "/*",
                "io.linkspan.bench.ArtemisLauncher",
                String.valueOf(port),
                "-",
                directory.toString(),
                "--until-input-ends"));
        command.addAll(List.of(options));
        try {
            ArtemisBroker broker = new ArtemisBroker(
                    new ProcessBuilder(command).redirectErrorStream(true).start());
            if (!broker.awaitListening()) {
                broker.close();
                throw new IllegalStateException("the broker did not start:\n" + broker.text());
            }
            return broker;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path home() {
        for (String candidate : List.of("target/bench/artemis", "../target/bench/artemis")) {
            Path path = Path.of(candidate);
            if (Files.exists(path.resolve("artemis.jar"))) {
                return path.toAbsolutePath();
            }
        }
        throw new IllegalStateException(
                "Artemis is not there (target/bench/artemis); scripts/lib/interop.sh builds it");
    }

    private boolean awaitListening() {
        try {
            return listening.await(START_LIMIT.toSeconds(), TimeUnit.SECONDS) && process.isAlive();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void readOutput() {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line;
            while ((line = reader.readLine()) != null) {
                synchronized (output) {
                    output.add(line);
                }
                if (line.startsWith("Listening on")) {
                    listening.countDown();
                }
            }
        } catch (IOException e) {
            synchronized (output) {
                output.add("reading the broker's output failed: " + e);
            }
        }
        listening.countDown();
    }

    /** What it has written so far. */
    public String text() {
        synchronized (output) {
            return String.join("\n", output);
        }
    }

    /** Kills it, as a crash does, and waits for its end. */
    public void kill() {
        process.destroyForcibly();
        await();
    }

    private void await() {
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the broker's process " + process.pid() + " does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the broker ended", e);
        }
    }

    @Override
    public void close() {
        kill();
    }
}
