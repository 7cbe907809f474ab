// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.log;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A place where lines go: standard error, standard output, or a file that is appended to. Lines of several threads do
 * not mix; each is written at once.
 */
final class LogOutput {
    private final OutputStream stream;
    private final Runnable broken;

    /**
     * An output over a stream.
     *
     * @param broken called when a line cannot be written
     */
    LogOutput(OutputStream stream, Runnable broken) {
        this.stream = stream;
        this.broken = broken;
    }

    /** Opens a file for appending, relative to the working directory. */
    static LogOutput file(String name, Runnable broken) throws IOException {
        return new LogOutput(new FileOutputStream(name, true), broken);
    }

    synchronized void write(StringBuilder line) {
        try {
            stream.write(line.append('\n').toString().getBytes(StandardCharsets.UTF_8));
            stream.flush();
        } catch (IOException e) {
            broken.run();
        }
    }
}
