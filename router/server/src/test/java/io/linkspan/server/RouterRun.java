// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The router in a process of its own, as a shell sees it: options, output, signals, exit status. */
final class RouterRun implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern LISTENING = Pattern.compile("Listening on .*:(\\d+)( \\(\\w+\\))?");

    private final Process process;
    private final List<String> out = new ArrayList<>();
    private final List<String> err = new ArrayList<>();
    private final List<Thread> readers;

    private RouterRun(Process process) {
        this.process = process;
        readers = List.of(reader(process.getInputStream(), out), reader(process.getErrorStream(), err));
        readers.forEach(Thread::start);
    }

    static RouterRun start(Map<String, String> environment, List<String> jvmFlags, String... options) {
        // A shell's background jobs ignore SIGINT, and so would a router that a build started there starts.
        return start(environment, List.of("env", "--default-signal=INT"), jvmFlags, options);
    }

    /** By the shell that takes signals for it, with SIGINT and SIGQUIT ignored at first as in the background of a script. */
    static RouterRun attended(String... options) {
        String attend = Path.of("../../scripts/lib/attend.sh").toAbsolutePath().toString();
        return start(
                Map.of(),
                List.of("env", "--ignore-signal=INT,QUIT", "/bin/sh", attend),
                List.of("-Dlinkspan.attend=" + attend),
                options);
    }

    private static RouterRun start(
            Map<String, String> environment, List<String> before, List<String> jvmFlags, String... options) {
        List<String> command = new ArrayList<>(before);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dlinkspan.program=qdrouterd"));
        command.addAll(jvmFlags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.linkspan.server.Main", "router"));
        command.addAll(Arrays.asList(options));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        try {
            return new RouterRun(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static RouterRun start(String... options) {
        return start(Map.of(), List.of(), options);
    }

    private static Thread reader(InputStream stream, List<String> lines) {
        Thread thread = new Thread(() -> {
            try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    synchronized (lines) {
                        lines.add(line);
                    }
                }
            } catch (IOException e) {
                synchronized (lines) {
                    lines.add("<" + e + ">");
                }
            }
        });
        thread.setDaemon(true);
        return thread;
    }

    private static String text(List<String> lines) {
        synchronized (lines) {
            return String.join("\n", lines);
        }
    }

    String out() {
        return text(out);
    }

    String err() {
        return text(err);
    }

    /** Waits until standard error has this text. */
    RouterRun says(String text) {
        await("'" + text + "' in the log").atMost(LIMIT).until(() -> err().contains(text) || !process.isAlive());
        if (!err().contains(text)) {
            throw new AssertionError("ended without saying '" + text + "':\n" + err());
        }
        return this;
    }

    RouterRun operational() {
        return says("Operational, ");
    }

    /** The port of its first listener. */
    int port() {
        Matcher listening = LISTENING.matcher(err());
        if (!listening.find()) {
            throw new AssertionError("it does not listen:\n" + err());
        }
        return Integer.parseInt(listening.group(1));
    }

    RouterRun signal(String name) {
        signal(name, process.pid());
        return this;
    }

    static void signal(String name, long pid) {
        try {
            int status = new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new AssertionError("kill -" + name + " " + pid + " failed");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Waits for the end; a process that a signal ended has 128 and the signal's number. */
    int exitStatus() {
        try {
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("it does not end:\n" + err());
            }
            for (Thread reader : readers) {
                reader.join(LIMIT.toMillis());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
