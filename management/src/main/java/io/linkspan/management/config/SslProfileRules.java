// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes TLS settings of an sslProfile section; finds its password. */
final class SslProfileRules {
    /** Most characters of a password that is read from a file; more are cut off. */
    static final int MAX_PASSWORD_CHARS = 199;

    private SslProfileRules() {}

    static SslProfileSettings read(ConfiguredEntity profile, Surroundings surroundings, Problems problems) {
        return new SslProfileSettings(
                profile.name(),
                profile.textOrNull("certFile"),
                profile.textOrNull("privateKeyFile"),
                password(profile, surroundings, problems),
                profile.textOrNull("caCertFile"),
                profile.textOrNull("ciphers"),
                profile.textOrNull("protocols"));
    }

    private static @Nullable Secret password(ConfiguredEntity profile, Surroundings surroundings, Problems problems) {
        String text = profile.textOrNull("password");
        if (text == null) {
            String file = profile.textOrNull("passwordFile");
            return file == null ? null : fromFile(profile, "passwordFile", file, surroundings, problems);
        }
        if (text.startsWith("env:")) {
            Optional<String> value = surroundings.variable(text.substring(4).stripLeading());
            if (value.isEmpty()) {
                problems.about(
                        profile,
                        "password",
                        Severity.FATAL,
                        "Not found: Failed to find a password in the environment variable",
                        "a variable that is set");
            }
            return value.map(Secret::new).orElse(null);
        }
        if (text.startsWith("file:")) {
            return fromFile(profile, "password", text.substring(5).stripLeading(), surroundings, problems);
        }
        problems.about(
                profile,
                "password",
                Severity.WARNING,
                "It is unsafe to provide plain text passwords in the config file",
                "env:VARIABLE or file:PATH");
        if (text.startsWith("pass:")) {
            return new Secret(text.substring(5));
        }
        return new Secret(text.startsWith("literal:") ? text.substring(8) : text);
    }

    private static @Nullable Secret fromFile(
            ConfiguredEntity profile, String attribute, String path, Surroundings surroundings, Problems problems) {
        Optional<String> line = surroundings.firstLine(path);
        if (line.isEmpty()) {
            problems.about(
                    profile,
                    attribute,
                    Severity.ERROR,
                    "password file '" + path + "' cannot be read",
                    "a file with a line");
            return null;
        }
        String password = line.get();
        return new Secret(password.substring(0, Math.min(password.length(), MAX_PASSWORD_CHARS)));
    }
}
