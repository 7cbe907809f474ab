// SPDX-License-Identifier: Apache-2.0
package io.linkspan.server.port;

import io.linkspan.server.loop.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;

/**
 * WebSocket between a socket and an engine: payload of binary messages goes in, each buffer written goes out as one
 * binary message, pings are answered, and the two ends close by a handshake.
 *
 * <p>Neither side's messages have to fit the protocol's own frames. Whoever is above closes the socket when the client
 * takes too long to answer a close. Confined to the connection's loop.
 */
// What becomes of a write or a close is told by the channel's events; the futures add nothing.
@SuppressWarnings("FutureReturnValueIgnored")
final class WebSocketHandler extends ChannelDuplexHandler {
    private final Loop loop;
    private final Violations violations;
    private ChannelHandlerContext context;
    private final WebSocketFrames frames = new WebSocketFrames(new Meaning());
    private boolean closeSent;

    /** Told of clients that break the rules. */
    @FunctionalInterface
    interface Violations {
        void violated(int status, String reason);
    }

    @SuppressWarnings("NullAway.Init") // The context is there before anything else is called.
    WebSocketHandler(Loop loop, Violations violations) {
        this.loop = loop;
        this.violations = violations;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            frames.receive(in);
        } finally {
            in.release();
        }
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        ByteBuf payload = (ByteBuf) message;
        if (closeSent) {
            payload.release();
            promise.trySuccess();
        } else if (payload.isReadable()) {
            ctx.write(header(WebSocketFrames.BINARY, payload.readableBytes()), ctx.voidPromise());
            ctx.write(payload, promise);
        } else {
            ctx.write(payload, promise);
        }
    }

    /** Closes from our side, after what was written. The socket is closed when the client has answered. */
    void close(int status, String reason) {
        sendClose(status, reason);
        context.flush();
    }

    private ByteBuf header(int opcode, int length) {
        ByteBuf header = context.alloc().directBuffer(WebSocketFrames.MAX_SENT_HEADER_BYTES);
        WebSocketFrames.writeHeader(header, opcode, length);
        return header;
    }

    private void sendClose(int status, String reason) {
        if (closeSent) {
            return;
        }
        closeSent = true;
        ByteBuf text = Unpooled.copiedBuffer(reason, java.nio.charset.StandardCharsets.US_ASCII);
        context.write(
                header(WebSocketFrames.CLOSE, 2 + text.readableBytes()).writeShort(status), context.voidPromise());
        context.write(text, context.voidPromise());
    }

    private final class Meaning implements WebSocketFrames.Sink {
        @Override
        public void data(ByteBuf payload) {
            context.fireChannelRead(payload);
        }

        @Override
        public void ping(byte[] payload) {
            // A client that sends pings and reads nothing does not fill our memory with answers.
            if (!closeSent && context.channel().isWritable()) {
                context.write(header(WebSocketFrames.PONG, payload.length), context.voidPromise());
                context.writeAndFlush(Unpooled.wrappedBuffer(payload), context.voidPromise());
            }
        }

        @Override
        public void close(int status) {
            sendClose(status == WebSocketFrames.NO_STATUS ? WebSocketFrames.NORMAL : status, "");
            context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(said -> context.close());
        }

        @Override
        public void violation(int status, String reason) {
            violations.violated(status, reason);
            sendClose(status, reason);
            loop.endInOrder(context);
        }
    }
}
