// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("MQ-5-11: protocols are told apart by the first bytes")
class FirstBytesTest {

    private static FirstBytes of(String text) {
        ByteBuf in = Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
        FirstBytes first = FirstBytes.of(in);
        assertThat(in.readerIndex()).isZero();
        in.release();
        return first;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "AMQP|AMQP",
                "AMQP\0\1\0\0|AMQP",
                "AMQP\3\1\0\0|AMQP",
                "AMQP\2\1\0\0|AMQP",
                "AMQPgarbage|AMQP",
                "\u0010|MQTT",
                "\u0010\u000c\0\4MQTT|MQTT",
                "\u0016\3\1|TLS",
                "\u0016\3|TLS",
                "GET / HTTP/1.1|HTTP",
                "HEAD /|HTTP",
                "POST /|HTTP",
                "PUT /|HTTP",
                "DELETE /|HTTP",
                "OPTIONS *|HTTP",
                "PATCH /|HTTP",
                "TRACE /|HTTP",
                "CONNECT x|HTTP",
                "AMQX|UNKNOWN",
                "amqp|UNKNOWN",
                "\u0016\4|UNKNOWN",
                "\u0011|UNKNOWN",
                "GETX|UNKNOWN",
                "PRI * HTTP/2.0|UNKNOWN",
                "\0|UNKNOWN",
                "\u00ff|UNKNOWN"
            })
    void completeBeginningsAreRecognised(String text, FirstBytes expected) {
        assertThat(of(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"AMQP,AMQP", "GET /,HTTP", "OPTIONS *,HTTP", "CONNECT a,HTTP", "PATCH /,HTTP"})
    void decisionComesWithTheByteThatMakesItCertain(String text, FirstBytes expected) {
        int deciding = text.indexOf(' ') < 0 ? text.length() : text.indexOf(' ') + 1;
        assertThat(deciding).isLessThanOrEqualTo(FirstBytes.DECIDING_BYTES);
        for (int length = 0; length < deciding; length++) {
            assertThat(of(text.substring(0, length))).as("%d bytes", length).isEqualTo(FirstBytes.UNDECIDED);
        }
        assertThat(of(text.substring(0, deciding))).isEqualTo(expected);
    }

    @Test
    void everyBeginningOfTheDecidingLengthIsDecided() {
        for (int first = 0; first < 256; first++) {
            for (int second = 0; second < 256; second++) {
                ByteBuf in = Unpooled.buffer(FirstBytes.DECIDING_BYTES)
                        .writeByte(first)
                        .writeByte(second)
                        .writeZero(FirstBytes.DECIDING_BYTES - 2);
                assertThat(FirstBytes.of(in)).isNotEqualTo(FirstBytes.UNDECIDED);
            }
        }
    }
}
