// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The forms a password may have in a file: {@code env:VARIABLE}, {@code file:PATH}, {@code pass:TEXT}, {@code
 * literal:TEXT} or plain text.
 */
final class PasswordText {
    /** Most characters of a password that is read from a file; more are cut off. */
    static final int MAX_CHARS = 199;

    private PasswordText() {}

    /** The password an attribute stands for; null when it is not given, or not to be found, which is told. */
    static @Nullable Secret read(
            ConfiguredEntity entity, String attribute, Surroundings surroundings, Problems problems) {
        String text = entity.textOrNull(attribute);
        if (text == null) {
            return null;
        }
        if (text.startsWith("env:")) {
            Optional<String> value = surroundings.variable(text.substring(4).stripLeading());
            if (value.isEmpty()) {
                problems.about(
                        entity,
                        attribute,
                        Severity.FATAL,
                        "Not found: Failed to find a password in the environment variable",
                        "a variable that is set");
            }
            return value.map(Secret::new).orElse(null);
        }
        if (text.startsWith("file:")) {
            return fromFile(entity, attribute, text.substring(5).stripLeading(), surroundings, problems);
        }
        problems.about(
                entity,
                attribute,
                Severity.WARNING,
                "It is unsafe to provide plain text passwords in the config file",
                "env:VARIABLE or file:PATH");
        if (text.startsWith("pass:")) {
            return new Secret(text.substring(5));
        }
        return new Secret(text.startsWith("literal:") ? text.substring(8) : text);
    }

    /** The first line of a file; null when it cannot be read, which is told. */
    static @Nullable Secret fromFile(
            ConfiguredEntity entity, String attribute, String path, Surroundings surroundings, Problems problems) {
        Optional<String> line = surroundings.firstLine(path);
        if (line.isEmpty()) {
            problems.about(
                    entity,
                    attribute,
                    Severity.ERROR,
                    "password file '" + path + "' cannot be read",
                    "a file with a line");
            return null;
        }
        String password = line.get();
        return new Secret(password.substring(0, Math.min(password.length(), MAX_CHARS)));
    }
}
