// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import java.io.BufferedReader;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The router in the background: {@code -d}, with {@code -P} and {@code -U} (configuration, 4).
 *
 * <p>A JVM cannot fork, so the one in the foreground starts another with the same command line, in a session of its own,
 * with {@code /} as its directory and standard streams to nowhere. What that one has to say of its start it says on
 * descriptor {@value #DESCRIPTOR}, a pipe; the foreground waits for it and ends.
 */
final class Daemon {
    private static final String PROPERTY = "linkspan.daemon";
    /** The shell script that the launcher runs the router by, for SIGQUIT; absent if the JVM was started without it. */
    private static final String ATTEND = "linkspan.attend";

    private static final String READY = "linkspan: ready";
    private static final int DESCRIPTOR = 3;

    /** Runs its arguments in place of itself. */
    private static final String DETACHED =
            "exec " + DESCRIPTOR + ">&1 </dev/null >/dev/null 2>&1; cd /; exec setsid \"$@\"";

    private final String program;
    private final PrintStream err;

    Daemon(String program, PrintStream err) {
        this.program = program;
        this.err = err;
    }

    /** True in the process that is the daemon. */
    static boolean isThis() {
        return Boolean.getBoolean(PROPERTY);
    }

    /** Where the daemon tells what stands in the way of its start. */
    static PrintStream status() throws IOException {
        return new PrintStream(new FileOutputStream("/dev/fd/" + DESCRIPTOR), true, StandardCharsets.UTF_8);
    }

    /** Says that the start has succeeded. */
    static void ready(PrintStream status) {
        status.println(READY);
        status.close();
    }

    /**
     * Starts the daemon and waits until it is operational or has failed.
     *
     * @param options of the command line
     * @return exit status of the foreground
     */
    int start(Map<Character, String> options) {
        try {
            return start(command(options), options.get('P'));
        } catch (IOException e) {
            err.println(program + ": the daemon cannot be started: " + e.getMessage());
            return 1;
        } catch (IllegalArgumentException e) {
            err.println(program + ": " + e.getMessage());
            return 1;
        }
    }

    private int start(List<String> command, @Nullable String pidFile) throws IOException {
        if (pidFile != null) {
            Files.writeString(Path.of(pidFile), ""); // Before there is a daemon that would have to be stopped again.
        }
        Process daemon = new ProcessBuilder(command).start();
        boolean ready = false;
        try (BufferedReader status =
                new BufferedReader(new InputStreamReader(daemon.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = status.readLine(); line != null && !ready; line = ready ? null : status.readLine()) {
                ready = line.equals(READY);
                if (!ready) {
                    err.println(line);
                }
            }
        }
        if (!ready) {
            err.println(program + ": the daemon did not start" + exitStatus(daemon));
            return 1;
        }
        if (pidFile != null) {
            Files.writeString(Path.of(pidFile), daemon.pid() + "\n");
        }
        return 0;
    }

    private static String exitStatus(Process daemon) {
        try {
            return daemon.waitFor(10, TimeUnit.SECONDS) ? ", exit status " + daemon.exitValue() : "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    /** This process's command line as that of the daemon. */
    private static List<String> command(Map<Character, String> options) throws IOException {
        String[] own = Files.readString(Path.of("/proc/self/cmdline"), StandardCharsets.UTF_8)
                .split("\0", -1);
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", DETACHED, "sh"));
        String user = options.get('U');
        if (user != null) {
            checkUser(user);
            command.addAll(List.of("setpriv", "--reuid=" + user));
        }
        String attend = System.getProperty(ATTEND);
        if (attend != null) {
            command.addAll(List.of("/bin/sh", attend));
        }
        command.add(own[0]);
        command.add("-D" + PROPERTY + "=true");
        command.addAll(List.of(own).subList(1, own.length - 1)); // Each word ends with a zero, the last one too.
        int jar = command.indexOf("-jar");
        if (jar > 0) {
            command.set(jar + 1, Path.of(command.get(jar + 1)).toAbsolutePath().toString());
        }
        String file = options.get('c');
        if (file != null) {
            command.addAll(List.of("-c", Path.of(file).toAbsolutePath().toString()));
        }
        return command;
    }

    private static void checkUser(String user) throws IOException {
        try {
            Process id = new ProcessBuilder("id", "-u", "--", user)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (id.waitFor() != 0) {
                throw new IllegalArgumentException("Unknown user '" + user + "'");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while looking the user up", e);
        }
    }
}
