// SPDX-License-Identifier: Apache-2.0
package io.linkspan.tests.interop;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/** How clients show bodies in their events. */
final class Shown {

    private Shown() {}

    /** A body too long to be shown: the text of a message repeated up to a size, as length and digest. */
    static Map<String, Object> large(String text, int size) {
        byte[] body = (text + "/")
                .repeat(size / (text.length() + 1) + 1)
                .substring(0, size)
                .getBytes(StandardCharsets.UTF_8);
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(body);
            return Map.of("length", (long) size, "sha256", HexFormat.of().formatHex(digest));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    /** Bytes short enough to be shown. */
    static Map<String, Object> binary(String text) {
        return Map.of("binary", HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8)));
    }
}
