// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.interop;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** Encoded messages, in hexadecimal, that use what the type system allows and client libraries seldom write. */
final class RawMessages {

    /** The long forms of descriptor and list, and trailing nulls. */
    private static final String HEADER = "00" + "800000000000000070" + "d00000000900000005" + "4140404040";

    private static final String DELIVERY_ANNOTATIONS = "005371" + map8(2, "a3017a" + "5407");
    private static final String MESSAGE_ANNOTATIONS = "005372" + map8(2, symbol("x-opt-color") + "43");

    /** A uuid as message-id, a user-id, an ulong as correlation-id. */
    private static final String PROPERTIES =
            "005373" + list8(6, "9800112233445566778899aabbccddeeff" + "a003010203" + "404040" + "532a");

    /** Both decimals, char, timestamp, byte, short, float. */
    private static final String APPLICATION_PROPERTIES = "005374"
            + map8(
                    14,
                    "a10164" + "7422500000"
                            + "a10144" + "842234000000000000"
                            + "a10163" + "730001f600"
                            + "a10174" + "83000001890a0b0c0d"
                            + "a10162" + "51ff"
                            + "a10173" + "61fffe"
                            + "a10166" + "723f800000");

    /** An array of two symbols, and a value described by somebody's own symbol. */
    private static final String VALUE = "005377" + list8(2, "e00602a301610162" + "00" + symbol("test:own") + "a10178");

    /** Three data sections, one of them empty, one in the long form. */
    private static final String DATA = "005375a00101" + "005375a000" + "005375b0000000020203";

    private static final String SEQUENCES = "00537645" + "005376" + list8(2, "54015402");
    private static final String FOOTER = "005378" + map8(2, "a30161" + "a10162");

    private RawMessages() {}

    static List<String> all() {
        return List.of(
                HEADER
                        + DELIVERY_ANNOTATIONS
                        + MESSAGE_ANNOTATIONS
                        + PROPERTIES
                        + APPLICATION_PROPERTIES
                        + VALUE
                        + FOOTER,
                HEADER + DATA + FOOTER,
                PROPERTIES + SEQUENCES,
                VALUE);
    }

    private static String list8(int count, String items) {
        return "c0" + sized(count, items);
    }

    private static String map8(int count, String items) {
        return "c1" + sized(count, items);
    }

    private static String sized(int count, String items) {
        return String.format(Locale.ROOT, "%02x%02x%s", items.length() / 2 + 1, count, items);
    }

    private static String symbol(String text) {
        byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
        return String.format(
                Locale.ROOT, "a3%02x%s", ascii.length, HexFormat.of().formatHex(ascii));
    }
}
