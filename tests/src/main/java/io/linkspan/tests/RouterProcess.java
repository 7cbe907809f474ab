// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A router in a process of its own, started from the class path of this JVM, for tests that need its exit status, its
 * own memory limits or its log.
 *
 * <p>Listeners are given port 0 and a name in the configuration; {@link #port(String)} tells what they were bound to.
 * Closing ends the process with SIGTERM and waits for it. Safe for use by several threads.
 */
public final class RouterProcess implements AutoCloseable {

    /** How long a start may take before it counts as failed. */
    public static final Duration START_LIMIT = Duration.ofSeconds(60);

    private static final int METRICS_LIMIT_MS = 10_000;
    private static final Pattern LISTENING = Pattern.compile("Listening on .*:(\\d+) \\(([^)]+)\\)");
    private static final Pattern OPERATIONAL = Pattern.compile("Operational, \\d+ Threads? Running");

    private final Process process;
    private final Map<String, Integer> ports = new ConcurrentHashMap<>();
    private final List<String> output = new ArrayList<>();
    private final CountDownLatch operational = new CountDownLatch(1);
    private final Thread drain;

    private RouterProcess(Process process) {
        this.process = process;
        drain = new Thread(this::readOutput, "router-output");
        drain.setDaemon(true);
        drain.start();
    }

    /**
     * Starts a router and waits until it says that it is operational.
     *
     * @param configuration text of a qdrouterd.conf
     * @param jvmFlags flags of its JVM, for example {@code -Xmx64m}
     * @throws IllegalStateException with the router's output when it ends or stays silent instead
     */
    public static RouterProcess start(String configuration, List<String> jvmFlags) {
        try {
            Path file = Files.createTempFile("linkspan", ".conf");
            Files.writeString(file, configuration);
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.add("-ea");
            command.add("-Dio.netty.noUnsafe=false");
            if (Runtime.version().feature() >= 24) {
                command.add("--sun-misc-unsafe-memory-access=allow");
            }
            command.addAll(jvmFlags);
            command.addAll(
                    List.of("-cp", System.getProperty("java.class.path"), "io.linkspan.server.Main", "router", "-c"));
            command.add(file.toString());
            RouterProcess router = new RouterProcess(
                    new ProcessBuilder(command).redirectErrorStream(true).start());
            if (!router.awaitOperational()) {
                router.close();
                throw new IllegalStateException("the router did not start:\n" + String.join("\n", router.output()));
            }
            Files.deleteIfExists(file);
            return router;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean awaitOperational() {
        try {
            return operational.await(START_LIMIT.toSeconds(), TimeUnit.SECONDS) && process.isAlive();
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
                Matcher listening = LISTENING.matcher(line);
                if (listening.find()) {
                    ports.put(listening.group(2), Integer.parseInt(listening.group(1)));
                }
                synchronized (output) {
                    output.add(line);
                }
                if (OPERATIONAL.matcher(line).find()) {
                    operational.countDown();
                }
            }
        } catch (IOException e) {
            synchronized (output) {
                output.add("reading the router's output failed: " + e);
            }
        }
        operational.countDown();
    }

    /** The port that the named listener was bound to. */
    public int port(String listener) {
        Integer port = ports.get(listener);
        if (port == null) {
            throw new IllegalStateException("no listener " + listener + " among " + ports.keySet());
        }
        return port;
    }

    /** The process id. */
    public long pid() {
        return process.pid();
    }

    /**
     * The answer of a diagnostic command of its JVM, such as {@code GC.class_histogram}.
     *
     * @throws IOException with what it says when it fails
     */
    public String jcmd(String... command) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), String.valueOf(pid())));
        words.addAll(List.of(command));
        Process jcmd = new ProcessBuilder(words).redirectErrorStream(true).start();
        String text = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (jcmd.waitFor() != 0) {
            throw new IOException("jcmd " + words + " failed:\n" + text);
        }
        return text;
    }

    /**
     * Metrics by their names, read at a listener that speaks HTTP.
     *
     * @throws IOException when one of them is not there
     */
    public Map<String, Long> metrics(String listener, List<String> names) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port(listener))) {
            socket.setSoTimeout(METRICS_LIMIT_MS);
            socket.getOutputStream()
                    .write("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            Map<String, Long> found = new TreeMap<>();
            for (String name : names) {
                Matcher metric = Pattern.compile("(?m)^" + name + "(?:\\{[^}]*})? (\\d+)")
                        .matcher(answer);
                if (!metric.find()) {
                    throw new IOException("no " + name + " in:\n" + answer);
                }
                found.put(name, Long.parseLong(metric.group(1)));
            }
            return found;
        }
    }

    /** Tells whether the process still runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** All lines that the router has written so far, standard error included. */
    public List<String> output() {
        synchronized (output) {
            return List.copyOf(output);
        }
    }

    /**
     * Sends SIGTERM and waits for the end.
     *
     * @return the exit status
     * @throws IllegalStateException when the router does not stop within 30 seconds; it is killed then
     */
    public int terminate() {
        // Process.destroy would close the pipe that the router still writes its last lines to.
        process.toHandle().destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("the router ignored SIGTERM:\n" + String.join("\n", output()));
            }
            drain.join(TimeUnit.SECONDS.toMillis(5));
            return process.exitValue();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the router stopped", e);
        }
    }

    /** Ends the process with SIGKILL and waits until it is gone. */
    public void kill() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            terminate();
        }
    }
}
