// SPDX-License-Identifier: Apache-2.0
package io.linkspan.management.cli;

import org.jspecify.annotations.Nullable;

/** The key of an address as the tables show it: class, text and, for mobile addresses, phase. */
record AddressKey(String addressClass, String text, String phase) {
    /** Takes the key apart; null gives three empty cells. */
    static AddressKey of(@Nullable Object key) {
        if (!(key instanceof String text) || text.isEmpty()) {
            return new AddressKey("", "", "");
        }
        String rest = text.substring(1);
        return switch (text.charAt(0)) {
            case 'M' ->
                rest.isEmpty()
                        ? new AddressKey("mobile", "", "")
                        : new AddressKey("mobile", rest.substring(1), rest.substring(0, 1));
            case 'R' -> new AddressKey("router", rest, "");
            case 'A' -> new AddressKey("area", rest, "");
            case 'L' -> new AddressKey("local", rest, "");
            case 'T' -> new AddressKey("topo", rest, "");
            case 'C', 'E' -> new AddressKey("link-in", rest, "");
            case 'D', 'F' -> new AddressKey("link-out", rest, "");
            case 'H' -> new AddressKey("edge", rest, "");
            default -> new AddressKey("unknown: " + text.charAt(0), rest, "");
        };
    }

    /** True if the key is that of a link route, which leads to containers. */
    static boolean isLinkRoute(String key) {
        return "CDEF".indexOf(key.charAt(0)) >= 0;
    }
}
