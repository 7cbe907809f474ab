// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.text;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * Strict UTF-8 over bytes that stay where they are. MQTT 5.0, 1.5.4: shortest form only, no surrogates, no U+0000, at
 * most U+10FFFF.
 *
 * <p>A well-formed text may still hold code points that a sender should leave out (control characters and
 * non-characters, MQ-6-33); the caller decides what they cost.
 */
public final class Utf8 {

    /** What a piece of text turned out to be, from best to worst. */
    public enum Verdict {
        /** Well formed, nothing to object to. */
        CLEAN,
        /** Well formed, with a control character (U+0001..U+001F, U+007F..U+009F) or a non-character in it. */
        DISCOURAGED,
        /** Not UTF-8, or with U+0000 or a surrogate in it. */
        MALFORMED
    }

    private Utf8() {}

    /** Judges {@code length} bytes from {@code offset}; the indices of the buffer stay as they are. */
    public static Verdict check(ByteBuf bytes, int offset, int length) {
        Verdict verdict = Verdict.CLEAN;
        int end = offset + length;
        int i = offset;
        while (i < end) {
            int b = bytes.getByte(i++);
            if (b >= 0x20 && b != 0x7f) {
                continue;
            }
            if (b >= 0) {
                if (b == 0) {
                    return Verdict.MALFORMED;
                }
                verdict = Verdict.DISCOURAGED;
                continue;
            }
            int tail = continuationBytes(b);
            if (tail < 0 || i + tail > end) {
                return Verdict.MALFORMED;
            }
            int codePoint = b & (0x3f >> tail);
            for (int k = 0; k < tail; k++) {
                int c = bytes.getByte(i++);
                if ((c & 0xc0) != 0x80) {
                    return Verdict.MALFORMED;
                }
                codePoint = codePoint << 6 | (c & 0x3f);
            }
            if (!isShortestForm(codePoint, tail) || codePoint > 0x10ffff || isSurrogate(codePoint)) {
                return Verdict.MALFORMED;
            }
            if (isDiscouraged(codePoint)) {
                verdict = Verdict.DISCOURAGED;
            }
        }
        return verdict;
    }

    /** Judges a Java string as the text it would be on the wire; a lone surrogate is malformed. */
    public static Verdict check(String text) {
        Verdict verdict = Verdict.CLEAN;
        for (int i = 0; i < text.length(); ) {
            int codePoint = text.codePointAt(i);
            i += Character.charCount(codePoint);
            if (codePoint == 0 || isSurrogate(codePoint)) {
                return Verdict.MALFORMED;
            }
            if (isDiscouraged(codePoint)) {
                verdict = Verdict.DISCOURAGED;
            }
        }
        return verdict;
    }

    /** The bytes as a string; they must have been checked. */
    public static String decode(ByteBuf bytes, int offset, int length) {
        return bytes.toString(offset, length, StandardCharsets.UTF_8);
    }

    /** The text as bytes. */
    public static byte[] encode(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Control characters and non-characters: legal, and better left out. MQTT 5.0, 1.5.4. */
    private static boolean isDiscouraged(int codePoint) {
        return codePoint < 0x20
                || (codePoint >= 0x7f && codePoint <= 0x9f)
                || (codePoint & 0xfffe) == 0xfffe
                || (codePoint >= 0xfdd0 && codePoint <= 0xfdef);
    }

    private static boolean isSurrogate(int codePoint) {
        return codePoint >= 0xd800 && codePoint <= 0xdfff;
    }

    private static boolean isShortestForm(int codePoint, int tail) {
        return codePoint >= (tail == 1 ? 0x80 : tail == 2 ? 0x800 : 0x10000);
    }

    /** How many bytes follow a first byte of 0x80 or more, or -1 if it cannot be one. */
    static int continuationBytes(int first) {
        if ((first & 0xe0) == 0xc0) {
            return 1;
        }
        if ((first & 0xf0) == 0xe0) {
            return 2;
        }
        return (first & 0xf8) == 0xf0 ? 3 : -1;
    }
}
