// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.topic;

import io.linkspan.bridge.text.Utf8;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Why bytes are not a topic name that is served. MQTT 5.0, 4.7.1 and 4.7.3. */
public enum TopicProblem {
    /** No character at all. */
    EMPTY,
    /** A {@code +} or {@code #} in it. */
    WILDCARD,
    /** Not UTF-8, or with U+0000. */
    MALFORMED,
    /** A control character or non-character, where these are refused. */
    DISCOURAGED,
    /** More levels than are served. */
    TOO_MANY_LEVELS;

    /** Judges a topic name in place; null if it is fine. */
    public static @Nullable TopicProblem of(
            ByteBuf buffer, int offset, int length, boolean strictUtf8, int maxTopicLevels) {
        if (length == 0) {
            return EMPTY;
        }
        Utf8.Verdict verdict = Utf8.check(buffer, offset, length);
        if (verdict == Utf8.Verdict.MALFORMED) {
            return MALFORMED;
        }
        if (verdict == Utf8.Verdict.DISCOURAGED && strictUtf8) {
            return DISCOURAGED;
        }
        int levels = 1;
        for (int i = offset; i < offset + length; i++) {
            byte b = buffer.getByte(i);
            if (b == '+' || b == '#') {
                return WILDCARD;
            }
            if (b == '/') {
                levels++;
            }
        }
        return levels > maxTopicLevels ? TOO_MANY_LEVELS : null;
    }
}
