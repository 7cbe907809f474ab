// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.tls;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.DERUTCTime;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMEncryptorBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.OutputEncryptor;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemGenerationException;
import org.bouncycastle.util.io.pem.PemObject;
import org.jspecify.annotations.Nullable;

/** An authority and certificates it has signed, made anew for a test, as PEM files in a directory. */
public final class TestCertificates {
    private static final Duration LIFE = Duration.ofDays(1);

    private final Path directory;
    private final KeyPair authorityKey;
    private final X509Certificate authority;
    private long serial = 1;

    public TestCertificates(Path directory) {
        this.directory = directory;
        this.authorityKey = keyPair("EC");
        this.authority = sign("CN=Test authority", authorityKey, true);
        write("ca.pem", pem(authority));
    }

    /** PEM file of the authority. */
    public String authorityFile() {
        return file("ca.pem");
    }

    /** A certificate for 127.0.0.1 and its key, as {@code NAME.pem} and {@code NAME.key}. */
    public KeyPair issue(String name, String algorithm) {
        KeyPair pair = keyPair(algorithm);
        write(name + ".pem", pem(sign("CN=" + name, pair, false)) + pem(authority));
        write(name + ".key", pem(pkcs8(pair, null)));
        return pair;
    }

    /** The same key as encrypted PKCS #8, and in the older encrypted form of OpenSSL. */
    public void encrypt(String name, KeyPair pair, String password) {
        try {
            write(
                    name + ".pkcs8.key",
                    pem(pkcs8(
                            pair,
                            new JceOpenSSLPKCS8EncryptorBuilder(PKCS8Generator.AES_256_CBC)
                                    .setProvider(new BouncyCastleProvider())
                                    .setPassword(password.toCharArray())
                                    .build())));
            StringWriter text = new StringWriter();
            try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
                writer.writeObject(
                        pair.getPrivate(),
                        new JcePEMEncryptorBuilder("AES-128-CBC")
                                .setProvider(new BouncyCastleProvider())
                                .build(password.toCharArray()));
            }
            write(name + ".old.key", text.toString());
        } catch (IOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** An elliptic curve key in the older form of OpenSSL (SEC 1), parameters included. */
    public void writeOldForm(String name, KeyPair pair) {
        PrivateKeyInfo key = PrivateKeyInfo.getInstance(pair.getPrivate().getEncoded());
        ECPrivateKey bare = ECPrivateKey.getInstance(key.getPrivateKey().getOctets());
        try {
            byte[] whole = new ECPrivateKey(
                            256, bare.getKey(), key.getPrivateKeyAlgorithm().getParameters())
                    .getEncoded();
            write(name + ".sec1.key", pem(new PemObject("EC PRIVATE KEY", whole)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static PemObject pkcs8(KeyPair pair, @Nullable OutputEncryptor encryptor) {
        try {
            return new JcaPKCS8Generator(pair.getPrivate(), encryptor).generate();
        } catch (PemGenerationException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String file(String name) {
        return directory.resolve(name).toString();
    }

    /** What a client needs that trusts the authority; it shows a certificate of its own if it is given one. */
    public SSLContext clientContext(boolean withCertificate) {
        try {
            KeyStore trust = KeyStore.getInstance(KeyStore.getDefaultType());
            trust.load(null, null);
            trust.setCertificateEntry("ca", authority);
            TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trusted.init(trust);
            KeyStore own = KeyStore.getInstance(KeyStore.getDefaultType());
            own.load(null, null);
            if (withCertificate) {
                KeyPair pair = keyPair("EC");
                own.setKeyEntry("client", pair.getPrivate(), new char[0], new Certificate[] {
                    sign("CN=client", pair, false), authority
                });
            }
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trusted.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair keyPair(String algorithm) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            generator.initialize(algorithm.equals("EC") ? 256 : 2048);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private X509Certificate sign(String subject, KeyPair pair, boolean isAuthority) {
        try {
            Instant now = Instant.now();
            X509v3CertificateBuilder builder = new X509v3CertificateBuilder(
                    new X500Name("CN=Test authority"),
                    BigInteger.valueOf(serial++),
                    time(now.minus(LIFE)),
                    time(now.plus(LIFE)),
                    new X500Name(subject),
                    SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded()));
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(isAuthority));
            if (!isAuthority) {
                builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName[] {
                    new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
                    new GeneralName(GeneralName.dNSName, "localhost")
                }));
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(
                            new JcaContentSignerBuilder("SHA256withECDSA").build(authorityKey.getPrivate())));
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Time time(Instant instant) {
        return new Time(new DERUTCTime(DateTimeFormatter.ofPattern("yyMMddHHmmss'Z'", Locale.ROOT)
                .withZone(ZoneOffset.UTC)
                .format(instant)));
    }

    private static String pem(Object object) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(object);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private void write(String name, String text) {
        try {
            Files.writeString(directory.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
