// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.soak;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Well-formed conversations of both protocols as single packets, written by hand so that they do not depend on the
 * code under test, and the ways to spoil them.
 */
final class Corpus {

    private static final byte[] NULL = {0x40};
    private static final byte[] TRUE = {0x41};
    private static final byte[] FALSE = {0x42};

    private Corpus() {}

    /** One client's AMQP frames in a legal order: header, open, begin, two attaches, flow, transfers, the ends. */
    static List<byte[]> amqp(String address, Random random) {
        List<byte[]> frames = new ArrayList<>();
        if (random.nextInt(4) == 0) {
            frames.add(new byte[] {'A', 'M', 'Q', 'P', 3, 1, 0, 0});
            frames.add(frame(1, 0, 0x41, symbol("ANONYMOUS"), binary("fuzz".getBytes(StandardCharsets.UTF_8))));
        }
        frames.add(new byte[] {'A', 'M', 'Q', 'P', 0, 1, 0, 0});
        frames.add(frame(0, 0, 0x10, string("fuzz-" + random.nextInt(1000)), string("localhost"), uint(16384)));
        frames.add(frame(0, 0, 0x11, NULL, uint(0), uint(100), uint(100)));
        byte[] source = described(0x28, string(address));
        byte[] target = described(0x29, string(address));
        frames.add(frame(0, 0, 0x12, string("s"), uint(0), FALSE, NULL, NULL, source, target, NULL, NULL, uint(0)));
        frames.add(frame(0, 0, 0x12, string("r"), uint(1), TRUE, NULL, NULL, source, target));
        frames.add(frame(0, 0, 0x13, uint(0), uint(100), uint(0), uint(100), uint(1), uint(0), uint(20)));
        for (int i = 0; i < 3; i++) {
            byte[] body = concat(new byte[] {0, 0x53, 0x75}, binary(new byte[random.nextInt(200)]));
            frames.add(transfer(i, random.nextBoolean(), body));
        }
        frames.add(frame(0, 0, 0x15, TRUE, uint(0), uint(2), TRUE, described(0x24)));
        frames.add(frame(0, 0, 0x16, uint(0), TRUE));
        frames.add(frame(0, 0, 0x17));
        frames.add(frame(0, 0, 0x18));
        return frames;
    }

    /** A sender that gives up the deliveries it has begun, some by detaching or ending, and then says goodbye or not. */
    static byte[] aborts(String address, Random random) {
        List<byte[]> frames = new ArrayList<>();
        frames.add(new byte[] {'A', 'M', 'Q', 'P', 0, 1, 0, 0});
        frames.add(frame(0, 0, 0x10, string("aborter"), string("localhost"), uint(16384)));
        frames.add(frame(0, 0, 0x11, NULL, uint(0), uint(100), uint(100)));
        byte[] source = described(0x28);
        byte[] target = described(0x29, string(address));
        frames.add(frame(0, 0, 0x12, string("a"), uint(0), FALSE, NULL, NULL, source, target, NULL, NULL, uint(0)));
        for (int id = 0; id < 4; id++) {
            for (int part = random.nextInt(20); part >= 0; part--) {
                byte[] performative = described(0x14, uint(0), uint(id), binary(int32(id)), uint(0), NULL, TRUE);
                byte[] payload = new byte[random.nextInt(16_000)];
                frames.add(framed(0, 0, concat(performative, payload)));
            }
            byte[] aborted = described(0x14, uint(0), uint(id), NULL, NULL, NULL, FALSE, NULL, NULL, NULL, TRUE);
            frames.add(framed(0, 0, aborted));
        }
        if (random.nextBoolean()) {
            byte[] begun = described(0x14, uint(0), uint(4), binary(int32(4)), uint(0), NULL, TRUE);
            frames.add(framed(0, 0, concat(begun, new byte[random.nextInt(16_000)])));
            frames.add(random.nextBoolean() ? frame(0, 0, 0x16, uint(0), TRUE) : frame(0, 0, 0x17));
        }
        if (random.nextBoolean()) {
            frames.add(frame(0, 0, 0x18));
        }
        return concat(frames.toArray(new byte[0][]));
    }

