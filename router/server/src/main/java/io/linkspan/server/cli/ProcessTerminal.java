// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import io.linkspan.management.cli.Terminal;
import io.linkspan.management.cli.ToolFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The terminal of this process. */
final class ProcessTerminal {
    private static final String DEFAULT_EDITOR = "vi";

    private ProcessTerminal() {}

    static Terminal of() {
        return new Terminal(
                new LocalClock(), System.in, isInteractive(), ProcessTerminal::pause, ProcessTerminal::edit);
    }

    /** The system's clock; it looks for the system's zone, which takes long, when somebody asks for it. */
    private static final class LocalClock extends Clock {
        @Override
        public ZoneId getZone() {
            return ZoneId.systemDefault();
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return Clock.system(zone);
        }

        @Override
        public Instant instant() {
            return Clock.systemUTC().instant();
        }
    }

    /**
     * True if a person sees the output. Newer JVMs have a console object in any case and a method that tells. NO_COLOR
     * asks for plain output.
     */
    @SuppressWarnings("SystemConsoleNull") // The newer method is asked too, by its name: 17 has none.
    private static boolean isInteractive() {
        if (System.console() == null || System.getenv("NO_COLOR") != null || "dumb".equals(System.getenv("TERM"))) {
            return false;
        }
        try {
            return (Boolean) System.console().getClass().getMethod("isTerminal").invoke(System.console());
        } catch (ReflectiveOperationException e) {
            return true; // Before JDK 22 there is a console object for terminals alone.
        }
    }

    private static boolean pause(Duration time) {
        try {
            return !new CountDownLatch(1).await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static String edit(String text) {
        String editor = System.getenv("VISUAL") != null ? System.getenv("VISUAL") : System.getenv("EDITOR");
        try {
            Path file = Files.createTempFile("linkspan-", ".json");
            try {
                Files.writeString(file, text);
                List<String> command = new ArrayList<>(Arrays.asList(
                        (editor == null || editor.isBlank() ? DEFAULT_EDITOR : editor.strip()).split("\\s+", -1)));
                command.add(file.toString());
                int status = new ProcessBuilder(command).inheritIO().start().waitFor();
                if (status != 0) {
                    throw new ToolFailure("OSError", "the editor '" + command.get(0) + "' ended with status " + status);
                }
                return Files.readString(file, StandardCharsets.UTF_8);
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new ToolFailure("OSError", "the editor cannot be used: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ToolFailure("InterruptedError", "interrupted", e);
        }
    }
}
