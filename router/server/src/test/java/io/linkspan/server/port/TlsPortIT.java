// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linkspan.server.tls.TestCertificates;
import io.linkspan.server.tls.TlsException;
import io.linkspan.server.tls.TlsProfile;
import java.io.IOException;
import java.nio.file.Path;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("TLS-03, MQ-5-12: TLS of every protocol on a shared port")
class TlsPortIT {
    @TempDir
    static Path directory;

    private static TestCertificates certificates;

    @BeforeAll
    static void issue() {
        certificates = new TestCertificates(directory);
        certificates.issue("server", "EC");
    }

    private static PortFixture listener(String attributes, boolean clientCertificate) throws Exception {
        String conf = "sslProfile {\n name: p\n certFile: " + certificates.file("server.pem") + "\n privateKeyFile: "
                + certificates.file("server.key") + "\n}\nlistener {\n host: 127.0.0.1\n port: 0\n sslProfile: p\n"
                + attributes + "\n}\n";
        return PortFixture.open(conf, profile().forServer(clientCertificate).context());
    }

    private static TlsProfile profile() {
        return new TlsProfile(
                "p",
                certificates.file("server.pem"),
                certificates.file("server.key"),
                null,
                certificates.authorityFile(),
                null,
                null);
    }

    @ParameterizedTest
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {"AMQPabc,AMQP", "\u0010abc,MQTT"})
    void plainAndTlsShareThePort(String bytes, String protocol) throws Exception {
        try (PortFixture fixture = listener("protocols: amqp, mqtt, http", false);
                Peer plain = Peer.connect(fixture.number());
                Peer secure = Peer.connectTls(fixture.number(), certificates.clientContext(false))) {
            assertThat(plain.send(bytes).read(bytes.length())).isEqualTo(bytes);
            assertThat(secure.send(bytes).read(bytes.length())).isEqualTo(bytes);
            assertThat(PortFixture.next(fixture.made)).isEqualTo(protocol);
            assertThat(PortFixture.next(fixture.made)).isEqualTo(protocol + " tls");
            assertThat(fixture.refusals).isEmpty();
        }
    }

    @Test
    void protocolInsideTlsIsRecognisedOneByteAtATime() throws Exception {
        try (PortFixture fixture = listener("protocols: amqp, mqtt", false);
                Peer secure = Peer.connectTls(fixture.number(), certificates.clientContext(false))) {
            for (char c : "AMQP".toCharArray()) {
                secure.send(String.valueOf(c));
            }
            assertThat(secure.read(4)).isEqualTo("AMQP");
        }
    }

    @Test
    void httpWorksInsideTls() throws Exception {
        try (PortFixture fixture = listener("protocols: amqp, http", false);
                Peer secure = Peer.connectTls(fixture.number(), certificates.clientContext(false))) {
            secure.send("GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            assertThat(secure.readToEnd()).startsWith("HTTP/1.1 200 OK").endsWith("hello\n");
        }
    }

    @ParameterizedTest
    @DisplayName("MQ-5-34: plain text on a TLS port is told apart")
    @CsvSource(
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "requireSsl: yes,AMQP0100,TLS_REQUIRED AMQP",
                "requireSsl: yes,\u0010abc,TLS_REQUIRED MQTT",
                "requireEncryption: yes,GET / HTTP/1.1,TLS_REQUIRED HTTP",
                "requireSsl: yes,garbage,TLS_REQUIRED unknown bytes"
            })
    void plainConnectionIsRefusedWhereTlsIsRequired(String attribute, String bytes, String refusal) throws Exception {
        try (PortFixture fixture = listener("protocols: amqp, mqtt, http\n" + attribute, false);
                Peer plain = Peer.connect(fixture.number());
                Peer secure = Peer.connectTls(fixture.number(), certificates.clientContext(false))) {
            plain.send(bytes);
            assertThat(plain.readToEnd()).isIn("", "<reset>");
            assertThat(PortFixture.next(fixture.refusals)).isEqualTo(refusal);
            assertThat(secure.send("AMQP").read(4)).isEqualTo("AMQP");
        }
    }

    @Test
    @DisplayName("TLS-03: encryption demanded without sslProfile refuses everything")
    void encryptionDemandedWithoutProfileRefusesEverything() throws Exception {
        try (PortFixture fixture = PortFixture.listener("requireSsl: yes");
                Peer plain = Peer.connect(fixture.number());
                Peer tls = Peer.connect(fixture.number())) {
            assertThat(plain.send("AMQP0100").readToEnd()).isIn("", "<reset>");
            assertThat(PortFixture.next(fixture.refusals)).isEqualTo("TLS_REQUIRED AMQP");
            assertThat(tls.send(new byte[] {0x16, 3, 1}).readToEnd()).isIn("", "<reset>");
            assertThat(PortFixture.next(fixture.refusals)).isEqualTo("TLS_NOT_OFFERED");
        }
    }

    @Test
    @DisplayName("TLS-04: a demanded client certificate has to be shown")
    void clientWithoutDemandedCertificateIsRefused() throws Exception {
        try (PortFixture fixture = listener("protocols: amqp", true)) {
            try (Peer bare = Peer.connectTls(fixture.number(), certificates.clientContext(false))) {
                assertThatThrownBy(() -> bare.send("AMQP").read(4))
                        .isInstanceOfAny(SSLException.class, IOException.class);
                assertThat(PortFixture.next(fixture.refusals)).startsWith("TLS_FAILED ");
            }
            try (Peer known = Peer.connectTls(fixture.number(), certificates.clientContext(true))) {
                assertThat(known.send("AMQP").read(4)).isEqualTo("AMQP");
            }
        }
    }

    @Test
    void brokenHandshakeIsRefusedAndHurtsNobody() throws Exception {
        try (PortFixture fixture = listener("protocols: amqp", false);
                Peer broken = Peer.connect(fixture.number());
                Peer other = Peer.connect(fixture.number())) {
            broken.send(new byte[] {0x16, 3, 1, 0, 4, 9, 9, 9, 9});
            broken.readToEnd();
            assertThat(PortFixture.next(fixture.refusals)).startsWith("TLS_FAILED ");
            assertThat(fixture.failures).isEmpty();
            assertThat(other.send("AMQP").read(4)).isEqualTo("AMQP");
        }
    }

    @Test
    void handshakeThatStallsEndsAtTheTimeLimit() throws Exception {
        try (PortFixture fixture = listener("protocols: amqp\ninitialHandshakeTimeoutSeconds: 1", false);
                Peer stalled = Peer.connect(fixture.number())) {
            stalled.send(new byte[] {0x16, 3, 1, 0});
            stalled.readToEnd();
            assertThat(PortFixture.next(fixture.refusals)).isEqualTo("SILENT in TLS");
        }
    }

    @Test
    void orderlyCloseEndsTlsInOrder() throws Exception {
        try (PortFixture fixture = listener("protocols: amqp", false);
                Peer secure = Peer.connectTls(fixture.number(), certificates.clientContext(false))) {
            secure.send("AMQP").read(4);
            secure.send("bye");
            assertThat(secure.readToEnd()).isEqualTo("goodbye");
        }
    }

    @Test
    void tlsInsideTlsIsRefused() throws Exception {
        try (PortFixture fixture = listener("protocols: amqp", false);
                Peer secure = Peer.connectTls(fixture.number(), certificates.clientContext(false))) {
            secure.send(new byte[] {0x16, 3, 1}).readToEnd();
            assertThat(PortFixture.next(fixture.refusals)).isEqualTo("UNKNOWN_PROTOCOL TLS inside TLS");
        }
    }

    @Test
    void oldVersionsAreRefusedWhereTheProfileLeavesThemOut() throws TlsException {
        TlsProfile only13 = new TlsProfile(
                "p", certificates.file("server.pem"), certificates.file("server.key"), null, null, null, "TLSv1.3");
        assertThat(only13.forServer(false)
                        .context()
                        .newEngine(io.netty.buffer.UnpooledByteBufAllocator.DEFAULT)
                        .getEnabledProtocols())
                .containsExactly("TLSv1.3");
    }
}
