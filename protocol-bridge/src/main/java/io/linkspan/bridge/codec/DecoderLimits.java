// SPDX-License-Identifier: Apache-2.0
package io.linkspan.bridge.codec;

/**
 * What a decoder accepts.
 *
 * @param maxPacketBytes largest packet, first byte to last; above it 0x95 (MQ-6-9)
 * @param maxUnauthenticatedBytes largest first packet (MQ-5-4)
 * @param maxTopicLevels levels of a topic name (MQ-6-37)
 * @param maxUserProperties user properties in one packet (MQ-6-39)
 * @param topicAliasMaximum largest topic alias; 0: none (MQ-6-16)
 * @param strictUtf8 whether control characters and non-characters are refused in client identifier, user name, topic
 *     and filter (MQ-6-33)
 */
public record DecoderLimits(
        long maxPacketBytes,
        int maxUnauthenticatedBytes,
        int maxTopicLevels,
        int maxUserProperties,
        int topicAliasMaximum,
        boolean strictUtf8) {

    /** The largest packet the format can express: five bytes of header and 268,435,455 bytes. */
    public static final long MAX_PACKET_BYTES = 268_435_460L;

    /**
     * Bytes of one packet that are held until it is complete: every packet other than PUBLISH, and what stands before
     * the payload of a PUBLISH. Above it 0x97.
     */
    public static final int MAX_HELD_BYTES = 1 << 20;

    /** A PUBLISH that is longer is handed on in pieces as it comes. */
    public static final int STREAM_ABOVE_BYTES = 128 << 10;
}
