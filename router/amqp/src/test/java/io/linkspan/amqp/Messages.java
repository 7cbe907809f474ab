// SPDX-License-Identifier: Apache-2.0
package io.linkspan.amqp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Sends text in tests. */
final class Messages {
    private Messages() {}

    static int send(OutgoingLink link, String text, boolean settled) {
        return send(link, text, settled, null, 0);
    }

    static int send(OutgoingLink link, String text, boolean settled, @Nullable Object origin, int key) {
        ByteBuf bytes = bytes(text);
        return link.send(bytes, 0, bytes.readableBytes(), 0, settled, origin, key);
    }

    static ByteBuf bytes(String text) {
        return Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8));
    }
}
