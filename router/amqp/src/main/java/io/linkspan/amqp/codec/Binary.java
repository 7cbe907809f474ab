// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp.codec;

import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** AMQP {@code binary}: octets compared by content, so usable as a key. AMQP 1.0 part 1, 1.6.19. */
public final class Binary {
    private final byte[] octets;

    /** Wraps the octets without a copy; whoever made them leaves them alone afterwards. */
    public Binary(byte[] octets) {
        this.octets = octets;
    }

    /** The octets themselves, not a copy; not to be changed. */
    public byte[] octets() {
        return octets;
    }

    public int length() {
        return octets.length;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Binary binary && Arrays.equals(octets, binary.octets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(octets);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(octets);
    }
}
