// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

/**
 * The numbers of a connection: what we announce and what we bear.
 *
 * @param maxFrameSize the largest frame we take, in octets, 512 or more (listener and connector {@code maxFrameSize})
 * @param channelMax the highest channel we take, 0 .. 65535: {@code maxSessions} - 1 (CON-10)
 * @param handleMax the highest link handle we take in a session, 0 .. 2^31-1
 * @param idleTimeoutMs we close when nothing came for so long, in milliseconds; half of it is announced; 0 never
 *     (CON-08)
 * @param handshakeTimeoutMs we close when no OPEN came for so long, in milliseconds; 0 never (CON-09)
 * @param incomingWindow transfers a session's peer may send before we re-open its window, 1 .. 2^31-1: {@code
 *     maxSessionFrames}, or {@link #DEFAULT_INCOMING_WINDOW}
 * @param linkCapacity transfers beyond its credit that a link's peer may send before it is detached with
 *     {@code amqp:link:transfer-limit-exceeded}
 * @param requireSasl a peer that does not begin with SASL is dropped ({@code authenticatePeer: yes}, SAS-05)
 */
public record AmqpSettings(
        int maxFrameSize,
        int channelMax,
        int handleMax,
        int idleTimeoutMs,
        int handshakeTimeoutMs,
        int incomingWindow,
        int linkCapacity,
        boolean requireSasl) {
    /** Frames a session's peer may send before we re-open its window: 8 MiB of the largest frames. */
    public static final int DEFAULT_INCOMING_WINDOW = 512;
    /** The highest link handle of a session, unless a policy says less. */
    public static final int DEFAULT_HANDLE_MAX = 65_535;

    /** What the original announces without any configuration. */
    public static final AmqpSettings DEFAULT =
            new AmqpSettings(16_384, 32_767, DEFAULT_HANDLE_MAX, 16_000, 0, DEFAULT_INCOMING_WINDOW, 250, false);

    public AmqpSettings {
        requireRange("maxFrameSize", maxFrameSize, FrameWriter.MIN_MAX_FRAME_SIZE, Integer.MAX_VALUE);
        requireRange("channelMax", channelMax, 0, 0xffff);
        requireRange("handleMax", handleMax, 0, Integer.MAX_VALUE);
        requireRange("idleTimeoutMs", idleTimeoutMs, 0, Integer.MAX_VALUE);
        requireRange("handshakeTimeoutMs", handshakeTimeoutMs, 0, Integer.MAX_VALUE);
        requireRange("incomingWindow", incomingWindow, 1, Integer.MAX_VALUE);
        requireRange("linkCapacity", linkCapacity, 0, Integer.MAX_VALUE);
    }

    private static void requireRange(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(name + " " + value + " is not in " + min + " .. " + max);
        }
    }

    public AmqpSettings withMaxFrameSize(int octets) {
        return new AmqpSettings(
                octets,
                channelMax,
                handleMax,
                idleTimeoutMs,
                handshakeTimeoutMs,
                incomingWindow,
                linkCapacity,
                requireSasl);
    }

    public AmqpSettings withChannelMax(int max) {
        return new AmqpSettings(
                maxFrameSize,
                max,
                handleMax,
                idleTimeoutMs,
                handshakeTimeoutMs,
                incomingWindow,
                linkCapacity,
                requireSasl);
    }

    public AmqpSettings withHandleMax(int max) {
        return new AmqpSettings(
                maxFrameSize,
                channelMax,
                max,
                idleTimeoutMs,
                handshakeTimeoutMs,
                incomingWindow,
                linkCapacity,
                requireSasl);
    }

    public AmqpSettings withIdleTimeoutMs(int ms) {
        return new AmqpSettings(
                maxFrameSize, channelMax, handleMax, ms, handshakeTimeoutMs, incomingWindow, linkCapacity, requireSasl);
    }

    public AmqpSettings withHandshakeTimeoutMs(int ms) {
        return new AmqpSettings(
                maxFrameSize, channelMax, handleMax, idleTimeoutMs, ms, incomingWindow, linkCapacity, requireSasl);
    }

    public AmqpSettings withIncomingWindow(int frames) {
        return new AmqpSettings(
                maxFrameSize,
                channelMax,
                handleMax,
                idleTimeoutMs,
                handshakeTimeoutMs,
                frames,
                linkCapacity,
                requireSasl);
    }

    public AmqpSettings withLinkCapacity(int deliveries) {
        return new AmqpSettings(
                maxFrameSize,
                channelMax,
                handleMax,
                idleTimeoutMs,
                handshakeTimeoutMs,
                incomingWindow,
                deliveries,
                requireSasl);
    }

    public AmqpSettings withRequireSasl(boolean required) {
        return new AmqpSettings(
                maxFrameSize,
                channelMax,
                handleMax,
                idleTimeoutMs,
                handshakeTimeoutMs,
                incomingWindow,
                linkCapacity,
                required);
    }
}
