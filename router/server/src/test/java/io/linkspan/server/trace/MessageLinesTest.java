// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.amqp.codec.Binary;
import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.TypeEncoder;
import io.linkspan.amqp.codec.UnsignedInteger;
import io.linkspan.amqp.codec.UnsignedLong;
import io.linkspan.management.config.ConnectionSettings;
import io.linkspan.server.log.Log;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Clock;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MessageLinesTest {
    private final Log log = new Log(Clock.systemUTC(), () -> {});

    private String text(Set<String> parts, ByteBuf message) {
        StringBuilder line = new StringBuilder();
        new MessageLines(log, parts).append(line, message);
        return line.toString();
    }

    private static Set<String> all() {
        return Set.copyOf(ConnectionSettings.MESSAGE_PARTS);
    }

    private static ByteBuf message(Object... sections) {
        ByteBuf bytes = Unpooled.buffer();
        for (int i = 0; i < sections.length; i += 2) {
            TypeEncoder.writeValue(bytes, new Described(new UnsignedLong((int) sections[i]), sections[i + 1]));
        }
        return bytes;
    }

    private static List<@Nullable Object> properties() {
        return Arrays.asList("id-1", new Binary(new byte[] {'m', 'e'}), "q", null, "replies", new UnsignedLong(7));
    }

    @Test
    void partsThatAreNamedAndThereAreShownInOrder() {
        Map<String, Object> application = new LinkedHashMap<>();
        application.put("colour", "red");
        application.put("password", "hunter2");
        ByteBuf message = message(
                0x70,
                List.of(true),
                0x72,
                Map.of("x-opt-a", 1),
                0x73,
                properties(),
                0x74,
                application,
                0x77,
                "the body");
        assertThat(text(all(), message.slice()))
                .isEqualTo("Message{message-id='id-1', user-id='me', to='q', reply-to='replies', correlation-id='7',"
                        + " app-properties={\"colour\"=\"red\", \"password\"=*******}}");
        assertThat(text(Set.of("to"), message.slice())).isEqualTo("Message{to='q'}");
        assertThat(text(Set.of("subject"), message.slice())).isEqualTo("Message{}");
    }

    @Test
    void messageThatHasNotComeWholeIsShownAsFarAsItHas() {
        ByteBuf message = message(0x73, properties(), 0x74, Map.of("a", "b"), 0x75, new Binary(new byte[100]));
        int whole = message.readableBytes();
        for (int length = 0; length < whole; length++) {
            assertThat(text(all(), message.slice(0, length)))
                    .startsWith("Message{")
                    .endsWith("}");
        }
        assertThat(text(all(), message.slice(0, whole - 1))).contains("to='q'", "app-properties={\"a\"=\"b\"}, ...}");
        assertThat(text(all(), message.slice(0, 10))).isEqualTo("Message{...}");
    }

    @Test
    void whatIsNoMessageIsNotShown() {
        assertThat(text(all(), Unpooled.wrappedBuffer(new byte[] {(byte) 0xff, 1, 2})))
                .isEqualTo("Message{...}");
        assertThat(text(all(), message(0x73, "no list"))).isEqualTo("Message{}");
        assertThat(text(all(), message(0x73, List.of(new UnsignedInteger(1))))).isEqualTo("Message{message-id='1'}");
        assertThat(text(all(), Unpooled.EMPTY_BUFFER)).isEqualTo("Message{}");
    }
}
