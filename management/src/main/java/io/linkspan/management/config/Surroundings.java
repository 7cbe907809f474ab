// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a configuration asks of the machine: environment, password files, names of ports.
 *
 * <p>Asked while the file is read, before any loop runs; {@link #ofSystem()} blocks on files.
 */
public interface Surroundings {
    /** Value of an environment variable; empty if it is not set. */
    Optional<String> variable(String name);

    /** First line of a file without its line end; empty if the file cannot be read. */
    Optional<String> firstLine(String path);

    /** Port of a TCP service, as /etc/services has it; empty if it is not known. */
    OptionalInt servicePort(String name);

    /** The machine this process runs on. */
    static Surroundings ofSystem() {
        return new Surroundings() {
            @Override
            public Optional<String> variable(String name) {
                return Optional.ofNullable(System.getenv(name));
            }

            @Override
            public Optional<String> firstLine(String path) {
                try (BufferedReader reader = Files.newBufferedReader(Path.of(path), StandardCharsets.UTF_8)) {
                    return Optional.ofNullable(reader.readLine());
                } catch (IOException | InvalidPathException e) {
                    return Optional.empty();
                }
            }

            @Override
            public OptionalInt servicePort(String name) {
                try {
                    return Ports.inServices(
                            name, Files.readAllLines(Path.of("/etc/services"), StandardCharsets.ISO_8859_1));
                } catch (IOException e) {
                    return OptionalInt.empty();
                }
            }
        };
    }

    /** Surroundings with this environment and nothing else; for reading a file without looking at the machine. */
    static Surroundings of(Map<String, String> environment) {
        return new Surroundings() {
            @Override
            public Optional<String> variable(String name) {
                return Optional.ofNullable(environment.get(name));
            }

            @Override
            public Optional<String> firstLine(String path) {
                return Optional.empty();
            }

            @Override
            public OptionalInt servicePort(String name) {
                return OptionalInt.empty();
            }
        };
    }
}
