// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.text;

import io.netty.buffer.ByteBuf;

/**
 * Checks a text that comes in pieces: a payload whose sender said it is UTF-8 (MQ-6-27). Any well-formed text passes,
 * U+0000 included: it is a payload, not an MQTT string. One object per payload; confined to the connection's loop.
 */
public final class Utf8Stream {

    private int missing;
    private int codePoint;
    private int lowest;
    private boolean malformed;

    /** Takes the next piece; false from the first piece on that makes the text malformed. */
    public boolean accept(ByteBuf bytes, int offset, int length) {
        int end = offset + length;
        for (int i = offset; i < end && !malformed; i++) {
            take(bytes.getByte(i));
        }
        return !malformed;
    }

    /** Whether all pieces together were well formed; a text that ends within a character is not. */
    public boolean complete() {
        return !malformed && missing == 0;
    }

    /** Forgets everything, for the next payload. */
    public void reset() {
        missing = 0;
        malformed = false;
    }

    private void take(int b) {
        if (missing > 0) {
            if ((b & 0xc0) != 0x80) {
                malformed = true;
                return;
            }
            codePoint = codePoint << 6 | (b & 0x3f);
            if (--missing == 0) {
                malformed = codePoint < lowest || codePoint > 0x10ffff || (codePoint >= 0xd800 && codePoint <= 0xdfff);
            }
        } else if (b < 0) {
            missing = Utf8.continuationBytes(b);
            if (missing < 0) {
                malformed = true;
                return;
            }
            codePoint = b & (0x3f >> missing);
            lowest = missing == 1 ? 0x80 : missing == 2 ? 0x800 : 0x10000;
        }
    }
}
