// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.message;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The symbolic descriptors of the sections (AMQP 1.0 part 3, 3.2), which peers may use instead of the codes. */
final class SectionName {

    private static final byte[][] NAMES = {
        name("amqp:header:list"),
        name("amqp:delivery-annotations:map"),
        name("amqp:message-annotations:map"),
        name("amqp:properties:list"),
        name("amqp:application-properties:map"),
        name("amqp:data:binary"),
        name("amqp:amqp-sequence:list"),
        name("amqp:amqp-value:*"),
        name("amqp:footer:map")
    };

    private SectionName() {}

    private static byte[] name(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The code of the named section, or {@link Integer#MAX_VALUE} when it is no section. */
    static int codeOf(byte[] octets, int index, int length) {
        for (int i = 0; i < NAMES.length; i++) {
            if (Arrays.equals(octets, index, index + length, NAMES[i], 0, NAMES[i].length)) {
                return 0x70 + i;
            }
        }
        return Integer.MAX_VALUE;
    }
}
