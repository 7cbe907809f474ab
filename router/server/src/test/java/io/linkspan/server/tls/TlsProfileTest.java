// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("TLS-01: sslProfile")
class TlsProfileTest {
    @TempDir
    Path directory;

    private TestCertificates certificates;

    @BeforeEach
    void makeAuthority() {
        certificates = new TestCertificates(directory);
    }

    private TlsProfile profile(
            String key, @Nullable String password, @Nullable String ciphers, @Nullable String protocols) {
        return new TlsProfile(
                "p", certificates.file("server.pem"), certificates.file(key), password, null, ciphers, protocols);
    }

    @ParameterizedTest
    @ValueSource(strings = {"EC", "RSA"})
    void certificateAndKeyMakeAServer(String algorithm) throws TlsException {
        certificates.issue("server", algorithm);
        assertThat(profile("server.key", null, null, null)
                        .forServer(false)
                        .context()
                        .isServer())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"server.pkcs8.key", "server.old.key"})
    void encryptedKeyIsReadWithItsPassword(String file) throws TlsException {
        KeyPair pair = certificates.issue("server", "RSA");
        certificates.encrypt("server", pair, "secret");
        assertThat(profile(file, "secret", null, null)
                        .forServer(false)
                        .context()
                        .isServer())
                .isTrue();
        assertThatThrownBy(() -> profile(file, "wrong", null, null).forServer(false))
                .isInstanceOf(TlsException.class)
                .hasMessageContaining(file);
        assertThatThrownBy(() -> profile(file, null, null, null).forServer(false))
                .isInstanceOf(TlsException.class)
                .hasMessageContaining("no password");
    }

    @Test
    void ellipticCurveKeyIsReadInItsOlderForm() throws TlsException {
        certificates.writeOldForm("server", certificates.issue("server", "EC"));
        assertThat(profile("server.sec1.key", null, null, null)
                        .forServer(false)
                        .context()
                        .isServer())
                .isTrue();
    }

    @Test
    void wrongFilesAreNamed() throws IOException {
        certificates.issue("server", "EC");
        Files.writeString(directory.resolve("empty"), "");
        assertThatThrownBy(() -> profile("missing.key", null, null, null).forServer(false))
                .isInstanceOf(TlsException.class)
                .hasMessageContaining("missing.key");
        assertThatThrownBy(() -> profile("empty", null, null, null).forServer(false))
                .isInstanceOf(TlsException.class)
                .hasMessageContaining("no private key");
        TlsProfile noCertificate = new TlsProfile(
                "p", certificates.file("empty"), certificates.file("server.key"), null, null, null, null);
        assertThatThrownBy(() -> noCertificate.forServer(false))
                .isInstanceOf(TlsException.class)
                .hasMessageContaining("empty");
    }

    @Test
    void keyOfAnotherCertificateIsRefused() {
        certificates.issue("server", "EC");
        certificates.issue("other", "EC");
        certificates.issue("unlike", "RSA");
        for (String key : List.of("other.key", "unlike.key")) {
            assertThatThrownBy(() -> profile(key, null, null, null).forServer(false))
                    .isInstanceOf(TlsException.class)
                    .hasMessageContaining("is not that of the certificate");
        }
    }

    @Test
    @DisplayName("TLS-04: a client certificate needs caCertFile")
    void demandedClientCertificateNeedsAnAuthority() {
        certificates.issue("server", "EC");
        assertThatThrownBy(() -> profile("server.key", null, null, null).forServer(true))
                .isInstanceOf(TlsException.class)
                .hasMessageContaining("caCertFile");
    }

    @Test
    void versionsAreThoseNamedAndUnknownOnesStopTheStart() throws TlsException {
        certificates.issue("server", "EC");
        assertThat(profile("server.key", null, null, "TLSv1.2 TLSv1.3")
                        .forServer(false)
                        .context())
                .isNotNull();
        assertThatThrownBy(
                        () -> profile("server.key", null, null, "TLSv1.2 TLSv9").forServer(false))
                .isInstanceOf(TlsException.class)
                .hasMessageContaining("TLSv9");
    }

    @Test
    void ciphersAreThoseNamedAndClassesOfThemAreReported() throws TlsException {
        certificates.issue("server", "EC");
        TlsProfile.Server server = profile(
                        "server.key", null, "ECDHE-ECDSA-AES256-GCM-SHA384:TLS_AES_128_GCM_SHA256:HIGH:!aNULL", null)
                .forServer(false);
        assertThat(server.context().cipherSuites())
                .containsExactly("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256");
        assertThat(server.notUnderstood()).containsExactly("HIGH", "!aNULL");
    }

    @Test
    void opensslNamesOfAllKinds() {
        List<String> suites = List.of(
                "TLS_AES_256_GCM_SHA384",
                "TLS_RSA_WITH_AES_128_CBC_SHA",
                "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256",
                "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
                "TLS_RSA_WITH_AES_256_GCM_SHA384");
        assertThat(CipherNames.read(
                                "AES256-GCM-SHA384, AES128-SHA ECDHE-RSA-CHACHA20-POLY1305:DHE-RSA-AES256-SHA256",
                                suites)
                        .suites())
                .containsExactly(suites.get(4), suites.get(1), suites.get(3), suites.get(2));
        assertThat(CipherNames.read("  ", suites).suites()).isEmpty();
    }
}
