// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A command-line tool in a process of its own, such as {@code mosquitto_sub}: what it prints, line by line, and its exit
 * status. Standard error is part of what it prints.
 */
public final class ToolProcess implements AutoCloseable {

    private final List<String> command;
    private final Process process;
    private final List<String> lines = new ArrayList<>();
    private int taken;
    private boolean ended;

    private ToolProcess(List<String> command, Process process) {
        this.command = command;
        this.process = process;
        Thread reader = new Thread(this::read, command.get(0));
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts a tool whose lines are seen as it prints them; a tool that is not installed ends with status 127. */
    public static ToolProcess start(String... command) {
        List<String> unbuffered = new ArrayList<>(List.of("stdbuf", "-oL"));
        unbuffered.addAll(List.of(command));
        try {
            return new ToolProcess(
                    List.of(command),
                    new ProcessBuilder(unbuffered).redirectErrorStream(true).start());
        } catch (IOException e) {
            throw new UncheckedIOException("stdbuf does not start; it belongs to the GNU core utilities", e);
        }
    }

    private void read() {
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line;
            while ((line = reader.readLine()) != null) {
                add(line);
            }
        } catch (IOException e) {
            add("reading failed: " + e);
        }
        synchronized (this) {
            ended = true;
            notifyAll();
        }
    }

    private synchronized void add(String line) {
        lines.add(line);
        notifyAll();
    }

    /** The next line that is wanted; lines before it are passed over. */
    public synchronized String await(Predicate<String> wanted) {
        long deadline = System.nanoTime() + ClientProcess.LIMIT.toNanos();
        while (true) {
            String found = next(wanted);
            if (found != null) {
                return found;
            }
            long leftMs = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (ended || leftMs <= 0) {
                throw new IllegalStateException("the line did not come from " + command + ":\n" + text());
            }
            try {
                wait(leftMs);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }
    }

    private @Nullable String next(Predicate<String> wanted) {
        while (taken < lines.size()) {
            String line = lines.get(taken++);
            if (wanted.test(line)) {
                return line;
            }
        }
        return null;
    }

    /** All that was printed so far. */
    public synchronized String text() {
        return String.join("\n", lines);
    }

    /** Tells whether the tool still runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for the end and answers the exit status. */
    public int exitStatus() {
        try {
            if (!process.waitFor(ClientProcess.LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException(command + " does not end:\n" + text());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        exitStatus();
    }
}
