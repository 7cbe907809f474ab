// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.tls;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.openssl.jcajce.JcePEMDecryptorProviderBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.jspecify.annotations.Nullable;

/** Reads a private key from a PEM file: PKCS #8 or the older forms of OpenSSL, encrypted or not. Blocks. */
public final class PrivateKeyFile {
    private PrivateKeyFile() {}

    /**
     * Reads the first key of a file.
     *
     * @throws TlsException if there is none, or the password does not open it
     */
    public static PrivateKey read(String file, @Nullable String password) throws TlsException {
        try (Reader reader = Files.newBufferedReader(Path.of(file), StandardCharsets.ISO_8859_1);
                PEMParser parser = new PEMParser(reader)) {
            for (Object object = parser.readObject(); object != null; object = parser.readObject()) {
                PrivateKeyInfo key = key(object, file, password);
                if (key != null) {
                    return new JcaPEMKeyConverter().getPrivateKey(key);
                }
            }
            throw new TlsException("there is no private key in '" + file + "'");
        } catch (IOException | OperatorCreationException | PKCSException e) {
            throw new TlsException("private key '" + file + "' cannot be read", e);
        }
    }

    private static @Nullable PrivateKeyInfo key(Object object, String file, @Nullable String password)
            throws IOException, OperatorCreationException, PKCSException, TlsException {
        if (object instanceof PrivateKeyInfo plain) {
            return plain;
        }
        if (object instanceof PEMKeyPair pair) {
            return pair.getPrivateKeyInfo();
        }
        if (object instanceof PKCS8EncryptedPrivateKeyInfo encrypted) {
            return encrypted.decryptPrivateKeyInfo(new JceOpenSSLPKCS8DecryptorProviderBuilder()
                    .setProvider(new BouncyCastleProvider())
                    .build(needed(file, password)));
        }
        if (object instanceof PEMEncryptedKeyPair encrypted) {
            return encrypted
                    .decryptKeyPair(new JcePEMDecryptorProviderBuilder()
                            .setProvider(new BouncyCastleProvider())
                            .build(needed(file, password)))
                    .getPrivateKeyInfo();
        }
        return null;
    }

    private static char[] needed(String file, @Nullable String password) throws TlsException {
        if (password == null) {
            throw new TlsException("private key '" + file + "' is encrypted and there is no password for it");
        }
        return password.toCharArray();
    }
}
