// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.delivery;

import java.nio.charset.StandardCharsets;

/**
 * What {@code x-opt-qd.to} and {@code x-opt-qd.phase} say for all deliveries of a link with a target (routing ANN-05).
 * Made once per link. The text is the address as the peer wrote it, UTF-8, and is not changed by anybody.
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody; an array, since it is written per message.
public record ToAnnotation(byte[] text, int phase) {

    /** Of an address in a phase. */
    public static ToAnnotation of(String address, int phase) {
        return new ToAnnotation(address.getBytes(StandardCharsets.UTF_8), phase);
    }
}
