// SPDX-License-Identifier: Apache-2.0
package io.linkspan.core.amqp;

import io.linkspan.amqp.codec.Described;
import io.linkspan.amqp.codec.TypeDecoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A received message, decoded section by section. */
record MessageSections(List<@Nullable Object> values) {

    static MessageSections of(byte[] message) {
        ByteBuf buf = Unpooled.wrappedBuffer(message);
        List<@Nullable Object> values = new ArrayList<>();
        while (buf.isReadable()) {
            values.add(((Described) Objects.requireNonNull(TypeDecoder.readValue(buf))).value());
        }
        return new MessageSections(values);
    }
}
