// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import io.netty.buffer.ByteBuf;

/** Sees every frame of a connection while tracing is on; called on the connection's loop. */
public interface FrameTracer {
    /**
     * A frame that came or goes.
     *
     * @param outgoing true for a frame of ours
     * @param sasl true for a SASL frame
     * @param channel its channel; 0 for SASL
     * @param bytes holds the performative; valid during the call only
     * @param start where the performative begins
     * @param end where it ends (an empty frame has {@code start == end}); use
     *     {@link io.linkspan.amqp.codec.TypeDecoder} on a slice
     * @param payload holds what follows the performative; valid during the call only
     * @param offset where the payload begins
     * @param length octets of payload
     */
    void frame(
            boolean outgoing,
            boolean sasl,
            int channel,
            ByteBuf bytes,
            int start,
            int end,
            ByteBuf payload,
            int offset,
            int length);
}
