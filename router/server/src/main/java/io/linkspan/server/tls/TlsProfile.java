// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.tls;

import io.linkspan.management.config.Secret;
import io.linkspan.management.config.SslProfileSettings;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The files and rules of one sslProfile.
 *
 * @param name its name, for messages
 * @param certFile PEM file of our certificate, followed by its chain
 * @param privateKeyFile PEM file of its key
 * @param password password of the key; null if it is not encrypted
 * @param caCertFile PEM file of the authorities trusted for a client's certificate; null if there is none
 * @param ciphers cipher text in OpenSSL's form; null for the JVM's choice
 * @param protocols versions of TLS between blanks; null for the JVM's choice
 */
public record TlsProfile(
        String name,
        @Nullable String certFile,
        @Nullable String privateKeyFile,
        @Nullable String password,
        @Nullable String caCertFile,
        @Nullable String ciphers,
        @Nullable String protocols) {

    /** The profile of the configuration. */
    public static TlsProfile of(SslProfileSettings settings) {
        Secret password = settings.password();
        return new TlsProfile(
                settings.name(),
                settings.certFile(),
                settings.privateKeyFile(),
                password == null ? null : password.text(),
                settings.caCertFile(),
                settings.ciphers(),
                settings.protocols());
    }

    /** Says nothing of the password. */
    @Override
    public String toString() {
        return "TlsProfile " + name;
    }

    /**
     * What a listener needs.
     *
     * @param context makes the TLS handler of each connection
     * @param notUnderstood words of {@code ciphers} that this JVM has no suite for; worth a warning
     */
    public record Server(SslContext context, List<String> notUnderstood) {}

    /**
     * Reads the files for a listener. Blocks.
     *
     * @param demandClientCertificate whether a client has to show a certificate of {@code caCertFile}
     * @throws TlsException if a file is missing or wrong, or a version is unknown
     */
    public Server forServer(boolean demandClientCertificate) throws TlsException {
        if (certFile == null || privateKeyFile == null) {
            throw new TlsException("sslProfile '" + name + "' has no certificate and key to listen with");
        }
        X509Certificate[] chain = certificates(certFile);
        PrivateKey key = PrivateKeyFile.read(privateKeyFile, password);
        try {
            if (!belongTogether(key, chain[0])) {
                throw new TlsException(
                        "the key in '" + privateKeyFile + "' is not that of the certificate in '" + certFile + "'");
            }
            List<String> supported = Arrays.asList(
                    SSLContext.getDefault().getSupportedSSLParameters().getCipherSuites());
            CipherNames names =
                    ciphers == null ? new CipherNames(List.of(), List.of()) : CipherNames.read(ciphers, supported);
            SslContextBuilder builder = SslContextBuilder.forServer(key, chain).sslProvider(SslProvider.JDK);
            if (!names.suites().isEmpty()) {
                builder.ciphers(names.suites(), IdentityCipherSuiteFilter.INSTANCE);
            }
            if (protocols != null) {
                builder.protocols(versions(protocols));
            }
            if (caCertFile != null) {
                builder.trustManager(certificates(caCertFile));
            }
            if (demandClientCertificate) {
                if (caCertFile == null) {
                    throw new TlsException(
                            "sslProfile '" + name + "' has no caCertFile, which clients' certificates need");
                }
                builder.clientAuth(ClientAuth.REQUIRE);
            }
            return new Server(builder.build(), names.notUnderstood());
        } catch (GeneralSecurityException | SSLException | IllegalArgumentException e) {
            throw new TlsException("sslProfile '" + name + "' cannot be used", e);
        }
    }

    private static boolean belongTogether(PrivateKey key, X509Certificate certificate) throws GeneralSecurityException {
        String keyAlgorithm = key.getAlgorithm();
        if (!keyAlgorithm.equals(certificate.getPublicKey().getAlgorithm())) {
            return false;
        }
        Signature signature = Signature.getInstance(
                switch (keyAlgorithm) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> keyAlgorithm;
                });
        byte[] sample = keyAlgorithm.getBytes(StandardCharsets.US_ASCII);
        signature.initSign(key);
        signature.update(sample);
        byte[] signed = signature.sign();
        signature.initVerify(certificate.getPublicKey());
        signature.update(sample);
        return signature.verify(signed);
    }

    private static X509Certificate[] certificates(String file) throws TlsException {
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            X509Certificate[] certificates = CertificateFactory.getInstance("X.509").generateCertificates(in).stream()
                    .map(X509Certificate.class::cast)
                    .toArray(X509Certificate[]::new);
            if (certificates.length == 0) {
                throw new TlsException("there is no certificate in '" + file + "'");
            }
            return certificates;
        } catch (IOException | InvalidPathException | GeneralSecurityException e) {
            throw new TlsException("certificates '" + file + "' cannot be read", e);
        }
    }

    private static List<String> versions(String text) throws TlsException, GeneralSecurityException {
        List<String> known = Arrays.asList(
                SSLContext.getDefault().getSupportedSSLParameters().getProtocols());
        List<String> versions = Arrays.asList(text.strip().split("\\s+", -1));
        for (String version : versions) {
            if (!known.contains(version)) {
                throw new TlsException("'" + version + "' is no version of TLS; known are " + String.join(" ", known));
            }
        }
        return versions;
    }
}
