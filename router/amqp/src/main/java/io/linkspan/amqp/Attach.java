// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import io.linkspan.amqp.codec.RawValue;
import io.linkspan.amqp.codec.UnsignedInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The fields of an ATTACH that the application says or hears; handle and role are the engine's. AMQP 1.0 part 2, 2.7.3.
 * A raw field is a Java null when it was absent.
 *
 * @param name name of the link, unique per session and role
 * @param senderSettleMode 0 unsettled, 1 settled, 2 mixed
 * @param receiverSettleMode 0 first, 1 second
 * @param source null when absent or null
 * @param target null when absent or null
 * @param unsettled the unsettled map as it came
 * @param incompleteUnsettled the map is not complete
 * @param initialDeliveryCount the sender's first delivery-count, unsigned 32 bits
 * @param maxMessageSize octets of the largest message the sender of this attach takes, unsigned; 0 no limit
 * @param offeredCapabilities a symbol or an array of symbols, see {@link Terminus#symbols}
 * @param desiredCapabilities likewise
 * @param properties a map
 * @param unknown fields behind those we know, as they came
 */
public record Attach(
        String name,
        int senderSettleMode,
        int receiverSettleMode,
        @Nullable Terminus source,
        @Nullable Terminus target,
        @Nullable RawValue unsettled,
        boolean incompleteUnsettled,
        int initialDeliveryCount,
        long maxMessageSize,
        @Nullable RawValue offeredCapabilities,
        @Nullable RawValue desiredCapabilities,
        @Nullable RawValue properties,
        List<RawValue> unknown) {
    public static final int SENDER_UNSETTLED = 0;
    public static final int SENDER_SETTLED = 1;
    public static final int SENDER_MIXED = 2;
    public static final int RECEIVER_FIRST = 0;
    public static final int RECEIVER_SECOND = 1;

    /** An attach to be sent: modes mixed and first, no limits, nothing else. */
    public static Attach of(String name, @Nullable Terminus source, @Nullable Terminus target) {
        return new Attach(
                name, SENDER_MIXED, RECEIVER_FIRST, source, target, null, false, 0, 0, null, null, null, List.of());
    }

    /** The usual answer: both termini come back as they are, modes mixed and first (ANO-12, ANO-13). */
    public Attach echo() {
        return of(name, source, target);
    }

    public Attach withSource(@Nullable Terminus newSource) {
        return with(newSource, target, senderSettleMode, maxMessageSize, properties);
    }

    public Attach withTarget(@Nullable Terminus newTarget) {
        return with(source, newTarget, senderSettleMode, maxMessageSize, properties);
    }

    public Attach withSenderSettleMode(int mode) {
        return with(source, target, mode, maxMessageSize, properties);
    }

    /** With the largest message that the sender of this attach takes, in octets; 0 no limit. */
    public Attach withMaxMessageSize(long octets) {
        return with(source, target, senderSettleMode, octets, properties);
    }

    public Attach withProperties(@Nullable RawValue newProperties) {
        return with(source, target, senderSettleMode, maxMessageSize, newProperties);
    }

    private Attach with(
            @Nullable Terminus newSource,
            @Nullable Terminus newTarget,
            int mode,
            long octets,
            @Nullable RawValue newProperties) {
        return new Attach(
                name,
                mode,
                receiverSettleMode,
                newSource,
                newTarget,
                unsettled,
                incompleteUnsettled,
                initialDeliveryCount,
                octets,
                offeredCapabilities,
                desiredCapabilities,
                newProperties,
                unknown);
    }

    /** Writes all fields; the name is the link's. */
    void write(FieldWriter fields, String linkName, int handle, boolean receiver) {
        fields.value(linkName)
                .uint(handle)
                .value(receiver)
                .ubyte(senderSettleMode)
                .ubyte(receiverSettleMode)
                .value(source == null ? null : source.raw())
                .value(target == null ? null : target.raw())
                .value(unsettled)
                .bool(incompleteUnsettled, false)
                .value(receiver ? null : UnsignedInteger.ofBits(initialDeliveryCount))
                .ulong(maxMessageSize, 0)
                .value(offeredCapabilities)
                .value(desiredCapabilities)
                .value(properties)
                .unknown(unknown);
    }

    /** Reads the fields behind name, handle and role. */
    static Attach read(String name, FieldReader fields) {
        return new Attach(
                name,
                fields.ubyte(SENDER_MIXED),
                fields.ubyte(RECEIVER_FIRST),
                Terminus.of(fields.raw()),
                Terminus.of(fields.raw()),
                fields.raw(),
                fields.bool(false),
                fields.uint(0),
                fields.ulong(0),
                fields.raw(),
                fields.raw(),
                fields.raw(),
                fields.rest());
    }
}
