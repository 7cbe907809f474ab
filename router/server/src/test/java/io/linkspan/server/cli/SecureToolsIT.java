// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.server.tls.TestCertificates;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.proton.ProtonServerOptions;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tools with SASL and TLS: who gets in, and what the others read (section 4 of qdstat's description). */
class SecureToolsIT {
    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    static Path directory;

    @SuppressWarnings("NullAway.Init") // made before each test
    private TestCertificates certificates;

    @BeforeEach
    void certify() {
        certificates = new TestCertificates(directory);
        KeyPair pair = certificates.issue("client", "RSA");
        certificates.encrypt("client", pair, "open sesame");
        certificates.issue("server", "EC");
    }

    private static ToolRun nodes(ScriptedRouter router, String... options) {
        List<String> all = new ArrayList<>(List.of("-b", "127.0.0.1:" + router.port(), "get-mgmt-nodes"));
        all.addAll(Arrays.asList(options));
        router.script = request -> ScriptedRouter.answer(200, "OK", List.of());
        return ToolRun.of(new Manage(), "qdmanage", all.toArray(new String[0]));
    }

    private static String failure(ScriptedRouter router, String condition) {
        return "ConnectionException: Connection amqp://127.0.0.1:" + router.port() + " disconnected: Condition("
                + condition + ")\n";
    }

    private ProtonServerOptions tls() {
        return new ProtonServerOptions()
                .setSsl(true)
                .setKeyCertOptions(new PemKeyCertOptions()
                        .addCertPath(certificates.file("server.pem"))
                        .addKeyPath(certificates.file("server.key")));
    }

    private static ScriptedRouter withPassword(ProtonServerOptions options) {
        return ScriptedRouter.start(options, PlainPassword::new);
    }

    @Test
    void theRightPasswordGetsIn() {
        try (ScriptedRouter router = withPassword(new ProtonServerOptions())) {
            ToolRun run = nodes(router, "--sasl-username=bob", "--sasl-password=secret");
            assertThat(run).isEqualTo(new ToolRun(0, "[]\n", ""));
        }
    }

    @Test
    void theWrongPasswordIsReportedWithItsMechanism() {
        try (ScriptedRouter router = withPassword(new ProtonServerOptions())) {
            ToolRun run = nodes(router, "--sasl-username=bob", "--sasl-password=guess");
            assertThat(run.code()).isEqualTo(1);
            assertThat(run.out())
                    .isEqualTo(failure(router, "'amqp:unauthorized-access', 'Authentication failed [mech=PLAIN]'"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--sasl-mechanisms=EXTERNAL", "--sasl-mechanisms=ANONYMOUS"})
    void withoutACommonMechanismNoneIsReported(String option) {
        try (ScriptedRouter router = withPassword(new ProtonServerOptions())) {
            ToolRun run = nodes(router, option);
            assertThat(run.out())
                    .isEqualTo(failure(router, "'amqp:unauthorized-access', 'Authentication failed [mech=none]'"));
        }
    }

    @Test
    void tlsWithTheRightAuthorityGetsIn() {
        try (ScriptedRouter router = withPassword(tls())) {
            ToolRun run = nodes(
                    router,
                    "--ssl-trustfile=" + certificates.authorityFile(),
                    "--sasl-username=bob",
                    "--sasl-password=secret");
            assertThat(run).isEqualTo(new ToolRun(0, "[]\n", ""));
        }
    }

    @Test
    void aRouterWithACertificateOfAnotherAuthorityIsNotTrusted(@TempDir Path other) {
        String stranger = new TestCertificates(other).authorityFile();
        try (ScriptedRouter router = withPassword(tls())) {
            ToolRun run = nodes(router, "--ssl-trustfile=" + stranger);
            assertThat(run.out())
                    .isEqualTo(failure(
                            router,
                            "'amqp:connection:framing-error', 'SSL Failure: error:0A000086:SSL routines::certificate"
                                    + " verify failed'"));
        }
    }

    @Test
    void aNameThatTheCertificateDoesNotHaveIsRefusedUnlessTheUserWantsItSo() {
        try (ScriptedRouter router = ScriptedRouter.start(tls(), PlainPassword::new, "127.0.0.2")) {
            String[] options = {
                "--ssl-trustfile=" + certificates.authorityFile(),
                "--sasl-username=bob",
                "--sasl-password=secret",
                "-b",
                "amqps://127.0.0.2:" + router.port()
            };
            assertThat(nodes(router, options).out()).contains("certificate verify failed");
            List<String> lax = new ArrayList<>(Arrays.asList(options));
            lax.add("--ssl-disable-peer-name-verify");
            assertThat(nodes(router, lax.toArray(new String[0]))).isEqualTo(new ToolRun(0, "[]\n", ""));
        }
    }

    @Test
    void tlsToAPortWithoutItIsReported() {
        try (ScriptedRouter router = ScriptedRouter.start()) {
            ToolRun run = nodes(router, "--ssl-trustfile=" + certificates.authorityFile());
            assertThat(run.out())
                    .isEqualTo(failure(
                            router,
                            "'amqp:connection:framing-error', 'SSL Failure: error:0A000126:SSL routines::unexpected eof"
                                    + " while reading'"));
        }
    }

    @Test
    void plainAmqpToATlsPortIsReported() {
        try (ScriptedRouter router = withPassword(tls())) {
            assertThat(nodes(router).out())
                    .isEqualTo(failure(
                            router,
                            "'amqp:connection:framing-error', 'Expected AMQP protocol header: no protocol header found"
                                    + " (connection aborted)'"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"client.key", "client.pkcs8.key", "client.old.key"})
    void theClientShowsItsCertificateWhateverFormTheKeyHas(String key) {
        ProtonServerOptions options = tls();
        options.setClientAuth(ClientAuth.REQUIRED)
                .setTrustOptions(new PemTrustOptions().addCertPath(certificates.authorityFile()));
        try (ScriptedRouter router = withPassword(options)) {
            ToolRun run = nodes(
                    router,
                    "--ssl-trustfile=" + certificates.authorityFile(),
                    "--ssl-certificate=" + certificates.file("client.pem"),
                    "--ssl-key=" + certificates.file(key),
                    "--ssl-password=open sesame",
                    "--sasl-mechanisms=PLAIN",
                    "--sasl-username=bob",
                    "--sasl-password=secret");
            assertThat(run).isEqualTo(new ToolRun(0, "[]\n", ""));
        }
    }

    @Test
    void aKeyThatDoesNotOpenAndAFileThatIsMissingAreReported() {
        try (ScriptedRouter router = withPassword(tls())) {
            String certificate = "--ssl-certificate=" + certificates.file("client.pem");
            ToolRun locked = nodes(router, certificate, "--ssl-key=" + certificates.file("client.pkcs8.key"));
            assertThat(locked.code()).isEqualTo(1);
            assertThat(locked.out())
                    .matches("SSLException: private key '.*client.pkcs8.key' is encrypted and there is"
                            + " no password for it\n");
            ToolRun missing = nodes(router, "--ssl-trustfile=" + certificates.file("none.pem"));
            assertThat(missing.out()).matches("SSLException: cannot read '.*none.pem': .*\n");
        }
    }
}
