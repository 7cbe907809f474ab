// SPDX-License-Identifier: Apache-2.0
package io.linkspan.interop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A client program that does what the lines of its standard input say and tells what happens as JSON lines on its
 * standard output. The commands and events are described in tests/interop/README.md.
 *
 * <p>Commands run one after the other on the main thread; {@link #later} takes what may block off it. Events may be
 * emitted on any thread.
 */
public abstract class Peer {

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    private final Map<String, ExecutorService> lanes = new ConcurrentHashMap<>();

    /** Work that may fail. */
    @FunctionalInterface
    public interface Work {
        /** Does it. */
        void run() throws Exception;
    }

    /** Does what one line says. */
    protected abstract void execute(Command command) throws Exception;

    /** Reads commands until {@code quit} or the end of the input, then ends the process. */
    protected final void run() throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String line;
        while ((line = in.readLine()) != null && !line.equals("quit")) {
            if (!line.isBlank()) {
                Command command = Command.parse(line);
                guard(command.name(), () -> execute(command));
            }
        }
        System.exit(0);
    }

    /** Runs work on the thread that belongs to a link, behind what was put there before. */
    protected final void later(String link, Work work) {
        lanes.computeIfAbsent(
                        link,
                        name -> Executors.newSingleThreadExecutor(task -> {
                            Thread thread = new Thread(task, "link-" + name);
                            thread.setDaemon(true);
                            return thread;
                        }))
                .execute(() -> guard(link, work));
    }

    /** Forgets the threads of the links; work that still waits in them is interrupted. */
    protected final void endLanes() {
        lanes.values().forEach(ExecutorService::shutdownNow);
        lanes.clear();
    }

    /** Runs work and makes an event of its failure. */
    protected final void guard(String what, Work work) {
        try {
            work.run();
        } catch (Exception | LinkageError e) {
            emit("failed", "command", what, "error", String.valueOf(e));
        }
    }

    /** Writes one event; pairs of key and value, where a null value means that the key is left out. */
    protected final void emit(String event, Object... pairs) {
        emit(event(event, pairs));
    }

    /** An event as a map; pairs of key and value, where a null value means that the key is left out. */
    public static Map<String, Object> event(String event, Object... pairs) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("event", event);
        for (int i = 0; i < pairs.length; i += 2) {
            if (pairs[i + 1] != null) {
                members.put((String) pairs[i], pairs[i + 1]);
            }
        }
        return members;
    }

    /** Writes one event. */
    protected final void emit(Map<String, Object> members) {
        String line = Json.write(members);
        synchronized (out) {
            out.println(line);
        }
    }
}
