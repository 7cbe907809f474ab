// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import io.linkspan.management.cli.BusOptions;
import io.linkspan.management.cli.ToolFailure;
import io.linkspan.server.tls.PrivateKeyFile;
import io.linkspan.server.tls.TlsException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Gives a client's socket the TLS that the user's options ask for. */
final class TlsSettings {
    private TlsSettings() {}

    /**
     * Switches TLS on, if it is asked for.
     *
     * @throws ToolFailure if a file cannot be read or a key needs another password
     */
    static void apply(BusOptions bus, NetClientOptions options) {
        if (!bus.secure()) {
            return;
        }
        options.setSsl(true).setHostnameVerificationAlgorithm(bus.peerNameVerified() ? "HTTPS" : "");
        if (bus.trustFile() != null) {
            options.setTrustOptions(new PemTrustOptions().addCertValue(read(bus.trustFile())));
        }
        if (bus.certificate() != null) {
            Path keyFile = bus.key() == null ? bus.certificate() : bus.key();
            options.setKeyCertOptions(new PemKeyCertOptions()
                    .addCertValue(read(bus.certificate()))
                    .addKeyValue(plainKey(keyFile, bus.keyPassword())));
        }
    }

    private static Buffer read(Path file) {
        try {
            return Buffer.buffer(Files.readAllBytes(file));
        } catch (IOException e) {
            throw unreadable(file, e.getMessage(), e);
        }
    }

    /** The key of a file in the one form that Vert.x reads: PKCS #8 without a password. */
    private static Buffer plainKey(Path file, @Nullable String password) {
        try {
            PrivateKey key = PrivateKeyFile.read(file.toString(), password);
            String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded());
            return Buffer.buffer("-----BEGIN PRIVATE KEY-----\n" + body + "\n-----END PRIVATE KEY-----\n");
        } catch (TlsException e) {
            throw new ToolFailure("SSLException", String.valueOf(e.getMessage()), e);
        }
    }

    private static ToolFailure unreadable(Path file, @Nullable String why, IOException cause) {
        return new ToolFailure("SSLException", "cannot read '" + file + "': " + why, cause);
    }
}