    /** One client's MQTT packets in a legal order, of a protocol level 3, 4 or 5. */
    static List<byte[]> mqtt(String topic, Random random) {
        int level = 3 + random.nextInt(3);
        boolean five = level == 5;
        byte[] noProperties = five ? new byte[] {0} : new byte[0];
        List<byte[]> packets = new ArrayList<>();
        packets.add(packet(
                0x10,
                utf8(level == 3 ? "MQIsdp" : "MQTT"),
                new byte[] {(byte) level, 2, 0, 60},
                noProperties,
                utf8("fuzz" + random.nextInt(100_000))));
        packets.add(packet(0x82, new byte[] {0, 1}, noProperties, utf8(topic), new byte[] {1}));
        packets.add(packet(0x30, utf8(topic), noProperties, new byte[random.nextInt(100)]));
        byte[] properties = five
                ? concat(new byte[] {(byte) 9, 0x26}, utf8("a"), utf8("bc"), new byte[] {0x01, 0x00})
                : new byte[0];
        packets.add(packet(0x32, utf8(topic), new byte[] {0, 2}, properties, new byte[random.nextInt(100)]));
        packets.add(packet(0x40, new byte[] {0, 1}));
        packets.add(packet(0xa2, new byte[] {0, 3}, noProperties, utf8(topic)));
        packets.add(new byte[] {(byte) 0xc0, 0});
        packets.add(new byte[] {(byte) 0xe0, 0});
        return packets;
    }

    /** A spoilt copy: bytes flipped, cut, repeated, inserted, or a length changed. Sometimes the packet itself. */
    static byte[] spoil(byte[] packet, Random random) {
        byte[] copy = packet.clone();
        switch (random.nextInt(7)) {
            case 0 -> {
                return copy;
            }
            case 1 -> {
                return java.util.Arrays.copyOf(copy, random.nextInt(copy.length + 1));
            }
            case 2 -> {
                byte[] noise = new byte[1 + random.nextInt(40)];
                random.nextBytes(noise);
                int at = random.nextInt(copy.length + 1);
                return concat(
                        java.util.Arrays.copyOf(copy, at), noise, java.util.Arrays.copyOfRange(copy, at, copy.length));
            }
            case 3 -> {
                return concat(copy, copy);
            }
            case 4 -> {
                if (copy.length >= 4) {
                    copy[random.nextInt(4)] = (byte) random.nextInt(256);
                }
                return copy;
            }
            default -> {
                for (int i = 0, n = 1 + random.nextInt(4); i < n && copy.length > 0; i++) {
                    int at = random.nextInt(copy.length);
                    copy[at] = (byte) (random.nextBoolean() ? random.nextInt(256) : copy[at] ^ 1 << random.nextInt(8));
                }
                return copy;
            }
        }
    }

    private static byte[] frame(int type, int channel, int code, byte[]... fields) {
        return framed(type, channel, described(code, fields));
    }

    private static byte[] transfer(int id, boolean settled, byte[] payload) {
        byte[] performative =
                described(0x14, uint(0), uint(id), binary(new byte[] {(byte) id}), uint(0), settled ? TRUE : FALSE);
        return framed(0, 0, concat(performative, payload));
    }

    private static byte[] framed(int type, int channel, byte[] body) {
        return concat(int32(body.length + 8), new byte[] {2, (byte) type, (byte) (channel >> 8), (byte) channel}, body);
    }

    private static byte[] described(int code, byte[]... fields) {
        byte[] body = concat(fields);
        return concat(
                new byte[] {0, 0x53, (byte) code, (byte) 0xd0}, int32(body.length + 4), int32(fields.length), body);
    }

    private static byte[] string(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return concat(new byte[] {(byte) 0xb1}, int32(bytes.length), bytes);
    }

    private static byte[] symbol(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return concat(new byte[] {(byte) 0xb3}, int32(bytes.length), bytes);
    }

    private static byte[] binary(byte[] bytes) {
        return concat(new byte[] {(byte) 0xb0}, int32(bytes.length), bytes);
    }

    private static byte[] uint(int value) {
        return concat(new byte[] {0x70}, int32(value));
    }

    private static byte[] int32(int value) {
        return new byte[] {(byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value};
    }

    private static byte[] utf8(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return concat(new byte[] {(byte) (bytes.length >> 8), (byte) bytes.length}, bytes);
    }

    private static byte[] packet(int first, byte[]... parts) {
        byte[] body = concat(parts);
        ByteArrayOutputStream length = new ByteArrayOutputStream();
        int rest = body.length;
        do {
            int digit = rest & 127;
            rest >>= 7;
            length.write(rest > 0 ? digit | 128 : digit);
        } while (rest > 0);
        return concat(new byte[] {(byte) first}, length.toByteArray(), body);
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
