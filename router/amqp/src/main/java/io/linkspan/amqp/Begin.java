// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import io.linkspan.amqp.codec.RawValue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a BEGIN. AMQP 1.0 part 2, 2.7.2.
 *
 * @param remoteChannel the channel that this begin answers, -1 when it answers none
 * @param nextOutgoingId transfer-id of the next transfer of the sender
 * @param incomingWindow transfers the sender takes
 * @param outgoingWindow transfers the sender may send
 * @param handleMax the highest handle the sender takes, unsigned 32 bits
 * @param offeredCapabilities as it came, null when absent
 * @param desiredCapabilities as it came, null when absent
 * @param properties as it came, null when absent
 * @param unknown fields behind those we know, as they came
 */
record Begin(
        int remoteChannel,
        int nextOutgoingId,
        int incomingWindow,
        int outgoingWindow,
        int handleMax,
        @Nullable RawValue offeredCapabilities,
        @Nullable RawValue desiredCapabilities,
        @Nullable RawValue properties,
        List<RawValue> unknown) {
    static final int NO_CHANNEL = -1;

    static Begin read(FieldReader fields) {
        return new Begin(
                fields.ushort(NO_CHANNEL),
                fields.requiredUint("next-outgoing-id"),
                fields.requiredUint("incoming-window"),
                fields.requiredUint("outgoing-window"),
                fields.uint(-1),
                fields.raw(),
                fields.raw(),
                fields.raw(),
                fields.rest());
    }
}
