// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.delivery;

import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What {@code x-opt-qd.to} and {@code x-opt-qd.phase} say for all deliveries of a link with a target (routing ANN-05).
 * Made once per link. The text is the address as the peer wrote it, UTF-8, and is not changed by anybody. Confined to the
 * loop of its link.
 */
public final class ToAnnotation {

    private final byte[] text;
    private final int phase;
    private byte @Nullable [] section;

    private ToAnnotation(byte[] text, int phase) {
        this.text = text;
        this.phase = phase;
    }

    /** Of an address in a phase. */
    public static ToAnnotation of(String address, int phase) {
        return new ToAnnotation(address.getBytes(StandardCharsets.UTF_8), phase);
    }

    /** The address, not to be changed. */
    public byte[] text() {
        return text;
    }

    /** The phase of the address. */
    public int phase() {
        return phase;
    }

    /**
     * The section of annotations for a message that has none of its own: the same for all, so it is made once.
     *
     * @param maker of the one router
     */
    public byte[] section(Function<ToAnnotation, byte[]> maker) {
        byte[] made = section;
        if (made == null) {
            made = maker.apply(this);
            section = made;
        }
        return made;
    }
}
