// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.client;

import io.linkspan.management.json.JsonException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A foreign client in a process of its own: {@link #tell} writes a command, {@link #await} takes the first event that
 * fits out of those that came. The commands and events are described in tests/interop/README.md.
 *
 * <p>One thread tells and awaits; two more read the process's output. A {@code failed} event makes every wait fail.
 */
public final class ClientProcess implements AutoCloseable {

    /** How long an event may take before a wait for it fails. */
    public static final Duration LIMIT = Duration.ofSeconds(30);

    /** Lines of standard error kept for the report of a failure. */
    private static final int ERROR_LINES = 50;

    private final ClientProgram program;
    private final Process process;
    private final BufferedWriter commands;
    private final List<ClientEvent> events = new ArrayList<>();
    private final List<String> story = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();
    private boolean ended;

    private ClientProcess(ClientProgram program, Process process) {
        this.program = program;
        this.process = process;
        commands = new BufferedWriter(new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8));
        read(process.getInputStream(), "events", this::event);
        read(process.getErrorStream(), "errors", this::error);
    }

    /** Starts a program. It is ready for commands at once; they wait until it reads them. */
    public static ClientProcess start(ClientProgram program) {
        try {
            return new ClientProcess(program, new ProcessBuilder(program.command()).start());
        } catch (IOException e) {
            throw new UncheckedIOException("client " + program + " does not start", e);
        }
    }

    private interface Line {
        void accept(String line);
    }

    private void read(InputStream in, String what, Line line) {
        Thread thread = new Thread(
                () -> {
                    try (BufferedReader reader =
                            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
                        String next;
                        while ((next = reader.readLine()) != null) {
                            line.accept(next);
                        }
                    } catch (IOException e) {
                        error("reading " + what + " failed: " + e);
                    }
                    if (what.equals("events")) {
                        end();
                    }
                },
                program + "-" + what);
        thread.setDaemon(true);
        thread.start();
    }

    private synchronized void event(String line) {
        story.add("> " + line);
        try {
            events.add(ClientEvent.parse(line));
        } catch (JsonException e) {
            events.add(new ClientEvent(Map.of("event", "failed", "command", "output", "error", line)));
        }
        notifyAll();
    }

    private synchronized void error(String line) {
        if (errors.size() == ERROR_LINES) {
            errors.remove(0);
        }
        errors.add(line);
    }

    private synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** Which client this is. */
    public ClientProgram program() {
        return program;
    }

    /** Tells the client to do something. */
    public void tell(String format, Object... arguments) {
        String line = arguments.length == 0 ? format : String.format(Locale.ROOT, format, arguments);
        try {
            synchronized (this) {
                story.add("< " + line);
            }
            commands.write(line);
            commands.newLine();
            commands.flush();
        } catch (IOException e) {
            throw new IllegalStateException(report("cannot tell " + line), e);
        }
    }

    /**
     * Waits for the first event of a name that has the given members, and takes it out of those that came.
     *
     * @param pairs key and value, key and value, ...
     * @throws IllegalStateException with the whole story when it does not come within {@link #LIMIT}, when the client
     *     fails at something, or when it ends
     */
    public ClientEvent await(String name, Object... pairs) {
        return await(LIMIT, name, pairs);
    }

    /** The same with a limit of its own, for what takes long by nature. */
    public synchronized ClientEvent await(Duration limit, String name, Object... pairs) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            ClientEvent found = take(name, pairs);
            if (found != null) {
                return found;
            }
            ClientEvent failed = take("failed");
            long leftMs = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (failed != null || ended || leftMs <= 0) {
                throw new IllegalStateException(report("no event " + name + " with " + Arrays.toString(pairs)));
            }
            try {
                wait(leftMs);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(report("interrupted"), e);
            }
        }
    }

    /** Waits for that many events of a name with the given members and answers them in the order they came. */
    public List<ClientEvent> await(int count, String name, Object... pairs) {
        List<ClientEvent> found = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            found.add(await(name, pairs));
        }
        return found;
    }

    private @Nullable ClientEvent take(String name, Object... pairs) {
        for (Iterator<ClientEvent> each = events.iterator(); each.hasNext(); ) {
            ClientEvent event = each.next();
            if (event.name().equals(name) && event.has(pairs)) {
                each.remove();
                return event;
            }
        }
        return null;
    }

    /** The events of a name that came and were not awaited yet. */
    public synchronized List<ClientEvent> left(String name, Object... pairs) {
        return events.stream()
                .filter(event -> event.name().equals(name) && event.has(pairs))
                .toList();
    }

    /** Forgets what was told and heard: a new test begins. */
    public synchronized void forget() {
        events.clear();
        story.clear();
        errors.clear();
    }

    private synchronized String report(String problem) {
        return problem + "; " + program + (ended ? " has ended" : "") + "\n" + String.join("\n", story) + "\n"
                + String.join("\n", errors);
    }

    /** Tells whether the process runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Tells the program to quit and kills it when it does not. */
    @Override
    public void close() {
        try {
            if (process.isAlive()) {
                commands.write("quit\n");
                commands.close();
            }
        } catch (IOException e) {
            error("quit was not read: " + e);
        }
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
