// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.link;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which way messages go over a link, seen from the network. */
public enum Direction {
    /** Into the network: the peer sends. */
    IN,
    /** Out of the network: the peer receives. */
    OUT;

    /** The direction of a word of configuration and management, or null if it is none. */
    public static @Nullable Direction of(@Nullable String word) {
        return "in".equals(word) ? IN : "out".equals(word) ? OUT : null;
    }

    /** The word of configuration and management. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
