// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import org.jspecify.annotations.Nullable;

/** Makes TLS settings of an sslProfile section; finds its password. */
final class SslProfileRules {
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
        if (profile.textOrNull("password") != null) {
            return PasswordText.read(profile, "password", surroundings, problems);
        }
        String file = profile.textOrNull("passwordFile");
        return file == null ? null : PasswordText.fromFile(profile, "passwordFile", file, surroundings, problems);
    }
}
