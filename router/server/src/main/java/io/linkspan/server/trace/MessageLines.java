// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.trace;

import io.linkspan.amqp.codec.Binary;
import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.MalformedException;
import io.linkspan.amqp.codec.TypeDecoder;
import io.linkspan.amqp.codec.UnsignedLong;
import io.linkspan.core.amqp.MessageTracer;
import io.linkspan.core.link.Link;
import io.linkspan.management.config.ConnectionSettings;
import io.linkspan.management.config.LogLevel;
import io.linkspan.server.log.Log;
import io.linkspan.server.log.LogModule;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a listener's or connector's connections as lines of module MESSAGE, level trace: {@code [C1]: Received
 * Message{to='q', subject='s'} on link 'name' (M0q)}, with the parts that {@code messageLoggingComponents} names. Bodies
 * are never shown. Confined to the loop of the connections.
 */
public final class MessageLines implements MessageTracer {
    private static final int PROPERTIES = 0x73;
    private static final int APPLICATION_PROPERTIES = 0x74;
    private static final String OF_APPLICATION = "app-properties";

    private final Log log;
    private final Set<String> parts;

    public MessageLines(Log log, Set<String> parts) {
        this.log = log;
        this.parts = Set.copyOf(parts);
    }

    @Override
    public void message(boolean sent, Link link, ByteBuf bytes, int offset, int length) {
        if (!log.enabled(LogModule.MESSAGE, LogLevel.TRACE)) {
            return;
        }
        StringBuilder line = new StringBuilder(128)
                .append("[C")
                .append(link.connection().identity())
                .append("]: ")
                .append(sent ? "Sent " : "Received ");
        append(line, bytes.slice(offset, length));
        line.append(" on link '")
                .append(link.name())
                .append("' (")
                .append(link.owningKey() == null ? "" : link.owningKey())
                .append(')');
        log.trace(LogModule.MESSAGE, line.toString());
    }

    /** The parts that are there; what cannot be read ends the message, which may have come in part only. */
    void append(StringBuilder line, ByteBuf message) {
        line.append("Message{");
        int start = line.length();
        try {
            while (message.isReadable() && line.length() < Log.MAX_TEXT_CHARS) {
                int end = TypeDecoder.skip(message, message.readerIndex());
                int code = sectionCode(message);
                if (code > APPLICATION_PROPERTIES) {
                    break; // The body: nothing of it is shown, however long it is.
                }
                if (code == PROPERTIES || (code == APPLICATION_PROPERTIES && parts.contains(OF_APPLICATION))) {
                    section(line, start, code, TypeDecoder.readValue(message));
                }
                message.readerIndex(end);
            }
        } catch (MalformedException e) {
            line.append(line.length() == start ? "" : ", ").append("...");
        }
        line.append('}');
    }

    /** The descriptor of the next section, in the one form that everybody uses; 0 for another. */
    private static int sectionCode(ByteBuf message) {
        int at = message.readerIndex();
        boolean small = message.readableBytes() > 2 && message.getUnsignedMedium(at) >> 8 == 0x0053;
        return small ? message.getUnsignedByte(at + 2) : 0;
    }

    private void section(StringBuilder line, int start, int code, @Nullable Object section) {
        if (!(section instanceof Described described) || !(described.descriptor() instanceof UnsignedLong)) {
            return;
        }
        if (code == PROPERTIES && described.value() instanceof List<?> values) {
            for (int i = 0; i < Math.min(values.size(), ConnectionSettings.MESSAGE_PARTS.size() - 1); i++) {
                String name = ConnectionSettings.MESSAGE_PARTS.get(i);
                if (values.get(i) != null && parts.contains(name)) {
                    line.append(line.length() == start ? "" : ", ").append(name).append("='");
                    line.append(text(values.get(i))).append('\'');
                }
            }
        } else if (code == APPLICATION_PROPERTIES) {
            line.append(line.length() == start ? "" : ", ")
                    .append(OF_APPLICATION)
                    .append('=');
            ValueText.append(line, described.value());
        }
    }

    private static String text(@Nullable Object value) {
        return value instanceof Binary binary
                ? new String(binary.octets(), StandardCharsets.UTF_8)
                : String.valueOf(value);
    }
}
