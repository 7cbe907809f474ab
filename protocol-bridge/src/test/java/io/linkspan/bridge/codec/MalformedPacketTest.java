// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.codec;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the decoder says about each of the {@link MalformedPackets}, whole and byte by byte. */
class MalformedPacketTest {

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.linkspan.bridge.codec.MalformedPackets#firstPackets")
    void firstPacketIsRefused(String rule, Bytes bytes, @Nullable ReasonCode code, boolean silent) {
        try (DecoderFixture fixture = new DecoderFixture()) {
            fixture.send(bytes);
            check(fixture, code, silent);
        }
        try (DecoderFixture fixture = new DecoderFixture()) {
            fixture.sendInPieces(bytes, 1);
            check(fixture, code, silent);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("io.linkspan.bridge.codec.MalformedPackets#laterPackets")
    void laterPacketIsRefused(String rule, MqttVersion version, Bytes bytes, @Nullable ReasonCode code) {
        try (DecoderFixture fixture = DecoderFixture.connected(version)) {
            fixture.send(bytes);
            check(fixture, code, false);
        }
        try (DecoderFixture fixture = DecoderFixture.connected(version)) {
            fixture.sendInPieces(bytes, 1);
            check(fixture, code, false);
        }
    }

    private static void check(DecoderFixture fixture, @Nullable ReasonCode code, boolean silent) {
        Violation violation = fixture.handler.violation;
        assertThat(violation == null ? null : violation.code()).isEqualTo(code);
        assertThat(violation != null && violation.silent()).isEqualTo(silent);
        assertThat(fixture.decoder.heldBytes()).isZero();
    }
}
