// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import io.linkspan.amqp.codec.RawValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The fields of an OPEN that the application says or hears. AMQP 1.0 part 2, 2.7.1.
 *
 * <p>Of a local open only container-id, hostname, capabilities and properties are used; the numbers come from
 * {@link AmqpSettings}. A raw field is a Java null when it was absent.
 *
 * @param containerId name of the container; may be empty
 * @param hostname the host that the connection is meant for, null for none
 * @param maxFrameSize the largest frame the sender takes, in octets, 512 .. 2^32-1
 * @param channelMax the highest channel the sender takes, 0 .. 65535
 * @param idleTimeOutMs the sender closes when it hears nothing for longer, in milliseconds; 0 never
 * @param outgoingLocales as it came
 * @param incomingLocales as it came
 * @param offeredCapabilities a symbol or an array of symbols, see {@link Terminus#symbols}
 * @param desiredCapabilities likewise
 * @param properties a map
 * @param unknown fields behind those we know, as they came
 */
public record Open(
        String containerId,
        @Nullable String hostname,
        long maxFrameSize,
        int channelMax,
        long idleTimeOutMs,
        @Nullable RawValue outgoingLocales,
        @Nullable RawValue incomingLocales,
        @Nullable RawValue offeredCapabilities,
        @Nullable RawValue desiredCapabilities,
        @Nullable RawValue properties,
        List<RawValue> unknown) {
    static final long DEFAULT_MAX_FRAME_SIZE = 0xffff_ffffL;
    static final int DEFAULT_CHANNEL_MAX = 0xffff;

    /** An open to be sent. */
    public static Open local(
            String containerId,
            @Nullable String hostname,
            @Nullable RawValue offeredCapabilities,
            @Nullable RawValue desiredCapabilities,
            @Nullable RawValue properties) {
        return new Open(
                containerId,
                hostname,
                DEFAULT_MAX_FRAME_SIZE,
                DEFAULT_CHANNEL_MAX,
                0,
                null,
                null,
                offeredCapabilities,
                desiredCapabilities,
                properties,
                List.of());
    }

    /** Writes all fields, the numbers from our settings. */
    void write(FieldWriter fields, AmqpSettings settings) {
        fields.value(containerId)
                .value(hostname)
                .uint(settings.maxFrameSize(), DEFAULT_MAX_FRAME_SIZE)
                .ushort(settings.channelMax(), DEFAULT_CHANNEL_MAX)
                .uint(settings.idleTimeoutMs() / 2, 0)
                .value(outgoingLocales)
                .value(incomingLocales)
                .value(offeredCapabilities)
                .value(desiredCapabilities)
                .value(properties)
                .unknown(unknown);
    }

    static Open read(FieldReader fields) {
        return new Open(
                fields.requiredString("container-id"),
                fields.string(),
                fields.uint((int) DEFAULT_MAX_FRAME_SIZE) & 0xffff_ffffL,
                fields.ushort(DEFAULT_CHANNEL_MAX),
                fields.uint(0) & 0xffff_ffffL,
                fields.raw(),
                fields.raw(),
                fields.raw(),
                fields.raw(),
                fields.raw(),
                fields.rest());
    }
}
