// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.config;

import org.jspecify.annotations.Nullable;

/**
 * An sslProfile section. Files are read by the server when it starts.
 *
 * @param name its name
 * @param certFile PEM file of our certificate and its chain; null if there is none
 * @param privateKeyFile PEM file of its key; null if there is none
 * @param password password of the key; null if there is none
 * @param caCertFile PEM file of the authorities trusted for the peer's certificate; null if there is none
 * @param ciphers cipher string in OpenSSL's words; null for the usual ones
 * @param protocols versions of TLS between blanks; null for the usual ones
 */
public record SslProfileSettings(
        String name,
        @Nullable String certFile,
        @Nullable String privateKeyFile,
        @Nullable Secret password,
        @Nullable String caCertFile,
        @Nullable String ciphers,
        @Nullable String protocols) {}
