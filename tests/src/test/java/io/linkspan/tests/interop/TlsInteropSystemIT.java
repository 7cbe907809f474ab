// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.interop;

import static io.linkspan.tests.client.ClientProgram.PROTON_PYTHON;
import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.tests.client.ClientEvent;
import io.linkspan.tests.client.ClientProcess;
import io.linkspan.tests.client.ToolProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** MQTT inside TLS on the port that serves everything else, with clients that check the certificate. */
class TlsInteropSystemIT {

    private static final String PASSWORD = "of-a-test";

    @TempDir
    static Path directory;

    @RegisterExtension
    static final InteropRouter router = new InteropRouter(TlsInteropSystemIT::configuration);

    @RegisterExtension
    static final Clients clients = new Clients();

    private static String configuration() {
        certify();
        return """
            router {
                mode: standalone
                id: interop
            }
            sslProfile {
                name: tls
                certFile: DIRECTORY/certificate.pem
                privateKeyFile: DIRECTORY/key.pem
            }
            listener {
                name: any
                host: 127.0.0.1
                port: 0
                sslProfile: tls
                requireSsl: no
                authenticatePeer: no
                protocols: amqp, mqtt, http
            }
            """.replace("DIRECTORY", directory.toString());
    }

    /** A certificate of its own authority, made by the JDK's keytool. */
    private static void certify() {
        Path store = directory.resolve("store.p12");
        try (ToolProcess keytool = ToolProcess.start(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "router",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=127.0.0.1",
                "-ext",
                "san=ip:127.0.0.1",
                "-ext",
                "bc:c=ca:true",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD)) {
            assertThat(keytool.exitStatus()).as(keytool.text()).isZero();
        }
        try {
            KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
            write(
                    "key.pem",
                    "PRIVATE KEY",
                    keys.getKey("router", PASSWORD.toCharArray()).getEncoded());
            write(
                    "certificate.pem",
                    "CERTIFICATE",
                    keys.getCertificate("router").getEncoded());
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("no certificate", e);
        }
    }

    private static void write(String file, String kind, byte[] content) throws IOException {
        Base64.Encoder lines = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
        Files.writeString(
                directory.resolve(file),
                "-----BEGIN " + kind + "-----\n" + lines.encodeToString(content) + "\n-----END " + kind + "-----\n");
    }

    private static ToolProcess mosquitto(String tool, boolean secure, String... more) {
        List<String> command = new ArrayList<>(List.of(
                tool,
                "-d",
                "-h",
                "127.0.0.1",
                "-p",
                Integer.toString(router.process().port("any")),
                "-q",
                "1"));
        if (secure) {
            command.addAll(
                    List.of("--cafile", directory.resolve("certificate.pem").toString()));
        }
        command.addAll(List.of(more));
        return ToolProcess.start(command.toArray(String[]::new));
    }

    @Test
    @DisplayName("MQ-5-12: TLS and plain MQTT on one port reach each other, with wildcards")
    void secureAndPlainShareThePort() {
        try (ToolProcess subscriber = mosquitto("mosquitto_sub", true, "-t", "secure/+", "-F", "%t %p")) {
            subscriber.await(line -> line.startsWith("Subscribed (mid: 1): 1"));
            for (boolean secure : new boolean[] {true, false}) {
                try (ToolProcess publisher =
                        mosquitto("mosquitto_pub", secure, "-t", "secure/" + secure, "-m", "rain")) {
                    assertThat(publisher.exitStatus()).as(publisher.text()).isZero();
                }
                subscriber.await(("secure/" + secure + " rain")::equals);
            }
        }
    }

    @Test
    @DisplayName("MQ-5-12, 1-5: what is published inside TLS an AMQP receiver gets, and the PUBACK follows it")
    void amqpReceivesWhatIsPublishedInsideTls() {
        ClientProcess receiver = clients.amqp(PROTON_PYTHON, router.url("amqp"));
        receiver.tell("receiver in secure.amqp --manual");
        receiver.await("attached", "link", "in");
        try (ToolProcess publisher = mosquitto("mosquitto_pub", true, "-t", "secure/amqp", "-m", "rain")) {
            ClientEvent message = receiver.await("message", "link", "in");
            assertThat(message.get("body")).isEqualTo(Shown.binary("rain"));
            assertThat(publisher.isAlive()).isTrue();
            receiver.tell("dispose in accepted 1");
            assertThat(publisher.exitStatus()).as(publisher.text()).isZero();
        }
        Clients.close(receiver);
    }
}
