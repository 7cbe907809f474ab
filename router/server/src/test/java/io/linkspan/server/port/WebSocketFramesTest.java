// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.port;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("RFC 6455: frames of a WebSocket client")
class WebSocketFramesTest {
    private static final int MASK = 0x9A3C01F7;

    private final ByteBuf data = Unpooled.buffer();
    private final List<String> events = new ArrayList<>();
    private final WebSocketFrames frames = new WebSocketFrames(new WebSocketFrames.Sink() {
        @Override
        public void data(ByteBuf payload) {
            data.writeBytes(payload);
            payload.release();
        }

        @Override
        public void ping(byte[] payload) {
            events.add("ping " + new String(payload, StandardCharsets.US_ASCII));
        }

        @Override
        public void close(int status) {
            events.add("close " + status);
        }

        @Override
        public void violation(int status, String reason) {
            events.add("violation " + status + " " + reason);
        }
    });

    @AfterEach
    void release() {
        data.release();
    }

    static ByteBuf frame(boolean fin, int opcode, byte[] payload) {
        ByteBuf frame = Unpooled.buffer();
        frame.writeByte((fin ? 0x80 : 0) | opcode);
        if (payload.length < 126) {
            frame.writeByte(0x80 | payload.length);
        } else if (payload.length < 65536) {
            frame.writeByte(0x80 | 126).writeShort(payload.length);
        } else {
            frame.writeByte(0x80 | 127).writeLong(payload.length);
        }
        frame.writeInt(MASK);
        for (int i = 0; i < payload.length; i++) {
            frame.writeByte(payload[i] ^ MASK >>> (24 - 8 * (i & 3)));
        }
        return frame;
    }

    private static ByteBuf binary(String text) {
        return frame(true, WebSocketFrames.BINARY, text.getBytes(StandardCharsets.US_ASCII));
    }

    private void receive(ByteBuf in) {
        frames.receive(in);
        assertThat(in.isReadable()).isFalse();
        in.release();
    }

    private void receiveByteByByte(ByteBuf in) {
        while (in.isReadable()) {
            receive(in.readBytes(1));
        }
        in.release();
    }

