// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

/** The eight octets that begin a protocol layer, as a number. AMQP 1.0 part 2, 2.2; part 5, 5.2.1 and 5.3.1. */
final class ProtocolHeader {
    static final long AMQP = 0x414d_5150_0001_0000L;
    static final long TLS = 0x414d_5150_0201_0000L;
    static final long SASL = 0x414d_5150_0301_0000L;

    private ProtocolHeader() {}

    /** The octets as text, those that are not printable as {@code \\xNN}. */
    static String printable(long header) {
        StringBuilder text = new StringBuilder();
        for (int shift = 56; shift >= 0; shift -= 8) {
            int octet = (int) (header >>> shift) & 0xff;
            if (octet >= 0x20 && octet < 0x7f) {
                text.append((char) octet);
            } else {
                text.append("\\x").append(octet < 0x10 ? "0" : "").append(Integer.toHexString(octet));
            }
        }
        return text.toString();
    }
}
