// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.port;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * What the first bytes of a connection say about its protocol.
 *
 * <p>At most {@link #DECIDING_BYTES} bytes are looked at. The beginnings of the protocols exclude each other, so that
 * one byte narrows it down to a protocol or to nothing known.
 */
public enum FirstBytes {
    /** {@code AMQP}: a protocol header of AMQP, of any version and layer (AMQP 1.0 part 2, 2.2). */
    AMQP("AMQP"),
    /** 0x10: a CONNECT packet of MQTT (MQTT 5.0, 3.1.1). */
    MQTT("MQTT"),
    /** A method of HTTP/1.1 and a blank (RFC 9112, 3). */
    HTTP("HTTP"),
    /** 0x16 0x03: a handshake record of TLS (RFC 8446, 5.1). */
    TLS("TLS"),
    /** Nothing known begins like this. */
    UNKNOWN("unknown bytes"),
    /** Not enough bytes yet. */
    UNDECIDED("nothing");

    /** Bytes that always suffice for a decision: the longest method of HTTP and its blank. */
    public static final int DECIDING_BYTES = 8;

    private static final byte[] AMQP_BEGINNING = bytes("AMQP");
    private static final byte[] TLS_BEGINNING = {0x16, 0x03};
    private static final byte[] MQTT_BEGINNING = {0x10};
    private static final byte[][] HTTP_BEGINNINGS = {
        bytes("GET "),
        bytes("HEAD "),
        bytes("POST "),
        bytes("PUT "),
        bytes("DELETE "),
        bytes("OPTIONS "),
        bytes("PATCH "),
        bytes("TRACE "),
        bytes("CONNECT ")
    };

    private final String label;

    FirstBytes(String label) {
        this.label = label;
    }

    /** The word for it in the log. */
    public String label() {
        return label;
    }

    /** What the readable bytes begin with. Reads nothing away. */
    public static FirstBytes of(ByteBuf in) {
        FirstBytes sofar = UNKNOWN;
        sofar = consider(in, AMQP_BEGINNING, AMQP, sofar);
        sofar = consider(in, MQTT_BEGINNING, MQTT, sofar);
        sofar = consider(in, TLS_BEGINNING, TLS, sofar);
        for (byte[] method : HTTP_BEGINNINGS) {
            sofar = consider(in, method, HTTP, sofar);
        }
        return sofar;
    }

    private static FirstBytes consider(ByteBuf in, byte[] beginning, FirstBytes meaning, FirstBytes sofar) {
        int have = Math.min(in.readableBytes(), beginning.length);
        for (int i = 0; i < have; i++) {
            if (in.getByte(in.readerIndex() + i) != beginning[i]) {
                return sofar;
            }
        }
        return have == beginning.length ? meaning : UNDECIDED;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