    private String text() {
        return data.toString(StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @DisplayName("5.2, 5.3: payload of every length class is unmasked")
    @ValueSource(ints = {0, 1, 3, 4, 7, 8, 9, 125, 126, 127, 65535, 65536, 100_001})
    void payloadIsUnmasked(int length) {
        byte[] payload = new byte[length];
        new Random(length).nextBytes(payload);
        receive(frame(true, WebSocketFrames.BINARY, payload));
        assertThat(data).isEqualTo(Unpooled.wrappedBuffer(payload));
        assertThat(events).isEmpty();
    }

    @ParameterizedTest
    @DisplayName("MQ-5-11: a packet over several reads, cut anywhere")
    @ValueSource(ints = {1, 2, 3, 5, 8, 13, 100})
    void payloadIsHandedOnAsItArrives(int step) {
        byte[] payload = new byte[1_000];
        new Random(step).nextBytes(payload);
        ByteBuf in = frame(true, WebSocketFrames.BINARY, payload);
        while (in.isReadable()) {
            receive(in.readBytes(Math.min(step, in.readableBytes())));
        }
        in.release();
        assertThat(data).isEqualTo(Unpooled.wrappedBuffer(payload));
    }

    @Test
    @DisplayName("5.4: fragments of a message, with a ping between them")
    void fragmentsAreOneStream() {
        receive(frame(false, WebSocketFrames.BINARY, bytes("one ")));
        receive(frame(true, WebSocketFrames.PING, bytes("?")));
        receive(frame(false, 0, bytes("two ")));
        receive(frame(true, 0, bytes("three")));
        receive(binary(" four"));
        assertThat(text()).isEqualTo("one two three four");
        assertThat(events).containsExactly("ping ?");
    }

    @Test
    @DisplayName("several frames in one read")
    void framesInOneReadAreAllTaken() {
        receive(Unpooled.wrappedBuffer(
                binary("a"), binary("b"), frame(true, WebSocketFrames.PONG, bytes("x")), binary("c")));
        assertThat(text()).isEqualTo("abc");
        assertThat(events).isEmpty();
    }

    @Test
    void everythingIsTakenByteByByteToo() {
        receiveByteByByte(Unpooled.wrappedBuffer(
                binary("ab"),
                frame(true, WebSocketFrames.PING, bytes("ping")),
                frame(true, WebSocketFrames.CLOSE, new byte[] {3, (byte) 0xE8})));
        assertThat(text()).isEqualTo("ab");
        assertThat(events).containsExactly("ping ping", "close 1000");
    }

    @Test
    @DisplayName("5.5: a control frame of 125 bytes is the longest")
    void longestControlFrameIsAccepted() {
        receive(frame(true, WebSocketFrames.PING, new byte[125]));
        receive(frame(true, WebSocketFrames.PING, new byte[126]));
        assertThat(events).hasSize(2);
        assertThat(events.get(1)).isEqualTo("violation 1002 control frame in fragments or too long");
    }

    @Test
    @DisplayName("MQ-5-11: text frames close with 1003")
    void textIsRefused() {
        receive(frame(true, 1, bytes("text")));
        receive(binary("late"));
        assertThat(events).containsExactly("violation 1003 text message");
        assertThat(text()).isEmpty();
    }

    @Test
    @DisplayName("5.1: a client's frame without mask is refused")
    void unmaskedFrameIsRefused() {
        receive(Unpooled.wrappedBuffer(new byte[] {(byte) 0x82, 1, 'x'}));
        assertThat(events).containsExactly("violation 1002 frame of a client without mask");
    }

    @ParameterizedTest
    @CsvSource({
        "C2,reserved bits set",
        "A2,reserved bits set",
        "92,reserved bits set",
        "83,unknown data frame",
        "87,unknown data frame",
        "8B,unknown control frame",
        "8F,unknown control frame",
        "09,control frame in fragments or too long",
        "80,continuation of nothing"
    })
    void brokenFirstByteIsRefused(String first, String reason) {
        receive(Unpooled.buffer()
                .writeByte(Integer.parseInt(first, 16))
                .writeByte(0x80)
                .writeInt(MASK));
        assertThat(events).containsExactly("violation 1002 " + reason);
    }

    @Test
    @DisplayName("5.4: a new message inside a fragmented one is refused")
    void messageInsideAMessageIsRefused() {
        receive(frame(false, WebSocketFrames.BINARY, bytes("a")));
        receive(frame(true, WebSocketFrames.BINARY, bytes("b")));
        assertThat(events).containsExactly("violation 1002 new message inside a message");
    }

    @Test
    @DisplayName("5.2: lengths are in their shortest form")
    void longerLengthThanNeededIsRefused() {
        receive(Unpooled.buffer()
                .writeByte(0x82)
                .writeByte(0xFE)
                .writeShort(125)
                .writeInt(MASK));
        assertThat(events).containsExactly("violation 1002 length not in its shortest form");
    }

    @Test
    @DisplayName("5.2: the most significant bit of a length is 0")
    void negativeLengthIsRefused() {
        receive(Unpooled.buffer().writeByte(0x82).writeByte(0xFF).writeLong(-1).writeInt(MASK));
        assertThat(events).containsExactly("violation 1002 length not in its shortest form");
    }

    @Test
    void frameOfManyGigabytesIsStreamed() {
        receive(Unpooled.buffer()
                .writeByte(0x82)
                .writeByte(0xFF)
                .writeLong(1L << 40)
                .writeInt(0));
        receive(Unpooled.copiedBuffer("abc", StandardCharsets.US_ASCII));
        assertThat(text()).isEqualTo("abc");
        assertThat(events).isEmpty();
    }

    @ParameterizedTest
    @DisplayName("7.4: which statuses a close frame may carry")
    @CsvSource({
        "1000,true", "1001,true", "1002,true", "1003,true", "1004,false", "1005,false", "1006,false", "1007,true",
        "1014,true", "1015,false", "999,false", "0,false", "2999,false", "3000,true", "4999,true", "5000,false"
    })
    void closeStatus(int status, boolean allowed) {
        receive(frame(true, WebSocketFrames.CLOSE, new byte[] {(byte) (status >> 8), (byte) status, 'x'}));
        assertThat(events)
                .containsExactly(allowed ? "close " + status : "violation 1002 close frame with status " + status);
    }

    @Test
    void closeWithoutStatusAndWithHalfAStatus() {
        receive(frame(true, WebSocketFrames.CLOSE, new byte[0]));
        assertThat(events).containsExactly("close " + WebSocketFrames.NO_STATUS);
        WebSocketFramesTest other = new WebSocketFramesTest();
        other.receive(frame(true, WebSocketFrames.CLOSE, new byte[1]));
        assertThat(other.events).containsExactly("violation 1002 close frame with status -1");
        other.release();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 125, 126, 65535, 65536})
    void sentHeaderHasTheShortestLength(int length) {
        ByteBuf header = Unpooled.buffer();
        WebSocketFrames.writeHeader(header, WebSocketFrames.BINARY, length);
        int expected = length < 126 ? 2 : length < 65536 ? 4 : 10;
        assertThat(header.readableBytes())
                .isEqualTo(expected)
                .isLessThanOrEqualTo(WebSocketFrames.MAX_SENT_HEADER_BYTES);
        assertThat(header.getUnsignedByte(0)).isEqualTo((short) 0x82);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
