// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The name of this machine, as the kernel has it; nothing is looked up. */
final class HostName {
    static final String TEXT = read();

    private HostName() {}

    private static String read() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname"), StandardCharsets.ISO_8859_1)
                    .strip();
        } catch (IOException e) {
            String variable = System.getenv("HOSTNAME");
            return variable == null ? "localhost" : variable;
        }
    }
}
