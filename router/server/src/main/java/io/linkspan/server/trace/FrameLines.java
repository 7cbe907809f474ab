// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.trace;

import io.linkspan.amqp.FrameTracer;
import io.linkspan.amqp.codec.MalformedException;
import io.linkspan.amqp.codec.TypeDecoder;
import io.linkspan.core.connection.Connection;
import io.linkspan.management.config.LogLevel;
import io.linkspan.server.log.Log;
import io.linkspan.server.log.LogModule;
import io.netty.buffer.ByteBuf;

/**
 * The frames of one connection as lines of module PROTOCOL, level trace: {@code [C1]:0 -> @open(16)
 * [container-id="A"]}, with {@code <-} for what came in.
 *
 * <p>They are written whether that level is on or not: the connection was asked to be traced, by management or by the
 * level. A payload is shown up to {@link ValueText#MAX_OCTETS} octets, credentials never. Confined to the connection's
 * loop.
 */
public final class FrameLines implements FrameTracer {
    private final Log log;
    private final Connection connection;

    public FrameLines(Log log, Connection connection) {
        this.log = log;
        this.connection = connection;
    }

    @Override
    public void frame(
            boolean outgoing,
            boolean sasl,
            int channel,
            ByteBuf bytes,
            int start,
            int end,
            ByteBuf payload,
            int offset,
            int length) {
        StringBuilder line = new StringBuilder(256)
                .append("[C")
                .append(connection.identity())
                .append("]:")
                .append(channel)
                .append(outgoing ? " -> " : " <- ");
        if (start == end) {
            line.append("(EMPTY FRAME)");
        } else {
            performative(line, bytes, start, end);
        }
        if (length > 0) {
            ValueText.payload(line, payload, offset, length);
        }
        log.always(LogModule.PROTOCOL, LogLevel.TRACE, line.toString());
    }

    private static void performative(StringBuilder line, ByteBuf bytes, int start, int end) {
        try {
            ValueText.append(line, TypeDecoder.readValue(bytes.slice(start, end - start)));
        } catch (MalformedException e) {
            // The engine finds the same and answers it; here is the place to see what came.
            line.append("malformed frame of ")
                    .append(end - start)
                    .append(" octets: ")
                    .append(e.getMessage());
        }
    }
}
