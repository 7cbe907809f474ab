// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.linkspan.bridge.codec.Bytes;
import io.linkspan.bridge.topic.TopicMapping;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** MQ-2-5: from MQTT to AMQP and back nothing is lost. */
class RoundTripTest {

    private static final TopicMapping MAPPING = TopicMapping.standard();
    private static final String[] TEXTS = {"", "a", "text/plain", "é\ud83d\ude00", "a/b.c/%41", "x-y", "urn:uuid:"};

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    @DisplayName("MQ-2-5 MQTT to AMQP to MQTT keeps everything")
    void everythingComesBack(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < 1_000; i++) {
            comesBack(random);
        }
    }

    private static void comesBack(Random random) {
        Bytes properties = Bytes.bytes();
        if (random.nextBoolean()) {
            properties.b(1, random.nextInt(2));
        }
        if (random.nextBoolean()) {
            properties.b(3).s(TEXTS[random.nextInt(TEXTS.length)]);
        }
        if (random.nextBoolean()) {
            properties.b(8).s("re/" + TEXTS[random.nextInt(TEXTS.length)]);
        }
        if (random.nextBoolean()) {
            byte[] data = new byte[random.nextInt(300)];
            random.nextBytes(data);
            properties.b(9).u2(data.length).raw(data);
        }
        for (int i = random.nextInt(4); i > 0; i--) {
            properties.b(0x26).s(TEXTS[random.nextInt(3)]).s(TEXTS[random.nextInt(TEXTS.length)]);
        }
        byte[] payload = new byte[random.nextInt(400)];
        random.nextBytes(payload);
        int qos = random.nextInt(2);
        roundTrip(
                properties,
                payload,
                qos,
                random.nextBoolean(),
                random.nextBoolean() ? random.nextInt(100_000) + 1 : -1);
    }

    @Test
    void uuidCorrelationComesBack() {
        UUID id = UUID.fromString("01234567-89ab-cdef-0123-456789abcdef");
        roundTrip(Bytes.of(9).s("urn:uuid:" + id), new byte[1], 1, false, -1);
    }

    private static void roundTrip(Bytes properties, byte[] payload, int qos, boolean retain, long expiry) {
        MqttMessages messages = new MqttMessages(MAPPING);
        MqttMessage message = new MqttMessage();
        messages.point(message, "a/b", qos, retain, properties, payload);
        message.received(5_000, expiry);
        ByteBuf amqp = Unpooled.buffer();
        new AmqpWriter(MappingOptions.DEFAULT, UUID::randomUUID).write(message, amqp);
        AmqpReader reader = new AmqpReader(MappingOptions.DEFAULT, MAPPING::toTopic);
        reader.read(amqp, 0, amqp.writerIndex(), qos == 0, true, 5_000, 5_000);
        assertThat(ByteBufUtil.hexDump(reader.properties())).isEqualTo(ByteBufUtil.hexDump(properties.array()));
        assertThat(ByteBufUtil.getBytes(reader.payload(), reader.payloadStart(), reader.payloadLength()))
                .isEqualTo(payload);
        assertThat(reader.qos()).isEqualTo(qos);
        assertThat(reader.retain()).isEqualTo(retain);
        assertThat(reader.expirySeconds()).isEqualTo(expiry);
    }
}
