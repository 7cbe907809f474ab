// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.log;

import io.linkspan.management.config.LogLevel;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A place where lines go. Each line is written at once, and lines of several threads do not mix. May be used from any
 * thread.
 */
abstract class LogOutput {
    /**
     * Writes a line, which has no end of line yet.
     *
     * @return false if this output is closed: the module has another by now
     * @throws IOException if the line cannot be written
     */
    abstract boolean write(LogLevel level, StringBuilder line) throws IOException;

    /** Opens the place anew, so that a file that was moved away is left alone from now on. */
    void reopen() throws IOException {}

    /** Lets go of the place. Standard streams stay. */
    void close() throws IOException {}

    /** Standard error or standard output, which outlives the log. */
    static LogOutput stream(OutputStream stream) {
        return new LogOutput() {
            @Override
            synchronized boolean write(LogLevel level, StringBuilder line) throws IOException {
                writeTo(stream, line);
                return true;
            }
        };
    }

    /** Opens a file for appending, relative to the working directory. */
    static LogOutput file(String name) throws IOException {
        return new FileLines(name);
    }

    private static void writeTo(OutputStream stream, StringBuilder line) throws IOException {
        stream.write(line.append('\n').toString().getBytes(StandardCharsets.UTF_8));
        stream.flush();
    }

    private static final class FileLines extends LogOutput {
        private final String name;
        private FileOutputStream stream;
        private boolean closed;

        FileLines(String name) throws IOException {
            this.name = name;
            this.stream = new FileOutputStream(name, true);
        }

        @Override
        synchronized boolean write(LogLevel level, StringBuilder line) throws IOException {
            if (!closed) {
                writeTo(stream, line);
            }
            return !closed;
        }

        @Override
        synchronized void reopen() throws IOException {
            FileOutputStream before = stream;
            stream = new FileOutputStream(name, true);
            before.close();
        }

        @Override
        synchronized void close() throws IOException {
            closed = true;
            stream.close();
        }
    }
}
