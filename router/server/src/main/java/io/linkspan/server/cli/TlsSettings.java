// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import io.linkspan.management.cli.BusOptions;
import io.linkspan.management.cli.ToolFailure;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.util.Base64;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMDecryptorProviderBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
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
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.US_ASCII);
                PEMParser parser = new PEMParser(reader)) {
            Object found = parser.readObject();
            while (found != null) {
                PrivateKeyInfo key = privateKey(found, file, password);
                if (key != null) {
                    PrivateKey plain = new JcaPEMKeyConverter().getPrivateKey(key);
                    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(plain.getEncoded());
                    return Buffer.buffer("-----BEGIN PRIVATE KEY-----\n" + body + "\n-----END PRIVATE KEY-----\n");
                }
                found = parser.readObject();
            }
            throw new ToolFailure("SSLException", "no private key in '" + file + "'");
        } catch (PEMException | PKCSException | OperatorCreationException e) {
            throw new ToolFailure(
                    "SSLException", "the private key in '" + file + "' does not open: " + e.getMessage(), e);
        } catch (IOException e) {
            throw unreadable(file, e.getMessage(), e);
        }
    }

    private static @Nullable PrivateKeyInfo privateKey(Object pem, Path file, @Nullable String password)
            throws IOException, PKCSException, OperatorCreationException {
        if (pem instanceof PrivateKeyInfo key) {
            return key;
        }
        if (pem instanceof PEMKeyPair pair) {
            return pair.getPrivateKeyInfo();
        }
        boolean oldForm = pem instanceof PEMEncryptedKeyPair;
        if (!oldForm && !(pem instanceof PKCS8EncryptedPrivateKeyInfo)) {
            return null;
        }
        if (password == null) {
            throw new ToolFailure(
                    "SSLException", "the private key in '" + file + "' needs --ssl-password or --ssl-password-file");
        }
        if (pem instanceof PEMEncryptedKeyPair pair) {
            return pair.decryptKeyPair(new JcePEMDecryptorProviderBuilder().build(password.toCharArray()))
                    .getPrivateKeyInfo();
        }
        return ((PKCS8EncryptedPrivateKeyInfo) pem)
                .decryptPrivateKeyInfo(new JceOpenSSLPKCS8DecryptorProviderBuilder().build(password.toCharArray()));
    }

    private static ToolFailure unreadable(Path file, @Nullable String why, IOException cause) {
        return new ToolFailure("SSLException", "cannot read '" + file + "': " + why, cause);
    }
}
