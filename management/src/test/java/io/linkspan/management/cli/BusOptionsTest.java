// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a router is and how to connect: URL and connection options of qdstat and qdmanage (section 1). */
class BusOptionsTest {
    private final ToolFixture tools = new ToolFixture();

    @TempDir
    Path directory;

    private BusOptions options(String... arguments) {
        tools.stat(arguments);
        return Objects.requireNonNull(tools.bus);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "h, amqp, -, -, h, 5672, -",
                "h:1, amqp, -, -, h, 1, -",
                ":5, amqp, -, -, 0.0.0.0, 5, -",
                "amqps://h, amqps, -, -, h, 5671, -",
                "h:amqps, amqp, -, -, h, 5671, -",
                "h:amqp, amqp, -, -, h, 5672, -",
                "amqp://u:p@h:65535/a/b, amqp, u, p, h, 65535, a/b",
                "u@h, amqp, u, -, h, 5672, -",
                "amqp://u%40x:p%3A+%2F@h/%24management, amqp, u@x, p:+/, h, 5672, $management",
                "a@b:c@h, amqp, a@b, c, h, 5672, -",
                "[::1]:7/x, amqp, -, -, ::1, 7, x",
                "[::1], amqp, -, -, ::1, 5672, -",
                "amqp://h/, amqp, -, -, h, 5672, -"
            })
    void theUrlIsTakenApart(
            String text,
            String scheme,
            @Nullable String user,
            @Nullable String password,
            String host,
            int port,
            @Nullable String address) {
        BusUrl url = BusUrl.parse(text, BusUrl.Protocol.AMQP);
        assertThat(url.scheme()).isEqualTo(scheme);
        assertThat(url.user()).isEqualTo(user);
        assertThat(url.password()).isEqualTo(password);
        assertThat(url.host()).isEqualTo(host);
        assertThat(url.port()).isEqualTo(port);
        assertThat(url.address()).isEqualTo(address);
    }

    @ParameterizedTest
    @CsvSource({
        "http://h, has the scheme 'http'",
        "mqtt://h, expected amqp or amqps",
        "h:0, the port 0 is not between 1 and 65535",
        "h:65536, the port 65536 is not between 1 and 65535",
        "h:x, the port 'x' is neither a number nor one of",
        "[::1, has a '[' without ']'",
        "[::1]5, has '5' after the host"
    })
    void aUrlThatIsNoneIsAWrongCall(String text, String error) {
        assertThatThrownBy(() -> BusUrl.parse(text, BusUrl.Protocol.AMQP)).hasMessageContaining(error);
        ToolFixture.Run run = tools.stat("-b", text);
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err())
                .contains("qdstat: error: Invalid value for option '--bus': ")
                .contains(error);
    }

    @Test
    void theProtocolOfTheToolDecidesSchemeAndPort() {
        assertThat(BusUrl.parse("h", BusUrl.Protocol.MQTT)).hasToString("mqtt://h:mqtt");
        assertThat(BusUrl.parse("h", BusUrl.Protocol.MQTT).port()).isEqualTo(1883);
        assertThat(BusUrl.parse("mqtts://h", BusUrl.Protocol.MQTT).port()).isEqualTo(8883);
        assertThat(BusUrl.parse("mqtts://h", BusUrl.Protocol.MQTT).secure()).isTrue();
    }

    @Test
    void messagesNameTheUrlWithoutCredentialsAndPath() {
        assertThat(BusUrl.parse("amqp://u:secret@[::1]:9/x", BusUrl.Protocol.AMQP))
                .hasToString("amqp://[::1]:9");
    }

    @Test
    void withoutOptionsTheHeaderIsBareAndTheWaitFiveSeconds() {
        BusOptions bus = options();
        assertThat(bus.url()).hasToString("amqp://0.0.0.0:amqp");
        assertThat(bus.timeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(bus.secure()).isFalse();
        assertThat(bus.authenticating()).isFalse();
        assertThat(bus.mechanisms()).isEmpty();
        assertThat(bus.peerNameVerified()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "--sasl-mechanisms=PLAIN, false",
        "--sasl-username=u, false",
        "--sasl-password=p, false",
        "-b u@h, false",
        "-b amqps://h, true",
        "--ssl-certificate=c.pem, true",
        "--ssl-trustfile=t.pem, true"
    })
    void credentialsAndTlsAskForSasl(String arguments, boolean secure) {
        BusOptions bus = options(arguments.split(" ", -1));
        assertThat(bus.authenticating()).isTrue();
        assertThat(bus.secure()).isEqualTo(secure);
    }

    @Test
    void optionsWinOverTheUrlAndMechanismsAreAList() {
        BusOptions bus = options(
                "-b",
                "u:p@h",
                "--sasl-username=v",
                "--sasl-password=q",
                "--sasl-mechanisms=PLAIN, EXTERNAL ANONYMOUS",
                "--timeout=0.25",
                "--ssl-disable-peer-name-verify");
        assertThat(bus.user()).isEqualTo("v");
        assertThat(bus.password()).isEqualTo("q");
        assertThat(bus.mechanisms()).isEqualTo(List.of("PLAIN", "EXTERNAL", "ANONYMOUS"));
        assertThat(bus.timeout()).isEqualTo(Duration.ofMillis(250));
        assertThat(bus.peerNameVerified()).isFalse();
    }

    @Test
    void passwordsMayBeTheFirstLineOfAFile() throws IOException {
        Path file = Files.writeString(directory.resolve("password"), "secret\nmore\n");
        Path empty = Files.writeString(directory.resolve("empty"), "");
        BusOptions bus = options("--sasl-password-file=" + file, "--ssl-password-file=" + empty);
        assertThat(bus.password()).isEqualTo("secret");
        assertThat(bus.keyPassword()).isEmpty();
        BusOptions missing = options("--sasl-password-file=" + directory.resolve("none"));
        assertThatThrownBy(missing::password)
                .isInstanceOf(ToolFailure.class)
                .hasMessageStartingWith("cannot read the password file '");
    }
}
