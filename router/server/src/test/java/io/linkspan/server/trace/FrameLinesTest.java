// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.codec.AmqpArray;
import io.linkspan.amqp.codec.Binary;
import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.Symbol;
import io.linkspan.amqp.codec.TypeEncoder;
import io.linkspan.amqp.codec.UnsignedByte;
import io.linkspan.amqp.codec.UnsignedInteger;
import io.linkspan.amqp.codec.UnsignedLong;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FrameLinesTest {
    private static String text(int code, @Nullable Object... fields) {
        StringBuilder text = new StringBuilder();
        ValueText.append(text, new Described(new UnsignedLong(code), Arrays.asList(fields)));
        return text.toString();
    }

    private static String payload(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        ByteBuf buffer = Unpooled.buffer().writeZero(3).writeBytes(bytes);
        ValueText.payload(text, buffer, 3, bytes.length);
        return text.toString();
    }

    @Test
    void fieldsHaveTheirNamesAndNullsAreLeftOut() {
        assertThat(text(0x10, "A", null, new UnsignedInteger(16384)))
                .isEqualTo("@open(16) [container-id=\"A\", max-frame-size=16384]");
        assertThat(text(0x18)).isEqualTo("@close(24) []");
        assertThat(text(0x16, new UnsignedInteger(0), true, error()))
                .isEqualTo("@detach(22) [handle=0, closed=true, error=@error(29) [condition=:\"amqp:not-found\","
                        + " description=\"no \\\"q\\\"\"]]");
    }

    private static Described error() {
        return new Described(new UnsignedLong(0x1d), List.of(new Symbol("amqp:not-found"), "no \"q\""));
    }

    @Test
    void valuesLookAsInTheOriginalsTraces() {
        Described source = new Described(new Symbol("amqp:source:list"), Arrays.asList("q", new UnsignedInteger(0)));
        assertThat(text(0x12, "link", new UnsignedInteger(1), false, null, null, source))
                .isEqualTo("@attach(18) [name=\"link\", handle=1, role=false, source=@source(40) [address=\"q\","
                        + " durable=0]]");
        assertThat(text(0x40, AmqpArray.ofSymbols(List.of(new Symbol("ANONYMOUS"), new Symbol("SCRAM-SHA-1")))))
                .isEqualTo("@sasl-mechanisms(64) [sasl-server-mechanisms=@PN_SYMBOL[:ANONYMOUS, :\"SCRAM-SHA-1\"]]");
        assertThat(text(0x14, new UnsignedInteger(0), new UnsignedInteger(7), new Binary(new byte[] {0, 'a', '"'})))
                .isEqualTo("@transfer(20) [handle=0, delivery-id=7, delivery-tag=b\"\\x00a\\\"\"]");
        assertThat(text(0x7777, "x")).isEqualTo("@30583 [\"x\"]");
        assertThat(text(0x18, null, "beyond")).isEqualTo("@close(24) [1=\"beyond\"]");
    }

    @Test
    void credentialsAreNeverSeen() {
        Binary plain = new Binary("\0guest\0hunter2".getBytes(StandardCharsets.US_ASCII));
        assertThat(text(0x41, new Symbol("PLAIN"), plain, "host"))
                .isEqualTo("@sasl-init(65) [mechanism=:PLAIN, initial-response=*******, hostname=\"host\"]");
        assertThat(text(0x42, plain)).isEqualTo("@sasl-challenge(66) [challenge=*******]");
        assertThat(text(0x43, plain)).isEqualTo("@sasl-response(67) [response=*******]");
        assertThat(text(0x44, new UnsignedByte(0), plain))
                .isEqualTo("@sasl-outcome(68) [code=0, additional-data=*******]");
        assertThat(text(0x13, Map.of(new Symbol("saslPassword"), "hunter2", "Secret-Key", 1)))
                .doesNotContain("hunter2", "1}")
                .contains(":saslPassword=*******", "\"Secret-Key\"=*******");
        assertThat(payload("type\u00a1\u0008password\u00a1\u0007hunter2".getBytes(StandardCharsets.ISO_8859_1)))
                .isEqualTo(" (23) *******");
    }

    @Test
    void payloadIsCutAt256Octets() {
        assertThat(payload(new byte[] {0, 'S', 'w', '\\', (byte) 0xff})).isEqualTo(" (5) \"\\x00Sw\\\\\\xff\"");
        assertThat(payload("y".repeat(256).getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo(" (256) \"" + "y".repeat(256) + "\"");
        assertThat(payload("y".repeat(257).getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo(" (257) \"" + "y".repeat(256) + "\"...");
    }

    @Test
    void everyPerformativeOfTheSpecificationIsNamed() {
        for (int code :
                new int[] {0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x40, 0x41, 0x42, 0x43, 0x44}) {
            assertThat(text(code, "x")).contains("(" + code + ") [").doesNotContain("0=");
        }
    }

    @Test
    void rawFieldsAreReadAsTheyCame() {
        ByteBuf bytes = Unpooled.buffer();
        TypeEncoder.writeValue(bytes, Map.of("a", List.of(1, 2.5)));
        StringBuilder text = new StringBuilder();
        ValueText.append(text, io.linkspan.amqp.codec.TypeDecoder.readValue(bytes));
        assertThat(text).hasToString("{\"a\"=[1, 2.5]}");
    }
}
